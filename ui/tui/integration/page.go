// Package integration is the page about the integration itself: both toggles with their owners, everything that was
// checked with what was seen and what to do, the licences, the sources, the sensors and the open health issues.
package integration

import (
	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/page"
)

// Page is the integration page. The cursor stands on an item, whatever lines it takes, and stays on it when a new
// dashboard comes.
type Page struct {
	env    *page.Env
	items  []item
	cursor int
	top    int // first line of the document that shows
	width  int // of the last drawing, for the mouse
	height int
}

// New opens the page with the cursor on the toggle of a side.
func New(env *page.Env, place page.Place) *Page {
	p := &Page{env: env, items: items(env)}
	p.moveTo(p.find(toggleKey(env.Dashboard.Toggle(place.Side))))
	return p
}

// Title implements page.Page.
func (p *Page) Title() string { return "integration" }

// Scope implements page.Page.
func (p *Page) Scope() keys.Scope { return keys.Integration }

// State implements page.Page.
func (p *Page) State() keys.State {
	s := keys.State{Portal: "open page", NoFilter: true}
	i := p.items[p.cursor]
	if i.link == nil {
		s.NoRow = "There is no page to open for this line."
	}
	s.Elsewhere = i.toggle != nil && i.toggle.Owner == model.OwnerPortal
	if i.toggle == nil {
		s.NoToggle = "The cursor is not on a toggle."
	}
	if i.issue == nil {
		s.NoIssue = "The cursor is not on an open health issue."
	}
	return s
}

// Show implements page.Page.
func (p *Page) Show() tea.Cmd {
	key := p.items[p.cursor].key
	p.items = items(p.env)
	p.moveTo(max(p.find(key), 0))
	return nil
}

// Hide implements page.Page.
func (p *Page) Hide() {}

// Back implements page.Page.
func (p *Page) Back() (tea.Cmd, bool) { return nil, false }

// Update implements page.Page: the page starts no tasks.
func (p *Page) Update(page.Answer) tea.Cmd { return nil }

// Do implements page.Page.
func (p *Page) Do(action keys.Action) tea.Cmd {
	switch action {
	case keys.Down:
		p.moveTo(p.cursor + 1)
	case keys.Up:
		p.moveTo(p.cursor - 1)
	case keys.First:
		p.moveTo(0)
	case keys.Last:
		p.moveTo(len(p.items) - 1)
	case keys.HalfDown, keys.PageDown:
		p.moveTo(p.cursor + max(p.height/4, 1))
	case keys.HalfUp, keys.PageUp:
		p.moveTo(p.cursor - max(p.height/4, 1))
	case keys.Flip:
		return p.flip()
	case keys.Close:
		return p.askIssue(model.IssueClosed)
	case keys.Suppress:
		return p.askIssue(model.IssueSuppressed)
	case keys.Open:
		return p.open()
	case keys.ShowAlerts:
		return p.env.Host.Go(page.Place{Kind: page.Alerts})
	}
	return nil
}

// Click implements page.Clicker: a click selects.
func (p *Page) Click(_, y int) tea.Cmd {
	_, owner := p.document(p.width)
	if at := p.top + y; at >= 0 && at < len(owner) && owner[at] >= 0 {
		p.moveTo(owner[at])
	}
	return nil
}

// Wheel implements page.Clicker.
func (p *Page) Wheel(_, _, rows int) tea.Cmd {
	p.moveTo(p.cursor + rows)
	return nil
}

func (p *Page) moveTo(i int) { p.cursor = min(max(i, 0), len(p.items)-1) }

func (p *Page) find(key string) int {
	for i := range p.items {
		if p.items[i].key == key {
			return i
		}
	}
	return p.cursor
}

// flip asks whether to flip the toggle under the cursor.
func (p *Page) flip() tea.Cmd {
	if toggle := p.items[p.cursor].toggle; toggle != nil {
		return p.env.Host.AskToggle(*toggle)
	}
	return nil
}

// askIssue changes the status of the health issue under the cursor, after asking.
func (p *Page) askIssue(to model.IssueStatus) tea.Cmd {
	if issue := p.items[p.cursor].issue; issue != nil {
		return p.env.Host.AskIssue(*issue, to)
	}
	return nil
}

// open opens the page that the line under the cursor is about.
func (p *Page) open() tea.Cmd {
	i := p.items[p.cursor]
	if i.link == nil {
		return nil
	}
	link, err := i.link()
	if err != nil {
		return p.env.Host.Say(model.Warning, "Nothing to open: "+err.Error()+".")
	}
	return p.env.Host.OpenLink(i.what, link)
}

// Draw implements page.Page.
func (p *Page) Draw(w, h int) ([]string, *tea.Position) {
	p.width, p.height = w, h
	lines, owner := p.document(w)
	first, last := -1, -1
	for at, item := range owner {
		if item == p.cursor {
			if first < 0 {
				first = at
			}
			last = at
		}
	}
	if p.cursor == 0 {
		first = 0 // the summary above the first item belongs on the screen with it
	}
	p.top = min(p.top, max(len(lines)-h, 0))
	if last >= p.top+h {
		p.top = last - h + 1
	}
	if first < p.top {
		p.top = max(first, 0)
	}
	shown := make([]string, 0, h)
	for at := p.top; at < p.top+h; at++ {
		if at < len(lines) {
			shown = append(shown, lines[at])
		} else {
			shown = append(shown, draw.Spaces(w))
		}
	}
	if !p.env.Plain || first < 0 {
		return shown, nil
	}
	return shown, &tea.Position{Y: first - p.top}
}
