package timeline

import (
	"slices"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/facts"
	"adbadge/ui/tui/theme"
)

// Details gives all that is known of an alert. What a product leaves out of many alerts is left out here as well.
func Details(t *theme.Theme, a *model.Alert, now time.Time) []facts.Fact {
	list := []facts.Fact{
		{Label: "Description", Value: a.Description.String()},
		{Label: "Recommended", Value: a.Recommended.String()},
		{Label: "Severity", Value: Severity(a) + ", " + Status(a), Style: t.Strong},
		{Label: "Phase", Value: phase(a)},
		{Label: "Techniques", Value: facts.List(a.Techniques)},
		{Label: "Devices", Value: devices(a.Devices)},
		{Label: "Accounts", Value: accounts(a.Accounts)},
	}
	for _, f := range []facts.Fact{
		{Label: "Threat family", Value: a.ThreatFamily.String()},
		{Label: "Threat", Value: a.ThreatName.String()},
		{Label: "Actor", Value: a.Actor.String()},
		{Label: "Incident", Value: Incident(a)},
		{Label: "Classified", Value: facts.List(known(a.Classification, a.Determination))},
		{Label: "Investigation", Value: a.Investigation.String()},
		{Label: "Assigned to", Value: a.AssignedTo.String()},
		{Label: "Detected by", Value: a.Source.String()},
	} {
		if f.Value != "" {
			list = append(list, f)
		}
	}
	list = append(list, evidence(a)...)
	return append(list, moments(a, now)...)
}

// evidence gives what the alert is about, a piece on each line.
func evidence(a *model.Alert) []facts.Fact {
	var list []facts.Fact
	for _, e := range a.Evidence {
		list = append(list, facts.Fact{Label: "Evidence", Value: e.String()})
	}
	for i := 1; i < len(list); i++ {
		list[i].Label = ""
	}
	if a.MoreEvidence > 0 {
		list = append(list, facts.Fact{Value: "and " + draw.Count(a.MoreEvidence) + " more"})
	}
	return list
}

// Incident gives the number of an alert's incident, and where it could be read what it is: "412 Multi-stage incident
// (high, active)".
func Incident(a *model.Alert) string {
	if a.Incident == nil {
		return a.IncidentID.String()
	}
	in := a.Incident
	words := known(text.Line(graded(in.Severity, in.SeverityText)), in.Status)
	return strings.Join([]string{in.ID.String(), in.Title.String(), "(" + facts.List(words) + ")"}, " ")
}

// Involvement says what an incident is and how many of an entity's alerts belong to it.
func Involvement(i *inventory.Involvement) string {
	count := "1 alert"
	if len(i.Alerts) != 1 {
		count = draw.Count(len(i.Alerts)) + " alerts"
	}
	if i.Incident == nil {
		return count
	}
	words := known(text.Line(graded(i.Incident.Severity, i.Incident.SeverityText)), i.Incident.Status, text.Line(count))
	return i.Incident.Title.String() + " (" + facts.List(words) + ")"
}

// known leaves out what is empty.
func known(words ...text.Line) []text.Line {
	return slices.DeleteFunc(words, func(w text.Line) bool { return w == "" })
}

// moments gives the times that are known.
func moments(a *model.Alert, now time.Time) []facts.Fact {
	var list []facts.Fact
	for _, m := range []struct {
		label string
		at    time.Time
	}{
		{"First active", a.FirstActivity}, {"Last active", a.LastActivity}, {"Raised", a.Created}, {"Updated", a.Updated},
		{"Resolved", a.Resolved},
	} {
		if !m.at.IsZero() {
			list = append(list, facts.Fact{Label: m.label, Value: facts.Moment(m.at, now)})
		}
	}
	return append(list, facts.Fact{Label: "Alert", Value: a.ID})
}

// phase gives the step of the attack with the category as the product wrote it, where they differ.
func phase(a *model.Alert) string {
	category := a.Category.String()
	if a.Phase == model.NoPhase || category == "" || text.Fold(category) == text.Fold(a.Phase.String()) {
		return Phase(a)
	}
	return a.Phase.String() + " (" + category + ")"
}

func devices(list []model.DeviceRef) string {
	names := make([]string, 0, len(list))
	for _, d := range list {
		name := d.Name.String()
		if name == "" {
			name = d.MachineID
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

func accounts(list []model.AccountRef) string {
	names := make([]string, 0, len(list))
	for _, a := range list {
		name := a.Name.String()
		switch {
		case name != "" && a.Domain != "":
			name = a.Domain.String() + `\` + name
		case name == "" && a.UPN != "":
			name = a.UPN.String()
		case name == "":
			name = string(a.SID)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}
