package model

import (
	"time"

	"adbadge/model/text"
)

// Onboarding is whether a machine record has a sensor (machine.onboardingStatus of the Defender for Endpoint API).
type Onboarding uint8

const (
	OnboardingUnknown Onboarding = iota
	InsufficientInfo
	Unsupported
	CanBeOnboarded
	Onboarded
)

// Health is the state of a machine's sensor (machine.healthStatus).
type Health uint8

const (
	HealthUnknown Health = iota
	HealthActive
	HealthInactive
	HealthImpaired
	HealthNoSensorData
)

// Cloud says where a machine record's virtual machine is managed.
type Cloud uint8

const (
	// NotCloud: no cloud VM data on the record.
	NotCloud Cloud = iota
	// AzureVM: managed in Azure (resource under Microsoft.Compute). Never matched by a short name.
	AzureVM
	// AzureArc: an on-premises server connected through Azure Arc (Microsoft.HybridCompute). Takes part.
	AzureArc
	// OtherCloud: VM data of another or unreadable kind. Never matched by a short name.
	OtherCloud
)

// Machine is one machine record of Defender for Endpoint.
type Machine struct {
	ID         string    // 40 hexadecimal digits, lower case; checked where it enters
	Name       text.Line // computerDnsName: full or short name
	DeviceID   GUID      // Entra device id; zero when there is none
	FirstSeen  time.Time
	LastSeen   time.Time // last full report, about once a day; differs from the portal's "last seen"
	OS         text.Line
	OSVersion  text.Line
	Onboarding Onboarding
	Health     Health
	Risk       Severity // NoSeverity when the record has none
	Exposure   Severity
	Cloud      Cloud
	// CloudJoined: the record says that it is joined to Entra ID (isAadJoined).
	CloudJoined bool
	// MergedInto is the id of the record that replaced this one.
	MergedInto string
	// PotentialDuplicate: the product suspects that another record is of the same machine.
	PotentialDuplicate bool
	// Excluded: somebody has excluded it from the product's views and reports.
	Excluded bool
	Tags     []text.Line
	IP       text.Line
	Setup    *Setup // nil when the record says nothing of it; shared by the machines that are set up alike
}

// Setup is how a machine is set up and looked after. There are far fewer of them than machines.
type Setup struct {
	Group     text.Line // device group, which decides who may see the machine
	Value     text.Line // worth as set by hand, in words: "normal", "high"
	Sensor    text.Line // version
	Antivirus text.Line // state of Defender Antivirus, in words: "updated", "not updated"
	ManagedBy text.Line // "Intune"
	Exclusion text.Line // why it is excluded
}

// Logon says that an account was seen on an onboarded machine.
type Logon struct {
	SID     SID
	Name    text.Line
	Domain  text.Line
	Machine text.Line // the last one
	At      time.Time
}

// String gives the word for screens and JSON.
func (o Onboarding) String() string {
	return [...]string{"unknown", "insufficient info", "unsupported", "can be onboarded", "onboarded"}[o]
}

// String gives the word for screens and JSON.
func (h Health) String() string {
	return [...]string{"unknown", "active", "inactive", "impaired communication", "no sensor data"}[h]
}
