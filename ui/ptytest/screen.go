// Package ptytest runs a real program in a pseudo-terminal and lets a test look at the cells of its screen.
//
//	p := ptytest.Start(t, 80, 24, nil, "./adbadge", "--lab-still")
//	p.WaitText("INTEGRATION")
//	p.Press("j", "Enter")
//	if cell := p.CellOf("LAB"); !cell.Style.Bold { ... }
//
// Screen is a small terminal emulator for what programs under TERM=xterm-256color send, and for what Bubble Tea's
// renderer sends in particular. Widths are counted for each rune, as xterm and tmux count them. Sequences that it does
// not know are counted rather than guessed: a test asserts that Unknown is empty.
package ptytest

import (
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"
)

// Cell is one column of one row. The right half of a wide character has no text and width 0.
type Cell struct {
	Text  string
	Width int
	Style Style
}

// buffer is one of the two screens of a terminal.
type buffer struct {
	cells          [][]Cell
	x, y           int
	pen            Style
	savedX, savedY int
	savedPen       Style
}

// Screen holds the cells. All methods may be called from any goroutine.
type Screen struct {
	mu         sync.Mutex
	cols, rows int
	main, alt  *buffer
	b          *buffer // the one that is shown
	top, bot   int     // scroll region, both inclusive
	wrapNext   bool
	autowrap   bool
	cursor     bool
	tabs       map[int]bool
	last       rune // for "repeat"
	title      string
	clipboard  string
	links      map[string]bool
	modes      map[int]bool
	unknown    map[string]int
	parser     *ansi.Parser
	reply      func([]byte)
}

// NewScreen makes an empty screen. reply, which may be nil, gets the answers to the program's queries: cursor
// position, device attributes, modes, colours.
func NewScreen(cols, rows int, reply func([]byte)) *Screen {
	s := &Screen{
		cols: cols, rows: rows, bot: rows - 1, autowrap: true, cursor: true, reply: reply,
		links: map[string]bool{}, modes: map[int]bool{}, unknown: map[string]int{},
	}
	s.main, s.alt = s.newBuffer(), s.newBuffer()
	s.b = s.main
	s.resetTabs()
	s.parser = ansi.NewParser()
	s.parser.SetParamsSize(64)
	s.parser.SetDataSize(256 << 10)
	s.parser.SetHandler(ansi.Handler{
		Print: s.print, Execute: s.execute, HandleCsi: s.csi, HandleEsc: s.esc, HandleOsc: s.osc, HandleDcs: s.dcs,
	})
	return s
}

// Write feeds output of the program. It never fails.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range p {
		s.parser.Advance(c)
	}
	return len(p), nil
}

// Resize changes the size and keeps the top left part, as a terminal without reflow does.
func (s *Screen) Resize(cols, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cols, s.rows, s.top, s.bot = cols, rows, 0, rows-1
	for _, b := range []*buffer{s.main, s.alt} {
		old := b.cells
		b.cells = s.newBuffer().cells
		for y := range min(rows, len(old)) {
			copy(b.cells[y], old[y])
		}
		b.x, b.y = min(b.x, cols-1), min(b.y, rows-1)
	}
	s.wrapNext = false
}

// Line gives the text of row y, counted from 0, without blanks at its end.
func (s *Screen) Line(y int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.line(y)
}

func (s *Screen) line(y int) string {
	if y < 0 || y >= s.rows {
		return ""
	}
	var b strings.Builder
	for _, c := range s.b.cells[y] {
		b.WriteString(c.Text)
	}
	return strings.TrimRight(b.String(), " ")
}

// Text gives the whole screen, one line for each row.
func (s *Screen) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := make([]string, s.rows)
	for y := range lines {
		lines[y] = s.line(y)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// Cell gives the cell at column x of row y, both counted from 0; outside of the screen it is the zero Cell.
func (s *Screen) Cell(x, y int) Cell {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x < 0 || y < 0 || x >= s.cols || y >= s.rows {
		return Cell{}
	}
	return s.b.cells[y][x]
}

// Find gives the column and row of the first cell of the first place where the text stands.
func (s *Screen) Find(text string) (x, y int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for y := range s.rows {
		for x := range s.cols {
			if s.standsAt(text, x, y) {
				return x, y, true
			}
		}
	}
	return 0, 0, false
}

func (s *Screen) standsAt(text string, x, y int) bool {
	for i := x; i < s.cols && text != ""; i++ {
		c := s.b.cells[y][i]
		if c.Width == 0 && i > x {
			continue // the right half of a wide character
		}
		rest, ok := strings.CutPrefix(text, c.Text)
		if c.Text == "" || !ok {
			return false
		}
		text = rest
	}
	return text == ""
}

// Cursor gives the place of the cursor and whether it is shown.
func (s *Screen) Cursor() (x, y int, visible bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.x, s.b.y, s.cursor
}

// AltScreen reports whether the alternate screen is shown.
func (s *Screen) AltScreen() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b == s.alt
}

// Mode reports whether a DEC private mode is set, such as 2004 (bracketed paste) or 1006 (mouse).
func (s *Screen) Mode(number int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.modes[number]
}

// Title gives the title of the window.
func (s *Screen) Title() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.title
}

// Clipboard gives what the program last put into the clipboard (OSC 52), decoded.
func (s *Screen) Clipboard() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clipboard
}

// Linked reports whether the program has written a link (OSC 8) to the address.
func (s *Screen) Linked(address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.links[address]
}

// Unknown counts the sequences that the emulator does not know. A test asserts that there are none.
func (s *Screen) Unknown() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	unknown := make(map[string]int, len(s.unknown))
	for sequence, n := range s.unknown {
		unknown[sequence] = n
	}
	return unknown
}

// Styled gives the screen with a mark wherever the style changes, for golden files.
func (s *Screen) Styled() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, line := range s.b.cells {
		end := len(line)
		for end > 0 && line[end-1] == (Cell{Text: " ", Width: 1}) {
			end--
		}
		var style Style
		for _, c := range line[:end] {
			if c.Style != style && c.Width > 0 {
				style = c.Style
				b.WriteString("{" + style.String() + "}")
			}
			b.WriteString(c.Text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
