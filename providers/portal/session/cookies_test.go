package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestParseCookies(t *testing.T) {
	for name, c := range map[string]struct{ in, auth, xsrf string }{
		"two":          {"sccauth=a1; XSRF-TOKEN=b%3A2", "a1", "b%3A2"},
		"other order":  {"XSRF-TOKEN=b;sccauth=a=;", "a=", "b"},
		"header":       {"Cookie: s.SessID=1; sccauth=a; x; XSRF-TOKEN=b; sccauthC=9\r\n", "a", "b"},
		"any case":     {"cookie:sccauth=a; XSRF-TOKEN=b", "a", "b"},
		"twice alike":  {"sccauth=a; XSRF-TOKEN=b; sccauth=a", "a", "b"},
		"with no name": {"Zm9vYmFy==", "Zm9vYmFy==", ""},
		"lines":        {"sccauth=a\r\nXSRF-TOKEN=b\n", "a", "b"},
		"a request":    {"GET / HTTP/2\nHost: x\nCookie: sccauth=a; XSRF-TOKEN=b\nX-Other: sccauth=c\n", "a", "b"},
		"one":          {"sccauth=Zm9v", "Zm9v", ""},
	} {
		got, err := ParseCookies(c.in)
		if (c.xsrf == "") != errors.Is(err, ErrToken) || c.xsrf != "" && err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.reveal() != (held{c.auth, c.xsrf}) {
			t.Errorf("%s: got %+v", name, got.reveal())
		}
	}
	for name, c := range map[string]struct{ in, want string }{
		"nothing":       {" \n", "nothing was pasted"},
		"header alone":  {"Cookie:", "no cookie sccauth"},
		"others":        {"a=canary; b=canary", "no cookie sccauth"},
		"other case":    {"SCCAUTH=canary; XSRF-TOKEN=canary", "no cookie sccauth"},
		"words":         {"canary canary", "no cookie sccauth"},
		"empty":         {"sccauth=; XSRF-TOKEN=canary", "no cookie sccauth"},
		"two values":    {"sccauth=canary; sccauth=other", "twice"},
		"escape":        {"sccauth=canary\x1b[2J; XSRF-TOKEN=b", "may hold"},
		"a line inside": {"sccauth=canary\rX-Evil:1; XSRF-TOKEN=b", "may hold"},
		"not ASCII":     {"sccauth=canary\u00e9; XSRF-TOKEN=b", "may hold"},
		"line in token": {"sccauth=a; XSRF-TOKEN=canary%0d%0aX-Evil:1", "may hold"},
		"bad escape":    {"sccauth=a; XSRF-TOKEN=canary%zz", "may hold"},
		"long":          {"sccauth=" + strings.Repeat("canary", maxCookie) + "; XSRF-TOKEN=b", "too long"},
		"very long":     {strings.Repeat("canary", MaxCookies), "longer than"},
	} {
		got, err := ParseCookies(c.in)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "canary") || got.reveal != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestTokenOfItsOwn(t *testing.T) {
	c, err := ParseCookies("sccauth=a")
	if !errors.Is(err, ErrToken) {
		t.Fatal(err)
	}
	for _, line := range []string{"b%3A", " XSRF-TOKEN=b%3A; \n"} {
		if got, err := c.WithToken(line); err != nil || got.reveal() != (held{"a", "b%3A"}) {
			t.Errorf("%q: %v", line, err)
		}
	}
	for _, line := range []string{"", "a b", "sccauth=canary; x", "%"} {
		if got, err := c.WithToken(line); err == nil || got.reveal != nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v", line, err)
		}
	}
	if _, err := (Cookies{}).WithToken("b"); err == nil {
		t.Error("a token without a session")
	}
}

// However cookies are printed, and wherever they stand, nothing of them shows.
func TestCookiesDoNotShow(t *testing.T) {
	c := parsed(t, "sccauth=canary1; XSRF-TOKEN=canary2")
	wrapped := struct {
		Public  Cookies
		private Cookies
		list    []Cookies
		pointer *Cookies
	}{c, c, []Cookies{c}, &c}
	p := newStandIn(t)
	s := p.session()
	if err := s.Begin(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		fmt.Fprintf(&out, verb+verb+verb+verb+"\n", c, &c, wrapped, s.State())
	}
	data, err := json.Marshal(wrapped)
	if err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("cookies", "c", c, "w", wrapped, "p", &c)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("cookies", "c", c, "w", wrapped, "p", &c)
	func() {
		defer func() { fmt.Fprint(&out, recover()) }()
		panic(wrapped)
	}()
	if all := out.String() + string(data); strings.Contains(all, "canary") || strings.Contains(all, fmt.Sprintf("%x", "canary")) {
		t.Errorf("printed: %s", all)
	}
}

func FuzzParseCookies(f *testing.F) {
	for _, seed := range []string{pasted, "Cookie: a=b; sccauth=c; XSRF-TOKEN=%3A", "Zm9v==", "sccauth=a;sccauth=b", "\x1b[2J", ";;=;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		c, err := ParseCookies(in)
		if err != nil && !errors.Is(err, ErrToken) {
			if c.reveal != nil {
				t.Error("cookies beside an error")
			}
			return
		}
		h := c.reveal()
		header, token := h.header(), h.token()
		if strings.ContainsAny(header+token, "\r\n\x00\x1b") || strings.Count(header, ";") != 1 || h.auth == "" {
			t.Errorf("the headers are %q and %q", header, token)
		}
	})
}
