package query

import (
	"bytes"

	"adbadge/model/inventory"
	"adbadge/model/text"
)

// fuzzy finds names that hold the characters of a word in their order, and says how well they fit.
type fuzzy struct {
	characters [][]byte // of the folded word, each as UTF-8
	rare       byte     // the byte of the word that names hold most seldom
}

func newFuzzy(s string) *fuzzy {
	folded := text.Fold(s)
	f := &fuzzy{rare: folded[rarest([]byte(folded))]}
	for _, r := range folded {
		f.characters = append(f.characters, []byte(string(r)))
	}
	return f
}

const (
	characterPoints = 16 // a character that fits
	togetherPoints  = 8  // right behind the one before
	startPoints     = 10 // at the start of a word or of the name
	gapPoints       = -1 // a character in between
	bestPoints      = 60000
)

// score gives the points of the best of a row's names, or 0 when none fits.
func (f *fuzzy) score(names []byte) int {
	if !f.mayFit(names) {
		return 0
	}
	best := 0
	for len(names) > 0 {
		name := names
		if end := bytes.IndexByte(names, inventory.FieldEnd); end >= 0 {
			name, names = names[:end], names[end+1:]
		} else {
			names = nil
		}
		best = max(best, f.scoreName(name))
	}
	return best
}

// scan adds the rows of a segment that hold the rarest byte of the word.
func (f *fuzzy) scan(s inventory.Segment, hits bitmap) {
	end := int(s.Starts[s.Rows])
	row := 0
	for at := int(s.Starts[0]); at < end; {
		next := bytes.IndexByte(s.Search[at:end], f.rare)
		if next < 0 {
			return
		}
		row = rowAt(s.Starts, row, uint32(at+next))
		hits.set(row)
		row++
		at = int(s.Starts[row])
	}
}

// mayFit looks for the characters over all the names of a row, which sorts out most rows.
func (f *fuzzy) mayFit(names []byte) bool {
	for _, c := range f.characters {
		at := index(names, c)
		if at < 0 {
			return false
		}
		names = names[at+len(c):]
	}
	return true
}

func index(s, character []byte) int {
	if len(character) == 1 {
		return bytes.IndexByte(s, character[0])
	}
	return bytes.Index(s, character)
}

// scoreName finds where the first fit ends, goes back from there to the shortest one, and counts its points.
func (f *fuzzy) scoreName(name []byte) int {
	end := 0
	for _, c := range f.characters {
		at := index(name[end:], c)
		if at < 0 {
			return 0
		}
		end += at + len(c)
	}
	start := end
	for i := len(f.characters) - 1; i >= 0; i-- {
		start = bytes.LastIndex(name[:start], f.characters[i])
	}
	points, before := 0, start
	for at, i := start, 0; i < len(f.characters); i++ {
		c := f.characters[i]
		at += index(name[at:], c)
		points += characterPoints + gapPoints*(at-before)
		if i > 0 && at == before {
			points += togetherPoints
		}
		if at == 0 || isBoundary(name[at-1]) {
			points += startPoints
		}
		at += len(c)
		before = at
	}
	return min(max(points, 1), bestPoints)
}

func isBoundary(c byte) bool {
	switch c {
	case ' ', '-', '_', '.', '@', '$', '\'', ',':
		return true
	}
	return false
}
