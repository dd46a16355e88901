package settings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"adbadge/model"
)

func states(t *testing.T, s *Store) string {
	t.Helper()
	toggles, err := s.Toggles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(toggles) != 2 || toggles[0].Side != model.IdentitySide || toggles[1].Side != model.EndpointSide {
		t.Fatalf("want the identity side, then the endpoint side, not %+v", toggles)
	}
	for _, toggle := range toggles {
		if toggle.Owner != model.OwnerAdbadge || toggle.Read.IsZero() {
			t.Errorf("want a toggle of adbadge with the time of reading, not %+v", toggle)
		}
	}
	return toggles[0].State.String() + " " + toggles[1].State.String()
}

func TestToggles(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "state")
	s := New(folder, "11111111-2222-3333-4444-555555555555")
	if got := states(t, s); got != "on on" {
		t.Errorf("untouched: %s, want on on", got)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("reading made the state folder")
	}
	before := time.Now().Add(-time.Second)
	if err := s.SetToggle(t.Context(), model.Toggle{Side: model.EndpointSide}, false, "an\x1b[31mna"); err != nil {
		t.Fatal(err)
	}
	other := New(folder, "11111111-2222-3333-4444-555555555555")
	if got := states(t, other); got != "on off" {
		t.Errorf("another store of the same tenant reads %s, want on off", got)
	}
	if got := states(t, New(folder, "another tenant")); got != "on on" {
		t.Errorf("another tenant reads %s, want on on", got)
	}
	toggles, _ := other.Toggles(t.Context())
	if got := toggles[1]; got.By != "an␛[31mna" || got.Changed.Before(before) {
		t.Errorf("changed by %q at %v", got.By, got.Changed)
	}
	if toggles[0].By != "" || !toggles[0].Changed.IsZero() {
		t.Errorf("the identity side was not touched, but reads %+v", toggles[0])
	}
	if err := other.SetToggle(t.Context(), model.Toggle{Side: model.EndpointSide}, false, "berta"); err != nil {
		t.Fatal(err)
	}
	if toggles, _ = s.Toggles(t.Context()); toggles[1].By != "an␛[31mna" {
		t.Errorf("a change that changes nothing is written down as one by %q", toggles[1].By)
	}
}

func TestFileIsPrivate(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "state")
	s := New(folder, "t")
	if err := s.SetToggle(t.Context(), model.Toggle{Side: model.IdentitySide}, false, "anna"); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{folder: 0o700, s.Host(): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
	left, _ := filepath.Glob(filepath.Join(folder, "*"))
	if len(left) != 2 {
		t.Errorf("want the file and its lock, not %v", left)
	}
}

func TestDamagedFile(t *testing.T) {
	for name, content := range map[string]string{
		"empty":         "",
		"cut":           `{"version":1,"identity":{"on":fa`,
		"other version": `{"version":2}`,
		"no version":    `{}`,
		"no position":   `{"version":1,"identity":{"by":"anna"}}`,
		"a word":        `{"version":1,"identity":{"on":"yes"}}`,
		"unknown field": `{"version":1,"network":{"on":true}}`,
		"tail":          `{"version":1}{"version":1}`,
		"huge":          `{"version":1,"tenant":"` + strings.Repeat("x", maxFile) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t.TempDir(), "t")
			if err := os.WriteFile(s.Host(), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := states(t, s); got != "unknown unknown" {
				t.Errorf("%s, want unknown unknown", got)
			}
			toggles, _ := s.Toggles(t.Context())
			if p := toggles[0].Problem; p == nil || p.Remedy == "" || !strings.Contains(p.Error(), s.Host()) {
				t.Errorf("want a problem with the path and a remedy, not %v", p)
			}
			if err := s.SetToggle(t.Context(), model.Toggle{Side: model.IdentitySide}, true, "anna"); err == nil {
				t.Error("a damaged file was replaced, and the other toggle with it")
			}
			if got, _ := os.ReadFile(s.Host()); string(got) != content {
				t.Error("the damaged file was changed")
			}
		})
	}
}

func TestWritersTakeTurns(t *testing.T) {
	folder := t.TempDir()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			side := model.Side(i % 2)
			if err := New(folder, "t").SetToggle(t.Context(), model.Toggle{Side: side}, false, fmt.Sprint("person ", i)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := states(t, New(folder, "t")); got != "off off" {
		t.Errorf("%s, want off off: one write was lost", got)
	}
}

func TestLockIsHeldElsewhere(t *testing.T) {
	s := New(t.TempDir(), "t")
	l := flock.New(s.path + ".lock")
	if err := l.Lock(); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.SetToggle(ctx, model.Toggle{Side: model.IdentitySide}, false, "anna"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the cancellation", err)
	}
	if got := states(t, s); got != "on on" {
		t.Errorf("reading needs no lock, but gives %s", got)
	}
}

func TestFolderCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := New(filepath.Join(file, "state"), "t").SetToggle(t.Context(), model.Toggle{Side: model.IdentitySide}, false, "anna")
	if f, ok := errors.AsType[*model.Failure](err); !ok || f.Kind != model.Misconfigured || f.Remedy == "" {
		t.Errorf("want a failure with a remedy, not %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"version":1,"tenant":"t","identity":{"on":false,"by":"anna","changed":"2026-01-02T03:04:05Z"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parse(data)
		if err == nil && c.Version != version {
			t.Errorf("version %d was taken", c.Version)
		}
		if err == nil {
			c.Identity.isOn()
			c.Endpoint.isOn()
		}
	})
}

func TestWithoutAStateFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	s := New("", "tenant")
	if got := states(t, s); got != "on on" {
		t.Errorf("got %s, want on on", got)
	}
	if err := s.SetToggle(t.Context(), model.Toggle{Side: model.IdentitySide}, false, "anna"); err == nil || !strings.Contains(err.Error(), "XDG_STATE_HOME") {
		t.Errorf("got %v, want a refusal that says what to set", err)
	}
	if files, _ := os.ReadDir("."); len(files) > 0 {
		t.Errorf("the folder that the program was started in holds %v", files)
	}
}
