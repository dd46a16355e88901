package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// whole is a configuration of a real tenant, as an admin writes it.
const whole = `
[tenant]
name  = "Contoso"
id    = "contoso.test"
cloud = "gcc-high"
write = true

[directory]
source        = "ldap"
servers       = ["ldaps://dc1.contoso.test", "ldap://dc2.contoso.test:3389"]
base_dns      = ["DC=contoso,DC=test"]
user          = "reader@contoso.test"
password_env  = "CONTOSO_PASSWORD"

[signin]
method     = "client-secret"
client_id  = "11111111-2222-3333-4444-555555555555"
secret_env = "CONTOSO_SECRET"

[endpoint]
enabled = true

[graph]
enabled = true
url     = "https://graph.contoso.test:8443/base"

[refresh]
interval = "90s"

[[views]]
name  = "Mine"
query = "ou:Sales badge>=high"

[keys]
quit = ["q", "ctrl+q"]
peek = []
`

func TestParseWhole(t *testing.T) {
	f, err := Parse("config.toml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Tenant = Tenant{Name: "Contoso", ID: "contoso.test", Cloud: "gcc-high", Write: true}
	want.Directories[0].Source = SourceLDAP
	want.Directories[0].Servers = []string{"ldaps://dc1.contoso.test", "ldap://dc2.contoso.test:3389"}
	want.Directories[0].BaseDNs = []string{"DC=contoso,DC=test"}
	want.Directories[0].User = "reader@contoso.test"
	want.Directories[0].PasswordEnv = "CONTOSO_PASSWORD"
	want.SignIn.Method = MethodClientSecret
	want.SignIn.ClientID = "11111111-2222-3333-4444-555555555555"
	want.SignIn.SecretEnv = "CONTOSO_SECRET"
	want.Endpoint.Enabled, want.Graph.Enabled = true, true
	want.Graph.URL = "https://graph.contoso.test:8443/base"
	want.Refresh.Interval = 90 * time.Second
	want.Views = []View{{Name: "Mine", Query: "ou:Sales badge>=high"}}
	want.Keys = map[string][]string{"quit": {"q", "ctrl+q"}, "peek": {}}
	if diff := cmp.Diff(want, f.Config); diff != "" {
		t.Error(diff)
	}
}

func TestParseNothing(t *testing.T) {
	f, err := Parse("config.toml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), f.Config); diff != "" {
		t.Error(diff)
	}
}

func TestFileProblemNamesTheLine(t *testing.T) {
	f, err := Parse("config.toml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path []string
		want string
	}{
		{[]string{"views", "0", "query"}, "config.toml:32: view 1: query: odd"},
		{[]string{"views", "0", "sort"}, "config.toml:30: view 1: sort: odd"}, // not in the file: its view is
		{[]string{"keys", "peek"}, "config.toml:36: [keys] peek: odd"},
		{[]string{"screen", "theme"}, "config.toml: [screen] theme: odd"},
	} {
		if got := f.Problem("odd", test.path...).Error(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func write(t *testing.T, folder, name, content string, mode fs.FileMode) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadMissing(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "config.toml"))
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "there is no configuration file") {
		t.Errorf("got %v", err)
	}
}

func TestLoadRefusesFilesThatOthersMayChange(t *testing.T) {
	path := write(t, t.TempDir(), "config.toml", "", 0o666)
	_, err := Load(path)
	if err == nil || !strings.Contains(err.Error(), "run: chmod go-w "+path) {
		t.Errorf("got %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err != nil {
		t.Errorf("mode 0644: %v", err)
	}
}

func TestLoadRefusesOddFiles(t *testing.T) {
	folder := t.TempDir()
	if _, err := Load(folder); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a folder: %v", err)
	}
	large := write(t, folder, "large.toml", strings.Repeat("#", maxSize+1), 0o600)
	if _, err := Load(large); err == nil || !strings.Contains(err.Error(), "larger than 128 KiB") {
		t.Errorf("a large file: %v", err)
	}
}

func TestLoadFindsFilesBesideTheConfiguration(t *testing.T) {
	folder := t.TempDir()
	home := t.TempDir()
	t.Setenv("HOME", home)
	password := write(t, folder, "password", "swordfish\n", 0o600)
	ca := write(t, home, "ca.pem", "", 0o644)
	path := write(t, folder, "config.toml", `
[directory]
source = "ldap"
servers = ["ldaps://dc1.contoso.test"]
user = "reader@contoso.test"
password_file = "password"
ca_file = "~/ca.pem"
`, 0o600)
	cfg, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Directories[0].PasswordFile != password || cfg.Directories[0].CAFile != ca {
		t.Errorf("got %q and %q", cfg.Directories[0].PasswordFile, cfg.Directories[0].CAFile)
	}
}

func TestLoadNamesEveryFileProblem(t *testing.T) {
	folder := t.TempDir()
	password := write(t, folder, "password", "swordfish\n", 0o640)
	path := write(t, folder, "config.toml", `[directory]
source = "ldap"
servers = ["ldaps://dc1.contoso.test"]
user = "reader@contoso.test"
password_file = "password"
ca_file = "missing.pem"
typo = 1
`, 0o600)
	_, err := Load(path)
	want := strings.Join([]string{
		path + ":5: [directory] password_file: others can read or change " + password + " (mode 0640); run: chmod 600 " + password,
		path + ":6: [directory] ca_file: there is no file " + filepath.Join(folder, "missing.pem"),
		path + `:7: unknown key "typo" in [directory]`,
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
