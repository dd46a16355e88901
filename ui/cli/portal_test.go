package cli

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"adbadge/ui/ptytest"
)

// cookiesOf gives the cookies that a served lab prints.
func cookiesOf(t *testing.T, served string) string {
	t.Helper()
	m := regexp.MustCompile(`cookies +(sccauth=\S+; XSRF-TOKEN=\S+)`).FindStringSubmatch(served)
	if m == nil {
		t.Fatalf("no cookies in:\n%s", served)
	}
	return m[1]
}

// secretsOf gives what must not be seen anywhere: the values of cookies, also decoded.
func secretsOf(t testing.TB, cookies string) []string {
	t.Helper()
	secrets := []string{"canary"}
	for part := range strings.SplitSeq(cookies, "; ") {
		_, value, _ := strings.Cut(part, "=")
		decoded, err := url.PathUnescape(value)
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, value, decoded)
	}
	return secrets
}

// leftNothing fails the test when a cookie is in the output or in a file of the home folder.
func (s *shell) leftNothing(cookies, output string) {
	s.t.Helper()
	files := 0
	err := filepath.WalkDir(s.home, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		for _, secret := range secretsOf(s.t, cookies) {
			if strings.Contains(string(data), secret) {
				s.t.Errorf("%s holds %q", path, secret)
			}
		}
		return err
	})
	if err != nil || files == 0 {
		s.t.Errorf("%d files were looked at, %v", files, err)
	}
	for _, secret := range secretsOf(s.t, cookies) {
		if strings.Contains(output, secret) {
			s.t.Errorf("the terminal shows %q:\n%s", secret, output)
		}
	}
}

// What a person pastes is a whole Cookie header, longer than a line of a terminal may be, and perhaps with its end.
func TestCookiesArePastedUnseen(t *testing.T) {
	s := newShell(t)
	_, served, path := s.serveLab()
	cookies := cookiesOf(t, served)
	pasted := "Cookie: a=" + strings.Repeat("canary", 2000) + "; " + cookies + "; z=canary\r\n"
	log := filepath.Join(s.home, "log")
	p := ptytest.Start(t, 160, 60, s.environment(), s.path(), "status", "--config", path, "--log-file", log, "--portal-session")
	p.WaitText("PORTAL SESSION: UNSUPPORTED MICROSOFT-INTERNAL INTERFACE", "Cookies (not shown):")
	if !p.Mode(2004) {
		t.Error("the terminal does not mark what is pasted")
	}
	p.Press("\x1b[200~"+pasted+"\x1b[201~", "Enter")
	p.WaitText("signed in to 127.0.0.1", "as analyst@contoso.test", "linked (legacy flag on)", "50 min left", "portal's flag of the endpoint side")
	p.WaitExit()
	if p.Mode(2004) {
		t.Error("the terminal still marks what is pasted")
	}
	waitForFile(t, log, "command ended")
	s.leftNothing(cookies, string(p.Output()))
}

// Developer tools show cookies one by one.
func TestCookiesArePastedOneByOne(t *testing.T) {
	s := newShell(t)
	_, served, path := s.serveLab()
	cookies := cookiesOf(t, served)
	auth, token, _ := strings.Cut(cookies, "; ")
	for name, second := range map[string]string{"value": strings.TrimPrefix(token, "XSRF-TOKEN="), "with its name": token, "none": ""} {
		p := ptytest.Start(t, 160, 40, s.environment(), s.path(), "toggle", "portal", "--config", path, "--portal-session")
		p.WaitText("Cookies (not shown):")
		p.Press(strings.TrimPrefix(auth, "sccauth="), "Enter")
		p.WaitText("XSRF-TOKEN (not shown")
		if second != "" {
			p.Press(second)
		}
		p.Press("Enter")
		if code := p.WaitExit(); code != 0 || !strings.HasSuffix(strings.TrimSpace(p.Text()), "on") {
			t.Errorf("%s: exit code %d:\n%s", name, code, p.Text())
		}
		s.leftNothing(cookies, string(p.Output()))
	}
}

func TestCookiesQuestionIsGivenUp(t *testing.T) {
	s := newShell(t)
	p := s.terminal(120, 30, "status", "--portal-session")
	p.WaitText("Cookies (not shown):")
	p.Press("canary", "C-c")
	if code := p.WaitExit(); code != int(exitInterrupted) || strings.Contains(string(p.Output()), "canary") || p.Mode(2004) {
		t.Errorf("exit code %d:\n%s", code, p.Output())
	}
	p = s.terminal(120, 30, "status", "--portal-session")
	p.WaitText("Cookies (not shown):")
	p.Press("nothing of use; canary", "Enter")
	if code := p.WaitExit(); code != 3 || !strings.Contains(p.Text(), "no cookie sccauth") || strings.Contains(string(p.Output()), "canary") {
		t.Errorf("exit code %d:\n%s", code, p.Text())
	}
}

func TestPortalSessionUsage(t *testing.T) {
	s := newShell(t)
	s.run("status", "--portal-session").wants(3, "pipe them in and say --portal-session=stdin")
	s.run("toggle", "portal").wants(2, "say --portal-session")
	s.run("toggle", "portal", "off", "--yes").wants(2, "say --portal-session")
	if a := s.run("toggle", "portal", "--portal-session=sccauth=canary").wants(2, "alone"); strings.Contains(a.err, "canary") {
		t.Errorf("a cookie in the arguments is repeated: %s", a.err)
	}
	p := s.terminal(120, 30, "status", "--portal-session=stdin")
	if code := p.WaitExit(); code != 3 || !strings.Contains(p.Text(), "would show the cookies") {
		t.Errorf("exit code %d:\n%s", code, p.Text())
	}
	path := s.askingConfig("password_env = \"ADBADGE_TEST_PASSWORD\"\n")
	s.env = append(s.env, "ADBADGE_TEST_PASSWORD=x")
	p = ptytest.Start(t, 120, 30, s.environment(), s.path(), "status", "--config", path, "--portal-session")
	if code := p.WaitExit(); code != 3 || !strings.Contains(p.Text(), "set session = true under [portal]") {
		t.Errorf("exit code %d:\n%s", code, p.Text())
	}
}

// pipe runs the program with cookies on its standard input.
func (s *shell) pipe(cookies string, arguments ...string) answer {
	s.t.Helper()
	cmd, out, errs := s.prepare(arguments...)
	cmd.Stdin = strings.NewReader(cookies)
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		s.t.Fatal(err)
	}
	return answer{t: s.t, out: out.String(), err: errs.String(), code: cmd.ProcessState.ExitCode()}
}

func TestPortalSessionFromAPipe(t *testing.T) {
	s := newShell(t)
	_, served, path := s.serveLab()
	cookies := cookiesOf(t, served)
	a := s.pipe(cookies, "status", "--config", path, "--portal-session=stdin", "--json")
	r := decode[record](a)
	portal, _ := r["portal"].(record)
	if portal == nil || portal["open"] != true || portal["flag"] != "on" || portal["settings"] != "on" || portal["context"] != "on" ||
		portal["account"] != "analyst@contoso.test" || portal["warning"] == "" || portal["until"] == nil || portal["problem"] != nil {
		t.Errorf("got %v", portal)
	}
	settings := r["settings"].([]any)
	if flag := settings[0].(record); flag["owner"] != "portal" || flag["state"] != "on" || flag["side"] != "endpoint" {
		t.Errorf("got %v", settings)
	}
	s.leftNothing(cookies, a.out+a.err)
	if a := s.pipe("sccauth=canary; XSRF-TOKEN=canary", "status", "--config", path, "--portal-session=stdin"); a.code != 3 ||
		!strings.Contains(a.err, "expired") || strings.Contains(a.err, "canary") {
		t.Errorf("exit code %d: %s", a.code, a.err)
	}
	if portal := decode[record](s.run("status", "--json"))["portal"]; portal != nil {
		t.Errorf("without a session: %v", portal)
	}
}

// A person is led to the page, presses the button there, and is told that it was seen.
func TestToggleOfThePortal(t *testing.T) {
	s := newShell(t)
	_, served, path := s.serveLab()
	cookies := cookiesOf(t, served)
	p := ptytest.Start(t, 200, 60, s.environment(), s.path(), "toggle", "portal", "off", "--config", path, "--portal-session")
	p.WaitText("Cookies (not shown):")
	p.Press(cookies, "Enter")
	p.WaitText("on -> off", "portal session of analyst@contoso.test", "may have no effect", "Switch the portal's flag of the endpoint side off? [y/N]")
	p.Press("y", "Enter")
	p.WaitText("Switch it there: https://127.0.0.1", "Watching for up to 10m0s")
	link := regexp.MustCompile(`Switch it there: (\S+)`).FindStringSubmatch(p.Text())[1]
	pressButton(t, path, link, "off")
	p.WaitText("Seen: the settings say off, the tenant's context says off")
	if code := p.WaitExit(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, p.Text())
	}
	changes := decode[[]record](s.runAlive("--config", path, "changes", "--json").wants(0))
	if len(changes) != 1 || changes[0]["outcome"] != "seen" || changes[0]["owner"] != "portal" || changes[0]["to"] != "off" {
		t.Errorf("the record has %v", changes)
	}
	s.leftNothing(cookies, string(p.Output()))

	p = ptytest.Start(t, 200, 60, s.environment(), s.path(), "toggle", "portal", "on", "--yes", "--config", path, "--portal-session")
	p.WaitText("Cookies (not shown):")
	p.Press(cookies, "Enter")
	p.WaitText("Watching for up to 10m0s")
	p.Press("C-c")
	p.WaitText("watching was stopped; not seen within")
	if code := p.WaitExit(); code != int(exitInterrupted) {
		t.Errorf("exit code %d:\n%s", code, p.Text())
	}
	changes = decode[[]record](s.runAlive("--config", path, "changes", "--json").wants(0))
	if len(changes) != 2 || changes[0]["outcome"] != "not seen" {
		t.Errorf("the record has %v", changes)
	}
}

// pressButton does what the form on the lab's settings page does.
func pressButton(t *testing.T, configuration, page, state string) {
	t.Helper()
	data, err := os.ReadFile(configuration)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(regexp.MustCompile(`ca_file = "([^"]+)"`).FindStringSubmatch(string(data))[1])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).PostForm(page, url.Values{"state": {state}})
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v", response.StatusCode, err)
	}
}

// In the dashboard the cookies are pasted into a line that does not show them, the banner stays as long as the session, and
// a change in the portal is seen.
func TestPortalSessionInTheDashboard(t *testing.T) {
	s := newShell(t)
	_, served, path := s.serveLab("--lab-still") // a new alert would take the place of the messages
	cookies := cookiesOf(t, served)
	log := filepath.Join(s.home, "log")
	p := ptytest.Start(t, 120, 40, s.environment(), s.path(), "--config", path, "--log-file", log)
	p.WaitText("INTEGRATION", "[ ok]")
	p.Press("t")
	p.WaitText("> integration")
	p.Press("p")
	p.WaitText("Begin a portal session", "UNSUPPORTED MICROSOFT-INTERNAL INTERFACE", "nothing yet")
	p.Press("\x1b[200~Cookie: a=" + strings.Repeat("canary", 1000) + "; " + cookies + "\n\x1b[201~")
	p.WaitText("characters, not shown")
	p.Press("Enter")
	p.WaitText("UNSUPPORTED PORTAL", "portal's flag of the endpoint side", "Portal session of analyst@contoso.test in Contoso")
	p.Wait("the flag to be read", func(screen *ptytest.Screen) bool {
		return regexp.MustCompile(`\[ON \] +portal's flag of the endpoint side`).MatchString(screen.Text())
	})
	p.Press("j", "j") // over the two toggles that decide
	p.WaitText("means  linked (legacy flag on)")
	p.Press(" ")
	p.WaitText("Switch the portal's flag off?", "Contoso in the portal", "on -> off")
	p.Press("y")
	p.WaitText("Sent to your terminal's clipboard: the settings page of Defender for Endpoint")
	p.Wait("the link", func(screen *ptytest.Screen) bool { return screen.Clipboard() != "" })
	pressButton(t, path, p.Clipboard(), "off")
	p.WaitText("Seen: the portal's flag of the endpoint side is off now")
	p.WaitText("ADB-150", "legacy flag off")
	p.Press(" ") // and back, but nobody presses the button
	p.WaitText("Switch the portal's flag on?", "forwards its signals")
	p.Press("y")
	p.WaitNoText("Switch the portal's flag on?")
	p.Press(" ")
	p.WaitText("Not watching any more")
	p.Press("p")
	p.WaitText("End the portal session?")
	p.Press("y")
	p.WaitText("The portal session was ended")
	p.WaitNoText("UNSUPPORTED PORTAL")
	p.Press("q")
	if code := p.WaitExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	waitForFile(t, log, "command ended")
	s.leftNothing(cookies, string(p.Output()))
	if changes := decode[[]record](s.runAlive("changes", "--json").wants(0)); len(changes) != 2 || changes[0]["outcome"] != "not seen" || changes[1]["outcome"] != "seen" {
		t.Errorf("the record has %v", changes)
	}
}
