package model

import (
	"fmt"
	"strings"
)

// Setting is what a toggle switches, or what else a person can change with adbadge.
type Setting uint8

const (
	// IntegrationSetting is the integration of one side with the other.
	IntegrationSetting Setting = iota
	// AutomaticAuditing: Defender for Identity sets up the auditing of Windows on domain controllers by itself.
	AutomaticAuditing
	// SensorActivation: Defender for Identity activates its sensor by itself on domain controllers that Defender for
	// Endpoint knows.
	SensorActivation
	// StatusOfIssue is that of a health issue, which is no toggle.
	StatusOfIssue
)

// String gives the word used in commands and JSON.
func (s Setting) String() string {
	return [...]string{"integration", "auditing", "activation", "issue"}[s]
}

// Meaning says what is the case while the setting is on.
func (s Setting) Meaning() string {
	return [...]string{
		"the badges of this side are joined with what the other one knows",
		"Defender for Identity sets up the auditing of Windows that it needs on domain controllers by itself",
		"Defender for Identity activates its sensor by itself on domain controllers that Defender for Endpoint knows",
		"",
	}[s]
}

// nameOf names a toggle in a sentence.
func nameOf(setting Setting, side Side, owner Owner) string {
	switch {
	case setting == AutomaticAuditing:
		return "automatic auditing"
	case setting == SensorActivation:
		return "automatic activation of sensors"
	case owner == OwnerPortal:
		return "the portal's flag of the " + side.String() + " side"
	}
	return "the " + side.String() + " side"
}

// labelOf leaves the article out.
func labelOf(name string) string { return strings.TrimPrefix(name, "the ") }

// Effect says in a sentence what switching this toggle means for people, given how the other side's stands and how
// many entities there are.
func (t Toggle) Effect(on bool, other ToggleState, entities int) string {
	switch t.Setting {
	case AutomaticAuditing:
		return auditingEffect(on)
	case SensorActivation:
		return activationEffect(on)
	}
	if t.Owner == OwnerPortal {
		return portalEffect(on)
	}
	switch {
	case on && other == ToggleOn:
		return fmt.Sprintf("Both sides will be on: the badges of all %d entities show what %s knows.", entities, EndpointSide.Product())
	case on:
		return fmt.Sprintf("Badges need both sides: all %d stay unknown [off] until the %s side is on as well.", entities, t.Side.Other())
	case other == ToggleOn:
		return fmt.Sprintf("The integration will be half on: the badges of all %d entities become unknown [off] until both sides are on again.", entities)
	}
	return fmt.Sprintf("Both sides will be off: the badges of all %d entities stay unknown [off].", entities)
}

// portalEffect tells what the portal itself said of the flag while it still had the switch, and what is known today.
func portalEffect(on bool) string {
	const whose = "adbadge opens the portal's settings page, where you switch it, and watches until the change is seen; it writes nothing. "
	if on {
		return whose + "On, Defender for Endpoint takes over data of Defender for Identity for the whole tenant, and forwards its signals, " +
			"which are stored and processed where the data of Defender for Identity are. Microsoft says that the integration is built in: the flag may have no effect."
	}
	return whose + "Off, the products exchange no data by this flag, for the whole tenant. Microsoft says that the integration is built in: it may have no effect."
}

func auditingEffect(on bool) string {
	if on {
		return "Defender for Identity will set up the auditing of Windows that it needs on the domain controllers with its sensor by itself."
	}
	return "Defender for Identity will leave the auditing of Windows alone: administrators have to set it up on each domain controller, or detections are missing."
}

func activationEffect(on bool) string {
	if on {
		return "Defender for Identity will activate its sensor by itself on every domain controller that Defender for Endpoint knows and that qualifies."
	}
	return "Sensors have to be activated by hand on new domain controllers; those that are active stay so."
}
