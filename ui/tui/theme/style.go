package theme

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// reset ends every styled run. One short sequence for all, so that styles never have to know each other.
const reset = "\x1b[m"

// Style is how a run of text looks. Its escape sequence is made once; drawing only copies it. The zero Style is the
// terminal's own look.
type Style struct {
	sgr   string
	paper bool // it shows on blanks as well
}

// Append writes the text in this style.
func (s Style) Append(dst []byte, text string) []byte {
	if s.sgr == "" || text == "" {
		return append(dst, text...)
	}
	dst = append(dst, s.sgr...)
	dst = append(dst, text...)
	return append(dst, reset...)
}

// AppendPadded writes the text with blanks around it, which have the style as well where that shows: blanks without one
// are the same wherever they stand, so that the terminal can be told of them in few bytes.
func (s Style) AppendPadded(dst []byte, before int, text string, after int) []byte {
	if !s.paper {
		dst = appendBlanks(dst, before)
		dst = s.Append(dst, text)
		return appendBlanks(dst, after)
	}
	dst = append(dst, s.sgr...)
	dst = appendBlanks(dst, before)
	dst = append(dst, text...)
	dst = appendBlanks(dst, after)
	return append(dst, reset...)
}

func appendBlanks(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, ' ')
	}
	return dst
}

// Render gives the text in this style.
func (s Style) Render(text string) string {
	if s.sgr == "" || text == "" {
		return text
	}
	return s.sgr + text + reset
}

// attribute is one of the looks that need no colour.
type attribute uint8

const (
	bold attribute = 1 << iota
	faint
	italic
	underline
	reverse
)

// newStyle makes a Style; nil colours are the terminal's own.
func newStyle(attributes attribute, foreground, background color.Color) Style {
	var s ansi.Style
	if attributes&bold != 0 {
		s = s.Bold()
	}
	if attributes&faint != 0 {
		s = s.Faint()
	}
	if attributes&italic != 0 {
		s = s.Italic(true)
	}
	if attributes&underline != 0 {
		s = s.Underline(true)
	}
	if attributes&reverse != 0 {
		s = s.Reverse(true)
	}
	if foreground != nil {
		s = s.ForegroundColor(foreground)
	}
	if background != nil {
		s = s.BackgroundColor(background)
	}
	if len(s) == 0 {
		return Style{}
	}
	return Style{sgr: s.String(), paper: attributes&(underline|reverse) != 0 || background != nil}
}
