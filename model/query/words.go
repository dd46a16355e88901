package query

import (
	"bytes"
	"math/bits"

	"adbadge/model/inventory"
	"adbadge/model/text"
)

// words finds what is looked for in the names of a row, or in its department, operating system or OU.
type words struct {
	view    *inventory.View
	letters inventory.Letters // that the names of every row hold which matches by them
	letter  bool              // nothing but this one letter is looked for
	values  []valueHits
	named   rowTest // looks at the names
}

// valueHits are the values of a dictionary that hold the word.
type valueHits struct {
	dictionary inventory.Dictionary
	hits       []bool
}

// newWord looks for a text.
func newWord(v *inventory.View, s string) *words {
	needle := []byte(text.Fold(s))
	w := &words{
		view: v, letters: inventory.LettersOf(needle), letter: len(needle) == 1 && needle[0] >= 'a' && needle[0] <= 'z',
		named: func(row int) bool { return bytes.Contains(v.SearchText(row), needle) },
	}
	w.findValues(func(value string) bool { return bytes.Contains([]byte(text.Fold(value)), needle) })
	return w
}

// findValues looks at each value of the dictionaries once.
func (w *words) findValues(found func(value string) bool) {
	for _, d := range [...]inventory.Dictionary{inventory.Departments, inventory.Systems, inventory.OUs} {
		list := w.view.Values(d)
		hits, any := make([]bool, len(list)), false
		for number, value := range list {
			hits[number] = found(value)
			any = any || hits[number]
		}
		if any {
			w.values = append(w.values, valueHits{d, hits})
		}
	}
}

// matches tests one row.
func (w *words) matches(row int) bool {
	for i := range w.values {
		if w.values[i].hits[w.view.ValueNumber(w.values[i].dictionary, row)] {
			return true
		}
	}
	return w.named(row)
}

// keep drops the rows of a segment that do not match, or with not, those that do. Row 0 of set is the first of the segment.
func (w *words) keep(s *inventory.Segment, set bitmap, not bool) {
	hits := make(bitmap, len(set))
	for i := range w.values {
		found := w.values[i].hits
		for at, number := range w.view.ValueNumbers(w.values[i].dictionary, *s) {
			if found[number] {
				hits.set(at)
			}
		}
	}
	letters := w.view.Letters(s)
	for i, rows := range set {
		if rows &^= hits[i]; rows == 0 {
			continue
		}
		rows &= haveLetters(letters[i*64:], w.letters)
		if w.letter {
			hits[i] |= rows
			continue
		}
		for ; rows != 0; rows &= rows - 1 {
			if at := i*64 + bits.TrailingZeros64(rows); w.named(s.First + at) {
				hits.set(at)
			}
		}
	}
	set.keep(hits, not)
}

// haveLetters gives the rows, of the next 64, that have all letters that are wanted.
func haveLetters(rows []inventory.Letters, wanted inventory.Letters) (set uint64) {
	for at, letters := range rows[:min(64, len(rows))] {
		missing := uint64(wanted &^ letters)
		set |= (missing - 1) >> 63 << at // without a branch: one below zero has the highest bit
	}
	return set
}

// containsAny reports whether text holds one of the needles.
func containsAny(text []byte, needles [][]byte) bool {
	for _, needle := range needles {
		if bytes.Contains(text, needle) {
			return true
		}
	}
	return false
}
