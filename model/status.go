package model

import (
	"time"

	"adbadge/model/text"
)

// Integration is the state of the integration as a whole.
type Integration uint8

const (
	IntegrationUnknown Integration = iota
	// IntegrationIsOff: both toggles are off.
	IntegrationIsOff
	// IntegrationHalf: one side is on.
	IntegrationHalf
	IntegrationOn
	// IntegrationDegraded: on, but something is wrong.
	IntegrationDegraded
	// IntegrationError: cannot work (licence, permission, sign-in).
	IntegrationError
)

// String gives the word used in screens and JSON.
func (i Integration) String() string {
	return [...]string{"unknown", "off", "half", "on", "degraded", "error"}[i]
}

// Level is how bad a finding is. The numbers are the exit codes of the monitoring plug-in convention.
type Level uint8

const (
	OK Level = iota
	Warning
	Critical
	Unknown
)

// String gives the word used in screens and JSON.
func (l Level) String() string { return [...]string{"ok", "warning", "critical", "unknown"}[l] }

// Finding is one thing that was checked: what was seen and what to do about it.
type Finding struct {
	Code    string // stable: "ADB-104"
	Level   Level
	Source  Source
	Title   string // short: "2 of 4 sensors report a health issue"
	Checked string // what was checked
	Seen    string // what was seen
	Remedy  string // what to do; empty when nothing is wrong
	Link    string // a page that helps; empty when there is none
	At      time.Time
}

// SourceState is how a source answered last.
type SourceState uint8

const (
	// SourceWaiting: not asked yet.
	SourceWaiting SourceState = iota
	SourceOff                 // not configured
	SourceLoading
	SourceOK
	// SourceDegraded: answered, but incomplete.
	SourceDegraded
	SourceFailed
)

// String gives the word used in screens and JSON.
func (s SourceState) String() string {
	return [...]string{"waiting", "off", "loading", "ok", "degraded", "failed"}[s]
}

// SourceStatus is what is known of one source.
type SourceStatus struct {
	Source   Source
	State    SourceState
	Host     string // where it is asked, for the status page
	Items    int    // entities, machines and alerts, health issues and sensors, toggles
	Latency  time.Duration
	LastGood time.Time
	Failure  *Failure
	Gaps     []Gap
	Limits   *Limits // nil where there are none
	// Accounts says how it was learnt which accounts were seen on machines: AccountsByHunting, AccountsOneByOne, or empty
	// when it was not.
	Accounts string
}

// The ways in which the accounts seen on machines are asked for.
const (
	AccountsByHunting = "by hunting"
	AccountsOneByOne  = "one by one"
)

// Sensor is a Defender for Identity sensor.
type Sensor struct {
	Name    text.Line
	Domain  text.Line
	Version text.Line
	Healthy bool
	Health  text.Line // healthStatus in words
	Service text.Line // serviceStatus, empty when not given
	Deploy  text.Line // deploymentStatus
	Issues  int       // open health issues
}

// SensorCandidate is a domain controller without a sensor of Defender for Identity that could get one: Defender for
// Endpoint knows it, and it is new enough.
type SensorCandidate struct {
	Name     text.Line // full
	Domain   text.Line
	LastSeen time.Time
}

// Facts is what Judge reads. A nil slice of sensors, candidates or issues means "not asked or not answered".
type Facts struct {
	Now      time.Time
	Interval time.Duration // refresh interval; answers older than two of them are stale
	// DirectoryInterval is the same for the directory; zero when its age does not matter, as for a file.
	DirectoryInterval time.Duration

	Toggles  []Toggle
	Portal   PortalSession // its zero value where there never was one
	Licences []Licence
	Sources  []SourceStatus
	Sensors  []Sensor
	// Candidates are servers that could get a sensor.
	Candidates []SensorCandidate
	Issues     []HealthIssue
	// LastIdentitySignal and LastEndpointSignal are the newest thing that each product reported; zero when none.
	LastIdentitySignal time.Time
	LastEndpointSignal time.Time
	Signals            Signals // of the last day, where hunting can tell
	Computers          int     // enabled AD computers
	Recognized         int     // of them, recognised or with alerts
	Ambiguous          int
	Unplaced           int // machine records that may belong to an AD computer but match none
}

// Status is the integration status with its reasons.
type Status struct {
	Integration Integration
	Level       Level
	Reason      string    // one sentence
	Findings    []Finding // worst first
	At          time.Time
}
