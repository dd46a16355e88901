package keys

import (
	"fmt"
	"slices"
	"strings"
)

// Map is the table with the configuration's keys in place. It is immutable.
type Map struct {
	bindings []Binding
	byKey    map[Scope]map[string]*Binding // one map for each single scope
}

// New puts the keys of a configuration in place of the defaults: action name -> keys. The error names the action
// that does not exist, cannot be changed, or whose key is taken.
func New(overrides map[string][]string) (*Map, error) {
	m := &Map{bindings: Defaults(), byKey: map[Scope]map[string]*Binding{}}
	names := make([]string, 0, len(overrides))
	for name := range overrides {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := m.override(Action(name), overrides[name]); err != nil {
			return nil, err
		}
	}
	chosen := func(b *Binding) bool { _, ok := overrides[string(b.Action)]; return ok && !b.Fixed }
	// Keys that the user chose come first: a default that is in their way gives in, and only it.
	for _, first := range []bool{true, false} {
		for i := range m.bindings {
			b := &m.bindings[i]
			if chosen(b) != first {
				continue
			}
			if err := m.bind(b, chosen); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

func (m *Map) override(action Action, with []string) error {
	found := false
	for i := range m.bindings {
		b := &m.bindings[i]
		if b.Action != action || b.Fixed {
			continue
		}
		found = true
		b.Keys = b.Keys[:0:0]
		for _, key := range with {
			b.Keys = append(b.Keys, normal(key))
		}
	}
	if !found {
		return fmt.Errorf("keys: there is no action %q that keys can be given to (adbadge's help lists them)", action)
	}
	return nil
}

// normal gives a key as the terminal library writes it.
func normal(key string) string {
	switch key {
	case " ":
		return "space"
	case "escape":
		return "esc"
	case "return":
		return "enter"
	}
	if rest, ok := strings.CutPrefix(key, "shift+"); ok && len(rest) == 1 {
		return strings.ToUpper(rest)
	}
	return key
}

// bind enters the keys of one binding. Among defaults and fixed keys a clash is a mistake of the table; a user's key
// takes a default's place, but not a fixed one's nor that of another user's key.
func (m *Map) bind(b *Binding, chosen func(*Binding) bool) error {
	for scope := List; scope <= Waiting; scope <<= 1 {
		if b.Scopes&scope == 0 {
			continue
		}
		if m.byKey[scope] == nil {
			m.byKey[scope] = map[string]*Binding{}
		}
		for _, key := range b.Keys {
			taken := m.byKey[scope][key]
			switch {
			case taken == nil || taken == b:
				m.byKey[scope][key] = b
			case chosen(taken) && !chosen(b) && !b.Fixed: // a default gives in
			case chosen(taken) || chosen(b):
				mine, other := taken, b
				if !chosen(mine) {
					mine, other = b, taken
				}
				return fmt.Errorf("keys: %s = %q clashes with %s, which has the same key", mine.Action, key, other.Action)
			default:
				return fmt.Errorf("keys: %q is given to both %s and %s", key, taken.Action, b.Action)
			}
		}
	}
	return nil
}

// Find gives the binding of a key in a scope, nil when there is none.
func (m *Map) Find(scope Scope, key string) *Binding { return m.byKey[scope][key] }

// In gives the bindings that hold in a scope, in the order of the table.
func (m *Map) In(scope Scope) []*Binding {
	var out []*Binding
	for i := range m.bindings {
		if m.bindings[i].Scopes&scope != 0 && len(m.KeysOf(&m.bindings[i], scope)) > 0 {
			out = append(out, &m.bindings[i])
		}
	}
	return out
}

// KeysOf gives the keys of a binding that really lead to it in a scope.
func (m *Map) KeysOf(b *Binding, scope Scope) []string {
	var out []string
	for _, key := range b.Keys {
		if m.byKey[scope][key] == b {
			out = append(out, key)
		}
	}
	return out
}

// Of gives the first key of an action in a scope, for texts that name it ("n clears it").
func (m *Map) Of(action Action, scope Scope) string {
	for i := range m.bindings {
		b := &m.bindings[i]
		if b.Action != action || b.Scopes&scope == 0 {
			continue
		}
		for _, key := range b.Keys {
			if m.byKey[scope][key] == b {
				return key
			}
		}
	}
	return "(no key)"
}

// Hints gives the bindings for the foot of the screen, the most important first, without those that cannot be used.
func (m *Map) Hints(scope Scope, s State) []*Binding {
	var out []*Binding
	for _, b := range m.In(scope) {
		if b.Priority > 0 && b.Refusal(s) == "" {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b *Binding) int { return b.Priority - a.Priority })
	return out
}
