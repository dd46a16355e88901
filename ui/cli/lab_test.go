package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// waitForFile waits until a file holds a text.
func waitForFile(t testing.TB, path, text string) string {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		data, _ := os.ReadFile(path) // it may not be there yet
		if strings.Contains(string(data), text) {
			return string(data)
		}
		if time.Now().After(end) {
			t.Fatalf("%s never held %q:\n%s", path, text, data)
		}
	}
}

// serveLab runs a lab on its own. It gives what that prints, and a configuration that leads to it.
func (s *shell) serveLab(arguments ...string) (cmd *exec.Cmd, served, path string) {
	s.t.Helper()
	file, err := os.Create(filepath.Join(s.t.TempDir(), "served"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer file.Close()
	cmd = exec.Command(s.path(), append([]string{"lab", "serve", "--lab-users", "30", "--lab-computers", "20"}, arguments...)...)
	cmd.Env, cmd.Stdout = s.environment(), file
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { cmd.Process.Kill() }) // too late is fine
	served = waitForFile(s.t, file.Name(), "# end of the configuration\n")
	_, configuration, _ := strings.Cut(served, "# a configuration for adbadge\n")
	for name, value := range exports(served) {
		s.env = append(s.env, name+"="+value)
	}
	return cmd, served, s.write("served.toml", configuration)
}

// The lab that is served alone is a tenant like any other: the configuration that it prints is all that another
// adbadge needs, certificates checked.
func TestLabServe(t *testing.T) {
	s := newShell(t)
	cmd, served, path := s.serveLab()
	for _, part := range []string{"ldapsearch", "curl", "ldaps://127.0.0.1:", "https://127.0.0.1:"} {
		if !strings.Contains(served, part) {
			t.Errorf("how to connect lacks %q:\n%s", part, served)
		}
	}
	s.runAlive("config", "check", path).wants(0)
	log := s.home + "/log"
	all := decode[[]record](s.runAlive("--config", path, "--log-file", log, "list", "--json").wants(0))
	written := waitForFile(t, log, "command ended")
	for name, secret := range exports(served) {
		if strings.Contains(written, secret) {
			t.Errorf("the log holds the value of %s", name)
		}
	}
	states := map[any]int{}
	for _, e := range all {
		states[at(e, "badge", "state")]++
	}
	if len(all) < 50 || len(all) > 60 || states["recognized"] == 0 {
		t.Errorf("%d entities, badges %v; want some 50, and some recognised", len(all), states)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code %d after Ctrl-C, want 0: that is how it ends", code)
	}
}

// exports reads the lines that set variables.
func exports(text string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(text) {
		if assignment, ok := strings.CutPrefix(strings.TrimSpace(line), "export "); ok {
			name, value, _ := strings.Cut(assignment, "=")
			found[name] = strings.Trim(value, "'")
		}
	}
	return found
}
