//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"adbadge/ui/ptytest"
)

// Two admins look at the same toggle; the second one confirms what the first one has changed meanwhile.
func TestTwoAdminsAtTheSameToggle(t *testing.T) {
	s := newShell(t)
	first, second := s.terminal(100, 30), s.terminal(100, 30)
	for _, p := range []*ptytest.Term{first, second} {
		p.WaitText("INTEGRATION: degraded", "  next ") // everything has been read
		p.Press("t")
		p.WaitText("TOGGLES", "[ON ]")
		p.Press("Space")
		p.WaitText("Switch the identity side off?", "on -> off")
	}
	first.Press("y")
	first.WaitText("[off]", "Integration half")
	second.Press("y")
	second.WaitText("reads off by now")
	if got := s.run("toggle", "identity").wants(0).out; got != "off\n" {
		t.Errorf("the toggle is %q, want off", got)
	}
	changes := s.run("changes").wants(0).out
	if strings.Count(changes, "applied") != 1 || strings.Contains(changes, "off -> on") {
		t.Errorf("the record says:\n%s", changes)
	}
	for _, p := range []*ptytest.Term{first, second} {
		p.Press("q", "q")
		p.WaitExit()
	}
}

// A program that is killed in the middle of a change leaves a record of what it was about to do, and the toggle as the
// other end made it.
func TestKilledInTheMiddleOfAChange(t *testing.T) {
	s := newShell(t)
	cmd, _, _ := s.start("--lab-still", "--lab-fault", "toggle-delayed:1h", "toggle", "endpoint", "off", "--yes")
	record := filepath.Join(s.home, ".local", "state", "adbadge", "changes.jsonl")
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if data, err := os.ReadFile(record); err == nil && strings.Contains(string(data), "\n") {
			break
		}
		if time.Now().After(end) {
			t.Fatal("nothing was written down")
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if out := s.run("changes").wants(0).out; strings.Count(out, "on -> off") != 1 || !strings.Contains(out, "unknown") {
		t.Errorf("the record says:\n%s", out)
	}
	if got := s.run("toggle", "endpoint").wants(0).out; got != "on\n" {
		t.Errorf("the toggle is %q, want on", got)
	}
	s.run("toggle", "endpoint", "off", "--yes").wants(0, "on -> off")
	if out := s.run("changes").wants(0).out; strings.Count(out, "applied") != 1 {
		t.Errorf("the record says:\n%s", out)
	}
}

// What cannot be written down is not done; asking goes on.
func TestNoChangeOnAFullDisk(t *testing.T) {
	s := newShell(t)
	s.run("toggle", "endpoint").wants(0)
	full := func(arguments ...string) (string, int) {
		cmd := exec.Command("sh", append([]string{"-c", `ulimit -f 0; exec "$0" "$@"`, s.path(), "--lab-still"}, arguments...)...)
		cmd.Env, cmd.Dir = s.environment(), s.home
		out, _ := cmd.CombinedOutput()
		return string(out), cmd.ProcessState.ExitCode()
	}
	if out, code := full("toggle", "endpoint", "off", "--yes"); code != 2 || !strings.Contains(out, "could not be written down first") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if out, code := full("status"); code != 1 || !strings.Contains(out, "integration degraded") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if got := s.run("toggle", "endpoint").wants(0).out; got != "on\n" {
		t.Errorf("the toggle is %q, want on", got)
	}
	if len(s.snapshots()) > 1 {
		t.Errorf("files are left: %v", s.snapshots())
	}
}

// A job of cron has no terminal, hardly any environment, and perhaps no home.
func TestStatusInCron(t *testing.T) {
	s := newShell(t)
	for _, environment := range [][]string{{}, {"HOME=/dev/null/home"}, {"HOME=" + s.home}} {
		cmd := exec.Command(s.path(), "--lab-still", "status", "--format", "nagios")
		cmd.Env, cmd.Dir = environment, s.home
		out, err := cmd.Output()
		lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
		if cmd.ProcessState.ExitCode() != 1 || len(lines) != 1 || !strings.HasPrefix(lines[0], "ADBADGE WARNING - contoso.test LAB: ") || strings.Contains(lines[0], "\x1b") {
			t.Errorf("%v: %v, %q", environment, err, out)
		}
	}
}
