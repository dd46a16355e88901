package providers

import (
	"context"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers/lab/directory"
	"adbadge/providers/lab/world"
)

// following is a lab whose dashboard is kept up to date while it changes.
type following struct {
	*testing.T
	refresher *Refresher
	server    *directory.Server
	world     *world.World
	stop      func()
}

// eachWay runs a test in both ways of asking for changes.
func eachWay(t *testing.T, test func(*following)) {
	t.Helper()
	for way, faults := range map[string]directory.Faults{"DirSync": {}, "numbers": {RefuseDirSync: true}} {
		t.Run(way, func(t *testing.T) { test(followLab(t, faults)) })
	}
}

// followLab starts refreshing a lab, at a short interval but for readings from end to end, and waits for the first.
func followLab(t *testing.T, faults directory.Faults) *following {
	t.Helper()
	tenant, running := stillLab(t)
	running.Directory().SetFaults(faults)
	tenant.Interval, tenant.DirectoryInterval, tenant.Now = 50*time.Millisecond, time.Hour, time.Now
	f := &following{T: t, refresher: NewRefresher(tenant), server: running.Directory(), world: running.World()}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { f.refresher.Run(ctx); close(ended) }()
	f.stop = func() { cancel(); <-ended }
	t.Cleanup(f.stop)
	f.until("the lab is read", func(d *Dashboard) bool { return d.Loaded })
	return f
}

// until waits until a dashboard is as it should be.
func (f *following) until(what string, ok func(*Dashboard) bool) *Dashboard {
	f.Helper()
	ctx, cancel := context.WithTimeout(f.Context(), patience)
	defer cancel()
	d := f.refresher.Current()
	for !ok(d) {
		var err error
		if d, err = f.refresher.Wait(ctx, d.Generation); err != nil {
			f.Fatalf("%s: %v", what, err)
		}
	}
	return d
}

// untilEntity waits until an entity is as it should be.
func (f *following) untilEntity(what string, id model.GUID, ok func(model.Entity) bool) {
	f.Helper()
	f.until(what, func(d *Dashboard) bool {
		row, found := d.View.Find(id)
		return found && ok(d.View.Entity(row))
	})
}

func (f *following) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func TestChangesOfTheDirectoryReachTheDashboard(t *testing.T) {
	eachWay(t, changesOfTheDirectoryReachTheDashboard)
}

func changesOfTheDirectoryReachTheDashboard(f *following) {
	before := f.refresher.Current().View.Counts()
	read := f.whole()
	user, other := f.world.User(80).GUID, f.world.User(81).GUID
	ou := strings.SplitN(string(f.entity(f.world.Computer(5).GUID).DN), ",", 2)[1]

	added, err := f.server.Add(directory.Addition{Container: ou, Name: "Nova Newcomer", Attributes: map[string][]string{"displayName": {"Nova Newcomer"}}})
	f.must(err)
	f.untilEntity("a new user", added, func(e model.Entity) bool { return e.Name == "Nova Newcomer" && e.Kind == model.User })

	f.must(f.server.Rename(user, "Another Name"))
	f.untilEntity("a rename", user, func(e model.Entity) bool { return strings.HasPrefix(string(e.DN), "CN=Another Name,") })
	f.must(f.server.Move(user, ou))
	f.untilEntity("a move", user, func(e model.Entity) bool { return string(e.DN) == "CN=Another Name,"+ou })
	account := f.entity(other)
	enabled := !account.Has(model.Disabled)
	f.must(f.server.SetEnabled(other, !enabled))
	f.untilEntity("the other state", other, func(e model.Entity) bool { return e.Has(model.Disabled) == enabled })
	f.must(f.server.Set(other, "department", "Abroad"))
	f.untilEntity("another department", other, func(e model.Entity) bool { return e.Department == "Abroad" })

	// The account of the lab sees no deleted objects: a sweep finds them. It is asked for, since how often one comes by itself
	// depends on how long it takes.
	f.must(f.server.Delete(other))
	f.refresher.Refresh()
	d := f.until("a deletion", func(d *Dashboard) bool { _, listed := d.View.Find(other); return !listed })
	if counts := d.View.Counts(); counts.Users != before.Users || counts.Computers != before.Computers {
		f.Errorf("one user came and one went: %d users and %d computers, before %d and %d", counts.Users, counts.Computers, before.Users, before.Computers)
	}
	if !f.whole().Equal(read) {
		f.Error("the directory was read from end to end again")
	}
}

// TestMembersOfProtectedGroupsAreSensitive: also those of groups within them, as soon as the group changes.
func TestMembersOfProtectedGroupsAreSensitive(t *testing.T) {
	eachWay(t, membersOfProtectedGroupsAreSensitive)
}

func membersOfProtectedGroupsAreSensitive(f *following) {
	read := f.whole()
	var group model.GUID
	for _, g := range f.world.Groups() {
		if g.Name == "GG-Tier0-Admins" && g.Domain == 0 { // a member of Domain Admins
			group = g.GUID
		}
	}
	user := f.world.User(80).GUID
	if account := f.entity(user); account.Has(model.Sensitive) {
		f.Fatalf("%s is sensitive already", account.Name)
	}
	f.must(f.server.SetMember(group, user, true))
	f.untilEntity("a mark", user, func(e model.Entity) bool { return e.Has(model.Sensitive) })
	f.must(f.server.SetMember(group, user, false))
	f.untilEntity("no mark", user, func(e model.Entity) bool { return !e.Has(model.Sensitive) })
	if !f.whole().Equal(read) {
		f.Error("the directory was read from end to end again")
	}
}

// TestRestoredControllerIsReadWhole: its numbers begin anew, and a change that hides behind an old one is seen.
func TestRestoredControllerIsReadWhole(t *testing.T) { eachWay(t, restoredControllerIsReadWhole) }

func restoredControllerIsReadWhole(f *following) {
	read := f.whole()
	user := f.world.User(80).GUID
	f.must(f.server.Set(user, "department", "Before"))
	f.untilEntity("a change", user, func(e model.Entity) bool { return e.Department == "Before" })
	f.must(f.server.Set(user, "department", "After"))
	f.server.Restore()
	f.untilEntity("a change before the restore", user, func(e model.Entity) bool { return e.Department == "After" })
	f.until("a reading from end to end", func(*Dashboard) bool { return f.whole().After(read) })
}

// entity gives an entity of the newest dashboard.
func (f *following) entity(id model.GUID) model.Entity {
	f.Helper()
	d := f.refresher.Current()
	row, ok := d.View.Find(id)
	if !ok {
		f.Fatalf("%s is not listed", id)
	}
	return d.View.Entity(row)
}

// whole gives when the directory was last read from end to end.
func (f *following) whole() time.Time {
	f.refresher.pass.Lock()
	defer f.refresher.pass.Unlock()
	return f.refresher.facts.directories[0].whole
}
