package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adbadge/model/config"
)

func TestStateComesBack(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "folder")
	if s, err := Load(folder); err != nil || s.Side != "" {
		t.Fatalf("nothing remembered: %+v, %v", s, err)
	}
	want := State{Side: "endpoint", Theme: "light", Unpinned: true, Orders: map[string]string{"identity/All": "-name"},
		Views: map[string]config.View{"9": {Name: "Mine", Query: "badge:alerts", Sort: "badge"}}}
	for range 2 {
		if err := want.Save(folder); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Load(folder)
	if err != nil || !cmp.Equal(want, got) {
		t.Errorf("%v\n%s", err, cmp.Diff(want, got))
	}
	for path, mode := range map[string]os.FileMode{folder: 0o700, filepath.Join(folder, fileName): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s has mode %v, want %v (%v)", path, info.Mode().Perm(), mode, err)
		}
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("%d files are left in the folder", len(entries))
	}
}

func TestADamagedFileMeansDefaults(t *testing.T) {
	folder := t.TempDir()
	for _, content := range []string{"{", "[]", `{"orders": 5}`, strings.Repeat(" ", maxSize+1)} {
		if err := os.WriteFile(filepath.Join(folder, fileName), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Load(folder)
		if err == nil || !strings.Contains(err.Error(), "starts with the defaults") {
			t.Errorf("%.10q: %v", content, err)
		}
		if !cmp.Equal(s, State{}) {
			t.Errorf("%.10q: something was remembered: %+v", content, s)
		}
	}
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (State{}).Save(filepath.Join(blocked, "state")); err == nil {
		t.Error("saving below a file went well")
	}
	if err := (State{}).Save(""); err != nil {
		t.Errorf("without a folder nothing is saved, and that is no error: %v", err)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	s := State{Orders: map[string]string{"a": "name"}, Views: map[string]config.View{"1": {Name: "x"}}}
	c := s.Clone()
	c.Orders["a"], c.Views["1"] = "badge", config.View{Name: "y"}
	if s.Orders["a"] != "name" || s.Views["1"].Name != "x" {
		t.Error("a change of the copy changed the original")
	}
}
