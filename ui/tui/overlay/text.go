package overlay

import (
	"strconv"

	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/theme"
)

// Text shows something to read, longer than a message: why a badge is grey, a whole error. It scrolls.
type Text struct {
	Title string
	Style theme.Style // of the title
	Body  []string    // paragraphs; an empty one is an empty line

	offset, overflow, room int
}

// Scope implements Dialog.
func (x *Text) Scope() keys.Scope { return keys.Reading }

// Do implements Dialog.
func (x *Text) Do(action keys.Action) Outcome {
	step := 0
	switch action {
	case keys.Down:
		step = 1
	case keys.Up:
		step = -1
	case keys.HalfDown:
		step = x.room / 2
	case keys.HalfUp:
		step = -x.room / 2
	case keys.PageDown:
		step = x.room
	case keys.PageUp:
		step = -x.room
	case keys.First:
		x.offset = 0
	case keys.Last:
		x.offset = x.overflow
	case keys.Back, keys.Choose:
		return Outcome{Close: true}
	}
	x.offset = min(max(x.offset+step, 0), x.overflow)
	return Outcome{}
}

// Draw implements Dialog.
func (x *Text) Draw(t *theme.Theme, w, h int) Box {
	width := inner(72, w)
	var lines []string
	for _, paragraph := range x.Body {
		if paragraph == "" {
			lines = append(lines, "")
		}
		lines = append(lines, draw.Wrap(t.Glyphs.Plain(paragraph), width)...)
	}
	x.room = max(h-2, 1)
	x.overflow = max(len(lines)-x.room, 0)
	x.offset = min(x.offset, x.overflow)
	hints := "esc close"
	if x.overflow > 0 {
		hints = "j k scroll  " + hints + "  line " + strconv.Itoa(x.offset+1) + " of " + strconv.Itoa(len(lines))
	}
	lines = lines[x.offset:min(x.offset+x.room, len(lines))]
	return Centre(Frame(t, width, x.Title, x.Style, lines, hints), w, h)
}
