// Package draw puts text into cells: it measures, cuts and pads without ever splitting a wide character, and builds
// styled lines of an exact width.
package draw

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// blanks is where padding is copied from.
const blanks = "                                                                                                    "

// Width gives the number of cells that text takes.
func Width(text string) int {
	if n, ok := usualWidth(text); ok {
		return n
	}
	return ansi.StringWidth(text)
}

// usualWidth gives the width of what most lines are made of: ASCII, styles, and the lines of boxes. None of these joins
// with what stands before it.
func usualWidth(text string) (width int, ok bool) {
	for i := 0; i < len(text); width++ {
		switch c := text[i]; {
		case c >= 0x20 && c <= 0x7E:
			i++
		case strings.HasPrefix(text[i:], "\x1b["): // parameters, then the byte that ends it
			i += len("\x1b[")
			for i < len(text) && text[i] >= 0x30 && text[i] <= 0x3F {
				i++
			}
			if i == len(text) || text[i] < 0x40 || text[i] > 0x7E {
				return 0, false
			}
			i++
			width--
		case c == 0xE2 && i+2 < len(text) && (text[i+1] == 0x94 || text[i+1] == 0x95) && text[i+2]&0xC0 == 0x80: // U+2500 to U+257F
			i += 3
		default:
			return 0, false
		}
	}
	return width, true
}

// isPlain reports whether every byte is one cell.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < 0x20 || c > 0x7E {
			return false
		}
	}
	return true
}

// Cut shortens text to at most width cells; what was cut ends in the tail, which counts. A wide character that would
// straddle the edge goes as a whole. Escape sequences are kept and take no cells.
func Cut(text string, width int, tail string) string {
	if width <= 0 {
		return ""
	}
	if isPlain(text) {
		if len(text) <= width {
			return text
		}
		if tailWidth := Width(tail); tailWidth < width {
			return text[:width-tailWidth] + tail
		}
		return text[:width]
	}
	if Width(text) <= width {
		return text
	}
	return ansi.Truncate(text, width, tail)
}

// Fit cuts or pads text to exactly width cells.
func Fit(text string, width int, tail string) string {
	text = Cut(text, width, tail)
	return text + Spaces(width-Width(text))
}

// FitRight is Fit for numbers: the text stands at the right edge.
func FitRight(text string, width int, tail string) string {
	text = Cut(text, width, tail)
	return Spaces(width-Width(text)) + text
}

// Spaces gives n blanks, none for n below one.
func Spaces(n int) string {
	switch {
	case n <= 0:
		return ""
	case n <= len(blanks):
		return blanks[:n]
	}
	return strings.Repeat(" ", n)
}

// Wrap breaks text into lines of at most width cells, at spaces where there are any.
func Wrap(text string, width int) []string {
	if width <= 0 || text == "" {
		return nil
	}
	lines := strings.Split(ansi.Wrap(text, width, ""), "\n")
	for i, line := range lines { // before a hyphen the library leaves a blank that may stand beyond the edge
		lines[i] = strings.TrimRight(line, " ")
	}
	return lines
}

// after gives what stands from a column on. Of a wide character that straddles it, a blank is left.
func after(line string, column int) string {
	want := ansi.StringWidth(line) - column
	if want <= 0 {
		return ""
	}
	right := ansi.TruncateLeft(line, column, "")
	if ansi.StringWidth(right) > want {
		right = ansi.TruncateLeft(line, column+1, "")
	}
	return Spaces(want-ansi.StringWidth(right)) + right
}

// Splice lays the popup over the base, its top left corner at column x and row y. Lines and columns outside of the
// base are dropped; base keeps its width of width cells. The base is changed in place.
func Splice(base, popup []string, x, y, width int) {
	for i, line := range popup {
		row := y + i
		if row < 0 || row >= len(base) || x >= width {
			continue
		}
		line = Fit(line, min(Width(line), width-x), "")
		left := ansi.Truncate(base[row], x, "")
		left += Spaces(x - ansi.StringWidth(left))
		base[row] = left + "\x1b[m" + line + "\x1b[m" + after(base[row], x+Width(line))
	}
}
