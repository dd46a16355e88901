package entra_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/log"

	"adbadge/model"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

// trap is a second server that must never be asked. It counts connections, so that also a handshake is noticed.
func trap(t *testing.T) (address string, visits *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	visits = new(atomic.Int32)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			visits.Add(1)
			c.Close()
		}
	}()
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String(), visits
}

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
	address, visits := trap(t)
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
	address, visits := trap(t)
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

func TestThrottling(t *testing.T) {
	for name, test := range map[string]struct {
		header  string
		tries   int
		least   time.Duration
		retryIn time.Duration
	}{
		"seconds":       {"1", 2, time.Second, 0},
		"fraction":      {"0.2", 2, 200 * time.Millisecond, 0},
		"date":          {"date", 2, time.Second, 0},
		"none":          {"", 2, 0, 0},
		"negative":      {"-5", 2, 0, 0},
		"nonsense":      {"soon", 2, 0, 0},
		"not a number":  {"NaN", 2, 0, 0},
		"above the cap": {"3600", 1, 0, time.Hour},
		"absurd":        {"1e9", 1, 0, 24 * time.Hour},
		"infinite":      {"Inf", 1, 0, 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tries := 0
			api, _ := ask(t, func(w http.ResponseWriter, r *http.Request) {
				if tries++; tries > 1 {
					entratest.WriteJSON(w, map[string]int{})
					return
				}
				// The server's clock is a day ahead: a date counts from there.
				ahead := time.Now().Add(24 * time.Hour)
				w.Header().Set("Date", ahead.UTC().Format(http.TimeFormat))
				switch test.header {
				case "":
				case "date":
					w.Header().Set("Retry-After", ahead.Add(time.Second).UTC().Format(http.TimeFormat))
				default:
					w.Header().Set("Retry-After", test.header)
				}
				w.WriteHeader(http.StatusTooManyRequests)
			})
			begun := time.Now()
			var into any
			err := api.Get(t.Context(), "/x", nil, &into)
			if took := time.Since(begun); took < test.least || took > test.least+3*time.Second {
				t.Errorf("took %v, want at least %v", took, test.least)
			}
			if tries != test.tries {
				t.Errorf("tried %d times, want %d", tries, test.tries)
			}
			if test.tries == 2 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			f := failureOf(t, err)
			if in := time.Until(f.RetryAt); f.Kind != model.Throttled || in < test.retryIn-time.Minute || in > test.retryIn {
				t.Errorf("failure is %v, again in %v: %q", f.Kind, in, f)
			}
			if s := api.Stats(); s.Throttled != 1 {
				t.Errorf("stats are %+v", s)
			}
		})
	}
}

func TestWaitEndsWithTheContext(t *testing.T) {
	api, _ := ask(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "200")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begun := time.Now()
	err := api.Get(ctx, "/x", nil, nil)
	if !errors.Is(err, context.DeadlineExceeded) || failureOf(t, err).Kind != model.TimedOut {
		t.Errorf("error is %v", err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestSlowAnswers(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"never begins": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // net/http notices that the client has gone only after that
			<-r.Context().Done()
		},
		"stalls": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"value":[`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := entratest.New(t, handler)
			o := server.Options()
			o.Config.Timeout = 200 * time.Millisecond
			signIn, err := entra.New(o)
			if err != nil {
				t.Fatal(err)
			}
			api, err := signIn.API(entra.APIOptions{Name: "API", BaseURL: server.URL, Scope: entratest.Scope})
			if err != nil {
				t.Fatal(err)
			}
			api.SetBackoff(time.Millisecond)
			var into any
			begun := time.Now()
			f := failureOf(t, api.Get(t.Context(), "/x", nil, &into))
			if f.Kind != model.TimedOut {
				t.Errorf("failure is %v: %q", f.Kind, f)
			}
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			patient := api.For(entra.Purpose{Patience: 600 * time.Millisecond})
			begun = time.Now()
			_ = patient.Patch(t.Context(), "/x", map[string]bool{}, nil)
			if took := time.Since(begun); name == "never begins" && (took < 500*time.Millisecond || took > 3*time.Second) {
				t.Errorf("a patient request took %v", took)
			}
		})
	}
}

func TestUntrustedServer(t *testing.T) {
	server := entratest.New(t, http.NotFoundHandler())
	other := entratest.New(t, http.NotFoundHandler())
	plain, visits := trap(t)
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

func TestForbiddenNamesThePermission(t *testing.T) {
	refuse := func(code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, `{"error":{"code":%q,"message":"No \u001b[31mroles\u202e.","target":"1fa66c0f-18bd-4133-b378-36d76f3a2ba0"}}`, code)
		}
	}
	for _, test := range []struct {
		code       string
		needs      []string
		kind       model.FailureKind
		seen, want string
	}{
		{"Forbidden", []string{"Alert.Read.All", "Alert.ReadWrite.All"}, model.PermissionMissing, "the token has no Alert.Read.All or Alert.ReadWrite.All", "Grant Alert.Read.All of Defender for Endpoint API"},
		{"Forbidden", []string{"Machine.Read.All"}, model.PermissionMissing, "is for https://api.contoso.test", "Check scope"},
		{"Forbidden", nil, model.PermissionMissing, "403 Forbidden: No", "admin consent"},
		{"DisabledFeature", nil, model.LicenceAbsent, "DisabledFeature", "licences"},
	} {
		api, _ := ask(t, refuse(test.code))
		err := api.For(entra.Purpose{Doing: "read alerts", Permissions: test.needs}).Get(t.Context(), "/x", nil, nil)
		f := failureOf(t, err)
		if f.Kind != test.kind || !strings.Contains(f.Seen, test.seen) || !strings.Contains(f.Remedy, test.want) {
			t.Errorf("failure is %v: %q", f.Kind, f)
		}
		if !strings.HasPrefix(f.Doing, "read alerts from 127.0.0.1:") || !strings.Contains(f.Seen, "(request 1fa66c0f-18bd-4133-b378-36d76f3a2ba0)") {
			t.Errorf("failure is %q", f)
		}
		if strings.ContainsAny(f.Error(), "\x1b\u202e") {
			t.Errorf("control characters in %q", f)
		}
		if s, ok := errors.AsType[*entra.Status](err); !ok || s.Code != 403 || s.Name != test.code {
			t.Errorf("status is %+v", s)
		}
	}
}

// TestNoSecretsInErrors lets both servers say everything they know, and listens to the libraries' own log.
func TestNoSecretsInErrors(t *testing.T) {
	var mu sync.Mutex
	var logged strings.Builder
	log.SetListener(func(_ log.Event, line string) {
		mu.Lock()
		defer mu.Unlock()
		logged.WriteString(line)
	})
	defer func() {
		log.SetListener(nil)
		if s := logged.String(); s == "" || strings.Contains(s, "canary") || strings.Contains(s, "eyJ0eXAi") {
			t.Errorf("the libraries logged %q", s)
		}
	}()
	var server *entratest.Server
	echo := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":{"code":%q,"message":%q}}`, r.Header.Get("Authorization"), "you sent "+r.Header.Get("Authorization")+" and "+string(body)+" "+entratest.Secret)
	}
	api, server := ask(t, echo)
	check := func(err error) {
		t.Helper()
		if err == nil {
			t.Fatal("no error")
		}
		for ; err != nil; err = errors.Unwrap(err) {
			for _, shown := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
				for _, canary := range []string{"canary", "Zm9vYmFy", server.Token(1), "eyJ0eXAi"} {
					if strings.Contains(shown, canary) {
						t.Errorf("%q is in %T %q", canary, err, shown)
					}
				}
			}
		}
	}
	check(api.Get(t.Context(), "/x", nil, nil))
	check(api.Patch(t.Context(), "/x", map[string]string{"a": "b"}, nil))

	server = entratest.New(t, http.HandlerFunc(echo))
	for _, form := range []string{`{"error":"invalid_client","error_description":%q}`, `<html>%s</html>`, `{"error":%q}`} {
		server.Refuse = func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, form, "AADSTS7000215: "+string(body)+" "+entratest.Secret)
		}
		check(server.API(t, model.Endpoint, "API").Get(t.Context(), "/x", nil, nil))
	}
}
