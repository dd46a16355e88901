package model

import "time"

// portal judges what the opt-in session with the vendor's portal says. No badge depends on the flag, and the vendor says
// that the integration is built in: at worst, it is a warning. What is wrong with the session itself is a note.
func (j *judge) portal() {
	switch p := j.Portal; {
	case !p.Begun:
	case !p.Open:
		if p.Ended != nil {
			j.portalProblem(p.Ended)
		}
	case p.Reading != nil:
		j.portalReading(p.Reading)
	case p.Problem != nil:
		j.portalProblem(p.Problem)
	}
}

// portalFinding begins a finding about the flag.
func portalFinding(code string, level Level, title, seen, remedy string) Finding {
	return Finding{Code: code, Level: level, Source: Settings, Title: title, Seen: seen, Remedy: remedy,
		Checked: "the portal's flag, through the portal session (an interface that Microsoft does not support)"}
}

// portalProblem says why the flag is not known.
func (j *judge) portalProblem(f *Failure) {
	code, title := codePortalUnread, "The portal does not say how its flag stands"
	switch f.Kind {
	case SignInRefused:
		code, title = codePortalEnded, "The portal session is over"
	case PermissionMissing:
		code, title = codePortalDenied, "The account of the portal session lacks a permission"
	}
	j.add(portalFinding(code, OK, title, f.Seen, f.Remedy))
}

func (j *judge) portalReading(r *PortalReading) {
	if problem := r.Problem(); problem != nil && r.Drift.Broken == "" {
		j.portalProblem(problem)
	}
	if !r.Drift.IsZero() {
		level, title := OK, "The portal's settings are those of another version"
		if r.Drift.Broken != "" {
			level, title = Warning, "The portal's settings have a form that cannot be trusted"
		}
		j.add(portalFinding(codePortalDrifted, level, title, r.Drift.String(), "Look for a newer adbadge; until then, trust the portal's own page rather than this reading."))
	}
	switch {
	case r.Differs():
		j.add(portalFinding(codePortalViews, Warning, "The portal contradicts itself about the flag of the integration", r.Views(),
			"Wait some minutes and refresh; if it stays, look at the portal's settings page."))
	case r.Workspace() == ToggleOff:
		j.add(portalFinding(codePortalWorkspace, Warning, "Defender for Endpoint knows no workspace of Defender for Identity", r.Meaning(),
			"Set up Defender for Identity in the portal, and check its licence."))
	case r.State() == ToggleOff:
		j.portalFlagOff(r)
	}
}

// portalFlagOff judges the flag that is off by whether data arrive, which is what the vendor says to look at.
func (j *judge) portalFlagOff(r *PortalReading) {
	f := portalFinding(codePortalFlagOff, Warning, "The portal's legacy flag of the integration is off", r.Meaning(),
		"Check that alerts of both products arrive. The flag can be switched on the portal's settings page, where the tenant still has it.")
	const silence = 24 * time.Hour
	arrives := func(s Signal) bool { return s.Known && !s.At.IsZero() && j.Now.Sub(s.At) < silence }
	if arrives(j.Signals.Identity) && arrives(j.Signals.Endpoint) {
		f.Level = OK
		f.Seen += "; both products sent data within a day"
	}
	j.add(f)
}
