package inventory

import "sync"

// Letters says which letters and digits a folded text holds, a bit for each letter and for each pair of digits; one bit
// stands for all characters beyond ASCII. A search looks at these bits first, and only at the names of rows that have all
// bits of what is looked for.
type Letters uint32

// letterBits gives the bit of each byte. Bytes that most names hold, such as dots, have none.
var letterBits = func() (bits [256]Letters) {
	for c := range bits {
		switch {
		case c >= 'a' && c <= 'z':
			bits[c] = 1 << (c - 'a')
		case c >= '0' && c <= '9':
			bits[c] = 1 << (26 + (c-'0')/2)
		case c >= 0x80:
			bits[c] = 1 << 31
		}
	}
	return bits
}()

// LettersOf gives those of a folded text.
func LettersOf(text []byte) (l Letters) {
	for _, c := range text {
		l |= letterBits[c]
	}
	return l
}

// segmentLetters are the letters of the rows of one segment, found when they are first needed.
type segmentLetters struct {
	once sync.Once
	of   []Letters
}

// lettersOf gives the letters of the rows of a segment.
func (t *Table) lettersOf(s *Segment) []Letters {
	l := t.allLetters()[s.First/SegmentRows]
	l.once.Do(func() {
		l.of = make([]Letters, s.Rows)
		for at := range l.of {
			l.of[at] = LettersOf(s.Search[s.Starts[at]:s.Starts[at+1]])
		}
	})
	return l.of
}

func (t *Table) allLetters() []*segmentLetters {
	t.letters.once.Do(func() {
		t.letters.segments = make([]*segmentLetters, t.segments())
		for i := range t.letters.segments {
			t.letters.segments[i] = &segmentLetters{}
		}
	})
	return t.letters.segments
}

// takeLetters takes those of an earlier Table over, where the names are the same.
func (t *Table) takeLetters(o *Table) {
	t.letters.once.Do(func() {
		t.letters.segments = make([]*segmentLetters, t.segments())
		old := o.allLetters()
		for i := range t.letters.segments {
			if i < len(old) {
				s, before := t.segment(i), o.segment(i)
				if s.Rows == before.Rows && &s.Starts[0] == &before.Starts[0] && &s.Search[0] == &before.Search[0] {
					t.letters.segments[i] = old[i]
					continue
				}
			}
			t.letters.segments[i] = &segmentLetters{}
		}
	})
}
