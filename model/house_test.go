// The tests of this file look at the whole house, not at the model alone: who imports whom, and what stands at the top.
package model_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "adbadge"

// imported is one import of one file.
type imported struct {
	file string
	from string // folder of the file, "" for the top
	what string // import path; of our own packages without the module's name
	ours bool
	test bool // in a test, or in a package that only helps tests: its name ends in "test"
}

// The arrows: main -> ui -> providers -> model. Packages below providers know model and the sign-in, never each other.
func TestImportArrows(t *testing.T) {
	t.Chdir("..")
	imports := allImports(t)
	if len(imports) < 100 {
		t.Fatalf("only %d imports were found: this test does not look at the code", len(imports))
	}
	for _, i := range imports {
		if why := wrong(i); why != "" {
			t.Errorf("%s imports %q: %s", i.file, i.what, why)
		}
	}
}

// Each of these imports would be a mistake: if the rules let one pass, TestImportArrows proves nothing.
func TestArrowsCatchMistakes(t *testing.T) {
	ours := func(from, what string) imported { return imported{from: from, what: what, ours: true} }
	for _, i := range []imported{
		ours("", "ui/tui"), ours("", "model"), ours("model", "providers"), ours("model/query", "ui/export"),
		ours("providers", "ui/cli"), ours("providers/ldap", "providers/graph"), ours("providers/ldap", "providers/entra"),
		ours("providers/endpoint", "providers"), ours("providers/lab/world", "providers/ldap"),
		ours("ui/tui", "providers/portal"), ours("ui/tui", "ui/cli"), ours("ui/cli", "ui/ptytest"),
		{from: "model", what: "github.com/spf13/cobra"}, {from: "model", what: "net/http"},
		{from: "model/query", what: "github.com/BurntSushi/toml"}, {from: "providers", what: "charm.land/bubbletea/v2"},
	} {
		if wrong(i) == "" {
			t.Errorf("the rules let %q import %q", i.from, i.what)
		}
	}
	for _, i := range []imported{
		ours("", "ui/cli"), ours("ui/tui/page/list", "ui/tui/keys"), ours("ui/cli", "providers"), ours("providers", "providers/ldap"),
		ours("providers/graph", "providers/entra"), ours("providers/lab/cloud", "providers/lab/world"),
		{from: "model/config", what: "github.com/BurntSushi/toml"},
	} {
		if why := wrong(i); why != "" {
			t.Errorf("the rules forbid %q to import %q: %s", i.from, i.what, why)
		}
	}
}

// wrong says which rule an import breaks, or nothing.
func wrong(i imported) string {
	room, _, _ := strings.Cut(i.from, "/")
	switch {
	case !i.ours:
		return wrongLibrary(i, room)
	case i.test:
		return wrongInTest(i, room)
	}
	switch room {
	case "":
		if i.what != "ui/cli" {
			return "main hands over to ui/cli and knows nothing else"
		}
	case "model":
		if !within(i.what, "model") {
			return "model imports nothing of ours but model"
		}
	case "providers":
		return wrongProvider(i)
	case "ui":
		return wrongScreen(i)
	}
	return ""
}

// cloudPackages are the ones below providers that may sign in.
var cloudPackages = []string{"providers/endpoint", "providers/graph", "providers/lab"}

func wrongProvider(i imported) string {
	switch {
	case within(i.what, "model"), i.from == "providers" && within(i.what, "providers"):
		return ""
	case !within(i.what, "providers"):
		return "providers know model and each other's root, never the screen"
	case i.what == "providers/entra" && slices.Contains(cloudPackages, i.from):
		return ""
	case i.what != "providers" && source(i.what) == source(i.from):
		return "" // a package and those below it
	}
	return "packages below providers know model and, the cloud ones, entra; never each other"
}

// source gives the package right below providers: "providers/lab" of "providers/lab/world".
func source(folder string) string {
	parts := strings.SplitN(folder, "/", 3)
	return path.Join(parts[:min(2, len(parts))]...)
}

func wrongScreen(i imported) string {
	switch {
	case strings.HasSuffix(i.what, "test"):
		return "what helps tests is for tests"
	case within(i.what, "ui/cli") && !within(i.from, "ui/cli"):
		return "the commands start the screen, not the other way round"
	case within(i.what, "ui"), within(i.what, "model"), i.what == "providers":
		return ""
	}
	return "ui sees package providers, never one below it"
}

// wrongInTest allows more: a test may run real servers. It still may not look up the stairs.
func wrongInTest(i imported, room string) string {
	storeys := []string{"model", "providers", "ui", ""}
	target, _, _ := strings.Cut(i.what, "/")
	if slices.Index(storeys, target) > slices.Index(storeys, room) {
		return "a test looks at its own storey and those below"
	}
	return ""
}

func wrongLibrary(i imported, room string) string {
	library := strings.Contains(strings.SplitN(i.what, "/", 2)[0], ".")
	switch {
	case i.test:
		return ""
	case room == "model" && (strings.HasPrefix(i.what, "net/http") || i.what == "os/exec" || i.what == "net"):
		return "model does no I/O"
	case room == "model" && library && !within(i.what, "golang.org/x/text"):
		if i.from == "model/config" && i.what == "github.com/BurntSushi/toml" {
			return ""
		}
		return "model imports the standard library, x/text, and for the configuration toml"
	case room == "providers" && within(i.what, "charm.land"):
		return "providers draw nothing"
	}
	return ""
}

func within(folder, room string) bool { return folder == room || strings.HasPrefix(folder, room+"/") }

func allImports(t *testing.T) []imported {
	t.Helper()
	var all []imported
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && file != ".":
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(file) != ".go":
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			what, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			i := imported{file: file, from: strings.Trim(filepath.ToSlash(filepath.Dir(file)), "."), what: what,
				test: strings.HasSuffix(file, "_test.go") || strings.HasSuffix(filepath.Dir(file), "test")}
			i.what, i.ours = strings.CutPrefix(what, module+"/")
			all = append(all, i)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What stands at the top is what a newcomer sees first.
func TestTopLevel(t *testing.T) {
	allowed := []string{
		"CHANGELOG.md", "LICENSE", "Makefile", "README.md", "config.example.toml", "go.mod", "go.sum", "main.go",
		"model", "providers", "ui",
	}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		if name := entry.Name(); !strings.HasPrefix(name, ".") && name != module { // go build leaves a program there
			found = append(found, name)
		}
	}
	if !slices.Equal(found, allowed) {
		t.Errorf("at the top are\n%q, want\n%q", found, allowed)
	}
}
