package state

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"adbadge/model"
)

var epoch = time.Date(2026, 3, 3, 14, 0, 0, 0, time.UTC)

func open(t *testing.T, folder string) *Store {
	t.Helper()
	s, err := Open(folder, epoch)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func switchOff(t *testing.T, s *Store, side model.Side) {
	t.Helper()
	if err := s.Update(func(d *Data) { *d.Toggle(side) = Toggle{By: "anna", Changed: epoch.Add(time.Hour)} }); err != nil {
		t.Fatal(err)
	}
}

func TestTwoStoresShareAFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "state")
	one, two := open(t, folder), open(t, folder)
	if d := two.Read(); !d.Identity.On || !d.Endpoint.On || !d.Epoch.Equal(epoch) {
		t.Fatalf("a fresh state is not on for both sides: %+v", d)
	}
	switchOff(t, one, model.IdentitySide)
	d := two.Read()
	if d.Identity.On || d.Identity.By != "anna" || !d.Endpoint.On {
		t.Errorf("the other store does not see the change: %+v", d)
	}
	later, err := Open(folder, epoch.Add(24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if d := later.Read(); d.Identity.On || !d.Epoch.Equal(epoch) {
		t.Errorf("a later run does not go on where the first ended: %+v", d)
	}
	if err := Reset(folder); err != nil {
		t.Fatal(err)
	}
	if d := two.Read(); !d.Identity.On {
		t.Error("a store that runs does not see the reset")
	}
}

func TestFileIsPrivate(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "state")
	open(t, folder)
	for path, want := range map[string]os.FileMode{folder: 0o700, filepath.Join(folder, "lab.json"): 0o600, filepath.Join(folder, "lab.lock"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
}

func TestWritersAtTheSameTimeLoseNothing(t *testing.T) {
	folder := t.TempDir()
	const writers, each = 4, 10
	var wg sync.WaitGroup
	for w := range writers {
		s := open(t, folder) // as another process would have it
		wg.Go(func() {
			for i := range each {
				if err := s.Update(func(d *Data) { d.Alerts[fmt.Sprintf("a%d-%d", w, i)] = AlertChange{Status: "Resolved"} }); err != nil {
					t.Error(err)
				}
				s.Read()
			}
		})
	}
	wg.Wait()
	if got := len(open(t, folder).Read().Alerts); got != writers*each {
		t.Errorf("%d of %d changes are left", got, writers*each)
	}
	left, err := filepath.Glob(filepath.Join(folder, "lab.json.*"))
	if err != nil || len(left) > 0 {
		t.Errorf("files are left behind: %v %v", left, err)
	}
}

func TestReadersKeepWhatTheyRead(t *testing.T) {
	s := open(t, "")
	if err := s.Update(func(d *Data) { d.Alerts["a"] = AlertChange{Status: "New"} }); err != nil {
		t.Fatal(err)
	}
	before := s.Read()
	if err := s.Update(func(d *Data) { d.Alerts["a"] = AlertChange{Status: "Resolved"} }); err != nil {
		t.Fatal(err)
	}
	if before.Alerts["a"].Status != "New" || s.Read().Alerts["a"].Status != "Resolved" {
		t.Error("a change reached into a state that was read before")
	}
}

func TestDamagedFileIsReportedAndReplaced(t *testing.T) {
	for name, content := range map[string]string{"cut": `{"version":1,"epo`, "empty": "", "other": `[]`, "no version": `{}`} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "lab.json"), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			s := open(t, folder)
			if !strings.Contains(s.Problem(), "damaged") {
				t.Errorf("the damage is not reported: %q", s.Problem())
			}
			if kept, err := os.ReadFile(filepath.Join(folder, "lab.json.damaged")); err != nil || string(kept) != content {
				t.Errorf("the damaged file is not kept: %q %v", kept, err)
			}
			if again := open(t, folder); again.Problem() != "" || !again.Read().Identity.On {
				t.Errorf("the next run is not well: %q", again.Problem())
			}
		})
	}
}

func TestDamageWhileRunning(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	switchOff(t, s, model.EndpointSide)
	if err := os.WriteFile(filepath.Join(folder, "lab.json"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if d := s.Read(); d.Endpoint.On {
		t.Error("the last good state is forgotten")
	}
	if s.Problem() == "" {
		t.Error("the damage is not reported")
	}
	switchOff(t, s, model.IdentitySide)
	if d := open(t, folder).Read(); d.Identity.On {
		t.Error("the change after the damage is lost")
	}
}

func TestNewerFileIsLeftAlone(t *testing.T) {
	folder := t.TempDir()
	content := []byte(`{"version":2,"epoch":"2026-03-03T14:00:00Z"}`)
	if err := os.WriteFile(filepath.Join(folder, "lab.json"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(folder, epoch); err == nil || !strings.Contains(err.Error(), "lab reset") {
		t.Errorf("no remedy for a newer file: %v", err)
	}
	if kept, err := os.ReadFile(filepath.Join(folder, "lab.json")); err != nil || string(kept) != string(content) {
		t.Errorf("the newer file was touched: %q %v", kept, err)
	}
}

func TestResetOfNothing(t *testing.T) {
	if err := Reset(filepath.Join(t.TempDir(), "absent")); err != nil {
		t.Error(err)
	}
}
