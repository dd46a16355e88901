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

	window scroll
}

// Scope implements Dialog.
func (x *Text) Scope() keys.Scope { return keys.Reading }

// Do implements Dialog.
func (x *Text) Do(action keys.Action) Outcome {
	if action == keys.Back || action == keys.Choose {
		return Outcome{Close: true}
	}
	x.window.do(action)
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
	total := len(lines)
	lines = x.window.lines(lines, width, min(total, max(h-2, 1)))
	hints := "esc close"
	if x.window.overflows() {
		hints = "j k scroll  " + hints + "  line " + strconv.Itoa(x.window.first()+1) + " of " + strconv.Itoa(total)
	}
	return Centre(Frame(t, width, x.Title, x.Style, lines, hints), w, h)
}
