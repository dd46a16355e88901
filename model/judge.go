package model

import (
	"fmt"
	"slices"
	"time"
)

// Judge computes the integration status from facts. It is pure: the same facts give the same status.
//
//   - off: both sides are switched off or not configured; half: one is.
//   - error: it cannot work, because a licence or a permission is missing or a sign-in was refused.
//   - unknown: a toggle could not be read, or a product has not answered yet.
//   - degraded: on, but something is wrong; on: nothing is.
//
// What is unknown is never shown as off, and what is off by choice never as an error. The level is that of the worst
// finding, where unknown ranks between warning and critical; findings of level OK are notes.
func Judge(f Facts) Status {
	j := judge{Facts: f}
	j.toggles()
	j.licences()
	j.sources()
	j.sensors()
	j.candidates()
	j.issues()
	j.coverage()
	j.portal()
	return j.conclude()
}

// judge collects the findings of one set of facts.
type judge struct {
	Facts
	findings []Finding
	// blocked: a finding says that the integration cannot work.
	blocked bool
}

// sideState is what is known of a side: on means that it is configured and its toggle was read as on.
type sideState uint8

const (
	sideUnknown sideState = iota
	sideOff
	sideOn
)

// side combines the toggle of a side with its source: one that is not configured is as good as off.
func (j *judge) side(side Side) sideState {
	if j.source(sourceOf(side)).State == SourceOff {
		return sideOff
	}
	switch j.toggle(side).State {
	case ToggleOff:
		return sideOff
	case ToggleOn:
		return sideOn
	}
	return sideUnknown
}

// bothOff reports whether the integration is off by choice, which makes what is wrong with it less urgent.
func (j *judge) bothOff() bool {
	return j.side(IdentitySide) == sideOff && j.side(EndpointSide) == sideOff
}

// bothOn reports whether badges can be known at all.
func (j *judge) bothOn() bool {
	return j.side(IdentitySide) == sideOn && j.side(EndpointSide) == sideOn
}

// sourceOf gives the source that asks a side's product.
func sourceOf(side Side) Source {
	if side == EndpointSide {
		return Endpoint
	}
	return Identity
}

// toggle gives the toggle of a side that decides; one that was not given is unknown.
func (j *judge) toggle(side Side) Toggle { return DecidingToggle(j.Toggles, side) }

// source gives the status of a source; one that was not given is waiting.
func (j *judge) source(source Source) SourceStatus {
	for _, s := range j.Sources {
		if s.Source == source {
			return s
		}
	}
	return SourceStatus{Source: source}
}

// add notes a finding, with the link and the time that it lacks.
func (j *judge) add(f Finding) {
	if f.Link == "" {
		f.Link = linkOf(f.Code)
	}
	if f.At.IsZero() {
		f.At = j.Now
	}
	j.findings = append(j.findings, f)
}

// block notes a finding that says why the integration cannot work. Of an integration that is off, it is a warning.
func (j *judge) block(f Finding) {
	f.Level = Critical
	if j.bothOff() {
		f.Level = Warning
	}
	j.blocked = true
	j.add(f)
}

// urgency ranks levels: what is known to be broken comes before what is not known.
func urgency(l Level) int { return [...]int{OK: 0, Warning: 1, Unknown: 2, Critical: 3}[l] }

func (j *judge) conclude() Status {
	slices.SortStableFunc(j.findings, func(a, b Finding) int { return urgency(b.Level) - urgency(a.Level) })
	s := Status{Integration: j.integration(), Findings: j.findings, At: j.Now}
	if s.Integration == IntegrationOn {
		s.Findings = append([]Finding{j.works()}, s.Findings...)
	}
	if len(s.Findings) > 0 {
		s.Level = s.Findings[0].Level
	}
	s.Reason = j.reason(s)
	return s
}

func (j *judge) integration() Integration {
	identity, endpoint := j.side(IdentitySide), j.side(EndpointSide)
	worst := OK
	if len(j.findings) > 0 {
		worst = j.findings[0].Level
	}
	switch {
	case j.bothOff():
		return IntegrationIsOff
	case identity != sideUnknown && endpoint != sideUnknown && identity != endpoint:
		return IntegrationHalf
	case j.blocked:
		return IntegrationError
	case identity == sideUnknown || endpoint == sideUnknown || slices.ContainsFunc(j.findings, isUnknown):
		return IntegrationUnknown
	case worst != OK:
		return IntegrationDegraded
	}
	return IntegrationOn
}

func isUnknown(f Finding) bool { return f.Level == Unknown }

// works is the finding of an integration with nothing wrong.
func (j *judge) works() Finding {
	return Finding{
		Code: codeWorks, Level: OK, Source: Settings, At: j.Now,
		Title:   "Both sides are on and both products answer",
		Checked: "toggles, licences, sources, sensors and health issues",
		Seen:    "nothing wrong" + j.lastSignals(),
	}
}

// lastSignals says when data came last, where hunting could tell.
func (j *judge) lastSignals() string {
	identity, endpoint := j.Signals.Identity.At, j.Signals.Endpoint.At
	if identity.IsZero() || endpoint.IsZero() {
		return ""
	}
	return "; data of Defender for Identity came last at " + identity.UTC().Format(time.RFC3339) +
		", of Defender for Endpoint at " + endpoint.UTC().Format(time.RFC3339)
}

// reason says in one sentence why the status is what it is.
func (j *judge) reason(s Status) string {
	switch s.Integration {
	case IntegrationIsOff, IntegrationHalf:
		for _, f := range s.Findings {
			if f.Code == codeOff || isSideOff(f.Code) {
				return f.Title + "."
			}
		}
	case IntegrationOn:
		return s.Findings[0].Title + "."
	}
	others := 0
	for _, f := range s.Findings[1:] {
		if f.Level != OK {
			others++
		}
	}
	switch others {
	case 0:
		return s.Findings[0].Title + "."
	case 1:
		return s.Findings[0].Title + ", and one more thing needs attention."
	}
	return fmt.Sprintf("%s, and %d more things need attention.", s.Findings[0].Title, others)
}

// isSideOff reports whether a finding says that one side is off or not configured.
func isSideOff(code string) bool {
	return slices.Contains([]string{codeIdentityOff, codeEndpointOff, codeIdentityNone, codeEndpointNone}, code)
}
