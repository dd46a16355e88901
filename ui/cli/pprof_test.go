package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"adbadge/ui/ptytest"
)

// Profiles are there on request, at the address that was asked for, and nothing else is.
func TestProfilesOfARun(t *testing.T) {
	s := newShell(t)
	p := s.terminal(80, 24, "--pprof", "127.0.0.1:0", "lab", "serve")
	base := profileAddress(p)
	get := func(path string, code int, parts ...string) {
		t.Helper()
		answer, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != code {
			t.Fatalf("%s: %s, %v", path, answer.Status, err)
		}
		for _, part := range parts {
			if !strings.Contains(string(body), part) {
				t.Errorf("%s lacks %q: %.500q", path, part, body)
			}
		}
	}
	get("/debug/pprof/", 200, "goroutine", "heap")
	get("/debug/pprof/goroutine?debug=1", 200, "adbadge/")
	get("/debug/pprof/heap", 200)
	get("/debug/pprof/cmdline", 200, "--pprof")
	get("/", 404)
	get("/debug/vars", 404)
	p.Press("C-c")
	p.WaitExit()
	if _, err := http.Get(base + "/debug/pprof/"); err == nil {
		t.Error("the address still answers after the program has ended")
	}
}

var profileLine = regexp.MustCompile(`profiles at (http://127\.0\.0\.1:\d+)/debug/pprof/`)

func profileAddress(p *ptytest.Term) string {
	p.WaitText("/debug/pprof/")
	return string(profileLine.FindSubmatch(p.Output())[1])
}

func TestProfilesAreForThisMachineOnly(t *testing.T) {
	s := newShell(t)
	for _, address := range []string{":6060", "0.0.0.0:6060", "[::]:6060", "192.0.2.1:6060", "[2001:db8::1]:6060"} {
		s.run("--pprof", address, "version").wants(2, "--pprof", "loopback")
	}
	for _, address := range []string{"6060", "127.0.0.1", "127.0.0.1:no-port", "127.0.0.1:99999"} {
		s.run("--pprof", address, "version").wants(2, "--pprof", "127.0.0.1:6060")
	}
	s.run("--pprof", "127.0.0.1:0", "version").wants(0, "profiles at http://127.0.0.1:")
	s.run("--pprof", "[::1]:0", "version").wants(0, "profiles at http://[::1]:")
}

// A web page can make a name of its own lead to this machine, but not speak in the name of this machine.
func TestProfilesOfAnotherName(t *testing.T) {
	handler := onlyLoopback(profiles())
	for host, code := range map[string]int{"127.0.0.1:6060": 200, "[::1]:6060": 200, "localhost:6060": 200, "127.0.0.1": 200, "[::1]": 200,
		"contoso.test:6060": 403, "127.0.0.1.contoso.test:6060": 403, "192.0.2.1:6060": 403, "": 403} {
		r := httptest.NewRequest(http.MethodGet, "/debug/pprof/cmdline", nil)
		r.Host = host
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != code {
			t.Errorf("asked as %q: %d, want %d", host, w.Code, code)
		}
	}
}
