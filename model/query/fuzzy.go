package query

import (
	"bytes"
	"math"
	"math/bits"

	"adbadge/model/inventory"
	"adbadge/model/text"
)

// fuzzy finds names that hold the characters of a word in their order, and says how well they fit.
type fuzzy struct {
	characters [][]byte // of the folded word, each as UTF-8
	plain      []byte   // the same where all are ASCII, or nil
	letters    inventory.Letters
}

func newFuzzy(s string) *fuzzy {
	folded := text.Fold(s)
	f := &fuzzy{letters: inventory.LettersOf([]byte(folded))}
	for _, r := range folded {
		f.characters = append(f.characters, []byte(string(r)))
	}
	if len(f.characters) == len(folded) {
		f.plain = []byte(folded)
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
	if len(f.characters) == 1 {
		return f.scoreOne(names)
	}
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
		if f.plain != nil {
			best = max(best, f.scorePlain(name))
		} else {
			best = max(best, f.scoreName(name))
		}
	}
	return best
}

// scoreOne is score for a single character, which fits best at the start of a word.
func (f *fuzzy) scoreOne(names []byte) (best int) {
	character := f.characters[0]
	for at := 0; ; at += len(character) {
		next := index(names[at:], character)
		if next < 0 {
			return best
		}
		if at += next; at == 0 || boundaries[names[at-1]] {
			return characterPoints + startPoints
		}
		best = characterPoints
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

// keep drops the rows of a segment that do not fit, and adds the points of the others to their scores, which are nothing
// yet for the first word. Row 0 of set is the first of the segment.
func (f *fuzzy) keep(v *inventory.View, s *inventory.Segment, set bitmap, scores []uint16, first bool) {
	letters := v.Letters(s)
	for i, rows := range set {
		if rows == 0 {
			continue
		}
		rows &= haveLetters(letters[i*64:], f.letters)
		set[i] = rows
		for ; rows != 0; rows &= rows - 1 {
			at := i*64 + bits.TrailingZeros64(rows)
			points := f.score(s.Names(at))
			if points == 0 {
				set.clear(at)
				continue
			}
			if !first {
				points = min(int(scores[at])+points, math.MaxUint16)
			}
			scores[at] = uint16(points)
		}
	}
}

// scorePlain is scoreName for a word of ASCII characters.
func (f *fuzzy) scorePlain(name []byte) int {
	word, at := f.plain, 0
	for _, c := range word {
		next := bytes.IndexByte(name[at:], c)
		if next < 0 {
			return 0
		}
		at += next + 1
	}
	for i := len(word) - 1; i >= 0; i-- {
		for at--; name[at] != word[i]; at-- {
		}
	}
	points := 0
	for i, c := range word {
		before := at
		for name[at] != c {
			at++
		}
		points += characterPoints + gapPoints*(at-before)
		if i > 0 && at == before {
			points += togetherPoints
		}
		if at == 0 || boundaries[name[at-1]] {
			points += startPoints
		}
		at++
	}
	return min(max(points, 1), bestPoints)
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
		if at == 0 || boundaries[name[at-1]] {
			points += startPoints
		}
		at += len(c)
		before = at
	}
	return min(max(points, 1), bestPoints)
}

// boundaries are the characters that a word may begin behind.
var boundaries = func() (set [256]bool) {
	for _, c := range []byte(" -_.@$'," + string(rune(inventory.FieldEnd))) {
		set[c] = true
	}
	return set
}()
