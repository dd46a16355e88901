package query

import (
	"bytes"
	"math/bits"

	"adbadge/model/inventory"
	"adbadge/model/text"
)

// word finds a folded text in the names of a row, or in its department, operating system or OU.
type word struct {
	view    *inventory.View
	needle  []byte
	letters inventory.Letters
	values  []valueHits
}

// valueHits are the values of a dictionary that hold the word.
type valueHits struct {
	dictionary inventory.Dictionary
	hits       []bool
}

func newWord(v *inventory.View, s string) *word {
	w := &word{view: v, needle: []byte(text.Fold(s))}
	w.letters = inventory.LettersOf(w.needle)
	for _, d := range [...]inventory.Dictionary{inventory.Departments, inventory.Systems, inventory.OUs} {
		list := v.Values(d)
		hits, any := make([]bool, len(list)), false
		for number, value := range list {
			hits[number] = bytes.Contains([]byte(text.Fold(value)), w.needle)
			any = any || hits[number]
		}
		if any {
			w.values = append(w.values, valueHits{d, hits})
		}
	}
	return w
}

// matches tests one row.
func (w *word) matches(row int) bool {
	for i := range w.values {
		if w.values[i].hits[w.view.ValueNumber(w.values[i].dictionary, row)] {
			return true
		}
	}
	return bytes.Contains(w.view.SearchText(row), w.needle)
}

// keep drops the rows of a segment that do not match, or with not, those that do. Row 0 of set is the first of the segment.
func (w *word) keep(s *inventory.Segment, set bitmap, not bool) {
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
	isLetter := len(w.needle) == 1 && w.needle[0] >= 'a' && w.needle[0] <= 'z'
	for i, rows := range set {
		if rows &^= hits[i]; rows == 0 {
			continue
		}
		rows &= haveLetters(letters[i*64:], w.letters)
		if isLetter {
			hits[i] |= rows
			continue
		}
		for ; rows != 0; rows &= rows - 1 {
			if at := i*64 + bits.TrailingZeros64(rows); bytes.Contains(s.Names(at), w.needle) {
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
