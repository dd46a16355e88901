package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write makes a file in the home of the shell and gives its path.
func (s *shell) write(name, content string) string {
	s.t.Helper()
	path := filepath.Join(s.home, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

const dump = `dn: CN=Anna Berg,OU=Finance,DC=contoso,DC=test
objectClass: user
objectGUID:: AQIDBAUGBwgJCgsMDQ4PEA==
objectSid:: AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAAUgQAAA==
sAMAccountName: aberg
userPrincipalName: aberg@contoso.test
displayName: =HYPERLINK("http://evil.test")
userAccountControl: 512

dn: CN=DC01,OU=Domain Controllers,DC=contoso,DC=test
objectClass: user
objectClass: computer
objectGUID:: ERITFBUWFxgZGhscHR4fIA==
objectSid:: AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAA6AMAAA==
sAMAccountName: DC01$
dNSHostName: dc01.contoso.test
userAccountControl: 532480
`

// ldifConfig makes a configuration of a directory dump with two entities, and nothing in the cloud.
func (s *shell) ldifConfig() string {
	s.write("dump.ldif", dump)
	return s.write("ldif.toml", "[tenant]\nname = \"dump\"\n[directory]\nsource = \"ldif\"\nldif_file = \"dump.ldif\"\n")
}

func TestConfigInit(t *testing.T) {
	s := newShell(t)
	path := filepath.Join(s.home, ".config/adbadge/config.toml")
	s.runAlive("config", "path").wants(0, "config init").shows(path)
	s.runAlive("config", "check").wants(2, "no configuration file")
	if got := s.runAlive("config", "init").wants(0, "config check").out; got != path+"\n" {
		t.Errorf("got %q, want the path %s", got, path)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v (%v), want 0600", info.Mode(), err)
	}
	s.runAlive("config", "check").wants(0).shows("no mistakes", "lab")
	s.runAlive("config", "path").wants(0).shows(path)
	s.runAlive("config", "init").wants(1, "stays as it is")
	s.runAlive("list", "--limit", "1").wants(0).shows("MDE")
}

func TestConfigCheckNamesEveryMistake(t *testing.T) {
	s := newShell(t)
	path := s.write("c.toml", `[tenant]
cloud = "moon"
[refresh]
interval = "soon"
[[views]]
name = "Broken"
query = "badge:pink"
`)
	a := s.runAlive("config", "check", path).wants(2, path+":2:", path+":4:", "mistakes")
	if strings.Contains(a.err, "adbadge: "+path) {
		t.Errorf("the mistakes are not one line each:\n%s", a.err)
	}
	s.runAlive("--config", path, "list").wants(2, path+":2:")
	query := s.write("q.toml", "[[views]]\nname = \"Broken\"\nquery = \"badge:pink\"\nsort = \"colour\"\n")
	s.runAlive("config", "check", query).wants(2, query+":3:", query+":4:", "pink", "2 mistakes")
	keys := s.write("k.toml", "[keys]\nfly = [\"f\"]\n")
	s.runAlive("config", "check", keys).wants(2, "fly", "1 mistake")
}

func TestListOfADump(t *testing.T) {
	s := newShell(t)
	configuration := s.ldifConfig()
	all := decode[[]record](s.runAlive("--config", configuration, "list", "--json", "--sort", "kind").wants(0))
	if len(all) != 2 {
		t.Fatalf("%d entities, want 2", len(all))
	}
	for _, e := range all {
		if at(e, "badge", "state") != "unknown" || at(e, "badge", "reason") != "notConfigured" {
			t.Errorf("the badge of %v is %v, want unknown: nobody was asked", e["name"], e["badge"])
		}
	}
	s.runAlive("--config", s.write("unnamed.toml", "[directory]\nsource = \"ldif\"\nldif_file = \"dump.ldif\"\n"), "status").wants(1).
		shows("tenant contoso.test")
	csv := s.runAlive("--config", configuration, "list", "--csv", "sam:aberg").wants(0)
	csv.shows(`"'=HYPERLINK(""http://evil.test"")"`)
	s.runAlive("--config", configuration, "show", `CONTOSO\aberg`).wants(0).shows("aberg@contoso.test", "[off]")
	s.runAlive("--config", configuration, "--lab-still", "list").wants(2, "--lab")
	if a := s.runAlive("--config", configuration, "--lab", "--lab-still", "list"); a.code != 2 {
		t.Errorf("exit code %d, want 2: --lab and --config exclude each other", a.code)
	}
}

func TestLog(t *testing.T) {
	s := newShell(t)
	file := filepath.Join(s.home, "log")
	s.run("--log-file", file, "list", "--limit", "1").wants(0)
	log, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
	for _, part := range []string{"command=\"adbadge list\"", "source=endpoint", "state=ok"} {
		if !strings.Contains(string(log), part) {
			t.Errorf("the log lacks %s:\n%s", part, log)
		}
	}
	s.run("--log-file", "/dev/null/log", "list").wants(2, "log")
	s.run("--log-file", "/dev/full", "list", "--limit", "1").wants(1, "the log is not complete")
}

func TestVersionHelpAndMan(t *testing.T) {
	s := newShell(t)
	s.runAlive("version").wants(0).shows("adbadge ", "go1.")
	s.runAlive("--help").wants(0).shows("list", "status", "--config")
	s.runAlive("man").wants(0).shows(".TH ADBADGE 1", "toggle")
	s.runAlive("completion", "bash").wants(0).shows("adbadge")
	s.runAlive("__complete", "list", "badge:").wants(0, "Completion").shows("badge:alerts")
	s.runAlive("lab", "faults").wants(0).shows("throttle:endpoint", "ldap-cut")
}
