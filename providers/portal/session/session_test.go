package session

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"adbadge/model"
)

func TestReadsTheFlagFromBothPlaces(t *testing.T) {
	p := newStandIn(t)
	s := p.begun()
	state := s.State()
	if !state.Open || state.Actor != "anna@contoso.test" || state.Tenant != "Contoso" || state.Ended != nil {
		t.Errorf("got %+v", state)
	}
	if left := time.Until(state.Until); left > lifetime || left < lifetime-time.Minute {
		t.Errorf("the session lasts %v", left)
	}
	r := read(t, s)
	if r.State() != model.ToggleOn || r.Workspace() != model.ToggleOn || r.Differs() || r.Removed || !r.Drift.IsZero() || r.Meaning() != "linked (legacy flag on)" {
		t.Errorf("got %+v: %s", r, r.Meaning())
	}
	h := p.last()
	for name, want := range map[string]string{
		"Cookie": "sccauth=" + auth + "; XSRF-TOKEN=" + token, "X-XSRF-TOKEN": "canary:token+0123456789", "X-Tid": tenantID,
		"Tenant-Id": tenantID, "Accept": "application/json", "User-Agent": "adbadge/1",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if s.State().Reading != r {
		t.Error("the reading is not kept")
	}
	s.End()
	if state := s.State(); state.Open || state.Ended != nil || state.Reading != nil {
		t.Errorf("after the end: %+v", state)
	}
	if f := failed(t, s); f.Kind != model.SignInRefused {
		t.Errorf("got %v", f)
	}
}

func TestWordsOfTheFlag(t *testing.T) {
	p := newStandIn(t)
	s := p.begun()
	for _, c := range []struct {
		settings, context, workspace, removed bool
		state                                 model.ToggleState
		want                                  string
	}{
		{true, true, true, false, model.ToggleOn, "linked (legacy flag on)"},
		{false, false, true, false, model.ToggleOff, "legacy flag off; Microsoft says that the integration is built in: check signals, not the flag"},
		{false, false, false, false, model.ToggleOff, "Defender for Identity is not set up; the flag has no meaning"},
		{true, false, true, false, model.ToggleUnknown, "changing or inconsistent: the settings say on, the tenant's context says off"},
		{false, false, true, true, model.ToggleOff, "legacy flag off; Microsoft says that the integration is built in: check signals, not the flag; toggle removed by Microsoft"},
	} {
		p.change(func() {
			p.settings = with(with(p.settings, enabledName, c.settings), workspaceName, c.workspace)
			p.context = with(with(p.context, enabledName, c.context), workspaceName, c.workspace)
			p.context["Features"] = map[string]any{removalName: c.removed}
		})
		if r := read(t, s); r.State() != c.state || r.Meaning() != c.want {
			t.Errorf("%+v: %s, %q", c, r.State(), r.Meaning())
		}
	}
}

// A session of another tenant is refused and dropped, at its begin and later on.
func TestAnotherTenant(t *testing.T) {
	for name, tenant := range map[string]any{
		"another": "99999999-2222-3333-4444-555555555555", "zero": "00000000-0000-0000-0000-000000000000", "number": 1, "empty": "", "none": nil,
	} {
		t.Run(name, func(t *testing.T) {
			p := newStandIn(t)
			later := p.begun()
			p.change(func() { p.context = with(p.context, "AuthInfo", map[string]any{"TenantId": tenant, "UserName": auth}) })
			failed(t, later)
			dropped(t, later)
			s := p.session()
			f, ok := errors.AsType[*model.Failure](s.Begin(t.Context(), parsed(t, pasted)))
			if !ok {
				t.Fatal("the session was not refused")
			}
			clean(t, f)
			dropped(t, s)
			before := p.requests()
			failed(t, s)
			if p.requests() != before {
				t.Error("a dropped session asks")
			}
		})
	}
}

// The newest cookies are sent, whichever answer brought them.
func TestCookiesRotate(t *testing.T) {
	p := newStandIn(t)
	n := 0
	p.change(func() {
		p.answer = func(w http.ResponseWriter, _ *http.Request) bool {
			n++
			http.SetCookie(w, &http.Cookie{Name: "XSRF-TOKEN", Value: "stale"})
			http.SetCookie(w, &http.Cookie{Name: "XSRF-TOKEN", Value: fmt.Sprintf("next%%3A%d", n), Path: "/", Secure: true})
			http.SetCookie(w, &http.Cookie{Name: "sccauth", Value: fmt.Sprintf("auth%d", n), Path: "/", Secure: true, HttpOnly: true})
			http.SetCookie(w, &http.Cookie{Name: "other", Value: "x"})
			return false
		}
	})
	s := p.begun()
	read(t, s)
	if h := p.last(); h.Get("Cookie") != "sccauth=auth2; XSRF-TOKEN=next%3A2" || h.Get("X-XSRF-TOKEN") != "next:2" {
		t.Errorf("sent %q and %q", h.Get("Cookie"), h.Get("X-XSRF-TOKEN"))
	}
}

// Cookies that cannot be sent are not taken over.
func TestBadCookiesOfAnswers(t *testing.T) {
	p := newStandIn(t)
	p.change(func() {
		p.answer = func(w http.ResponseWriter, _ *http.Request) bool {
			for _, line := range []string{"XSRF-TOKEN=a%0d%0aX-Evil:1", "XSRF-TOKEN=%zz", "sccauth=" + strings.Repeat("x", maxCookie+1)} {
				w.Header().Add("Set-Cookie", line)
			}
			return false
		}
	})
	s := p.begun()
	read(t, s)
	if got := p.last().Get("Cookie"); got != "sccauth="+auth+"; XSRF-TOKEN="+token {
		t.Errorf("sent %q", got)
	}
}

// Without a token, with an old one, and after a fault that a wrong one explains, the portal's start page is asked for one.
func TestTokenIsRenewed(t *testing.T) {
	p := newStandIn(t)
	fresh := func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path == "/":
			http.SetCookie(w, &http.Cookie{Name: "XSRF-TOKEN", Value: "fresh"})
			http.Redirect(w, r, "/homepage", http.StatusFound) // of the portal itself: of no concern
			return true
		case r.Header.Get("X-XSRF-TOKEN") != "fresh":
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
		return false
	}
	p.change(func() { p.answer = fresh })
	for name, line := range map[string]string{"wrong": pasted, "none": "sccauth=" + auth} {
		c, err := ParseCookies(line)
		if err != nil && !errors.Is(err, ErrToken) {
			t.Fatal(err)
		}
		s := p.session()
		if err := s.Begin(t.Context(), c); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		read(t, s)
		later := s.now().Add(tokenLifetime)
		s.mu.Lock()
		s.now = func() time.Time { return later }
		s.mu.Unlock()
		before := p.requests()
		read(t, s)
		if got := p.requests() - before; got != 3 {
			t.Errorf("%s: %d requests, want one for a new token and two for the flag", name, got)
		}
	}
	p.change(func() { p.answer = func(http.ResponseWriter, *http.Request) bool { return false } })
	s := p.session()
	c, _ := ParseCookies("sccauth=" + auth)
	if f, ok := errors.AsType[*model.Failure](s.Begin(t.Context(), c)); !ok || !strings.Contains(clean(t, f).Seen, "gave no XSRF-TOKEN") {
		t.Errorf("got %v", f)
	}
	dropped(t, s)
}

// A fault that lasts is not asked about again and again.
func TestFaultIsNotRepeated(t *testing.T) {
	p := newStandIn(t)
	s := p.begun()
	p.on(contextRoute, status(500))
	before := p.requests()
	r := read(t, s)
	if r.Context.Problem == nil || r.State() != model.ToggleOn {
		t.Errorf("got %+v", r)
	}
	if got := p.requests() - before; got > 4 {
		t.Errorf("%d requests", got)
	}
}

func TestSessionIsDroppedInTime(t *testing.T) {
	p := newStandIn(t)
	s := p.begun()
	read(t, s)
	wall := s.now().Round(0).Add(lifetime) // a machine that slept: the other clock stood still
	s.mu.Lock()
	s.now = func() time.Time { return wall }
	s.mu.Unlock()
	before := p.requests()
	if f := failed(t, s); !strings.Contains(f.Seen, "dropped after 50 minutes") || p.requests() != before {
		t.Errorf("got %v", f)
	}
	dropped(t, s)

	s = p.session()
	s.life = 50 * time.Millisecond
	p.on(featuresRoute, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	if err := s.Begin(t.Context(), parsed(t, pasted)); err != nil && s.State().Ended == nil {
		t.Fatal(err)
	}
	if _, err := s.Read(t.Context()); err == nil { // it waits until the session ends in its middle
		t.Error("read after the end")
	}
	dropped(t, s)
}

func TestCancelled(t *testing.T) {
	p := newStandIn(t)
	s := p.begun()
	ctx, cancel := context.WithCancel(t.Context())
	p.on(contextRoute, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if _, err := s.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if !s.State().Open {
		t.Error("a person who stops waiting loses the session")
	}
}

// An answer that comes after another session has begun changes nothing of that.
func TestSessionsAreKeptApart(t *testing.T) {
	p := newStandIn(t)
	s := p.begun()
	asked, answer := make(chan bool), make(chan bool)
	p.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Cookie"), auth) {
			asked <- true
			<-answer
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		p.serve(w, r)
	})
	done := make(chan error)
	go func() {
		_, err := s.Read(context.Background())
		done <- err
	}()
	<-asked
	began := make(chan error)
	go func() { began <- s.Begin(context.Background(), parsed(t, "sccauth=another; XSRF-TOKEN=other")) }()
	if err := <-done; err == nil {
		t.Error("the session that was replaced was read")
	}
	close(answer)
	if err := <-began; err != nil {
		t.Fatal(err)
	}
	read(t, s)
}
