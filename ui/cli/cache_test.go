package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// snapshots gives the files of the shell's cache folder.
func (s *shell) snapshots() []string {
	s.t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.home, ".cache", "adbadge", "*"))
	if err != nil {
		s.t.Fatal(err)
	}
	return paths
}

func TestCachedCommandsAnswerFromTheSnapshot(t *testing.T) {
	s := newShell(t)
	s.run("status", "--cached").wants(3, "there is none yet", "without --cached")
	s.run("list", "--cached").wants(1, "there is none yet")
	live := s.run("list", "--json").wants(0)
	if len(s.snapshots()) != 1 {
		t.Fatalf("files: %v", s.snapshots())
	}
	// No source answers any more: whoever asked one would notice.
	down := []string{"--lab-fault", "ldap-refused", "--lab-fault", "error:endpoint", "--lab-fault", "error:graph"}
	cached := s.run(append(down, "list", "--json", "--cached")...).wants(0, "from the snapshot, as of")
	if links := regexp.MustCompile(`"links":\{[^}]*\}`); links.ReplaceAllString(live.out, "") != links.ReplaceAllString(cached.out, "") {
		t.Errorf("the list is another one: %d bytes in place of %d", len(cached.out), len(live.out))
	}
	status := s.run(append(down, "status", "--cached")...).wants(1)
	for _, part := range []string{"integration degraded", "contoso.test  LAB  from the snapshot, as of", "653: 403 users, 250 computers", "ADB-104"} {
		if !strings.Contains(status.out, part) {
			t.Errorf("the status lacks %q:\n%s", part, status.out)
		}
	}
	if line := s.run(append(down, "status", "--cached", "--format", "nagios")...).wants(1).out; !strings.Contains(line, "(from the snapshot, as of") {
		t.Errorf("the line does not tell its age: %s", line)
	}
	var report struct {
		Cached bool
		AsOf   string
		Counts struct{ All int }
	}
	out := s.run(append(down, "status", "--cached", "--json")...).wants(1).out
	if err := json.Unmarshal([]byte(out), &report); err != nil || !report.Cached || report.AsOf == "" || report.Counts.All != 653 {
		t.Errorf("%+v, %v", report, err)
	}
	for _, arguments := range [][]string{{"show", "DC01", "--cached"}, {"alerts", "DC01", "--cached"}} {
		if out := s.run(append(down, arguments...)...).wants(0, "from the snapshot").out; !strings.Contains(out, "MDI") {
			t.Errorf("%v:\n%s", arguments, out)
		}
	}
	s.run("status", "--cached", "--watch").wants(3, "exclude each other")
}

func TestCacheIsListedAndCleared(t *testing.T) {
	s := newShell(t)
	s.run("cache", "info").wants(0, "no snapshot in")
	s.run("status").wants(1)
	info := s.run("cache", "info").wants(0).out
	for _, part := range []string{"contoso.test  LAB", "653", s.snapshots()[0]} {
		if !strings.Contains(info, part) {
			t.Errorf("lacks %q:\n%s", part, info)
		}
	}
	if err := os.WriteFile(filepath.Join(s.home, ".cache", "adbadge", "bad.snapshot"), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if info := s.run("cache", "info").wants(0).out; !strings.Contains(info, "cannot be used") || !strings.Contains(info, "damaged") {
		t.Errorf("%s", info)
	}
	var reports []cacheReport
	if err := json.Unmarshal([]byte(s.run("cache", "info", "--json").wants(0).out), &reports); err != nil || len(reports) != 2 {
		t.Errorf("%+v, %v", reports, err)
	}
	s.run("cache", "clear").wants(0, "2 snapshots removed")
	if left := s.snapshots(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestNoSnapshotIsKeptWhereNoneIsWanted(t *testing.T) {
	s := newShell(t)
	folder := filepath.Join(s.home, ".config", "adbadge")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "config.toml"), []byte("[refresh]\nsnapshot = false\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run("status").wants(1)
	if files := s.snapshots(); len(files) > 0 {
		t.Errorf("kept: %v", files)
	}
	s.run("status", "--cached").wants(3, "snapshot = false")
}

// TestTheDashboardStartsFromTheSnapshot looks at the first rows while no source answers.
func TestTheDashboardStartsFromTheSnapshot(t *testing.T) {
	s := newShell(t)
	s.run("status").wants(1)
	term := s.terminal(80, 24, "--lab-still", "--lab-fault", "slow:30s")
	term.WaitText("1-14 of 653", "[H", "asking")
	term.Press("q")
	term.WaitExit()
}

// A toggle that was switched is not remembered as it was before.
func TestTheSnapshotKnowsOfASwitchedToggle(t *testing.T) {
	s := newShell(t)
	s.run("status").wants(1)
	s.run("toggle", "endpoint", "off", "--yes").wants(0, "on -> off")
	if out := s.run("status", "--cached").wants(1).out; !strings.Contains(out, "integration half") {
		t.Errorf("the snapshot says:\n%s", out)
	}
}

// The line for monitoring says that it is about made-up data, and what it does not know.
func TestTheLineForMonitoringIsHonest(t *testing.T) {
	s := newShell(t)
	out := s.run("--lab-fault", "ldap-refused", "status", "--format", "nagios").wants(2).out
	for _, part := range []string{" LAB: integration ", "entities=U;;;0", "unrecognized=U;;;0"} {
		if !strings.Contains(out, part) {
			t.Errorf("lacks %q: %s", part, out)
		}
	}
	if out := s.run("--lab-fault", "ldap-refused", "status", "--format", "prometheus").wants(2).out; !strings.Contains(out, `adbadge_entities{kind="user"} NaN`) {
		t.Errorf("%s", out)
	}
	fresh := newShell(t) // it knows of no answer before
	for format, says := range map[string]string{"nagios": "endpoint_alerts=U;;;0", "prometheus": `adbadge_open_alerts{side="endpoint"} NaN`} {
		fresh.run("--lab-fault", "error:endpoint", "status", "--format", format, "--fail-on", "never", "--timeout", "2s").wants(0).shows(says)
	}
}
