package inventory

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"adbadge/model"
	"adbadge/model/text"
)

// TestContinuedTablesFollowChanges changes tables at random, and compares each with a plain map; those that were taken
// before must stay as they are.
func TestContinuedTablesFollowChanges(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	entity := func(i, version int) model.Entity {
		return model.Entity{ID: numbered(i), Name: text.Line(fmt.Sprintf("n%d v%d", i, version)), SAM: text.Line(fmt.Sprint("s", i)),
			Domain: "contoso.test", Department: text.Line(fmt.Sprint("d", version)), SID: model.SID(fmt.Sprint("S-1-5-21-1-2-3-", i))}
	}
	want := map[int]model.Entity{}
	b := NewBuilder(0)
	for i := range 70_000 {
		want[i] = entity(i, 0)
		b.Add([]model.Entity{want[i]})
	}
	first := b.Table()
	table := first
	for version := 1; version <= 12; version++ {
		b := Continue(table)
		for range 500 {
			i := random.IntN(72_000)
			if _, known := want[i]; known && random.IntN(2) == 0 {
				delete(want, i)
				if b.Remove([]model.GUID{numbered(i), numbered(i), numbered(1 << 23), {}}) != 1 {
					t.Fatalf("entity %d was not removed", i)
				}
			} else {
				want[i] = entity(i, version)
				b.Add([]model.Entity{want[i]})
			}
		}
		if version == 6 { // so many that whole blocks go
			for i := range 45_000 {
				delete(want, i)
				b.Remove([]model.GUID{numbered(i)})
			}
		}
		table = b.Table()
		check(t, table, want)
	}
	unchanged := map[int]model.Entity{}
	for i := range 70_000 {
		unchanged[i] = entity(i, 0)
	}
	check(t, first, unchanged)
}

func check(t *testing.T, table *Table, want map[int]model.Entity) {
	t.Helper()
	v := Join(table, Knowledge{})
	if v.Len() != len(want) {
		t.Fatalf("%d rows, want %d", v.Len(), len(want))
	}
	for i, e := range want {
		row, ok := v.Find(e.ID)
		if !ok || v.Entity(row) != e || !bytes.HasPrefix(v.SearchText(row), []byte(e.Name)) {
			t.Fatalf("entity %d is in row %d as %+v, searched as %q", i, row, v.Entity(row), v.SearchText(row))
		}
	}
	for _, i := range []int{3, 50_000, 71_999} {
		if _, listed := want[i]; !listed {
			if row, ok := v.Find(numbered(i)); ok {
				t.Fatalf("entity %d is gone but in row %d", i, row)
			}
		}
	}
}

// TestEverythingCanGo: the last row too, and what comes afterwards begins at the first one again.
func TestEverythingCanGo(t *testing.T) {
	b := NewBuilder(0)
	for i := range 5 {
		b.Add([]model.Entity{{ID: numbered(i)}})
	}
	before := b.Table()
	b = Continue(before)
	for i := range 5 {
		b.Remove([]model.GUID{numbered(i)})
	}
	if empty := b.Table(); empty.Len() != 0 || before.Len() != 5 {
		t.Errorf("%d rows are left, and %d in the earlier table", empty.Len(), before.Len())
	}
	b.Add([]model.Entity{{ID: numbered(9), Name: "nine"}})
	if v := Join(b.Table(), Knowledge{}); v.Len() != 1 || v.Name(0) != "nine" {
		t.Errorf("the new row is %q", v.Name(0))
	}
}

// TestTwoContinueOneTable: neither sees what the other adds.
func TestTwoContinueOneTable(t *testing.T) {
	b := NewBuilder(0)
	b.Add([]model.Entity{{ID: numbered(1), Name: "one"}})
	table := b.Table()
	left, right := Continue(table), Continue(table)
	left.Add([]model.Entity{{ID: numbered(2), Name: "left"}})
	right.Add([]model.Entity{{ID: numbered(3), Name: "right"}})
	b.Add([]model.Entity{{ID: numbered(4), Name: "first"}})
	for name, v := range map[text.Line]*View{"left": Join(left.Table(), Knowledge{}), "right": Join(right.Table(), Knowledge{}), "first": Join(b.Table(), Knowledge{})} {
		if v.Len() != 2 || v.Name(0) != "one" || v.Name(1) != name {
			t.Errorf("%s: %d rows, the last is %q", name, v.Len(), v.Name(v.Len()-1))
		}
	}
}
