package providers

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/providers/lab"
)

// noon is the instant at which the labs of these tests stand still.
var noon = time.Date(2026, time.March, 3, 12, 0, 0, 0, time.UTC)

// patience bounds what a test waits for, far above what it takes.
const patience = 30 * time.Second

// openLab starts a lab and opens it as the program does.
func openLab(t *testing.T, o lab.Options) (*Tenant, *lab.Lab) {
	t.Helper()
	running, err := startLab(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	tenant, err := openRunning(running, OpenOptions{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tenant.Close(); err != nil {
			t.Error(err)
		}
	})
	return tenant, running
}

// stillLab opens a frozen lab with the faults given.
func stillLab(t *testing.T, faults ...string) (*Tenant, *lab.Lab) {
	t.Helper()
	return openLab(t, lab.Options{Still: true, Now: func() time.Time { return noon }, Faults: faults})
}

func once(t *testing.T, tenant *Tenant) *Dashboard {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return NewRefresher(tenant).Once(ctx)
}

func TestLabIsReadWhole(t *testing.T) {
	tenant, running := stillLab(t)
	d := once(t, tenant)
	for _, s := range d.Sources {
		if s.State != model.SourceOK && s.State != model.SourceDegraded || s.Failure != nil {
			t.Errorf("%s is %s: %v", s.Source, s.State, s.Failure)
		}
	}
	counts := d.View.Counts()
	if want := running.World().Users(); counts.Users < want {
		t.Errorf("%d users, want at least the %d of the lab", counts.Users, want)
	}
	if want := running.World().Computers(); counts.Computers != want {
		t.Errorf("%d computers, want the %d of the lab", counts.Computers, want)
	}
	for class := range inventory.BadgeClassCount {
		if class != inventory.ClassUnknown && counts.Badge(class) == 0 {
			t.Errorf("no entity is %s, though the lab has every case", class)
		}
	}
	if counts.Unknown > 0 {
		t.Errorf("%d entities are unknown, though every source answered", counts.Unknown)
	}
	if len(d.Sensors) == 0 || len(d.Issues) == 0 || len(d.Licences) != 2 {
		t.Errorf("%d sensors, %d health issues, %d licences", len(d.Sensors), len(d.Issues), len(d.Licences))
	}
	if d.Status.Integration != model.IntegrationDegraded && d.Status.Integration != model.IntegrationOn {
		t.Errorf("integration is %s: %s", d.Status.Integration, d.Status.Reason)
	}
}

func TestToggleIsReadBackAndSeenByOthers(t *testing.T) {
	state := t.TempDir()
	first, _ := openLab(t, lab.Options{StateDir: state})
	second, _ := openLab(t, lab.Options{StateDir: state})
	r := NewRefresher(first)
	r.Once(t.Context())
	if _, err := r.SetToggle(t.Context(), Flip{Toggle: ofTheLab["endpoint"], By: "tester"}); err != nil {
		t.Fatal(err)
	}
	d := r.Current()
	if toggle := d.Toggle(model.EndpointSide); toggle.State != model.ToggleOff || toggle.By != "tester" {
		t.Errorf("after switching it off the toggle is %s by %q", toggle.State, toggle.By)
	}
	for row := range d.View.Len() {
		if b := d.View.Badge(row); b.State != model.BadgeUnknown || b.Reason != model.EndpointSideOff {
			t.Fatalf("%s has badge %s (%s): with a side off, no badge is known", d.View.Name(row), b.Text(), b.Reason)
		}
	}
	other := once(t, second)
	if got := other.Toggle(model.EndpointSide).State; got != model.ToggleOff {
		t.Errorf("the second program reads %s", got)
	}
	if other.Status.Integration != model.IntegrationHalf {
		t.Errorf("the second program says %s, want half", other.Status.Integration)
	}
}

func TestReadOnlyTenantRefusesChanges(t *testing.T) {
	tenant, _ := stillLab(t)
	tenant.ReadOnly = "this session is read-only"
	_, err := NewRefresher(tenant).SetToggle(t.Context(), Flip{Toggle: model.Toggle{Side: model.IdentitySide, State: model.ToggleOn, Owner: model.OwnerLab}, By: "tester"})
	if err == nil || !strings.Contains(err.Error(), "read-only") || !strings.Contains(err.Error(), "--write") {
		t.Fatalf("error %v, want why and what to do", err)
	}
	if got := once(t, tenant).Toggle(model.IdentitySide).State; got != model.ToggleOn {
		t.Errorf("the toggle is %s after a refused change", got)
	}
}

// TestFaults opens a lab with each fault and looks at what people would see: which source suffers, what the findings
// say, and that no badge claims to know what could not be asked.
func TestFaults(t *testing.T) {
	tests := []struct {
		fault       string
		source      model.Source
		state       model.SourceState
		integration model.Integration
		grey        bool // badges may say "no such entity"
	}{
		{"signin-refused", model.Endpoint, model.SourceFailed, model.IntegrationError, false},
		{"no-permission:endpoint", model.Endpoint, model.SourceFailed, model.IntegrationError, false},
		{"no-permission:graph", model.Identity, model.SourceFailed, model.IntegrationError, true},
		{"truncated:endpoint", model.Endpoint, model.SourceFailed, model.IntegrationDegraded, false},
		{"endless:endpoint", model.Endpoint, model.SourceFailed, model.IntegrationDegraded, false},
		{"no-licence:endpoint", model.Endpoint, model.SourceFailed, model.IntegrationError, false},
		{"no-machines", model.Endpoint, model.SourceDegraded, model.IntegrationDegraded, true},
		{"toggle-unreadable:identity", model.Settings, model.SourceOK, model.IntegrationUnknown, true},
		{"ldap-cut", model.Directory, model.SourceFailed, model.IntegrationDegraded, true},
		{"ldap-refused", model.Directory, model.SourceFailed, model.IntegrationDegraded, true},
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			tenant, _ := stillLab(t, test.fault)
			d := once(t, tenant)
			s := d.Source(test.source)
			if s.State != test.state {
				t.Errorf("%s is %s, want %s; failure %v, gaps %v", s.Source, s.State, test.state, s.Failure, s.Gaps)
			}
			if s.State == model.SourceFailed && (s.Failure == nil || s.Failure.Remedy == "") {
				t.Errorf("the failure names no remedy: %v", s.Failure)
			}
			if d.Status.Integration != test.integration {
				t.Errorf("integration is %s, want %s: %s", d.Status.Integration, test.integration, d.Status.Reason)
			}
			if len(d.Status.Findings) == 0 || d.Status.Findings[0].Level == model.OK {
				t.Error("no finding says what is wrong")
			}
			if grey := d.View.Counts().Unrecognized; grey > 0 && !test.grey {
				t.Errorf("%d entities are grey, though it could not be asked", grey)
			}
		})
	}
}

func TestThrottledSourceRecovers(t *testing.T) {
	tenant, _ := stillLab(t, "throttle:endpoint:1")
	if s := once(t, tenant).Source(model.Endpoint); s.State != model.SourceOK {
		t.Errorf("after one 429 the endpoint is %s: %v", s.State, s.Failure)
	}
}

func TestHangingSourceDoesNotHoldTheAnswerUp(t *testing.T) {
	tenant, _ := stillLab(t, "slow:endpoint:1h")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	d := NewRefresher(tenant).Once(ctx)
	if d.View.Len() == 0 {
		t.Error("the directory is missing, though only the endpoint hangs")
	}
	s := d.Source(model.Endpoint)
	if s.State != model.SourceFailed || s.Failure == nil || s.Failure.Kind != model.TimedOut {
		t.Errorf("endpoint is %s: %v, want a time-out", s.State, s.Failure)
	}
	if n := d.View.Counts().Unrecognized; n > 0 {
		t.Errorf("%d entities are grey", n)
	}
}

// TestQuickSourcesAreShownWhileASlowOneIsAwaited: what came in one burst must not stay out of sight until the last
// source has answered.
func TestQuickSourcesAreShownWhileASlowOneIsAwaited(t *testing.T) {
	tenant, _ := stillLab(t, "slow:endpoint:1h")
	r := NewRefresher(tenant)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	d := r.Current()
	for d.View.Len() == 0 || d.Source(model.Directory).State != model.SourceOK || d.Source(model.Identity).State != model.SourceOK {
		var err error
		if d, err = r.Wait(ctx, d.Generation); err != nil {
			seen := r.Current()
			t.Fatalf("%d rows, directory %s, identity %s: %v", seen.View.Len(), seen.Source(model.Directory).State,
				seen.Source(model.Identity).State, err)
		}
	}
	if !d.Refreshing || d.Source(model.Endpoint).State != model.SourceLoading {
		t.Errorf("refreshing %v, endpoint %s, want the endpoint still awaited", d.Refreshing, d.Source(model.Endpoint).State)
	}
	cancel()
	<-done
}

// TestToggleIsShownWhileASlowSourceIsAwaited: what was read back after a change does not wait for the pass under way.
func TestToggleIsShownWhileASlowSourceIsAwaited(t *testing.T) {
	tenant, _ := stillLab(t, "slow:endpoint:1h")
	r := NewRefresher(tenant)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	d := r.Current()
	for d.Toggle(model.EndpointSide).State == model.ToggleUnknown || d.Source(model.Endpoint).State != model.SourceLoading {
		var err error
		if d, err = r.Wait(ctx, d.Generation); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.SetToggle(ctx, Flip{Toggle: ofTheLab["endpoint"], By: "tester"}); err != nil {
		t.Fatal(err)
	}
	for d.Toggle(model.EndpointSide).State != model.ToggleOff {
		var err error
		if d, err = r.Wait(ctx, d.Generation); err != nil {
			t.Fatalf("the endpoint side is still %s on the screen: %v", r.Current().Toggle(model.EndpointSide).State, err)
		}
	}
	if !d.Refreshing {
		t.Error("the toggle was shown only after the pass, which proves nothing")
	}
	cancel()
	<-done
}

func TestLastGoodAnswerStaysAndIsMarked(t *testing.T) {
	tenant, running := stillLab(t)
	r := NewRefresher(tenant)
	before := r.Once(t.Context()).View.Counts()
	if err := running.SetFaults("error:endpoint", "ldap-refused"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	d := r.Once(ctx)
	after := d.View.Counts()
	if after.All != before.All || after.Recognized != before.Recognized {
		t.Errorf("counts changed from %+v to %+v when the sources failed", before, after)
	}
	if !d.View.Badge(0).Stale {
		t.Error("badges are not marked as old")
	}
	if got := d.Source(model.Directory).State; got != model.SourceFailed && got != model.SourceDegraded {
		t.Errorf("the directory is %s", got)
	}
}

func TestNewAlertsAreAnnounced(t *testing.T) {
	clock := noon
	tenant, _ := openLab(t, lab.Options{Now: func() time.Time { return clock }})
	r := NewRefresher(tenant)
	if d := r.Once(t.Context()); len(d.NewAlerts) != 0 {
		t.Errorf("%d alerts are new at the first refresh", len(d.NewAlerts))
	}
	clock = clock.Add(25 * time.Minute) // an attack has begun by then
	d := r.Once(t.Context())
	if len(d.NewAlerts) == 0 {
		t.Error("no alert is new after 25 minutes")
	}
	for _, a := range d.NewAlerts {
		if !a.IsOpen() {
			t.Errorf("%s is announced though it is resolved", a.ID)
		}
	}
}

func TestRunRefreshesOnRequestAndPauses(t *testing.T) {
	tenant, _ := stillLab(t)
	r := NewRefresher(tenant)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	finished := func(after uint64) *Dashboard {
		t.Helper()
		d := r.Current()
		for d.Generation <= after || d.Refreshing || !d.Loaded {
			var err error
			if d, err = r.Wait(ctx, max(d.Generation, after)); err != nil {
				t.Fatal(err)
			}
		}
		return d
	}
	first := finished(0)
	r.Refresh()
	second := finished(first.Generation)
	if second.View.Len() != first.View.Len() {
		t.Errorf("%d entities, then %d", first.View.Len(), second.View.Len())
	}
	r.Pause(true)
	if d := r.Current(); !d.Paused || !d.Next.IsZero() {
		t.Errorf("paused %v, next %s", d.Paused, d.Next)
	}
	cancel()
	<-done
}

func TestLabAtOtherSizes(t *testing.T) {
	for _, size := range []int{1, 50, 3000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			tenant, running := openLab(t, lab.Options{Still: true, Users: size, Computers: size, Seed: 7})
			d := once(t, tenant)
			if d.View.Counts().Computers != running.World().Computers() {
				t.Errorf("%d computers, want %d", d.View.Counts().Computers, running.World().Computers())
			}
		})
	}
}

// TestUsersAreAskedOneByOne: where hunting is not to be had, one user after the other gets a badge.
func TestUsersAreAskedOneByOne(t *testing.T) {
	whole, _ := stillLab(t)
	truth := once(t, whole).View
	tenant, _ := stillLab(t, "no-hunting")
	r := NewRefresher(tenant)
	d := r.Once(t.Context())
	seen, unseen := 0, 0
	for row := range d.View.Len() {
		if d.View.Badge(row).Reason != model.AccountsNotAsked {
			continue
		}
		user := d.View.Entity(row)
		at, _ := truth.Find(user.ID)
		want := truth.Badge(at)
		if known := want.State == model.BadgeRecognized; known && seen >= 4 || !known && unseen >= 4 {
			continue
		}
		if err := r.AskAccount(t.Context(), user); err != nil {
			t.Fatal(err)
		}
		got := r.Current().View.Badge(row)
		if got.Text() != want.Text() {
			t.Errorf("%s is %s (%s), want %s as hunting says", user.SAM, got.Text(), got.Reason, want.Text())
		}
		if logon, ok := r.Current().View.Logon(row); ok != (want.State == model.BadgeRecognized) || ok && logon.Machine == "" {
			t.Errorf("%s: seen %v on %q", user.SAM, ok, logon.Machine)
		}
		if want.State == model.BadgeRecognized {
			seen++
		} else {
			unseen++
		}
	}
	if seen == 0 || unseen == 0 {
		t.Errorf("%d users were seen and %d not: the lab has both", seen, unseen)
	}
}

// Rows that a list waits for are shown at once, however short a time ago it was drawn; later ones with the next burst.
func TestFirstRowsAreShownAtOnce(t *testing.T) {
	tenant, _ := stillLab(t)
	r := NewRefresher(tenant)
	p := &pass{refresher: r, ctx: t.Context(), open: 2, drawn: time.Now().Add(time.Hour)}
	read := func() answer {
		a := answer{topic: aboutEntities, reading: new(reading)}
		r.facts.directoryQuestion()(t.Context(), &a, func(answer) error { return nil })
		if a.err != nil {
			t.Fatal(a.err)
		}
		return a
	}
	p.take(read())
	if r.Current().View.Len() == 0 || p.due != nil {
		t.Errorf("%d rows, drawn later: %v", r.Current().View.Len(), p.due != nil)
	}
	p.drawn = time.Now().Add(time.Hour)
	p.take(read())
	if p.due == nil {
		t.Error("a list that has rows is drawn again at once")
	}
}
