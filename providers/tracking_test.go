package providers

import (
	"crypto/tls"
	"errors"
	"maps"
	"net"
	"slices"
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/lab"
	"adbadge/providers/lab/authority"
	"adbadge/providers/lab/directory"
	"adbadge/providers/lab/world"
	"adbadge/providers/ldap"
)

// tracked is the directory of a lab, followed from a position on.
type tracked struct {
	*testing.T
	*ldap.Directory
	at      model.Position
	changed map[model.GUID]model.Entity
	deleted []model.GUID
}

// track opens the directory of a lab and reads it whole. change may alter its configuration.
func track(t *testing.T, running *lab.Lab, change func(*config.Directory)) *tracked {
	t.Helper()
	c := running.Config().Directories[0]
	change(&c)
	return trackAt(t, ldap.Options{Config: c, Password: running.DirectoryPassword(), Roots: running.Roots()})
}

func trackAt(t *testing.T, o ldap.Options) *tracked {
	t.Helper()
	d, err := ldap.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	f := &tracked{T: t, Directory: d}
	f.readWhole()
	return f
}

// readWhole reads everything, as a refresh does.
func (f *tracked) readWhole() map[model.GUID]model.Entity {
	f.Helper()
	var err error
	if f.at, err = f.Position(f.Context(), f.at); err != nil || f.at == "" {
		f.Fatalf("position %q (%v)", f.at, err)
	}
	all := map[model.GUID]model.Entity{}
	_, err = f.Entities(f.Context(), func(batch []model.Entity) error {
		for _, e := range batch {
			all[e.ID] = e
		}
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
	return all
}

// next asks for what has changed since the last call.
func (f *tracked) next() error {
	f.changed, f.deleted = map[model.GUID]model.Entity{}, nil
	at, err := f.Changes(f.Context(), f.at, func(entities []model.Entity, ids []model.GUID) error {
		for _, e := range entities {
			f.changed[e.ID] = e
		}
		f.deleted = append(f.deleted, ids...)
		return nil
	})
	if err == nil {
		f.at = at
	}
	return err
}

func (f *tracked) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// exists asks whether a sweep finds an entity.
func (f *tracked) exists(id model.GUID) (found bool) {
	f.Helper()
	f.must(f.Present(f.Context(), func(ids []model.GUID) error {
		found = found || slices.Contains(ids, id)
		return nil
	}))
	return found
}

// synced reports whether the directory is followed by DirSync.
func (f *tracked) synced() bool { return strings.Contains(string(f.at), "cookie") }

// person gives an ordinary user of the first domain.
func person(t *testing.T, w *world.World, from int) world.User {
	t.Helper()
	for i := from; i < w.Users(); i++ {
		if u := w.User(i); u.Domain == 0 && u.Enabled() && strings.HasPrefix(u.Parent, "OU=") {
			return u
		}
	}
	t.Fatal("no such user")
	return world.User{}
}

// replicator names the account of directory synchronisation.
func replicator(running *lab.Lab) string {
	for i := range running.World().Users() {
		if u := running.World().User(i); u.SAM == "svc-adsync" {
			return u.UPN
		}
	}
	return ""
}

func TestDirSyncTellsWhatTheAccountMaySee(t *testing.T) {
	_, running := stillLab(t)
	user := person(t, running.World(), 80).GUID
	plain := track(t, running, func(*config.Directory) {})
	trusted := track(t, running, func(c *config.Directory) { c.User = replicator(running) })
	server := running.Directory()
	plain.must(server.Set(user, "department", "Abroad"))
	for _, f := range []*tracked{plain, trusted} {
		f.must(f.next())
		if !f.synced() || len(f.changed) != 1 || f.changed[user].Department != "Abroad" || f.changed[user].SAM == "" {
			t.Errorf("changed %v, by DirSync %t", f.changed, f.synced())
		}
	}
	plain.must(server.Delete(user))
	plain.must(plain.next())
	trusted.must(trusted.next())
	if len(plain.deleted) != 0 || !slices.Equal(trusted.deleted, []model.GUID{user}) || len(plain.changed)+len(trusted.changed) != 0 {
		t.Errorf("deleted %v for a plain account and %v for one that replicates; changed %v and %v", plain.deleted, trusted.deleted,
			plain.changed, trusted.changed)
	}
	if plain.exists(user) {
		t.Error("a sweep finds the deleted user")
	}
}

// TestChangesWithinABase: DirSync is asked for the whole domain; what lies elsewhere does not concern us.
func TestChangesWithinABase(t *testing.T) {
	for way, faults := range map[string]directory.Faults{"DirSync": {}, "numbers": {RefuseDirSync: true}} {
		t.Run(way, func(t *testing.T) {
			_, running := stillLab(t)
			server := running.Directory()
			server.SetFaults(faults)
			u := person(t, running.World(), 80)
			user, home, other := u.GUID, u.Parent, u
			for from := 81; strings.HasSuffix(other.Parent, home); from++ {
				other = person(t, running.World(), from)
			}
			f := track(t, running, func(c *config.Directory) { c.BaseDNs = []string{home} })
			if f.synced() == faults.RefuseDirSync {
				t.Errorf("followed by DirSync: %t", f.synced())
			}
			f.must(server.Set(user, "title", "Inside"))
			f.must(server.Set(other.GUID, "title", "Outside"))
			f.must(f.next())
			if len(f.changed) != 1 || f.changed[user].Title != "Inside" {
				t.Errorf("changed %v", f.changed)
			}
			f.must(server.Move(other.GUID, home))
			f.must(f.next())
			if len(f.changed) != 1 || f.changed[other.GUID].Title != "Outside" {
				t.Errorf("after a move into the base: %v", f.changed)
			}
			f.must(server.Move(other.GUID, other.Parent))
			f.must(f.next())
			if len(f.changed) != 0 || f.exists(other.GUID) || !f.exists(user) {
				t.Errorf("after a move out of the base: %v, found by a sweep %t", f.changed, f.exists(other.GUID))
			}
		})
	}
}

// TestExcludedUnits: what lies in them is in no reading, change or sweep, and comes and goes with a move.
func TestExcludedUnits(t *testing.T) {
	for way, faults := range map[string]directory.Faults{"DirSync": {}, "numbers": {RefuseDirSync: true}} {
		t.Run(way, func(t *testing.T) {
			_, running := stillLab(t)
			server := running.Directory()
			server.SetFaults(faults)
			kept := person(t, running.World(), 80)
			left := kept
			for from := 81; strings.HasSuffix(kept.Parent, left.Parent) || strings.HasSuffix(left.Parent, kept.Parent); from++ {
				left = person(t, running.World(), from)
			}
			everything := track(t, running, func(*config.Directory) {}).readWhole()
			f := track(t, running, func(c *config.Directory) { c.ExcludeOUs = []string{strings.ToLower(left.Parent)} })
			all := f.readWhole()
			inside := 0
			for id, e := range everything {
				_, read := all[id]
				if within := strings.HasSuffix(string(e.DN), ","+left.Parent); within == read {
					t.Errorf("%s is read: %t", e.DN, read)
				} else if within {
					inside++
				}
			}
			if inside == 0 || f.exists(left.GUID) || !f.exists(kept.GUID) {
				t.Errorf("%d are left out; a sweep finds the one that is %t, the other %t", inside, f.exists(left.GUID), f.exists(kept.GUID))
			}
			f.must(server.Set(left.GUID, "title", "Hidden"))
			f.must(server.Set(kept.GUID, "title", "Seen"))
			f.must(f.next())
			if len(f.changed) != 1 || f.changed[kept.GUID].Title != "Seen" {
				t.Errorf("changed %v", f.changed)
			}
			f.must(server.Move(left.GUID, kept.Parent))
			f.must(f.next())
			if len(f.changed) != 1 || f.changed[left.GUID].Title != "Hidden" || !f.exists(left.GUID) {
				t.Errorf("after a move out of the unit, changed %v", f.changed)
			}
			f.must(server.Move(kept.GUID, left.Parent))
			f.must(f.next())
			if len(f.changed) != 0 || f.exists(kept.GUID) {
				t.Errorf("after a move into the unit, changed %v", f.changed)
			}
		})
	}
}

func TestDirSyncThatIsRefusedLater(t *testing.T) {
	_, running := stillLab(t)
	user := person(t, running.World(), 80).GUID
	f := track(t, running, func(*config.Directory) {})
	server := running.Directory()
	server.SetFaults(directory.Faults{RefuseDirSync: true})
	f.must(server.Set(user, "title", "First"))
	if err := f.next(); !errors.Is(err, model.ErrPositionLost) {
		t.Fatalf("got %v", err)
	}
	if f.readWhole(); f.synced() {
		t.Error("still followed by DirSync")
	}
	f.must(server.Set(user, "title", "Second"))
	f.must(f.next())
	if f.changed[user].Title != "Second" {
		t.Errorf("changed %v", f.changed)
	}
	server.SetFaults(directory.Faults{})
	if f.readWhole(); !f.synced() {
		t.Error("not followed by DirSync, though it is allowed again")
	}
}

// twoControllers serves one world with two domain controllers, the first of them behind a gate.
func twoControllers(t *testing.T) (w *world.World, first, second *directory.Server, g *gate, o ldap.Options) {
	t.Helper()
	w = world.New(world.Options{Seed: 1, Now: noon})
	a, err := authority.New()
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := a.Issue()
	if err != nil {
		t.Fatal(err)
	}
	serve := func() (*directory.Server, string) {
		s := directory.New(directory.Options{World: w, Password: "Lab-Pass-1!", TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}})
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = s.ServeTLS(listener) }()
		t.Cleanup(func() { _ = s.Close() })
		return s, listener.Addr().String()
	}
	first, address := serve()
	g = newGate(t, address)
	second, address = serve()
	second.Restore() // a database of its own
	o = ldap.Options{Password: "Lab-Pass-1!", Roots: a.Roots(), Config: config.Directory{
		Servers: []string{"ldaps://" + g.Addr().String(), "ldaps://" + address}, User: "svc-sql@contoso.test", BaseDNs: []string{"DC=contoso,DC=test"},
	}}
	return w, first, second, g, o
}

// TestAnotherControllerGoesOn: when a domain controller goes away, the next one is asked for the changes since. One that
// stands in the place of another is read whole.
func TestAnotherControllerGoesOn(t *testing.T) {
	w, first, second, g, o := twoControllers(t)
	user := person(t, w, 80).GUID
	f := trackAt(t, o)
	f.must(first.Set(user, "title", "At the first"))
	f.must(f.next())
	if f.changed[user].Title != "At the first" {
		t.Fatalf("changed %v", f.changed)
	}
	g.setShut(true)
	f.must(second.Set(user, "title", "At the second"))
	f.must(f.next())
	if got := f.changed[user].Title; got != "At the second" {
		t.Errorf("the next controller says %q", got)
	}
	f.must(second.Set(user, "title", "Later"))
	f.must(f.next())
	if got := f.changed[user].Title; got != "Later" || len(f.changed) != 1 {
		t.Errorf("the next controller says %q and changed %d objects", got, len(f.changed))
	}
	second.Restore()
	if err := f.next(); !errors.Is(err, model.ErrPositionLost) {
		t.Errorf("a controller that was restored gives %v", err)
	}
	all := f.readWhole()
	if len(all) == 0 || !f.synced() {
		t.Error("nothing is read after the restore")
	}
	f.must(second.Set(user, "title", "Last"))
	f.must(f.next())
	if got := slices.Collect(maps.Values(f.changed)); len(got) != 1 || got[0].Title != "Last" {
		t.Errorf("after the restore %d objects changed", len(got))
	}
}
