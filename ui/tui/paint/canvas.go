package paint

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// canvas is what the terminal shows, as far as it is known, and the bytes that bring it to the next frame.
type canvas struct {
	pens          pens
	clusters      clusters
	rows          []*row // of width cells
	width         int
	features      features
	out           []byte
	x, y          int // of the terminal's cursor; x is negative where that is not known
	pen           int // the number of the terminal's pen, which is plain between frames
	cursorVisible bool
}

// features are what a kind of terminal can do beyond the least: moving and erasing to the end of the line.
type features struct {
	edit  bool // move within a line, erase characters, insert and delete lines
	paper bool // what is erased has the colour of the paper
}

// featuresOf knows the families of TERM that have the sequences of xterm that are used here.
func featuresOf(termType string) features {
	family, _, _ := strings.Cut(termType, "-")
	switch family {
	case "xterm", "tmux", "linux", "alacritty", "contour", "foot", "ghostty", "kitty", "rio", "rxvt", "st", "vte", "wezterm":
		return features{edit: true, paper: true}
	case "screen":
		return features{edit: true}
	}
	return features{}
}

func newCanvas(termType string) canvas {
	return canvas{features: featuresOf(termType)}
}

// numbered bounds how many pens and clusters are numbered; each link takes a pen.
const numbered = 5000

// long is from how many bytes on a change may be seen half done, since it does not arrive in one piece.
const long = 1000

// update gives the bytes that turn what the terminal shows into the frame; they are valid until the next call. A whole
// update trusts nothing that was there.
func (c *canvas) update(f *frame, whole, synced bool) []byte {
	c.out = c.out[:0]
	if whole || len(c.pens.list)+len(c.clusters.list) > numbered || f.width != c.width || f.height != len(c.rows) {
		c.begin(f)
	}
	next := c.read(f)
	c.scroll(next)
	for y, r := range next {
		if c.rows[y] != r {
			c.line(y, c.rows[y], r)
			c.rows[y] = r
		}
	}
	c.setPen(plain)
	c.place(f)
	if len(c.out) > long {
		c.wrap(synced)
	}
	return c.out
}

// begin empties the screen.
func (c *canvas) begin(f *frame) {
	c.pens, c.clusters = newPens(), clusters{numbers: map[string]rune{}}
	c.width = f.width
	c.rows = make([]*row, f.height)
	empty := c.row("", f.width)
	for y := range c.rows {
		c.rows[y] = empty
	}
	c.out = append(c.out, ansi.ResetStyle+ansi.CursorHomePosition+ansi.EraseEntireScreen...)
	c.x, c.y, c.pen = 0, 0, plain
	c.showCursor(false)
}

// read makes the rows of the frame; those whose line is there already are the same as before.
func (c *canvas) read(f *frame) []*row {
	next := make([]*row, len(c.rows))
	lines := f.content
	for y := range next {
		var line string
		line, lines, _ = strings.Cut(lines, "\n")
		if c.rows[y].line == line {
			next[y] = c.rows[y]
		} else {
			next[y] = c.row(line, c.width)
		}
	}
	return next
}

// place puts the terminal's cursor where the frame wants it.
func (c *canvas) place(f *frame) {
	visible := f.cursor.X >= 0 && f.cursor.X < f.width && f.cursor.Y >= 0 && f.cursor.Y < f.height
	if visible {
		c.move(f.cursor.X, f.cursor.Y)
	}
	if visible != c.cursorVisible {
		c.showCursor(visible)
	}
}

func (c *canvas) showCursor(visible bool) {
	c.cursorVisible = visible
	if visible {
		c.out = append(c.out, ansi.SetModeTextCursorEnable...)
	} else {
		c.out = append(c.out, ansi.ResetModeTextCursorEnable...)
	}
}

// wrap lets a long change appear at once; where the terminal cannot do that, at least without its cursor running about.
func (c *canvas) wrap(synced bool) {
	before, after := ansi.SetModeSynchronizedOutput, ansi.ResetModeSynchronizedOutput
	if !synced {
		if !c.cursorVisible {
			return
		}
		before, after = ansi.ResetModeTextCursorEnable, ansi.SetModeTextCursorEnable
	}
	c.out = append(append([]byte(before), c.out...), after...)
}

// setPaper changes the terminal's pen for blanks of the given one, if they would look different.
func (c *canvas) setPaper(number uint16) {
	if c.pens.blanks[c.pen] != number {
		c.setPen(int(number))
	}
}

// setPen changes the terminal's pen.
func (c *canvas) setPen(number int) {
	if number == c.pen {
		return
	}
	old, now := c.pens.list[c.pen], c.pens.list[number]
	more, longer := strings.CutPrefix(now.rendition, old.rendition+";")
	switch {
	case now.rendition == old.rendition:
	case now.rendition == "":
		c.out = append(c.out, ansi.ResetStyle...)
	case longer:
		c.rendition(more)
	case old.rendition == "", old.colours() && strings.HasPrefix(now.rendition, "38;"):
		c.rendition(now.rendition)
	default:
		c.rendition("0;" + now.rendition)
	}
	if old.link != now.link {
		c.out = append(c.out, "\x1b]8;"...)
		if now.link == "" {
			c.out = append(c.out, ';')
		}
		c.out = append(append(c.out, now.link...), '\a')
	}
	c.pen = number
}

func (c *canvas) rendition(parameters string) {
	c.out = append(append(append(c.out, "\x1b["...), parameters...), 'm')
}

// sequence appends a control sequence.
func (c *canvas) sequence(final byte, numbers ...int) {
	c.out = appendSequence(c.out, final, numbers...)
}

// appendSequence appends a control sequence with numbers; what is 1 needs not be said.
func appendSequence(dst []byte, final byte, numbers ...int) []byte {
	dst = append(dst, "\x1b["...)
	for i, n := range numbers {
		if i > 0 {
			dst = append(dst, ';')
		}
		if n != 1 {
			dst = strconv.AppendInt(dst, int64(n), 10)
		}
	}
	return append(dst, final)
}
