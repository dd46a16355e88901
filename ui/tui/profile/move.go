package profile

// step moves to the next line in a direction on which the cursor stops; where there is none, the text scrolls.
func (p *Page) step(direction int) {
	at, ok := p.rows.Cursor()
	if !ok {
		return
	}
	for next := at + direction; next >= 0 && next < p.rows.Len(); next += direction {
		if !p.document.lines[next].still {
			p.rows.MoveTo(next)
			return
		}
	}
	p.rows.Scroll(direction * p.rows.Len()) // to the heading above the first line
	p.rows.MoveTo(at)
}

// moveTo goes to a line, or on from it in a direction to one on which the cursor stops.
func (p *Page) moveTo(at, direction int) {
	p.rows.MoveTo(at)
	p.settle(direction)
	if at == 0 {
		p.show(0)
	}
}

// settle moves on from a line on which the cursor does not stop.
func (p *Page) settle(direction int) {
	for _, way := range [...]int{direction, -direction} {
		at, ok := p.rows.Cursor()
		if !ok {
			return
		}
		for ; at >= 0 && at < p.rows.Len(); at += way {
			if !p.document.lines[at].still {
				if now, _ := p.rows.Cursor(); now != at {
					p.rows.MoveTo(at)
				}
				return
			}
		}
	}
}

// leap moves by so many halves of a screen.
func (p *Page) leap(halves int) {
	p.rows.Page(halves)
	direction := 1
	if halves < 0 {
		direction = -1
	}
	p.settle(direction)
	if at, ok := p.rows.Cursor(); ok && halves < 0 && p.isFirst(at) {
		p.show(0)
	}
}

// isFirst reports whether no line above a position takes the cursor.
func (p *Page) isFirst(at int) bool {
	for _, l := range p.document.lines[:at] {
		if !l.still {
			return false
		}
	}
	return true
}

// show scrolls until a line is at the top, as far as the text allows; the cursor stays.
func (p *Page) show(at int) {
	cursor, _ := p.rows.Cursor()
	from, _ := p.rows.Window()
	p.rows.Scroll(at - from)
	p.rows.MoveTo(cursor)
}

// section gives the number of the section under the cursor.
func (p *Page) section() int {
	at, _ := p.rows.Cursor()
	current := 0
	for i, s := range p.document.sections {
		if s.start <= at {
			current = i
		}
	}
	return current
}

// turn goes to the next section, or round from the last to the first.
func (p *Page) turn(direction int) {
	n := len(p.document.sections)
	if n == 0 {
		return
	}
	p.goTo((p.section() + direction + n) % n)
}

// goTo goes to a section: its heading stands at the top where there is text enough below.
func (p *Page) goTo(number int) {
	start := p.document.sections[number].start
	p.rows.MoveTo(start)
	p.settle(1)
	p.show(start)
}
