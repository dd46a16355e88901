package providers

import (
	"context"
	"errors"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
)

// directoryQuestion says how the directory is asked this time: for everything when that is due, else for what has
// changed.
func (f *facts) directoryQuestion() func(context.Context, *answer, func(answer) error) {
	earlier := f.position
	if f.directoryDue() || !f.tracked() {
		return func(ctx context.Context, a *answer, send func(answer) error) {
			f.tenant.askEntities(ctx, earlier, a, send)
		}
	}
	c := &change{tracker: f.tenant.Directory.(Tracker), since: earlier, table: f.table, sweep: f.sweep,
		gaps: f.outcomes[aboutEntities].gaps}
	return func(ctx context.Context, a *answer, send func(answer) error) {
		c.ask(ctx, a)
		if errors.Is(a.err, model.ErrPositionLost) {
			*a = answer{topic: aboutEntities}
			f.tenant.askEntities(ctx, earlier, a, send)
		}
	}
}

// position marks where the directory stands, empty when it cannot say what changes.
func (t *Tenant) position(ctx context.Context, earlier model.Position) (model.Position, error) {
	if tracker, ok := t.Directory.(Tracker); ok {
		return tracker.Position(ctx, earlier)
	}
	return "", nil
}

// askEntities reads the directory and hands on what has come so far, so that rows appear while it is read.
func (t *Tenant) askEntities(ctx context.Context, earlier model.Position, a *answer, send func(answer) error) {
	domains, err := t.Directory.Domains(ctx)
	if err != nil {
		a.err = err
		return
	}
	position, err := t.position(ctx, earlier)
	if err != nil {
		a.err = err
		return
	}
	builder := inventory.NewBuilder(0)
	builder.AddDomains(domains)
	count, sent := 0, time.Time{} // the first rows are shown at once
	gaps, err := t.Directory.Entities(ctx, func(batch []model.Entity) error {
		if ctx.Err() != nil {
			return errStopped
		}
		builder.Add(batch)
		count += len(batch)
		if time.Since(sent) < drawSpacing {
			return nil
		}
		table := builder.Table()
		err := send(answer{topic: aboutEntities, partial: true, items: count, apply: func(f *facts) { f.growTable(table) }})
		sent = time.Now()
		return err
	})
	table := builder.Table()
	a.items, a.gaps, a.err = count, gaps, err
	a.apply = func(f *facts) { f.setTable(table, domains, err == nil, position) }
}

// change is one question for what has changed in the directory.
type change struct {
	tracker Tracker
	since   model.Position
	table   *inventory.Table // that the changes are made to
	sweep   bool             // look for what is gone, too
	gaps    []model.Gap      // of the last whole reading: they still hold
}

// ask makes the table that the changes lead to. What is on the screen stays when something fails.
func (c *change) ask(ctx context.Context, a *answer) {
	a.items, a.gaps = c.table.Len(), c.gaps
	var builder *inventory.Builder // nil as long as nothing has changed
	apply := func(changed []model.Entity, gone []model.GUID) {
		if builder == nil && len(changed)+len(gone) > 0 {
			builder = inventory.Continue(c.table)
		}
		if builder != nil {
			builder.Add(changed)
			builder.Remove(gone)
		}
	}
	var next model.Position
	next, a.err = c.tracker.Changes(ctx, c.since, func(changed []model.Entity, deleted []model.GUID) error {
		apply(changed, deleted)
		return ctx.Err()
	})
	if a.err != nil {
		return
	}
	var swept time.Duration
	if c.sweep {
		begin := time.Now()
		present := make(map[model.GUID]struct{}, c.table.Len())
		a.err = c.tracker.Present(ctx, func(ids []model.GUID) error {
			for _, id := range ids {
				present[id] = struct{}{}
			}
			return ctx.Err()
		})
		if a.err != nil {
			return
		}
		apply(nil, c.table.Missing(present))
		swept = time.Since(begin)
	}
	table := c.table
	if builder != nil {
		table = builder.Table()
	}
	a.items = table.Len()
	a.apply = func(f *facts) { f.setChanged(table, next, c.sweep, swept) }
}
