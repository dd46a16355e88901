package ptytest

import "github.com/charmbracelet/x/ansi"

func (s *Screen) newBuffer() *buffer {
	b := &buffer{cells: make([][]Cell, s.rows)}
	for y := range b.cells {
		b.cells[y] = s.blankLine(Style{})
	}
	return b
}

// blankLine gives a row in the background of a style, as terminals erase.
func (s *Screen) blankLine(style Style) []Cell {
	line := make([]Cell, s.cols)
	for x := range line {
		line[x] = blank(Style{Background: style.Background})
	}
	return line
}

func blank(style Style) Cell { return Cell{Text: " ", Width: 1, Style: style} }

// print puts one character at the cursor.
func (s *Screen) print(r rune) {
	width := ansi.WcWidth.StringWidth(string(r))
	if width == 0 {
		s.combine(r)
		return
	}
	s.last = r
	b := s.b
	switch {
	case s.wrapNext && s.autowrap, b.x+width > s.cols && s.autowrap:
		s.wrapNext, b.x = false, 0
		s.index()
	case b.x+width > s.cols:
		b.x = s.cols - width
	}
	s.breakWide(b.x)
	s.breakWide(b.x + width - 1)
	b.cells[b.y][b.x] = Cell{Text: string(r), Width: width, Style: b.pen}
	for i := 1; i < width; i++ {
		b.cells[b.y][b.x+i] = Cell{Style: b.pen}
	}
	b.x += width
	if b.x >= s.cols {
		b.x = s.cols - 1
		s.wrapNext = s.autowrap
	}
}

// combine adds a character without a width of its own to the cell on the left.
func (s *Screen) combine(r rune) {
	b := s.b
	x := b.x - 1
	if s.wrapNext {
		x = b.x
	}
	for x > 0 && b.cells[b.y][x].Width == 0 {
		x--
	}
	if x >= 0 {
		b.cells[b.y][x].Text += string(r)
	}
}

// breakWide blanks a wide character of which column x is about to be overwritten.
func (s *Screen) breakWide(x int) {
	line := s.b.cells[s.b.y]
	if x >= len(line) {
		return
	}
	if line[x].Width == 0 && x > 0 {
		line[x-1], line[x] = blank(line[x-1].Style), blank(line[x].Style)
	} else if line[x].Width == 2 && x+1 < len(line) {
		line[x+1] = blank(line[x+1].Style)
	}
}

// erase blanks the columns from..to-1 of a row.
func (s *Screen) erase(y, from, to int) {
	line := s.b.cells[y]
	for x := max(0, from); x < min(to, s.cols); x++ {
		line[x] = blank(Style{Background: s.b.pen.Background})
	}
	if from > 0 && from < s.cols && line[from-1].Width == 2 { // its right half has just gone
		line[from-1] = blank(line[from-1].Style)
	}
	if to < s.cols && line[to].Width == 0 { // its left half has just gone
		line[to] = blank(line[to].Style)
	}
}

// insert moves the rest of the row right by n columns, remove moves it left.
func (s *Screen) insert(n int) {
	b := s.b
	line := b.cells[b.y]
	n = min(n, s.cols-b.x)
	s.breakWide(b.x)
	copy(line[b.x+n:], line[b.x:])
	s.erase(b.y, b.x, b.x+n)
	s.mendEdge(line)
}

func (s *Screen) remove(n int) {
	b := s.b
	line := b.cells[b.y]
	n = min(n, s.cols-b.x)
	s.breakWide(b.x)
	copy(line[b.x:], line[b.x+n:])
	s.erase(b.y, s.cols-n, s.cols)
	s.mendEdge(line)
}

func (s *Screen) mendEdge(line []Cell) {
	if last := len(line) - 1; line[last].Width == 2 {
		line[last] = blank(line[last].Style)
	}
}

// index moves the cursor down, and scrolls at the end of the region.
func (s *Screen) index() {
	if s.b.y == s.bot {
		s.scroll(s.top, 1)
	} else if s.b.y < s.rows-1 {
		s.b.y++
	}
}

func (s *Screen) reverseIndex() {
	if s.b.y == s.top {
		s.scroll(s.top, -1)
	} else {
		s.b.y = max(0, s.b.y-1)
	}
}

// scroll moves the rows from the given one to the end of the region up by n, down when n is negative.
func (s *Screen) scroll(from, n int) {
	cells := s.b.cells
	for ; n > 0; n-- {
		copy(cells[from:s.bot+1], cells[from+1:s.bot+1])
		cells[s.bot] = s.blankLine(s.b.pen)
	}
	for ; n < 0; n++ {
		copy(cells[from+1:s.bot+1], cells[from:s.bot])
		cells[from] = s.blankLine(s.b.pen)
	}
}

// tabColumns is how far the tab stops reach.
const tabColumns = 1000

func (s *Screen) resetTabs() {
	s.tabs = map[int]bool{}
	for x := 8; x < tabColumns; x += 8 {
		s.tabs[x] = true
	}
}

// tab moves the cursor n stops to the right, to the left when n is negative.
func (s *Screen) tab(n int) {
	b := s.b
	for ; n > 0; n-- {
		b.x++
		for b.x < s.cols-1 && !s.tabs[b.x] {
			b.x++
		}
		b.x = min(b.x, s.cols-1)
	}
	for ; n < 0; n++ {
		b.x--
		for b.x > 0 && !s.tabs[b.x] {
			b.x--
		}
		b.x = max(b.x, 0)
	}
	s.wrapNext = false
}

func (s *Screen) save() { s.b.savedX, s.b.savedY, s.b.savedPen = s.b.x, s.b.y, s.b.pen }

func (s *Screen) restore() {
	s.b.x, s.b.y, s.b.pen = s.b.savedX, s.b.savedY, s.b.savedPen
	s.wrapNext = false
}
