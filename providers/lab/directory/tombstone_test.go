package directory_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"adbadge/providers/lab/directory"
	"adbadge/providers/lab/world"
)

// replicator connects as the account of directory synchronisation, which may read deleted objects.
func (s *served) replicator(t testing.TB) *ldap.Conn {
	t.Helper()
	c := s.dial(t)
	for i := range s.world.Users() {
		if u := s.world.User(i); u.SAM == "svc-adsync" {
			if !s.world.ReplicatesChanges(i) {
				t.Fatal("svc-adsync has no rights")
			}
			must(t, c.Bind(u.UPN, password))
			return c
		}
	}
	t.Fatal("no svc-adsync")
	return nil
}

func showDeleted() ldap.Control {
	return ldap.NewControlString("1.2.840.113556.1.4.417", true, "")
}

func TestTombstones(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	u := s.person(t, 0)
	plain, trusted := s.signIn(t), s.replicator(t)
	admins := s.group(t, "Domain Admins")
	must(t, s.SetMember(admins.GUID, u.GUID, true))
	usn := s.HighestUSN()
	must(t, s.Delete(u.GUID))
	if s.HighestUSN() != usn+1 {
		t.Errorf("the USN went from %d to %d", usn, s.HighestUSN())
	}
	filter := "(sAMAccountName=" + u.SAM + ")"
	for _, test := range []struct {
		who      string
		c        *ldap.Conn
		controls []ldap.Control
		want     int
	}{
		{"plain", plain, nil, 0},
		{"plain that asks", plain, []ldap.Control{showDeleted()}, 0},
		{"trusted", trusted, nil, 0},
		{"trusted that asks", trusted, []ldap.Control{showDeleted()}, 1},
	} {
		if got := namesOf(t, test.c, filter, test.controls...); len(got) != test.want {
			t.Errorf("%s: found %q", test.who, got)
		}
		base := query("<GUID="+u.GUID.String()+">", ldap.ScopeBaseObject, "(objectClass=*)")
		base.Controls = test.controls
		if _, err := test.c.Search(base); (err == nil) != (test.want == 1) {
			t.Errorf("%s, by its id: %v", test.who, err)
		}
	}
	q := query("<WKGUID=18E2EA80684F11D2B9AA00C04F79F805,"+contosoDN+">", ldap.ScopeSingleLevel, "(isDeleted=TRUE)")
	_, err := plain.Search(q)
	resultOf(t, err, ldap.LDAPResultNoSuchObject)
	q.Controls = []ldap.Control{showDeleted()}
	answer, err := trusted.Search(q)
	if err != nil || len(answer.Entries) != 1 {
		t.Fatalf("deleted objects: %v, %v", answer, err)
	}
	e := answer.Entries[0]
	want := "CN=" + u.CN + `\0ADEL:` + u.GUID.String() + ",CN=Deleted Objects," + contosoDN
	if !strings.EqualFold(e.DN, want) {
		t.Errorf("DN %q, want %q", e.DN, want)
	}
	for name, value := range map[string]string{
		"isDeleted": "TRUE", "lastKnownParent": u.Parent, "sAMAccountName": u.SAM, "displayName": "", "mail": "",
		"memberOf": "", "sAMAccountType": "", "objectCategory": "", "name": u.CN + "\nDEL:" + u.GUID.String(),
	} {
		if got := e.GetAttributeValue(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if string(e.GetRawAttributeValue("objectGUID")) != string(u.GUID[:]) || sidOf(t, e) != string(u.SID) {
		t.Error("another objectGUID or SID")
	}
	if members := one(t, plain, admins.GUID, "member").GetAttributeValues("member"); slices.ContainsFunc(members, func(m string) bool { return strings.Contains(m, "DEL:") }) {
		t.Errorf("members %q", members)
	}
	if text := resultOf(t, s.dial(t).Bind(`CONTOSO\`+u.SAM, password), ldap.LDAPResultInvalidCredentials); !strings.Contains(text, "data 52e") {
		t.Errorf("a deleted account: %s", text)
	}
	// The name is free again.
	must(t, s.adding(additionLike(&u)))
	if got := namesOf(t, plain, filter); len(got) != 1 {
		t.Errorf("added again: %q", got)
	}
}

func TestConstructedAttributes(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	const computed = "msDS-User-Account-Control-Computed"
	want := map[string]string{"locked": "16", "must-change": "8388608", "expired": "0"}
	for _, special := range s.world.Cases() {
		value, ok := want[special.Code]
		if special.Kind != "user" || !ok {
			continue
		}
		e := one(t, c, s.world.User(special.Index).GUID, computed, "userAccountControl")
		if got := e.GetAttributeValue(computed); got != value {
			t.Errorf("%s: %s", special.Code, got)
		}
	}
	u := s.person(t, 0)
	if got := one(t, c, u.GUID).GetAttributeValues(computed); len(got) != 0 {
		t.Errorf("sent without being asked for: %q", got)
	}
	if got := namesOf(t, c, "("+computed+"=16)"); len(got) != 0 {
		t.Errorf("a filter finds %q", got)
	}
	must(t, s.Set(u.GUID, "pwdLastSet", "130000000000000000"))
	if got := one(t, c, u.GUID, computed).GetAttributeValue(computed); got != "8388608" {
		t.Errorf("an old password: %s", got)
	}
	if text := resultOf(t, s.dial(t).Bind(u.UPN, password), ldap.LDAPResultInvalidCredentials); !strings.Contains(text, "data 532") {
		t.Errorf("an old password: %s", text)
	}
	parent := one(t, c, u.GUID, "parentGUID").GetRawAttributeValue("parentGUID")
	answer, err := c.Search(query(u.Parent, ldap.ScopeBaseObject, "(objectClass=*)", "objectGUID"))
	if err != nil || string(answer.Entries[0].GetRawAttributeValue("objectGUID")) != string(parent) {
		t.Errorf("parentGUID %x, %v", parent, err)
	}
}

func TestClassesTellObjectsApart(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	for filter, want := range map[string][]string{
		"(cn=gmsa-sql)":            {"top", "person", "organizationalPerson", "user", "computer", "msDS-GroupManagedServiceAccount"},
		"(cn=Contoso Travel Desk)": {"top", "person", "organizationalPerson", "contact"},
		"(cn=GG-SOC)":              {"top", "group"},
		"(sAMAccountName=EMEA$)":   {"top", "person", "organizationalPerson", "user"},
	} {
		answer, err := c.Search(query(contosoDN, ldap.ScopeWholeSubtree, filter, "objectClass"))
		if err != nil || len(answer.Entries) != 1 {
			t.Fatalf("%s: %v", filter, err)
		}
		if got := answer.Entries[0].GetAttributeValues("objectClass"); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", filter, got, want)
		}
	}
}

func additionLike(u *world.User) directory.Addition {
	return directory.Addition{Container: u.Parent, Name: u.CN, Attributes: map[string][]string{"sAMAccountName": {u.SAM}}}
}
