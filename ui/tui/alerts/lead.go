package alerts

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/ui/tui/facts"
	"adbadge/ui/tui/overlay"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/timeline"
)

// profile goes to the entity that an alert counts for. Where there are several, it asks which.
func (p *Page) profile(a *model.Alert) tea.Cmd {
	view := p.env.Dashboard.View
	rows := view.AlertRows(a)
	if len(rows) == 0 {
		return p.env.Host.Say(model.Warning, "No user or computer of the directory was found for what this alert names. The details say what it names.")
	}
	open := func(row int) tea.Cmd { return p.env.Host.Go(page.Place{Kind: page.Profile, Entity: view.ID(row)}) }
	if len(rows) == 1 {
		return open(rows[0])
	}
	choice := &overlay.Choice{Title: "Profile of"}
	for _, row := range rows {
		choice.Options = append(choice.Options, overlay.Option{Label: view.Badge(row).Text() + " " + view.Name(row).String(),
			Note: view.Kind(row).String(), Current: view.ID(row) == p.entity, Run: func() tea.Cmd { return open(row) }})
	}
	return p.env.Host.Open(choice)
}

// details shows all that is known of an alert.
func (p *Page) details(a *model.Alert) overlay.Dialog {
	t := p.env.Theme
	body := []string{}
	for _, f := range timeline.Details(t, a, p.env.Now()) {
		if f.Label == "" { // another value of the one before
			body = append(body, f.Value)
			continue
		}
		body = append(body, f.Label+": "+facts.OrDash(f.Value))
	}
	body = append(body, "Counts for: "+facts.OrDash(p.entities(a)))
	return &overlay.Text{Title: a.Product.String() + "  " + a.Title.String(), Style: t.Strong, Body: body}
}

// entities names the entities that an alert counts for.
func (p *Page) entities(a *model.Alert) string {
	rows := p.env.Dashboard.View.AlertRows(a)
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = p.env.Dashboard.View.Name(row).String()
	}
	return strings.Join(names, ", ")
}
