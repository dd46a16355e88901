package entities

import (
	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/layout"
	"adbadge/ui/tui/overlay"
	"adbadge/ui/tui/panel"
	"adbadge/ui/tui/peek"
	"adbadge/ui/tui/theme"
)

// Draw implements page.Page.
func (p *Page) Draw(w, h int) ([]string, *tea.Position) {
	p.width, p.height = w, h
	d := p.layout(w, h)
	p.rows.SetHeight(d.Rows.H)
	lines := make([]string, 0, h)
	var cursor *tea.Position
	if d.Tabs.H > 0 {
		lines = append(lines, p.tabs(d.Tabs.W))
	}
	if d.Filter.H > 0 {
		line, column := p.filterLine(d.Filter.W)
		if p.typing {
			cursor = &tea.Position{X: column, Y: d.Filter.Y}
		}
		lines = append(lines, line)
	}
	if d.Rule.H > 0 {
		lines = append(lines, p.rule(d))
	}
	list := p.list(d)
	if d.Side.W > 0 {
		list = beside(list, p.pinned(d.Side), d.Rows.W)
	}
	lines = append(lines, list...)
	if d.Panel.H > 0 {
		integration := panel.Panel{Theme: p.env.Theme, Dashboard: p.env.Dashboard, Now: p.env.Now(),
			More: p.env.Keys.Of(keys.Toggles, keys.List) + ": details", Tee: d.Side.X}
		lines = append(lines, integration.Draw(w, d.Panel.H)...)
	}
	if p.peek && d.Side.W == 0 {
		p.popUp(lines, d, w)
	}
	if p.env.Plain && cursor == nil {
		cursor = p.rowCursor(d)
	}
	return lines, cursor
}

// layout divides the page. What is too small for panels has rows only.
func (p *Page) layout(w, h int) layout.Dashboard {
	if p.env.Bare {
		return layout.Dashboard{Rows: layout.Rect{W: max(w, 0), H: max(h, 0)}}
	}
	return layout.NewDashboard(w, h, !p.env.State.Unpinned)
}

// rowCursor is where the terminal's cursor stands for screen readers.
func (p *Page) rowCursor(d layout.Dashboard) *tea.Position {
	position, ok := p.rows.Cursor()
	if !ok {
		return nil
	}
	from, _ := p.rows.Window()
	return &tea.Position{X: d.Rows.X, Y: d.Rows.Y + position - from}
}

// rule is the line between filter and list on tall screens.
func (p *Page) rule(d layout.Dashboard) string {
	t := p.env.Theme
	l := draw.NewLine(t, d.Rule.W)
	if d.Side.W > 0 {
		l.Add(t.Rule, draw.Repeat(t.Glyphs.Rule, d.Side.X)+t.Glyphs.TeeDown)
	}
	return l.Add(t.Rule, draw.Repeat(t.Glyphs.Rule, l.Left())).String()
}

// list gives header, rows and the line of counts.
func (p *Page) list(d layout.Dashboard) []string {
	lines := make([]string, 0, d.Rows.H+2)
	all := columns(p.side)
	widths := p.widths(all, d.Rows.W)
	switch {
	case d.Header.H > 0 && d.Count.H == 0 && p.mistake != nil: // there is no other line for it
		lines = append(lines, p.countLine(d.Header.W))
	case d.Header.H > 0:
		lines = append(lines, p.header(all, widths, d.Header.W))
	}
	if p.rows.Len() == 0 {
		lines = append(lines, p.empty(d.Rows.W, d.Rows.H)...)
	} else {
		lines = append(lines, p.drawRows(all, widths, d.Rows)...)
	}
	if d.Count.H > 0 {
		lines = append(lines, p.countLine(d.Count.W))
	}
	return lines
}

func (p *Page) widths(all []column, w int) []int {
	plain := make([]layout.Column, len(all))
	for i := range all {
		plain[i] = all[i].Column
	}
	if w < layout.KindWidth { // badge and name only: the name gets all that is left
		plain[0].Max = 0
	}
	return layout.Columns(max(w-lead, 0), plain)
}

func (p *Page) header(all []column, widths []int, w int) string {
	t := p.env.Theme
	l := draw.NewLine(t, w).Space(3)
	badge := "MDE"
	if p.side == model.EndpointSide {
		badge = "MDI"
	}
	l.Cell(p.headStyle(p.order.Column == badgeSort(p.side)), badge, 6)
	for i, c := range all {
		if widths[i] == 0 {
			continue
		}
		style := p.headStyle(c.sort == p.order.Column)
		if c.Right {
			l.CellRight(style, c.Title, widths[i])
		} else {
			l.Cell(style, c.Title, widths[i])
		}
		l.Space(c.Gap)
	}
	return l.Fill(t.Text).String()
}

func (p *Page) headStyle(sorted bool) theme.Style {
	if sorted {
		return p.env.Theme.Strong
	}
	return p.env.Theme.Muted
}

// drawRows draws what shows of the list, and nothing else.
func (p *Page) drawRows(all []column, widths []int, area layout.Rect) []string {
	from, to := p.rows.Window()
	cursor, _ := p.rows.Cursor()
	lines := make([]string, 0, area.H)
	l := draw.NewLine(p.env.Theme, area.W)
	r := row{view: p.shown.view, now: p.env.Now(), theme: p.env.Theme}
	for position := from; position < min(to, from+area.H); position++ {
		r.at = int(p.shown.rows[position])
		r.flags = r.view.Flags(r.at)
		p.drawRow(l, &r, all, widths, position == cursor)
		lines = append(lines, l.String())
	}
	for len(lines) < area.H {
		lines = append(lines, draw.Spaces(area.W))
	}
	return lines
}

func (p *Page) drawRow(l *draw.Line, r *row, all []column, widths []int, current bool) {
	t := p.env.Theme
	badge := r.view.Badge(r.at)
	if p.side == model.EndpointSide {
		badge = r.view.IdentityBadge(r.at)
	}
	id := r.view.ID(r.at)
	_, marked := p.marked[id]
	_, flashing := p.flash[id]
	if l.Left() < lead+4 { // a sliver: the badge says most
		l.Add(t.Badge(badge), badge.Text()).Fill(t.Text)
		return
	}
	l.CellRight(t.Marked, pointer(marked, current), 2).Space(1).Add(t.Badge(badge), badge.Text())
	if badge.Stale {
		l.Add(t.Muted, "~")
	}
	l.To(lead)
	for i, c := range all {
		if widths[i] == 0 {
			continue
		}
		value, style := c.cell(r)
		switch {
		case current && i == 0: // not the whole row: over a slow line, a bar from edge to edge would be most of a key's cost
			style = t.Selected
		case flashing && !c.chip:
			style = t.Flash
		}
		if c.Right {
			l.CellRight(style, value, widths[i])
		} else {
			l.Cell(style, value, widths[i])
		}
		l.Space(c.Gap)
	}
	l.Fill(t.Text)
}

// pointer shows mark and cursor, each readable without colour.
func pointer(marked, current bool) string {
	switch {
	case marked && current:
		return "*>"
	case current:
		return ">"
	case marked:
		return "*"
	}
	return ""
}

// popUp lays the mini-profile over the rows below the one under the cursor, or above it when there is no room.
func (p *Page) popUp(lines []string, d layout.Dashboard, w int) {
	row, ok := p.row()
	if !ok {
		return
	}
	position, _ := p.rows.Cursor()
	from, _ := p.rows.Window()
	y := d.Rows.Y + position - from
	below, above := len(lines)-y-1, y
	room := max(below, above) - 2
	if room < 1 {
		return
	}
	x := min(lead, max(w-50, 0))
	width := min(max(w-x-5, 1), 66)
	profile := peek.Profile{Theme: p.env.Theme, View: p.shown.view, Row: row, Now: p.env.Now()}
	inside := profile.Lines(width, min(room, 18))
	box := overlay.Frame(p.env.Theme, width, profile.Heading(), p.env.Theme.Strong, inside, p.peekHints())
	top := y + 1
	if below < len(box) {
		top = y - len(box)
	}
	draw.Splice(lines, box, x, max(top, 0), w)
}

func (p *Page) peekHints() string {
	of := func(a keys.Action) string { return p.env.Keys.Of(a, keys.List) }
	return of(keys.Open) + " portal  " + of(keys.ShowProfile) + " profile  " + of(keys.CopyName) + " copy  esc close"
}

// pinned gives the pane beside the list.
func (p *Page) pinned(area layout.Rect) []string {
	t := p.env.Theme
	edge := t.Rule.Render(t.Glyphs.Vertical) + " "
	inside := max(area.W-3, 1)
	lines := make([]string, 0, area.H)
	head := draw.NewLine(t, inside)
	row, ok := p.row()
	if !ok {
		head.Add(t.Muted, "Nothing is under the cursor.")
		lines = append(lines, head.String())
	} else {
		profile := peek.Profile{Theme: t, View: p.shown.view, Row: row, Now: p.env.Now()}
		hint := p.env.Keys.Of(keys.Pin, keys.List) + " unpins"
		head.Add(t.Strong, draw.Cut(profile.Heading(), inside-len(hint)-2, t.Glyphs.Ellipsis)).To(inside-len(hint)).Add(t.Muted, hint)
		lines = append(lines, head.String(), "")
		lines = append(lines, profile.Lines(inside, area.H-2)...)
	}
	for i := range lines {
		lines[i] = edge + lines[i]
	}
	for len(lines) < area.H {
		lines = append(lines, edge)
	}
	return lines[:area.H]
}

// beside sets the pane at a column beside the list.
func beside(list, pane []string, column int) []string {
	for i := range list {
		if i < len(pane) {
			list[i] += draw.Spaces(column-draw.Width(list[i])) + pane[i]
		}
	}
	return list
}
