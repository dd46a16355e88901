package entratest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Shared gives the path of something that is kept in a folder "shared" beside the project, which is not part of it: the
// vendor's sample answers, the published schema. It is looked for from the test's folder upwards, so that any package
// finds it. Where it is absent the test is skipped.
func Shared(t testing.TB, path ...string) string {
	t.Helper()
	name := filepath.Join(append([]string{"shared"}, path...)...)
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		found := filepath.Join(folder, name)
		switch _, err := os.Stat(found); {
		case err == nil:
			return found
		case !errors.Is(err, fs.ErrNotExist):
			t.Fatal(err)
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			t.Skipf("%s is not beside the project", name)
		}
		folder = parent
	}
}

// ReadShared reads a file of that folder.
func ReadShared(t testing.TB, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(Shared(t, path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// SharedNames lists the files of a folder there.
func SharedNames(t testing.TB, path ...string) []string {
	t.Helper()
	entries, err := os.ReadDir(Shared(t, path...))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// CheckShared runs the check of each file of a folder of the shared material. A check that is nil says that nobody reads the
// file; a file without one, and a check without its file, are mistakes.
func CheckShared(t *testing.T, checks map[string]func(t *testing.T, data []byte), path ...string) {
	t.Helper()
	names := SharedNames(t, path...)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			check, known := checks[name]
			if !known {
				t.Fatal("nobody reads it, and nothing says why")
			}
			if check != nil {
				check(t, ReadShared(t, append(slices.Clone(path), name)...))
			}
		})
	}
	for name := range checks {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not there", name)
		}
	}
}
