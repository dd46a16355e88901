package ldap

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestForest(t *testing.T) {
	a := newAuthority(t)
	child := object{"CN=EMEA,CN=Partitions,CN=Configuration,DC=contoso,DC=test", map[string][]string{
		"nCName": {"DC=emea,DC=contoso,DC=test"}, "nETBIOSName": {"EUROPE"},
	}}
	c := newController(t, a, func(c *controller) {
		c.objects = people(2)
		c.references = append(c.references, child)
	})
	d := directory(t, a, c)
	_, gaps := readAll(t, d)
	if len(gaps) != 1 || gaps[0].Code != "ADB-416" || !strings.Contains(gaps[0].What, "emea.contoso.test is not read") {
		t.Errorf("gaps %+v, want the domain that lives elsewhere", gaps)
	}
	domains, err := d.Domains(t.Context())
	if err != nil || len(domains) != 2 || domains[1].NetBIOS != "EUROPE" || domains[1].SID != "" {
		t.Errorf("domains %+v (%v)", domains, err)
	}
	d.bases = []string{"OU=Sales,DC=contoso,DC=test", "DC=contoso,DC=test", "dc=CONTOSO,dc=test", "DC=emea,DC=contoso,DC=test"}
	c.queries = nil
	if _, gaps = readAll(t, d); len(gaps) != 0 {
		t.Errorf("gaps %+v, though the configuration names what to read", gaps)
	}
	var bases []string
	for _, q := range c.queries {
		if q.page > 0 && q.cookie == "" {
			bases = append(bases, q.base)
		}
	}
	want := []string{"DC=contoso,DC=test", "DC=emea,DC=contoso,DC=test"} // one that lies within another not at all
	if diff := cmp.Diff(want, bases); diff != "" {
		t.Errorf("read bases (-want +got):\n%s", diff)
	}
}
