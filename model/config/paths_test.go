package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestFolders(t *testing.T) {
	for _, test := range []struct{ name, home, config, state, wantConfig, wantState string }{
		{"home", "/home/anna", "", "", "/home/anna/.config/adbadge/config.toml", "/home/anna/.local/state/adbadge"},
		{"variables", "/home/anna", "/c", "/s", "/c/adbadge/config.toml", "/s/adbadge"},
		{"relative variables do not count", "/home/anna", "c", "s", "/home/anna/.config/adbadge/config.toml", "/home/anna/.local/state/adbadge"},
		{"variables without a home", "", "/c", "/s", "/c/adbadge/config.toml", "/s/adbadge"},
		{"nothing", "", "", "", "", ""},
		{"relative home", "anna", "", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("HOME", test.home)
			t.Setenv("XDG_CONFIG_HOME", test.config)
			t.Setenv("XDG_STATE_HOME", test.state)
			if got, err := DefaultPath(); got != test.wantConfig || (err == nil) != (test.wantConfig != "") {
				t.Errorf("configuration at %q, %v", got, err)
			}
			if got, err := StateDir(); got != test.wantState || (err == nil) != (test.wantState != "") {
				t.Errorf("state in %q, %v", got, err)
			}
		})
	}
}

func TestInit(t *testing.T) {
	example, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	path := filepath.Join(root, "new", "adbadge", "config.toml")
	if err := Init(path, example); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %04o, want %04o", name, got, want)
		}
	}
	if _, err := Load(path); err != nil {
		t.Errorf("what was written does not load: %v", err)
	}
	if err := Init(path, []byte("other")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second time: %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != string(example) {
		t.Errorf("the file was changed, %v", err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("files left behind: %v, %v", entries, err)
	}
}
