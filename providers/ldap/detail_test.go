package ldap

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/text"
)

func TestDetail(t *testing.T) {
	a := newAuthority(t)
	anna := person(1)
	for name, values := range map[string][]string{
		"primaryGroupID": {"513"}, "manager": {`CN=Berg\, Anna,OU=Sales,DC=contoso,DC=test`}, "mobile": {"+49 1"},
		"physicalDeliveryOfficeName": {"Berlin/7"}, "description": {"line\nline \x1b]52;c;x\a"}, "company": {"Contoso"},
		"userAccountControl": {"590336"}, "servicePrincipalName": {"MSSQLSvc/b", "HTTP/a"},
		"memberOf;range=0-1": {"CN=Sales,OU=Groups,DC=contoso,DC=test", `CN=A\2BB\, Co,OU=Groups,DC=contoso,DC=test`}, "memberOf": nil,
	} {
		anna.attributes[name] = values
	}
	manager := object{`CN=Berg\, Anna,OU=Sales,DC=contoso,DC=test`, map[string][]string{"displayName": {"Anna Berg"}}}
	group := object{"CN=Domain Users,CN=Users,DC=contoso,DC=test", map[string][]string{
		"objectSid": {string(model.SID("S-1-5-21-1-2-3-513").Bytes())},
	}}
	c := newController(t, a, func(c *controller) {
		c.objects = []object{anna, manager, group}
		c.answer = func(x *exchange, q query) bool {
			if len(q.attributes) != 1 || !strings.HasPrefix(q.attributes[0], "memberOf;range=") {
				return false
			}
			if start := strings.TrimSuffix(strings.TrimPrefix(q.attributes[0], "memberOf;range="), "-*"); start == "2" {
				x.entry(object{anna.dn, map[string][]string{"memberOf;range=2-3": {"CN=VPN,DC=contoso,DC=test", "CN=admins,DC=contoso,DC=test"}}})
			} else {
				x.entry(object{anna.dn, map[string][]string{"memberOf;range=4-*": {"CN=Last,DC=contoso,DC=test"}}})
			}
			x.result(5, 0, "")
			return true
		}
	})
	d := directory(t, a, c)
	got, err := d.Detail(t.Context(), model.Entity{ID: model.GUID([]byte(guidBytes(1))), Name: "User 1", Domain: "contoso.test"})
	if err != nil {
		t.Fatal(err)
	}
	want := model.Detail{
		Groups:  []text.Line{"A+B, Co", "admins", "Domain Users", "Last", "Sales", "VPN"},
		Manager: "Anna Berg", Phone: "+49 1", Office: "Berlin/7", Description: "line line ␛]52;c;x␇", Company: "Contoso",
		Control:      []text.Line{"NORMAL_ACCOUNT", "DONT_EXPIRE_PASSWORD", "TRUSTED_FOR_DELEGATION"},
		ServiceNames: []text.Line{"HTTP/a", "MSSQLSvc/b"}, Delegation: "unconstrained",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("detail (-want +got):\n%s", diff)
	}
	_, err = d.Detail(t.Context(), model.Entity{ID: model.GUID([]byte(guidBytes(2))), Name: "User 2", Domain: "contoso.test"})
	if f := failureOf(t, err); !strings.Contains(f.Seen, "not there any more") {
		t.Errorf("got %v", f)
	}
}

func TestRangesThatNeverEnd(t *testing.T) {
	a := newAuthority(t)
	one := person(1)
	one.attributes["memberOf;range=0-0"] = []string{"CN=G0,DC=contoso,DC=test"}
	asked := 0
	d := directory(t, a, newController(t, a, func(c *controller) {
		c.objects = []object{one}
		c.answer = func(x *exchange, q query) bool {
			if len(q.attributes) != 1 || !strings.HasPrefix(q.attributes[0], "memberOf;range=") {
				return false
			}
			asked++
			x.entry(object{one.dn, map[string][]string{"memberOf;range=" + strconv.Itoa(asked) + "-" + strconv.Itoa(asked): {"CN=G,DC=contoso,DC=test"}}})
			x.result(5, 0, "")
			return true
		}
	}))
	got, err := d.Detail(t.Context(), model.Entity{ID: model.GUID([]byte(guidBytes(1))), Name: "User 1", Domain: "contoso.test"})
	if err != nil || asked > maxRanges || len(got.Groups) != asked+1 {
		t.Errorf("%d requests, %d groups (%v)", asked, len(got.Groups), err)
	}
}

func TestDelegation(t *testing.T) {
	for want, attributes := range map[text.Line]map[string][]string{
		"none":           {"userAccountControl": {"512"}},
		"unconstrained":  {"userAccountControl": {"524800"}, "msDS-AllowedToDelegateTo": {"HTTP/a"}},
		"constrained":    {"userAccountControl": {"16777728"}, "msDS-AllowedToDelegateTo": {"HTTP/a"}, "msDS-AllowedToActOnBehalfOfOtherIdentity": {"x"}},
		"resource-based": {"userAccountControl": {"x"}, "MSDS-allowedtoactonbehalfofotheridentity": {"x"}},
	} {
		if got := delegationOf(entryOf("CN=a", attributes)); got != want {
			t.Errorf("%v gives %s, want %s", attributes, got, want)
		}
	}
}

// entryOf makes an entry as a test writes it.
func entryOf(dn string, attributes map[string][]string) *entry {
	var e entry
	e.reset(dn)
	for name, values := range attributes {
		e.add(name, slices.Clone(values))
	}
	return &e
}
