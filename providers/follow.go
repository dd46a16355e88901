package providers

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// overlap is how far before its last reading a list is asked for changes: some arrive late, and not all servers of a
// service have the same time.
const overlap = 15 * time.Minute

// followed is a list that is read from end to end now and then, and asked for its changes between.
//
// Changes are what has another time of change: for alerts and incidents that of the last update; for machines that of
// the last full report, which comes about once a day. So a reading of changes misses what is gone (machines that were
// merged or are no longer kept), and machines whose health, risk, exposure, onboarding or tags changed without a report.
// A reading from end to end brings that to light: whenever the interval of the directory has passed, when a person asks
// for a refresh, and whenever something is doubtful: the service does not take the filter, the list was cut off, or the
// service's clock jumped.
type followed[T any, L merging[T, L]] struct {
	items L
	gaps  []model.Gap
	at    time.Time // of the last reading, by the service's clock; zero when changes cannot be asked for
	whole time.Time // of the last one from end to end, by ours
	// newest is the time of change of the item that was changed last.
	newest time.Time
}

// merging is a list that never changes, and gives the one that some items lead to: each stands in the place of what it was,
// unless it is older than that, and new ones are added.
type merging[T, L any] interface {
	With(items []T) L
	Len() int
	Newest() time.Time // when the item that was changed last was changed
}

// reader reads a list: what has changed since a time, or everything.
type reader[T any] func(ctx context.Context, since time.Time, emit func([]T) error) (model.Reading, error)

// follow says how a list is asked this time.
func follow[T any, L merging[T, L]](f *facts, list *followed[T, L], read reader[T]) func(context.Context, *answer, func(answer) error) {
	l, known, now := *list, list.items.Len(), f.tenant.Now
	due := f.asked || l.at.IsZero() || now().Sub(l.whole) >= f.tenant.DirectoryInterval
	return func(ctx context.Context, a *answer, _ func(answer) error) {
		whole := due
		if !whole {
			whole, a.err = l.change(ctx, a.reading, read)
		}
		if whole {
			a.reading.items.Store(0)
			a.reading.expected.Store(int64(known))
			a.err = l.readWhole(ctx, a.reading, read, now())
		}
		a.gaps = l.gaps
		if a.err != nil {
			a.items = known
			return
		}
		a.items, l.newest = l.items.Len(), l.items.Newest()
		a.apply = func(*facts) { *list = l }
	}
}

// change takes over what has changed. doubtful is true when everything has to be read again.
func (l *followed[T, L]) change(ctx context.Context, counts *reading, read reader[T]) (doubtful bool, err error) {
	var changed []T
	reading, err := read(ctx, l.at.Add(-overlap), func(batch []T) error {
		changed = append(changed, batch...)
		counts.items.Add(int64(len(batch)))
		return ctx.Err()
	})
	switch {
	case errors.Is(err, model.ErrChangesRefused), err == nil && (reading.IsCutOff() || l.at.Sub(reading.At) > overlap):
		return true, nil
	case err != nil:
		return false, err
	}
	l.items, l.at = l.items.With(changed), reading.At
	for _, gap := range reading.Gaps {
		if !slices.Contains(l.gaps, gap) {
			l.gaps = append(slices.Clone(l.gaps), gap)
		}
	}
	return false, nil
}

// readWhole reads from end to end. What came before an error is dropped: the last whole answer is worth more than a part
// of the next. Of a list that was cut off no changes are asked for, but the whole again.
func (l *followed[T, L]) readWhole(ctx context.Context, counts *reading, read reader[T], now time.Time) error {
	next := followed[T, L]{whole: now}
	reading, err := read(ctx, time.Time{}, func(batch []T) error {
		next.items = next.items.With(batch)
		counts.items.Add(int64(len(batch)))
		return ctx.Err()
	})
	if next.gaps = reading.Gaps; !reading.IsCutOff() {
		next.at = reading.At
	}
	*l = next
	return err
}

// incidents are those of Defender XDR, by id.
type incidents map[text.Line]*model.Incident

// With implements merging.
func (in incidents) With(items []model.Incident) incidents {
	if len(items) == 0 {
		return in
	}
	next := make(incidents, len(in)+len(items))
	maps.Copy(next, in)
	for _, item := range items {
		if have := next[item.ID]; have == nil || !item.Updated.Before(have.Updated) {
			next[item.ID] = &item
		}
	}
	return next
}

// Len implements merging.
func (in incidents) Len() int { return len(in) }

// Newest implements merging.
func (in incidents) Newest() (newest time.Time) {
	for _, item := range in {
		newest = later(newest, item.Updated)
	}
	return newest
}

// list gives them as a slice, by id.
func (in incidents) list() []model.Incident {
	list := make([]model.Incident, 0, len(in))
	for _, id := range slices.Sorted(maps.Keys(in)) {
		list = append(list, *in[id])
	}
	return list
}
