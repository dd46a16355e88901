package config

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const examplePath = "../../config.example.toml"

func TestExampleIsTheDefault(t *testing.T) {
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse("config.example.toml", data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), f.Config); diff != "" {
		t.Errorf("config.example.toml differs from the defaults (- default, + file):\n%s", diff)
	}
}

// Every setting stands in the example, after a line that explains it.
func TestExampleHasEverySetting(t *testing.T) {
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	found := scanLines(string(data))
	text := strings.Split(string(data), "\n")
	top := reflect.TypeFor[Config]()
	for i, section := range fieldsOf(top) {
		if top.Field(i).Type == tenantsType {
			continue // there are none by default
		}
		if _, ok := found[section]; !ok {
			t.Errorf("no section %s", section)
		}
		fields := top.Field(i).Type
		if fields == directoriesType {
			fields = fields.Elem()
		}
		if fields.Kind() != reflect.Struct {
			continue
		}
		for _, key := range fieldsOf(fields) {
			line, ok := found[pathKey([]string{section, key})]
			if !ok {
				t.Errorf("no setting %s in [%s]", key, section)
				continue
			}
			if !strings.HasPrefix(text[line-2], "# ") {
				t.Errorf("line %d: %s has no comment before it", line, key)
			}
		}
	}
	for _, key := range fieldsOf(reflect.TypeFor[View]()) {
		if _, ok := found[pathKey([]string{"views", "0", key})]; !ok {
			t.Errorf("no setting %s in [[views]]", key)
		}
	}
}

// The further tenants that the example explains in comments are a configuration that is understood.
func TestExampleTenants(t *testing.T) {
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimPrefix(line, "# ")
		if strings.HasPrefix(line, "[tenants.") || len(lines) > 0 && line != "\n" {
			lines = append(lines, line)
		} else if len(lines) > 0 {
			break
		}
	}
	f, err := Parse("c", []byte(strings.Join(lines, "")))
	if err != nil {
		t.Fatalf("%v in\n%s", err, strings.Join(lines, ""))
	}
	if names := f.Config.TenantNames(); len(names) != 1 || names[0] != "fabrikam" || f.Config.Tenants[0].Directories[0].Domain != "fabrikam.test" {
		t.Errorf("got %+v", f.Config.Tenants)
	}
}
