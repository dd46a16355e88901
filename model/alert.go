package model

import (
	"time"

	"adbadge/model/text"
)

// Severity orders alerts, and also holds a machine's risk and exposure.
type Severity uint8

const (
	NoSeverity Severity = iota
	Informational
	Low
	Medium
	High
	// OtherSeverity is one that this program does not know: shown as it came and ranked highest.
	OtherSeverity
)

// String gives the word for screens and JSON.
func (s Severity) String() string {
	return [...]string{"none", "informational", "low", "medium", "high", "other"}[s]
}

// AlertStatus is where an alert stands. Unknown ones count as open.
type AlertStatus uint8

const (
	StatusOther AlertStatus = iota
	StatusNew
	StatusInProgress
	StatusResolved
)

// String gives the word for screens and JSON.
func (s AlertStatus) String() string {
	return [...]string{"unknown", "new", "in progress", "resolved"}[s]
}

// Product is the Defender product that raised an alert.
type Product uint8

const (
	OtherProduct Product = iota
	DefenderForEndpoint
	DefenderForIdentity
)

// String gives the short name that screens use.
func (p Product) String() string { return [...]string{"other", "MDE", "MDI"}[p] }

// Alert is one alert of either product.
type Alert struct {
	ID           string // letters, digits, "-" and "_"; checked where it enters
	Product      Product
	Title        text.Line
	Description  text.Line
	Category     text.Line // as the product wrote it
	Phase        Phase
	Severity     Severity
	SeverityText text.Line // as it came, for OtherSeverity
	Status       AlertStatus
	StatusText   text.Line   // as it came, for StatusOther
	Techniques   []text.Line // MITRE ATT&CK ids, such as "T1003.006"
	ThreatFamily text.Line
	ThreatName   text.Line
	Actor        text.Line
	Source       text.Line // detection source as the product wrote it
	// Classification and Determination are what a person found, Investigation how far an automatic one has come: in words,
	// and empty when not known.
	Classification text.Line
	Determination  text.Line
	Investigation  text.Line
	IncidentID     text.Line
	Incident       *Incident // nil when it is not known
	AssignedTo     text.Line
	Recommended    text.Line
	URL            string // link of the product; shown and opened only after the portal package has checked it
	Created        time.Time
	Updated        time.Time
	Resolved       time.Time
	FirstActivity  time.Time
	LastActivity   time.Time
	Devices        []DeviceRef
	Accounts       []AccountRef
	Evidence       []Evidence // at most MaxEvidence
	MoreEvidence   int        // pieces beyond those
}

// DeviceRef is a machine that an alert names. Any field may be empty.
type DeviceRef struct {
	MachineID string
	DeviceID  GUID
	Name      text.Line
}

// AccountRef is an account that an alert names. Any field may be empty.
type AccountRef struct {
	SID    SID
	Object GUID // objectGUID in AD, where the product knows it
	Name   text.Line
	Domain text.Line // NetBIOS or DNS name; the name of a machine for a local account
	UPN    text.Line
}

// IsOpen reports whether the alert still wants attention.
func (a *Alert) IsOpen() bool { return a.Status != StatusResolved }
