package entra_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

// people counts who is asked, and remembers what they saw last.
type people struct {
	asked atomic.Int32
	saw   entra.Prompt
	over  <-chan struct{}
}

func (p *people) prompt(ctx context.Context, prompt entra.Prompt) {
	p.asked.Add(1)
	p.saw, p.over = prompt, ctx.Done()
}

// byCode gives the options of a sign-in by device code.
func (p *people) byCode(server *entratest.Server) entra.Options {
	o := server.Options()
	o.Config.Method, o.Secret, o.Prompt = config.MethodDeviceCode, "", p.prompt
	return o
}

func TestDeviceCode(t *testing.T) {
	server := answering(t)
	server.Pending.Store(1)
	var p people
	o := p.byCode(server)
	if err := get(t, server, o); err != nil {
		t.Fatal(err)
	}
	if n := p.asked.Load(); n != 1 || p.saw.Code != "ABCD-EFGH" || p.saw.URL != "https://microsoft.com/devicelogin" ||
		time.Until(p.saw.Until) > 15*time.Minute || time.Until(p.saw.Until) < 14*time.Minute || p.saw.NotKept != "" {
		t.Errorf("%d were asked and saw %+v", n, p.saw)
	}
	select {
	case <-p.over:
	default:
		t.Error("the code is still shown after the sign-in")
	}
	server.Page = "http://evil.example/devicelogin"
	f := failureOf(t, get(t, server, o))
	if n := p.asked.Load(); f.Kind != model.SignInRefused || !strings.Contains(f.Seen, "not https") || n != 1 {
		t.Errorf("failure is %v, %d were asked", f, n)
	}
}

func TestDeclined(t *testing.T) {
	server := answering(t)
	var p people
	server.Refuse = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		entratest.WriteJSON(w, map[string]string{"error": "authorization_declined", "error_description": "AADSTS70004: Declined. Trace ID: 1"})
	}
	f := failureOf(t, get(t, server, p.byCode(server)))
	if f.Kind != model.SignInRefused || f.Remedy != "Sign in again, and approve." {
		t.Errorf("failure is %v", f)
	}
}

func TestNobodyToAsk(t *testing.T) {
	server := answering(t)
	var p people
	o := p.byCode(server)
	o.Prompt = nil
	if f := failureOf(t, get(t, server, o)); f.Kind != model.SignInRefused || !strings.Contains(f.Remedy, "adbadge login") {
		t.Errorf("without anybody: %v", f)
	}
	o = p.byCode(server)
	o.Config.Method, o.NoBrowser = config.MethodInteractiveBrowser, "this is an SSH session"
	f := failureOf(t, get(t, server, o))
	if f.Kind != model.NotSupported || !strings.Contains(f.Seen, "SSH") || !strings.Contains(f.Remedy, "device-code") || p.asked.Load() != 0 {
		t.Errorf("without a browser: %v", f)
	}
}

// words holds a key that is made of them.
type words string

// Key implements entra.KeyHolder.
func (w words) Key(salt []byte, _ bool) ([]byte, error) {
	sum := sha256.Sum256(append([]byte(w), salt...))
	return sum[:], nil
}

// Forget implements entra.KeyHolder.
func (words) Forget() error { return nil }

// TestCache starts again and again with one file.
func TestCache(t *testing.T) {
	server := answering(t)
	file := filepath.Join(t.TempDir(), "state", "sign-in")
	var p people
	start := func(key entra.KeyHolder) (*entra.SignIn, entra.Options) {
		o := p.byCode(server)
		o.Cache = entra.NewCache(file, "contoso", key)
		s, err := entra.New(o)
		if err != nil {
			t.Fatal(err)
		}
		return s, o
	}
	asks := func(what string, key entra.KeyHolder, want int32) *entra.SignIn {
		t.Helper()
		before := p.asked.Load()
		s, o := start(key)
		if err := ask7(t, server, s); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if n := p.asked.Load() - before; n != want {
			t.Errorf("%s: %d people were asked, want %d", what, n, want)
		}
		if trouble := o.Cache.Trouble(); trouble != "" {
			t.Errorf("%s: nothing is kept, since %s", what, trouble)
		}
		return s
	}
	asks("first start", words("a"), 1)
	if p.saw.NotKept != "" {
		t.Errorf("says that it does not keep the sign-in: %s", p.saw.NotKept)
	}
	data, err := os.ReadFile(file)
	if err != nil || bytes.Contains(data, []byte("canary")) || bytes.Contains(data, []byte("anna")) || bytes.Contains(data, []byte("eyJ")) {
		t.Errorf("the file holds %q, %v", data, err)
	}
	for path, want := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", path, info.Mode(), err, want)
		}
	}
	asks("second start", words("a"), 0)
	asks("another key", words("b"), 1)
	asks("second start with the other key", words("b"), 0)
	for name, damage := range map[string]func([]byte) []byte{
		"empty":        func([]byte) []byte { return nil },
		"cut off":      func(b []byte) []byte { return b[:len(b)/2] },
		"changed":      func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"another salt": func(b []byte) []byte { b[20] ^= 1; return b },
		"not ours":     func([]byte) []byte { return []byte(strings.Repeat("x", 200)) },
	} {
		data, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(file, damage(data), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		asks(name, words("b"), 1)
	}
	server.Withdrawn.Add(1)
	s := asks("the token lasts, what renews it was withdrawn", words("b"), 0)
	if err := s.Forget(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	asks("after signing out", words("b"), 1)
	other := p.byCode(server)
	other.Cache = entra.NewCache(file, "fabrikam", words("b"))
	before := p.asked.Load()
	if err := get(t, server, other); err != nil || p.asked.Load() != before+1 {
		t.Errorf("the file of another sign-in was used: %v", err)
	}
}

// ask7 asks for what the answering server has.
func ask7(t *testing.T, server *entratest.Server, s *entra.SignIn) error {
	t.Helper()
	api, err := s.API(entra.APIOptions{Source: model.Identity, Name: "Microsoft Graph", BaseURL: server.URL, Scope: entratest.Scope})
	if err != nil {
		t.Fatal(err)
	}
	var into item
	return api.Get(t.Context(), "/x", nil, &into)
}

// apis gives a way to one API after the other, for people who sign in with a code and whose sign-in is kept in a file.
func (p *people) apis(t *testing.T, server *entratest.Server, file string) func(scope string) *entra.API {
	t.Helper()
	o := p.byCode(server)
	o.Cache = entra.NewCache(file, "contoso", words("a"))
	s, err := entra.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return func(scope string) *entra.API {
		a, err := s.API(entra.APIOptions{Source: model.Endpoint, Name: "API", BaseURL: server.URL, Scope: scope})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}

// A token that ends is renewed without help; what another process signed out is out here too.
func TestSignedOutElsewhere(t *testing.T) {
	server := answering(t)
	file := filepath.Join(t.TempDir(), "sign-in")
	var p people
	api := p.apis(t, server, file)
	for i, scope := range []string{entratest.Scope, "https://graph.contoso.test/.default"} {
		if _, err := api(scope).Grant(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := p.asked.Load(); n != 1 {
			t.Errorf("API %d: %d were asked", i, n)
		}
	}
	server.Withdrawn.Add(1)
	if _, err := api("https://portal.contoso.test/.default").Grant(t.Context()); err != nil || p.asked.Load() != 2 {
		t.Errorf("what renews tokens was withdrawn: %v, %d were asked", err, p.asked.Load())
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := api("https://vault.contoso.test/.default").Grant(t.Context()); err != nil || p.asked.Load() != 3 {
		t.Errorf("somebody signed out: %v, %d were asked", err, p.asked.Load())
	}
}

// Somebody who would not help is not bothered.
func TestNobodyIsAskedInVain(t *testing.T) {
	server := answering(t)
	file := filepath.Join(t.TempDir(), "sign-in")
	var p people
	api := p.apis(t, server, file)
	if _, err := api(entratest.Scope).Grant(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Refuse = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotImplemented) }
	_, err := api("https://graph.contoso.test/.default").Grant(t.Context())
	if f := failureOf(t, err); f.Kind != model.Broken || p.asked.Load() != 1 {
		t.Errorf("failure is %v %v, %d were asked", f.Kind, f, p.asked.Load())
	}
	for refusal, seen := range map[string]string{
		`{"error":"invalid_grant","error_description":"AADSTS65001: The user or administrator has not consented."}`: "/adminconsent?client_id=",
		`{"error":"invalid_resource","error_description":"AADSTS500011: The resource principal was not found."}`:    "The tenant does not have API",
		`{"error":"invalid_request","error_description":"AADSTS900144: You sent SENT here"}`:                        "You sent (removed) here",
	} {
		server.Refuse = func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm() // what is missing is not repeated
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(strings.ReplaceAll(refusal, "SENT", r.PostForm.Get("refresh_token"))))
		}
		_, err = api("https://graph.contoso.test/.default").Grant(t.Context())
		if f := failureOf(t, err); !strings.Contains(f.Error(), seen) || p.asked.Load() != 1 {
			t.Errorf("%s: %v, %d were asked", refusal, f, p.asked.Load())
		}
	}
	server.Close()
	_, err = api("https://graph.contoso.test/.default").Grant(t.Context())
	if f := failureOf(t, err); f.Kind != model.Unreachable || p.asked.Load() != 1 {
		t.Errorf("failure is %v %v, %d were asked", f.Kind, f, p.asked.Load())
	}
}

// locked is a keyring that does not answer.
type locked struct{ asked int }

// Key implements entra.KeyHolder.
func (l *locked) Key([]byte, bool) ([]byte, error) {
	l.asked++
	return nil, &model.Failure{Doing: "read the keyring", Seen: "it did not answer within 3s"}
}

// Forget implements entra.KeyHolder.
func (*locked) Forget() error { return nil }

func TestNothingIsKeptWithoutAKey(t *testing.T) {
	server := answering(t)
	file := filepath.Join(t.TempDir(), "sign-in")
	var p people
	keys := &locked{}
	o := p.byCode(server)
	o.Cache = entra.NewCache(file, "contoso", keys)
	if err := get(t, server, o); err != nil {
		t.Fatal(err)
	}
	if trouble := o.Cache.Trouble(); trouble != "it did not answer within 3s" || p.saw.NotKept != trouble || keys.asked != 1 {
		t.Errorf("trouble is %q, the person was told %q, the keyring was asked %d times", trouble, p.saw.NotKept, keys.asked)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a file: %v", err)
	}
}

func TestLoginReplacesWhoIsSignedIn(t *testing.T) {
	server := answering(t)
	server.Claims["scp"], server.Claims["upn"], server.Claims["tid"] = "Machine.Read", "anna@contoso.test\x1b[31m", entratest.TenantID
	delete(server.Claims, "roles")
	var p people
	o := p.byCode(server)
	o.Cache = entra.NewCache(filepath.Join(t.TempDir(), "sign-in"), "contoso", words("a"))
	for i := range 2 {
		s, err := entra.New(o)
		if err != nil {
			t.Fatal(err)
		}
		api, err := s.API(entra.APIOptions{Source: model.Endpoint, Name: "API", BaseURL: server.URL, Scope: entratest.Scope})
		if err != nil {
			t.Fatal(err)
		}
		if err := api.Login(t.Context()); err != nil {
			t.Fatal(err)
		}
		grant, err := api.Grant(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := int(p.asked.Load()); n != i+1 {
			t.Errorf("login %d: %d were asked", i, n)
		}
		by, machines := grant.Permits(entra.Machines)
		_, alerts := grant.Permits(entra.EndpointAlerts)
		if !grant.Delegated || !strings.HasPrefix(grant.Account.String(), "anna@contoso.test") || strings.Contains(grant.Account.String(), "\x1b") ||
			grant.Tenant != entratest.TenantID || !machines || by != "Machine.Read" || alerts || time.Until(grant.Expires) < 30*time.Minute {
			t.Errorf("grant is %+v", grant)
		}
	}
}

func FuzzUnseal(f *testing.F) {
	file := filepath.Join(f.TempDir(), "sign-in")
	f.Add([]byte("adbadge sign-in 1\n"))
	f.Add([]byte(fmt.Sprintf("adbadge sign-in 1\n%064d", 0)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		c := entra.NewCache(file, "contoso", words("a"))
		if err := c.Replace(t.Context(), refusing{t}, cache.ReplaceHints{}); err != nil {
			t.Error(err)
		}
	})
}

// refusing takes no contents: nothing that was made up may ever be one.
type refusing struct{ t *testing.T }

func (r refusing) Unmarshal(data []byte) error {
	r.t.Errorf("took %q for contents", data)
	return nil
}
