package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"adbadge/model"
)

func TestStateThatCannotBeKeptStaysInMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(filepath.Join(file, "folder"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if s.Kept() || !strings.Contains(s.Problem(), "forgets its toggles") {
		t.Errorf("kept %v, problem %q; want memory, and a problem that says so", s.Kept(), s.Problem())
	}
	switchOff(t, s, model.IdentitySide)
	if s.Read().Identity.On {
		t.Error("the identity side is on, want off while the lab runs")
	}
}
