package inventory

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/text"
)

// fill gives every field of a record a value of its own, however deep.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8:
		v.SetUint(uint64(*n % 7))
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Array:
		v.Index(3).SetUint(uint64(*n % 256))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(1_700_000_000+int64(*n), int64(*n)*1001).UTC()))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic(v.Kind())
	}
}

// TestListsGiveBackWhatTheyWereGiven: every field of a record, full or empty, and at both ends of time.
func TestListsGiveBackWhatTheyWereGiven(t *testing.T) {
	machine, alert, logon, n := model.Machine{}, model.Alert{}, model.Logon{}, 0
	fill(reflect.ValueOf(&machine).Elem(), &n)
	fill(reflect.ValueOf(&alert).Elem(), &n)
	fill(reflect.ValueOf(&logon).Elem(), &n)
	old := machine
	old.ID, old.LastSeen, old.FirstSeen = "old", time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Date(1601, 1, 1, 0, 0, 0, 1, time.UTC)
	alert.Incident = nil // is not kept
	machines := NewMachines([]model.Machine{machine, {ID: "none"}, old})
	for i, want := range []model.Machine{machine, {ID: "none"}, old} {
		if diff := cmp.Diff(want, machines.At(i)); diff != "" {
			t.Errorf("machine %d (-want +got):\n%s", i, diff)
		}
	}
	alerts := NewAlerts([]model.Alert{alert, {}})
	for i, want := range []model.Alert{alert, {}} {
		if diff := cmp.Diff(want, alerts.At(i)); diff != "" {
			t.Errorf("alert %d (-want +got):\n%s", i, diff)
		}
	}
	logons := NewLogons([]model.Logon{logon, {}})
	for i, want := range []model.Logon{logon, {}} {
		if diff := cmp.Diff(want, logons.At(i)); diff != "" {
			t.Errorf("logon %d (-want +got):\n%s", i, diff)
		}
	}
}

// plainly is With for a slice.
func plainly(list, changed []model.Machine) []model.Machine {
	list = slices.Clone(list)
	for _, m := range changed {
		at := slices.IndexFunc(list, func(o model.Machine) bool { return o.ID == m.ID && m.ID != "" })
		switch {
		case at < 0:
			list = append(list, m)
		case !m.LastSeen.Before(list[at].LastSeen):
			list[at] = m
		}
	}
	return list
}

// TestChangesLeaveTheListBeforeAsItWas makes one list out of another many times, and each must be what a slice becomes.
// What has changed since an earlier one must be found, and what a key touches.
func TestChangesLeaveTheListBeforeAsItWas(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	var want [][]model.Machine
	var lists []Machines
	list, slice := Machines{}, []model.Machine(nil)
	for range 60 {
		var changed []model.Machine
		for range r.IntN(200) {
			m := model.Machine{ID: fmt.Sprint(r.IntN(2000)), Name: text.Line(fmt.Sprint("ws", r.IntN(500), ".contoso.test")), OS: text.Line(fmt.Sprint("os", r.IntN(30))),
				LastSeen: minutes(r.IntN(50))}
			if r.IntN(50) == 0 {
				m.ID = ""
			}
			changed = append(changed, m)
		}
		list, slice = list.With(changed), plainly(slice, changed)
		lists, want = append(lists, list), append(want, slice)
	}
	for i, list := range lists {
		if list.Len() != len(want[i]) {
			t.Fatalf("list %d has %d records, want %d", i, list.Len(), len(want[i]))
		}
		for n := range list.Len() {
			if diff := cmp.Diff(want[i][n], list.At(n)); diff != "" {
				t.Fatalf("list %d, record %d (-want +got):\n%s", i, n, diff)
			}
			if id := want[i][n].ID; id != "" {
				if got, ok := list.findID(id); !ok || int(got) != n {
					t.Fatalf("list %d: id %s is record %d (%v), want %d", i, id, got, ok, n)
				}
			}
		}
		before := max(0, i-1-r.IntN(3))
		changed, ok := list.changedSince(&lists[before].list)
		for n := range list.Len() {
			differs := n >= len(want[before]) || !reflect.DeepEqual(want[before][n], want[i][n])
			if !ok || differs != slices.Contains(changed, uint32(n)) {
				t.Fatalf("list %d, record %d: changed since %d: %v, want %v", i, n, before, !differs, differs)
			}
		}
		var keys keySet
		keys.addAll(appendNameKey(nil, "WS7.Contoso.test."))
		touched := list.touched(&keys)
		for n := range list.Len() {
			if want[i][n].Name == "ws7.contoso.test" && !slices.Contains(touched, uint32(n)) {
				t.Fatalf("list %d: record %d is not touched", i, n)
			}
		}
		if len(touched) > 20+list.Len()/100 {
			t.Fatalf("list %d: %d of %d records are touched by one name", i, len(touched), list.Len())
		}
	}
}

// TestTheNewestOfRepeatsStays within one batch, and from one to the next.
func TestTheNewestOfRepeatsStays(t *testing.T) {
	alert := func(id string, minute int, status model.AlertStatus) model.Alert {
		return model.Alert{ID: id, Updated: minutes(minute), Status: status}
	}
	old := NewAlerts([]model.Alert{
		alert("a", 1, model.StatusNew), alert("b", 5, model.StatusNew), alert("b", 2, model.StatusResolved), alert("c", 3, model.StatusResolved),
	})
	next := old.With([]model.Alert{
		alert("d", 9, model.StatusNew), alert("a", 4, model.StatusInProgress), alert("a", 6, model.StatusResolved), alert("a", 5, model.StatusInProgress),
		alert("b", 4, model.StatusResolved), alert("d", 8, model.StatusResolved), alert("c", 3, model.StatusInProgress),
	})
	lines := func(l Alerts) (lines []string) {
		for i := range l.Len() {
			a := l.At(i)
			lines = append(lines, fmt.Sprintf("%s %d %s", a.ID, (a.Updated.Unix()-minutes(0).Unix())/60, a.Status))
		}
		return lines
	}
	if got, want := lines(next), []string{"a 6 resolved", "b 5 new", "c 3 in progress", "d 9 new"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := lines(old), []string{"a 1 new", "b 5 new", "c 3 resolved"}; !slices.Equal(got, want) {
		t.Errorf("the list before is %q, want %q", got, want)
	}
	if same := next.With(nil); !isSame(same.pages, next.pages) {
		t.Error("no changes make another list")
	}
	if got := next.Newest(); !got.Equal(minutes(9)) {
		t.Errorf("last update %v", got)
	}
}

// isSame reports whether two slices are one and the same.
func isSame[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
