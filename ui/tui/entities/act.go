package entities

import (
	"context"
	"fmt"
	"maps"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/portal"
)

// mark marks the row under the cursor, or takes its mark away, and goes on to the next one.
func (p *Page) mark() {
	id, ok := p.rows.Key()
	if !ok {
		return
	}
	if _, marked := p.marked[id]; marked {
		delete(p.marked, id)
	} else {
		p.marked[id] = struct{}{}
	}
	p.rows.Move(1)
}

// markAll marks all rows that are listed; when they all are, it takes the marks away.
func (p *Page) markAll() tea.Cmd {
	view, rows, before := p.shown.view, p.shown.rows, maps.Clone(p.marked)
	return p.marking.Start(p.env.Context, func(context.Context) (map[model.GUID]struct{}, error) {
		after := maps.Clone(before)
		for _, row := range rows {
			after[view.ID(int(row))] = struct{}{}
		}
		if len(after) == len(before) { // all were marked already
			for _, row := range rows {
				delete(after, view.ID(int(row)))
			}
		}
		return after, nil
	})
}

func (p *Page) copyName() tea.Cmd {
	row, ok := p.row()
	if !ok {
		return nil
	}
	name := p.shown.view.Name(row).String()
	return p.env.Host.Copy("the name "+name, name)
}

// target is what enter opens for a row: the entity in the portal of the other side.
func (p *Page) target(row int) portal.Target {
	return portal.Of(p.env, p.shown.view, row, p.side.Other())
}

func (p *Page) open() tea.Cmd {
	row, ok := p.row()
	if !ok {
		return nil
	}
	return portal.Open(p.env, p.target(row))
}

func (p *Page) copyLink() tea.Cmd {
	row, ok := p.row()
	if !ok {
		return nil
	}
	return portal.Copy(p.env, p.target(row))
}

// scope says what an export takes.
func (p *Page) scope() string {
	if n := len(p.marked); n > 0 {
		return draw.Count(n) + " marked"
	}
	return draw.Count(p.rows.Len()) + " shown"
}

// plural writes a number of things.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %s", draw.Count(n), many)
}
