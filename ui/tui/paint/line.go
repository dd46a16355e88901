package paint

import (
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// skip is how many bytes of what is there already are rather written again than moved over.
const skip = 4

// worth is from how many blanks on they are erased rather than written.
const worth = 6

// line brings row y from old to next.
func (c *canvas) line(y int, old, next *row) {
	if old.unsure || next.unsure {
		c.anew(y, next)
		return
	}
	filled := next.filled()
	x := 0
	for x < filled {
		if old.cells[x] == next.cells[x] {
			x++
			continue
		}
		end := c.changedUntil(old, next, x, filled)
		c.move(x, y)
		c.write(next.cells[x:end])
		x = end
	}
	first, last := filled, c.width-1
	for first <= last && old.cells[first] == next.cells[first] {
		first++
	}
	for last >= first && old.cells[last] == next.cells[last] {
		last--
	}
	if first > last {
		return
	}
	c.move(first, y)
	if last-first < 3 {
		c.write(next.cells[first : last+1])
		return
	}
	c.clear()
}

// filled gives the column behind the last that is not a plain blank.
func (r *row) filled() int {
	n := len(r.cells)
	for n > 0 && r.cells[n-1] == blank {
		n--
	}
	return n
}

// changedUntil gives where the stretch of changed cells from x on ends. It goes on over cells that stay where these are
// fewer bytes than a move.
func (c *canvas) changedUntil(old, next *row, x, filled int) int {
	end := x
	for x < filled {
		if old.cells[x] != next.cells[x] {
			x++
			end = x
			continue
		}
		if one := next.cells[x]; x-end >= skip || !one.short() || one.pen != next.cells[end-1].pen && one != blank {
			break
		}
		x++
	}
	return end
}

// write writes cells from the cursor on.
func (c *canvas) write(cells []cell) {
	for i := 0; i < len(cells); {
		one := cells[i]
		if n := blanks(cells[i:]); n >= worth && c.erasable(one.pen) {
			rest := i+n < len(cells)
			if n >= 2*worth || !rest {
				c.setPaper(one.pen)
				c.sequence('X', n)
				if rest {
					c.move(c.x+n, c.y)
				}
				i += n
				continue
			}
		}
		if one.size > 0 {
			if one.char == ' ' {
				c.setPaper(one.pen)
			} else {
				c.setPen(int(one.pen))
			}
			c.out = c.text(c.out, one)
			if c.x += int(one.size); c.x >= c.width { // whether the cursor stands in the last column or behind it, nobody says
				c.x = -1
			}
		}
		i++
	}
}

// text appends the text of a cell.
func (c *canvas) text(dst []byte, one cell) []byte {
	if one.char < 0 {
		return append(dst, c.clusters.list[-1-one.char]...)
	}
	return utf8.AppendRune(dst, one.char)
}

// short reports whether the cell is a character of one byte.
func (c cell) short() bool { return c.size == 1 && c.char >= 0 && c.char < utf8.RuneSelf }

// blanks counts the equal blanks that cells begin with.
func blanks(cells []cell) int {
	n := 0
	for n < len(cells) && cells[n].char == ' ' && cells[n].pen == cells[0].pen {
		n++
	}
	return n
}

// erasable reports whether blanks of the pen can be made by erasing.
func (c *canvas) erasable(number uint16) bool {
	return c.features.edit && c.pens.erase[number] && (c.features.paper || number == plain)
}

// anew draws a row in whose old or new form terminals may count columns in different ways: nothing of the old one stays,
// and behind each character of which that is not sure everything is cleared and the cursor put where it belongs. What a
// terminal takes for too long must not run on into the next row.
func (c *canvas) anew(y int, next *row) {
	c.move(0, y)
	c.clear()
	c.out = append(c.out, ansi.ResetModeAutoWrap...)
	filled := next.filled()
	for x := 0; x < filled; x++ {
		one := next.cells[x]
		if one.size == 0 || one == blank {
			continue
		}
		c.move(x, y)
		c.write(next.cells[x : x+int(one.size)])
		if end := x + int(one.size); !one.short() && end < c.width {
			c.x = -1
			c.move(end, y)
			c.clear()
		}
	}
	c.out = append(c.out, ansi.SetModeAutoWrap...)
}

// clear empties the row from the cursor on.
func (c *canvas) clear() {
	c.setPaper(plain)
	c.out = append(c.out, "\x1b[K"...)
}
