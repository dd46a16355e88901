// Package alerts is the page of all alerts of both products: the open ones first, filtered as one types, each with the
// entities that it counts for.
package alerts

import (
	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/ui/tui/input"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/portal"
	"adbadge/ui/tui/table"
)

// alertID names an alert from one refresh to the next.
type alertID struct {
	product model.Product
	id      string
}

func idOf(a *model.Alert) alertID { return alertID{a.Product, a.ID} }

// Page lists alerts.
type Page struct {
	env    *page.Env
	entity model.GUID // whose alerts are listed; zero for all
	name   string     // of that entity, as it was known last

	resolved bool // the resolved ones are listed too
	order    order
	line     input.Line
	typing   bool

	shown  found // the last answer stays until the next one is there
	rows   table.Table[alertID]
	top    int // the line of the page on which the rows begin, for the mouse
	search page.Task[found]
	stale  bool // the dashboard changed while a search was running
}

// New makes the page of all alerts, or of those of the entity of a place.
func New(env *page.Env, place page.Place) *Page {
	return &Page{env: env, entity: place.Entity}
}

// Title implements page.Page.
func (p *Page) Title() string {
	if p.entity.IsZero() {
		return "alerts"
	}
	if row, ok := p.env.Dashboard.View.Find(p.entity); ok {
		p.name = p.env.Dashboard.View.Name(row).String()
	}
	return "alerts of " + p.name
}

// Scope implements page.Page.
func (p *Page) Scope() keys.Scope {
	if p.typing {
		return keys.Typing
	}
	return keys.Alerts
}

// State implements page.Page.
func (p *Page) State() keys.State {
	s := keys.State{Portal: "open alert", NoFilter: p.line.Text() == ""}
	a := p.alert()
	if a == nil {
		s.NoRow = "There is no alert under the cursor."
		s.NoLink, s.NoAlert = s.NoRow, s.NoRow
		return s
	}
	s.NoLink = portal.OfAlert(p.env, a).Refusal()
	s.Portal = portal.AlertHint(p.env.Dashboard.View, a)
	return s
}

// alert gives the alert under the cursor, nil when there is none.
func (p *Page) alert() *model.Alert {
	at, ok := p.rows.Cursor()
	if !ok || at >= len(p.shown.alerts) {
		return nil
	}
	return p.shown.alerts[at]
}

// Show implements page.Page.
func (p *Page) Show() tea.Cmd { return p.ask(false) }

// Hide implements page.Page.
func (p *Page) Hide() {
	p.search.Cancel()
	p.stale = false
}

// Update implements page.Page.
func (p *Page) Update(msg page.Answer) tea.Cmd {
	if f, err, ok := p.search.Take(msg); ok {
		return p.found(f, err)
	}
	return nil
}

// Back implements page.Page.
func (p *Page) Back() (tea.Cmd, bool) {
	if p.typing || p.line.Text() != "" {
		p.typing = false
		return p.clear(), true
	}
	return nil, false
}

// Press implements page.Typist.
func (p *Page) Press(key tea.KeyPressMsg) tea.Cmd {
	if p.line.Press(key) {
		return p.ask(true)
	}
	return nil
}

// Paste implements page.Typist.
func (p *Page) Paste(content string) tea.Cmd {
	p.line.Insert(content)
	return p.ask(true)
}

func (p *Page) clear() tea.Cmd {
	if p.line.Text() == "" {
		return nil
	}
	p.line.Set("")
	return p.ask(true)
}

// Do implements page.Page.
func (p *Page) Do(action keys.Action) tea.Cmd {
	if p.rows.Do(action) {
		return nil
	}
	switch action {
	case keys.Choose: // enter while typing: keep the filter
		p.typing = false
	case keys.Filter:
		p.typing = true
	case keys.ClearFilter:
		return p.clear()
	case keys.NextSection, keys.PreviousSection:
		p.resolved = !p.resolved
		return p.ask(true)
	case keys.Sort:
		return p.env.Host.Open(p.sortChoice())
	case keys.Reverse:
		p.order.reverse = !p.order.reverse
		return p.ask(true)
	default:
		if a := p.alert(); a != nil {
			return p.act(action, a)
		}
	}
	return nil
}

// act takes the actions on an alert.
func (p *Page) act(action keys.Action, a *model.Alert) tea.Cmd {
	switch action {
	case keys.Open:
		return portal.OpenAlert(p.env, a)
	case keys.OpenAlert:
		return portal.Open(p.env, portal.OfAlert(p.env, a))
	case keys.CopyLink:
		return portal.Copy(p.env, portal.OfAlert(p.env, a))
	case keys.CopyName:
		return p.env.Host.Copy("the title", a.Title.String())
	case keys.Details:
		return p.env.Host.Open(p.details(a))
	case keys.ShowProfile:
		return p.profile(a)
	}
	return nil
}

// Click implements page.Clicker.
func (p *Page) Click(_, y int) tea.Cmd {
	from, to := p.rows.Window()
	if at := from + y - p.top; y >= p.top && at < to {
		p.rows.MoveTo(at)
	}
	return nil
}

// Wheel implements page.Clicker.
func (p *Page) Wheel(_, _, rows int) tea.Cmd {
	p.rows.Scroll(rows)
	return nil
}
