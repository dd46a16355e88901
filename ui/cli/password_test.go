package cli

import (
	"bytes"
	"fmt"
	"net"
	"os"
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
