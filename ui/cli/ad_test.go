package cli

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// realAD writes a configuration for the AD that the environment names (AD_LAB_...), or skips the test.
func realAD(t *testing.T) (s *shell, path string) {
	t.Helper()
	if os.Getenv("AD_LAB_LDAPS_URL") == "" || os.Getenv("AD_LAB_CA_FILE") == "" {
		t.Skip("no Active Directory here: AD_LAB_LDAPS_URL and AD_LAB_CA_FILE are not set")
	}
	s = newShell(t, "AD_PASSWORD="+os.Getenv("AD_LAB_PASSWORD"))
	return s, s.write("ad.toml", fmt.Sprintf("[directory]\nsource = \"ldap\"\nservers = [%q]\nuser = %q\npassword_env = \"AD_PASSWORD\"\nca_file = %q\n",
		os.Getenv("AD_LAB_LDAPS_URL"), os.Getenv("AD_LAB_BIND_UPN"), os.Getenv("AD_LAB_CA_FILE")))
}

// ldapsearch counts the objects that the tool of OpenLDAP finds.
func ldapsearch(t *testing.T, filter string) int {
	t.Helper()
	cmd := exec.Command("ldapsearch", "-x", "-LLL", "-H", os.Getenv("AD_LAB_LDAPS_URL"), "-D", os.Getenv("AD_LAB_BIND_UPN"),
		"-w", os.Getenv("AD_LAB_PASSWORD"), "-b", os.Getenv("AD_LAB_BASE_DN"), "-E", "pr=500/noprompt", filter, "1.1")
	cmd.Env = append(os.Environ(), "LDAPTLS_CACERT="+os.Getenv("AD_LAB_CA_FILE"))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count("\n"+string(out), "\ndn:")
}

// The whole program over LDAPS, its certificate checked, against a real domain controller.
func TestRealProgram(t *testing.T) {
	s, path := realAD(t)
	users, computers := ldapsearch(t, "(&(objectCategory=person)(objectClass=user))"), ldapsearch(t, "(objectCategory=computer)")
	if users < 200 || computers < 100 {
		t.Fatalf("ldapsearch finds %d users and %d computers: too few to prove anything", users, computers)
	}
	for query, want := range map[string]int{"": users + computers, "kind:user": users, "kind:computer": computers} {
		found := decode[[]record](s.runAlive("--config", path, "list", "--json", query).wants(0))
		if len(found) != want {
			t.Errorf("list %q has %d entities, ldapsearch finds %d", query, len(found), want)
		}
	}
	status := s.runAlive("--config", path, "status", "--json")
	counts := at(decode[record](status), "counts").(record)
	if status.code != 1 || counts["users"] != float64(users) || counts["computers"] != float64(computers) {
		t.Errorf("status ends with %d and counts %v; want 1, since no cloud source is configured, %d users and %d computers",
			status.code, counts, users, computers)
	}
	s.runAlive("--config", path, "doctor").wants(0).shows(
		"certificate            TLS 1.3; the certificate is for ", "signed in as "+os.Getenv("AD_LAB_BIND_UPN"),
		fmt.Sprintf("%d users and %d computers", users, computers))
}

// A certificate authority that is not known here is not trusted, and the password stays here.
func TestRealProgramWithoutTrust(t *testing.T) {
	s, path := realAD(t)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	untrusted := s.write("untrusted.toml", strings.Split(string(data), "ca_file")[0])
	s.runAlive("--config", untrusted, "doctor").wants(2).shows("failed   certificate", "signed by an authority that is not trusted here", `because "certificate" failed`)
}
