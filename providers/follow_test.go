package providers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/providers/entra/entratest"
	"adbadge/providers/lab"
)

// serviceMachine is a machine record of a changing service.
type serviceMachine struct {
	number int
	health string
	seen   time.Time
}

// service is a cloud that changes, with a clock of its own.
type service struct {
	*hostileTenant
	mutex    sync.Mutex
	ahead    time.Duration // of the service's clock before ours
	clock    time.Time     // ours
	mute     bool          // the service does not tell its time
	refuse   bool          // filters are refused
	fail     bool          // everything is
	link     string        // of the first page of machines
	machines []serviceMachine
	alerts   map[string]time.Time // open ones, by their last update
	resolved map[string]time.Time
	asked    []string // about machines and alerts, since the last look
}

func newService(t *testing.T) *service {
	s := &service{hostileTenant: newHostileTenant(t), ahead: 72 * time.Hour, clock: time.Now().Truncate(time.Second),
		alerts: map[string]time.Time{}, resolved: map[string]time.Time{}}
	s.tenant.Now = func() time.Time { s.mutex.Lock(); defer s.mutex.Unlock(); return s.clock }
	s.instead["/api/machines"] = s.serve("lastSeen", func(since time.Time) string {
		var list []string
		for _, m := range s.machines {
			if !m.seen.Before(since) {
				list = append(list, fmt.Sprintf(`{"id":"%040d","computerDnsName":"ws%[1]d.contoso.test","lastSeen":%q,"healthStatus":%q,"onboardingStatus":"Onboarded"}`,
					m.number, m.seen.Format(time.RFC3339), m.health))
			}
		}
		link := ""
		if s.link != "" && since.IsZero() {
			link = fmt.Sprintf(`,"@odata.nextLink":%q`, s.link)
		}
		return `{"value":[` + strings.Join(list, ",") + `]` + link + `}`
	})
	s.instead["/api/alerts"] = s.serve("lastUpdateTime", func(since time.Time) string {
		var list []string
		for status, alerts := range map[string]map[string]time.Time{"New": s.alerts, "Resolved": s.resolved} {
			for id, updated := range alerts {
				if !updated.Before(since) {
					list = append(list, fmt.Sprintf(`{"id":%q,"severity":"High","status":%q,"computerDnsName":"ws1.contoso.test","lastUpdateTime":%q}`, id, status, updated.Format(time.RFC3339)))
				}
			}
		}
		return `{"value":[` + strings.Join(list, ",") + `]}`
	})
	return s
}

// serve answers for one list, with the filter for what has changed.
func (s *service) serve(member string, list func(since time.Time) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		if s.mute {
			w.Header()["Date"] = nil
		} else {
			w.Header().Set("Date", s.there().Format(http.TimeFormat))
		}
		filter := r.URL.Query().Get("$filter")
		s.asked = append(s.asked, strings.TrimSpace(r.URL.Path+" "+filter))
		if s.fail {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		var since time.Time
		if filter != "" {
			var err error
			if since, err = time.Parse(member+" ge "+time.RFC3339, filter); err != nil || s.refuse {
				w.WriteHeader(http.StatusBadRequest)
				entratest.WriteJSON(w, map[string]any{"error": map[string]string{"code": "BadRequest", "message": "Invalid filter clause"}})
				return
			}
		}
		writeJSON(w, list(since))
	}
}

// there is the time at the service.
func (s *service) there() time.Time { return s.clock.Add(s.ahead).UTC() }

// change changes something at the service, after a while.
func (s *service) change(after time.Duration, do func(now time.Time)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.clock = s.clock.Add(after)
	do(s.there())
}

// questions gives what was asked for since the last time.
func (s *service) questions() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	asked := s.asked
	slices.Sort(asked)
	s.asked = nil
	return asked
}

// since is the filter of a time that the service told.
func since(path, member string, at time.Time) string {
	return path + " " + member + " ge " + at.Add(-overlap).Format(time.RFC3339)
}

// Between two readings from end to end only changes are asked for, by the clock of the service.
func TestChangesOfTheCloud(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.tenant.Interval, s.tenant.DirectoryInterval, s.tenant.Identity = time.Minute, 10*time.Minute, nil
	r := NewRefresher(s.tenant)
	refresh := func() *Dashboard {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		r.refresh(ctx, false)
		return r.Current()
	}
	expect := func(what string, d *Dashboard, badges string, asked ...string) {
		t.Helper()
		if got := badgesOf(d); got != badges {
			t.Errorf("%s: badges are %s, want %s", what, got, badges)
		}
		if got := s.questions(); !slices.Equal(got, asked) {
			t.Errorf("%s: asked\n%s, want\n%s", what, strings.Join(got, "\n"), strings.Join(asked, "\n"))
		}
	}
	const machines, alerts = "/api/machines", "/api/alerts"
	whole := []string{alerts, machines}

	s.change(0, func(now time.Time) {
		s.machines = []serviceMachine{{1, "Active", now.Add(-5 * time.Hour)}, {2, "Active", now.Add(-time.Hour)}}
		s.alerts["da1"] = now.Add(-time.Hour)
	})
	first := s.there()
	expect("the first time", refresh(), "ws1 [H 1] ws2 [ ok] ws3 [ - ] Anna [...]", whole...)

	s.change(time.Minute, func(now time.Time) {
		s.machines[1] = serviceMachine{2, "Inactive", now}
		s.machines[0].health = "Inactive" // without a report: not seen yet
		s.machines = append(s.machines, serviceMachine{3, "Active", now.Add(-10 * time.Second)})
		s.alerts["da2"] = first.Add(-overlap) // arrived late
	})
	second := s.there()
	expect("changes", refresh(), "ws1 [H 2] ws2 [ ! ] ws3 [ ok] Anna [...]", since(alerts, "lastUpdateTime", first), since(machines, "lastSeen", first))

	s.change(time.Minute, func(now time.Time) {
		delete(s.alerts, "da1")
		s.resolved["da1"] = now
		s.machines = s.machines[1:] // merged away
	})
	third := s.there()
	d := refresh()
	expect("a resolved alert, and a record that is gone", d, "ws1 [H 1] ws2 [ ! ] ws3 [ ok] Anna [...]", since(alerts, "lastUpdateTime", second), since(machines, "lastSeen", second))
	if items := d.Source(model.Endpoint).Items; items != 5 {
		t.Errorf("%d items, want 3 machines and 2 alerts", items)
	}

	s.change(time.Minute, func(time.Time) { s.fail = true })
	d = refresh()
	expect("a failure", d, "ws1 [H 1] ws2 [ ! ] ws3 [ ok] Anna [...]", since(alerts, "lastUpdateTime", third), since(machines, "lastSeen", third))
	if s := d.Source(model.Endpoint); s.State != model.SourceFailed || s.Items != 5 {
		t.Errorf("the source is %v with %d items", s.State, s.Items)
	}
	if !d.View.Badge(0).Stale {
		t.Error("badges are not marked as old")
	}

	s.change(time.Minute, func(now time.Time) { s.fail, s.resolved["da2"] = false, now; delete(s.alerts, "da2") })
	fifth := s.there()
	expect("after a failure", refresh(), "ws1 [ ok] ws2 [ ! ] ws3 [ ok] Anna [...]", since(alerts, "lastUpdateTime", third), since(machines, "lastSeen", third))

	s.change(time.Minute, func(time.Time) { s.refuse = true })
	expect("a refused filter", refresh(), "ws1 [ - ] ws2 [ ! ] ws3 [ ok] Anna [...]",
		alerts, since(alerts, "lastUpdateTime", fifth), machines, since(machines, "lastSeen", fifth))

	s.change(time.Minute, func(time.Time) { s.refuse, s.ahead = false, s.ahead-time.Hour })
	back := s.there()
	expect("a clock that is put back", refresh(), "ws1 [ - ] ws2 [ ! ] ws3 [ ok] Anna [...]",
		alerts, since(alerts, "lastUpdateTime", fifth.Add(time.Minute)), machines, since(machines, "lastSeen", fifth.Add(time.Minute)))

	s.change(10*time.Minute, func(time.Time) { s.link = "https://elsewhere.contoso.test/api/machines" })
	expect("an interval later, cut off", refresh(), "ws1 [err] ws2 [ ! ] ws3 [ ok] Anna [...]", whole...)
	if !s.there().After(back) {
		t.Error("the clock stands still")
	}

	s.change(time.Minute, func(time.Time) { s.link = "" })
	expect("after a list that was cut off", refresh(), "ws1 [ - ] ws2 [ ! ] ws3 [ ok] Anna [...]", since(alerts, "lastUpdateTime", s.there().Add(-time.Minute)), machines)

	s.change(10*time.Minute, func(time.Time) { s.mute = true })
	expect("a service that does not tell its time", refresh(), "ws1 [ - ] ws2 [ ! ] ws3 [ ok] Anna [...]", whole...)
	s.change(time.Minute, func(time.Time) { s.mute = false })
	expect("after that", refresh(), "ws1 [ - ] ws2 [ ! ] ws3 [ ok] Anna [...]", whole...)

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	expect("when a person asks", r.Once(ctx), "ws1 [ - ] ws2 [ ! ] ws3 [ ok] Anna [...]", whole...)
}

func TestIncidentsAreMerged(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 3, 3, 12, minute, 0, 0, time.UTC) }
	old := incidents(nil).With([]model.Incident{{ID: "1", Updated: at(5)}, {ID: "2", Updated: at(1), Status: "active"}})
	next := old.With([]model.Incident{{ID: "1", Updated: at(4), Status: "active"}, {ID: "2", Updated: at(1), Status: "resolved"}, {ID: "3", Updated: at(2)}})
	if len(next) != 3 || next["1"].Status != "" || next["2"].Status != "resolved" || !next.Newest().Equal(at(5)) {
		t.Errorf("merged to %v", next)
	}
	if len(old) != 2 || old["2"].Status != "active" {
		t.Errorf("those before have changed to %v", old)
	}
}

// What changes in the lab in the course of hours is the same whether it is followed or read anew.
func TestLabIsFollowed(t *testing.T) {
	t.Parallel()
	var mutex sync.Mutex
	clock := noon
	tenant, _ := openLab(t, lab.Options{Now: func() time.Time { mutex.Lock(); defer mutex.Unlock(); return clock }})
	tenant.Interval, tenant.DirectoryInterval = time.Minute, 100*time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	r := NewRefresher(tenant)
	r.refresh(ctx, false)
	wholeAt := r.facts.endpointAlerts.whole
	resolved := 0
	for step, after := range []time.Duration{5 * time.Minute, 40 * time.Minute, 25 * time.Hour} {
		mutex.Lock()
		clock = clock.Add(after)
		mutex.Unlock()
		r.refresh(ctx, false)
		followed, read := r.Current().View, NewRefresher(tenant).Once(ctx).View
		if got, want := summary(followed.AllAlerts()), summary(read.AllAlerts()); got != want {
			t.Fatalf("after %d steps the alerts differ (-read anew +followed):\n%s", step+1, cmp.Diff(want, got))
		}
		for row := range read.Len() {
			same, ok := followed.Find(read.ID(row))
			if !ok || followed.Badge(same).Text() != read.Badge(row).Text() || !followed.Seen(same).Equal(read.Seen(row)) {
				t.Fatalf("after %d steps %s is %s, seen %v; read anew %s, %v", step+1, read.Name(row), followed.Badge(same).Text(), followed.Seen(same),
					read.Badge(row).Text(), read.Seen(row))
			}
		}
	}
	for _, a := range r.Current().View.AllAlerts() {
		if !a.IsOpen() && a.Resolved.After(noon) {
			resolved++
		}
	}
	if resolved == 0 || !r.facts.endpointAlerts.whole.Equal(wholeAt) || !r.facts.machines.whole.Equal(wholeAt) {
		t.Errorf("%d alerts were resolved meanwhile; read from end to end at %v, and first at %v", resolved, r.facts.endpointAlerts.whole, wholeAt)
	}
}

// summary lists alerts with what can change about them.
func summary(alerts []*model.Alert) string {
	var lines []string
	for _, a := range alerts {
		incident := ""
		if a.Incident != nil {
			incident = a.Incident.Status.String()
		}
		if !a.IsOpen() {
			incident = "" // what is resolved is read only when it changes
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s", a.ID, a.Status, a.Updated.Format(time.TimeOnly), a.Classification, incident))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
