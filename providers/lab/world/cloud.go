package world

import (
	"time"

	"adbadge/model"
)

// Machine is a machine record of Defender for Endpoint, with the words of its API (machine resource type).
type Machine struct {
	Index int
	// Computer is the AD computer that the record really comes from, or -1. It is for tests: no API tells it.
	Computer int

	ID                   string // 40 hexadecimal digits
	MergedInto           string // mergedIntoMachineId, or empty
	PotentialDuplication bool
	Excluded             bool
	ExclusionReason      string
	DNSName              string // computerDnsName
	FirstSeen            time.Time
	LastSeen             time.Time
	OSPlatform           string // "Windows11"
	OSProcessor          string // "x64"
	Version              string // "24H2"
	OSBuild              int64  // 0: null
	OSArchitecture       string // "64-bit"
	AgentVersion         string // empty without a sensor
	OnboardingStatus     string // "Onboarded", "CanBeOnboarded", "Unsupported", "InsufficientInfo"
	HealthStatus         string // "Active", "Inactive", "ImpairedCommunication", "NoSensorData", ...
	RiskScore            string // "None" .. "High", or empty for null
	ExposureLevel        string // "None" .. "High", or empty for null
	DeviceValue          string // "Normal", "Low", "High"
	GroupID              int    // rbacGroupId
	GroupName            string // rbacGroupName
	AntivirusStatus      string // defenderAvStatus
	ManagedBy            string // "Intune", "Unknown", ...
	ManagedByStatus      string
	CloudJoined          bool       // isAadJoined
	DeviceID             model.GUID // aadDeviceId; zero: null
	Tags                 []string
	IP                   string
	ExternalIP           string
	MAC                  string
	VM                   *VM // vmMetadata; nil: null
	// JoinType is DeviceInfo's word in advanced hunting: "Hybrid Azure AD Join", "Domain Joined", "AAD Joined",
	// "AAD Registered", or empty.
	JoinType string
	// DeviceType is DeviceInfo's word: "Workstation", "Server", "Printer", "Mobile", ...
	DeviceType string
}

// VM is the vmMetadata of a machine record.
type VM struct {
	ID           string // GUID
	Provider     string // "Azure", "AWS"
	ResourceID   string
	Subscription string // GUID
}

// Sighting says that Defender for Endpoint saw an AD account on a machine.
type Sighting struct {
	User       int // index
	Machine    int // index of a machine record
	First      time.Time
	At         time.Time
	LogonType  string // "Interactive", "RemoteInteractive", "Network", "Service"
	LocalAdmin bool
}

// CloudUser is a user of Entra ID that exists in no on-premises AD.
type CloudUser struct {
	Index       int
	ID          model.GUID
	SID         model.SID // S-1-12-1-...
	UPN         string
	DisplayName string
	GivenName   string
	Surname     string
	Department  string
	Title       string
	Created     time.Time
	Enabled     bool
	Guest       bool
}

// CloudDevice is a device of Entra ID that no AD computer stands for.
type CloudDevice struct {
	Index       int
	ID          model.GUID // object id
	DeviceID    model.GUID // the aadDeviceId of its machine record, where it has one
	DisplayName string
	OS          string // "Windows", "iOS", ...
	OSVersion   string
	TrustType   string // "AzureAd" or "Workplace"
	Enabled     bool
	LastSignIn  time.Time
}

// Sensor is a Defender for Identity sensor, with the words of Microsoft Graph (sensor resource type).
type Sensor struct {
	ID               string
	Name             string // displayName: the server's short name
	DNSName          string
	Computer         int    // index of the AD computer
	Type             string // sensorType: "domainControllerIntegrated", "adfsIntegrated", ...
	DeploymentStatus string // "upToDate", "outdated", ...
	HealthStatus     string // "healthy", "notHealthyMedium", ...
	ServiceStatus    string // "running", ...
	OpenHealthIssues int64
	Version          string
	Domain           string
	Created          time.Time
	Description      string
	Delayed          bool
	Adapters         []string
}

// HealthIssue is a health issue of Defender for Identity, with the words of Microsoft Graph (healthIssue).
type HealthIssue struct {
	ID          string
	Title       string // displayName
	Description string
	Type        string // "sensor" or "global"
	TypeID      string // issueTypeId
	Severity    string // "low", "medium", "high"
	Status      string // "open", "closed", "suppressed"
	Created     time.Time
	Modified    time.Time
	Domains     []string
	Sensors     []string // DNS names
	Additional  []string
	Remedies    []string // recommendations
	Commands    []string // recommendedActionCommands
}
