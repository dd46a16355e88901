package draw

import (
	"strings"

	"adbadge/ui/tui/theme"
)

// Line builds one line of the screen. It never grows beyond its width, whatever is added. Make one with NewLine and
// use it again after String or Reset; it is not safe for concurrent use.
type Line struct {
	buf    []byte
	width  int
	used   int
	glyphs theme.Glyphs
}

// NewLine makes a line of at most width cells.
func NewLine(t *theme.Theme, width int) *Line {
	return &Line{buf: make([]byte, 0, 2*max(width, 0)+64), width: max(width, 0), glyphs: t.Glyphs}
}

// Used gives the cells taken so far, Left those that remain.
func (l *Line) Used() int { return l.used }

// Left gives the cells that remain.
func (l *Line) Left() int { return l.width - l.used }

// Add appends text, cut where the line ends.
func (l *Line) Add(s theme.Style, text string) *Line {
	text = Cut(l.glyphs.Plain(text), l.Left(), l.glyphs.Ellipsis)
	l.buf = s.Append(l.buf, text)
	l.used += Width(text)
	return l
}

// Whole appends text only when it fits as a whole, and reports whether it did.
func (l *Line) Whole(s theme.Style, text string) bool {
	if Width(text) > l.Left() {
		return false
	}
	l.Add(s, text)
	return true
}

// Cell appends text in a column of exactly width cells.
func (l *Line) Cell(s theme.Style, text string, width int) *Line {
	width = min(width, l.Left())
	if width <= 0 {
		return l
	}
	text = Cut(l.glyphs.Plain(text), width, l.glyphs.Ellipsis)
	l.buf = s.AppendPadded(l.buf, 0, text, width-Width(text))
	l.used += width
	return l
}

// CellRight is Cell for numbers and ages: the text stands at the right edge of its column.
func (l *Line) CellRight(s theme.Style, text string, width int) *Line {
	width = min(width, l.Left())
	if width <= 0 {
		return l
	}
	text = Cut(l.glyphs.Plain(text), width, l.glyphs.Ellipsis)
	l.buf = s.AppendPadded(l.buf, width-Width(text), text, 0)
	l.used += width
	return l
}

// Space appends n blanks.
func (l *Line) Space(n int) *Line {
	n = min(n, l.Left())
	if n > 0 {
		l.buf = append(l.buf, Spaces(n)...)
		l.used += n
	}
	return l
}

// To appends blanks up to a column counted from the left edge.
func (l *Line) To(column int) *Line { return l.Space(column - l.used) }

// Fill appends the style's blanks up to the right edge.
func (l *Line) Fill(s theme.Style) *Line {
	l.buf = s.AppendPadded(l.buf, 0, "", l.Left())
	l.used = l.width
	return l
}

// Styled appends what was styled elsewhere and takes cells cells. It must fit.
func (l *Line) Styled(text string, cells int) *Line {
	if cells > l.Left() {
		text = Cut(text, l.Left(), "")
		cells = Width(text)
	}
	l.buf = append(l.buf, text...)
	l.used += cells
	return l
}

// String gives the line and empties it for the next one.
func (l *Line) String() string {
	s := string(l.buf)
	l.buf, l.used = l.buf[:0], 0
	return s
}

// Rule gives a horizontal line of width cells that carries a heading near its left end; none when empty.
func Rule(t *theme.Theme, width int, heading string, s theme.Style) string {
	l := NewLine(t, width)
	if heading != "" {
		l.Add(t.Rule, Repeat(t.Glyphs.Rule, min(2, width))).Space(1).Add(s, heading).Space(1)
	}
	return l.Add(t.Rule, Repeat(t.Glyphs.Rule, l.Left())).String()
}

// Repeat gives n times a glyph of one cell, nothing for n below one.
func Repeat(glyph string, n int) string { return strings.Repeat(glyph, max(n, 0)) }
