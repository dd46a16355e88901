package directory_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"adbadge/providers/lab/directory"
	"adbadge/providers/lab/world"
)

// What changed since a USN is found without going over everything; a negated filter goes over everything.
func TestChangedSinceAgreesWithTheWholeDirectory(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	start := s.HighestUSN()
	for i := 100; i < 160; i++ {
		must(t, s.Set(s.world.User(i%130).GUID, "title", fmt.Sprint(i)))
	}
	must(t, s.Set(s.world.Computer(3).GUID, "description", "x"))
	must(t, s.Delete(s.world.User(101).GUID))
	must(t, s.adding(directory.Addition{Container: "OU=Admins," + contosoDN, Name: "New"}))
	read := func(filter string) (found []string) {
		answer, err := c.SearchWithPaging(query(contosoDN, ldap.ScopeWholeSubtree, filter, "cn"), 500)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range answer.Entries {
			found = append(found, e.DN)
		}
		slices.Sort(found)
		return found
	}
	usns := []int64{0, 8_000, 8_300, 20_000, 20_001, 20_002, 20_003, start - 1, start, start + 1, start + 30, s.HighestUSN(), s.HighestUSN() + 1}
	for usn := int64(20_100); usn < 20_160; usn++ {
		usns = append(usns, usn)
	}
	for _, usn := range usns {
		fast, whole := read(fmt.Sprintf("(uSNChanged>=%d)", usn)), read(fmt.Sprintf("(&(cn=*)(!(uSNChanged<=%d)))", usn-1))
		fast = slices.DeleteFunc(fast, func(dn string) bool { return !slices.Contains(whole, dn) && dn[:3] != "CN=" }) // units have no cn
		if !slices.Equal(fast, whole) {
			t.Errorf("since %d: %d objects, but %d by going over all", usn, len(fast), len(whole))
		}
	}
}

func TestManagersGoWithDeletion(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	for i := range s.world.Users() {
		if report := s.world.User(i); report.Manager >= 0 {
			boss := s.world.User(report.Manager)
			if got := one(t, c, report.GUID, "manager").GetAttributeValue("manager"); got != boss.DN() {
				t.Fatalf("manager %q", got)
			}
			must(t, s.Delete(boss.GUID))
			if got := one(t, c, report.GUID, "manager").GetAttributeValues("manager"); len(got) != 0 {
				t.Errorf("manager %q", got)
			}
			return
		}
	}
	t.Fatal("nobody has a manager")
}

// BenchmarkChangedSince measures an incremental read of 100 changed objects in a directory of 200,000.
func BenchmarkChangedSince(b *testing.B) {
	s := serve(b, world.Options{Seed: 1, Users: 150_000, Computers: 50_000})
	c := s.signIn(b)
	usn := s.HighestUSN()
	for i := range 100 {
		must(b, s.Set(s.world.User(1000+i).GUID, "title", "x"))
	}
	q := query(contosoDN, ldap.ScopeWholeSubtree, fmt.Sprintf("(&(sAMAccountType=805306368)(uSNChanged>=%d))", usn+1), "title")
	for b.Loop() {
		if answer, err := c.Search(q); err != nil || len(answer.Entries) == 0 {
			b.Fatal(err)
		}
	}
}

// BenchmarkRename measures a rename in a directory of 200,000: it looks at everybody's manager.
func BenchmarkRename(b *testing.B) {
	s := serve(b, world.Options{Seed: 1, Users: 150_000, Computers: 50_000})
	s.EncodeAll()
	id := s.world.User(1000).GUID
	for i := 0; b.Loop(); i++ {
		must(b, s.Rename(id, fmt.Sprint("Name ", i)))
	}
}
