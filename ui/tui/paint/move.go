package paint

// move brings the terminal's cursor to a cell in as few bytes as it can.
func (c *canvas) move(x, y int) {
	if c.x == x && c.y == y {
		return
	}
	var room [3][32]byte
	best := appendSequence(room[0][:0], 'H', y+1, x+1)
	if x == 0 {
		best = appendSequence(room[0][:0], 'H', y+1)
	}
	if down := y - c.y; c.x >= 0 && down >= 0 && down <= 2 {
		below := room[1][:0]
		if down > 0 {
			below = appendSequence(below, 'B', down)
		}
		if below = c.along(below, c.x, x); len(below) < len(best) {
			best = below
		}
		start := append(room[2][:0], "\r\n\n"[:1+down]...) // whether or not the terminal adds a return to each newline
		if start = c.along(start, 0, x); down > 0 && len(start) < len(best) {
			best = start
		}
	}
	c.out = append(c.out, best...)
	c.x, c.y = x, y
}

// along appends the way from one column to another of the same row.
func (c *canvas) along(dst []byte, from, to int) []byte {
	switch {
	case from == to:
		return dst
	case to == 0:
		return append(dst, '\r')
	case to < from && from-to <= 3:
		return append(dst, "\b\b\b"[:from-to]...)
	case to > from && (to-from < 10 || !c.features.edit):
		return appendSequence(dst, 'C', to-from)
	case c.features.edit:
		return appendSequence(dst, 'G', to+1)
	default:
		return appendSequence(dst, 'D', from-to)
	}
}
