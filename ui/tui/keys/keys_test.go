package keys

import (
	"slices"
	"strings"
	"testing"
)

func scopes() []Scope {
	var all []Scope
	for s := List; s <= Waiting; s <<= 1 {
		all = append(all, s)
	}
	return all
}

func TestNoKeyIsGivenTwice(t *testing.T) {
	m, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, scope := range scopes() {
		taken := map[string]Action{}
		for _, b := range m.In(scope) {
			for _, key := range b.Keys {
				if other, ok := taken[key]; ok {
					t.Errorf("scope %b: %q leads to %s and to %s", scope, key, other, b.Action)
				}
				taken[key] = b.Action
			}
		}
	}
}

func TestEveryBindingCanBeReached(t *testing.T) {
	m, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range Defaults() {
		for _, scope := range scopes() {
			if b.Scopes&scope == 0 {
				continue
			}
			for _, key := range b.Keys {
				if found := m.Find(scope, key); found == nil || found.Action != b.Action {
					t.Errorf("%q does not lead to %s in scope %b", key, b.Action, scope)
				}
			}
		}
	}
}

// Keys that terminals send for others as well, and names that tea.KeyPressMsg never gives.
func TestKeysAreOnesThatTerminalsSend(t *testing.T) {
	for _, b := range Defaults() {
		for _, key := range b.Keys {
			if slices.Contains([]string{"ctrl+i", "ctrl+m", "ctrl+[", "ctrl+h", " "}, key) || strings.HasPrefix(key, "shift+") && key != "shift+tab" {
				t.Errorf("%s: %q cannot be told apart or never comes", b.Action, key)
			}
		}
	}
}

func TestWhatIsShownHasWords(t *testing.T) {
	for _, b := range Defaults() {
		if b.Group == Silent {
			continue
		}
		if b.Long == "" || b.Short == "" {
			t.Errorf("%s has no words for help", b.Action)
		}
		if strings.HasSuffix(b.Long, ".") || b.Long != strings.TrimSpace(b.Long) {
			t.Errorf("%s: %q", b.Action, b.Long)
		}
	}
}

func TestDialogsCanBeLeft(t *testing.T) {
	m, _ := New(nil)
	for _, scope := range scopes() {
		if b := m.Find(scope, "esc"); b == nil || b.Action != Back {
			t.Errorf("esc does not lead back in scope %b", scope)
		}
		if b := m.Find(scope, "ctrl+c"); b == nil || b.Action != Stop {
			t.Errorf("ctrl+c does not quit in scope %b", scope)
		}
	}
}

func TestOverrides(t *testing.T) {
	for _, c := range []struct {
		name    string
		keys    map[string][]string
		key     string // pressed in the list
		want    Action // "" for nothing
		mistake string
	}{
		{"a new key", map[string][]string{"refresh": {"f5"}}, "f5", Refresh, ""},
		{"the old one is gone", map[string][]string{"refresh": {"f5"}}, "r", "", ""},
		{"several keys", map[string][]string{"refresh": {"f5", "ctrl+r"}}, "ctrl+r", Refresh, ""},
		{"it takes a default's place", map[string][]string{"refresh": {"j"}}, "j", Refresh, ""},
		{"the other key of that default stays", map[string][]string{"refresh": {"j"}}, "down", Down, ""},
		{"shift and a letter", map[string][]string{"refresh": {"shift+w"}}, "W", Refresh, ""},
		{"space by its name", map[string][]string{"mark": {" "}}, "space", Mark, ""},
		{"no keys at all", map[string][]string{"mouse": {}}, "m", "", ""},
		{"unknown action", map[string][]string{"refesh": {"f5"}}, "", "", `no action "refesh"`},
		{"two want the same", map[string][]string{"refresh": {"f5"}, "help": {"f5"}}, "", "", "f5"},
		{"what cannot be changed", map[string][]string{"stop": {"f5"}}, "", "", `no action "stop"`},
		{"the key that always quits", map[string][]string{"refresh": {"ctrl+c"}}, "", "", "refresh"},
	} {
		m, err := New(c.keys)
		if c.mistake != "" {
			if err == nil || !strings.Contains(err.Error(), c.mistake) {
				t.Errorf("%s: %v, want one that names %s", c.name, err, c.mistake)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got Action
		if b := m.Find(List, c.key); b != nil {
			got = b.Action
		}
		if got != c.want {
			t.Errorf("%s: %q leads to %q, want %q", c.name, c.key, got, c.want)
		}
	}
}

func TestHintsLeaveOutWhatCannotBeUsed(t *testing.T) {
	m, _ := New(nil)
	for _, b := range m.Hints(List, State{NoRow: "none", NoLink: "none", NoFilter: true}) {
		if b.Action == Open || b.Action == Peek || b.Action == ClearFilter {
			t.Errorf("%s is offered although it cannot be used", b.Action)
		}
	}
	if first := m.Hints(List, State{Portal: "endpoint portal"})[0]; first.Action != Open || first.Hint(State{Portal: "endpoint portal"}) != "endpoint portal" {
		t.Errorf("the first hint is %s", first.Action)
	}
}

func TestWritesAreRefusedOnce(t *testing.T) {
	b := Binding{Writes: true}
	if b.Refusal(State{ReadOnly: "read-only"}) != "read-only" || b.Refusal(State{}) != "" {
		t.Error("a change is not refused by Writes alone")
	}
}
