package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
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
