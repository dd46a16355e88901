// Package layout divides the screen. Everything in it is a pure function of sizes, so that drawing and mouse agree.
package layout

// Rect is a rectangle of cells.
type Rect struct{ X, Y, W, H int }

// Contains reports whether a cell lies in the rectangle.
func (r Rect) Contains(x, y int) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}

// Sizes at which the layout changes.
const (
	// MinWidth and MinHeight are the least that panels need. Below, there is one line per row and nothing else.
	MinWidth  = 40
	MinHeight = 8
	// KindWidth is the least with the columns of kinds and times; below there are badge and name only.
	KindWidth = 60
	// OUWidth is the least with the column of organisational units.
	OUWidth = 100
	// SideWidth is the least with a pane beside the list.
	SideWidth = 120
)

// Frame is what the root draws around a page: the title above, a message and hints below.
type Frame struct {
	Bare    bool // too small for anything but the page
	Title   Rect
	Body    Rect
	Message Rect // a rule that also carries messages; no height when there is no room
	Hints   Rect
}

// NewFrame divides a whole screen.
func NewFrame(w, h int) Frame {
	w, h = max(w, 0), max(h, 0)
	if w < MinWidth || h < MinHeight {
		return Frame{Bare: true, Body: Rect{W: w, H: h}}
	}
	message := 0
	if h >= 10 {
		message = 1
	}
	f := Frame{
		Title:   Rect{W: w, H: 1},
		Body:    Rect{Y: 1, W: w, H: h - 2 - message},
		Message: Rect{Y: h - 1 - message, W: w, H: message},
		Hints:   Rect{Y: h - 1, W: w, H: 1},
	}
	return f
}

// Dashboard is the body of the entity list. Parts without room have no height.
type Dashboard struct {
	Tabs   Rect
	Filter Rect
	Rule   Rect // between filter and rows, where there is much room
	Header Rect
	Rows   Rect
	Side   Rect // the pane beside the rows, from the rule down to above the panel
	Count  Rect
	Panel  Rect
}

// NewDashboard divides the body of the entity list. pinned asks for the pane beside the rows, which needs width.
func NewDashboard(w, h int, pinned bool) Dashboard {
	w, h = max(w, 0), max(h, 0)
	var d Dashboard
	if w < MinWidth || h < MinHeight-2 {
		d.Rows = Rect{W: w, H: h}
		return d
	}
	y := 0
	line := func(want bool) Rect {
		if !want {
			return Rect{Y: y}
		}
		y++
		return Rect{Y: y - 1, W: w, H: 1}
	}
	d.Tabs = line(h >= 9)
	d.Filter = line(true)
	d.Rule = line(h >= 33)
	side := 0
	if pinned && w >= SideWidth {
		side = min(max(w*3/8, 44), 70)
	}
	top := y
	d.Header = line(true)
	d.Header.W = w - side
	bottom := h - panelHeight(h)
	count := 0
	if h >= 8 {
		count = 1
	}
	d.Rows = Rect{Y: y, W: w - side, H: bottom - count - y}
	d.Count = Rect{Y: bottom - count, W: w - side, H: count}
	if side > 0 {
		d.Side = Rect{X: w - side, Y: top, W: side, H: bottom - top}
	}
	d.Panel = Rect{Y: bottom, W: w, H: h - bottom}
	return d
}

// panelHeight gives the lines of the integration panel for a body of h lines.
func panelHeight(h int) int {
	switch {
	case h >= 40:
		return 7
	case h >= 30:
		return 5
	case h >= 17:
		return 3
	case h >= 11:
		return 1
	}
	return 0
}

// Column is a column of a table. Min is its least width; what remains is shared by Grow. A column with From is left
// out of tables that are narrower.
type Column struct {
	Title string
	Min   int
	Grow  int
	Max   int // 0: no limit
	From  int
	Right bool // numbers and ages stand at the right edge
	Gap   int  // blank cells after it
}

// Columns gives the width of each column in a table of w cells: 0 for those that are left out. Their sum, with the
// gaps of those that are in, never exceeds w.
func Columns(w int, columns []Column) []int {
	widths := make([]int, len(columns))
	left, grow := w, 0
	for i, c := range columns {
		if w < c.From {
			continue
		}
		widths[i] = max(min(c.Min, left), 0)
		left -= widths[i]
		if widths[i] > 0 {
			left -= min(c.Gap, left)
			grow += c.Grow
		}
	}
	for grow > 0 && left > 0 { // shares; columns at their limit hand theirs on
		given, unit := 0, max(left/grow, 1)
		next := 0
		for i, c := range columns {
			if widths[i] == 0 || c.Grow == 0 {
				continue
			}
			share := min(unit*c.Grow, left-given)
			if c.Max > 0 {
				share = min(share, c.Max-widths[i])
			}
			widths[i] += max(share, 0)
			given += max(share, 0)
			if c.Max == 0 || widths[i] < c.Max {
				next += c.Grow
			}
		}
		left -= given
		grow = next
		if given == 0 {
			break
		}
	}
	return widths
}
