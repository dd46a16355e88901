package session

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"adbadge/model"
)

const (
	tenantID = "11111111-2222-3333-4444-555555555555"
	auth     = "canary-auth-0123456789"
	token    = "canary%3Atoken%2B0123456789"
	pasted   = "sccauth=" + auth + "; XSRF-TOKEN=" + token
)

// standIn is a portal whose answers a test decides about. It fails the test when a request is not one that a browser with
// the cookies would send.
type standIn struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	settings map[string]any
	context  map[string]any
	asked    []string // paths
	cookies  []string // headers
	headers  []http.Header
	// answer answers in place of the portal when it gives true.
	answer func(w http.ResponseWriter, r *http.Request) bool
}

func newStandIn(t *testing.T) *standIn {
	t.Helper()
	p := &standIn{t: t, settings: map[string]any{}, context: map[string]any{
		"AuthInfo": map[string]any{"TenantId": tenantID, "UserName": "anna@contoso.test", "TenantName": "Contoso"},
		"Features": map[string]any{removalName: false}, enabledName: true, workspaceName: true,
	}}
	for _, name := range knownFeatures {
		p.settings[name] = true
	}
	p.settings[mobileName] = nil
	p.Server = httptest.NewTLSServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *standIn) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r.URL.Path)
	p.cookies = append(p.cookies, r.Header.Get("Cookie"))
	p.headers = append(p.headers, r.Header.Clone())
	if r.Method != http.MethodGet {
		p.t.Errorf("a request with the method %s", r.Method)
	}
	if p.answer != nil && p.answer(w, r) {
		return
	}
	switch r.URL.Path {
	case contextRoute.path:
		if r.URL.RawQuery != contextRoute.query {
			p.t.Errorf("the context was asked for with %q", r.URL.RawQuery)
		}
		sendJSON(w, p.context)
	case featuresRoute.path:
		sendJSON(w, p.settings)
	case "/":
		w.Header().Set("Content-Type", "text/html")
	default:
		p.t.Errorf("%s was asked for", r.URL.Path)
	}
}

func sendJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(value)
}

// change changes the stand-in between two requests.
func (p *standIn) change(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
}

// on answers one route differently.
func (p *standIn) on(to route, answer http.HandlerFunc) {
	p.change(func() {
		p.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != to.path {
				return false
			}
			answer(w, r)
			return true
		}
	})
}

func (p *standIn) requests() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.asked)
}

func (p *standIn) last() http.Header {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.headers[len(p.headers)-1]
}

func (p *standIn) session() *Session {
	p.t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(p.Certificate())
	s, err := New(Options{URL: p.URL, Tenant: strings.ToUpper(tenantID), Roots: roots, Version: "1"})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(s.End)
	return s
}

// begun gives a session that has begun.
func (p *standIn) begun() *Session {
	p.t.Helper()
	s := p.session()
	if err := s.Begin(p.t.Context(), parsed(p.t, pasted)); err != nil {
		p.t.Fatal(err)
	}
	return s
}

func parsed(t *testing.T, line string) Cookies {
	t.Helper()
	c, err := ParseCookies(line)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func read(t *testing.T, s *Session) *model.PortalReading {
	t.Helper()
	r, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// failed gives the failure of a reading.
func failed(t *testing.T, s *Session) *model.Failure {
	t.Helper()
	r, err := s.Read(t.Context())
	f, ok := errors.AsType[*model.Failure](err)
	if !ok {
		t.Fatalf("read %+v, %v; want a failure", r, err)
	}
	return clean(t, f)
}

// clean fails the test when something of the cookies is in a failure.
func clean(t *testing.T, f *model.Failure) *model.Failure {
	t.Helper()
	decoded, _ := url.PathUnescape(token)
	words := f.Error()
	for err := f.Unwrap(); err != nil; err = errors.Unwrap(err) {
		words += err.Error()
	}
	for _, secret := range []string{"canary", auth, token, decoded} {
		if strings.Contains(words, secret) {
			t.Errorf("%q holds %q", words, secret)
		}
	}
	if f.Seen == "" || f.Remedy == "" && !errors.Is(f, context.Canceled) {
		t.Errorf("a failure without what was seen or what to do: %q", f)
	}
	return f
}

// dropped fails the test unless nothing of the session is left.
func dropped(t *testing.T, s *Session) {
	t.Helper()
	s.mu.Lock()
	open := s.open
	s.mu.Unlock()
	if state := s.State(); open != nil || state.Open || state.Reading != nil || state.Ended == nil {
		t.Errorf("the session is still there: %+v", state)
	}
}

func with(m map[string]any, name string, value any) map[string]any {
	other := maps.Clone(m)
	other[name] = value
	return other
}
