package config

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// TenantNames lists the tenants of a configuration in the order of the file. One that has a single tenant need not name
// it: its name may be empty.
func (c Config) TenantNames() []string {
	var names []string
	if c.hasOwnTenant() {
		names = append(names, c.Tenant.Name)
	}
	for i := range c.Tenants {
		names = append(names, c.Tenants[i].Tenant.Name)
	}
	return names
}

// For gives the configuration of one tenant: its own sources, with the looks, views and keys of the file. An empty name
// stands for the first one.
func (c Config) For(name string) (Config, error) {
	if c.hasOwnTenant() && (name == "" || name == c.Tenant.Name) {
		return c, nil
	}
	for _, t := range c.Tenants {
		if name == "" || name == t.Tenant.Name {
			t.Screen, t.Views, t.Keys, t.Tenants = c.Screen, c.Views, c.Keys, c.Tenants
			return t, nil
		}
	}
	names := slices.DeleteFunc(c.TenantNames(), func(n string) bool { return n == "" })
	if len(names) == 0 {
		return Config{}, fmt.Errorf("there is no tenant %q: the configuration names none", name)
	}
	return Config{}, fmt.Errorf("there is no tenant %q: it is %s", name, oneOf(names))
}

// hasOwnTenant reports whether the sections at the top of the file are a tenant, rather than left out for those of
// [tenants.NAME].
func (c Config) hasOwnTenant() bool { return len(c.Tenants) == 0 || !c.IsLab() }

// shared are the sections that belong to all tenants.
var shared = []string{"screen", "views", "keys", "tenants"}

// tenants fills the further tenants. The section [tenants.NAME] holds what [tenant] does but the name, and the others
// lie in it: [tenants.NAME.directory]. Nothing is taken over from the tenant at the top, so that no secret of one
// is sent to another.
func (d decoder) tenants(path []string, value any, out reflect.Value) {
	tables, ok := value.(map[string]any)
	if !ok {
		d.mistyped(path, "sections, each headed [tenants.NAME]", value)
		return
	}
	names := slices.SortedFunc(maps.Keys(tables), func(a, b string) int {
		return cmp.Or(cmp.Compare(d.lines.of(extend(path, a)), d.lines.of(extend(path, b))), strings.Compare(a, b))
	})
	var tenants []Config
	for _, name := range names {
		table, ok := tables[name].(map[string]any)
		if !ok {
			d.mistyped(extend(path, name), "a section headed [tenants.NAME]", tables[name])
			continue
		}
		t := Default()
		t.Screen, t.Views, t.Keys = Screen{}, nil, nil
		in := decoder{scope{report: d.report, tenant: name}}
		in.oneTenant(table, &t)
		t.Tenant.Name = name
		tenants = append(tenants, t)
	}
	out.Set(reflect.ValueOf(tenants))
}

// oneTenant fills one tenant from its section: as if the file held nothing else.
func (d decoder) oneTenant(table map[string]any, out *Config) {
	own := map[string]any{}
	sections := fieldsOf(reflect.TypeFor[Config]())
	for key, inner := range table {
		section := slices.Contains(sections, key)
		switch _, isTable := inner.(map[string]any); {
		case slices.Contains(shared, key):
			d.say(at(key), "[%s] is for all tenants: it stands at the top of the file", key)
		case key == "tenant":
			d.say(at("tenant", key), "the settings of [tenant] stand in [tenants.%s] itself", d.tenant)
		case key == "name":
			d.say(at("tenant", "name"), "the name of the tenant is that of its section, %s", d.tenant)
		case section:
			d.fill(at(key), inner, reflect.ValueOf(out).Elem().Field(slices.Index(sections, key)))
		case isTable:
			d.unknown(at(key), inner, sections)
		default:
			own[key] = inner
		}
	}
	d.fill(at("tenant"), own, reflect.ValueOf(&out.Tenant).Elem())
}

// tenantName is what can be typed after --tenant without quotes.
var tenantName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`) })

// tenants checks the further tenants, and that names tell all of them apart.
func (c checker) tenants(cfg *Config) {
	if len(cfg.Tenants) == 0 {
		return
	}
	if cfg.hasOwnTenant() && cfg.Tenant.Name == "" {
		c.say(at("tenant", "name"), "[tenant] name is missing: there are several tenants, and --tenant chooses one by its name")
	}
	for i := range cfg.Tenants {
		t := &cfg.Tenants[i]
		in := checker{scope{report: c.report, tenant: t.Tenant.Name}}
		switch {
		case !tenantName().MatchString(t.Tenant.Name):
			in.say(at("tenant"), "the name of a section [tenants.NAME] holds letters, digits, dots, dashes and underscores only")
		case cfg.hasOwnTenant() && t.Tenant.Name == cfg.Tenant.Name:
			in.say(at("tenant"), "[tenant] name is the same")
		case t.IsLab():
			in.say(at("directory", "source"), "[directory] source is %q, or left out: set it to %q or %q", SourceLab, SourceLDAP, SourceLDIF)
		}
		in.oneTenant(t)
	}
}

// inDirectory is the scope of one directory of several.
func (s scope) inDirectory(number, of int) scope {
	if of > 1 {
		s.directory = fmt.Sprint(number)
	}
	return s
}
