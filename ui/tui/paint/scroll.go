package paint

// farthest is by how many rows the screen is scrolled at most: a wheel moves by three.
const farthest = 3

// scrollBytes is about what it takes to scroll.
const scrollBytes = 20

// scroll moves rows of the terminal up or down where that leaves less to write. It takes a single move: what it gives up
// is never more than a row or two.
func (c *canvas) scroll(next []*row) {
	if !c.features.edit {
		return
	}
	changed := 0
	stay := make([]int, len(next)) // bytes to write where the row is not moved
	for y, r := range next {
		if stay[y] = bytesFor(c.rows[y], r); stay[y] > 0 {
			changed++
		}
	}
	if changed <= 2 {
		return
	}
	best := scrollBytes
	var top, end, by int
	for n := -farthest; n <= farthest; n++ {
		if n != 0 && c.promising(next, stay, n) {
			if saved, from, to := c.saving(next, stay, n); saved > best {
				best, top, end, by = saved, from, to, n
			}
		}
	}
	if by != 0 {
		c.shift(top, end, by, next)
	}
}

// samples is on how many rows is looked first.
const samples = 8

// promising reports whether a few of the rows that change would be cheaper if they came from n rows further down. Most
// changes are not moves, and to find that out should cost less than to write them.
func (c *canvas) promising(next []*row, stay []int, n int) bool {
	looked := 0
	for y := max(0, -n); y < min(len(next), len(next)-n) && looked < samples; y++ {
		if stay[y] == 0 {
			continue
		}
		if looked++; bytesFor(c.rows[y+n], next[y]) < stay[y]/2 {
			return true
		}
	}
	return false
}

// saving finds the rows from..to-1 whose content, taken from n rows further down, saves most.
func (c *canvas) saving(next []*row, stay []int, n int) (best, from, to int) {
	sum, begin := 0, 0
	for y := max(0, -n); y < min(len(next), len(next)-n); y++ {
		if sum <= 0 {
			sum, begin = 0, y
		}
		sum += stay[y] - bytesFor(c.rows[y+n], next[y])
		if sum > best {
			best, from, to = sum, begin, y+1
		}
	}
	return best, from, to
}

// bytesFor estimates what it takes to turn one row into another.
func bytesFor(old, next *row) int {
	if old == next {
		return 0
	}
	n, stretch := 0, false
	for x := range next.cells {
		if old.cells[x] == next.cells[x] {
			stretch = false
			continue
		}
		if !stretch {
			n += 6
		}
		stretch = true
		switch one := next.cells[x]; {
		case one.short() && one.char != ' ':
			n++
		case !one.short():
			n += 3
		}
	}
	return n
}

// shift moves the rows that are to stand at from..to-1 there, from n rows further down.
func (c *canvas) shift(from, to, n int, next []*row) {
	top, bottom := from, to+n // of what moves and what it moves over
	if n < 0 {
		top, bottom = from+n, to
	}
	c.sequence('r', top+1, bottom)
	c.x, c.y = 0, 0 // setting the margins does that
	c.move(0, top)
	empty := c.row("", c.width)
	if n > 0 {
		c.sequence('M', n)
		copy(c.rows[top:], c.rows[top+n:bottom])
		for y := bottom - n; y < bottom; y++ {
			c.rows[y] = empty
		}
	} else {
		c.sequence('L', -n)
		copy(c.rows[top-n:bottom], c.rows[top:])
		for y := top; y < top-n; y++ {
			c.rows[y] = empty
		}
	}
	c.out = append(c.out, "\x1b[r"...)
	c.x, c.y = 0, 0
	for y := top; y < bottom; y++ { // rows that came to where they belong are the same rows
		if c.rows[y].line == next[y].line {
			next[y] = c.rows[y]
		}
	}
}
