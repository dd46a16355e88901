package providers

import (
	"context"
	"errors"
	"slices"
	"time"

	"adbadge/model"
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
type followed[T any] struct {
	items []T // nil until answered
	gaps  []model.Gap
	at    time.Time // of the last reading, by the service's clock; zero when changes cannot be asked for
	whole time.Time // of the last one from end to end, by ours
	// newest is the time of change of the item that was changed last.
	newest time.Time
}

// reader reads a list: what has changed since a time, or everything.
type reader[T any] func(ctx context.Context, since time.Time, emit func([]T) error) (model.Reading, error)

// identified says by what the items of a list are told apart, and when one changed last.
type identified[T any] struct {
	id      func(*T) string
	changed func(*T) time.Time
}

var (
	machinesByID  = identified[model.Machine]{func(m *model.Machine) string { return m.ID }, func(m *model.Machine) time.Time { return m.LastSeen }}
	alertsByID    = identified[model.Alert]{func(a *model.Alert) string { return a.ID }, func(a *model.Alert) time.Time { return a.Updated }}
	incidentsByID = identified[model.Incident]{func(i *model.Incident) string { return i.ID.String() }, func(i *model.Incident) time.Time { return i.Updated }}
)

// newest gives the time of change of the item that was changed last.
func (by identified[T]) newest(items []T) (newest time.Time) {
	for i := range items {
		if at := by.changed(&items[i]); at.After(newest) {
			newest = at
		}
	}
	return newest
}

// follow says how a list is asked this time.
func follow[T any](f *facts, list *followed[T], read reader[T], by identified[T]) func(context.Context, *answer, func(answer) error) {
	l, known, now := *list, len(list.items), f.tenant.Now
	due := f.asked || l.at.IsZero() || now().Sub(l.whole) >= f.tenant.DirectoryInterval
	return func(ctx context.Context, a *answer, _ func(answer) error) {
		whole := due
		if !whole {
			whole, a.err = l.change(ctx, a.reading, read, by)
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
		a.items, l.newest = len(l.items), by.newest(l.items)
		a.apply = func(f *facts) {
			if !isSame(list.items, l.items) {
				f.alerts = nil // they, or what belongs to them
			}
			*list = l
		}
	}
}

// change takes over what has changed. doubtful is true when everything has to be read again.
func (l *followed[T]) change(ctx context.Context, counts *reading, read reader[T], by identified[T]) (doubtful bool, err error) {
	changed, reading, err := collect(ctx, counts, func(emit func([]T) error) (model.Reading, error) {
		return read(ctx, l.at.Add(-overlap), emit)
	})
	switch {
	case errors.Is(err, model.ErrChangesRefused), err == nil && (reading.IsCutOff() || l.at.Sub(reading.At) > overlap):
		return true, nil
	case err != nil:
		return false, err
	}
	l.items, l.at = by.merged(l.items, changed), reading.At
	for _, gap := range reading.Gaps {
		if !slices.Contains(l.gaps, gap) {
			l.gaps = append(slices.Clone(l.gaps), gap)
		}
	}
	return false, nil
}

// readWhole reads from end to end. Of a list that was cut off no changes are asked for, but the whole again.
func (l *followed[T]) readWhole(ctx context.Context, counts *reading, read reader[T], now time.Time) error {
	items, reading, err := collect(ctx, counts, func(emit func([]T) error) (model.Reading, error) { return read(ctx, time.Time{}, emit) })
	if reading.IsCutOff() {
		reading.At = time.Time{}
	}
	*l = followed[T]{items: items, gaps: reading.Gaps, at: reading.At, whole: now}
	return err
}

// collect gathers the batches of a reading into one list. What came before an error is dropped: the last whole answer
// is worth more than a part of the next.
func collect[T any](ctx context.Context, counts *reading, read func(emit func([]T) error) (model.Reading, error)) ([]T, model.Reading, error) {
	var all []T
	reading, err := read(func(batch []T) error {
		all = append(all, batch...)
		counts.items.Add(int64(len(batch)))
		return ctx.Err()
	})
	return orEmpty(all), reading, err
}

// isSame reports whether two lists are one and the same.
func isSame[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// merged gives a list in which what has changed stands in the place of what it was, and what is new at the end. An item
// that is older than what is there already is left out.
func (by identified[T]) merged(items, changed []T) []T {
	if len(changed) == 0 {
		return items
	}
	latest := make(map[string]*T, len(changed))
	for i := range changed {
		c := &changed[i]
		if have := latest[by.id(c)]; have == nil || !by.changed(c).Before(by.changed(have)) {
			latest[by.id(c)] = c
		}
	}
	all := make([]T, len(items), len(items)+len(latest))
	for i := range items {
		all[i] = items[i]
		k := by.id(&items[i])
		if c := latest[k]; c != nil && !by.changed(c).Before(by.changed(&items[i])) {
			all[i] = *c
		}
	}
	for i := range items {
		delete(latest, by.id(&items[i]))
	}
	for i := range changed {
		if c := &changed[i]; latest[by.id(c)] == c {
			all = append(all, *c)
		}
	}
	return all
}
