// Package profile is the page of one entity: who it is, its badge and the reason for it, what Defender for Endpoint
// knows of it, the alerts of both products in one time line, what the directory says, and its groups.
package profile

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/portal"
	"adbadge/ui/tui/table"
)

// Page is the profile of one entity. It is one document in sections; the cursor stands on a line of it.
type Page struct {
	env  *page.Env
	id   model.GUID
	name string // as it was known last

	document document
	rows     table.Table[string]
	top      int  // the line of the page on which the document begins, for the mouse
	moved    bool // the user moved the cursor; until then it stays on the first line that takes it
	unfolded map[string]bool

	detail question[model.Detail]
	logons question[[]model.Logon]
	seen   question[struct{}] // the answer comes with the dashboard
	record string             // the machine record whose logons were asked
}

// New makes the profile of the entity of a place.
func New(env *page.Env, place page.Place) *Page {
	return &Page{env: env, id: place.Entity, unfolded: map[string]bool{}}
}

// row finds the entity in the newest view.
func (p *Page) row() (row int, ok bool) { return p.env.Dashboard.View.Find(p.id) }

// Title implements page.Page.
func (p *Page) Title() string {
	if row, ok := p.row(); ok {
		p.name = p.env.Dashboard.View.Name(row).String()
	}
	if p.name == "" {
		return "profile"
	}
	return p.name
}

// Scope implements page.Page.
func (p *Page) Scope() keys.Scope { return keys.Profile }

// State implements page.Page.
func (p *Page) State() keys.State {
	s := keys.State{NoFilter: true, Portal: p.side().String() + " portal"}
	if a := p.alert(); a == nil {
		s.NoAlert = "Move to an alert first; " + p.env.Keys.Of(keys.NextSection, keys.Profile) + " leads to them."
	} else {
		s.Portal = portal.AlertHint(p.env.Dashboard.View, a)
	}
	target, ok := p.target()
	if !ok {
		s.NoRow = "The directory does not list this entity."
		s.NoLink = s.NoRow
		return s
	}
	s.NoLink = target.Refusal()
	return s
}

// side is the one whose portal enter opens: the other side of that from which the entities are listed.
func (p *Page) side() model.Side {
	if p.env.State.Side == model.EndpointSide.String() {
		return model.IdentitySide
	}
	return model.EndpointSide
}

// target is what there is a link to: the alert under the cursor, else the entity.
func (p *Page) target() (target portal.Target, ok bool) {
	row, ok := p.row()
	if !ok {
		return portal.Target{}, false
	}
	if a := p.alert(); a != nil {
		return portal.OfAlert(p.env, a), true
	}
	return portal.Of(p.env, p.env.Dashboard.View, row, p.side()), true
}

// alert gives the alert under the cursor, nil when there is none.
func (p *Page) alert() *model.Alert {
	at, ok := p.rows.Cursor()
	if !ok || at >= len(p.document.lines) {
		return nil
	}
	return p.document.lines[at].alert
}

// Show implements page.Page.
func (p *Page) Show() tea.Cmd {
	row, ok := p.row()
	if !ok {
		return nil
	}
	return tea.Batch(p.askDetail(row), p.askLogons(row), p.askAccount(row))
}

// Hide implements page.Page.
func (p *Page) Hide() {
	p.detail.cancel()
	p.logons.cancel()
	p.seen.cancel()
}

// Update implements page.Page.
func (p *Page) Update(msg page.Answer) tea.Cmd {
	p.detail.take(msg, p.env.Now())
	p.logons.take(msg, p.env.Now())
	p.seen.take(msg, p.env.Now())
	return nil
}

// Back implements page.Page: first the alert under the cursor is folded.
func (p *Page) Back() (tea.Cmd, bool) {
	if a := p.alert(); a != nil && p.unfolded[alertKey(a)] {
		p.fold(a)
		return nil, true
	}
	return nil, false
}

// Do implements page.Page.
func (p *Page) Do(action keys.Action) tea.Cmd {
	if p.move(action) {
		p.moved = true
		return nil
	}
	return p.act(action)
}

// move takes the actions that move the cursor, and the one that unfolds what is under it.
func (p *Page) move(action keys.Action) bool {
	switch action {
	case keys.Down:
		p.step(1)
	case keys.Up:
		p.step(-1)
	case keys.First:
		p.moveTo(0, 1)
	case keys.Last:
		p.moveTo(p.rows.Len()-1, -1)
	case keys.HalfDown:
		p.leap(1)
	case keys.HalfUp:
		p.leap(-1)
	case keys.PageDown:
		p.leap(2)
	case keys.PageUp:
		p.leap(-2)
	case keys.NextSection:
		p.turn(1)
	case keys.PreviousSection:
		p.turn(-1)
	case keys.Details:
		if a := p.alert(); a != nil {
			p.fold(a)
		}
	default:
		return false
	}
	return true
}

// act takes the actions that lead away from the page.
func (p *Page) act(action keys.Action) tea.Cmd {
	switch action {
	case keys.ShowAlerts:
		return p.env.Host.Go(page.Place{Kind: page.Alerts})
	case keys.CopyName:
		return p.env.Host.Copy("the name", p.Title())
	}
	target, ok := p.target()
	if !ok {
		return nil
	}
	switch action {
	case keys.Open:
		if a := p.alert(); a != nil {
			return portal.OpenAlert(p.env, a)
		}
		return portal.Open(p.env, target)
	case keys.OpenAlert:
		return portal.Open(p.env, target)
	case keys.CopyLink:
		return portal.Copy(p.env, target)
	}
	return nil
}

// fold shows or hides the details of an alert. The cursor goes to its first line, so that nothing jumps.
func (p *Page) fold(a *model.Alert) {
	key := alertKey(a)
	if p.unfolded[key] {
		delete(p.unfolded, key)
	} else {
		p.unfolded[key] = true
	}
	if at := slices.IndexFunc(p.document.lines, func(l line) bool { return l.key == key }); at >= 0 {
		p.rows.MoveTo(at)
	}
}

// dashboard gives the newest facts.
func (p *Page) dashboard() *providers.Dashboard { return p.env.Dashboard }
