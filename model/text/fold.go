package text

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives the form in which text is searched: lower case, without diacritics, full-width and other compatibility
// forms as plain ones, every kind of space as a space, and without the marks that Clean leaves, so that the plain
// word finds "admin\uFFFDistrator". It is the same for what is searched and for what is searched for. Folding
// folded text changes nothing. Lower-case ASCII comes back as it is, without an allocation.
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	return string(AppendFold(make([]byte, 0, len(s)+8), s))
}

// AppendFold appends the folded form of s to dst, for arenas.
func AppendFold(dst []byte, s string) []byte {
	start := len(dst)
	dst = append(dst, s...)
	plain := lowerPlain(dst[start:])
	if plain == len(s) {
		return dst
	}
	dst = dst[:start+plain]
	for i := plain; i < len(s); {
		if c := s[i]; c >= 0x20 && c < 0x7F {
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			dst = append(dst, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if decomposed := norm.NFKD.PropertiesString(s[i:]).Decomposition(); decomposed != nil {
			for _, part := range string(decomposed) {
				dst = appendFolded(dst, part)
			}
		} else {
			dst = appendFolded(dst, r)
		}
		i += size
	}
	return dst
}

// lowerPlain makes the printable ASCII at the beginning of b lower case, and gives its length.
func lowerPlain(b []byte) int {
	for i, c := range b {
		if c < 0x20 || c >= 0x7F {
			return i
		}
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return len(b)
}

// isFolded reports whether s is printable ASCII without upper-case letters.
func isFolded(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7F || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// appendFolded appends one decomposed character.
func appendFolded(dst []byte, r rune) []byte {
	switch {
	case unicode.IsSpace(r):
		return append(dst, ' ')
	case r == marker, r == carrier, r >= controlPictures && r <= deletePicture,
		!unicode.IsGraphic(r), unicode.Is(blanks, r), unicode.Is(unicode.Variation_Selector, r), unicode.Is(diacritics, r):
		return dst
	}
	// Upper case first: it joins letters that differ in lower case only, such as the two Greek sigmas.
	r = unicode.ToLower(unicode.ToUpper(r))
	if plain, ok := plainLetters[r]; ok {
		return append(dst, plain...)
	}
	return utf8.AppendRune(dst, r)
}

// plainLetters are letters that people type without their stroke, hook or ligature, but that Unicode does not
// decompose.
var plainLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'ŧ': "t", 'ŋ': "n",
}

// diacritics are the marks that are left out when people type: those of Latin, Greek and Cyrillic, and the vowel
// points of Hebrew and Arabic. Marks that make another letter (Japanese, Indic, Thai) stay.
var diacritics = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0300, Hi: 0x036F, Stride: 1},
		{Lo: 0x0483, Hi: 0x0489, Stride: 1},
		{Lo: 0x0591, Hi: 0x05BD, Stride: 1},
		{Lo: 0x05BF, Hi: 0x05BF, Stride: 1},
		{Lo: 0x05C1, Hi: 0x05C2, Stride: 1},
		{Lo: 0x05C4, Hi: 0x05C5, Stride: 1},
		{Lo: 0x05C7, Hi: 0x05C7, Stride: 1},
		{Lo: 0x0610, Hi: 0x061A, Stride: 1},
		{Lo: 0x064B, Hi: 0x065F, Stride: 1},
		{Lo: 0x0670, Hi: 0x0670, Stride: 1},
		{Lo: 0x1AB0, Hi: 0x1AFF, Stride: 1},
		{Lo: 0x1DC0, Hi: 0x1DFF, Stride: 1},
		{Lo: 0x20D0, Hi: 0x20FF, Stride: 1},
		{Lo: 0xFE20, Hi: 0xFE2F, Stride: 1},
	},
}
