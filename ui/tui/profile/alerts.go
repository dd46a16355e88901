package profile

import (
	"fmt"
	"strconv"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/ui/tui/facts"
	"adbadge/ui/tui/timeline"
)

// alertKey names an alert from one refresh to the next.
func alertKey(a *model.Alert) string { return "alert " + a.Product.String() + " " + a.ID }

// addAlerts adds the time line of both products, newest first.
func (p *Page) addAlerts(b *builder, row int) {
	alerts := p.dashboard().View.Alerts(row)
	open := 0
	for _, a := range alerts {
		if a.IsOpen() {
			open++
		}
	}
	note := ""
	if len(alerts) > 0 {
		note = fmt.Sprintf("%d open, %d resolved", open, len(alerts)-open)
	}
	count := len(alerts)
	if count == 0 && !p.alertsKnown() { // none was told of, which is not none
		count = -1
	}
	b.begin("Alerts", count, note)
	rows := timeline.NewRows(b.theme, p.env.Now(), b.width, false)
	if len(alerts) > 0 {
		b.still(rows.Heading())
	}
	for _, a := range alerts {
		b.add(line{key: alertKey(a), alert: a, draw: func(selected bool) string { return rows.Line(a, selected, "") }})
		if p.unfolded[alertKey(a)] {
			p.addDetails(b, a)
		}
	}
	p.addAbsence(b, len(alerts))
}

// detailIndent sets the details of an alert off from its line, in cells.
const detailIndent = 5

func (p *Page) addDetails(b *builder, a *model.Alert) {
	for i, text := range facts.Lines(b.theme, max(b.width-detailIndent, 1), timeline.Details(b.theme, a, p.env.Now())) {
		b.add(line{key: alertKey(a) + " line " + strconv.Itoa(i), alert: a,
			draw: func(bool) string { return "     " + text }})
	}
}

// alertsKnown reports whether both products were asked and have answered whole.
func (p *Page) alertsKnown() bool {
	k := p.dashboard().View.Knowledge()
	return k.Off == model.NoReason && k.EndpointAlertsAnswer.State == inventory.Answered &&
		k.IdentityAlertsAnswer.State == inventory.Answered
}

// addAbsence says for each product what the absence of alerts proves: nothing, unless it has answered.
func (p *Page) addAbsence(b *builder, alerts int) {
	k := p.dashboard().View.Knowledge()
	if k.Off == model.IntegrationOff || k.Off == model.IdentitySideOff || k.Off == model.EndpointSideOff {
		b.say(b.theme.Muted, "Alerts are not known: "+k.Off.String()+".")
		return
	}
	endpoint := k.EndpointAlertsAnswer.State == inventory.Answered
	identity := k.IdentityAlertsAnswer.State == inventory.Answered
	if alerts == 0 && endpoint && identity {
		b.say(b.theme.Muted, "Neither product has an alert on it.")
	}
	if !endpoint {
		b.say(b.theme.Warning, absence("Defender for Endpoint", k.EndpointAlertsAnswer.State))
	}
	if !identity {
		b.say(b.theme.Warning, absence("Defender for Identity", k.IdentityAlertsAnswer.State))
	}
}

// absence says why the alerts of a product are not all here.
func absence(product string, state inventory.AnswerState) string {
	switch state {
	case inventory.Incomplete:
		return "The alerts of " + product + " came incomplete: there may be more."
	case inventory.Failed:
		return product + " could not be asked for alerts: there may be some."
	case inventory.Denied:
		return "Reading the alerts of " + product + " is not permitted or not licensed: there may be some."
	case inventory.NotConfigured:
		return "No " + product + " is configured, so its alerts are not known."
	}
	return product + " has not answered yet: there may be alerts."
}

// addIncidents says which incidents the alerts belong to. There is no tab for them: they stand below the alerts.
func (p *Page) addIncidents(b *builder, row int) {
	incidents := p.dashboard().View.Incidents(row)
	if len(incidents) == 0 {
		return
	}
	b.still("")
	b.say(b.theme.Strong, "Incidents that they belong to")
	for i := range incidents {
		list := []facts.Fact{{Label: incidents[i].ID.String(), Value: timeline.Involvement(&incidents[i])}}
		if p.env.Tenant.Links != nil {
			if link, err := p.env.Tenant.Links.Incident(incidents[i].Alerts[0]); err == nil {
				list = append(list, facts.Fact{Value: link})
			}
		}
		b.texts(facts.Lines(b.theme, b.width, list))
	}
}
