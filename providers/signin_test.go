package providers

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/lab"
)

// labPerson signs in to a lab with codes, as its configuration lets her.
type labPerson struct {
	t        *testing.T
	config   config.Config
	stateDir string
	browser  *http.Client
	asked    atomic.Int32
	notKept  string
}

func newLabPerson(t *testing.T, faults ...string) *labPerson {
	t.Helper()
	running, err := startLab(t.Context(), lab.Options{Users: 5, Computers: 5, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, running.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	c := running.Config()
	c.SignIn.Method, c.SignIn.CAFile, c.SignIn.Cache = config.MethodDeviceCode, ca, config.CacheKeyring
	p := &labPerson{t: t, config: c, stateDir: filepath.Join(t.TempDir(), "state"),
		browser: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: running.Roots()}}}}
	t.Cleanup(p.browser.CloseIdleConnections)
	keyring.MockInit()
	return p
}

// open is a start of the program.
func (p *labPerson) open() *SignIn {
	p.t.Helper()
	s, err := OpenSignIn(p.config, OpenOptions{StateDir: p.stateDir, Prompt: p.approve})
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

func (p *labPerson) approve(_ context.Context, prompt SignInPrompt) {
	p.asked.Add(1)
	p.notKept = prompt.NotKept
	response, err := p.browser.PostForm(prompt.URL, url.Values{"code": {prompt.Code.String()}, "answer": {"approve"}})
	if err != nil {
		p.t.Error(err)
		return
	}
	if response.Body.Close(); response.StatusCode != http.StatusOK {
		p.t.Errorf("the sign-in page answers %s", response.Status)
	}
}

// asks fails the test when a start asks another number of people than wanted.
func (p *labPerson) asks(what string, want int32) SignedIn {
	p.t.Helper()
	before := p.asked.Load()
	who := p.open().WhoAmI(p.t.Context())
	if n := p.asked.Load() - before; n != want {
		p.t.Errorf("%s: %d people were asked, want %d", what, n, want)
	}
	if len(who.Grants) != 2 || who.Grants[0].Problem != nil || who.Grants[1].Problem != nil || who.Account != "analyst@contoso.test" || !who.Delegated {
		p.t.Errorf("%s: signed in are %+v", what, who)
	}
	return who
}

func (p *labPerson) files() []string {
	files, _ := filepath.Glob(filepath.Join(p.stateDir, "*"))
	return files
}

func TestSignInIsKeptByTheKeyring(t *testing.T) {
	p := newLabPerson(t)
	if who := p.asks("first start", 1); !who.Kept || who.NotKept != "" || p.notKept != "" {
		t.Errorf("kept %v, not kept since %q", who.Kept, who.NotKept)
	}
	p.asks("second start", 0)
	if files := p.files(); len(files) != 1 {
		t.Errorf("files are %v", files)
	}
	if err := p.open().Login(t.Context()); err != nil || p.asked.Load() != 2 {
		t.Errorf("login: %v, %d were asked", err, p.asked.Load())
	}
	p.asks("after a login", 0)
	name := filepath.Base(p.files()[0])
	if _, err := keyring.Get(keyringService, name); err != nil {
		t.Errorf("the keyring has no key: %v", err)
	}
	if err := p.open().Logout(); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Get(keyringService, name); !errors.Is(err, keyring.ErrNotFound) || len(p.files()) > 0 {
		t.Errorf("after signing out: key %v, files %v", err, p.files())
	}
	if err := p.open().Logout(); err != nil {
		t.Errorf("signing out twice: %v", err)
	}
	p.asks("after signing out", 1)
	if err := keyring.Delete(keyringService, name); err != nil {
		t.Fatal(err)
	}
	p.asks("the key was removed", 1)
	p.asks("and made again", 0)
	p.config.SignIn.Cache = config.CacheNone
	if who := p.asks("nothing is to be kept", 1); who.Kept || who.NotKept != "" {
		t.Errorf("kept %v, not kept since %q", who.Kept, who.NotKept)
	}
}

// Where no keyring answers, the sign-in works and nothing is written.
func TestSignInWithoutAKeyring(t *testing.T) {
	p := newLabPerson(t)
	keyring.MockInitWithError(errors.New("no message bus"))
	t.Cleanup(keyring.MockInit)
	for range 2 {
		who := p.asks("without a keyring", 1)
		if who.Kept || who.NotKept != "there is no keyring that answers" || p.notKept != who.NotKept || len(p.files()) > 0 {
			t.Errorf("kept %v, not kept since %q, the person saw %q, files %v", who.Kept, who.NotKept, p.notKept, p.files())
		}
	}
	if err := p.open().Logout(); err == nil {
		t.Error("nothing says that the key could not be removed")
	}
	keyring.MockInit()
	p.stateDir = ""
	if who := p.asks("without a state folder", 1); who.NotKept != "there is no state folder" {
		t.Errorf("not kept since %q", who.NotKept)
	}
}

func TestSignInIsKeptByAPassphrase(t *testing.T) {
	p := newLabPerson(t)
	p.config.SignIn.Cache, p.config.SignIn.CacheKeyEnv = config.CacheFile, "ADBADGE_TEST_PASSPHRASE"
	t.Setenv("ADBADGE_TEST_PASSPHRASE", "canary correct horse")
	p.asks("first start", 1)
	p.asks("second start", 0)
	data, err := os.ReadFile(p.files()[0])
	if err != nil || strings.Contains(string(data), "canary") || strings.Contains(string(data), "analyst") {
		t.Errorf("the file holds %q, %v", data, err)
	}
	t.Setenv("ADBADGE_TEST_PASSPHRASE", "another passphrase")
	p.asks("another passphrase", 1)
	for _, words := range []string{"", "too short"} {
		t.Setenv("ADBADGE_TEST_PASSPHRASE", words)
		_, err := OpenSignIn(p.config, OpenOptions{StateDir: p.stateDir})
		f, ok := errors.AsType[*model.Failure](err)
		if !ok || f.Kind != model.Misconfigured || f.Remedy == "" || words != "" && strings.Contains(err.Error(), words) {
			t.Errorf("passphrase %q: %v", words, err)
		}
	}
}

func TestNobodyIsSignedIn(t *testing.T) {
	p := newLabPerson(t)
	s, err := OpenSignIn(p.config, OpenOptions{StateDir: p.stateDir})
	if err != nil {
		t.Fatal(err)
	}
	for _, grant := range s.WhoAmI(t.Context()).Grants {
		if f := grant.Problem; f == nil || f.Kind != model.SignInRefused || !strings.Contains(f.Remedy, "adbadge login") {
			t.Errorf("%s: %v", grant.API, f)
		}
	}
	if f := model.AsFailure(s.Prepare(t.Context()), model.Identity, ""); f == nil || f.Kind != model.SignInRefused {
		t.Errorf("prepared: %v", f)
	}
}

// What each feature needs is told from the token; the lab's fault takes all permissions of one API away.
func TestWhoAmI(t *testing.T) {
	p := newLabPerson(t, "no-permission:endpoint")
	who := p.asks("whoever", 1)
	graph, endpoint := who.Grants[0], who.Grants[1]
	if graph.API != "Microsoft Graph" || graph.Audience != "https://graph.microsoft.com" || len(graph.Missing()) != 0 || len(graph.Needs) != 12 ||
		time.Until(graph.Expires) < 30*time.Minute || !graph.Readable {
		t.Errorf("graph is %+v", graph)
	}
	if endpoint.API != "Defender for Endpoint" || endpoint.Audience != "https://api.securitycenter.microsoft.com" || len(endpoint.Missing()) != 4 ||
		endpoint.Missing()[0].AnyOf[0] != "Machine.Read" {
		t.Errorf("endpoint is %+v", endpoint)
	}
	want := p.config.SignIn.Authority + "/" + p.config.Tenant.ID + "/adminconsent?client_id=" + p.config.SignIn.ClientID
	if who.ConsentLink != want {
		t.Errorf("consent link is %q, want %q", who.ConsentLink, want)
	}
}

// What a cloud does not have is named as such, and is nothing that somebody could grant.
func TestWhatACloudLacks(t *testing.T) {
	p := newLabPerson(t)
	p.config.Tenant.Cloud, p.config.Endpoint, p.config.Graph = "china", config.Endpoint{}, config.Graph{Enabled: true}
	graph := p.open().WhoAmI(t.Context()).Grants[0]
	for _, need := range graph.Needs {
		if need.Unavailable == (need.Feature == "licences") {
			t.Errorf("%s: unavailable %v", need.Feature, need.Unavailable)
		}
	}
	if len(graph.Missing()) != 0 || graph.Problem == nil {
		t.Errorf("graph is %+v", graph)
	}
	p.config.Endpoint.Enabled = true
	if _, err := OpenSignIn(p.config, OpenOptions{}); err == nil || !strings.Contains(err.Error(), "Defender for Endpoint is not offered") {
		t.Errorf("Defender for Endpoint: %v", err)
	}
}

// The consent link is one that may be opened, and no other page of the token service is.
func TestConsentLinkMayBeOpened(t *testing.T) {
	tenant, _ := stillLab(t, "no-permission:graph")
	d := once(t, tenant)
	link := ""
	for _, f := range d.Status.Findings {
		if f.Code == "ADB-324" {
			link = f.Link
		}
	}
	if !strings.Contains(link, "/adminconsent?client_id=") {
		t.Fatalf("the finding leads to %q", link)
	}
	if checked, err := tenant.Links.Check(link); err != nil || checked != link {
		t.Errorf("%q becomes %q, %v", link, checked, err)
	}
	for _, other := range []string{link + "&redirect_uri=https://evil.example", strings.Replace(link, "adminconsent", "oauth2/v2.0/authorize", 1)} {
		if _, err := tenant.Links.Check(other); err == nil {
			t.Errorf("%q may be opened", other)
		}
	}
}

func TestSecretOfTheSignIn(t *testing.T) {
	keyring.MockInit()
	const client = "66666666-7777-4888-8999-aaaaaaaaaaaa"
	if err := keyring.Set(keyringService, client, "from the keyring"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ADBADGE_TEST_SECRET", "from the environment")
	for name, test := range map[string]struct {
		signIn     config.SignIn
		want, seen string
	}{
		"keyring":            {config.SignIn{ClientID: client, SecretKeyring: true}, "from the keyring", ""},
		"keyring without it": {config.SignIn{ClientID: "other", SecretKeyring: true}, "", "it holds none"},
		"environment":        {config.SignIn{ClientID: client, SecretEnv: "ADBADGE_TEST_SECRET"}, "from the environment", ""},
		"none":               {config.SignIn{ClientID: client}, "", ""},
	} {
		s, err := readSignInSecrets(config.Config{SignIn: test.signIn})
		if s.signIn != test.want || test.seen == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), test.seen) {
			t.Errorf("%s: %q, %v", name, s.signIn, err)
		}
	}
}

// While a person is waited for, the dashboard says so, and no longer than that.
func TestDashboardShowsTheSignIn(t *testing.T) {
	tenant, _ := stillLab(t)
	r := NewRefresher(tenant)
	first, endFirst := context.WithCancel(t.Context())
	second, endSecond := context.WithCancel(t.Context())
	r.ShowSignIn(first, SignInPrompt{Code: "A"})
	if d := r.Current(); d.SignIn == nil || d.SignIn.Code != "A" {
		t.Fatalf("shows %+v", d.SignIn)
	}
	r.ShowSignIn(second, SignInPrompt{Code: "B"})
	endFirst()
	r.Pause(true)
	if d := r.Current(); d.SignIn == nil || d.SignIn.Code != "B" {
		t.Fatalf("shows %+v", d.SignIn)
	}
	generation := r.Current().Generation
	endSecond()
	limited, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for d := r.Current(); d.SignIn != nil; generation = d.Generation {
		var err error
		if d, err = r.Wait(limited, generation); err != nil {
			t.Fatal(err)
		}
	}
}
