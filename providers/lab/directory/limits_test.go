package directory_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"adbadge/providers/lab/directory"
	"adbadge/providers/lab/world"
)

func TestLimitsOfWindows(t *testing.T) {
	s := serve(t, world.Options{Seed: 1, Users: 6000, Computers: 100})
	c := s.signIn(t)
	all := query(contosoDN, ldap.ScopeWholeSubtree, "(sAMAccountType=805306368)", "sAMAccountName")
	answer, err := c.Search(all)
	resultOf(t, err, ldap.LDAPResultSizeLimitExceeded)
	if len(answer.Entries) != 1000 {
		t.Errorf("%d entries without paging, want 1000", len(answer.Entries))
	}
	few := query(contosoDN, ldap.ScopeWholeSubtree, "(sAMAccountType=805306368)", "cn")
	few.SizeLimit = 3
	answer, err = c.Search(few)
	resultOf(t, err, ldap.LDAPResultSizeLimitExceeded)
	if len(answer.Entries) != 3 {
		t.Errorf("%d entries with a limit of 3", len(answer.Entries))
	}
	paging := ldap.NewControlPaging(5000)
	all.Controls = []ldap.Control{paging}
	if answer, err = c.Search(all); err != nil || len(answer.Entries) != 1000 {
		t.Errorf("a page of 5000 has %d entries, %v; want 1000", len(answer.Entries), err)
	}
	all.Controls = nil
	seen := make(map[string]bool)
	answer, err = c.SearchWithPaging(all, 317)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range answer.Entries {
		if seen[e.GetAttributeValue("sAMAccountName")] {
			t.Fatalf("%s came twice", e.DN)
		}
		seen[e.GetAttributeValue("sAMAccountName")] = true
	}
	want := 0
	for i := range s.world.Users() {
		if s.world.User(i).Domain == 0 {
			want++
		}
	}
	if len(seen) != want {
		t.Errorf("%d accounts in all pages, want %d", len(seen), want)
	}
}

func TestPagesBelongToOneConnectionAndOneSearch(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	first, second := s.signIn(t), s.signIn(t)
	ask := func(c *ldap.Conn, filter string, cookie []byte) ([]byte, error) {
		q := query(contosoDN, ldap.ScopeWholeSubtree, filter, "cn")
		paging := ldap.NewControlPaging(7)
		paging.SetCookie(cookie)
		q.Controls = []ldap.Control{paging}
		answer, err := c.Search(q)
		if err != nil {
			return nil, err
		}
		return ldap.FindControl(answer.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging).Cookie, nil
	}
	cookie, err := ask(first, "(cn=*)", nil)
	if err != nil || len(cookie) == 0 {
		t.Fatalf("cookie %x, %v", cookie, err)
	}
	_, err = ask(second, "(cn=*)", cookie)
	resultOf(t, err, ldap.LDAPResultUnavailableCriticalExtension)
	_, err = ask(first, "(objectClass=*)", cookie)
	resultOf(t, err, ldap.LDAPResultUnavailableCriticalExtension)
	if cookie, err = ask(first, "(cn=*)", nil); err != nil {
		t.Fatal(err)
	}
	s.SetFaults(directory.Faults{LosePagingCookie: true})
	_, err = ask(first, "(cn=*)", cookie)
	resultOf(t, err, ldap.LDAPResultUnavailableCriticalExtension)
}

func TestMembersComeInRanges(t *testing.T) {
	s := serve(t, world.Options{Seed: 1, Users: 6000, Computers: 100})
	c := s.signIn(t)
	staff := "CN=GG-AllStaff,OU=Groups," + contosoDN
	want := 0
	for i := range s.world.Users() {
		for _, g := range s.world.UserGroups(i) {
			if group := s.world.Groups()[g]; group.Name == "GG-AllStaff" && group.Domain == 0 {
				want++
			}
		}
	}
	members := make(map[string]bool)
	read := func(attribute string) (name string, n int) {
		answer, err := c.Search(query(staff, ldap.ScopeBaseObject, "(objectClass=*)", attribute))
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.Entries[0].Attributes) == 0 {
			return "", 0
		}
		a := answer.Entries[0].Attributes[0]
		for _, v := range a.Values {
			members[v] = true
		}
		return a.Name, len(a.Values)
	}
	if name, n := read("member"); name != "member;range=0-1499" || n != 1500 {
		t.Fatalf("%s with %d values", name, n)
	}
	if name, n := read("member;range=10-19"); name != "member;range=10-19" || n != 10 {
		t.Errorf("%s with %d values", name, n)
	}
	low := 1500
	for {
		name, n := read(fmt.Sprintf("member;range=%d-*", low))
		low += n
		if strings.HasSuffix(name, "-*") {
			break
		}
		if n != 1500 {
			t.Fatalf("%s with %d values", name, n)
		}
	}
	if low != want || len(members) != want {
		t.Errorf("%d members, %d different; want %d", low, len(members), want)
	}
	if name, n := read("member;range=999999-*"); n != 0 {
		t.Errorf("%s with %d values beyond the end", name, n)
	}
}

func TestNestedMembership(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	admins := "CN=Domain Admins,CN=Users," + contosoDN
	direct, err := c.Search(query(contosoDN, ldap.ScopeWholeSubtree, "(&(objectClass=user)(memberOf="+admins+"))", "cn"))
	if err != nil {
		t.Fatal(err)
	}
	nested, err := c.Search(query(contosoDN, ldap.ScopeWholeSubtree, "(&(objectClass=user)(memberOf:1.2.840.113556.1.4.1941:="+admins+"))", "cn"))
	if err != nil {
		t.Fatal(err)
	}
	if len(direct.Entries) == 0 || len(nested.Entries) <= len(direct.Entries) {
		t.Errorf("%d direct members, %d with nested ones", len(direct.Entries), len(nested.Entries))
	}
}

func TestAttributeSelection(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	u := s.world.User(0)
	names := func(typesOnly bool, attributes ...string) (names []string) {
		q := query(u.DN(), ldap.ScopeBaseObject, "(objectClass=*)", attributes...)
		q.TypesOnly = typesOnly
		answer, err := c.Search(q)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range answer.Entries[0].Attributes {
			if typesOnly && len(a.Values) > 0 {
				t.Errorf("%s has values", a.Name)
			}
			names = append(names, a.Name)
		}
		return names
	}
	if got := names(false, "OBJECTguid", "cn", "unicodePwd", "noSuch"); !slices.Equal(got, []string{"cn", "objectGUID"}) {
		t.Errorf("got %q", got)
	}
	if got := names(false, "1.1"); len(got) != 0 {
		t.Errorf("got %q", got)
	}
	if got := names(true, "cn"); !slices.Equal(got, []string{"cn"}) {
		t.Errorf("got %q", got)
	}
	all := names(false)
	if star := names(false, "*", "cn"); !slices.Equal(all, star) || len(all) < 25 {
		t.Errorf("got %q and %q", all, star)
	}
	for _, secret := range []string{"unicodePwd", "dBCSPwd", "ntPwdHistory", "userPassword", "msDS-ManagedPassword"} {
		if slices.Contains(all, secret) {
			t.Errorf("%s is shown", secret)
		}
	}
}

func TestFaults(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	s.SetFaults(directory.Faults{CutAfterEntries: 25})
	// The second page of 20 is cut after five entries.
	if _, err := c.SearchWithPaging(query(contosoDN, ldap.ScopeWholeSubtree, "(objectClass=user)", "cn"), 20); err == nil {
		t.Error("the read went well")
	}
	if !c.IsClosing() {
		t.Error("the connection is still there")
	}
	s.SetFaults(directory.Faults{RefuseBind: true})
	resultOf(t, s.dial(t).Bind(`CONTOSO\svc-sql`, password), ldap.LDAPResultInvalidCredentials)
	s.SetFaults(directory.Faults{Slow: time.Hour})
	s.SetFaults(directory.Faults{})
	if _, err := s.signIn(t).Search(query(contosoDN, ldap.ScopeBaseObject, "(objectClass=*)")); err != nil {
		t.Error(err)
	}
}

func TestCloseEndsWhatRuns(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	s.SetFaults(directory.Faults{Slow: time.Hour})
	ended := make(chan error, 1)
	go func() {
		_, err := c.Search(query(contosoDN, ldap.ScopeWholeSubtree, "(objectClass=user)"))
		ended <- err
	}()
	silent, err := net.Dial("tcp", s.plain) // says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	half, err := tls.Dial("tcp", s.secure, &tls.Config{RootCAs: s.roots, ServerName: "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	half.Write([]byte{0x30, 0x84, 0x00}) // never ends its message
	closed := make(chan struct{})
	go func() { s.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Fatal("Close hangs")
	}
	if err := <-ended; err == nil {
		t.Error("the search went well")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(l); err != directory.ErrClosed {
		t.Errorf("Serve after Close: %v", err)
	}
}

func TestManyClients(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	const clients = 20
	ended := make(chan error, clients)
	for range clients {
		c := s.signIn(t)
		go func() {
			for range 5 {
				answer, err := c.SearchWithPaging(query(emeaDN, ldap.ScopeWholeSubtree, "(objectClass=computer)"), 11)
				if err == nil && len(answer.Entries) < 50 {
					err = fmt.Errorf("only %d computers", len(answer.Entries))
				}
				if err != nil {
					ended <- err
					return
				}
			}
			ended <- nil
		}()
	}
	for range clients {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}
