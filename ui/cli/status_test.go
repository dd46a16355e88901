package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers"
)

var levelCodes = map[string]int{"ok": 0, "warning": 1, "critical": 2, "unknown": 3}

// statusJSON asks for the status and checks that the exit code is that of its level.
func statusJSON(s *shell, flags ...string) record {
	s.t.Helper()
	a := s.run(append([]string{"status", "--json"}, flags...)...)
	r := decode[record](a)
	if code, ok := levelCodes[fmt.Sprint(r["level"])]; !ok || code != a.code {
		s.t.Errorf("level %v with exit code %d", r["level"], a.code)
	}
	if a.err != "" {
		s.t.Errorf("standard error is not empty:\n%s", a.err)
	}
	return r
}

func codes(r record) []string {
	var list []string
	for _, f := range r["findings"].([]any) {
		list = append(list, f.(record)["code"].(string))
	}
	return list
}

func TestStatusJSON(t *testing.T) {
	r := statusJSON(newShell(t))
	if !slices.Contains([]any{"on", "degraded"}, r["integration"]) || r["lab"] != true || r["readOnly"] != false || r["reason"] == "" {
		t.Errorf("integration %v, lab %v, read-only %v, reason %v", r["integration"], r["lab"], r["readOnly"], r["reason"])
	}
	if len(r["toggles"].([]any)) != 2 || len(r["licences"].([]any)) != 2 || len(r["sources"].([]any)) != 4 || len(r["findings"].([]any)) == 0 {
		t.Errorf("want 2 toggles, 2 licences, 4 sources and findings: %v", r)
	}
	for _, source := range r["sources"].([]any) {
		if s := source.(record); s["host"] == "" || s["lastGood"] == nil || s["items"].(float64) == 0 {
			t.Errorf("source %v", s)
		}
		s := source.(record)
		limited := s["source"] == "identity" || s["source"] == "endpoint"
		if room, ok := s["room"].(float64); ok != limited || ok && (room <= 0 || room > 1) || limited != (s["requests"] != nil) || s["retryAt"] != nil {
			t.Errorf("the limits of %v", s)
		}
		if (s["accounts"] == "by hunting") != (s["source"] == "identity") {
			t.Errorf("how accounts are asked for: %v", s)
		}
	}
	sum := 0.0
	for _, n := range at(r, "counts", "badges").(record) {
		sum += n.(float64)
	}
	if all := at(r, "counts", "all"); all.(float64) < 650 || sum != all {
		t.Errorf("%v entities, %v of them counted by badge; want all of some 650", all, sum)
	}
}

func TestStatusText(t *testing.T) {
	s := newShell(t)
	a := s.run("status")
	a.shows("TOGGLES", "LICENCES", "SOURCES", "ENTITIES", "FINDINGS", "LAB", " users, 250 computers")
	if !strings.HasPrefix(a.out, "integration ") || a.code > 1 {
		t.Errorf("exit code %d, first line %q", a.code, a.lines()[0])
	}
}

func TestStatusOfFaults(t *testing.T) {
	s := newShell(t)
	for _, c := range []struct {
		fault, integration, level string
	}{
		{"no-licence:endpoint", "error", "critical"},
		{"no-licence:identity", "error", "critical"},
		{"signin-refused", "error", "critical"},
		{"no-permission:endpoint", "error", "critical"},
		{"toggle-unreadable:identity", "unknown", "unknown"},
		{"ldap-refused", "", "critical"},
	} {
		r := statusJSON(s, "--lab-fault", c.fault)
		if c.integration != "" && r["integration"] != c.integration || r["level"] != c.level {
			t.Errorf("%s: integration %v (%v), want %s (%s): %v", c.fault, r["integration"], r["level"], c.integration, c.level, r["reason"])
		}
	}
}

func TestStatusAnswersInTime(t *testing.T) {
	s := newShell(t)
	for _, fault := range []string{"slow:endpoint:1h", "slow:graph:1h", "slow:portal:1h", "slow:directory:1h"} {
		begin := time.Now()
		r := statusJSON(s, "--timeout", "2s", "--lab-fault", fault)
		if took := time.Since(begin); took > 8*time.Second {
			t.Errorf("%s: took %v with a limit of 2s", fault, took)
		}
		kinds := fmt.Sprint(r["sources"])
		if r["level"] == "ok" || !strings.Contains(kinds, "timedOut") {
			t.Errorf("%s: level %v, sources %v; want one that timed out", fault, r["level"], kinds)
		}
	}
}

// A check that could not be made is unknown, never critical.
func TestStatusWrongUsage(t *testing.T) {
	s := newShell(t)
	s.run("status", "--color", "pink").wants(3, "--color")
	s.run("status", "--nope").wants(3, "--nope")
	s.runAlive("status", "--config", "/nonexistent/c.toml").wants(3, "no configuration file")
}

func TestFindingsComeWorstFirst(t *testing.T) {
	r := statusJSON(newShell(t), "--lab-fault", "no-licence:endpoint")
	urgency := map[any]int{"ok": 0, "warning": 1, "unknown": 2, "critical": 3}
	last := 3
	for _, f := range r["findings"].([]any) {
		f := f.(record)
		now := urgency[f["level"]]
		if now > last || f["code"] == "" || f["title"] == "" || f["level"] != "ok" && f["remedy"] == "" {
			t.Errorf("finding %v", f)
		}
		last = now
	}
	if len(codes(r)) == 0 {
		t.Error("no findings")
	}
}

func TestStatusForMonitoring(t *testing.T) {
	s := newShell(t)
	line := s.run("status", "--format", "nagios").wants(1).out
	if !regexp.MustCompile(`^ADBADGE WARNING - contoso\.test LAB: [^|\n]+ \| entities=653;;;0( [a-z_]+=\d+;;;0)+\n$`).MatchString(line) {
		t.Errorf("got %q", line)
	}
	s.run("status", "--format", "nagios", "--fail-on", "critical").wants(0)
	s.run("status", "--lab-fault", "signin-refused", "--format", "nagios", "--fail-on", "critical").wants(2).shows("ADBADGE CRITICAL")
	s.run("status", "--lab-fault", "signin-refused", "--fail-on", "never").wants(0)
	for _, wrong := range [][]string{{"--format", "xml"}, {"--fail-on", "unknown"}, {"--json", "--format", "nagios"}, {"--watch", "--format", "prometheus"}} {
		s.run(append([]string{"status"}, wrong...)...).wants(3, "--")
	}
}

func TestStatusAsMetrics(t *testing.T) {
	s := newShell(t)
	sample := regexp.MustCompile(`^(adbadge_[a-z_]+)(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? (NaN|[-+.e0-9]+)$`)
	families, seen := map[string]bool{}, map[string]bool{}
	for _, line := range s.run("status", "--format", "prometheus", "--lab-fault", "toggle-unreadable:endpoint", "--fail-on", "never").wants(0).lines() {
		if name, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, _, _ = strings.Cut(name, " ")
			families[name] = true
			continue
		}
		if strings.HasPrefix(line, "# HELP ") {
			continue
		}
		m := sample.FindStringSubmatch(line)
		if m == nil || !families[m[1]] {
			t.Errorf("%q is no sample of a family that was named", line)
			continue
		}
		if key := m[1] + m[2]; seen[key] {
			t.Errorf("%s comes twice", key)
		} else {
			seen[key] = true
		}
	}
	s.run("status", "--format", "prometheus", "--lab-fault", "toggle-unreadable:endpoint", "--fail-on", "never").
		shows(`adbadge_toggle_on{side="identity",owner="lab"} 1`, `adbadge_toggle_on{side="endpoint",owner="lab"} NaN`, `adbadge_entities{kind="computer"} 250`)
}

func TestStatusIsWatchedUntilCtrlC(t *testing.T) {
	s := newShell(t)
	cmd := exec.Command(s.path(), "--lab-still", "status", "--watch", "--format", "nagios")
	cmd.Env = s.environment()
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() }) // too late is fine
	line, _ := bufio.NewReader(out).ReadString('\n')
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // its exit code is looked at
	if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.HasPrefix(line, "ADBADGE WARNING") {
		t.Errorf("exit code %d after %q", code, line)
	}
}

func TestStatusSaysHowAccountsAreAskedFor(t *testing.T) {
	r := statusJSON(newShell(t), "--lab-fault", "no-hunting")
	for _, source := range r["sources"].([]any) {
		if s := source.(record); s["source"] == "identity" && s["accounts"] != "one by one" {
			t.Errorf("without hunting: %v", s)
		}
	}
}

// Each status that is watched is a new one.
func TestWatchedStatusIsAskedAnew(t *testing.T) {
	tenant, err := providers.OpenLab(t.Context(), providers.LabOptions{Still: true}, providers.OpenOptions{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer tenant.Close()
	tenant.Interval = 10 * time.Millisecond
	out, written, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := &session{tenant: tenant, config: config.Default(), refresher: providers.NewRefresher(tenant)}
	s.dashboard = s.refresher.Once(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- (&app{out: written, err: os.Stderr}).follow(ctx, s, &statusOptions{format: formatNagios, failOn: failOnNever, watch: true})
		written.Close()
	}()
	lines := bufio.NewScanner(out)
	for n, now := range []string{"integration degraded", "integration half"} {
		if !lines.Scan() || !strings.Contains(lines.Text(), now) {
			t.Fatalf("status %d is %q, want %s", n, lines.Text(), now)
		}
		if n == 0 {
			if _, _, err := tenant.SetToggle(t.Context(), providers.Flip{Toggle: model.Toggle{Side: model.EndpointSide, State: model.ToggleOn, Owner: model.OwnerLab}, By: "tester"}); err != nil {
				t.Fatal(err)
			}
			for lines.Scan() && strings.Contains(lines.Text(), "integration degraded") {
			} // those that were under way
			if !strings.Contains(lines.Text(), "integration half") {
				t.Fatalf("got %q", lines.Text())
			}
		}
	}
	cancel()
	for lines.Scan() {
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}
