package query

import (
	"bytes"

	"adbadge/model/inventory"
	"adbadge/model/text"
)

// word finds a folded text in the names of a row, or in its department, operating system or OU.
type word struct {
	view   *inventory.View
	needle []byte
	rare   int // place of the byte in needle that names hold most seldom
	values []valueHits
}

// valueHits are the values of a dictionary that hold the word.
type valueHits struct {
	dictionary inventory.Dictionary
	hits       []bool
}

func newWord(v *inventory.View, s string) *word {
	w := &word{view: v, needle: []byte(text.Fold(s))}
	w.rare = rarest(w.needle)
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

// scan adds the rows of a segment that match. Row 0 of hits is the first of the segment.
func (w *word) scan(s inventory.Segment, hits bitmap) {
	for i := range w.values {
		found := w.values[i].hits
		for at, number := range w.view.ValueNumbers(w.values[i].dictionary, s) {
			if found[number] {
				hits.set(at)
			}
		}
	}
	w.scanNames(s, hits)
}

// scanNames runs through the names of all rows at once, from one rarest byte to the next.
func (w *word) scanNames(s inventory.Segment, hits bitmap) {
	end := int(s.Starts[s.Rows])
	rare, after := w.needle[w.rare], len(w.needle)-w.rare
	row := 0
	for at := int(s.Starts[0]) + w.rare; at < end; {
		next := bytes.IndexByte(s.Search[at:end], rare)
		if next < 0 {
			return
		}
		at += next
		if at+after > end {
			return
		}
		if start := at - w.rare; !bytes.Equal(s.Search[start:at+after], w.needle) {
			at++
			continue
		}
		row = rowAt(s.Starts, row, uint32(at))
		hits.set(row)
		row++
		at = max(at+1, int(s.Starts[row])+w.rare)
	}
}

// rowAt finds the row, from row on, that holds a place in the names.
func rowAt(starts []uint32, row int, at uint32) int {
	step := 1
	for row+step < len(starts) && starts[row+step] <= at {
		row += step
		step *= 2
	}
	low, high := row, min(row+step, len(starts)-1) // starts[low] <= at < starts[high]
	for high-low > 1 {
		middle := int(uint(low+high) / 2)
		if starts[middle] <= at {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// frequentBytes are the characters of names and addresses, the most frequent first. All others are rare.
const frequentBytes = "etaoinsr.cdlm-ph0u@1gbk2w3f45v67y89jz$xq_ "

// rarest finds the byte of a word that names hold most seldom.
func rarest(word []byte) int {
	best, rank := 0, -1
	for at, c := range word {
		r := bytes.IndexByte([]byte(frequentBytes), c)
		if r < 0 {
			r = len(frequentBytes)
		}
		if r > rank {
			best, rank = at, r
		}
	}
	return best
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
