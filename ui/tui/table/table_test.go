package table

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func rows(keys ...int) Rows[int] {
	return Rows[int]{Len: len(keys), Key: func(i int) int { return keys[i] }}
}

func upTo(n int) Rows[int] { return Rows[int]{Len: n, Key: func(i int) int { return i }} }

func TestTheCursorFollowsItsKey(t *testing.T) {
	var x Table[int]
	x.SetHeight(3)
	x.SetRows(rows(10, 20, 30, 40, 50))
	x.Move(2)
	x.SetRows(rows(50, 40, 30, 20, 10, 5))
	if key, _ := x.Key(); key != 30 {
		t.Errorf("the cursor went to %d", key)
	}
	x.SetRows(rows(1, 2, 3, 4, 30))
	if key, _ := x.Key(); key != 30 {
		t.Errorf("the cursor went to %d", key)
	}
	if from, to := x.Window(); from != 2 || to != 5 {
		t.Errorf("rows %d to %d show", from, to)
	}
	x.SetRows(rows(1, 2, 3))
	if key, _ := x.Key(); key != 3 {
		t.Errorf("after its row is gone the cursor is on %d", key)
	}
	x.SetRows(rows())
	if _, ok := x.Key(); ok {
		t.Error("an empty list has a row under the cursor")
	}
	x.SetRows(rows(7, 8))
	if key, ok := x.Key(); !ok || key != 7 {
		t.Errorf("after rows are back the cursor is on %d, %v", key, ok)
	}
}

func TestWhatIsNewShowsAtTheTop(t *testing.T) {
	var x Table[int]
	x.SetHeight(3)
	x.SetRows(rows(10, 20, 30, 40))
	x.Hold()
	x.SetRows(rows(5, 10, 20, 30, 40))
	if key, _ := x.Key(); key != 10 {
		t.Errorf("the cursor is on %d, want its row", key)
	}
	if from, _ := x.Window(); from != 0 {
		t.Errorf("the new row is out of sight: rows from %d show", from)
	}
}

func TestUntilOneMovesTheFirstRowIsSelected(t *testing.T) {
	var x Table[int]
	x.SetHeight(3)
	x.SetRows(rows(10, 20))
	x.SetRows(rows(1, 10, 20))
	if key, _ := x.Key(); key != 1 {
		t.Errorf("the cursor is on %d", key)
	}
	x.Move(1)
	x.Rewind()
	x.SetRows(rows(0, 1, 10))
	if key, _ := x.Key(); key != 0 {
		t.Errorf("after Rewind the cursor is on %d", key)
	}
}

func TestFindIsUsed(t *testing.T) {
	var x Table[int]
	x.SetHeight(10)
	x.SetRows(upTo(1_000_000))
	x.MoveTo(999_999)
	asked := 0
	x.SetRows(Rows[int]{Len: 1_000_000, Key: func(i int) int { asked++; return i + 1 },
		Find: func(key int) (int, bool) { return key - 1, true }})
	if asked > 5 {
		t.Errorf("%d keys were looked at although Find knows the place", asked)
	}
	if position, _ := x.Cursor(); position != 999_998 {
		t.Errorf("the cursor is at %d", position)
	}
}

// Whatever happens, the cursor is in the window and the window in the list.
func TestRandomWalk(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var x Table[int]
	for range 20_000 {
		switch r.IntN(7) {
		case 0:
			x.SetHeight(r.IntN(12) - 1)
		case 1:
			list := r.Perm(r.IntN(40))
			x.SetRows(rows(list...))
			if key, ok := x.Key(); ok && !slices.Contains(list, key) {
				t.Fatalf("the key %d is not in the list", key)
			}
		case 2:
			x.Scroll(r.IntN(21) - 10)
		case 3:
			x.Page(r.IntN(5) - 2)
		case 4:
			x.MoveTo(r.IntN(60) - 10)
		default:
			x.Move(r.IntN(9) - 4)
		}
		from, to := x.Window()
		position, ok := x.Cursor()
		if ok != (x.Len() > 0) || from < 0 || to > x.Len() || from > to {
			t.Fatalf("window %d to %d of %d", from, to, x.Len())
		}
		if ok && x.height > 0 && (position < from || position >= to) {
			t.Fatalf("the cursor at %d is outside of %d to %d", position, from, to)
		}
	}
}
