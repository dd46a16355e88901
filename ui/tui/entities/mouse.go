package entities

import (
	tea "charm.land/bubbletea/v2"
)

// span is where a view stands in the line of views.
type span struct{ from, to, view int }

// Click implements page.Clicker: a click selects a row or a view, a click on the selected row peeks. It never opens a
// link.
func (p *Page) Click(x, y int) tea.Cmd {
	d := p.layout(p.width, p.height)
	switch {
	case d.Tabs.Contains(x, y):
		for _, s := range p.tabSpans {
			if x >= s.from && x < s.to {
				return p.choose(s.view)
			}
		}
	case d.Filter.Contains(x, y):
		p.typing, p.peek = true, false
	case d.Rows.Contains(x, y):
		from, to := p.rows.Window()
		position := from + y - d.Rows.Y
		if position >= to {
			return nil
		}
		if !p.rows.MoveTo(position) {
			p.peek = !p.peek
		}
	}
	return nil
}

// Wheel implements page.Clicker.
func (p *Page) Wheel(_, _, rows int) tea.Cmd {
	p.rows.Scroll(rows)
	return nil
}
