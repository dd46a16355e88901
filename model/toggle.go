package model

import (
	"cmp"
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

// Toggle is one switch: of the integration, or of a setting that is shown beside it.
type Toggle struct {
	Side    Side
	Setting Setting
	State   ToggleState
	Owner   Owner
	Problem *Failure  // why the state is unknown
	By      text.Line // who changed it last; empty when nobody did
	Changed time.Time
	Read    time.Time
}

// Decides reports whether the badges depend on this toggle: it is one of those two of the integration that adbadge or
// the lab keeps. All others are shown beside them.
func (t Toggle) Decides() bool {
	return t.Setting == IntegrationSetting && (t.Owner == OwnerAdbadge || t.Owner == OwnerLab)
}

// Is reports whether both are the same toggle, however it stood when each was read.
func (t Toggle) Is(other Toggle) bool {
	return t.Side == other.Side && t.Setting == other.Setting && t.Owner == other.Owner
}

// Compare orders toggles as they are shown: those that decide first, the identity side first.
func (t Toggle) Compare(other Toggle) int {
	return cmp.Or(cmp.Compare(t.Owner, other.Owner), cmp.Compare(t.Setting, other.Setting), cmp.Compare(t.Side, other.Side))
}

// Name names the toggle in a sentence: "the endpoint side", "automatic auditing".
func (t Toggle) Name() string { return nameOf(t.Setting, t.Side, t.Owner) }

// Label names it in a table: "endpoint side".
func (t Toggle) Label() string { return labelOf(t.Name()) }

// DecidingToggle finds the toggle of a side that decides about badges; its state is unknown when it was not read.
func DecidingToggle(toggles []Toggle, side Side) Toggle {
	for _, t := range toggles {
		if t.Side == side && t.Decides() {
			return t
		}
	}
	return Toggle{Side: side}
}

// Meaning says what it means to change a toggle of this owner, and so for whom it changes.
func (o Owner) Meaning() string {
	return [...]string{
		"adbadge: whether adbadge joins this side; kept in the state folder of this installation",
		"lab: for everyone who uses this lab's state folder",
		"portal: read-only here; changed on the portal's settings page",
		"graph: a setting of the tenant, for everyone; changed in the name of whoever is signed in",
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
