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

// The settings beside the toggles are switched in the same way, and nothing is asked that has no part in it.
func TestToggleOfASetting(t *testing.T) {
	s := newShell(t)
	for word, begins := range map[string]string{"auditing": "on", "activation": "off"} {
		other := map[string]string{"on": "off", "off": "on"}[begins]
		if got := s.run("toggle", word).wants(0).out; got != begins+"\n" {
			t.Errorf("%s begins %q, want %s", word, got, begins)
		}
		a := s.run("toggle", word, other, "--yes").wants(0, begins+" -> "+other, "owner graph", "Read back")
		if a.out != other+"\n" {
			t.Errorf("%s: got %q, want the new state", word, a.out)
		}
		s.run("toggle", word, other, "--yes").wants(0, other+" already")
	}
	r := statusJSON(s)
	if len(r["toggles"].([]any)) != 2 {
		t.Errorf("toggles %v, want those of both sides only", r["toggles"])
	}
	settings := r["settings"].([]any)
	if len(settings) != 2 || at(settings[0].(record), "setting") != "auditing" || at(settings[0].(record), "state") != "off" ||
		at(settings[1].(record), "setting") != "activation" || at(settings[1].(record), "state") != "on" || at(settings[1].(record), "owner") != "graph" {
		t.Errorf("settings %v", settings)
	}
	s.run("status").wants(1).shows("automatic auditing", "automatic activation of sensors", "not told")
	s.run("status", "--format", "prometheus").wants(1).shows(`adbadge_toggle_on{side="identity",owner="lab"} 1`, `adbadge_setting_on{side="identity",owner="graph",setting="auditing"} 0`)
	s.run("changes").wants(0).shows("automatic auditing", "on -> off", "automatic activation of sensors", "off -> on")
}

// What is missing is named, and nothing is changed.
func TestToggleOfASettingIsRefused(t *testing.T) {
	s := newShell(t)
	s.run("--lab-fault", "no-write:graph", "toggle", "auditing", "off", "--yes").wants(1, "SecurityIdentitiesAutoConfig.ReadWrite.All", "adminconsent")
	s.run("--lab-fault", "toggle-unreadable:auditing", "toggle", "auditing").wants(1, "cannot be read")
	s.run("--lab-fault", "toggle-unreadable:auditing", "status").wants(1).shows("ADB-107", "Automatic auditing could not be read")
	s.run("--lab-fault", "no-write:graph", "doctor").wants(1).shows("SecurityIdentitiesAutoConfig.ReadWrite.All for changes of the set-up of auditing")
	if got := s.run("toggle", "auditing").wants(0).out; got != "on\n" {
		t.Errorf("it is %q, want it untouched", got)
	}
	s.runAlive("--config", s.ldifConfig(), "toggle", "auditing").wants(1, "no such toggle")
}

func TestToggleOfASettingAsks(t *testing.T) {
	s := newShell(t)
	for key, code := range map[string]int{"n": 1, "y": 0} {
		p := ptytest.Start(t, 100, 24, s.environment(), s.path(), "--lab-still", "toggle", "activation", "on")
		p.WaitText("off -> on", "contoso.test", "[y/N]")
		p.Press(key, "Enter")
		if got := p.WaitExit(); got != code {
			t.Errorf("exit code %d after %s, want %d", got, key, code)
		}
		want := map[string]string{"n": "off\n", "y": "on\n"}[key]
		if got := s.run("toggle", "activation").wants(0).out; got != want {
			t.Errorf("after %s it is %q, want %q", key, got, want)
		}
		s.run("toggle", "activation", "off", "--yes")
	}
}
