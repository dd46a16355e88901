package model

import "strconv"

// BadgeState is what Defender for Endpoint knows of an entity.
type BadgeState uint8

const (
	// BadgeUnknown: not asked, not allowed, not reachable, switched off, or ambiguous. The reason says which.
	BadgeUnknown BadgeState = iota
	// BadgeUnrecognized: asked, and there is no such entity.
	BadgeUnrecognized
	// BadgeDiscovered: seen on the network, with no sensor on it.
	BadgeDiscovered
	// BadgeRecognized: known, no open alert.
	BadgeRecognized
	// BadgeAlerts: known, with open alerts.
	BadgeAlerts
)

// String gives the word used in queries and JSON.
func (s BadgeState) String() string {
	return [...]string{"unknown", "unrecognized", "discovered", "recognized", "alerts"}[s]
}

// Reason says why a badge is what it is.
type Reason uint8

const (
	NoReason Reason = iota
	// NotAsked: the answer has not come yet.
	NotAsked
	// IntegrationOff: both toggles are off.
	IntegrationOff
	// IdentitySideOff and EndpointSideOff: one toggle is off.
	IdentitySideOff
	EndpointSideOff
	// NotConfigured: no Defender for Endpoint is configured.
	NotConfigured
	// EndpointFailed: Defender for Endpoint could not be asked.
	EndpointFailed
	// EndpointDenied: signed in, but not permitted or not licensed to ask.
	EndpointDenied
	// Ambiguous: several candidates; never guessed.
	Ambiguous
	// AccountsNotAsked: whether accounts were seen on machines cannot be asked for all users at once here.
	AccountsNotAsked
	// AnswerIncomplete: the list ended early, so "no such entity" cannot be concluded.
	AnswerIncomplete
	// NoMachine and NoLogon: asked; no machine record, or no logon and no alert evidence.
	NoMachine
	NoLogon
	// SensorActive, SensorInactive, SensorImpaired, SensorSilent: the health of the machine record.
	SensorActive
	SensorInactive
	SensorImpaired
	SensorSilent
	// SeenOnMachine: the account logged on to an onboarded machine.
	SeenOnMachine
	// SeenInAlert: the entity is evidence in an alert.
	SeenInAlert
	// NotOnboarded: discovered only.
	NotOnboarded
	// IdentityNotAsked, IdentityFailed, IdentityDenied and IdentityNotConfigured: why the alerts of Defender for
	// Identity are not known, for the badge that the endpoint side shows.
	IdentityNotAsked
	IdentityFailed
	IdentityDenied
	IdentityNotConfigured
)

// reasonCodes are the stable words of JSON; reasonTexts are for people.
var reasonCodes = [...]string{
	"", "notAsked", "integrationOff", "identitySideOff", "endpointSideOff", "notConfigured",
	"endpointFailed", "endpointDenied", "ambiguous", "accountsNotAsked", "answerIncomplete", "noMachine", "noLogon",
	"sensorActive", "sensorInactive", "sensorImpaired", "sensorSilent", "seenOnMachine", "seenInAlert", "notOnboarded",
	"identityNotAsked", "identityFailed", "identityDenied", "identityNotConfigured",
}

var reasonTexts = [...]string{
	"",
	"Defender for Endpoint has not been asked yet",
	"the integration is off on both sides",
	"the integration is off on the identity side",
	"the integration is off on the endpoint side",
	"no Defender for Endpoint is configured",
	"Defender for Endpoint could not be asked",
	"not permitted to ask Defender for Endpoint",
	"several candidates match; adbadge never guesses",
	"accounts seen on machines cannot be asked for all users at once here (needs hunting)",
	"the answer was incomplete, so nothing can be concluded from its absence",
	"Defender for Endpoint has no machine record for it",
	"Defender for Endpoint has seen no logon of the account and no alert names it",
	"onboarded, sensor active",
	"onboarded, but the sensor is inactive",
	"onboarded, but communication with the sensor is impaired",
	"onboarded, but the sensor sends no data",
	"the account was seen on an onboarded machine",
	"an alert of Defender for Endpoint names it",
	"seen on the network, but no sensor is installed; it could be onboarded",
	"Defender for Identity has not been asked yet",
	"Defender for Identity could not be asked",
	"not permitted to ask Defender for Identity",
	"no Defender for Identity is configured",
}

// Code gives the stable word for JSON, empty for NoReason.
func (r Reason) Code() string { return reasonCodes[r] }

// String gives a half-sentence for people.
func (r Reason) String() string { return reasonTexts[r] }

// Badge is the state of one entity on the endpoint side.
type Badge struct {
	State    BadgeState
	Reason   Reason
	Severity Severity // worst open alert; NoSeverity unless State is BadgeAlerts
	Trouble  bool     // known, but its sensor is inactive or impaired
	Stale    bool     // the answer is older than its refresh interval
	Alerts   uint16   // open alerts, capped at 65535
}

// IsValid reports whether every part of the badge is one that this program knows, for badges that come from elsewhere.
func (b Badge) IsValid() bool {
	return b.State <= BadgeAlerts && int(b.Reason) < len(reasonTexts) && b.Severity <= OtherSeverity
}

// badgeLetters are indexed by Severity.
const badgeLetters = " iLMH?"

// Text gives the five cells that say everything without colour, as DESIGN's table has them.
func (b Badge) Text() string {
	switch b.State {
	case BadgeAlerts:
		letter := badgeLetters[b.Severity : b.Severity+1]
		switch {
		case b.Alerts > 99:
			return "[" + letter + "++]"
		case b.Alerts > 9:
			return "[" + letter + strconv.Itoa(int(b.Alerts)) + "]"
		}
		return "[" + letter + " " + strconv.Itoa(int(b.Alerts)) + "]"
	case BadgeRecognized:
		if b.Trouble {
			return "[ ! ]"
		}
		return "[ ok]"
	case BadgeDiscovered:
		return "[ + ]"
	case BadgeUnrecognized:
		return "[ - ]"
	}
	switch b.Reason {
	case NotAsked, NoReason, AccountsNotAsked, IdentityNotAsked:
		return "[...]"
	case IntegrationOff, IdentitySideOff, EndpointSideOff, NotConfigured, IdentityNotConfigured:
		return "[off]"
	case Ambiguous:
		return "[ ? ]"
	}
	return "[err]"
}

// Rank orders badges for sorting, worst first: alerts by severity and number, then sensors in trouble,
// recognised, discovered, unrecognised, unknown.
func (b Badge) Rank() uint32 {
	const worst = uint32(OtherSeverity)
	switch b.State {
	case BadgeAlerts:
		return (worst-uint32(b.Severity))<<16 | (65535 - uint32(b.Alerts))
	case BadgeRecognized:
		if b.Trouble {
			return (worst + 1) << 16
		}
		return (worst + 2) << 16
	case BadgeDiscovered:
		return (worst + 3) << 16
	case BadgeUnrecognized:
		return (worst + 4) << 16
	}
	return (worst+5)<<16 | uint32(b.Reason)
}

// Match says by which rule an entity and its counterpart were brought together.
type Match uint8

const (
	MatchNone Match = iota
	MatchDeviceID
	MatchFullName
	MatchShortName
	MatchSID
	MatchObjectGUID
	MatchAccountName
	MatchUPN
	MatchLogon
)

// String gives the stable word for JSON and screens.
func (m Match) String() string {
	return [...]string{"none", "deviceId", "fullName", "shortName", "sid", "objectGuid", "accountName", "upn", "logon"}[m]
}
