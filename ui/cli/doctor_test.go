package cli

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// doctorJSON runs the examination and gives the outcome of each step, checking that the exit code is that of the level.
func doctorJSON(s *shell, arguments ...string) (steps map[string]string, code int) {
	s.t.Helper()
	a := s.run(append([]string{"doctor", "--json", "--timeout", "20s"}, arguments...)...)
	r := decode[record](a)
	if want, ok := levelCodes[fmt.Sprint(r["level"])]; !ok || want != a.code {
		s.t.Errorf("level %v with exit code %d", r["level"], a.code)
	}
	steps = map[string]string{}
	for _, step := range r["checks"].([]any) {
		c := step.(record)
		steps[fmt.Sprint(c["source"], " ", c["name"])] = fmt.Sprint(c["outcome"])
		if bad := c["outcome"] == "failed" || c["outcome"] == "warning"; bad != (c["remedy"] != "") || c["seen"] == "" {
			s.t.Errorf("step %v", c)
		}
	}
	return steps, a.code
}

func TestDoctorOfFaults(t *testing.T) {
	s := newShell(t)
	for _, c := range []struct {
		fault, step, outcome string
		code                 int
		skipped              string
	}{
		{"", "directory users and computers", "ok", 0, ""},
		{"ldap-refused", "directory sign-in", "skipped", 2, "directory users and computers"}, // at the port or right after it
		{"ldap-signin-refused", "directory sign-in", "failed", 2, "directory base DNs"},
		{"ldap-cut", "directory users and computers", "failed", 2, ""},
		{"signin-refused", "identity sign-in", "failed", 2, "endpoint Defender for Endpoint"},
		{"no-permission:endpoint", "endpoint Defender for Endpoint", "failed", 2, ""},
		{"no-permission:graph", "identity permissions", "failed", 2, ""},
		{"no-licence:endpoint", "endpoint Defender for Endpoint", "failed", 2, ""},
		{"toggle-unreadable:identity", "settings settings", "warning", 1, ""},
	} {
		t.Run(c.fault, func(t *testing.T) {
			s := &shell{t: t, home: s.home}
			var faults []string
			if c.fault != "" {
				faults = []string{"--lab-fault", c.fault}
			}
			steps, code := doctorJSON(s, faults...)
			if steps[c.step] != c.outcome || code != c.code {
				t.Errorf("step %q is %q with exit code %d, want %s with %d: %v", c.step, steps[c.step], code, c.outcome, c.code, steps)
			}
			if c.skipped != "" && steps[c.skipped] != "skipped" {
				t.Errorf("step %q is %q, want it skipped", c.skipped, steps[c.skipped])
			}
		})
	}
}

func TestDoctorEndsInTime(t *testing.T) {
	s := newShell(t)
	a := s.run("doctor", "--timeout", "2s", "--lab-fault", "slow:directory:1h").wants(2)
	a.shows("no answer within the time limit", `because "`, "ok       Microsoft Graph")
	if a.took.Seconds() > 10 {
		t.Errorf("took %s with a limit of 2s", a.took)
	}
}

// A configuration that leads nowhere is a step that fails, and leaves all else unknown.
func TestDoctorWithoutConfiguration(t *testing.T) {
	s := newShell(t)
	path := s.write("broken.toml", "[directory]\nsource = \"ldap\"\nserver = \"x\"\n")
	s.runAlive("doctor", "--config", path).wants(3).shows("failed   configuration", "broken.toml:3", `because "configuration" failed`)
	s.run("doctor", "--nope").wants(3, "--nope")
}

// A proxy that is in the way is named, but not what it is told of a user.
func TestDoctorNamesTheProxy(t *testing.T) {
	s := newShell(t)
	s.write("dump.ldif", dump)
	s.write("secret", "swordfish")
	file := s.write("proxy.toml", "[tenant]\nid = \"contoso.test\"\n[directory]\nsource = \"ldif\"\nldif_file = \"dump.ldif\"\n"+
		"[signin]\nmethod = \"client-secret\"\nclient_id = \"11111111-2222-3333-4444-555555555555\"\nsecret_file = \"secret\"\n"+
		"authority = \"https://login.contoso.test\"\n[endpoint]\nenabled = true\nurl = \"https://api.contoso.test\"\n")
	s.env = append(s.env, "HTTPS_PROXY=http://anna:hunter2@127.0.0.1:9")
	a := s.runAlive("--config", file, "doctor", "--timeout", "20s").wants(2).shows("ok       proxy", "http://127.0.0.1:9, as HTTPS_PROXY says, leads to api.contoso.test",
		"failed   sign-in", "skipped  permissions")
	if strings.Contains(a.out+a.err, "hunter2") || strings.Contains(a.out+a.err, "swordfish") {
		t.Errorf("a secret is shown:\n%s%s", a.out, a.err)
	}
}

// What changes from run to run is masked.
var masks = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"}, {regexp.MustCompile(`\d{4}-\d\d-\d\d`), "DATE"},
	{regexp.MustCompile(`\b\d+s apart`), "Ns apart"}, {regexp.MustCompile(`\d+ days left`), "N days left"}, {regexp.MustCompile(`read in [^ \n]+`), "read in TIME"},
	{regexp.MustCompile(`stands at \d+`), "stands at N"}, {regexp.MustCompile(`with \d+ objects`), "with N objects"},
}

// "go test ./ui/cli -run DoctorText -update" writes the golden files.
func TestDoctorText(t *testing.T) {
	s := newShell(t)
	for name, arguments := range map[string][]string{
		"doctor-ok": {"doctor"}, "doctor-signin-refused": {"doctor", "--lab-fault", "ldap-signin-refused"},
	} {
		out := s.run(arguments...).out
		for _, mask := range masks {
			out = mask.pattern.ReplaceAllString(out, mask.by)
		}
		path := "testdata/" + name + ".golden"
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != out {
			t.Errorf("%s: got\n%s\nwant\n%s", name, out, want)
		}
		if !strings.HasSuffix(out, "\n") || strings.Contains(out, "  \n") {
			t.Errorf("%s: blanks at the end of a line, or no line end:\n%q", name, out)
		}
	}
}
