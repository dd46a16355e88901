package cli

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"adbadge/ui/ptytest"
)

// servedLab is a lab of its own process with a configuration that leads to it.
type servedLab struct {
	*shell
	configuration string // text
	secrets       map[string]string
	browser       *http.Client
}

// serveLab starts a lab, from which nothing but its configuration is taken over.
func serveLab(t *testing.T, arguments ...string) *servedLab {
	t.Helper()
	s := newShell(t)
	elsewhere := newShell(t)
	file, err := os.Create(filepath.Join(elsewhere.home, "served"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd := exec.Command(s.path(), append([]string{"lab", "serve", "--lab-users", "30", "--lab-computers", "20"}, arguments...)...)
	cmd.Env, cmd.Stdout = elsewhere.environment(), file
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill() // too late is fine
		_ = cmd.Wait()
	})
	served := waitForFile(t, file.Name(), "# end of the configuration\n")
	l := &servedLab{shell: s, secrets: exports(served)}
	_, l.configuration, _ = strings.Cut(served, "# a configuration for adbadge\n")
	for name, value := range l.secrets {
		s.env = append(s.env, name+"="+value)
	}
	_, ca, _ := strings.Cut(l.configuration, `ca_file = "`)
	ca, _, _ = strings.Cut(ca, `"`)
	certificate, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	l.browser = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}, Timeout: 30 * time.Second}
	t.Cleanup(l.browser.CloseIdleConnections)
	return l
}

// personal changes the configuration so that a person signs in, and writes it.
func (l *servedLab) personal(settings string) (path string) {
	l.t.Helper()
	text := strings.Replace(l.configuration, `method = "client-secret"`, settings, 1)
	text = strings.Replace(text, "secret_env = \"ADBADGE_LAB_SECRET\"\n", "", 1)
	return l.write("personal.toml", text)
}

var codePrompt = regexp.MustCompile(`open (https://\S+) in a browser on any device and enter the code (\S+)`)

// approve waits until a run asks for a sign-in, and does what it says.
func (l *servedLab) approve(said func() string) {
	l.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if found := codePrompt.FindStringSubmatch(said()); found != nil {
			l.enter(found[1], found[2])
			return
		}
		if time.Now().After(end) {
			l.t.Fatalf("nobody was asked:\n%s", said())
		}
	}
}

// enter types a code into the page where it belongs.
func (l *servedLab) enter(page, code string) {
	l.t.Helper()
	response, err := l.browser.PostForm(page, url.Values{"code": {code}, "answer": {"approve"}})
	if err != nil {
		l.t.Fatal(err)
	}
	if response.Body.Close(); response.StatusCode != http.StatusOK {
		l.t.Errorf("the sign-in page answers %s", response.Status)
	}
}

// login runs login until somebody has signed in.
func (l *servedLab) login(arguments ...string) answer {
	l.t.Helper()
	file := filepath.Join(l.home, "login-err")
	errs, err := os.Create(file)
	if err != nil {
		l.t.Fatal(err)
	}
	defer errs.Close()
	cmd := exec.Command(l.path(), append([]string{"login"}, arguments...)...)
	out := new(bytes.Buffer)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = l.environment(), l.home, out, errs
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { cmd.Process.Kill() }) // too late is fine
	said := func() string {
		data, _ := os.ReadFile(file)
		return string(data)
	}
	l.approve(said)
	_ = cmd.Wait()
	return answer{t: l.t, out: out.String(), err: said(), code: cmd.ProcessState.ExitCode()}
}

// A person signs in once; the commands after that ask nobody, until the person signs out.
func TestLoginWithDeviceCode(t *testing.T) {
	l := serveLab(t)
	passphrase := "canary five words for this"
	if err := os.WriteFile(filepath.Join(l.home, "words"), []byte(passphrase+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := l.personal("method = \"device-code\"\ncache = \"file\"\ncache_key_file = \"" + filepath.Join(l.home, "words") + `"`)
	log := filepath.Join(l.home, "log")
	l.env = append(l.env, "AZURE_SDK_GO_LOGGING=all") // the libraries say all that they can
	everything := []string{}
	run := func(arguments ...string) answer {
		a := l.runAlive(append([]string{"--config", path, "--log-file", log}, arguments...)...)
		everything = append(everything, a.out, a.err)
		return a
	}
	run("whoami").wants(1, "nobody is signed in", "adbadge login")
	run("list").wants(3, "nobody is signed in")

	signedIn := l.login("--config", path, "--log-file", log)
	everything = append(everything, signedIn.out, signedIn.err)
	signedIn.wants(0, "enter the code").shows("analyst@contoso.test", "until Entra ID wants the person again", "Microsoft Graph, until", "Defender for Endpoint, until")
	if strings.Count(signedIn.err, "to sign in, open") != 1 {
		t.Errorf("one sign-in should do for both APIs:\n%s", signedIn.err)
	}

	who := decode[record](run("whoami", "--json").wants(0, "")) // the libraries' log is on standard error
	if who["account"] != "analyst@contoso.test" || who["kind"] != "delegated" || who["method"] != "device-code" || who["kept"] != true ||
		!strings.Contains(who["consentLink"].(string), "/adminconsent?client_id=") {
		t.Errorf("whoami says %v", who)
	}
	for _, api := range who["apis"].([]any) {
		for _, f := range at(api.(record), "features").([]any) {
			if at(f.(record), "state") != "ok" {
				t.Errorf("%v", f)
			}
		}
	}
	run("whoami").wants(0, "").shows("MICROSOFT GRAPH", "https://api.securitycenter.microsoft.com", "ok              machines", "Machine.Read")
	recognized := 0
	for _, e := range decode[[]record](run("list", "--json").wants(0, "")) {
		if at(e, "badge", "state") == "recognized" {
			recognized++
		}
	}
	if recognized == 0 {
		t.Error("no badge is known after the sign-in")
	}
	run("status").wants(1, "")
	run("logout").wants(0, "signed out")
	run("whoami").wants(1, "nobody is signed in")
	run("logout").wants(0, "signed out")

	l.findNoSecrets(everything...)
	for _, secret := range []string{passphrase, "canary"} {
		for _, text := range everything {
			if strings.Contains(text, secret) {
				t.Errorf("the program wrote %q", secret)
			}
		}
	}
}

// tokenLike is how access and identity tokens begin, whoever issued them.
var tokenLike = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{10,}`)

// findNoSecrets looks for tokens and secrets in what the program wrote, and in all files of its home but those that are
// there to hold them.
func (l *servedLab) findNoSecrets(written ...string) {
	l.t.Helper()
	err := filepath.WalkDir(l.home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "words" {
			return err
		}
		data, err := os.ReadFile(path)
		written = append(written, string(data))
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	if len(written) < 3 {
		l.t.Fatal("there is nothing to look through")
	}
	for _, text := range written {
		if found := tokenLike.FindString(text); found != "" {
			l.t.Errorf("a token is in %.2000q", text)
		}
		for name, secret := range l.secrets {
			if strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) {
				l.t.Errorf("the value of %s is in %.2000q", name, text)
			}
		}
	}
}

// The secret of an application and its tokens are nowhere either, also when everything goes wrong.
func TestNoSecretsAreWritten(t *testing.T) {
	l := serveLab(t, "--lab-fault", "no-permission:endpoint")
	path := l.write("served.toml", l.configuration)
	log := filepath.Join(l.home, "log")
	l.env = append(l.env, "AZURE_SDK_GO_LOGGING=all")
	var written []string
	for _, arguments := range [][]string{{"login"}, {"whoami"}, {"whoami", "--json"}, {"list"}, {"list", "--json"}, {"status", "--json"}, {"doctor", "--json"}, {"logout"}} {
		a := l.runAlive(append([]string{"--config", path, "--log-file", log}, arguments...)...)
		if a.code == 2 && arguments[0] != "doctor" && arguments[0] != "status" {
			t.Errorf("%q: exit code 2:\n%s", arguments, a.err)
		}
		written = append(written, a.out, a.err)
	}
	l.env = append(l.env, "ADBADGE_LAB_SECRET=canary-of-a-wrong-secret")
	a := l.runAlive("--config", path, "--log-file", log, "whoami").wants(1, "AADSTS7000215")
	written = append(written, a.out, a.err)
	l.secrets["the wrong secret"] = "canary-of-a-wrong-secret"
	l.findNoSecrets(written...)
}

func TestLoginWithoutAPerson(t *testing.T) {
	s := newShell(t)
	s.run("login").wants(0).shows("client-secret", "the application speaks for itself", "Microsoft Graph, until")
	s.run("logout").wants(0, "nothing was kept")
	s.run("login", "--device-code").wants(2, "asks nobody")
	s.run("whoami", "--lab-fault", "no-permission:graph").wants(0).shows("missing         sensors", "SecurityIdentitiesSensors.Read.All", "no permission", "/adminconsent?client_id=")
	s.run("whoami", "--lab-fault", "signin-refused").wants(1, "AADSTS7000215")
	who := decode[record](s.run("whoami", "--json").wants(0))
	if who["kind"] != "application" || who["kept"] != false || who["account"] != "" {
		t.Errorf("whoami says %v", who)
	}
	path := s.write("directory.toml", "[directory]\nsource = \"ldif\"\nldif_file = \"x.ldif\"\n")
	s.write("x.ldif", "dn: DC=contoso,DC=test\n")
	s.runAlive("--config", path, "whoami").wants(2, "neither [endpoint] nor [graph] is enabled")
}

// The browser of a desktop is not waited for where there is none.
func TestLoginWithoutADesktop(t *testing.T) {
	l := serveLab(t)
	l.env = append(l.env, "DISPLAY=", "WAYLAND_DISPLAY=", "SSH_TTY=/dev/pts/9")
	path := l.personal("method = \"interactive-browser\"\ncache = \"none\"")
	l.runAlive("--config", path, "login").wants(1, "SSH session", "--device-code")
	l.login("--config", path, "--device-code").wants(0, "enter the code").shows("analyst@contoso.test", "no, by configuration")
}

// The browser of the configuration is opened, and its answer comes back on loopback.
func TestLoginInTheBrowser(t *testing.T) {
	l := serveLab(t)
	opened := filepath.Join(l.home, "opened")
	program := filepath.Join(l.home, "browser")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nprintf %s \"$1\" > '"+opened+".part' && mv '"+opened+".part' '"+opened+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	l.env = append(l.env, "SSH_TTY=", "SSH_CONNECTION=")
	l.configuration = strings.Replace(l.configuration, "[portal]\n", "[portal]\nbrowser = [\""+program+"\"]\n", 1)
	path := l.personal("method = \"interactive-browser\"\ncache = \"none\"")
	cmd, out, errs := l.start("--config", path, "login")
	page := waitForFile(t, opened, "/authorize?")
	if query, err := url.Parse(page); err != nil || query.Query().Get("code_challenge_method") != "S256" || !strings.HasPrefix(query.Query().Get("redirect_uri"), "http://localhost:") {
		t.Errorf("opened %s", page)
	}
	response, err := l.browser.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	form, _, _ := strings.Cut(string(body), "</form>") // the first one signs in
	values := url.Values{}
	for _, field := range regexp.MustCompile(`name="([a-z_]+)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
		values.Set(field[1], field[2])
	}
	action := regexp.MustCompile(`action="(http://localhost:[0-9]+)"`).FindStringSubmatch(form)
	if action == nil {
		t.Fatalf("the page is %s", body)
	}
	answered, err := l.browser.PostForm(action[1], values)
	if err != nil {
		t.Fatal(err)
	}
	answered.Body.Close()
	_ = cmd.Wait()
	answer{t: t, out: out.String(), err: errs.String(), code: cmd.ProcessState.ExitCode()}.wants(0, "was opened in the browser").
		shows("analyst@contoso.test", "Defender for Endpoint, until")
}

// A command in a terminal lets the person sign in first; its time limit begins after that.
func TestCommandLetsThePersonSignIn(t *testing.T) {
	l := serveLab(t)
	path := l.personal("method = \"device-code\"\ncache = \"none\"")
	p := ptytest.Start(t, 200, 40, l.environment(), l.path(), "--config", path, "--timeout", "15s", "list", "--limit", "5", "kind:computer")
	l.approve(func() string { return p.Text() })
	if code := p.WaitExit(); code != 0 || strings.Count(p.Text(), "to sign in, open") != 1 || !strings.Contains(p.Text(), "[ ok]") {
		t.Errorf("exit code %d:\n%s", code, p.Text())
	}
}

// The dashboard shows code and page while it waits, at any size, and loads when the person has signed in.
func TestDashboardAsksToSignIn(t *testing.T) {
	l := serveLab(t)
	path := l.personal("method = \"device-code\"\ncache = \"none\"")
	_, page, _ := strings.Cut(l.configuration, `authority = "`)
	page, _, _ = strings.Cut(page, `"`)
	page += "/devicelogin"
	start := func(cols, rows int) (p *ptytest.Term, code string) {
		p = ptytest.Start(t, cols, rows, l.environment(), l.path(), "--config", path)
		p.Wait("page and code", func(s *ptytest.Screen) bool {
			joined := regexp.MustCompile(`[^A-Za-z0-9:/.]+`).ReplaceAllString(s.Text(), "")
			_, after, found := strings.Cut(s.Text(), "enter the code:")
			code = regexp.MustCompile(`\b[A-Z0-9]{9}\b`).FindString(after)
			return found && code != "" && strings.Contains(joined, page) && strings.Contains(s.Text(), "Waiting until")
		})
		return p, code
	}
	for _, size := range []struct {
		cols, rows int
		loaded     string
	}{{80, 24, "endpoint ok"}, {40, 10, "MDE ok"}} {
		p, code := start(size.cols, size.rows)
		p.Press("y", "Esc")
		p.WaitNoText("Sign in to Entra ID")
		p.Wait("the code in the clipboard", func(s *ptytest.Screen) bool { return s.Clipboard() == code })
		l.enter(page, code)
		p.WaitText(size.loaded)
		if bytes.Contains(p.Output(), []byte("to sign in, open")) {
			t.Error("the prompt of the command line is on the screen")
		}
		p.Press("q")
		if code := p.WaitExit(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	}
	p, code := start(80, 24)
	l.enter(page, code)
	p.WaitNoText("Sign in to Entra ID") // by itself
	p.Press("q")
	p.WaitExit()
}
