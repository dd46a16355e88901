package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"adbadge/ui/ptytest"
)

// askingConfig makes a configuration of a directory whose user has no password in it. Its server is a port where nobody
// listens, unless one is named.
func (s *shell) askingConfig(more string) string {
	s.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	_ = listener.Close()
	return s.write("asking.toml", fmt.Sprintf("[directory]\nsource = \"ldap\"\nservers = [\"ldaps://%s\"]\nuser = \"reader@contoso.test\"\n%s",
		listener.Addr(), more))
}

func TestPasswordIsAskedWithoutShowingIt(t *testing.T) {
	s := newShell(t)
	p := ptytest.Start(t, 100, 30, s.environment(), s.path(), "status", "--config", s.askingConfig(""))
	p.WaitText("Password of reader@contoso.test:")
	p.Type("hunter2")
	p.Press("Enter")
	p.WaitText("refused") // the directory was asked, so the password was taken
	p.WaitExit()
	if bytes.Contains(p.Output(), []byte("hunter2")) {
		t.Errorf("the password is on the screen:\n%s", p.Output())
	}
}

func TestReadPassword(t *testing.T) {
	password := secretQuestion{what: "the password", most: maxPassword}
	for typed, want := range map[string]string{
		"hunter2\r": "hunter2", "hunter2\n": "hunter2", "hunter2\x04": "hunter2", "\r": "", "\x7f\x7fa\r": "a",
		"huntö\x7f\x08er\r": "huner", "wrong\x15right\r": "right", "blank space \r": "blank space ",
	} {
		if got, err := readSecret(strings.NewReader(typed), password); err != nil || string(got) != want {
			t.Errorf("%q gave %q (%v), want %q", typed, got, err, want)
		}
	}
	if _, err := readSecret(strings.NewReader("hunter2\x03\r"), password); !errors.Is(err, context.Canceled) {
		t.Errorf("Ctrl-C gave %v", err)
	}
	for _, broken := range []string{"hunter2", strings.Repeat("x", maxPassword+1) + "\r"} {
		if got, err := readSecret(strings.NewReader(broken), password); err == nil || len(got) > 0 || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a line that does not end or is too long gave %q (%v)", got, err)
		}
	}
}

// What is pasted may have several lines, and keys in it do nothing.
func TestReadWhatIsPasted(t *testing.T) {
	cookies := secretQuestion{what: "the cookies", most: 100, paste: true}
	for typed, want := range map[string]string{
		"a\x1b[200~b\r\nc\x1b[201~d\r": "ab\r\ncd", "\x1b[200~\x1b[201~\r": "", "plain\r": "plain", "\x1b[200~a\x03b\x1b[201~\n": "a\x03b",
	} {
		if got, err := readSecret(strings.NewReader(typed), cookies); err != nil || string(got) != want {
			t.Errorf("%q gave %q (%v), want %q", typed, got, err, want)
		}
	}
	if _, err := readSecret(strings.NewReader("\x1b[200~"+strings.Repeat("hunter2\r", 100)), cookies); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("too much gave %v", err)
	}
}

func TestPasswordQuestionEndsOnCtrlC(t *testing.T) {
	s := newShell(t)
	p := ptytest.Start(t, 100, 30, s.environment(), s.path(), "list", "--config", s.askingConfig(""))
	p.WaitText("Password of reader@contoso.test:")
	p.Press("h", "C-c")
	if code := p.WaitExit(); code != int(exitInterrupted) {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
}

func TestPasswordQuestionEndsOnSignals(t *testing.T) {
	s := newShell(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		p := ptytest.Start(t, 100, 30, s.environment(), s.path(), "list", "--config", s.askingConfig(""))
		p.WaitText("Password of reader@contoso.test:")
		p.Signal(signal)
		if code := p.WaitExit(); code != int(exitInterrupted) {
			t.Errorf("%v: exit code %d, want %d", signal, code, exitInterrupted)
		}
	}
}

func TestNobodyToAskForAPassword(t *testing.T) {
	s := newShell(t)
	s.runAlive("list", "--config", s.askingConfig("")).wants(2, "there is nobody to ask", "password_file")
}

func TestUnsafeDirectoryIsLoud(t *testing.T) {
	s := newShell(t, "ADBADGE_TEST_PASSWORD=hunter2")
	path := s.askingConfig("password_env = \"ADBADGE_TEST_PASSWORD\"\ninsecure_skip_verify = true\n")
	s.runAlive("list", "--config", path).wants(1, "WARNING: DIRECTORY CERTIFICATE NOT CHECKED")
	p := ptytest.Start(t, 120, 30, s.environment(), s.path(), "--config", path)
	p.WaitText("DIRECTORY CERTIFICATE NOT CHECKED", "INTEGRATION")
	p.Press("q")
	p.WaitExit()
}

// TestRealPasswordQuestion answers the question with the password of a real Active Directory.
func TestRealPasswordQuestion(t *testing.T) {
	url, password := os.Getenv("AD_LAB_LDAPS_URL"), os.Getenv("AD_LAB_PASSWORD")
	if url == "" || password == "" {
		t.Skip("no Active Directory here: AD_LAB_LDAPS_URL and AD_LAB_PASSWORD are not set")
	}
	s := newShell(t)
	path := s.write("real.toml", fmt.Sprintf("[directory]\nsource = \"ldap\"\nservers = [%q]\nuser = %q\nca_file = %q\n",
		url, os.Getenv("AD_LAB_BIND_UPN"), os.Getenv("AD_LAB_CA_FILE")))
	p := ptytest.Start(t, 120, 30, s.environment(), s.path(), "list", "--config", path, "sam:okelly")
	p.WaitText("Password of")
	p.Type(password)
	p.Press("Enter")
	p.WaitText("Kelly, Olga")
	if p.WaitExit(); bytes.Contains(p.Output(), []byte(password)) {
		t.Error("the password is on the screen")
	}
}
