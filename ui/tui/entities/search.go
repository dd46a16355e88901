package entities

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/query"
	"adbadge/ui/tui/table"
)

// found is the answer of a search: rows of one view, in order.
type found struct {
	view   *inventory.View
	result *query.Result
	rows   []uint32 // of the result, or those of them that the endpoint side lists
	side   model.Side
	asked  bool // the question was another one than before, not only the dashboard
}

// question is all that the rows depend on beside the view.
func (p *Page) question() query.Query { return p.views[p.current].query.And(p.filter) }

// search asks for the rows anew. A question that has changed abandons the one before; a dashboard that has changed
// waits for the search that is running, so that rows keep coming however fast dashboards follow each other.
func (p *Page) search(changed bool) tea.Cmd {
	if p.searching.Running() && !changed {
		p.stale = true
		return nil
	}
	p.stale = false
	view, q, order, side, now := p.env.Dashboard.View, p.question(), p.order, p.side, p.env.Now()
	previous := p.shown.result
	if p.shown.view != view {
		previous = nil
	}
	return p.searching.Start(p.env.Context, func(ctx context.Context) (found, error) {
		result, err := query.Run(ctx, view, q, order, now, previous)
		if err != nil {
			return found{}, err
		}
		f := found{view: view, result: result, rows: result.Rows, side: side, asked: changed}
		if side == model.EndpointSide {
			f.rows = endpointRows(view, result.Rows)
			if order.Column == inventory.ColumnIdentityAlerts {
				byIdentityBadge(view, f.rows, order.Reverse)
			}
		}
		return f, nil
	})
}

// endpointRows keeps the computers that Defender for Endpoint has a record of.
func endpointRows(view *inventory.View, rows []uint32) []uint32 {
	kept := make([]uint32, 0, view.Counts().Machines)
	for _, row := range rows {
		if view.HasMachine(int(row)) {
			kept = append(kept, row)
		}
	}
	return kept
}

// byIdentityBadge puts the worst identity badge first: this side's badge, as the endpoint badge is the other side's.
func byIdentityBadge(view *inventory.View, rows []uint32, reverse bool) {
	ranks := make(map[uint32]uint32, len(rows))
	for _, row := range rows {
		ranks[row] = view.IdentityBadge(int(row)).Rank()
	}
	slices.SortStableFunc(rows, func(a, b uint32) int {
		if reverse {
			a, b = b, a
		}
		return cmp.Compare(ranks[a], ranks[b])
	})
}

// countRows gives the number of rows of a query as a side lists them.
func countRows(ctx context.Context, view *inventory.View, side model.Side, q query.Query, now time.Time) (int, error) {
	if side == model.IdentitySide {
		return query.Count(ctx, view, q, now)
	}
	result, err := query.Run(ctx, view, q, query.Order{}, now, nil)
	if err != nil {
		return 0, err
	}
	return len(endpointRows(view, result.Rows)), nil
}

// found swaps the rows in.
func (p *Page) found(f found, err error) tea.Cmd {
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return p.countLater()
		}
		return tea.Batch(p.env.Host.SayFailure(err), p.countLater())
	}
	p.shown = f
	kept := p.rows.SetRows(table.Rows[model.GUID]{
		Len: len(f.rows),
		Key: func(position int) model.GUID { return f.view.ID(int(f.rows[position])) },
		Find: func(id model.GUID) (int, bool) {
			row, ok := f.view.Find(id)
			if !ok {
				return 0, false
			}
			position := slices.Index(f.rows, uint32(row))
			return position, position >= 0
		},
	})
	if f.asked && !kept { // what was asked for begins at the top
		p.rows.Rewind()
	}
	if p.rows.Len() == 0 {
		p.peek = false
	}
	if p.stale {
		return p.search(false)
	}
	return p.countLater()
}

// typed follows the filter as it is typed. What is not a filter yet, such as "anna badge:", asks for what stands before
// the unfinished word.
func (p *Page) typed() tea.Cmd {
	p.mistake = nil
	typed := p.line.Text()
	q, err := query.Parse(typed)
	if errors.As(err, &p.mistake) {
		before := typed[:strings.LastIndexByte(typed, ' ')+1]
		if q, err = query.Parse(before); err != nil {
			return nil // the rows stay
		}
	}
	p.filter = q
	return p.search(true)
}

// clear empties the filter.
func (p *Page) clear() tea.Cmd {
	if p.line.Text() == "" && p.filter.IsEmpty() {
		p.mistake = nil
		return nil
	}
	p.line.Set("")
	return p.typed()
}

// flashFor is how long a row with a new alert stands out.
const flashFor = 5 * time.Second

// flashNew makes the rows of new alerts stand out for a while.
func (p *Page) flashNew() tea.Cmd {
	d := p.env.Dashboard
	if len(d.NewAlerts) == 0 || d.Refreshing || p.flew == d.Generation {
		return nil
	}
	p.flew = d.Generation
	p.flash = map[model.GUID]struct{}{}
	for _, a := range d.NewAlerts[:min(len(d.NewAlerts), 200)] {
		for _, row := range d.View.AlertRows(a) {
			p.flash[d.View.ID(row)] = struct{}{}
		}
	}
	sleep := p.env.Sleep
	return p.flashing.Start(p.env.Context, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, sleep(ctx, flashFor)
	})
}
