package directory_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"adbadge/model"
	"adbadge/providers/lab/directory"
	"adbadge/providers/lab/world"
)

// person gives a user of the first domain, by how many come before.
func (s *served) person(t testing.TB, skip int) world.User {
	t.Helper()
	for i := 70; i < s.world.Users(); i++ {
		u := s.world.User(i)
		if u.Domain == 0 && u.Role == world.Person && u.Enabled() && u.Locked.IsZero() && u.Expires.IsZero() && !u.PasswordSet.IsZero() {
			if skip--; skip < 0 {
				return u
			}
		}
	}
	t.Fatal("no such person")
	return world.User{}
}

// must stops a test when a change of the directory fails.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// one reads one object by its objectGUID.
func one(t testing.TB, c *ldap.Conn, id model.GUID, attributes ...string) *ldap.Entry {
	t.Helper()
	answer, err := c.Search(query("<GUID="+id.String()+">", ldap.ScopeBaseObject, "(objectClass=*)", attributes...))
	if err != nil || len(answer.Entries) != 1 {
		t.Fatalf("%s: %v", id, err)
	}
	return answer.Entries[0]
}

// namesOf gives the account names that a filter finds in the first domain.
func namesOf(t testing.TB, c *ldap.Conn, filter string, controls ...ldap.Control) []string {
	t.Helper()
	q := query(contosoDN, ldap.ScopeWholeSubtree, filter, "sAMAccountName")
	q.Controls = controls
	answer, err := c.Search(q)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range answer.Entries {
		found = append(found, e.GetAttributeValue("sAMAccountName"))
	}
	slices.Sort(found)
	return found
}

func committed(t testing.TB, c *ldap.Conn) int64 {
	t.Helper()
	answer, err := c.Search(query("", ldap.ScopeBaseObject, "(objectClass=*)", "highestCommittedUSN"))
	if err != nil {
		t.Fatal(err)
	}
	usn, err := strconv.ParseInt(answer.Entries[0].GetAttributeValue("highestCommittedUSN"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return usn
}

func TestEachChangeRaisesTheUSN(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	u := s.person(t, 0)
	unit := "OU=Admins," + contosoDN
	var added model.GUID
	for _, change := range []struct {
		what string
		do   func() error
		id   func() model.GUID
		see  func(e *ldap.Entry) bool
	}{
		{"set", func() error { return s.Set(u.GUID, "displayName", "Other Name") }, nil, func(e *ldap.Entry) bool { return e.GetAttributeValue("displayName") == "Other Name" }},
		{"remove", func() error { return s.Set(u.GUID, "title") }, nil, func(e *ldap.Entry) bool { return len(e.GetAttributeValues("title")) == 0 }},
		{"disable", func() error { return s.SetEnabled(u.GUID, false) }, nil, func(e *ldap.Entry) bool { return e.GetAttributeValue("userAccountControl") == "514" }},
		{"enable", func() error { return s.SetEnabled(u.GUID, true) }, nil, func(e *ldap.Entry) bool { return e.GetAttributeValue("userAccountControl") == "512" }},
		{"rename", func() error { return s.Rename(u.GUID, "Doe, Jo") }, nil, func(e *ldap.Entry) bool {
			return strings.HasPrefix(e.DN, `CN=Doe\, Jo,`) && e.GetAttributeValue("cn") == "Doe, Jo" && e.GetAttributeValue("name") == "Doe, Jo"
		}},
		{"move", func() error { return s.Move(u.GUID, unit) }, nil, func(e *ldap.Entry) bool { return e.DN == `CN=Doe\, Jo,`+unit }},
		{"add", func() (err error) {
			added, err = s.Add(directory.Addition{Container: unit, Name: "New Comer", Attributes: map[string][]string{
				"sAMAccountName": {"new.comer"}, "userPrincipalName": {"new.comer@contoso.test"}, "displayName": {"New Comer"}}})
			return err
		}, func() model.GUID { return added }, func(e *ldap.Entry) bool { return e.DN == "CN=New Comer,"+unit }},
	} {
		t.Run(change.what, func(t *testing.T) {
			id := u.GUID
			before := committed(t, c)
			must(t, change.do())
			if change.id != nil {
				id = change.id()
			}
			after := committed(t, c)
			if after <= before || after != s.HighestUSN() {
				t.Errorf("highestCommittedUSN %d, then %d", before, after)
			}
			e := one(t, c, id)
			if !change.see(e) {
				t.Errorf("got %s %v", e.DN, e.Attributes)
			}
			if got := e.GetAttributeValue("uSNChanged"); got != fmt.Sprint(after) {
				t.Errorf("uSNChanged %s, want %d", got, after)
			}
			if got, want := e.GetAttributeValue("whenChanged"), s.world.Options().Now.Format("20060102150405.0Z"); got != want {
				t.Errorf("whenChanged %s, want %s", got, want)
			}
			if got := namesOf(t, c, fmt.Sprintf("(uSNChanged>=%d)", before+1)); len(got) != 1 {
				t.Errorf("changed since: %q", got)
			}
		})
	}
	if err := s.dial(t).Bind("new.comer@contoso.test", password); err != nil {
		t.Errorf("the added account cannot sign in: %v", err)
	}
	must(t, s.SetEnabled(u.GUID, false))
	text := resultOf(t, s.dial(t).Bind(`CONTOSO\`+u.SAM, password), ldap.LDAPResultInvalidCredentials)
	if !strings.Contains(text, "data 533") {
		t.Errorf("disabled: %s", text)
	}
	// Found by what they are called now, and not by what they were called.
	if got := namesOf(t, c, "(distinguishedName="+ldap.EscapeFilter(u.DN())+")"); len(got) != 0 {
		t.Errorf("the old name finds %q", got)
	}
	for _, filter := range []string{"(sAMAccountName=NEW.comer)", "(objectSid=" + sidOf(t, one(t, c, added)) + ")", "(cn=new com*)"} {
		if got := namesOf(t, c, filter); !slices.Equal(got, []string{"new.comer"}) {
			t.Errorf("%s finds %q", filter, got)
		}
	}
}

func sidOf(t testing.TB, e *ldap.Entry) string {
	t.Helper()
	sid, err := model.SIDFromBytes(e.GetRawAttributeValue("objectSid"))
	if err != nil {
		t.Fatal(err)
	}
	return string(sid)
}

func TestReferencesFollowARename(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	for i := range s.world.Users() {
		report := s.world.User(i)
		if report.Manager < 0 || report.Domain != 0 {
			continue
		}
		boss := s.world.User(report.Manager)
		before := one(t, c, report.GUID, "uSNChanged").GetAttributeValue("uSNChanged")
		must(t, s.Rename(boss.GUID, "Renamed Boss"))
		e := one(t, c, report.GUID, "manager", "uSNChanged")
		if got := e.GetAttributeValue("manager"); got != one(t, c, boss.GUID).DN || !strings.HasPrefix(got, "CN=Renamed Boss,") {
			t.Errorf("manager %q", got)
		}
		if e.GetAttributeValue("uSNChanged") != before {
			t.Error("the report has another uSNChanged")
		}
		for _, g := range s.world.UserGroups(boss.Index) {
			filter := "(&(objectClass=group)(member=" + ldap.EscapeFilter(one(t, c, boss.GUID).DN) + "))"
			if got := namesOf(t, c, filter); boss.Domain == 0 && !slices.Contains(got, s.world.Groups()[g].Name) {
				t.Errorf("member of %q, not of %s", got, s.world.Groups()[g].Name)
			}
		}
		return
	}
	t.Fatal("nobody has a manager")
}

func TestMembershipIsAChangeOfTheGroup(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	u := s.person(t, 0)
	admins := s.group(t, "Domain Admins")
	before := one(t, c, u.GUID, "uSNChanged").GetAttributeValue("uSNChanged")
	for _, in := range []bool{true, false} {
		usn := s.HighestUSN()
		must(t, s.SetMember(admins.GUID, u.GUID, in))
		e := one(t, c, u.GUID, "memberOf", "uSNChanged")
		if slices.Contains(e.GetAttributeValues("memberOf"), admins.DN()) != in || e.GetAttributeValue("uSNChanged") != before {
			t.Errorf("in %t: memberOf %q, uSNChanged %s", in, e.GetAttributeValues("memberOf"), e.GetAttributeValue("uSNChanged"))
		}
		if slices.Contains(one(t, c, admins.GUID, "member").GetAttributeValues("member"), u.DN()) != in {
			t.Errorf("in %t: the group does not agree", in)
		}
		if got := namesOf(t, c, fmt.Sprintf("(uSNChanged>=%d)", usn+1)); !slices.Equal(got, []string{"Domain Admins"}) {
			t.Errorf("in %t: changed %q", in, got)
		}
	}
}

func (s *served) group(t testing.TB, name string) world.Group {
	t.Helper()
	for _, g := range s.world.Groups() {
		if g.Domain == 0 && g.Name == name {
			return g
		}
	}
	t.Fatalf("no group %s", name)
	return world.Group{}
}

func TestNestedGroupsFollowChanges(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	admins, desk := s.group(t, "Domain Admins"), s.group(t, "GG-Helpdesk")
	filter := "(&(objectClass=user)(memberOf:1.2.840.113556.1.4.1941:=" + admins.DN() + "))"
	before := namesOf(t, c, filter)
	must(t, s.SetMember(admins.GUID, desk.GUID, true))
	if during := namesOf(t, c, filter); len(during) <= len(before) {
		t.Errorf("%d members before, %d with another group", len(before), len(during))
	}
	must(t, s.SetMember(admins.GUID, desk.GUID, false))
	if after := namesOf(t, c, filter); !slices.Equal(before, after) {
		t.Errorf("%q before, %q after", before, after)
	}
}

func TestRefusedChanges(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	u, other := s.person(t, 0), s.person(t, 1)
	group := s.group(t, "GG-SOC")
	usn := s.HighestUSN()
	for _, test := range []struct {
		what string
		err  error
		want error
	}{
		{"unknown object", s.Set(model.GUID{1}, "title", "x"), directory.ErrNoObject},
		{"unknown container", s.Move(u.GUID, "OU=Nowhere,"+contosoDN), directory.ErrNoObject},
		{"into a group", s.Move(u.GUID, group.DN()), directory.ErrFixed},
		{"into the deleted objects", s.Move(u.GUID, "CN=Deleted Objects,"+contosoDN), directory.ErrNoObject},
		{"own attribute", s.Set(u.GUID, "uSNChanged", "1"), directory.ErrFixed},
		{"group's name", s.Rename(group.GUID, "x"), directory.ErrFixed},
		{"delete a group", s.Delete(group.GUID), directory.ErrFixed},
		{"enable a group", s.SetEnabled(group.GUID, true), directory.ErrFixed},
		{"name that is taken", s.adding(directory.Addition{Container: u.Parent, Name: u.CN}), directory.ErrExists},
		{"member of no group", s.SetMember(other.GUID, u.GUID, true), directory.ErrNoObject},
	} {
		if !errors.Is(test.err, test.want) {
			t.Errorf("%s: %v", test.what, test.err)
		}
	}
	if s.Set(u.GUID, "noSuchAttribute", "x") == nil || s.Rename(u.GUID, "") == nil {
		t.Error("nonsense was accepted")
	}
	if s.HighestUSN() != usn {
		t.Error("a refused change took a USN")
	}
}

// adding adds an object without telling its id.
func (s *served) adding(a directory.Addition) error {
	_, err := s.Add(a)
	return err
}

func TestPagedSearchDuringChanges(t *testing.T) {
	s := serve(t, world.Options{Seed: 1, Users: 2000, Computers: 100})
	var writers sync.WaitGroup
	stop := make(chan struct{})
	for k := range 3 {
		writers.Go(func() {
			for i := k; ; i += 3 {
				select {
				case <-stop:
					return
				default:
				}
				u := s.world.User(100 + i%1500)
				if u.Domain != 0 {
					continue
				}
				switch i % 4 {
				case 0:
					s.Set(u.GUID, "title", fmt.Sprint("Title ", i))
				case 1:
					s.Rename(u.GUID, fmt.Sprint("Renamed ", i))
				case 2:
					s.Move(u.GUID, []string{"OU=Admins,", "OU=Leavers,"}[i/4%2]+contosoDN)
				case 3:
					s.Add(directory.Addition{Container: "OU=Admins," + contosoDN, Name: fmt.Sprint("Added ", i)})
				}
			}
		})
	}
	c := s.signIn(t)
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); {
		answer, err := c.SearchWithPaging(query(contosoDN, ldap.ScopeWholeSubtree, "(objectClass=user)", "objectGUID"), 97)
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]bool)
		for _, e := range answer.Entries {
			id := e.GetAttributeValue("objectGUID")
			if seen[id] {
				t.Fatalf("%s came twice", e.DN)
			}
			seen[id] = true
		}
		for i := range s.world.Users() {
			if u := s.world.User(i); u.Domain == 0 && !seen[string(u.GUID[:])] {
				t.Fatalf("%s was missed", u.SAM)
			}
		}
	}
	close(stop)
	writers.Wait()
	usn := committed(t, c)
	found := namesOf(t, c, fmt.Sprintf("(uSNChanged>=%d)", usn))
	if len(found) != 1 {
		t.Errorf("%d objects have the highest USN", len(found))
	}
}

func TestRestoredDomainController(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	service := ""
	invocation := func() string {
		t.Helper()
		root, err := c.Search(query("", ldap.ScopeBaseObject, "(objectClass=*)", "dsServiceName"))
		if err != nil {
			t.Fatal(err)
		}
		service = root.Entries[0].GetAttributeValue("dsServiceName")
		answer, err := c.Search(query(service, ldap.ScopeBaseObject, "(objectClass=*)", "invocationId"))
		if err != nil {
			t.Fatal(err)
		}
		return string(answer.Entries[0].GetRawAttributeValue("invocationId"))
	}
	before := invocation()
	if id := s.InvocationID(); before != string(id[:]) || !strings.HasPrefix(service, "CN=NTDS Settings,CN=DC01,") {
		t.Errorf("%s has %x, want %x", service, before, id)
	}
	u, v := s.person(t, 0), s.person(t, 1)
	for i := range 9 {
		must(t, s.Set(u.GUID, "title", fmt.Sprint(i)))
	}
	must(t, s.Set(v.GUID, "title", "x"))
	usn := s.HighestUSN()
	id := s.Restore()
	if _, err := c.Search(query("", ldap.ScopeBaseObject, "(objectClass=*)")); err == nil {
		t.Error("the connection lives on")
	}
	c = s.signIn(t)
	if after := invocation(); after == before || after != string(id[:]) {
		t.Errorf("invocation id %x, then %x", before, after)
	}
	if got := committed(t, c); got != usn-8 {
		t.Errorf("highest USN %d, then %d", usn, got)
	}
	if got := one(t, c, u.GUID).GetAttributeValue("title"); got != "8" {
		t.Errorf("title %q", got)
	}
	// Who goes on from the old USN misses what happens now.
	must(t, s.Set(v.GUID, "title", "y"))
	if got := namesOf(t, c, fmt.Sprintf("(uSNChanged>=%d)", usn+1)); len(got) != 0 {
		t.Errorf("changed since the old USN: %q", got)
	}
}
