package model

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"adbadge/model/text"
)

// PortalWarning stands on every screen while there is a session with the vendor's portal.
const PortalWarning = "PORTAL SESSION: UNSUPPORTED MICROSOFT-INTERNAL INTERFACE"

// PortalSession is what is known of the opt-in session with the vendor's portal, which reads and never writes.
type PortalSession struct {
	Begun  bool // there is or was one
	Open   bool
	Host   string
	Actor  text.Line // who is signed in to the portal
	Tenant text.Line // name of the tenant there
	// Until is when the session is dropped, whatever happens.
	Until time.Time
	// Ended says why there is no session any more, or why it was refused; nil while there is one, before the first one, and
	// after one that was ended on request.
	Ended *Failure
	// Reading is what was read last; nil when nothing was, or not the last time, which Problem explains.
	Reading *PortalReading
	Problem *Failure
}

// Left says for how long the session lasts at the most.
func (s PortalSession) Left(now time.Time) string {
	return fmt.Sprintf("%.0f min", max(s.Until.Sub(now).Minutes(), 0))
}

// PortalView is the integration's flag on the endpoint side as one place of the portal reports it.
type PortalView struct {
	Enabled   ToggleState
	Workspace ToggleState // whether Defender for Identity is set up
	Problem   *Failure    // why both are unknown
}

// PortalReading is the flag as both places that report it had it at about the same time.
type PortalReading struct {
	Features PortalView // the settings named "advanced features", later "optional features"
	Context  PortalView // the context of the tenant
	// Removed: the vendor has taken the toggle out of this tenant's portal.
	Removed bool
	// Others are the other settings of the first place with their values, to tell what else was changed.
	Others map[string]string
	Drift  PortalDrift
	At     time.Time
}

// PortalDrift is how the settings differ from the form that adbadge knows.
type PortalDrift struct {
	Added, Removed []text.Line // names of settings
	// Broken says what makes the form untrustworthy; empty when it is a later version of the known one at most.
	Broken text.Line
}

// IsZero reports whether the form is the known one.
func (d PortalDrift) IsZero() bool { return len(d.Added)+len(d.Removed) == 0 && d.Broken == "" }

// String says in half a sentence what is different.
func (d PortalDrift) String() string {
	var parts []string
	if d.Broken != "" {
		parts = append(parts, d.Broken.String())
	}
	for _, list := range []struct {
		what  string
		names []text.Line
	}{{"new", d.Added}, {"gone", d.Removed}} {
		if len(list.names) > 0 {
			parts = append(parts, fmt.Sprintf("%s: %s", list.what, fewOf(list.names)))
		}
	}
	return strings.Join(parts, "; ")
}

// fewOf lists the first of many names.
func fewOf(names []text.Line) string {
	const few = 4
	var shown []string
	for _, name := range names[:min(few, len(names))] {
		shown = append(shown, name.String())
	}
	line := strings.Join(shown, ", ")
	if more := len(names) - few; more > 0 {
		line += fmt.Sprintf(" and %d more", more)
	}
	return line
}

// State gives the flag: what both places say, or the one that could be read; unknown where they contradict each other.
func (r *PortalReading) State() ToggleState { return agreed(r.Features.Enabled, r.Context.Enabled) }

// Workspace says in the same way whether Defender for Identity is set up.
func (r *PortalReading) Workspace() ToggleState {
	return agreed(r.Features.Workspace, r.Context.Workspace)
}

func agreed(a, b ToggleState) ToggleState {
	switch {
	case a == ToggleUnknown:
		return b
	case b == ToggleUnknown || a == b:
		return a
	}
	return ToggleUnknown
}

// Differs reports whether the two places contradict each other.
func (r *PortalReading) Differs() bool {
	return contradict(r.Features.Enabled, r.Context.Enabled) || contradict(r.Features.Workspace, r.Context.Workspace)
}

func contradict(a, b ToggleState) bool { return a != ToggleUnknown && b != ToggleUnknown && a != b }

// Views says what each place reported.
func (r *PortalReading) Views() string {
	return fmt.Sprintf("the settings say %s, the tenant's context says %s", r.Features, r.Context)
}

// String gives the flag in a few words.
func (v PortalView) String() string {
	if v.Enabled != ToggleUnknown && v.Workspace == ToggleOff {
		return v.Enabled.String() + " without a workspace"
	}
	return v.Enabled.String()
}

// Meaning says in one line what the flag means. The vendor has published no such texts: the words are ours.
func (r *PortalReading) Meaning() string {
	var line string
	switch {
	case r.Differs():
		line = "changing or inconsistent: " + r.Views()
	case r.Workspace() == ToggleOff:
		line = "Defender for Identity is not set up; the flag has no meaning"
	case r.State() == ToggleOn:
		line = "linked (legacy flag on)"
	case r.State() == ToggleOff:
		line = "legacy flag off; Microsoft says that the integration is built in: check signals, not the flag"
	default:
		line = "not known"
	}
	if r.Removed {
		line += "; toggle removed by Microsoft"
	}
	return line
}

// Problem gives that of the place that could not be read; nil when there is none.
func (r *PortalReading) Problem() *Failure {
	if r.Features.Problem != nil {
		return r.Features.Problem
	}
	return r.Context.Problem
}

// Toggle gives the flag as a toggle of the portal. Where its state is unknown, the problem says why.
func (r *PortalReading) Toggle() Toggle {
	t := Toggle{Side: EndpointSide, Owner: OwnerPortal, State: r.State(), Read: r.At}
	if t.State == ToggleUnknown {
		t.Problem = r.Problem()
	}
	if t.State == ToggleUnknown && t.Problem == nil {
		t.Problem = &Failure{Source: Settings, Kind: Broken, Doing: "read " + t.Name(), Seen: r.Meaning(),
			Remedy: "Wait some minutes and refresh; if it stays, look at the portal's settings page."}
	}
	return t
}

// ChangedOthers names the other settings that an earlier reading had with another value, in order.
func (r *PortalReading) ChangedOthers(earlier *PortalReading) []text.Line {
	if r.Features.Problem != nil || earlier.Features.Problem != nil {
		return nil
	}
	changed := map[string]bool{}
	for name, value := range r.Others {
		if before, ok := earlier.Others[name]; !ok || before != value {
			changed[name] = true
		}
	}
	for name := range earlier.Others {
		if _, ok := r.Others[name]; !ok {
			changed[name] = true
		}
	}
	var names []text.Line
	for name := range changed {
		names = append(names, text.CleanMax(name, 80))
	}
	slices.Sort(names)
	return names
}
