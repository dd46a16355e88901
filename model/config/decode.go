package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// decoder fills a Config from the values of a document. Unlike the TOML library's own decoding it goes on after a
// mistake, so that one run names them all.
type decoder struct{ scope }

var (
	durationType    = reflect.TypeFor[time.Duration]()
	viewsType       = reflect.TypeFor[[]View]()
	directoriesType = reflect.TypeFor[[]Directory]()
	tenantsType     = reflect.TypeFor[[]Config]()
)

// fill stores value, which stands at path, into out.
func (d decoder) fill(path []string, value any, out reflect.Value) {
	if out.Type() == durationType {
		d.duration(path, value, out)
		return
	}
	switch out.Kind() {
	case reflect.Struct:
		d.table(path, value, out)
	case reflect.Map:
		d.keys(path, value, out)
	case reflect.Slice:
		switch out.Type() {
		case viewsType:
			d.views(path, value, out)
		case directoriesType:
			d.directories(path, value, out)
		case tenantsType:
			d.tenants(path, value, out)
		default:
			d.texts(path, value, out)
		}
	case reflect.String:
		if s, ok := value.(string); ok {
			out.SetString(s)
			return
		}
		d.mistyped(path, "a text in quotes", value)
	case reflect.Bool:
		if b, ok := value.(bool); ok {
			out.SetBool(b)
			return
		}
		d.mistyped(path, "true or false", value)
	case reflect.Int:
		if n, ok := value.(int64); ok && int64(int(n)) == n {
			out.SetInt(n)
			return
		}
		d.mistyped(path, "a whole number", value)
	default:
		panic("config: no way to read a setting of type " + out.Type().String())
	}
}

// table fills a struct from a table, and names the keys that the struct does not have.
func (d decoder) table(path []string, value any, out reflect.Value) {
	table, ok := value.(map[string]any)
	if !ok {
		d.mistyped(path, "a section", value)
		return
	}
	known := fieldsOf(out.Type())
	for key, inner := range table {
		at := extend(path, key)
		if i := slices.Index(known, key); i >= 0 {
			d.fill(at, inner, out.Field(i))
			continue
		}
		d.unknown(at, inner, known)
	}
}

// unknown names a key that does not exist, and what was perhaps meant.
func (d decoder) unknown(path []string, value any, known []string) {
	key := path[len(path)-1]
	_, isTable := value.(map[string]any)
	switch {
	case len(path) > 1 && looksSecret(key):
		d.say(path, "%s: a secret does not belong in this file; put it into a file that only you can read and name that "+
			"with %[2]s_file, or into an environment variable and name that with %[2]s_env", setting(path), secretName(path))
	case len(path) > 1 && path[0] == "views":
		d.say(path, "unknown key %q in [[views]]%s", key, didYouMean(key, known))
	case len(path) > 1:
		d.say(path, "unknown key %q in [%s]%s", key, path[0], hint(key, known))
	case isTable:
		d.say(path, "unknown section [%s]%s", key, didYouMean(key, known))
	case looksSecret(key):
		d.say(path, "%q: a secret does not belong in this file; name a file or an environment variable with it under "+
			"[directory] or [signin]", key)
	default:
		d.say(path, "unknown key %q outside of a section%s", key, hint(key, known))
	}
}

// hint gives the section that a key belongs to, or a similar key.
func hint(key string, known []string) string {
	if similar := didYouMean(key, known); similar != "" {
		return similar
	}
	t := reflect.TypeFor[Config]()
	var sections []string
	for i, section := range fieldsOf(t) {
		f := t.Field(i).Type
		if f == directoriesType {
			f = f.Elem()
		}
		if f.Kind() == reflect.Struct && slices.Contains(fieldsOf(f), key) {
			sections = append(sections, "["+section+"]")
		}
	}
	if len(sections) == 0 {
		return ""
	}
	return " (it belongs in " + strings.Join(sections, " or ") + ")"
}

// looksSecret reports whether a key seems to hold a secret in plain text.
func looksSecret(key string) bool {
	key = strings.ToLower(key)
	return slices.ContainsFunc([]string{"password", "passwd", "secret", "token", "apikey", "api_key"}, func(part string) bool {
		return strings.Contains(key, part)
	})
}

// secretName gives what settings for a secret in a section begin with.
func secretName(path []string) string {
	if path[0] == "directory" {
		return "password"
	}
	return "secret"
}

func (d decoder) duration(path []string, value any, out reflect.Value) {
	const want = `a duration in quotes, such as "60s" or "15m"`
	s, ok := value.(string)
	if !ok {
		d.mistyped(path, want, value)
		return
	}
	parsed, err := time.ParseDuration(s)
	if err != nil {
		d.say(path, "%s must be %s, not %q", setting(path), want, s)
		return
	}
	out.SetInt(int64(parsed))
}

func (d decoder) texts(path []string, value any, out reflect.Value) {
	const want = "a list of texts in square brackets"
	list, ok := value.([]any)
	if !ok {
		d.mistyped(path, want, value)
		return
	}
	texts := make([]string, len(list))
	for i, element := range list {
		if texts[i], ok = element.(string); !ok {
			d.mistyped(path, want, element)
			return
		}
	}
	out.Set(reflect.ValueOf(texts))
}

// keys fills a table of lists, adding to what is there.
func (d decoder) keys(path []string, value any, out reflect.Value) {
	table, ok := value.(map[string]any)
	if !ok {
		d.mistyped(path, "a section", value)
		return
	}
	for key, inner := range table {
		list := reflect.New(out.Type().Elem()).Elem()
		d.texts(extend(path, key), inner, list)
		out.SetMapIndex(reflect.ValueOf(key), list)
	}
}

// listOf gives the elements of a list of sections.
func listOf(value any) (tables []any, ok bool) {
	switch list := value.(type) {
	case []map[string]any:
		for _, table := range list {
			tables = append(tables, table)
		}
		return tables, true
	case []any:
		return list, true
	}
	return nil, false
}

// directories fills the list of directories from one section [directory], or several headed [[directory]].
func (d decoder) directories(path []string, value any, out reflect.Value) {
	tables, several := listOf(value)
	if !several {
		tables = []any{value}
	} else if len(tables) == 0 {
		return
	}
	directories := make([]Directory, len(tables))
	for i, table := range tables {
		directories[i] = defaultDirectory()
		decoder{d.inDirectory(i, len(tables))}.fill(path, table, reflect.ValueOf(&directories[i]).Elem())
	}
	out.Set(reflect.ValueOf(directories))
}

// views fills the list of views; one that is not empty replaces the defaults.
func (d decoder) views(path []string, value any, out reflect.Value) {
	tables, ok := listOf(value)
	if !ok {
		d.mistyped(path, "a list of sections, each headed [[views]]", value)
		return
	}
	if len(tables) == 0 {
		return
	}
	views := make([]View, len(tables))
	for i, table := range tables {
		d.fill(extend(path, strconv.Itoa(i)), table, reflect.ValueOf(&views[i]).Elem())
	}
	out.Set(reflect.ValueOf(views))
}

// mistyped says what kind of value a setting wants. The value itself is not repeated: it may be a secret.
func (d decoder) mistyped(path []string, want string, value any) {
	d.say(path, "%s must be %s, not %s", setting(path), want, kindOf(value))
}

func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "a text"
	case bool:
		return "true or false"
	case int64, float64:
		return "a number"
	case time.Time:
		return "a date"
	case []any:
		return "a list"
	case map[string]any, []map[string]any:
		return "a section"
	}
	return fmt.Sprintf("a %T", value)
}

// fieldsOf lists the keys of a section in the order of its fields.
func fieldsOf(t reflect.Type) []string {
	names := make([]string, t.NumField())
	for i := range names {
		names[i] = t.Field(i).Tag.Get("toml")
	}
	return names
}

// extend gives a new path with one part more.
func extend(path []string, part string) []string {
	return append(path[:len(path):len(path)], part)
}
