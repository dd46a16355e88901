package ldap

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"adbadge/model"
)

// following is a controller that counts its changes, and answers DirSync as a test wants.
type following struct {
	*controller
	usn  atomic.Int64
	sync func(x *exchange, q query)
}

func newFollowing(t *testing.T, a *authority, sync func(x *exchange, q query)) *following {
	t.Helper()
	f := &following{sync: sync}
	const settings = "CN=NTDS Settings,CN=DC1,CN=Configuration,DC=contoso,DC=test"
	f.controller = newController(t, a, func(c *controller) {
		c.objects = people(15)
		c.answer = func(x *exchange, q query) bool {
			switch {
			case q.sync:
				f.sync(x, q)
				return true
			case q.base == "":
				x.entry(object{"", map[string][]string{
					"defaultNamingContext": c.naming[:1], "configurationNamingContext": {"CN=Configuration,DC=contoso,DC=test"}, "namingContexts": c.naming,
					"highestCommittedUSN": {strconv.FormatInt(f.usn.Add(1), 10)}, "dsServiceName": {settings},
				}})
			case q.base == settings:
				x.entry(object{settings, map[string][]string{"invocationId": {guidBytes(77)}}})
			default:
				return false
			}
			x.result(5, 0, "")
			return true
		}
	})
	return f
}

// change is what DirSync says of an object that has changed.
func change(n int) object {
	return object{person(n).dn, map[string][]string{"objectGUID": {guidBytes(n)}, "displayName": {"x"}}}
}

// position marks where the directory stands and reports whether DirSync follows it.
func at(t *testing.T, d *Directory, earlier model.Position) (model.Position, bool) {
	t.Helper()
	p, err := d.Position(t.Context(), earlier)
	if err != nil || p == "" {
		t.Fatalf("position %q (%v)", p, err)
	}
	return p, strings.Contains(string(p), "cookie")
}

func TestDirSyncReadsWhatHasChanged(t *testing.T) {
	a := newAuthority(t)
	f := newFollowing(t, a, func(x *exchange, q query) {
		switch {
		case q.flags != syncReplication|syncValues:
			t.Errorf("asked with the flags %#x", q.flags)
		case strings.Contains(q.filter, "domainDNS"):
			x.synced(0, "start")
			return
		case strings.Contains(q.filter, "group"):
			if q.cookie != "start" {
				t.Errorf("groups are asked for from %q on", q.cookie)
			}
		case q.cookie == "start": // in three answers, one of them empty
			x.entry(change(3))
			x.synced(1, "second")
			return
		case q.cookie == "second":
			x.synced(1, "third")
			return
		default:
			x.entry(change(4))
			x.entry(object{`CN=User 5\0ADEL:x,CN=Deleted Objects,DC=contoso,DC=test`, map[string][]string{"objectGUID": {guidBytes(5)}, "isDeleted": {"TRUE"}}})
			x.entry(change(4711)) // which lies elsewhere
		}
		x.synced(0, "end")
	})
	d := directory(t, a, f.controller)
	since, synced := at(t, d, "")
	if !synced {
		t.Fatal("not followed by DirSync")
	}
	var changed []string
	var deleted []model.GUID
	next, err := d.Changes(t.Context(), since, func(entities []model.Entity, ids []model.GUID) error {
		for _, e := range entities {
			changed = append(changed, string(e.Name))
		}
		deleted = append(deleted, ids...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(changed) != "[User 3 User 4]" && fmt.Sprint(changed) != "[User 4 User 3]" {
		t.Errorf("changed %v, want the whole objects of users 3 and 4", changed)
	}
	if len(deleted) != 1 || deleted[0] != model.GUID([]byte(guidBytes(5))) {
		t.Errorf("deleted %v", deleted)
	}
	if known, err := decodePosition(next); err != nil || string(known.Domains["contoso.test"].Cookie) != "end" {
		t.Errorf("the next position is %s (%v)", next, err)
	}
}

// TestDirSyncOfABadServer: whatever it answers, it is read whole, and sooner or later followed by the numbers. Nothing goes
// on without end.
func TestDirSyncOfABadServer(t *testing.T) {
	a := newAuthority(t)
	var count atomic.Int64
	for name, spoil := range map[string]func(x *exchange, q query){
		"refused cookie":  func(x *exchange, _ query) { x.result(5, resultUnavailableControl, "bad cookie") },
		"refused rights":  func(x *exchange, _ query) { x.result(5, resultInsufficientAccess, "") },
		"never moves":     func(x *exchange, q query) { x.synced(1, q.cookie) },
		"always new":      func(x *exchange, _ query) { x.synced(1, strconv.FormatInt(count.Add(1), 10)) },
		"repeats objects": func(x *exchange, _ query) { x.entry(change(1)); x.synced(1, strconv.FormatInt(count.Add(1), 10)) },
		"huge cookie":     func(x *exchange, _ query) { x.synced(0, strings.Repeat("x", maxSyncCookie+1)) },
		"no cookie":       func(x *exchange, _ query) { x.synced(0, "") },
		"silence":         func(*exchange, query) {},
		"no control":      func(x *exchange, _ query) { x.result(5, 0, "") },
		"garbage":         func(x *exchange, _ query) { x.doneWith(0, dirSyncControl, "\x30\x05\x02\x01\x00\x04\x7f") },
		"no objectGUID":   func(x *exchange, _ query) { x.entry(object{dn: "CN=x"}); x.synced(0, "end") },
		"too many": func(x *exchange, _ query) {
			for n := range maxSynchronised + 1 {
				x.entry(change(n + 1))
			}
			x.synced(0, "end")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFollowing(t, a, func(x *exchange, q query) {
				if strings.Contains(q.filter, "domainDNS") {
					x.synced(0, "start")
					return
				}
				spoil(x, q)
			})
			d := directory(t, a, f.controller)
			if name == "silence" {
				d.timeout = time.Second
			}
			var p model.Position
			synced, whole := true, 0
			for ; synced && whole < 10; whole++ {
				if p, synced = at(t, d, p); !synced {
					break
				}
				if _, err := d.Changes(t.Context(), p, func([]model.Entity, []model.GUID) error { return nil }); !errors.Is(err, model.ErrPositionLost) {
					t.Fatalf("got %v, want the position lost", err)
				}
			}
			if wanted := map[bool]int{true: 10, false: syncAttempts}[name == "too many"]; whole != wanted {
				t.Errorf("read whole %d times, want %d", whole, wanted)
			}
			if synced {
				return
			}
			if _, err := d.Changes(t.Context(), p, func([]model.Entity, []model.GUID) error { return nil }); err != nil {
				t.Errorf("by the numbers: %v", err)
			}
		})
	}
}

// TestDirSyncThatCannotBegin: the directory is followed by the numbers, and nobody is told of an error.
func TestDirSyncThatCannotBegin(t *testing.T) {
	a := newAuthority(t)
	answer := func(code int64) func(*exchange, query) {
		return func(x *exchange, _ query) { x.result(5, code, "no") }
	}
	for name, sync := range map[string]func(x *exchange, q query){
		"no right": answer(resultInsufficientAccess), "unknown": answer(resultUnavailableControl), "unwilling": answer(resultUnwilling),
		"operations error": answer(resultOperationsError), "time limit": answer(resultTimeLimit), "busy": answer(resultBusy),
		"silence": func(*exchange, query) {}, "endless": func(x *exchange, q query) { x.synced(1, q.cookie) },
		"closed": func(x *exchange, _ query) { _ = x.conn.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := directory(t, a, newFollowing(t, a, sync).controller)
			if name == "silence" {
				d.timeout = time.Second
			}
			p, synced := at(t, d, "")
			if synced {
				t.Error("followed by DirSync")
			}
			if _, err := d.Changes(t.Context(), p, func([]model.Entity, []model.GUID) error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDirSyncKeepsItsPlace: a reading from end to end goes on from the cookie, and begins anew where it is refused.
func TestDirSyncKeepsItsPlace(t *testing.T) {
	a := newAuthority(t)
	var refuse atomic.Bool
	f := newFollowing(t, a, func(x *exchange, q query) {
		if q.flags&syncObjectSecurity == 0 {
			x.result(5, resultInsufficientAccess, "")
		} else if q.cookie != "" && refuse.Load() {
			x.result(5, resultUnavailableControl, "")
		} else {
			x.synced(0, q.cookie+"+")
		}
	})
	d := directory(t, a, f.controller)
	var p model.Position
	for _, want := range []string{"+", "++", "+++", "+"} {
		refuse.Store(want == "+")
		p, _ = at(t, d, p)
		known, err := decodePosition(p)
		if got := known.Domains["contoso.test"]; err != nil || string(got.Cookie) != want || got.Flags != syncObjectSecurity {
			t.Errorf("state %+v (%v), want %q", got, err, want)
		}
	}
	if p, synced := at(t, d, "{garbage"); !synced || p == "" {
		t.Errorf("from garbage the position is %q", p)
	}
}

// TestServerDiesDuringDirSync: that is no reason to read everything, nor to give DirSync up.
func TestServerDiesDuringDirSync(t *testing.T) {
	a := newAuthority(t)
	var die atomic.Bool
	f := newFollowing(t, a, func(x *exchange, q query) {
		if die.Load() {
			_ = x.conn.Close()
			return
		}
		if strings.Contains(q.filter, "user") {
			x.entry(change(2))
		}
		x.synced(0, q.cookie+"+")
	})
	d := directory(t, a, f.controller)
	p, _ := at(t, d, "")
	none := func([]model.Entity, []model.GUID) error { return nil }
	die.Store(true)
	for range 2 * syncAttempts {
		_, err := d.Changes(t.Context(), p, none)
		if got := failureOf(t, err); got.Kind != model.Unreachable {
			t.Fatalf("got %v", err)
		}
	}
	die.Store(false)
	changed := 0
	next, err := d.Changes(t.Context(), p, func(entities []model.Entity, _ []model.GUID) error { changed += len(entities); return nil })
	if err != nil || changed != 1 || !strings.Contains(string(next), "cookie") {
		t.Errorf("afterwards %d objects changed, next position %q (%v)", changed, next, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Changes(ctx, p, none); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled call gives %v", err)
	}
}

// FuzzControls sees to it that no control of an answer makes the client panic.
func FuzzControls(f *testing.F) {
	value := "\x30\x0a\x02\x01\x01\x02\x01\x00\x04\x02ab"
	for _, kind := range []string{dirSyncControl, pagedResults} {
		f.Add(string(criticalControl(kind, octets(value)).Bytes()))
		f.Add(string(criticalControl(kind).Bytes()))
	}
	f.Add("\x30\x80")
	f.Fuzz(func(t *testing.T, controls string) {
		if a, err := syncAnswerOf(controls); err == nil && !a.came && a.cookie != nil {
			t.Error("a cookie came from nowhere")
		}
		if cookie, found, err := pageCookie(controls); err == nil && !found && cookie != "" {
			t.Error("a cookie came from nowhere")
		}
	})
}
