package cli

import (
	"strings"
	"testing"

	"adbadge/ui/ptytest"
)

// twoTenants makes a configuration of two tenants, each a dump with entities of its own.
func (s *shell) twoTenants() string {
	s.write("dump.ldif", dump)
	s.write("fabrikam.ldif", strings.NewReplacer("contoso", "fabrikam", `=HYPERLINK("http://evil.test")`, "Nora Vale").Replace(dump))
	return s.write("two.toml", "[tenant]\nname = \"contoso\"\n[directory]\nsource = \"ldif\"\nldif_file = \"dump.ldif\"\n"+
		"[tenants.fabrikam]\nid = \"fabrikam.test\"\n[tenants.fabrikam.directory]\nsource = \"ldif\"\nldif_file = \"fabrikam.ldif\"\n")
}

func TestTenantsAreKeptApart(t *testing.T) {
	s := newShell(t)
	file := s.twoTenants()
	s.runAlive("--config", file, "config", "check").wants(0).shows("contoso: directory ldif", "fabrikam: directory ldif")
	if got := s.runAlive("--config", file, "tenants").wants(0).out; got != "contoso\nfabrikam\n" {
		t.Errorf("tenants are %q", got)
	}
	reports := decode[[]tenantReport](s.runAlive("--config", file, "tenants", "--json").wants(0))
	if len(reports) != 2 || reports[1].ID != "fabrikam.test" {
		t.Errorf("got %+v", reports)
	}
	for tenant, domain := range map[string]string{"": "contoso.test", "contoso": "contoso.test", "fabrikam": "fabrikam.test"} {
		list := decode[[]record](s.runAlive("--config", file, "--tenant", tenant, "list", "--json").wants(0))
		for _, r := range list {
			if r["domain"] != domain {
				t.Errorf("tenant %q lists %s of %s", tenant, r["name"], r["domain"])
			}
		}
		if len(list) == 0 {
			t.Errorf("tenant %q lists nothing", tenant)
		}
	}
	// A switch of one tenant is none of the other.
	s.runAlive("--config", file, "--tenant", "fabrikam", "--write", "toggle", "identity", "off", "--yes").wants(0, "tenant fabrikam")
	s.runAlive("--config", file, "--tenant", "fabrikam", "toggle", "identity").shows("off")
	if a := s.runAlive("--config", file, "toggle", "identity"); !strings.Contains(a.out, "on") {
		t.Errorf("the other tenant's toggle is %q", a.out)
	}
	for tenant, want := range map[string]int{"": 1, "contoso": 0, "fabrikam": 1} {
		if list := decode[[]record](s.runAlive("--config", file, "--tenant", tenant, "changes", "--json").wants(0)); len(list) != want {
			t.Errorf("of tenant %q are listed %d changes, want %d", tenant, len(list), want)
		}
		snapshots := decode[[]cacheReport](s.runAlive("--config", file, "--tenant", tenant, "cache", "info", "--json").wants(0))
		if tenant != "" && (len(snapshots) != 1 || snapshots[0].Tenant != tenant) || tenant == "" && len(snapshots) != 2 {
			t.Errorf("of tenant %q are listed the snapshots %+v", tenant, snapshots)
		}
	}
	s.runAlive("--config", file, "--tenant", "fabrikam", "cache", "clear").wants(2, "of all tenants", "leave --tenant out")
	for _, command := range [][]string{{"changes"}, {"cache", "info"}} {
		s.runAlive(append([]string{"--config", file, "--tenant", "fabrikan"}, command...)...).wants(2, `there is no tenant "fabrikan"`)
	}
	s.runAlive("--config", file, "--tenant", "fabrikan", "list").wants(2, `there is no tenant "fabrikan"`, `"contoso" or "fabrikam"`)
	s.runAlive("--lab", "--tenant", "fabrikam", "list").wants(2, "exclude each other")
	s.runAlive("--tenant", "fabrikam", "list").wants(2, "the configuration names none")
}

func TestDashboardSwitchesTenants(t *testing.T) {
	s := newShell(t)
	p := ptytest.Start(t, 80, 24, s.environment(), s.path(), "--config", s.twoTenants())
	p.WaitText("contoso", "HYPERLINK")
	p.Press("C-t")
	p.WaitText("Tenants", "* contoso", "fabrikam")
	p.Press("j")
	p.Press("Enter")
	p.WaitText("fabrikam", "Nora Vale")
	p.WaitNoText("HYPERLINK")
	p.Press("q")
	if code := p.WaitExit(); code != 0 || p.AltScreen() {
		t.Errorf("exit code %d, alternate screen %v", code, p.AltScreen())
	}
}
