package model

import (
	"fmt"
	"strings"
)

// toggles judges the switches, and whether the two products are configured at all.
func (j *judge) toggles() {
	if j.bothOff() {
		j.bothSidesOff()
	} else {
		for _, side := range [...]Side{IdentitySide, EndpointSide} {
			if j.side(side) == sideOff {
				j.sideOff(side)
			}
		}
	}
	for _, side := range [...]Side{IdentitySide, EndpointSide} {
		if j.side(side) == sideUnknown {
			j.toggleUnknown(side)
		}
	}
	for _, t := range j.Toggles {
		if !t.Decides() && t.Owner != OwnerPortal && t.State == ToggleUnknown && t.Problem != nil {
			j.settingUnknown(t)
		}
	}
}

// settingUnknown notes that a setting beside the toggles could not be read. No badge depends on it.
func (j *judge) settingUnknown(t Toggle) {
	j.add(Finding{
		Code: CodeSettingUnknown, Level: OK, Source: Settings, At: t.Read,
		Title: upperFirst(t.Name()) + " could not be read", Checked: t.Name(), Seen: t.Problem.Seen, Remedy: t.Problem.Remedy, Link: t.Problem.Link,
	})
}

func (j *judge) bothSidesOff() {
	var seen []string
	for _, side := range [...]Side{IdentitySide, EndpointSide} {
		seen = append(seen, side.String()+" side "+j.offBecause(side))
	}
	title := "The integration is off on both sides"
	if j.source(Identity).State == SourceOff && j.source(Endpoint).State == SourceOff {
		title = "Neither Defender for Identity nor Defender for Endpoint is configured" // whatever the toggles say
	}
	j.add(Finding{
		Code: codeOff, Level: Warning, Source: Settings, At: j.toggle(IdentitySide).Read,
		Title:   title,
		Checked: "the toggles of both sides",
		Seen:    strings.Join(seen, "; "),
		Remedy:  "Configure both products and switch both sides on to see what Defender for Endpoint knows of each entity.",
	})
}

func (j *judge) sideOff(side Side) {
	f := Finding{Level: Warning, Source: Settings, Seen: j.offBecause(side)}
	if j.source(sourceOf(side)).State == SourceOff {
		f.Code, f.Source = codeIdentityNone, sourceOf(side)
		if side == EndpointSide {
			f.Code = codeEndpointNone
		}
		f.Title = fmt.Sprintf("The %s side is missing: %s is not configured", side, side.Product())
		f.Checked = "the configuration of " + side.Product()
		f.Remedy = fmt.Sprintf("Set enabled = true under %s in the configuration, and a method under [signin].", sectionOf(side))
	} else {
		f.Code, f.At = codeIdentityOff, j.toggle(side).Read
		if side == EndpointSide {
			f.Code = codeEndpointOff
		}
		f.Title = fmt.Sprintf("The %s side is off", side)
		if j.side(side.Other()) == sideOn {
			f.Title += fmt.Sprintf(", the %s side is on", side.Other())
		}
		f.Checked = fmt.Sprintf("the toggle of the %s side", side)
		f.Remedy = fmt.Sprintf("Switch the %s side on; the integration needs both.", side)
	}
	j.add(f)
}

// sectionOf names the section of the configuration for a side's product.
func sectionOf(side Side) string {
	if side == EndpointSide {
		return "[endpoint]"
	}
	return "[graph]"
}

// offBecause says how a side comes to be off.
func (j *judge) offBecause(side Side) string {
	if j.source(sourceOf(side)).State == SourceOff {
		return "not configured"
	}
	t := j.toggle(side)
	line := "switched off"
	if t.By != "" {
		line += " by " + t.By.String()
	}
	if !t.Changed.IsZero() {
		line += " on " + t.Changed.UTC().Format("2006-01-02 15:04 MST")
	}
	return line
}

func (j *judge) toggleUnknown(side Side) {
	settings, t := j.source(Settings), j.toggle(side)
	f := Finding{
		Code: codeToggleUnknown, Level: Unknown, Source: Settings, At: t.Read,
		Title:   fmt.Sprintf("The toggle of the %s side could not be read", side),
		Checked: fmt.Sprintf("the toggle of the %s side", side),
		Seen:    "no answer",
		Remedy:  "Refresh; if it stays, look at the settings page of the portal.",
	}
	problem := t.Problem
	if problem == nil {
		problem = settings.Failure
	}
	switch {
	case problem != nil:
		f.Seen = problem.Seen
		if problem.Remedy != "" {
			f.Remedy = problem.Remedy
		}
	case settings.State == SourceWaiting || settings.State == SourceLoading:
		f.Title = fmt.Sprintf("The toggle of the %s side has not been read yet", side)
		f.Remedy = ""
	}
	j.add(f)
}

// licences judges the licences of both products. None at all means that nobody has asked for them.
func (j *judge) licences() {
	if j.Licences == nil {
		return
	}
	for _, side := range [...]Side{IdentitySide, EndpointSide} {
		j.licence(side, j.licenceOf(side))
	}
}

func (j *judge) licenceOf(side Side) Licence {
	for _, l := range j.Licences {
		if l.Side == side {
			return l
		}
	}
	return Licence{Side: side}
}

func (j *judge) licence(side Side, l Licence) {
	f := Finding{
		Source: Identity, Checked: "the licence of " + side.Product(), At: j.source(Identity).LastGood, Level: Warning,
		Seen: "plan " + l.Plan.String(),
	}
	if l.Plan == "" {
		f.Seen = "no plan of " + side.Product()
	}
	switch l.State {
	case LicenceMissing:
		f.Code, f.Title = codeLicenceMissing, side.Product()+" is not licensed"
		f.Remedy = "Buy or assign a plan that includes " + side.Product() + "."
		if !j.lastSignal(side).IsZero() {
			f.Seen += ", although it reports data"
		}
		j.block(f)
		return
	case LicencePending:
		f.Code, f.Title = codeLicencePending, "The licence of "+side.Product()+" is being set up"
		f.Remedy = "Wait; setting up a licence can take a day."
	case LicenceWarning:
		f.Code, f.Title = codeLicenceWarning, "The licence of "+side.Product()+" ends soon or has expired"
		f.Remedy = "Renew it before the product stops."
	case LicenceUnknown:
		f.Code, f.Title = codeLicenceUnknown, "The licence of "+side.Product()+" could not be read"
		f.Seen, f.Remedy = "no answer", "Grant the app LicenseAssignment.Read.All in Microsoft Graph."
		if l.Problem != nil {
			f.Seen = l.Problem.Seen
			if l.Problem.Remedy != "" {
				f.Remedy = l.Problem.Remedy
			}
		}
		if !j.lastSignal(side).IsZero() {
			f.Level = OK
			f.Seen += "; the product reports data"
		}
	default:
		return
	}
	j.add(f)
}
