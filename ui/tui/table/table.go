// Package table is a list that may have a million rows. It holds no rows: it asks for the key of a position and keeps
// the cursor on a key, so that rows may move, come and go under it. Drawing asks only for what is on the screen.
package table

// Rows is what a Table shows.
type Rows[K comparable] struct {
	Len int
	Key func(position int) K // answers for every position below Len
	// Find gives the position of a key; nil where looking at every key is fast enough.
	Find func(K) (position int, ok bool)
}

// Table is where the cursor is and which rows show. The zero Table is an empty list. It belongs to one goroutine.
type Table[K comparable] struct {
	rows   Rows[K]
	cursor int
	top    int
	height int
	// follow keeps the cursor on its row; until the user has moved, it stays on the first row instead, so that a list
	// that fills up shows its beginning.
	follow bool
	at     K
}

// SetRows replaces the rows. The cursor stays on its key when that is still there, and SetRows reports true; else it
// stays near its position.
func (t *Table[K]) SetRows(rows Rows[K]) (kept bool) {
	t.rows = rows
	if t.follow && rows.Len > 0 {
		var position int
		if position, kept = t.find(); kept {
			if t.top > 0 { // the row stays where it is on the screen; at the top, what is new shows above it
				t.top += position - t.cursor
			}
			t.cursor = position
		}
	}
	t.settle()
	return kept
}

// find gives the position of the cursor's key.
func (t *Table[K]) find() (position int, ok bool) {
	if t.cursor < t.rows.Len && t.rows.Key(t.cursor) == t.at {
		return t.cursor, true
	}
	if t.rows.Find != nil {
		return t.rows.Find(t.at)
	}
	for position := range t.rows.Len {
		if t.rows.Key(position) == t.at {
			return position, true
		}
	}
	return 0, false
}

// SetHeight says how many rows show.
func (t *Table[K]) SetHeight(rows int) {
	if t.height != max(rows, 0) {
		t.height = max(rows, 0)
		t.settle()
	}
}

// settle keeps cursor and window inside the list.
func (t *Table[K]) settle() {
	t.cursor = min(max(t.cursor, 0), max(t.rows.Len-1, 0))
	t.top = min(max(t.top, 0), max(t.rows.Len-t.height, 0))
	if t.cursor < t.top {
		t.top = t.cursor
	}
	if t.height > 0 && t.cursor >= t.top+t.height {
		t.top = t.cursor - t.height + 1
	}
	if t.rows.Len > 0 {
		t.at = t.rows.Key(t.cursor)
	}
}

// Len gives the number of rows.
func (t *Table[K]) Len() int { return t.rows.Len }

// Cursor gives the position under the cursor; ok is false for an empty list.
func (t *Table[K]) Cursor() (position int, ok bool) { return t.cursor, t.rows.Len > 0 }

// Key gives the key under the cursor; ok is false for an empty list.
func (t *Table[K]) Key() (key K, ok bool) { return t.at, t.rows.Len > 0 }

// Window gives the positions that show: from, and up to but without to.
func (t *Table[K]) Window() (from, to int) { return t.top, min(t.top+t.height, t.rows.Len) }

// Move moves the cursor by a number of rows, up when it is negative, and reports whether it moved.
func (t *Table[K]) Move(rows int) bool { return t.MoveTo(t.cursor + rows) }

// Page moves by so many halves of a screen.
func (t *Table[K]) Page(halves int) bool { return t.Move(halves * max(t.height/2, 1)) }

// MoveTo puts the cursor on a position, or on the nearest one there is.
func (t *Table[K]) MoveTo(position int) bool {
	before := t.cursor
	t.follow = true
	t.cursor = position
	t.settle()
	return t.cursor != before
}

// Scroll moves the window, and the cursor only when it would leave it.
func (t *Table[K]) Scroll(rows int) {
	t.follow = true
	t.top = min(max(t.top+rows, 0), max(t.rows.Len-t.height, 0))
	t.cursor = min(max(t.cursor, t.top), max(t.top+t.height-1, t.top))
	t.settle()
}

// Hold keeps the cursor on its row from now on, as if the user had moved.
func (t *Table[K]) Hold() { t.follow = true }

// Rewind puts the cursor on the first row and lets it stay there while rows come in.
func (t *Table[K]) Rewind() {
	t.cursor, t.top, t.follow = 0, 0, false
	t.settle()
}
