package providers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/providers/snapshot"
)

const (
	// keepInterval is the least time between two writings of the snapshot while the dashboard is open; it is written once
	// more at the end.
	keepInterval = 15 * time.Minute
	// keepAtEnd is how old the snapshot may be at the end without being written again, and lastKeep how long that may take.
	keepAtEnd, lastKeep = time.Minute, 10 * time.Second
)

// A table of more rows than long has its first rows kept apart as well, so that they are on the screen before it is read.
const long, firstRows = 1 << 16, 256

// topicNames name the topics in the snapshot. They must not change.
var topicNames = [topicCount]string{
	"toggles", "entities", "machines", "endpointAlerts", "identityAlerts", "incidents", "healthIssues", "sensors", "licences",
	"logons", "signals", "settings", "candidates",
}

// newSnapshots gives the place of the snapshot of a tenant; nil when none is to be kept. What the sources are goes into it,
// so that one of other sources is not taken for theirs.
func newSnapshots(c config.Config, o OpenOptions, key string) *snapshot.Store {
	if o.CacheDir == "" {
		return nil
	}
	name, sources := sha256.Sum256([]byte(key)), sha256.New()
	fmt.Fprintf(sources, "%s %s %+v %+v", key, c.Tenant.Cloud, c.Endpoint, c.Graph)
	for _, d := range c.Directories {
		fmt.Fprintf(sources, "|%q %q %q %q %q %q %q", d.Source, d.Servers, d.Domain, d.BaseDNs, d.ExcludeOUs, d.User, d.LDIFFile)
	}
	return snapshot.NewStore(o.CacheDir, hex.EncodeToString(name[:8]), hex.EncodeToString(sources.Sum(nil)), o.Version, o.now())
}

// restore starts from the snapshot: from its rows at once, and then from all of it. What cannot be used is said, and
// forgotten.
func (r *Refresher) restore(ctx context.Context) {
	r.pass.Lock()
	defer r.pass.Unlock()
	if r.tenant.Snapshots == nil {
		return
	}
	err := r.open(ctx)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return
	}
	r.facts = newFacts(r.tenant)
	if ctx.Err() == nil {
		r.facts.notKept = fmt.Sprintf("The snapshot of the last time cannot be used (%s); it is made anew.", err)
		r.publish(r.facts.dashboard())
	}
}

func (r *Refresher) open(ctx context.Context) error {
	file, summary, err := r.tenant.Snapshots.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	f := r.facts
	f.restore(summary)
	for _, rows := range []func() (*inventory.Table, []byte, error){file.First, file.Rows} {
		table, badges, err := rows()
		switch {
		case err != nil:
			return err
		case table == nil:
			continue
		}
		view, err := inventory.Preview(table, badges, summary.Counts, f.knowledge())
		if err != nil {
			return fmt.Errorf("%w: %w", snapshot.ErrDamaged, err)
		}
		f.table = table
		next := f.show(view)
		next.Loaded = table.Len() == summary.Counts.All
		r.publish(next)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	lists, err := file.Lists()
	if err != nil {
		return err
	}
	f.restoreLists(lists)
	r.publish(f.dashboard())
	return nil
}

// restore takes over what is known without the rows.
func (f *facts) restore(s snapshot.Summary) {
	for about, name := range topicNames {
		if t, known := s.Topics[name]; known {
			f.outcomes[about] = outcome{answered: true, items: t.Items, gaps: t.Gaps, failure: t.Failure, tried: t.Tried, good: t.Good, took: t.Took}
		}
	}
	if len(s.Directories) == len(f.directories) {
		for i, d := range s.Directories {
			f.directories[i] = directoryFacts{domains: d.Domains, holds: map[text.Line]struct{}{}, position: d.Position, whole: d.Whole,
				gaps: d.Gaps, swept: d.Swept, sweeping: d.Sweeping}
			for _, domain := range d.Holds {
				f.directories[i].holds[domain] = struct{}{}
			}
		}
	}
	restoreFollowed(&f.machines, s.Followed[topicNames[aboutMachines]])
	restoreFollowed(&f.endpointAlerts, s.Followed[topicNames[aboutEndpointAlerts]])
	restoreFollowed(&f.identityAlerts, s.Followed[topicNames[aboutIdentityAlerts]])
	restoreFollowed(&f.incidents, s.Followed[topicNames[aboutIncidents]])
	f.toggles, f.licences, f.sensors, f.candidates, f.issues, f.signals = s.Toggles, s.Licences, s.Sensors, s.Candidates, s.Issues, s.Signals
	f.changes, _ = f.tenant.lastChanges()
	f.loaded, f.at, f.kept = true, s.At, s.Written
}

func restoreFollowed[T any, L merging[T, L]](list *followed[T, L], kept snapshot.Followed) {
	list.gaps, list.at, list.whole, list.newest = kept.Gaps, kept.At, kept.Whole, kept.Newest
}

// restoreLists takes over the answers of the cloud sources. A list that was never answered stays so.
func (f *facts) restoreLists(l snapshot.Lists) {
	for _, restored := range []struct {
		about topic
		keep  func()
	}{
		{aboutMachines, func() { f.machines.items = l.Machines }},
		{aboutEndpointAlerts, func() { f.endpointAlerts.items = l.EndpointAlerts }},
		{aboutIdentityAlerts, func() { f.identityAlerts.items = l.IdentityAlerts }},
		{aboutIncidents, func() { f.incidents.items = incidents(nil).With(l.Incidents) }},
		{aboutLogons, func() { f.logons = l.Logons }},
	} {
		if !f.outcomes[restored.about].good.IsZero() {
			restored.keep()
		}
	}
	f.announce()
}

// snapshot gives what is kept of the facts and of the view that was made from them.
func (f *facts) snapshot(view *inventory.View) *snapshot.Snapshot {
	s := snapshot.Summary{
		Name: f.tenant.Name, Mark: f.tenant.Mark, Written: f.tenant.Now().UTC(), At: f.at.UTC(), Counts: view.Counts(), Topics: map[string]snapshot.Topic{},
		Hosts: map[string]string{}, Licences: f.licences, Sensors: f.sensors, Candidates: f.candidates, Issues: f.issues, Signals: f.signals,
		Followed: map[string]snapshot.Followed{
			topicNames[aboutMachines]: keptOf(&f.machines), topicNames[aboutEndpointAlerts]: keptOf(&f.endpointAlerts),
			topicNames[aboutIdentityAlerts]: keptOf(&f.identityAlerts), topicNames[aboutIncidents]: keptOf(&f.incidents),
		},
	}
	for _, t := range f.toggles {
		if t.Owner != model.OwnerPortal { // what a person's own session saw ends with it
			s.Toggles = append(s.Toggles, t)
		}
	}
	for about, o := range f.outcomes {
		if !o.answered {
			continue
		}
		if stopped(o.failure) {
			o.failure = nil
		}
		s.Topics[topicNames[about]] = snapshot.Topic{Items: o.items, Gaps: o.gaps, Failure: o.failure, Tried: o.tried.UTC(), Good: o.good.UTC(), Took: o.took}
	}
	for _, source := range model.Sources {
		s.Hosts[source.String()] = f.tenant.host(source)
	}
	for _, d := range f.directories {
		s.Directories = append(s.Directories, snapshot.Directory{Domains: d.domains, Holds: slices.Sorted(maps.Keys(d.holds)), Position: d.position,
			Whole: d.whole.UTC(), Gaps: d.gaps, Swept: d.swept.UTC(), Sweeping: d.sweeping})
	}
	kept := &snapshot.Snapshot{Summary: s, Table: view.Table(), Badges: view.Badges(), Lists: snapshot.Lists{
		Machines: f.machines.items, EndpointAlerts: f.endpointAlerts.items, IdentityAlerts: f.identityAlerts.items,
		Incidents: f.incidents.items.list(), Logons: f.logons,
	}}
	if view.Len() > long {
		kept.First, kept.FirstBadges = view.First(firstRows)
	}
	return kept
}

func keptOf[T any, L merging[T, L]](list *followed[T, L]) snapshot.Followed {
	return snapshot.Followed{Gaps: list.gaps, At: list.at, Whole: list.whole.UTC(), Newest: list.newest}
}

// isWhole reports whether every question that is asked was answered at least once, as far as it may be: a snapshot of
// less would take the place of one of more. Only those are looked at that badges follow from; what is not allowed is not
// waited for, but who could not sign in has not been told that.
func (f *facts) isWhole() bool {
	for _, about := range []topic{aboutToggles, aboutEntities, aboutMachines, aboutEndpointAlerts, aboutIdentityAlerts} {
		o := &f.outcomes[about]
		if o.answered && o.good.IsZero() && (!denied(o.failure) || o.failure.Kind == model.SignInRefused) {
			return false
		}
	}
	return !f.outcomes[aboutEntities].good.IsZero() &&
		!slices.ContainsFunc(f.directories, func(d directoryFacts) bool { return d.whole.IsZero() })
}

// Keep writes the snapshot, unless the sources have not all answered yet, or there is nothing new since it was written. It
// waits for a pass that is under way.
func (r *Refresher) Keep(ctx context.Context) error {
	r.pass.Lock()
	defer r.pass.Unlock()
	f, view := r.facts, r.Current().View
	if r.tenant.Snapshots == nil || r.tenant.keepsNone || !f.isWhole() || !f.dirty && !f.at.After(f.kept) || view.Table() != f.table ||
		r.tenant.Snapshots.IsNewer(f.at) {
		return nil
	}
	if len(f.accounts) > 0 { // answers about single users are forgotten: what is kept says no more than its lists do
		k := f.knowledge()
		k.Logons, k.Asked = f.logons, nil
		view = view.Next(f.table, k)
	}
	if err := r.tenant.Snapshots.Write(ctx, f.snapshot(view)); err != nil {
		if ctx.Err() == nil {
			f.notKept = "The snapshot for the next start cannot be kept: " + err.Error() + "."
		}
		f.kept, f.dirty = f.tenant.Now(), false // it is not tried again at once
		return err
	}
	f.kept, f.notKept, f.dirty = f.tenant.Now(), "", false
	return nil
}

// keepDue writes the snapshot when it is time to, or something was changed. What goes wrong is shown.
func (r *Refresher) keepDue(ctx context.Context, age time.Duration) {
	r.pass.Lock()
	due := r.facts.dirty || r.tenant.Now().Sub(r.facts.kept) >= age
	r.pass.Unlock()
	if !due {
		return
	}
	if err := r.Keep(ctx); err != nil {
		r.age(ctx)
	}
}

// keepLast writes the snapshot at the end.
func (r *Refresher) keepLast(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastKeep)
	defer cancel()
	r.keepDue(ctx, keepAtEnd)
}

// snapshotGap says why no snapshot could be used or kept.
func (f *facts) snapshotGap() []model.Gap {
	if f.notKept == "" {
		return nil
	}
	return []model.Gap{{Source: model.Settings, Code: model.CodeNoSnapshot, What: text.Clean(f.notKept).String(),
		Remedy: "Look at the folder with: adbadge cache info"}}
}
