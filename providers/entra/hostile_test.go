package entra_test

import (
	"crypto/tls"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

func TestHostileAnswers(t *testing.T) {
	answer := func(contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, body)
		}
	}
	const json = "application/json"
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		kind    model.FailureKind
		seen    string
		tries   int
	}{
		"web page":       {answer("text/html; charset=utf-8", "<html>sign in</html>"), model.Broken, "a web page instead of JSON", 4},
		"plain text":     {answer("text/plain", "{}"), model.Broken, "instead of JSON", 4},
		"empty":          {answer(json, ""), model.Broken, "empty", 4},
		"cut off":        {answer(json, `{"value":[{"id":"1"},{"i`), model.Broken, "cut off", 4},
		"garbage behind": {answer(json, `{"value":[]}{}`), model.Broken, "no JSON", 4},
		"NUL behind":     {answer(json, "{\"value\":[]}\x00"), model.Broken, "no JSON", 4},
		"deep":           {answer(json, strings.Repeat("[", 1_000_000)), model.Broken, "deeper than 100", 1},
		"wrong type":     {answer(json, `{"value":7}`), model.Broken, "not in the form", 1},
		"no list":        {answer(json, `{"error":"none"}`), model.Broken, `no list "value"`, 1},
		"too large":      {endless, model.Broken, "larger than 64 MiB", 1},
		"wrong length": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", json)
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"value":[`)
		}, model.Broken, "cut off", 4},
		"cut connection": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, model.Unreachable, "", 4},
		"server error":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, model.Broken, "500 Internal Server Error", 4},
		"not found":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, model.NotSupported, "404 Not Found", 1},
		"unauthorized":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, model.SignInRefused, "401 Unauthorized", 2},
	} {
		t.Run(name, func(t *testing.T) {
			var tries atomic.Int32
			api, _ := ask(t, func(w http.ResponseWriter, r *http.Request) {
				tries.Add(1)
				test.handler(w, r)
			})
			_, err := entra.Pages(t.Context(), api, entra.List{Path: "/api/machines", Name: "machines"}, func([]struct{ ID string }) error { return nil })
			f := failureOf(t, err)
			if f.Kind != test.kind && name != "cut connection" || !strings.Contains(f.Seen, test.seen) || f.Remedy == "" {
				t.Errorf("failure is %v: %q", f.Kind, f)
			}
			if int(tries.Load()) != test.tries && name != "cut connection" { // the standard library repeats that by itself
				t.Errorf("tried %d times, want %d", tries.Load(), test.tries)
			}
		})
	}
}

// endless sends compressed JSON that never ends, 1:1000.
func endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"value":["`)
	chunk := []byte(strings.Repeat("x", 1<<20))
	for r.Context().Err() == nil {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	address, visits := entratest.Trap(t)
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{"https://" + address + "/steal", "http://" + address + "/", "https://good@" + address + "/", "/elsewhere"} {
			moved := 0
			api, _ := ask(t, func(w http.ResponseWriter, r *http.Request) {
				moved++
				w.Header().Set("Location", to)
				w.WriteHeader(code)
			})
			var into any
			f := failureOf(t, api.Get(t.Context(), "/x", nil, &into))
			if f.Kind != model.Untrusted || !strings.Contains(f.Seen, "redirects to") {
				t.Errorf("%d %s: failure is %v: %q", code, to, f.Kind, f)
			}
			if moved != 1 {
				t.Errorf("%d %s: asked %d times", code, to, moved)
			}
		}
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("the other server was visited %d times", n)
	}
}

func TestForeignLinksAreRefused(t *testing.T) {
	address, visits := entratest.Trap(t)
	_, port, _ := net.SplitHostPort(address)
	for name, link := range map[string]func(self string) string{
		"other port": func(string) string { return "https://" + address + "/api/machines?$skip=1" },
		"other host": func(string) string { return "https://unresolvable.invalid/api/machines" },
		"longer host": func(self string) string {
			return strings.Replace(self, "127.0.0.1", "127.0.0.1.evil.example", 1) + "/api/machines"
		},
		"user": func(string) string { return "https://127.0.0.1@" + address + "/api/machines" },
		"user, own host": func(self string) string {
			return strings.Replace(self, "https://", "https://x:y@", 1) + "/api/machines"
		},
		"http":          func(self string) string { return strings.Replace(self, "https", "http", 1) + "/api/machines" },
		"no scheme":     func(string) string { return "//" + address + "/api/machines" },
		"relative":      func(string) string { return "/api/machines?$skip=1" },
		"backslash":     func(self string) string { return self + `\@` + address + "/api/machines" },
		"other path":    func(self string) string { return self + "/other/machines" },
		"climbing path": func(self string) string { return self + "/api/machines/../../steal" },
		"encoded path":  func(self string) string { return self + "/api/machines%2f..%2fsteal" },
		"look-alike":    func(string) string { return "https://localhoſt:" + port + "/api/machines" },
		"nonsense":      func(string) string { return "https://[::1" },
		"control":       func(self string) string { return self + "/api/machines?\r\nX: y" },
		"javascript":    func(string) string { return "javascript:alert(1)" },
		"service name":  func(string) string { return "https://api.securitycenter.microsoft.com/api/machines?$skip=1" },
	} {
		t.Run(name, func(t *testing.T) {
			var server *entratest.Server
			asked := 0
			api, server := ask(t, func(w http.ResponseWriter, r *http.Request) {
				asked++
				entratest.WriteJSON(w, map[string]any{"value": []map[string]string{{"id": "1"}}, "@odata.nextLink": link(server.URL)})
			})
			items := 0
			gaps, err := entra.Pages(t.Context(), api, entra.List{Path: "/api/machines", Name: "machines", Top: 1, Skip: true},
				func(page []struct{ ID string }) error { items += len(page); return nil })
			if err != nil {
				t.Fatal(err)
			}
			if items != 1 || asked != 1 {
				t.Errorf("%d items with %d requests, want 1 and 1", items, asked)
			}
			if len(gaps) != 1 || !gaps[0].Missing || !strings.Contains(gaps[0].What, "not followed") || gaps[0].Code != "ADB-210" {
				t.Errorf("gaps are %+v", gaps)
			}
		})
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("the other server was visited %d times", n)
	}
}

func TestUntrustedServer(t *testing.T) {
	server := entratest.New(t, http.NotFoundHandler())
	other := entratest.New(t, http.NotFoundHandler())
	plain, visits := entratest.Trap(t)
	signIn, err := entra.New(server.Options())
	if err != nil {
		t.Fatal(err)
	}
	// The certificate of httptest is for 127.0.0.1 and example.com.
	listener, err := tls.Listen("tcp", "127.0.0.2:0", other.TLS)
	if err != nil {
		t.Skip("no second loopback address:", err)
	}
	quiet := &http.Server{ErrorLog: stdlog.New(io.Discard, "", 0)}
	go quiet.Serve(listener)
	defer listener.Close()
	for name, test := range map[string]struct {
		base string
		kind model.FailureKind
		seen string
	}{
		"wrong name": {"https://" + listener.Addr().String(), model.Untrusted, "another name"},
		"no TLS":     {"https://" + plain, 0, ""},
		"refused":    {"https://127.0.0.1:1", model.Unreachable, "refused"},
		"no host":    {"https://nowhere.invalid", model.Unreachable, "not known"},
	} {
		api, err := signIn.API(entra.APIOptions{Source: model.Endpoint, Name: "API", BaseURL: test.base, Scope: entratest.Scope})
		if err != nil {
			t.Fatal(err)
		}
		api.SetBackoff(time.Millisecond)
		f := failureOf(t, api.Get(t.Context(), "/x", nil, nil))
		if name != "no TLS" && (f.Kind != test.kind || !strings.Contains(f.Seen, test.seen)) {
			t.Errorf("%s: failure is %v: %q", name, f.Kind, f)
		}
	}
	if visits.Load() == 0 {
		t.Error("the server without TLS was never tried")
	}
}
