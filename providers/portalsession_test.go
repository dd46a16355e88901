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
	"adbadge/providers/lab"
	"adbadge/providers/settings"
)

// labCookies gives the cookies that the lab shows to a person.
func labCookies(t *testing.T, tenant *Tenant) Cookies {
	t.Helper()
	_, line, _ := strings.Cut(tenant.Portal.Hint, "they are: ")
	c, err := ParseCookies(line)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// withSession opens a frozen lab whose portal session has begun, before the faults are in force.
func withSession(t *testing.T, faults ...string) (*Tenant, *lab.Lab, *Refresher) {
	t.Helper()
	tenant, running := openLab(t, lab.Options{Users: 20, Computers: 10, Still: true, Now: func() time.Time { return noon }})
	tenant.Changes = settings.NewRecord(t.TempDir())
	tenant.watchPace = watchPace{5 * time.Millisecond, 20 * time.Millisecond, patience}
	r := NewRefresher(tenant)
	if err := r.BeginPortal(t.Context(), labCookies(t, tenant)); err != nil {
		t.Fatal(err)
	}
	if err := running.SetFaults(faults...); err != nil {
		t.Fatal(err)
	}
	return tenant, running, r
}

// flagOf is the toggle that the portal owns.
var flagOf = model.Toggle{Side: model.EndpointSide, Owner: model.OwnerPortal}

func findingOf(d *Dashboard, code string) (model.Finding, bool) {
	i := slices.IndexFunc(d.Status.Findings, func(f model.Finding) bool { return f.Code == code })
	if i < 0 {
		return model.Finding{}, false
	}
	return d.Status.Findings[i], true
}

// switchInPortal is what the button on the lab's page does.
func switchInPortal(t *testing.T, tenant *Tenant, on bool) {
	t.Helper()
	if err := tenant.Settings[0].SetToggle(t.Context(), model.Toggle{Side: model.EndpointSide, Owner: model.OwnerLab}, on, "anna"); err != nil {
		t.Error(err)
	}
}

func TestNoPortalSessionUntilOneIsBegun(t *testing.T) {
	tenant, _ := stillLab(t)
	d := once(t, tenant)
	if slices.ContainsFunc(d.Toggles, flagOf.Is) || d.Portal.Begun {
		t.Errorf("toggles %+v, session %+v", d.Toggles, d.Portal)
	}
}

func TestPortalSessionReadsTheFlag(t *testing.T) {
	tenant, _, r := withSession(t)
	plain := once(t, func() *Tenant {
		other, _ := openLab(t, lab.Options{Users: 20, Computers: 10, Still: true, Now: func() time.Time { return noon }})
		return other
	}())
	d := r.Once(t.Context())
	flag := d.Find(flagOf)
	if flag.State != model.ToggleOn || flag.Read.IsZero() || d.Portal.Reading == nil || d.Portal.Actor != "analyst@contoso.test" {
		t.Errorf("got %+v, %+v", flag, d.Portal)
	}
	if d.Status.Integration != plain.Status.Integration || d.Status.Level != plain.Status.Level || len(d.Status.Findings) != len(plain.Status.Findings) {
		t.Errorf("a flag that is on changes the status: %+v", d.Status)
	}
	r.EndPortal()
	d = r.Once(t.Context())
	if flag := d.Find(flagOf); flag.State != model.ToggleUnknown || d.Portal.Open || d.Portal.Reading != nil {
		t.Errorf("after the end: %+v, %+v", flag, d.Portal)
	}
	if f, found := findingOf(d, "ADB-153"); found {
		t.Errorf("a session that was ended on request is a finding: %+v", f)
	}
	if err := tenant.Portal.SetToggle(t.Context(), flagOf, true, "anna"); err == nil {
		t.Error("the portal session writes")
	}
}

// Each way in which the portal answers, or does not, has its finding, and none of them lies about the flag.
func TestPortalSessionFaults(t *testing.T) {
	for fault, c := range map[string]struct {
		state   model.ToggleState
		open    bool
		code    string // empty: none
		level   model.Level
		problem string
	}{
		"session-rotates":       {model.ToggleOn, true, "", model.OK, ""},
		"session-removed":       {model.ToggleOn, true, "", model.OK, ""},
		"slow:session:50ms":     {model.ToggleOn, true, "", model.OK, ""},
		"session-newer":         {model.ToggleOn, true, "ADB-155", model.OK, "new: EnableFutureProtection; gone: DartDataCollection"},
		"session-drifted":       {model.ToggleOn, true, "ADB-155", model.Warning, "is neither true nor false"},
		"session-views":         {model.ToggleUnknown, true, "ADB-151", model.Warning, "the settings say on, the tenant's context says off"},
		"session-no-workspace":  {model.ToggleOn, true, "ADB-152", model.Warning, "the flag has no meaning"},
		"session-expired":       {model.ToggleUnknown, false, "ADB-153", model.OK, "440"},
		"session-revoked":       {model.ToggleUnknown, false, "ADB-153", model.OK, "401"},
		"session-page":          {model.ToggleUnknown, false, "ADB-153", model.OK, "a page rather than data"},
		"session-redirect":      {model.ToggleUnknown, false, "ADB-153", model.OK, "redirects to login.contoso.test"},
		"no-permission:session": {model.ToggleUnknown, false, "ADB-154", model.OK, "may not read the tenant's context"},
		"session-tenant":        {model.ToggleUnknown, false, "ADB-156", model.OK, "belongs to tenant 0e7e4000"},
		"throttle:session":      {model.ToggleUnknown, true, "ADB-156", model.OK, "asked too often"},
		"error:session":         {model.ToggleUnknown, true, "ADB-156", model.OK, "503"},
	} {
		t.Run(fault, func(t *testing.T) {
			_, _, r := withSession(t, fault)
			d := r.Once(t.Context())
			flag := d.Find(flagOf)
			if flag.State != c.state || d.Portal.Open != c.open {
				t.Errorf("the flag is %s (%v), open %v", flag.State, flag.Problem, d.Portal.Open)
			}
			if d.Toggle(model.EndpointSide).State != model.ToggleOn {
				t.Error("the toggle that badges depend on is not read")
			}
			for _, f := range d.Status.Findings {
				if strings.HasPrefix(f.Code, "ADB-15") && f.Code != c.code {
					t.Errorf("unexpected: %+v", f)
				}
			}
			if c.code == "" {
				return
			}
			if f, found := findingOf(d, c.code); !found || f.Level != c.level || !strings.Contains(f.Seen, c.problem) || f.Remedy == "" {
				t.Errorf("the finding is %+v", f)
			}
		})
	}
}

func TestPortalFlagThatIsOff(t *testing.T) {
	tenant, _, r := withSession(t)
	switchInPortal(t, tenant, false)
	d := r.Once(t.Context())
	if f, found := findingOf(d, "ADB-150"); !found || !strings.Contains(f.Seen, "integration is built in") {
		t.Errorf("got %+v", f)
	}
}

// watching flips the portal's flag off, beside the test.
func watching(ctx context.Context, r *Refresher) (wait func() (model.Change, error)) {
	type ended struct {
		change model.Change
		err    error
	}
	done := make(chan ended, 1)
	go func() {
		flag := flagOf
		flag.State = model.ToggleOn
		change, err := r.SetToggle(ctx, Flip{Toggle: flag, By: "anna"})
		done <- ended{change, err}
	}()
	return func() (model.Change, error) { e := <-done; return e.change, e.err }
}

func TestPortalFlagIsWatched(t *testing.T) {
	for name, c := range map[string]struct {
		faults  []string
		outcome model.Outcome
		seen    string
	}{
		"seen":    {nil, model.Watched, "the settings say off, the tenant's context says off"},
		"delayed": {[]string{"toggle-delayed:300ms"}, model.Watched, "the settings say off, the tenant's context says off"},
		"rotates": {[]string{"session-rotates"}, model.Watched, "the settings say off, the tenant's context says off"},
		"other":   {[]string{"session-other"}, model.Watched, "OTHER SETTINGS CHANGED TOO: EnableWdavAuditMode"},
		"busy":    {[]string{"throttle:session:1"}, model.Watched, "the settings say off, the tenant's context says off"},
		"fault":   {[]string{"error:session:3"}, model.Watched, "the settings say off, the tenant's context says off"},
		"ignored": {[]string{"toggle-ignored:endpoint"}, model.NotSeen, "linked (legacy flag on)"},
		"differs": {[]string{"session-views"}, model.NotSeen, "changing or inconsistent"},
		"expires": {[]string{"session-expired"}, model.OutcomeUnknown, "the portal session ended before the change was seen"},
		"drifted": {[]string{"session-drifted"}, model.Watched, "the settings say unknown, the tenant's context says off"},
	} {
		t.Run(name, func(t *testing.T) {
			tenant, running, r := withSession(t)
			r.Once(t.Context())
			tenant.ReadOnly = "this session is read-only" // it changes nothing here
			if c.outcome == model.NotSeen {
				tenant.watchPace.patience = 1500 * time.Millisecond
			}
			wait := watching(t.Context(), r)
			for list, _, err := tenant.Changes.Last(1); len(list) == 0; list, _, err = tenant.Changes.Last(1) { // it has begun to watch
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Millisecond)
			}
			if err := running.SetFaults(c.faults...); err != nil {
				t.Fatal(err)
			}
			switchInPortal(t, tenant, false)
			change, err := wait()
			if change.Outcome != c.outcome || !strings.Contains(change.Seen.String(), c.seen) || (err == nil) != (c.outcome == model.Watched) {
				t.Errorf("got %s: %s, %v", change.Outcome, change.Seen, err)
			}
			list, _, err := tenant.Changes.Last(10)
			if err != nil || len(list) != 1 || list[0].Outcome != c.outcome || list[0].Owner != model.OwnerPortal || list[0].From != "on" || list[0].To != "off" || list[0].By != "anna" {
				t.Errorf("the record has %+v, %v", list, err)
			}
			if d := r.Current(); c.outcome == model.Watched && d.Find(flagOf).State != model.ToggleOff {
				t.Errorf("the screen shows %+v", d.Find(flagOf))
			}
		})
	}
}

func TestWatchingIsStopped(t *testing.T) {
	tenant, _, r := withSession(t)
	ctx, cancel := context.WithCancel(t.Context())
	wait := watching(ctx, r)
	for list, _, err := tenant.Changes.Last(1); len(list) == 0 && err == nil; list, _, err = tenant.Changes.Last(1) {
		time.Sleep(time.Millisecond)
	}
	cancel()
	change, err := wait()
	if change.Outcome != model.NotSeen || !strings.Contains(change.Seen.String(), "watching was stopped") || !errors.Is(err, context.Canceled) {
		t.Errorf("got %s: %s, %v", change.Outcome, change.Seen, err)
	}
}

// A program that ends in the middle still writes down that the change was not seen.
func TestWatchingEndsWithTheProgram(t *testing.T) {
	tenant, _, r := withSession(t)
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan bool)
	go func() {
		r.Run(ctx)
		close(stopped)
	}()
	wait := watching(ctx, r)
	for list, _, err := tenant.Changes.Last(1); len(list) == 0 && err == nil; list, _, err = tenant.Changes.Last(1) {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-stopped
	if list, _, err := tenant.Changes.Last(1); err != nil || len(list) != 1 || list[0].Outcome != model.NotSeen {
		t.Errorf("the record has %+v, %v", list, err)
	}
	if _, err := wait(); err == nil {
		t.Error("seen, though nobody switched it")
	}
}

func TestWatchingIsRefused(t *testing.T) {
	tenant, _, r := withSession(t)
	r.EndPortal()
	if change, err := watching(t.Context(), r)(); err == nil || change.Outcome != model.Refused || !strings.Contains(err.Error(), "no portal session") {
		t.Errorf("got %s, %v", change.Outcome, err)
	}
	if list, _, _ := tenant.Changes.Last(1); len(list) > 0 {
		t.Errorf("the record has %+v", list)
	}
}

// Nothing of the cookies is in any file or text that the tenant makes.
func TestCookiesStayInMemory(t *testing.T) {
	state := t.TempDir()
	running, err := startLab(t.Context(), lab.Options{StateDir: state})
	if err != nil {
		t.Fatal(err)
	}
	tenant, err := openRunning(running, OpenOptions{StateDir: state})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tenant.Close() })
	_, line, _ := strings.Cut(tenant.Portal.Hint, "they are: ")
	r := NewRefresher(tenant)
	if err := r.BeginPortal(t.Context(), labCookies(t, tenant)); err != nil {
		t.Fatal(err)
	}
	r.Once(t.Context())
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := watching(ctx, r)(); err == nil {
		t.Error("seen, though nobody switched it")
	}
	files := 0
	err = filepath.WalkDir(state, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		for part := range strings.SplitSeq(line, "; ") {
			if _, secret, _ := strings.Cut(part, "="); strings.Contains(string(data), secret) {
				t.Errorf("%s holds a cookie", path)
			}
		}
		return err
	})
	if err != nil || files < 2 {
		t.Errorf("%d files, %v", files, err)
	}
	if err := tenant.Close(); err != nil {
		t.Fatal(err)
	}
	if tenant.Portal.State().Open {
		t.Error("the session outlives its tenant")
	}
}
