package query

import (
	"regexp/syntax"
	"unicode"

	"adbadge/model/inventory"
	"adbadge/model/text"
)

// requiredLetters gives letters that every text which a pattern finds holds, once it is folded; not necessarily all of
// them.
func requiredLetters(re *syntax.Regexp) (letters inventory.Letters) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			letters |= lettersOfRune(r)
		}
	case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
		for _, sub := range re.Sub {
			letters |= requiredLetters(sub)
		}
	case syntax.OpRepeat:
		if re.Min > 0 {
			letters = requiredLetters(re.Sub[0])
		}
	case syntax.OpAlternate:
		letters = requiredLetters(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			letters &= requiredLetters(sub)
		}
	}
	return letters
}

// lettersOfRune gives the letters that all spellings of a character have which patterns take for equal.
func lettersOfRune(r rune) inventory.Letters {
	letters := inventory.LettersOf([]byte(text.Fold(string(r))))
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		letters &= inventory.LettersOf([]byte(text.Fold(string(other))))
	}
	return letters
}
