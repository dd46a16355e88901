package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes one value from outside harmless, and cuts it to DefaultRunes characters.
//
// Control characters become their visible pictures (ESC becomes U+241B), so that an escape sequence is read and not
// obeyed; tabs and line ends become one space. Characters that would be invisible or would move other cells
// (bidirectional controls, zero-width marks, tag characters, C1 controls, soft hyphens, private and unassigned code
// points, bytes that are no UTF-8) become U+FFFD, so that a name with such a character looks different from the one
// without. Surrounding white space goes. Clean text comes back as it is, without an allocation; it then shares the
// memory of raw.
func Clean(raw string) Line { return CleanMax(raw, DefaultRunes) }

// CleanMax is Clean with another length, for values that are longer by nature such as descriptions. What is longer
// ends in an ellipsis, which counts. The length is held between 1 and MaxRunes.
func CleanMax(raw string, maxRunes int) Line {
	maxRunes = min(max(maxRunes, 1), MaxRunes)
	if len(raw) <= maxRunes && isPlain(raw) {
		return Line(raw)
	}
	raw = strings.TrimSpace(raw)
	cut := len(raw) > importLimit
	if cut {
		raw = raw[:lastRuneStart(raw, importLimit)]
	}
	if !cut && isClean(raw, maxRunes) {
		return Line(raw)
	}
	c := cleaner{limit: maxRunes, cut: cut}
	for _, r := range raw {
		if !c.add(r) {
			break
		}
	}
	return c.line()
}

// isPlain reports whether s is printable ASCII that begins and ends with something visible.
func isPlain(s string) bool {
	if s == "" {
		return true
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	for ; len(s) >= 8; s = s[8:] {
		eight := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		// The highest bit of a byte shows what lies beyond ASCII, below the space, and at DEL.
		if (eight|(eight-0x2020202020202020)|(eight+0x0101010101010101))&0x8080808080808080 != 0 {
			return false
		}
	}
	for i := range len(s) {
		if s[i]-0x20 > 0x7E-0x20 {
			return false
		}
	}
	return true
}

// isClean reports whether s, without surrounding white space, would come out of a cleaner as it is.
func isClean(s string, limit int) bool {
	if !utf8.ValidString(s) {
		return false
	}
	runes, marks := 0, maxMarks
	for _, r := range s {
		runes++
		switch classify(r) {
		case visible:
			marks = 0
		case mark:
			marks++
		default:
			return false
		}
		if marks > maxMarks || runes > limit {
			return false
		}
	}
	return true
}

// IsClean reports whether s holds nothing but what clean text may hold. It is for pieces of clean text that come back from
// where they were kept: such a piece may begin or end with a space or a combining mark.
func IsClean(s string) bool {
	if isPlain(s) {
		return true
	}
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if c := classify(r); c != visible && c != mark {
			return false
		}
	}
	return true
}

// lastRuneStart gives the greatest index up to at where a character of s begins.
func lastRuneStart(s string, at int) int {
	for back := 0; back < utf8.UTFMax-1 && at > 0 && !utf8.RuneStart(s[at]); back++ {
		at--
	}
	return at
}

// class is what cleaning does with a character.
type class uint8

const (
	visible  class = iota // kept
	mark                  // kept, up to maxMarks on one character
	control               // becomes its picture
	breaking              // becomes a space
	selector              // variation selector: dropped, or marked after a plain letter
	hidden                // becomes the marker
)

func classify(r rune) class {
	switch {
	case r >= 0x20 && r < 0x7F:
		return visible
	case r >= '\t' && r <= '\r', r == 0x85, r == 0x2028, r == 0x2029:
		return breaking
	case r < 0x20, r == 0x7F:
		return control
	case r < 0xA0, !unicode.IsGraphic(r):
		return hidden
	case unicode.Is(unicode.Variation_Selector, r):
		return selector
	case unicode.Is(blanks, r):
		return hidden
	case unicode.IsMark(r):
		return mark
	}
	return visible
}

// blanks are letters, marks and symbols by category that show nothing (the default-ignorable ones of Unicode, and
// the empty Braille cell).
var blanks = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034F, Hi: 0x034F, Stride: 1}, // combining grapheme joiner
		{Lo: 0x115F, Hi: 0x1160, Stride: 1}, // Hangul fillers
		{Lo: 0x17B4, Hi: 0x17B5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // empty Braille pattern
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1}, // half-width Hangul filler
	},
	R32: []unicode.Range32{
		{Lo: 0x1D159, Hi: 0x1D159, Stride: 1}, // musical null notehead
	},
}

// cleaner writes the clean form of a value, one character after the other.
type cleaner struct {
	out   strings.Builder
	limit int
	runes int
	last  rune // the last character written
	marks int  // combining marks written since the last other character
	kept  int  // length of out in bytes before the character at the limit
	cut   bool // something did not fit
}

// add writes one character, and reports whether there is room for more.
func (c *cleaner) add(r rune) bool {
	switch classify(r) {
	case visible:
		return c.write(r)
	case mark:
		return c.writeMark(r)
	case control:
		if r == 0x7F {
			return c.write(deletePicture)
		}
		return c.write(controlPictures + r)
	case breaking:
		if c.last == ' ' {
			return true
		}
		return c.write(' ')
	case selector:
		// Emoji and ideographs take them by the rules, a Latin letter never does.
		if c.last < utf8.RuneSelf && unicode.IsLetter(c.last) {
			return c.write(marker)
		}
		return true
	}
	return c.write(marker)
}

func (c *cleaner) writeMark(r rune) bool {
	if c.runes == 0 && !c.write(carrier) {
		return false
	}
	if c.marks == maxMarks {
		return true
	}
	marks := c.marks
	if !c.write(r) {
		return false
	}
	c.marks = marks + 1
	return true
}

// write appends r, leaving out leading white space.
func (c *cleaner) write(r rune) bool {
	if c.runes == 0 && unicode.IsSpace(r) {
		return true
	}
	if c.runes == c.limit {
		c.cut = true
		return false
	}
	if c.runes == c.limit-1 {
		c.kept = c.out.Len()
	}
	c.out.WriteRune(r)
	c.runes++
	c.last, c.marks = r, 0
	return true
}

// line ends the value: without white space at its end, and with an ellipsis where something was cut off.
func (c *cleaner) line() Line {
	out := c.out.String()
	if !c.cut {
		return Line(strings.TrimRightFunc(out, unicode.IsSpace))
	}
	if c.runes == c.limit {
		out = out[:c.kept]
	}
	return Line(strings.TrimRightFunc(out, unicode.IsSpace) + string(ellipsis))
}
