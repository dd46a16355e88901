package providers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

// directoryFacts is what is known of one directory, and where the next question to it goes on from.
type directoryFacts struct {
	domains  []model.Domain         // of its forest
	holds    map[text.Line]struct{} // domains of its entities
	position model.Position         // that the table corresponds to; empty: changes cannot be asked for
	whole    time.Time              // when it was last read from end to end
	gaps     []model.Gap            // of that reading: they still hold
	swept    time.Time              // when it was last asked for what is gone
	sweeping time.Duration          // how long that took
}

// round asks every directory once, all at the same time: for everything where that is due, else for what has changed.
// It makes the table that their answers lead to.
type round struct {
	tenant  *Tenant
	asked   bool // by a person: look for what is gone, whatever the schedule says
	before  *inventory.Table
	facts   []directoryFacts         // one for each directory, renewed by the round
	held    []map[text.Line]struct{} // what facts said of the domains before
	anew    bool                     // the only directory is read from end to end: nothing of the table before is needed
	send    func(answer) error       // of what has come so far
	reading *reading
	// present holds the ids of a directory that was looked through; nil for the others.
	present  []map[model.GUID]struct{}
	failures []error

	mutex   sync.Mutex         // guards what follows
	builder *inventory.Builder // nil as long as nothing has changed
	sent    time.Time
}

// directoryQuestion prepares a round over the directories.
func (f *facts) directoryQuestion() func(context.Context, *answer, func(answer) error) {
	n := len(f.tenant.Directories)
	r := &round{tenant: f.tenant, asked: f.asked, before: f.table, facts: slices.Clone(f.directories),
		present: make([]map[model.GUID]struct{}, n), failures: make([]error, n), held: make([]map[text.Line]struct{}, n)}
	for i := range r.facts {
		r.held[i] = r.facts[i].holds
	}
	if r.anew = n == 1 && r.isDue(0); r.anew {
		r.builder = inventory.NewBuilder(0)
	}
	return func(ctx context.Context, a *answer, send func(answer) error) {
		r.send, r.reading = send, a.reading
		r.run(ctx)
		r.conclude(a)
	}
}

func (r *round) run(ctx context.Context) {
	var asking sync.WaitGroup
	for i := range r.facts {
		asking.Go(func() {
			r.failures[i] = guarded(aboutEntities, func() error { return r.ask(ctx, i) })
		})
	}
	asking.Wait()
}

// isDue reports whether the interval of a directory has passed since it was last read from end to end.
func (d *directoryFacts) isDue(t *Tenant) bool {
	return d.whole.IsZero() || t.Now().Sub(d.whole) >= t.DirectoryInterval
}

// isTracked reports whether a directory can be asked for what has changed.
func (d *directoryFacts) isTracked() bool { return d.position != "" }

// isDue reports whether a directory has to be read from end to end.
func (r *round) isDue(i int) bool {
	d := &r.facts[i]
	return d.isDue(r.tenant) || r.asked && !d.isTracked()
}

// ask asks one directory, unless it cannot say what has changed and is not due.
func (r *round) ask(ctx context.Context, i int) error {
	switch {
	case r.isDue(i):
		return r.whole(ctx, i)
	case r.facts[i].isTracked():
		if err := r.changes(ctx, i); !errors.Is(err, model.ErrPositionLost) {
			return err
		}
		return r.whole(ctx, i)
	}
	return nil
}

// whole reads a directory from end to end and hands on what has come so far, so that rows appear while it is read.
func (r *round) whole(ctx context.Context, i int) error {
	directory, next := r.tenant.Directories[i], r.facts[i]
	domains, err := directory.Domains(ctx)
	if err != nil {
		return err
	}
	if tracker, ok := directory.(Tracker); ok {
		if next.position, err = tracker.Position(ctx, next.position); err != nil {
			return err
		}
	}
	next.domains, next.holds = domains, map[text.Line]struct{}{}
	r.mutex.Lock()
	r.facts[i].domains = domains // known at once, so that the first rows are matched as all will be
	r.mutex.Unlock()
	r.reading.expected.Store(int64(r.before.Len()))
	var present map[model.GUID]struct{}
	if !r.anew {
		present = map[model.GUID]struct{}{}
	}
	next.gaps, err = directory.Entities(ctx, func(batch []model.Entity) error {
		if ctx.Err() != nil {
			return errStopped
		}
		next.note(batch)
		r.reading.items.Add(int64(len(batch)))
		for i := range batch {
			if present != nil {
				present[batch[i].ID] = struct{}{}
			}
		}
		return r.add(batch)
	})
	if err != nil {
		if r.facts[i].whole.IsZero() { // else the rows of before stay, with what is missing from them
			r.facts[i].gaps = next.gaps
		}
		return err
	}
	if next.isStrange() {
		if next.domains, err = directory.Domains(ctx); err != nil {
			return err
		}
	}
	next.whole, next.swept, next.sweeping = r.tenant.Now(), r.tenant.Now(), 0
	r.answered(i, next, present)
	return nil
}

// isStrange reports whether an entity belongs to a domain that was not named: some directories learn of their domains
// while they are read.
func (d *directoryFacts) isStrange() bool {
	for name := range d.holds {
		if name != "" && !slices.ContainsFunc(d.domains, func(known model.Domain) bool { return strings.EqualFold(known.DNSName.String(), name.String()) }) {
			return true
		}
	}
	return false
}

// note remembers which domains entities belong to.
func (d *directoryFacts) note(batch []model.Entity) {
	for i := range batch {
		d.holds[batch[i].Domain] = struct{}{}
	}
}

// add takes entities in, and shows them where the directories are read for the first time.
func (r *round) add(batch []model.Entity) error {
	table := r.grow(batch)
	if table == nil {
		return nil
	}
	return r.send(answer{topic: aboutEntities, partial: true, items: table.Len(), apply: func(f *facts) { f.growTable(table) }})
}

// grow takes entities in, and gives the table so far where it is time to show it.
func (r *round) grow(batch []model.Entity) *inventory.Table {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.build().Add(batch)
	if time.Since(r.sent) < drawSpacing { // the first rows are shown at once
		return nil
	}
	r.sent = time.Now()
	r.builder.SetDomains(r.domains())
	return r.builder.Table()
}

// build gives the builder; the mutex is held.
func (r *round) build() *inventory.Builder {
	if r.builder == nil {
		r.builder = inventory.Continue(r.before)
	}
	return r.builder
}

// sweepShare is how many times longer than a sweep the time between two is at least, so that a small directory shows
// a deletion at the next refresh, and a large one is not kept busy.
const sweepShare = 60

// changes asks a directory for what has changed, and now and then for what is gone, which a plain account is not told.
// Where
// that fails, what came stays, and is asked for once more.
func (r *round) changes(ctx context.Context, i int) error {
	tracker, next := r.tenant.Directories[i].(Tracker), r.facts[i]
	next.holds = maps.Clone(next.holds)
	var added []model.GUID
	position, err := tracker.Changes(ctx, next.position, func(changed []model.Entity, deleted []model.GUID) error {
		next.note(changed)
		for i := range changed {
			added = append(added, changed[i].ID)
		}
		if len(changed)+len(deleted) > 0 {
			r.mutex.Lock()
			defer r.mutex.Unlock()
			r.build().Add(changed)
			r.builder.Remove(deleted)
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	next.position = position
	var present map[model.GUID]struct{}
	if begin := time.Now(); r.asked || r.tenant.Now().Sub(next.swept) >= sweepShare*next.sweeping {
		present = make(map[model.GUID]struct{}, r.before.Len())
		err := tracker.Present(ctx, func(ids []model.GUID) error {
			for _, id := range ids {
				present[id] = struct{}{}
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
		for _, id := range added { // after the list had passed their place, perhaps
			present[id] = struct{}{}
		}
		next.swept, next.sweeping = r.tenant.Now(), time.Since(begin)
	}
	r.answered(i, next, present)
	return nil
}

// answered takes over what one directory said.
func (r *round) answered(i int, next directoryFacts, present map[model.GUID]struct{}) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.facts[i], r.present[i] = next, present
}

// conclude makes the answer of the round. A directory that failed keeps the rows that it had; when all have failed, the
// round has.
func (r *round) conclude(a *answer) {
	for i, err := range r.failures {
		switch {
		case err == nil:
		case a.err == nil && !slices.Contains(r.failures, nil):
			a.err = err
		default:
			a.gaps = append(a.gaps, r.unread(i, err))
		}
	}
	for i := range r.facts {
		for _, gap := range r.facts[i].gaps {
			if gap.Domain == "" || !r.isHeld(gap.Domain) {
				a.gaps = append(a.gaps, gap)
			}
		}
	}
	table := r.table()
	a.items = table.Len()
	a.apply = func(f *facts) { f.table, f.directories = table, r.facts }
}

// unread says that one directory of several failed.
func (r *round) unread(i int, err error) model.Gap {
	f := model.AsFailure(err, model.Directory, topicDoing[aboutEntities])
	since := "its entities are missing"
	if whole := r.facts[i].whole; !whole.IsZero() {
		since = "its entities are shown as they were before"
	}
	return model.Gap{Source: model.Directory, Code: "ADB-413", Missing: true, Remedy: f.Remedy,
		What: fmt.Sprintf("%s could not be read (%s); %s.", r.tenant.Directories[i].Host(), f.Seen, since)}
}

// isHeld reports whether a directory has entities of a domain.
func (r *round) isHeld(domain text.Line) bool {
	return slices.ContainsFunc(r.facts, func(d directoryFacts) bool { _, held := d.holds[domain]; return held })
}

// domains gives those of all forests, each once; a server that does not hold a domain knows less of it.
func (r *round) domains() []model.Domain {
	var all []model.Domain
	for i := range r.facts {
		for _, domain := range r.facts[i].domains {
			at := slices.IndexFunc(all, func(d model.Domain) bool { return strings.EqualFold(d.DNSName.String(), domain.DNSName.String()) })
			switch {
			case at < 0:
				all = append(all, domain)
			case all[at].SID == "":
				all[at] = domain
			}
		}
	}
	return all
}

// table gives the table that the answers lead to.
func (r *round) table() *inventory.Table {
	if r.anew && r.failures[0] != nil && !r.facts[0].whole.IsZero() {
		return r.before // rather than a part of it
	}
	if gone := r.gone(); len(gone) > 0 {
		r.build().Remove(gone)
	}
	if r.builder == nil {
		return r.before
	}
	r.builder.SetDomains(r.domains())
	return r.builder.Table()
}

// gone gives the entities that were not found where they should be: in all directories that hold their domain.
func (r *round) gone() []model.GUID {
	if r.anew || !slices.ContainsFunc(r.present, func(ids map[model.GUID]struct{}) bool { return ids != nil }) {
		return nil
	}
	found := func(id model.GUID) bool {
		return slices.ContainsFunc(r.present, func(ids map[model.GUID]struct{}) bool { _, found := ids[id]; return found })
	}
	return r.before.Missing(found, func(domain text.Line) bool {
		looked := false
		for i := range r.facts {
			_, holds := r.facts[i].holds[domain]
			_, held := r.held[i][domain]
			if !holds && !held {
				continue
			}
			if r.present[i] == nil {
				return false
			}
			looked = true
		}
		return looked
	})
}
