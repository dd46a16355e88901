// Package portal opens the portal of a side at an entity or an alert, or says why there is nothing to open and what
// could be done. Every page that lists or shows them goes through it.
package portal

import (
	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/ui/tui/overlay"
	"adbadge/ui/tui/page"
)

// Target is what there is to open. Without a link, Title and Body say what stands in the way.
type Target struct {
	What  string // "CLIENT-07 in Defender for Endpoint"
	Link  string
	Title string
	Body  []string
}

// Of gives the page of an entity in the portal of a side. A badge behind which nothing is known is never opened by
// guessing.
func Of(env *page.Env, view *inventory.View, row int, side model.Side) Target {
	entity := view.Entity(row)
	if badge := view.Badge(row); side == model.EndpointSide &&
		(badge.State == model.BadgeUnknown || badge.State == model.BadgeUnrecognized) {
		return explain(env, view, row, badge)
	}
	if env.Tenant.Links == nil {
		return noPortal()
	}
	link, err := env.Tenant.Links.Entity(side, entity, view.Machines(row))
	if err != nil {
		return Target{Title: "there is no page for " + entity.Name.String(), Body: []string{err.Error()}}
	}
	return Target{What: entity.Name.String() + " in " + side.Product(), Link: link}
}

func noPortal() Target {
	return Target{Title: "no portal is configured", Body: []string{"No portal is configured, so there is no page to open."}}
}

// Refusal says in one line why there is no link, empty when there is one.
func (t Target) Refusal() string {
	if t.Link != "" {
		return ""
	}
	return "There is no link: " + t.Title
}

// Open opens the target, or shows what stands in the way.
func Open(env *page.Env, t Target) tea.Cmd {
	if t.Link != "" {
		return env.Host.OpenLink(t.What, t.Link)
	}
	return env.Host.Open(&overlay.Text{Title: t.Title, Style: env.Theme.Strong, Body: t.Body})
}

// Copy sends the link to the terminal's clipboard, or says why there is none.
func Copy(env *page.Env, t Target) tea.Cmd {
	if t.Link == "" {
		return env.Host.Say(model.Warning, t.Refusal())
	}
	return env.Host.Copy("the link to "+t.What, t.Link)
}
