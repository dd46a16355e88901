package cli

import (
	"testing"

	"adbadge/ui/ptytest"
)

// A change in one shell is seen in another: badges become unknown, never grey.
func TestToggleIsSeenElsewhere(t *testing.T) {
	s := newShell(t)
	if got := s.run("toggle", "endpoint").wants(0).out; got != "on\n" {
		t.Fatalf("the lab begins with the endpoint side %q, want on", got)
	}
	a := s.run("toggle", "endpoint", "off", "--yes").wants(0, "on -> off", " entities", "Read back")
	if a.out != "off\n" {
		t.Errorf("got %q, want the new state", a.out)
	}
	r := statusJSON(s)
	if r["integration"] != "half" || r["level"] != "warning" {
		t.Errorf("integration %v (%v), want half (warning)", r["integration"], r["level"])
	}
	toggle := r["toggles"].([]any)[1].(record)
	if toggle["side"] != "endpoint" || toggle["state"] != "off" || toggle["by"] == "" || toggle["changed"] == nil {
		t.Errorf("toggle %v, want it off with who and when", toggle)
	}
	for _, e := range s.entities() {
		if at(e, "badge", "state") != "unknown" || at(e, "badge", "text") != "[off]" || at(e, "badge", "reason") != "endpointSideOff" {
			t.Fatalf("the badge of %v is %v, want unknown", e["name"], e["badge"])
		}
	}
	s.run("toggle", "endpoint", "off", "--yes").wants(0, "off already")
	s.run("toggle", "endpoint", "on", "--yes").wants(0, "off -> on")
	if r := statusJSON(s); r["integration"] == "half" {
		t.Error("the integration is still half on")
	}
}

func TestLabReset(t *testing.T) {
	s := newShell(t)
	s.run("toggle", "identity", "off", "--yes").wants(0, "on -> off")
	s.runAlive("lab", "reset").wants(0, "starts over")
	if got := s.run("toggle", "identity").wants(0).out; got != "on\n" {
		t.Errorf("after the reset the identity side is %q, want on", got)
	}
}

func TestToggleWrongUsage(t *testing.T) {
	s := newShell(t)
	for _, arguments := range [][]string{
		{"toggle"}, {"toggle", "left"}, {"toggle", "endpoint", "maybe"}, {"toggle", "endpoint", "on", "now"},
	} {
		s.run(arguments...).wants(2, "adbadge: ")
	}
	s.run("toggle", "endpoint", "off").wants(2, "--yes")
	if got := s.run("toggle", "endpoint").wants(0).out; got != "on\n" {
		t.Errorf("the toggle is %q, want it untouched", got)
	}
}

func TestToggleAsks(t *testing.T) {
	s := newShell(t)
	ask := func(key string) int {
		p := ptytest.Start(t, 100, 24, s.environment(), s.path(), "--lab-still", "toggle", "endpoint", "off")
		p.WaitText("on -> off", "[y/N]")
		p.Press(key, "Enter")
		return p.WaitExit()
	}
	if code := ask("n"); code != 1 {
		t.Errorf("exit code %d after no, want 1", code)
	}
	if got := s.run("toggle", "endpoint").wants(0).out; got != "on\n" {
		t.Errorf("after no the toggle is %q, want on", got)
	}
	if code := ask("y"); code != 0 {
		t.Errorf("exit code %d after yes, want 0", code)
	}
	if got := s.run("toggle", "endpoint").wants(0).out; got != "off\n" {
		t.Errorf("after yes the toggle is %q, want off", got)
	}
}

func TestToggleIsRefusedReadOnly(t *testing.T) {
	s := newShell(t)
	configuration := s.ldifConfig()
	s.runAlive("--config", configuration, "toggle", "endpoint", "off", "--yes").wants(2, "read-only", "--write")
	s.runAlive("--config", configuration, "--write", "toggle", "endpoint", "off", "--yes").wants(0, "owner adbadge")
	if got := s.runAlive("--config", configuration, "toggle", "endpoint").wants(0).out; got != "off\n" {
		t.Errorf("the toggle is %q, want off", got)
	}
}

// A lab whose state cannot be kept runs all the same, but a toggle that would be forgotten at once is not switched.
func TestWithoutAFolderForTheState(t *testing.T) {
	for variable, warning := range map[string]string{"HOME=": "", "XDG_STATE_HOME=/dev/null/folder": "forgets its toggles"} {
		s := newShell(t, variable)
		s.run("list", "--limit", "1").wants(0, warning)
		s.run("toggle", "endpoint", "off", "--yes").wants(1, "not changed", "XDG_STATE_HOME")
	}
}
