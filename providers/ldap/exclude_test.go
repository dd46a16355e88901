package ldap

import (
	"strings"
	"testing"

	"adbadge/model"
)

func TestExclusion(t *testing.T) {
	d := &Directory{excluded: []string{"OU=Sales,DC=contoso,DC=test", `ou=R\26D\, old , dc=Contoso,dc=TEST`}}
	x := d.exclusion()
	for dn, want := range map[string]bool{
		"CN=Anna,OU=Sales,DC=contoso,DC=test":             true,
		"cn=anna,ou=SALES,dc=contoso,dc=test":             true,
		"CN=Anna,OU=Berlin,OU=Sales,DC=contoso,DC=test":   true,
		`CN=Berg\, Anna,OU=Sales,DC=contoso,DC=test`:      true,
		`CN=Anna,OU=R&D\, old,DC=contoso,DC=test`:         true,
		"CN=Anna,OU=Sales2,DC=contoso,DC=test":            false,
		"CN=Anna,OU=Sales,OU=Other,DC=contoso,DC=test":    false,
		"CN=Anna,OU=Sales,DC=emea,DC=contoso,DC=test":     false,
		`CN=Anna\,OU=Sales,DC=contoso,DC=test`:            false,
		"CN=Anna,DC=contoso,DC=test":                      false,
		"OU=Sales,DC=contoso,DC=test":                     false, // the container itself is no account
		"CN=not a name at all,,":                          false,
		"CN=Anna,CN=OU\\=Sales\\,DC=x,DC=contoso,DC=test": false,
	} {
		for range 2 { // the second answer is remembered
			if got := x.holds(dn); got != want {
				t.Errorf("%s is left out: %t, want %t", dn, got, want)
			}
		}
	}
	if (&Directory{}).exclusion().holds("CN=Anna,OU=Sales,DC=contoso,DC=test") {
		t.Error("something is left out, though nothing was asked for")
	}
}

// TestExcludedUnitsGiveNoFirstRows, nor any later; what is left is counted, and the others are not hidden from who asks.
func TestExcludedUnitsGiveNoFirstRows(t *testing.T) {
	a := newAuthority(t)
	c := newController(t, a, func(c *controller) {
		c.objects = people(20)
		c.answer = func(x *exchange, q query) bool {
			if !strings.Contains(q.filter, "organizationalUnit") {
				return false
			}
			x.entry(object{"OU=Sales,DC=contoso,DC=test", map[string][]string{"objectGUID": {guidBytes(900)}}})
			x.entry(object{"OU=Workstations,DC=contoso,DC=test", map[string][]string{"objectGUID": {guidBytes(901)}}})
			x.result(5, 0, "")
			return true
		}
	})
	d := directory(t, a, c)
	d.excluded = []string{"OU=Sales,DC=contoso,DC=test", "OU=Gone,DC=contoso,DC=test"}
	entities, gaps := readAll(t, d)
	if len(entities) != 1 || len(gaps) != 0 {
		t.Errorf("%d entities and the gaps %v, want the computer alone", len(entities), gaps)
	}
	for _, q := range c.queries {
		if q.base == "OU=Sales,DC=contoso,DC=test" {
			t.Errorf("the unit is asked for its first rows: %+v", q)
		}
	}
	var present []model.GUID
	if err := d.Present(t.Context(), func(ids []model.GUID) error { present = append(present, ids...); return nil }); err != nil || len(present) != 1 {
		t.Errorf("a sweep finds %d (%v)", len(present), err)
	}
	steps := examine(t, d)
	expectStep(t, steps, stepCounts, model.Passed, "0 users and 1 computer, without those in OU=Sales,DC=contoso,DC=test; OU=Gone,DC=contoso,DC=test, read in ")
	d.excluded = append(d.excluded, "OU=Workstations,DC=contoso,DC=test")
	if _, gaps := readAll(t, d); len(gaps) != 1 || gaps[0].Code != "ADB-419" || !strings.Contains(gaps[0].Remedy, "exclude_ous") {
		t.Errorf("with everything left out, the gaps are %v", gaps)
	}
}

func TestCheckNamesExcludedUnits(t *testing.T) {
	a := newAuthority(t)
	c := newController(t, a, func(c *controller) {
		c.objects = people(2)
		c.answer = func(x *exchange, q query) bool {
			if q.scope != int64(baseObject) || !strings.HasPrefix(q.base, "OU=") {
				return false
			}
			code := int64(0)
			if strings.HasPrefix(q.base, "OU=Gone,") {
				code = resultNoSuchObject
			}
			x.result(5, code, "")
			return true
		}
	})
	d := directory(t, a, c)
	d.excluded = []string{"OU=Sales,DC=contoso,DC=test"}
	expectStep(t, examine(t, d), stepBases, model.Passed, "leaves out OU=Sales,DC=contoso,DC=test")
	d.excluded = append(d.excluded, "OU=Gone,DC=contoso,DC=test")
	steps := examine(t, d)
	expectStep(t, steps, stepBases, model.Doubtful, "OU=Gone,DC=contoso,DC=test is not there")
	if !strings.Contains(steps[stepBases].Remedy, "exclude_ous") {
		t.Errorf("remedy %q", steps[stepBases].Remedy)
	}
}
