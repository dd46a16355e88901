package ldap

import (
	"context"
	"crypto/x509"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/config"
)

// realAD gives the options of a directory at the AD that the environment names (AD_LAB_...), or skips the test.
func realAD(t *testing.T) Options {
	t.Helper()
	url, ca := os.Getenv("AD_LAB_LDAPS_URL"), os.Getenv("AD_LAB_CA_FILE")
	if url == "" || ca == "" {
		t.Skip("no Active Directory here: AD_LAB_LDAPS_URL and AD_LAB_CA_FILE are not set")
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("%s holds no certificate", ca)
	}
	return Options{
		Config:   config.Directory{Servers: []string{url}, User: os.Getenv("AD_LAB_BIND_UPN"), PageSize: 50},
		Password: os.Getenv("AD_LAB_PASSWORD"), Roots: roots,
	}
}

func open(t *testing.T, o Options) *Directory {
	t.Helper()
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func readAll(t *testing.T, d interface {
	Entities(ctx context.Context, emit func([]model.Entity) error) ([]model.Gap, error)
}) (map[model.GUID]model.Entity, []model.Gap) {
	t.Helper()
	entities := map[model.GUID]model.Entity{}
	gaps, err := d.Entities(t.Context(), func(batch []model.Entity) error {
		for _, e := range batch {
			entities[e.ID] = e // what comes last counts
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return entities, gaps
}

// ldapsearch counts the objects that the tool of OpenLDAP finds.
func ldapsearch(t *testing.T, filter string) int {
	t.Helper()
	if _, err := exec.LookPath("ldapsearch"); err != nil {
		t.Skip("ldapsearch is not installed")
	}
	cmd := exec.Command("ldapsearch", "-LLL", "-H", os.Getenv("AD_LAB_LDAPS_URL"), "-D", os.Getenv("AD_LAB_BIND_UPN"),
		"-w", os.Getenv("AD_LAB_PASSWORD"), "-b", os.Getenv("AD_LAB_BASE_DN"), "-E", "pr=500/noprompt", "-o", "ldif-wrap=no", filter, "1.1")
	cmd.Env = append(os.Environ(), "LDAPTLS_CACERT="+os.Getenv("AD_LAB_CA_FILE"))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count("\n"+string(out), "\ndn:")
}

func TestRealEntities(t *testing.T) {
	entities, gaps := readAll(t, open(t, realAD(t)))
	count := map[model.Kind]int{}
	for _, e := range entities {
		count[e.Kind]++
		if e.SID == "" || e.SAM == "" || e.Domain != "contoso.test" || e.Name == "" || e.Created.IsZero() {
			t.Errorf("incomplete: %+v", e)
		}
		if strings.ContainsRune(string(e.Name), '\x1b') {
			t.Errorf("%q can write on the screen", e.Name)
		}
	}
	if want := ldapsearch(t, "(&(objectCategory=person)(objectClass=user))"); count[model.User] != want {
		t.Errorf("%d users, ldapsearch finds %d", count[model.User], want)
	}
	if want := ldapsearch(t, "(objectCategory=computer)"); count[model.Computer] != want {
		t.Errorf("%d computers, ldapsearch finds %d", count[model.Computer], want)
	}
	for _, gap := range gaps {
		t.Errorf("gap: %s", gap.What)
	}
	t.Logf("%d users, %d computers", count[model.User], count[model.Computer])
}

func TestRealDomains(t *testing.T) {
	domains, err := open(t, realAD(t)).Domains(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(domains) != 1 || domains[0].DNSName != "contoso.test" || domains[0].NetBIOS != "CONTOSO" || !strings.HasPrefix(string(domains[0].SID), "S-1-5-21-") {
		t.Errorf("domains %+v", domains)
	}
}

func TestRealDetail(t *testing.T) {
	o := realAD(t)
	d := open(t, o)
	entities, _ := readAll(t, d)
	bySAM := map[string]model.Entity{}
	for e := range maps.Values(entities) {
		bySAM[e.SAM.String()] = e
	}
	detail, err := d.Detail(t.Context(), bySAM["okelly"])
	if err != nil {
		t.Fatal(err)
	}
	if detail.Manager != "Robinson, Omar" || !slices.Contains(detail.Groups, "Domain Users") || !slices.Contains(detail.Groups, "GG-AllStaff") {
		t.Errorf("okelly: %+v", detail)
	}
	if detail.Delegation != "none" || !slices.Contains(detail.Control, "NORMAL_ACCOUNT") {
		t.Errorf("okelly: %+v", detail)
	}
	if e := bySAM["orobinson"]; !e.Has(model.Disabled) {
		t.Errorf("orobinson is not disabled: %+v", e)
	}
	if e := bySAM["dsharma"]; !e.Has(model.PasswordNeverExpires) || e.Department != "Sales" {
		t.Errorf("dsharma: %+v", e)
	}
	t.Logf("%+v", bySAM["okelly"])
}

func TestRealRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Options)
		kind   model.FailureKind
		seen   string
	}{
		"wrong password": {func(o *Options) { o.Password = "wrong" }, model.SignInRefused, "the name or the password is wrong"},
		"disabled":       {func(o *Options) { o.Config.User = "lab-disabled@contoso.test" }, model.SignInRefused, "the account is disabled"},
		"expired":        {func(o *Options) { o.Config.User = "lab-expired@contoso.test" }, model.SignInRefused, "the account has expired"},
		"must change":    {func(o *Options) { o.Config.User = "lab-mustchange@contoso.test" }, model.SignInRefused, "the password must be changed first"},
		"anonymous":      {func(o *Options) { o.Config.User, o.Password = "", "" }, model.SignInRefused, "the server answers nothing without a sign-in"},
		"unknown CA":     {func(o *Options) { o.Roots = x509.NewCertPool() }, model.Untrusted, "signed by an authority that is not trusted"},
		"wrong base":     {func(o *Options) { o.Config.BaseDNs = []string{"OU=None,DC=contoso,DC=test"} }, model.Misconfigured, "does not hold this part"},
		"no TLS":         {func(o *Options) { o.Config.Servers = []string{"ldaps://127.0.0.1:389"} }, model.Unreachable, "closed the connection when TLS began"},
	} {
		t.Run(name, func(t *testing.T) {
			o := realAD(t)
			c.change(&o)
			_, err := open(t, o).Entities(t.Context(), func([]model.Entity) error { return nil })
			f, ok := errors.AsType[*model.Failure](err)
			if !ok || f.Kind != c.kind || !strings.Contains(f.Seen, c.seen) || f.Remedy == "" {
				t.Fatalf("got %v, want %q", err, c.seen)
			}
			if strings.Contains(f.Error(), "Lab-Passw0rd") {
				t.Error("the password is part of the error")
			}
			t.Log(f)
		})
	}
}

func TestRealStartTLS(t *testing.T) {
	o := realAD(t)
	o.Config.Servers = []string{"ldaps://127.0.0.1:1", os.Getenv("AD_LAB_LDAP_URL")}
	d := open(t, o)
	if entities, _ := readAll(t, d); len(entities) < 300 {
		t.Errorf("%d entities over StartTLS", len(entities))
	}
	if d.Host() != "127.0.0.1" {
		t.Errorf("asked at %s", d.Host())
	}
}

// TestRealDump exports the directory with ldapsearch and reads the export: it must say the same as the server.
func TestRealDump(t *testing.T) {
	o := realAD(t)
	live, _ := readAll(t, open(t, o))
	if _, err := exec.LookPath("ldapsearch"); err != nil {
		t.Skip("ldapsearch is not installed")
	}
	for name, arguments := range map[string][]string{
		"as it comes": {"-E", "pr=100/noprompt"},
		"plain":       {"-LLL", "-o", "ldif-wrap=no", "-E", "pr=1000/noprompt"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "dump.ldif")
			cmd := exec.Command("ldapsearch", append(arguments, "-H", os.Getenv("AD_LAB_LDAPS_URL"), "-D", o.Config.User,
				"-w", o.Password, "-b", os.Getenv("AD_LAB_BASE_DN"))...)
			cmd.Env = append(os.Environ(), "LDAPTLS_CACERT="+os.Getenv("AD_LAB_CA_FILE"))
			dump, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, dump, 0o600); err != nil {
				t.Fatal(err)
			}
			l, err := OpenLDIF(path)
			if err != nil {
				t.Fatal(err)
			}
			entities, gaps := readAll(t, l)
			for _, gap := range gaps {
				t.Errorf("gap: %s", gap.What)
			}
			for id, want := range live {
				got := entities[id]
				got.LastLogon, want.LastLogon = time.Time{}, time.Time{} // the binding account's changes
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: server and dump differ (-server +dump):\n%s", want.DN, diff)
				}
			}
			if len(entities) != len(live) {
				t.Errorf("%d entities in the dump, %d on the server", len(entities), len(live))
			}
			for _, e := range live {
				got, err := l.Detail(t.Context(), e)
				if err != nil {
					t.Fatal(err)
				}
				if len(got.Groups) == 0 {
					t.Errorf("%s is in no group", e.DN)
				}
			}
			domains, err := l.Domains(t.Context())
			if err != nil || len(domains) != 1 || domains[0].NetBIOS != "CONTOSO" || domains[0].SID == "" {
				t.Errorf("domains %+v (%v)", domains, err)
			}
		})
	}
}
