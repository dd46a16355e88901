package entra_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"adbadge/model"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

// ask serves with a handler and gives an API whose tries follow one another quickly.
func ask(t *testing.T, handler http.HandlerFunc) (*entra.API, *entratest.Server) {
	t.Helper()
	server := entratest.New(t, handler)
	api := server.API(t, model.Endpoint, "Defender for Endpoint API")
	api.SetBackoff(time.Millisecond)
	return api, server
}

func failureOf(t *testing.T, err error) *model.Failure {
	t.Helper()
	f, ok := errors.AsType[*model.Failure](err)
	if !ok {
		t.Fatalf("error %v is no failure", err)
	}
	return f
}

func TestGet(t *testing.T) {
	var server *entratest.Server
	var got *http.Request
	api, server := ask(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		if !server.Authorized(r) {
			t.Errorf("Authorization is %q", r.Header.Get("Authorization"))
		}
		entratest.WriteJSON(w, map[string]string{"name": "DC01"})
	})
	var into struct{ Name string }
	query := url.Values{"$filter": {"lastSeen ge 2026-01-01T00:00:00Z and a eq 'x+y'"}}
	if err := api.For(entra.Purpose{Header: http.Header{"Prefer": {"include-unknown-enum-members"}}}).Get(t.Context(), "/api/machines", query, &into); err != nil {
		t.Fatal(err)
	}
	if into.Name != "DC01" {
		t.Errorf("name is %q", into.Name)
	}
	if want := "/api/machines?$filter=lastSeen%20ge%202026-01-01T00%3A00%3A00Z%20and%20a%20eq%20%27x%2By%27"; got.RequestURI != want {
		t.Errorf("asked for %s, want %s", got.RequestURI, want)
	}
	if agent := got.Header.Get("User-Agent"); agent != "adbadge/1.2.3" {
		t.Errorf("User-Agent is %q", agent)
	}
	if got.Header.Get("Prefer") == "" || got.Header.Get("Client-Request-Id") == "" {
		t.Errorf("header lacks Prefer or Client-Request-Id: %v", got.Header)
	}
	s := api.Stats()
	if s.Requests != 1 || s.Failed != 0 || s.Latency <= 0 || s.Date.IsZero() || s.At.IsZero() {
		t.Errorf("stats are %+v", s)
	}
	for range 3 {
		if err := api.Get(t.Context(), "/api/machines", nil, &into); err != nil {
			t.Fatal(err)
		}
	}
	if n := server.Tokens.Load(); n != 1 {
		t.Errorf("%d tokens were asked for, want 1", n)
	}
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	var server *entratest.Server
	asked := 0
	api, server := ask(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		if server.Tokens.Load() < 2 || !server.Authorized(r) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		entratest.WriteJSON(w, map[string]int{"n": 1})
	})
	var into struct{ N int }
	if err := api.Get(t.Context(), "/x", nil, &into); err != nil || into.N != 1 {
		t.Fatalf("got %v, %v", into, err)
	}
	if asked != 2 || server.Tokens.Load() != 2 {
		t.Errorf("asked %d times with %d tokens, want 2 and 2", asked, server.Tokens.Load())
	}
}

func TestSignInFailures(t *testing.T) {
	server := entratest.New(t, http.NotFoundHandler())
	o := server.Options()
	o.Secret = "wrong-canary"
	untrusting := server.Options()
	untrusting.Roots = nil
	nowhere := server.Options()
	nowhere.Authority = "https://127.0.0.1:1"
	for name, test := range map[string]struct {
		options entra.Options
		kind    model.FailureKind
		seen    string
	}{
		"wrong secret":  {o, model.SignInRefused, "AADSTS7000215: Invalid client secret provided"},
		"untrusted":     {untrusting, model.Untrusted, "not trusted"},
		"not reachable": {nowhere, model.Unreachable, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			signIn, err := entra.New(test.options)
			if err != nil {
				t.Fatal(err)
			}
			api, err := signIn.API(entra.APIOptions{Source: model.Identity, Name: "Microsoft Graph", BaseURL: server.URL, Scope: entratest.Scope})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			f := failureOf(t, api.Get(ctx, "/x", nil, nil))
			if f.Kind != test.kind || !strings.Contains(f.Seen, test.seen) || f.Remedy == "" || f.Source != model.Identity {
				t.Errorf("failure is %v %q (%s)", f.Kind, f, f.Source)
			}
			if strings.Contains(f.Error(), "wrong-canary") {
				t.Errorf("the secret is in %q", f)
			}
		})
	}
}

func TestConfigurationMistakes(t *testing.T) {
	server := entratest.New(t, http.NotFoundHandler())
	for name, change := range map[string]func(*entra.Options){
		"no method":      func(o *entra.Options) { o.Config.Method = "none" },
		"unknown method": func(o *entra.Options) { o.Config.Method = "magic" },
		"no secret":      func(o *entra.Options) { o.Secret = "" },
		"bad tenant":     func(o *entra.Options) { o.TenantID = "a b/../c" },
		"http authority": func(o *entra.Options) { o.Authority = "http://login.contoso.test" },
		"no certificate": func(o *entra.Options) {
			o.Config.Method, o.Config.CertificateFile = "client-certificate", "/nowhere.pem"
		},
	} {
		o := server.Options()
		change(&o)
		_, err := entra.New(o)
		if f := failureOf(t, err); f.Kind != model.Misconfigured || f.Remedy == "" {
			t.Errorf("%s: failure is %v %v", name, f.Kind, f)
		}
	}
	signIn, err := entra.New(server.Options())
	if err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{"", "http://api.contoso.test", "https://", "https://user:pw@api.contoso.test", "https://api.contoso.test/?x=1", "api.contoso.test", ":"} {
		_, err := signIn.API(entra.APIOptions{Name: "API", BaseURL: base, Scope: "s"})
		if f := failureOf(t, err); f.Kind != model.Misconfigured || strings.Contains(f.Error(), "pw") {
			t.Errorf("%q: failure is %v", base, f)
		}
	}
}

func TestChangesAreRepeatedOnlyWhenNothingWasDone(t *testing.T) {
	for name, test := range map[string]struct {
		fail  func(w http.ResponseWriter)
		tries int32
	}{
		"throttled":      {func(w http.ResponseWriter) { w.WriteHeader(429) }, 4},
		"unavailable":    {func(w http.ResponseWriter) { w.WriteHeader(503) }, 4},
		"server error":   {func(w http.ResponseWriter) { w.WriteHeader(500) }, 1},
		"gateway":        {func(w http.ResponseWriter) { w.WriteHeader(504) }, 1},
		"cut connection": {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, 1},
		"half an answer": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"on":tr`))
		}, 1},
	} {
		var tries atomic.Int32
		api, _ := ask(t, func(w http.ResponseWriter, r *http.Request) {
			tries.Add(1)
			if body, err := io.ReadAll(r.Body); err != nil || string(body) != `{"on":true}` || r.Method != http.MethodPatch {
				t.Errorf("%s: got %s %q, %v", name, r.Method, body, err)
			}
			test.fail(w)
		})
		var into any
		f := failureOf(t, api.For(entra.Purpose{Doing: "switch it on"}).Patch(t.Context(), "/x", map[string]bool{"on": true}, &into))
		if tries.Load() != test.tries || !strings.HasPrefix(f.Doing, "switch it on at 127.0.0.1:") {
			t.Errorf("%s: %d tries, want %d: %v", name, tries.Load(), test.tries, f)
		}
	}
}

func TestConcurrentRequests(t *testing.T) {
	var server *entratest.Server
	api, server := ask(t, func(w http.ResponseWriter, r *http.Request) {
		if !server.Authorized(r) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		entratest.WriteJSON(w, item{7})
	})
	var group errgroup.Group
	for range 50 {
		group.Go(func() error {
			var into item
			err := api.Get(t.Context(), "/x", nil, &into)
			_ = api.Stats()
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	if s := api.Stats(); s.Requests != 50 || s.Failed != 0 || server.Tokens.Load() != 1 {
		t.Errorf("stats are %+v with %d tokens", s, server.Tokens.Load())
	}
}
