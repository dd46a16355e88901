package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"adbadge/providers/lab/directory"
	"adbadge/providers/lab/world"
)

const (
	objectSecurity    = ldap.DirSyncObjectSecurity
	incrementalValues = ldap.DirSyncIncrementalValues
	ancestorsFirst    = ldap.DirSyncAncestorsFirstOrder
)

// syncing follows a directory by DirSync.
type syncing struct {
	c          *ldap.Conn
	flags      int64
	most       int64
	base       string
	filter     string
	attributes []string
	cookie     []byte
	answers    int // of the last pass
}

// once asks for one answer.
func (y *syncing) once() (*ldap.SearchResult, bool, error) {
	q := query(y.base, ldap.ScopeWholeSubtree, y.filter, y.attributes...)
	answer, err := y.c.DirSync(q, y.flags, y.most, y.cookie)
	if err != nil {
		return answer, false, err
	}
	control, ok := ldap.FindControl(answer.Controls, ldap.ControlTypeDirSync).(*ldap.ControlDirSync)
	if !ok {
		return answer, false, fmt.Errorf("no DirSync control in the answer")
	}
	y.cookie = control.Cookie
	return answer, control.Flags != 0, nil
}

// pass asks until there is no more.
func (y *syncing) pass(t testing.TB) (entries []*ldap.Entry) {
	t.Helper()
	for y.answers = 1; ; y.answers++ {
		answer, more, err := y.once()
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, answer.Entries...)
		if !more {
			return entries
		}
	}
}

func follow(c *ldap.Conn, flags int64, attributes ...string) *syncing {
	return &syncing{c: c, flags: flags, base: contosoDN, filter: "(objectClass=user)", attributes: attributes}
}

// told lists the names of the attributes of an entry, sorted.
func told(e *ldap.Entry) string {
	var names []string
	for _, a := range e.Attributes {
		names = append(names, a.Name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestDirSyncRights(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	plain, trusted := s.signIn(t), s.replicator(t)
	for _, test := range []struct {
		what  string
		c     *ldap.Conn
		flags int64
		base  string
		scope int
		code  uint16
	}{
		{"plain without a flag", plain, 0, contosoDN, ldap.ScopeWholeSubtree, ldap.LDAPResultInsufficientAccessRights},
		{"plain, ancestors first", plain, ancestorsFirst, contosoDN, ldap.ScopeWholeSubtree, ldap.LDAPResultInsufficientAccessRights},
		{"plain, secured", plain, objectSecurity, contosoDN, ldap.ScopeWholeSubtree, 0},
		{"plain, secured, child domain", plain, objectSecurity, emeaDN, ldap.ScopeWholeSubtree, 0},
		{"plain, all flags", plain, objectSecurity | ancestorsFirst | incrementalValues | 0x2000, contosoDN, ldap.ScopeWholeSubtree, 0},
		{"trusted without a flag", trusted, 0, contosoDN, ldap.ScopeWholeSubtree, 0},
		{"trusted, all flags", trusted, objectSecurity | ancestorsFirst | incrementalValues, contosoDN, ldap.ScopeWholeSubtree, 0},
		{"a unit, secured", plain, objectSecurity, "OU=People," + contosoDN, ldap.ScopeWholeSubtree, ldap.LDAPResultUnwillingToPerform},
		{"a unit", trusted, 0, "OU=People," + contosoDN, ldap.ScopeWholeSubtree, ldap.LDAPResultInsufficientAccessRights},
		{"one level", plain, objectSecurity, contosoDN, ldap.ScopeSingleLevel, ldap.LDAPResultUnwillingToPerform},
		{"base", trusted, 0, contosoDN, ldap.ScopeBaseObject, ldap.LDAPResultUnwillingToPerform},
	} {
		t.Run(test.what, func(t *testing.T) {
			answer, err := test.c.DirSync(query(test.base, test.scope, "(objectClass=user)", "cn", "name"), test.flags, 0, nil)
			if test.code != 0 {
				resultOf(t, err, test.code)
			} else if err != nil || len(answer.Entries) < 100 {
				t.Errorf("%v", err)
			}
		})
	}
	y := follow(plain, objectSecurity, "name")
	y.cookie = []byte("MSDS and not much more")
	_, _, err := y.once()
	resultOf(t, err, ldap.LDAPResultUnavailableCriticalExtension)
	y.cookie, y.base = nil, emeaDN
	y.pass(t)
	y.base = contosoDN
	_, _, err = y.once() // with the other domain's cookie
	resultOf(t, err, ldap.LDAPResultUnavailableCriticalExtension)
}

func TestDirSyncFirstPass(t *testing.T) {
	s := serve(t, world.Options{Seed: 1, Users: 3000, Computers: 100})
	c := s.signIn(t)
	want := make(map[string]bool)
	for i := range s.world.Users() {
		if u := s.world.User(i); u.Domain == 0 {
			want[string(u.GUID[:])] = true
		}
	}
	for _, test := range []struct {
		most    int64
		answers int // at least
	}{{0, 2}, {1 << 30, 2}, {20_000, 15}} {
		y := follow(c, objectSecurity, "sAMAccountName", "memberOf", "uSNChanged", "cn", "whenChanged", "distinguishedName")
		y.filter, y.most = "(sAMAccountType=805306368)", test.most
		seen := make(map[string]bool)
		for _, e := range y.pass(t) {
			id := string(e.GetRawAttributeValue("objectGUID"))
			if seen[id] || !want[id] {
				t.Fatalf("%s came twice, or should not come", e.DN)
			}
			seen[id] = true
			// What every domain controller keeps for itself, back links and the common name do not come.
			if got := told(e); got != "instanceType objectGUID sAMAccountName" {
				t.Fatalf("%s has %s", e.DN, got)
			}
		}
		if len(seen) != len(want) || y.answers < test.answers {
			t.Errorf("%d of %d objects in %d answers of %d bytes", len(seen), len(want), y.answers, test.most)
		}
		if again := y.pass(t); len(again) != 0 {
			t.Errorf("%d objects without a change", len(again))
		}
	}
	y := follow(c, objectSecurity, "employeeID")
	for _, e := range y.pass(t) {
		if e.GetAttributeValue("employeeID") == "" {
			t.Fatalf("%s has none of the attributes", e.DN)
		}
	}
	groups := follow(c, objectSecurity, "member")
	groups.filter = "(cn=GG-AllStaff)"
	if e := groups.pass(t); len(e) != 1 || len(e[0].GetAttributeValues("member")) < 1600 {
		t.Errorf("members of a large group: %v", e)
	}
}

func TestDirSyncChanges(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	u, v := s.person(t, 0), s.person(t, 1)
	y := follow(s.signIn(t), objectSecurity, "displayName", "title", "description", "userAccountControl", "sAMAccountName", "name")
	y.pass(t)
	for _, step := range []struct {
		what  string
		do    func() error
		wants []string
	}{
		{"nothing", func() error { return nil }, nil},
		{"one attribute", func() error { return s.Set(u.GUID, "displayName", "X") }, []string{"displayName"}},
		{"one that nobody asked for", func() error { return s.Set(u.GUID, "mail", "x@contoso.test") }, nil},
		{"a removed value", func() error { return s.Set(u.GUID, "title") }, []string{"title"}},
		{"disabled", func() error { return s.SetEnabled(u.GUID, false) }, []string{"userAccountControl"}},
		{"renamed", func() error { return s.Rename(u.GUID, "Y") }, []string{"name parentGUID"}},
		{"moved", func() error { return s.Move(u.GUID, "OU=Admins,"+contosoDN) }, []string{"name parentGUID"}},
		{"two objects, one of them twice", func() error {
			must(t, s.Set(u.GUID, "displayName", "A"))
			must(t, s.Set(v.GUID, "displayName", "B"))
			return s.Set(u.GUID, "title", "C")
		}, []string{"displayName", "displayName title"}},
		{"added", func() error { return s.adding(directory.Addition{Container: u.Parent, Name: "Z"}) }, []string{"name parentGUID sAMAccountName userAccountControl"}},
		{"other filter", func() error {
			return s.adding(directory.Addition{Class: "contact", Container: u.Parent, Name: "ZZ"})
		}, nil},
	} {
		t.Run(step.what, func(t *testing.T) {
			must(t, step.do())
			var got []string
			for _, e := range y.pass(t) {
				names := strings.ReplaceAll(strings.ReplaceAll(told(e), "instanceType ", ""), "objectGUID", "")
				got = append(got, strings.Join(strings.Fields(names), " "))
			}
			if !slices.Equal(got, step.wants) {
				t.Errorf("got %q, want %q", got, step.wants)
			}
		})
	}
}

// An answer that ends between two changes of one object must not swallow the first of them.
func TestDirSyncChangesInSmallAnswers(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	u, v := s.person(t, 0), s.person(t, 1)
	y := follow(s.signIn(t), objectSecurity, "displayName", "title")
	y.pass(t)
	must(t, s.Set(u.GUID, "displayName", "A"))
	must(t, s.Set(v.GUID, "displayName", "B"))
	must(t, s.Set(u.GUID, "title", "C"))
	y.most = 1
	entries := y.pass(t)
	if len(entries) != 2 || y.answers < 2 {
		t.Fatalf("%d objects in %d answers", len(entries), y.answers)
	}
	if got := told(entries[1]); got != "displayName instanceType objectGUID title" {
		t.Errorf("got %s", got)
	}
}

func TestDirSyncDeletions(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	u := s.person(t, 0)
	attributes := []string{"sAMAccountName", "isDeleted", "lastKnownParent", "name", "displayName"}
	plain := follow(s.signIn(t), objectSecurity, attributes...)
	secured, trusted := follow(s.replicator(t), objectSecurity, attributes...), follow(s.replicator(t), 0, attributes...)
	byType := follow(s.replicator(t), 0, attributes...)
	byType.filter = "(sAMAccountType=805306368)"
	for _, y := range []*syncing{plain, secured, trusted, byType} {
		y.pass(t)
	}
	must(t, s.Delete(u.GUID))
	if got := plain.pass(t); len(got) != 0 {
		t.Errorf("a plain account is told of %s", got[0].DN)
	}
	if got := byType.pass(t); len(got) != 0 {
		t.Errorf("a filter on what tombstones lack finds %s", got[0].DN)
	}
	for _, y := range []*syncing{secured, trusted} {
		got := y.pass(t)
		if len(got) != 1 {
			t.Fatalf("%d objects", len(got))
		}
		e := got[0]
		if e.GetAttributeValue("isDeleted") != "TRUE" || !strings.Contains(e.DN, `\0ADEL:`+u.GUID.String()) ||
			string(e.GetRawAttributeValue("objectGUID")) != string(u.GUID[:]) || e.GetAttributeValue("lastKnownParent") != u.Parent {
			t.Errorf("%s: %v", e.DN, e.Attributes)
		}
	}
	// Somebody who begins now is told of the deleted object only with the right.
	for _, y := range []*syncing{plain, trusted} {
		y.cookie = nil
		deleted := 0
		for _, e := range y.pass(t) {
			if e.GetAttributeValue("isDeleted") != "" {
				deleted++
			}
		}
		if want := map[*syncing]int{plain: 0, trusted: 1}[y]; deleted != want {
			t.Errorf("a first pass tells of %d deletions, want %d", deleted, want)
		}
	}
}

func TestDirSyncMembers(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	admins := s.group(t, "Domain Admins")
	u := s.person(t, 0)
	whole, parts := follow(s.signIn(t), objectSecurity, "member"), follow(s.signIn(t), objectSecurity|incrementalValues, "member")
	for _, y := range []*syncing{whole, parts} {
		y.filter = "(objectClass=group)"
		y.pass(t)
	}
	before := len(one(t, s.signIn(t), admins.GUID, "member").GetAttributeValues("member"))
	for _, in := range []bool{true, false} {
		must(t, s.SetMember(admins.GUID, u.GUID, in))
		label, want := "member;range=0-0", before
		if in {
			label, want = "member;range=1-1", before+1
		}
		if got := whole.pass(t); len(got) != 1 || len(got[0].GetAttributeValues("member")) != want {
			t.Errorf("in %t: %v", in, got)
		}
		if got := parts.pass(t); len(got) != 1 || !slices.Equal(got[0].GetAttributeValues(label), []string{u.DN()}) {
			t.Errorf("in %t: %v", in, got)
		}
	}
}

func TestDirSyncAfterRestore(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	y := follow(s.signIn(t), objectSecurity, "displayName")
	first := len(y.pass(t))
	s.Restore()
	y.c = s.signIn(t)
	if again := len(y.pass(t)); again != first {
		t.Errorf("%d objects at first, %d after the restore", first, again)
	}
	if rest := y.pass(t); len(rest) != 0 {
		t.Errorf("%d objects without a change", len(rest))
	}
}

func TestDirSyncDuringChanges(t *testing.T) {
	s := serve(t, world.Options{Seed: 1, Users: 600, Computers: 50})
	y := follow(s.signIn(t), objectSecurity, "title")
	y.most = 4000
	titles := make(map[string]string)
	take := func() {
		for _, e := range y.pass(t) {
			titles[string(e.GetRawAttributeValue("objectGUID"))] = e.GetAttributeValue("title")
		}
	}
	done := make(chan error, 1)
	last := make(map[string]string)
	go func() {
		for i := range 1500 {
			u := s.world.User(100 + i*7%400)
			if u.Domain != 0 {
				continue
			}
			title := fmt.Sprint("Title ", i)
			if err := s.Set(u.GUID, "title", title); err != nil {
				done <- err
				return
			}
			last[string(u.GUID[:])] = title
		}
		done <- nil
	}()
	for running := true; running; {
		select {
		case err := <-done:
			must(t, err)
			running = false
		default:
		}
		take()
	}
	for id, want := range last {
		if titles[id] != want {
			t.Fatalf("an object has the title %q, want %q", titles[id], want)
		}
	}
}
