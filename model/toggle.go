package model

import (
	"fmt"
	"time"

	"adbadge/model/text"
)

// Side is one of the two products.
type Side uint8

const (
	// IdentitySide is Defender for Identity.
	IdentitySide Side = iota
	// EndpointSide is Defender for Endpoint.
	EndpointSide
)

// String gives the word used in screens, commands and JSON.
func (s Side) String() string {
	if s == EndpointSide {
		return "endpoint"
	}
	return "identity"
}

// Other gives the opposite side.
func (s Side) Other() Side { return s ^ 1 }

// Product gives the product of the side by its full name.
func (s Side) Product() string {
	if s == EndpointSide {
		return "Defender for Endpoint"
	}
	return "Defender for Identity"
}

// ToggleState is the state of a switch as it was read.
type ToggleState uint8

const (
	ToggleUnknown ToggleState = iota
	ToggleOff
	ToggleOn
)

// String gives the word used in screens and JSON.
func (s ToggleState) String() string { return [...]string{"unknown", "off", "on"}[s] }

// StateOf gives the state of a switch that is on or off.
func StateOf(on bool) ToggleState {
	if on {
		return ToggleOn
	}
	return ToggleOff
}

// Owner says who keeps a toggle, which decides what flipping it means.
type Owner uint8

const (
	// OwnerAdbadge: the switch says whether adbadge itself joins that side; kept in the state folder.
	OwnerAdbadge Owner = iota
	// OwnerLab: a setting of the embedded tenant's portals.
	OwnerLab
	// OwnerPortal: the flag that the vendor's portal reports; read-only here.
	OwnerPortal
	// OwnerGraph: a supported setting behind Microsoft Graph.
	OwnerGraph
)

// String gives the word used in screens and JSON.
func (o Owner) String() string { return [...]string{"adbadge", "lab", "portal", "graph"}[o] }

// Toggle is one switch of the integration.
type Toggle struct {
	Side    Side
	State   ToggleState
	Owner   Owner
	Problem *Failure  // why the state is unknown
	By      text.Line // who changed it last; empty when nobody did
	Changed time.Time
	Read    time.Time
}

// Effect says in a sentence what switching this toggle means for people, given how the other side's stands and how
// many entities there are.
func (t Toggle) Effect(on bool, other ToggleState, entities int) string {
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

// Meaning says what it means to change a toggle of this owner, and so for whom it changes.
func (o Owner) Meaning() string {
	return [...]string{
		"adbadge: whether adbadge joins this side; kept in the state folder of this installation",
		"lab: for everyone who uses this lab's state folder",
		"portal: read-only here; changed on the portal's settings page",
		"graph: a setting of the tenant, for everyone",
	}[o]
}

// LicenceState is whether a product may be used.
type LicenceState uint8

const (
	LicenceUnknown LicenceState = iota
	LicenceMissing
	// LicencePending: bought, being set up.
	LicencePending
	// LicenceWarning: expired or suspended soon; still works.
	LicenceWarning
	LicenceActive
)

// String gives the word used in screens and JSON.
func (s LicenceState) String() string {
	return [...]string{"unknown", "missing", "pending", "warning", "active"}[s]
}

// Licence is the licence of one side's product.
type Licence struct {
	Side    Side
	State   LicenceState
	Plan    text.Line // service plan, such as "Defender for Endpoint P2"
	Hunting bool      // the plan includes advanced hunting
	Problem *Failure  // why the state is unknown
}
