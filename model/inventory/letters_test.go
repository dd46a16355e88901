package inventory

import (
	"testing"

	"adbadge/model"
)

// TestLettersFollowTheNames: where names have changed their letters are found anew, and only there.
func TestLettersFollowTheNames(t *testing.T) {
	entities := makeEntities(2*blockRows + 100)
	v := Join(buildTable(entities), Knowledge{})
	before := make([][]Letters, v.Segments())
	for i := range before {
		s := v.Segment(i)
		before[i] = v.Letters(&s)
	}
	changes := Continue(v.Table())
	e := entities[blockRows+1]
	e.Name = "Qwx 零"
	changes.Add([]model.Entity{e})
	next := v.Next(changes.Table(), Knowledge{})
	for i := range next.Segments() {
		s := next.Segment(i)
		letters := next.Letters(&s)
		for at := range s.Rows {
			if want := LettersOf(s.Names(at)); letters[at] != want || len(letters) != s.Rows {
				t.Fatalf("row %d has letters %b, want %b", s.First+at, letters[at], want)
			}
		}
		if changed := s.First>>blockBits == 1; isSame(letters, before[i]) == changed && i < len(before)-1 {
			t.Errorf("segment %d was looked at again: %v", i, !changed)
		}
	}
}
