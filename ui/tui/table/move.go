package table

import "adbadge/ui/tui/keys"

// Do takes the actions that move the cursor, and reports whether the action was one of them.
func (t *Table[K]) Do(action keys.Action) bool {
	switch action {
	case keys.Down:
		t.Move(1)
	case keys.Up:
		t.Move(-1)
	case keys.First:
		t.MoveTo(0)
	case keys.Last:
		t.MoveTo(t.Len() - 1)
	case keys.HalfDown:
		t.Page(1)
	case keys.HalfUp:
		t.Page(-1)
	case keys.PageDown:
		t.Page(2)
	case keys.PageUp:
		t.Page(-2)
	default:
		return false
	}
	return true
}
