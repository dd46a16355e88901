package providers

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/inventory"
	"adbadge/providers/lab"
	"adbadge/providers/snapshot"
)

// keeping is a lab whose tenants keep their snapshot.
type keeping struct {
	*testing.T
	lab     *lab.Lab
	options OpenOptions
	config  config.Config
}

func keepLab(t *testing.T, o lab.Options) *keeping {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
		o.Still = true
	}
	_, running := openLab(t, o)
	k := &keeping{T: t, lab: running, config: running.Config()}
	k.options = OpenOptions{Version: "test", CacheDir: filepath.Join(t.TempDir(), "cache"), Now: running.Now}
	return k
}

// open opens the lab once more, as the next start of the program does.
func (k *keeping) open() *Refresher {
	k.Helper()
	tenant, err := openRunning(k.lab, k.options)
	if err != nil {
		k.Fatal(err)
	}
	tenant.closers = tenant.closers[:len(tenant.closers)-1] // the lab goes on
	tenant.Snapshots = newSnapshots(k.config, k.options, "lab")
	k.Cleanup(func() { _ = tenant.Close() })
	return NewRefresher(tenant)
}

// written reads the sources and writes the snapshot.
func (k *keeping) written() *Dashboard {
	k.Helper()
	r := k.open()
	d := r.Once(k.Context())
	if err := r.Keep(k.Context()); err != nil {
		k.Fatal(err)
	}
	if _, err := os.Stat(k.path()); err != nil {
		k.Fatal(err)
	}
	return d
}

func (k *keeping) path() string { return newSnapshots(k.config, k.options, "lab").Path() }

// restored gives the dashboards that a start from the snapshot publishes before it asks anybody.
func (k *keeping) restored() (r *Refresher, last *Dashboard) {
	k.Helper()
	r = k.open()
	r.restore(k.Context())
	return r, r.Current()
}

func sameRows(t *testing.T, before, after *inventory.View) {
	t.Helper()
	if before.Len() != after.Len() || before.Counts() != after.Counts() {
		t.Fatalf("%d rows with %+v became %d with %+v", before.Len(), before.Counts(), after.Len(), after.Counts())
	}
	for row := range before.Len() {
		was, is := before.Badge(row), after.Badge(row)
		was.Stale, is.Stale = false, false
		if before.Entity(row) != after.Entity(row) || was != is || before.Match(row) != after.Match(row) {
			t.Fatalf("row %d: %+v %+v became %+v %+v", row, before.Entity(row), was, after.Entity(row), is)
		}
		a, b := before.Alerts(row), after.Alerts(row)
		if len(a) != len(b) || len(a) > 0 && (a[0].ID != b[0].ID || a[0].Title != b[0].Title || (a[0].Incident == nil) != (b[0].Incident == nil)) {
			t.Fatalf("row %d: %d alerts became %d", row, len(a), len(b))
		}
	}
}

func TestTheNextStartShowsWhatWasThere(t *testing.T) {
	k := keepLab(t, lab.Options{})
	before := k.written()
	_, after := k.restored()
	sameRows(t, before.View, after.View)
	if !after.Loaded || after.Refreshing || len(after.NewAlerts) > 0 || after.Status.Integration != before.Status.Integration ||
		len(after.Sensors) != len(before.Sensors) || len(after.Issues) != len(before.Issues) || len(after.Licences) != 2 {
		t.Errorf("%+v\nbecame\n%+v", before.Status, after.Status)
	}
	for _, source := range model.Sources {
		was, is := before.Source(source), after.Source(source)
		if was.State != is.State || was.Items != is.Items || !was.LastGood.Equal(is.LastGood) {
			t.Errorf("%s: %+v became %+v", source, was, is)
		}
	}
}

func TestOldAnswersAreMarkedUntilTheyAreRenewed(t *testing.T) {
	k := keepLab(t, lab.Options{})
	k.written()
	later := noon.Add(time.Hour)
	k.options.Now = func() time.Time { return later }
	r := k.open()
	r.tenant.Now = k.options.Now // the lab's own stands still
	r.restore(t.Context())
	stale := func() (n int) {
		v := r.Current().View
		for row := range v.Len() {
			if v.Badge(row).Stale {
				n++
			}
		}
		return n
	}
	if n := stale(); n < r.Current().View.Len()/2 {
		t.Errorf("%d of %d badges are marked as old", n, r.Current().View.Len())
	}
	if !slices.ContainsFunc(r.Current().Status.Findings, func(f model.Finding) bool { return f.Code == "ADB-202" }) {
		t.Errorf("nothing says that the data are old: %+v", r.Current().Status.Findings)
	}
	r.refresh(t.Context(), true)
	if n := stale(); n > 0 {
		t.Errorf("%d badges are still marked as old", n)
	}
}

// TestRowsAppearBeforeTheRest looks at every dashboard of a start.
func TestRowsAppearBeforeTheRest(t *testing.T) {
	k := keepLab(t, lab.Options{})
	before := k.written()
	r := k.open()
	ctx, cancel := context.WithCancel(t.Context())
	seen := make(chan *Dashboard, 100)
	go func() {
		d := r.Current()
		for {
			next, err := r.Wait(ctx, d.Generation)
			if err != nil {
				close(seen)
				return
			}
			d = next
			seen <- d
		}
	}()
	r.restore(ctx)
	if d := r.Current(); d.Generation != 2 {
		t.Errorf("%d dashboards", d.Generation)
	}
	cancel()
	for d := range seen {
		if d.View.Len() != before.View.Len() || d.View.Counts() != before.View.Counts() {
			t.Errorf("a dashboard has %d rows", d.View.Len())
		}
	}
}

func TestTheDirectoryIsFollowedFromTheSnapshotOn(t *testing.T) {
	k := keepLab(t, lab.Options{})
	before := k.written().View
	gone, renamed := before.ID(3), before.ID(4)
	if err := errors.Join(k.lab.Directory().Delete(gone), k.lab.Directory().Set(renamed, "displayName", "Changed Meanwhile")); err != nil {
		t.Fatal(err)
	}
	r, _ := k.restored()
	whole := r.facts.directories[0].whole
	r.refresh(t.Context(), true)
	d := r.Current()
	if !r.facts.directories[0].whole.Equal(whole) {
		t.Error("the directory was read from end to end")
	}
	if _, found := d.View.Find(gone); found {
		t.Error("what was deleted is still there")
	}
	if row, found := d.View.Find(renamed); !found || d.View.Name(row) != "Changed Meanwhile" {
		t.Error("what was changed is as it was")
	}
}

func TestNewAlertsSinceTheLastTimeAreAnnounced(t *testing.T) {
	now := noon
	k := keepLab(t, lab.Options{Now: func() time.Time { return now }})
	k.written()
	now = noon.Add(30 * time.Minute) // an attack goes on
	r, _ := k.restored()
	r.refresh(t.Context(), true)
	if len(r.Current().NewAlerts) == 0 {
		t.Error("no alert is new after half an hour of attacks")
	}
}

func TestLessDoesNotTakeThePlaceOfMore(t *testing.T) {
	for _, faults := range [][]string{{"ldap-refused"}, {"error:endpoint"}, {"ldap-cut"}, {"signin-refused"}} {
		k := keepLab(t, lab.Options{})
		k.written()
		before, err := os.ReadFile(k.path())
		if err != nil {
			t.Fatal(err)
		}
		if err := k.lab.SetFaults(faults...); err != nil {
			t.Fatal(err)
		}
		r := k.open()
		r.Once(t.Context())
		if err := r.Keep(t.Context()); err != nil {
			t.Error(err)
		}
		if after, err := os.ReadFile(k.path()); err != nil || !slices.Equal(before, after) {
			t.Errorf("%v: the snapshot was replaced (%v)", faults, err)
		}
	}
}

// TestASnapshotThatCannotBeUsedIsSaidAndMadeAnew damages it, and asks for other sources.
func TestASnapshotThatCannotBeUsedIsSaidAndMadeAnew(t *testing.T) {
	for name, spoil := range map[string]func(*keeping) error{
		"damaged": func(k *keeping) error {
			data, err := os.ReadFile(k.path())
			if err == nil {
				data[len(data)/2] ^= 1
				err = os.WriteFile(k.path(), data, 0o600)
			}
			return err
		},
		"cut off": func(k *keeping) error { return os.Truncate(k.path(), 1000) },
		"other sources": func(k *keeping) error {
			k.config.Directories[0].BaseDNs = []string{"OU=other"}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := keepLab(t, lab.Options{})
			k.written()
			if err := spoil(k); err != nil {
				t.Fatal(err)
			}
			r, d := k.restored()
			if d.View.Len() > 0 {
				t.Errorf("%d rows are shown", d.View.Len())
			}
			r.refresh(t.Context(), true)
			if !hasCode(r.Current(), model.CodeNoSnapshot) {
				t.Errorf("nothing is said: %+v", r.Current().Status.Findings)
			}
			if err := r.Keep(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.age(t.Context())
			if hasCode(r.Current(), model.CodeNoSnapshot) {
				t.Error("the new snapshot is called unusable too")
			}
			if _, d = k.restored(); d.View.Len() != r.Current().View.Len() {
				t.Errorf("%d rows came back", d.View.Len())
			}
		})
	}
}

func hasCode(d *Dashboard, code string) bool {
	return slices.ContainsFunc(d.Status.Findings, func(f model.Finding) bool { return f.Code == code })
}

func TestWithoutAPlaceForItTheProgramGoesOn(t *testing.T) {
	k := keepLab(t, lab.Options{})
	k.options.CacheDir = filepath.Join(os.DevNull, "cache")
	r := k.open()
	r.restore(t.Context())
	r.refresh(t.Context(), true)
	r.keepDue(t.Context(), keepInterval)
	d := r.Current()
	if !hasCode(d, model.CodeNoSnapshot) || d.View.Len() == 0 || d.Status.Level == model.Critical {
		t.Errorf("%d rows, %+v", d.View.Len(), d.Status)
	}
	k.options.CacheDir = ""
	r = k.open()
	r.restore(t.Context())
	r.refresh(t.Context(), true)
	r.keepDue(t.Context(), keepInterval)
	if hasCode(r.Current(), model.CodeNoSnapshot) {
		t.Error("it is called a fault that no snapshot is wanted")
	}
}

// TestRunKeepsTheSnapshot runs the whole thing: it is there after the first refresh, and again at the end.
func TestRunKeepsTheSnapshot(t *testing.T) {
	k := keepLab(t, lab.Options{})
	r := k.open()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	deadline := time.Now().Add(patience)
	for {
		if _, err := os.Stat(k.path()); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no snapshot was written")
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	<-done
	if _, d := k.restored(); d.View.Len() == 0 {
		t.Error("nothing came back")
	}
}

func TestCachedAnswersAskNobody(t *testing.T) {
	k := keepLab(t, lab.Options{})
	before := k.written()
	if err := k.lab.SetFaults("ldap-refused", "error:endpoint", "error:graph"); err != nil {
		t.Fatal(err)
	}
	store := newSnapshots(k.config, k.options, "lab")
	for part, rows := range map[CachedPart]int{CachedStatus: 0, CachedRows: before.View.Len(), CachedAll: before.View.Len()} {
		tenant, d, err := openCached(t.Context(), k.config, k.options, store, "", part)
		if err != nil {
			t.Fatal(err)
		}
		if d.View.Len() != rows || d.View.Counts() != before.View.Counts() || d.Status.Reason != before.Status.Reason || !d.At.Equal(before.At) {
			t.Errorf("%d: %d rows, %+v", part, d.View.Len(), d.Status)
		}
		if tenant.Mark != LabMark || tenant.Name != "" && !strings.Contains(tenant.Name, "contoso") || d.Source(model.Endpoint).Host == "" {
			t.Errorf("%d: the tenant is %+v", part, tenant)
		}
		if part == CachedAll {
			sameRows(t, before.View, d.View)
		}
		if err := tenant.Close(); err != nil {
			t.Error(err)
		}
	}
	k.options.CacheDir = t.TempDir()
	for _, store := range []*snapshot.Store{nil, newSnapshots(k.config, k.options, "lab")} {
		_, _, err := openCached(t.Context(), k.config, k.options, store, "", CachedStatus)
		if f, ok := errors.AsType[*model.Failure](err); !ok || !strings.Contains(f.Remedy, "--cached") {
			t.Errorf("%v", err)
		}
	}
}

// TestNothingSecretIsKept looks for everything that signs in to the lab.
func TestNothingSecretIsKept(t *testing.T) {
	k := keepLab(t, lab.Options{})
	k.written()
	data, err := os.ReadFile(k.path())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{k.lab.Secret(), k.lab.DirectoryPassword(), "eyJ", "Bearer"} {
		if strings.Contains(string(data), secret) {
			t.Errorf("the snapshot holds %q", secret)
		}
	}
}

// TestEveryTopicHasItsNameInTheSnapshot, and none has that of another.
func TestEveryTopicHasItsNameInTheSnapshot(t *testing.T) {
	seen := map[string]bool{"": true}
	for about, name := range topicNames {
		if seen[name] {
			t.Errorf("topic %d is called %q", about, name)
		}
		seen[name] = true
	}
}

// cutEndpoint gives the beginning of its list of machines only, and says so; or nothing at all.
type cutEndpoint struct {
	Endpoint
	fails bool
	stop  func() // the refresh, while it waits for this list; nil: nobody does
}

func (c *cutEndpoint) Machines(ctx context.Context, since time.Time, emit func([]model.Machine) error) (model.Reading, error) {
	if c.stop != nil {
		c.stop()
		<-ctx.Done()
		return model.Reading{}, ctx.Err()
	}
	if c.fails {
		return model.Reading{}, &model.Failure{Source: model.Endpoint, Kind: model.Unreachable, Seen: "no connection"}
	}
	left := 50
	reading, err := c.Endpoint.Machines(ctx, since, func(batch []model.Machine) error {
		batch = batch[:min(left, len(batch))]
		left -= len(batch)
		return emit(batch)
	})
	reading.Gaps = append(reading.Gaps, model.Gap{Source: model.Endpoint, Code: "ADB-210", What: "The list was cut off.", Missing: true})
	return reading, err
}

// TestWhatIsMissingStaysMissingWhenARefreshFails: a list that was cut off is followed by a refresh that fails, or that is
// stopped. Nothing follows from what is not in the list, then as before, and after the next start either.
func TestWhatIsMissingStaysMissingWhenARefreshFails(t *testing.T) {
	for _, stopped := range []bool{false, true} {
		k := keepLab(t, lab.Options{})
		r := k.open()
		cut := &cutEndpoint{Endpoint: r.tenant.Endpoint}
		r.tenant.Endpoint = cut
		r.refresh(t.Context(), true)
		before, items := r.Current().View.Counts(), r.facts.outcomes[aboutMachines].items
		if before.Unknown == 0 {
			t.Fatal("the list was not taken for one that is cut off")
		}
		check := func(when string, r *Refresher) {
			t.Helper()
			if counts := r.Current().View.Counts(); counts != before || r.facts.outcomes[aboutMachines].items != items {
				t.Errorf("stopped %v, %s: %+v, %d machines; want %+v, %d", stopped, when, counts, r.facts.outcomes[aboutMachines].items, before, items)
			}
			if !slices.ContainsFunc(r.Current().Source(model.Endpoint).Gaps, func(g model.Gap) bool { return g.Missing }) {
				t.Errorf("stopped %v, %s: nothing says that machines are missing", stopped, when)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		if cut.fails = true; stopped {
			cut.stop = cancel
		}
		r.refresh(ctx, true)
		cancel()
		check("after it", r)
		if err := r.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		next, _ := k.restored()
		check("after the next start", next)
	}
}

func TestANewerSnapshotStays(t *testing.T) {
	k := keepLab(t, lab.Options{})
	older := k.open()
	older.Once(t.Context())
	later := noon.Add(time.Hour)
	k.options.Now = func() time.Time { return later }
	newer := k.open()
	newer.tenant.Now, older.tenant.Snapshots = k.options.Now, newer.tenant.Snapshots
	newer.Once(t.Context())
	if err := errors.Join(newer.Keep(t.Context()), older.Keep(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, summary, err := newer.tenant.Snapshots.Open(); err != nil || !summary.At.Equal(later) {
		t.Errorf("the snapshot is of %s (%v)", summary.At, err)
	}
}

// TestAClockThatWasAhead: such a snapshot would look fresh for as long as it was.
func TestAClockThatWasAhead(t *testing.T) {
	k := keepLab(t, lab.Options{})
	k.written()
	k.options.Now = func() time.Time { return noon.Add(-24 * time.Hour) }
	if _, d := k.restored(); d.View.Len() > 0 {
		t.Errorf("%d rows of a day that is to come", d.View.Len())
	}
}

// TestAPassThatBringsNothingMakesNothingYounger.
func TestAPassThatBringsNothingMakesNothingYounger(t *testing.T) {
	k := keepLab(t, lab.Options{})
	k.written()
	r, d := k.restored()
	later := noon.Add(72 * time.Hour)
	r.tenant.Now = func() time.Time { return later }
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.refresh(ctx, true)
	if at := r.Current().At; !at.Equal(d.At) {
		t.Errorf("a pass that was stopped is of %s", at)
	}
}

func TestNewAlertsAreAnnouncedOnce(t *testing.T) {
	for what, show := range map[string]func(*Refresher){
		"answers grow old":     func(r *Refresher) { r.age(t.Context()) },
		"something is changed": func(r *Refresher) { r.tell(func(*facts) {}) },
		"a sign-in is shown":   func(r *Refresher) { r.changeSignIn(func() {}) },
		"they are asked again": func(r *Refresher) { r.refresh(t.Context(), true) },
	} {
		now := noon
		k := keepLab(t, lab.Options{Now: func() time.Time { return now }})
		k.written()
		now = noon.Add(30 * time.Minute)
		r, _ := k.restored()
		r.refresh(t.Context(), true)
		if len(r.Current().NewAlerts) == 0 {
			t.Fatal("no alert is new")
		}
		if show(r); len(r.Current().NewAlerts) > 0 {
			t.Errorf("%d alerts are announced again when %s", len(r.Current().NewAlerts), what)
		}
	}
}

// TestAnswersAboutSingleUsersAreNotKept: the lists that are kept do not tell them.
func TestAnswersAboutSingleUsersAreNotKept(t *testing.T) {
	k := keepLab(t, lab.Options{Faults: []string{"no-hunting"}})
	r := k.open()
	r.Once(t.Context())
	before := r.Current().View.Counts()
	for row := range r.Current().View.Len() {
		if r.Current().AskAlone(row) {
			if err := r.AskAccount(t.Context(), r.Current().View.Entity(row)); err != nil {
				t.Fatal(err)
			}
			if r.Current().View.Counts() != before {
				break
			}
		}
	}
	if r.Current().View.Counts() == before {
		t.Fatal("no user was recognised alone")
	}
	if err := r.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, part := range []CachedPart{CachedRows, CachedAll} {
		_, d, err := openCached(t.Context(), k.config, k.options, newSnapshots(k.config, k.options, "lab"), "", part)
		if err != nil || d.View.Counts() != before {
			t.Errorf("%d: %+v (%v), want %+v", part, d.View.Counts(), err, before)
		}
	}
}
