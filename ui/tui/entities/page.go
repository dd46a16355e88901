// Package entities is the dashboard: the list of users and computers with their badges, the views and the filter above
// it, the mini-profile over or beside it, and the integration below.
package entities

import (
	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/model/query"
	"adbadge/ui/tui/input"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/table"
)

// Page is the dashboard.
type Page struct {
	env  *page.Env
	side model.Side // whose entities are listed

	views   []view
	current int // the view that is shown
	order   query.Order

	line    input.Line // the filter as it is being typed, or as it was kept
	typing  bool
	filter  query.Query // what the line says; of the last text without a mistake
	mistake *query.SyntaxError

	shown  found // what the rows are; the last answer stays until the next one is there
	rows   table.Table[model.GUID]
	marked map[model.GUID]struct{}
	flash  map[model.GUID]struct{} // entities with a new alert, for a few seconds
	flew   uint64                  // generation of the dashboard whose alerts have flashed
	peek   bool

	// of the last drawing, for the mouse
	width, height int
	tabSpans      []span

	searching page.Task[found]
	stale     bool // the dashboard changed while a search was running
	counting  page.Task[[]int]
	recount   bool
	flashing  page.Task[struct{}]
	marking   page.Task[map[model.GUID]struct{}]
	exporting page.Task[exported]
}

// New makes the dashboard as it was left.
func New(env *page.Env) *Page {
	p := &Page{env: env, marked: map[model.GUID]struct{}{}}
	if env.State.Side == model.EndpointSide.String() {
		p.side = model.EndpointSide
	}
	p.views = views(env)
	p.order = p.orderOf(0)
	p.shown.view = env.Dashboard.View
	return p
}

// Title implements page.Page.
func (p *Page) Title() string { return "" }

// Scope implements page.Page.
func (p *Page) Scope() keys.Scope {
	if p.typing {
		return keys.Typing
	}
	return keys.List
}

// State implements page.Page.
func (p *Page) State() keys.State {
	s := keys.State{
		Portal:   p.side.Other().String() + " portal",
		NoFilter: p.line.Text() == "",
		Marked:   len(p.marked),
	}
	if _, ok := p.rows.Cursor(); !ok {
		s.NoRow = "There is no row under the cursor."
		s.NoLink = s.NoRow
	} else if row, ok := p.row(); ok {
		s.NoLink = p.target(row).Refusal()
	}
	return s
}

// Show implements page.Page.
func (p *Page) Show() tea.Cmd {
	return tea.Batch(p.search(false), p.count(), p.flashNew())
}

// Hide implements page.Page.
func (p *Page) Hide() {
	p.searching.Cancel()
	p.counting.Cancel()
	p.stale, p.recount = false, false
}

// Update implements page.Page.
func (p *Page) Update(msg page.Answer) tea.Cmd {
	if f, err, ok := p.searching.Take(msg); ok {
		return p.found(f, err)
	}
	if counts, err, ok := p.counting.Take(msg); ok {
		return p.counted(counts, err)
	}
	if _, _, ok := p.flashing.Take(msg); ok {
		p.flash = nil
	}
	if marked, err, ok := p.marking.Take(msg); ok && err == nil {
		p.marked = marked
	}
	if e, err, ok := p.exporting.Take(msg); ok {
		return p.exported(e, err)
	}
	return nil
}

// Do implements page.Page.
func (p *Page) Do(action keys.Action) tea.Cmd {
	if p.rows.Do(action) {
		return nil
	}
	for i, view := range keys.Views() {
		if action == view {
			return p.choose(i)
		}
	}
	switch action {
	case keys.Choose: // enter while typing: keep the filter
		p.typing = false
	case keys.Filter:
		p.typing, p.peek = true, false
	case keys.ClearFilter:
		return p.clear()
	case keys.Open:
		return p.open()
	case keys.Peek:
		if p.layout(p.width, p.height).Side.W > 0 {
			return p.env.Host.Say(model.OK, "The mini-profile is beside the list; "+p.env.Keys.Of(keys.Pin, keys.List)+" unpins it.")
		}
		p.peek = !p.peek
		p.rows.Hold() // what one reads must not become another entity's
	case keys.ShowProfile:
		return p.profile()
	case keys.Pin:
		p.env.State.Unpinned = !p.env.State.Unpinned
		return p.env.Host.Remember()
	case keys.Side:
		return p.turn()
	case keys.ShowAlerts:
		return p.env.Host.Go(page.Place{Kind: page.Alerts})
	default:
		return p.act(action)
	}
	return nil
}

// act takes the actions on rows and on the list as a whole.
func (p *Page) act(action keys.Action) tea.Cmd {
	switch action {
	case keys.Sort:
		return p.env.Host.Open(p.sortChoice())
	case keys.Reverse:
		return p.sort(query.Order{Column: p.order.Column, Reverse: !p.order.Reverse})
	case keys.SaveView:
		return p.env.Host.Open(p.saveChoice())
	case keys.Mark:
		p.mark()
	case keys.MarkAll:
		return p.markAll()
	case keys.CopyName:
		return p.copyName()
	case keys.CopyLink:
		return p.copyLink()
	case keys.Export:
		return p.env.Host.Open(p.exportChoice())
	}
	return nil
}

// Back implements page.Page.
func (p *Page) Back() (tea.Cmd, bool) {
	switch {
	case p.typing:
		p.typing = false
		return p.clear(), true
	case p.peek:
		p.peek = false
		return nil, true
	case p.line.Text() != "":
		return p.clear(), true
	}
	return nil, false
}

// Press implements page.Typist.
func (p *Page) Press(key tea.KeyPressMsg) tea.Cmd {
	if p.line.Press(key) {
		return p.typed()
	}
	return nil
}

// Paste implements page.Typist.
func (p *Page) Paste(content string) tea.Cmd {
	p.line.Insert(content)
	return p.typed()
}

// turn looks from the other side.
func (p *Page) turn() tea.Cmd {
	p.side = p.side.Other()
	p.env.State.Side = p.side.String()
	p.order = p.orderOf(p.current)
	return tea.Batch(p.env.Host.Remember(), p.search(true), p.count())
}

// profile opens the profile page of the row under the cursor.
func (p *Page) profile() tea.Cmd {
	id, ok := p.rows.Key()
	if !ok {
		return nil
	}
	return p.env.Host.Go(page.Place{Kind: page.Profile, Entity: id})
}

// row gives the row of the entity under the cursor in the view that is shown.
func (p *Page) row() (row int, ok bool) {
	position, ok := p.rows.Cursor()
	if !ok || position >= len(p.shown.rows) {
		return 0, false
	}
	return int(p.shown.rows[position]), true
}
