package config

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"adbadge/model"
	"adbadge/model/text"
)

// Themes lists the words for Screen.Theme.
func Themes() []string { return []string{"auto", "dark", "light", "mono"} }

// MaxViews is how many views there may be: one for each of the keys 1 to 9.
const MaxViews = 9

// maxNameLength is how long the name of a tenant or a view may be, in characters.
const maxNameLength = 40

// checker finds values that make no sense, and settings that contradict each other.
type checker struct{ scope }

func (c checker) check(cfg *Config) {
	c.oneTenant(cfg)
	c.tenants(cfg)
	c.word(at("screen", "theme"), cfg.Screen.Theme, Themes())
	c.views(cfg.Views)
	c.keys(cfg.Keys)
}

// oneTenant checks what belongs to a single tenant.
func (c checker) oneTenant(cfg *Config) {
	c.tenant(cfg)
	for i := range cfg.Directories {
		checker{c.inDirectory(i, len(cfg.Directories))}.directory(&cfg.Directories[i])
	}
	if cfg.HasDirectory(SourceGraph) && !cfg.Graph.Enabled {
		c.say(at("graph", "enabled"), "[graph] is not enabled, but [directory] source is %q, which asks it", SourceGraph)
	}
	c.signIn(&cfg.SignIn)
	c.cloudSources(cfg)
	c.portal(cfg)
	c.refresh(&cfg.Refresh)
}

// at gives the path of a setting.
func at(path ...string) []string { return path }

func (c checker) tenant(cfg *Config) {
	c.name(at("tenant", "name"), cfg.Tenant.Name)
	c.word(at("tenant", "cloud"), cfg.Tenant.Cloud, cloudNames())
	id := cfg.Tenant.ID
	switch {
	case id == "" && (cfg.Endpoint.Enabled || cfg.Graph.Enabled):
		c.say(at("tenant", "id"), "[tenant] id is missing: signing in needs the GUID of the Entra tenant, or one of its verified domains")
	case id != "" && !isGUID(id) && !isDomainName(id):
		c.say(at("tenant", "id"), "[tenant] id must be the GUID of the Entra tenant, or one of its verified domains, not %q", id)
	}
}

// cloudSources checks the two sections that ask Microsoft's services.
func (c checker) cloudSources(cfg *Config) {
	_, _, endpointErr := cfg.EndpointAPI()
	_, _, graphErr := cfg.GraphAPI()
	for _, source := range []struct {
		section, url, scope string
		enabled             bool
		err                 error
	}{
		{"endpoint", cfg.Endpoint.URL, cfg.Endpoint.Scope, cfg.Endpoint.Enabled, endpointErr},
		{"graph", cfg.Graph.URL, cfg.Graph.Scope, cfg.Graph.Enabled, graphErr},
	} {
		enabled := at(source.section, "enabled")
		c.https(at(source.section, "url"), source.url)
		if source.scope != "" && (!strings.HasSuffix(source.scope, "/.default") || strings.ContainsAny(source.scope, " \t")) {
			c.say(at(source.section, "scope"), "[%s] scope must be one resource that ends in \"/.default\"", source.section)
		}
		switch {
		case !source.enabled:
		case cfg.IsLab():
			c.say(enabled, "[%s] is enabled, but [directory] source is %q, which brings its own; set source to %q or %q",
				source.section, SourceLab, SourceLDAP, SourceLDIF)
		case cfg.SignIn.Method == MethodNone:
			c.say(enabled, "[%s] is enabled, but [signin] method is %q", source.section, MethodNone)
		case source.err != nil && slices.Contains(cloudNames(), cfg.Tenant.Cloud):
			c.say(enabled, "[%s] is enabled, but %s", source.section, source.err.Error())
		}
	}
}

func (c checker) portal(cfg *Config) {
	p := &cfg.Portal
	c.https(at("portal", "url"), p.URL)
	if _, err := cfg.PortalURL(); err != nil && !cfg.IsLab() && slices.Contains(cloudNames(), cfg.Tenant.Cloud) {
		c.say(at("portal", "url"), "[portal] url is missing: %s", err.Error())
	}
	c.portalSession(cfg)
	if len(p.Browser) == 0 {
		return
	}
	program := p.Browser[0]
	switch {
	case program == "" || strings.HasPrefix(program, "-"):
		c.say(at("portal", "browser"), "[portal] browser must begin with the name of a program")
	case strings.ContainsRune(program, '/') && !filepath.IsAbs(program):
		c.say(at("portal", "browser"), "[portal] browser must be a plain name or a whole path, not %q", program)
	}
}

// portalSession checks what a session with the portal needs: to know the tenant for certain, and where its cookies go.
func (c checker) portalSession(cfg *Config) {
	if !cfg.Portal.Session || cfg.IsLab() {
		return
	}
	session := at("portal", "session")
	if !isGUID(cfg.Tenant.ID) {
		c.say(session, "[portal] session needs the GUID of the tenant as id under [tenant], so that a session of another tenant is told apart")
	}
	address, err := cfg.PortalURL()
	if err != nil {
		return // said already
	}
	if _, err := SessionPortal(address); err != nil {
		c.say(session, "[portal] session is on, but cookies are not sent to the url under [portal]: %s", err.Error())
	}
}

func (c checker) refresh(r *Refresh) {
	c.duration(at("refresh", "interval"), r.Interval, 10*time.Second, 24*time.Hour)
	c.duration(at("refresh", "directory_interval"), r.DirectoryInterval, 10*time.Second, 7*24*time.Hour)
	if r.DirectoryInterval < r.Interval {
		c.say(at("refresh", "directory_interval"), "[refresh] directory_interval (%s) must not be shorter than interval (%s)",
			r.DirectoryInterval, r.Interval)
	}
}

func (c checker) views(views []View) {
	if len(views) > MaxViews {
		c.say(at("views"), "there are %d views; there are keys for %d", len(views), MaxViews)
	}
	seen := map[string]bool{}
	for i, view := range views {
		path := at("views", strconv.Itoa(i), "name")
		c.name(path, view.Name)
		switch {
		case view.Name == "":
			c.say(path, "%s is missing", setting(path))
		case seen[view.Name]:
			c.say(path, "%s is %q, like that of another view", setting(path), view.Name)
		}
		seen[view.Name] = true
	}
}

func (c checker) keys(keys map[string][]string) {
	for action, list := range keys {
		if slices.Contains(list, "") {
			c.say(at("keys", action), "[keys] %s holds an empty key", action)
		}
	}
}

// name checks a text that is shown: one clean line of a sensible length.
func (c checker) name(path []string, name string) {
	switch {
	case string(text.Clean(name)) != name:
		c.say(path, "%s must not hold control characters, or spaces around it", setting(path))
	case utf8.RuneCountInString(name) > maxNameLength:
		c.say(path, "%s is longer than %d characters", setting(path), maxNameLength)
	}
}

// word checks a setting that is one of a few words, and reports whether it is.
func (c checker) word(path []string, value string, words []string) bool {
	if slices.Contains(words, value) {
		return true
	}
	c.say(path, "%s must be %s, not %q%s", setting(path), oneOf(words), value, didYouMean(value, words))
	return false
}

func (c checker) duration(path []string, value, low, high time.Duration) {
	if value < low || value > high {
		c.say(path, "%s must be between %s and %s, not %s", setting(path), low, high, value)
	}
}

// onlyOne says that two settings for the same secret are too many.
func (c checker) onlyOne(first []string, a string, second []string, b string) {
	if a != "" && b != "" {
		c.say(second, "%s and %s are both set; one is enough", setting(first), setting(second))
	}
}

// variableName is what shells accept.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// variable checks the name of an environment variable. It does not repeat the value: it may be the secret itself.
func (c checker) variable(path []string, name string) {
	if name != "" && !variableName.MatchString(name) {
		c.say(path, "%s must be the name of an environment variable, such as ADBADGE_SECRET", setting(path))
	}
}

func isGUID(s string) bool {
	_, err := model.ParseGUID(s)
	return err == nil && len(s) == 36
}
