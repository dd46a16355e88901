package ldap

import (
	"errors"
	"testing"

	"adbadge/model"
)

var (
	dc1 = server{host: "dc1.contoso.test", port: "636"}
	dc2 = server{host: "dc2.contoso.test", port: "636"}
)

// TestPositionsOfSeveralControllers: each is followed on its own, and reading one whole does not forget the others.
func TestPositionsOfSeveralControllers(t *testing.T) {
	var start track
	first := start.at(position{"a", 5}, dc1, nil)
	second := first.at(position{"b", 90}, dc2, nil)
	third := second.at(position{"a", 7}, dc1, nil)
	encoded, err := third.encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodePosition(encoded)
	if err != nil || got.Numbers["a"] != 7 || got.Numbers["b"] != 90 || len(got.Numbers) != 2 {
		t.Errorf("positions %+v (%v)", got, err)
	}
	if _, err := decodePosition("{odd"); !errors.Is(err, model.ErrPositionLost) {
		t.Errorf("got %v for what is no position", err)
	}
	for range 3 * maxControllers {
		third = third.at(position{"c" + string(encoded), 1}, server{host: string(encoded)}, nil)
		encoded += "x"
	}
	if len(third.Numbers) != maxControllers || len(third.Addresses) != maxControllers {
		t.Errorf("%d databases and %d addresses are remembered", len(third.Numbers), len(third.Addresses))
	}
}

func TestWhoCanTellWhatHasChanged(t *testing.T) {
	synced := map[string]syncState{"contoso.test": {Cookie: []byte("x")}}
	for name, c := range map[string]struct {
		domains map[string]syncState
		now     position
		at      server
		lost    bool
	}{
		"the same":               {nil, position{"a", 5}, dc1, false},
		"the same, later":        {nil, position{"a", 6}, dc1, false},
		"the same, earlier":      {nil, position{"a", 4}, dc1, true},
		"the same elsewhere":     {nil, position{"a", 5}, dc2, false},
		"another":                {nil, position{"b", 9}, dc2, true},
		"another in its place":   {nil, position{"b", 9}, dc1, true},
		"silent":                 {nil, position{}, dc1, true},
		"DirSync":                {synced, position{"a", 5}, dc1, false},
		"DirSync, earlier":       {synced, position{"a", 4}, dc1, true},
		"DirSync, another":       {synced, position{"b", 9}, dc2, false},
		"DirSync, in its place":  {synced, position{"b", 9}, dc1, true},
		"DirSync, silent":        {synced, position{}, dc2, true},
		"DirSync, the same, two": {synced, position{"a", 7}, dc2, false},
	} {
		t.Run(name, func(t *testing.T) {
			known := (&track{}).at(position{"a", 5}, dc1, c.domains)
			if err := known.lostBy(c.now, c.at); errors.Is(err, model.ErrPositionLost) != c.lost {
				t.Errorf("got %v", err)
			}
		})
	}
}
