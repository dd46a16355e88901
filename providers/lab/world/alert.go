package world

import (
	"time"

	"adbadge/model"
)

// Alert is one alert of either product. Words are those of the Defender for Endpoint API ("High", "InProgress",
// "TruePositive"); Microsoft Graph has the same words with a small first letter. An Alert is never changed once made.
type Alert struct {
	ID         string // "da638...": Defender for Endpoint; "aa<guid>" or "ri<n>": Defender for Identity
	Product    model.Product
	IncidentID int64
	// Attack is the number of the campaign's attack that the alert belongs to, or -1 for the alerts of before.
	Attack int

	Title         string
	Description   string
	Recommended   string // recommendedActions
	Category      string // MITRE tactic or class of malware: "CredentialAccess", "Malware"
	Severity      string // "Informational" .. "High", "UnSpecified"; one word is unknown on purpose
	Status        string // "New", "InProgress", "Resolved"; one word is unknown on purpose
	Class         string // classification, or empty for null
	Determination string // or empty for null
	Investigation string // investigationState
	// DetectionSource is Defender for Endpoint's word ("WindowsDefenderAtp"), GraphSource that of Microsoft Graph
	// ("microsoftDefenderForEndpoint", "antivirus", "microsoftDefenderForIdentity").
	DetectionSource string
	GraphSource     string
	DetectorID      string // GUID, or "xdr_..." for the newer alerts of Defender for Identity
	ExternalID      int    // permanent number of a classic alert of Defender for Identity, or 0
	ThreatFamily    string
	ThreatName      string
	Actor           string
	Techniques      []string
	AssignedTo      string
	GroupName       string // rbacGroupName
	Tags            []string

	Created       time.Time
	Updated       time.Time
	FirstActivity time.Time
	LastActivity  time.Time
	Resolved      time.Time // zero: null

	// MachineID and DNSName are the machine of an alert of Defender for Endpoint.
	MachineID string
	DNSName   string
	// RelatedUser is the account that Defender for Endpoint names beside the machine; nil: null.
	RelatedUser *UserEvidence
	Comments    []Comment
	Evidence    []Evidence
}

// Open reports whether the alert still wants attention.
func (a *Alert) Open() bool { return a.Status != "Resolved" }

// Comment is a note on an alert.
type Comment struct {
	Text string
	By   string
	At   time.Time
}

// Evidence is one piece of evidence: exactly one of the pointers is set, or IP.
type Evidence struct {
	Created     time.Time
	Verdict     string   // Graph: "suspicious", "malicious", "unknown"
	Remediation string   // Graph remediationStatus: "none", "prevented", "active", ...
	Roles       []string // Graph: "attacked", "source", "compromised", ...

	User    *UserEvidence
	Device  *DeviceEvidence
	Process *ProcessEvidence
	File    *FileEvidence
	IP      string
}

// UserEvidence is an account. Which fields are filled varies, as it does in the field.
type UserEvidence struct {
	Account    string
	Domain     string // NetBIOS name, DNS name, or the name of a machine for a local account
	Display    string
	UPN        string
	SID        model.SID
	EntraID    model.GUID
	ObjectGUID model.GUID // activeDirectoryObjectGuid
}

// DeviceEvidence is a machine.
type DeviceEvidence struct {
	Machine   int    // index of the machine record that holds the rest of the facts, or -1
	MachineID string // mdeDeviceId, or empty
	DeviceID  model.GUID
	DNSName   string // deviceDnsName
	HostName  string
	NTDomain  string
	DNSDomain string
}

// ProcessEvidence is a process.
type ProcessEvidence struct {
	FileName       string
	Path           string
	CommandLine    string
	ID             int
	SHA1, SHA256   string
	ParentFileName string
	ParentPath     string
	ParentID       int
	Started        time.Time
	Account        *UserEvidence // may be nil
}

// FileEvidence is a file.
type FileEvidence struct {
	Name, Path   string
	SHA1, SHA256 string
}
