package ldap

import (
	"errors"
	"testing"

	"adbadge/model"
)

// TestPositionsOfSeveralControllers: each is followed on its own, and reading one whole does not forget the others.
func TestPositionsOfSeveralControllers(t *testing.T) {
	at := func(p model.Position) positions {
		t.Helper()
		known, err := decodePosition(p)
		if err != nil {
			t.Fatal(err)
		}
		return known
	}
	first, err := positions(nil).with(position{"a", 5})
	if err != nil {
		t.Fatal(err)
	}
	second, err := at(first).with(position{"b", 90})
	if err != nil {
		t.Fatal(err)
	}
	third, err := at(second).with(position{"a", 7})
	if known := at(third); err != nil || known["a"] != 7 || known["b"] != 90 || len(known) != 2 {
		t.Errorf("positions %v (%v)", known, err)
	}
	if silent, err := at(third).with(position{}); silent != "" || err != nil {
		t.Errorf("a server that does not tell gives %q (%v)", silent, err)
	}
	if _, err := decodePosition("{odd"); !errors.Is(err, model.ErrPositionLost) {
		t.Errorf("got %v for what is no position", err)
	}
}
