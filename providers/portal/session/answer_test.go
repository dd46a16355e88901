package session

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"adbadge/model"
)

func TestAnswersThatEndTheSession(t *testing.T) {
	for name, c := range map[string]struct {
		to     route
		answer http.HandlerFunc
		kind   model.FailureKind
		want   string
	}{
		"401":               {featuresRoute, status(401), model.SignInRefused, "expired or was revoked"},
		"440":               {featuresRoute, status(440), model.SignInRefused, "expired (440)"},
		"403 of context":    {contextRoute, status(403), model.PermissionMissing, "may not read the tenant's context"},
		"page":              {featuresRoute, page("text/html", "<html>sign in</html>"), model.SignInRefused, "signed out"},
		"unlabelled":        {contextRoute, page("", `{"AuthInfo":{}}`), model.SignInRefused, "signed out"},
		"redirect":          {featuresRoute, redirect("https://login.contoso.test/" + auth), model.SignInRefused, "redirects to login.contoso.test"},
		"redirect, hostile": {featuresRoute, redirect("https://" + auth + ".evil.test/"), model.SignInRefused, "redirects to (cookie).evil.test"},
		"redirect, same":    {contextRoute, redirect("/"), model.SignInRefused, "redirects to 127.0.0.1"},
		"redirect, broken":  {contextRoute, redirect("https://["), model.SignInRefused, "redirects elsewhere"},
		"cookie taken back": {featuresRoute, func(w http.ResponseWriter, _ *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "sccauth", MaxAge: -1})
			sendJSON(w, map[string]any{})
		}, model.SignInRefused, "signed the person out"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newStandIn(t)
			evil := newStandIn(t)
			s := p.begun()
			p.on(c.to, c.answer)
			if f := failed(t, s); f.Kind != c.kind || !strings.Contains(f.Seen, c.want) {
				t.Errorf("got %s: %v", f.Kind, f)
			}
			dropped(t, s)
			if evil.requests() > 0 {
				t.Error("a redirect was followed")
			}
		})
	}
}

// After these answers the session goes on: the other place is still read, and the next reading is whole.
func TestAnswersThatDoNotEndTheSession(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		kind   model.FailureKind
		want   string
	}{
		"403":       {status(403), model.PermissionMissing, "may not read the settings"},
		"404":       {status(404), model.NotSupported, "does not have this address"},
		"500":       {status(500), model.Broken, "has a fault"},
		"418":       {status(418), model.Broken, "unexpected answer"},
		"204":       {status(204), model.Broken, "unexpected answer"},
		"no JSON":   {page("application/json", "no"), model.NotSupported, "another form"},
		"a list":    {page("application/json", "[]"), model.NotSupported, "no JSON object"},
		"twice":     {page("application/json", `{"AatpIntegrationEnabled":true,"AatpIntegrationEnabled":false}`), model.NotSupported, "comes twice"},
		"two":       {page("application/json", `{}{}`), model.NotSupported, "no JSON"},
		"no flag":   {page("application/json", `{"aatpintegrationenabled":true,"AatpWorkspaceExists":true}`), model.NotSupported, "not both there"},
		"too large": {page("application/json", `{"a":"`+strings.Repeat("x", maxBody)+`"}`), model.Broken, "larger than 2 MiB"},
		"cut":       {cut, model.Unreachable, "connection broke"},
		"reset":     {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, model.Unreachable, "connection broke"},
		"deep":      {page("application/json", strings.Repeat("[", 1_000_000)), model.NotSupported, "no JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newStandIn(t)
			s := p.begun()
			p.on(featuresRoute, c.answer)
			r := read(t, s)
			if f := r.Features.Problem; f == nil || clean(t, f).Kind != c.kind || !strings.Contains(f.Seen, c.want) {
				t.Errorf("got %v", r.Features.Problem)
			}
			if r.State() != model.ToggleOn || r.Problem() != r.Features.Problem {
				t.Errorf("the other place is not read: %+v", r)
			}
			p.change(func() { p.answer = nil })
			if r := read(t, s); r.Problem() != nil {
				t.Errorf("later: %v", r.Problem())
			}
		})
	}
}

func TestThrottled(t *testing.T) {
	for name, c := range map[string]struct {
		header string
		least  time.Duration
	}{
		"seconds": {"120", 119 * time.Second}, "none": {"", 29 * time.Second}, "nonsense": {"soon", 29 * time.Second},
		"negative": {"-5", 29 * time.Second}, "huge": {"999999999", 59 * time.Minute},
		"date": {time.Now().Add(3 * time.Minute).UTC().Format(http.TimeFormat), 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			p := newStandIn(t)
			s := p.begun()
			p.change(func() {
				p.answer = func(w http.ResponseWriter, _ *http.Request) bool {
					w.Header().Set("Retry-After", c.header)
					w.WriteHeader(http.StatusTooManyRequests)
					return true
				}
			})
			f := failed(t, s)
			if wait := time.Until(f.RetryAt); f.Kind != model.Throttled || wait < c.least || wait > longestWait {
				t.Errorf("got %v, to be asked again in %v", f, wait)
			}
			before := p.requests()
			if f := failed(t, s); f.Kind != model.Throttled || p.requests() != before {
				t.Errorf("asked again before the time: %v", f)
			}
			later := s.now().Add(2 * longestWait)
			s.mu.Lock()
			s.life, s.now = 24*time.Hour, func() time.Time { return later }
			s.mu.Unlock()
			p.change(func() { p.answer = nil })
			read(t, s)
		})
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		if code != http.StatusNoContent {
			_, _ = w.Write([]byte(`{"Message":"` + auth + token + `"}`))
		}
	}
}

func page(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{contentType}
		_, _ = w.Write([]byte(body))
	}
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"AatpIntegrationEnabled":true`))
}
