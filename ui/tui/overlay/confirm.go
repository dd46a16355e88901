package overlay

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/theme"
)

// Fact is one line of a question: what it is about.
type Fact struct{ Name, Value string }

// Confirm is a question before a change. It begins on the safe answer, so that enter alone changes nothing.
type Confirm struct {
	Title string // the question: "Switch the integration off on the endpoint side?"
	Body  string // what will change, for whom
	Facts []Fact // object, scope, undo
	Keep  string // the safe answer by its result: "Keep on"
	Act   string // the other one: "Switch off"
	Run   func() tea.Cmd
	// Danger: the change takes something away from people.
	Danger bool

	act bool // the focus is on Act
}

// Scope implements Dialog.
func (c *Confirm) Scope() keys.Scope { return keys.Confirm }

// Do implements Dialog.
func (c *Confirm) Do(action keys.Action) Outcome {
	switch action {
	case keys.Next:
		c.act = !c.act
	case keys.Yes:
		return Outcome{Close: true, Command: c.Run}
	case keys.Choose:
		if c.act {
			return Outcome{Close: true, Command: c.Run}
		}
		return Outcome{Close: true}
	case keys.No, keys.Back:
		return Outcome{Close: true}
	}
	return Outcome{}
}

// Draw implements Dialog.
func (c *Confirm) Draw(t *theme.Theme, w, h int) Box {
	width := inner(64, w)
	body := draw.Wrap(c.Body, width)
	var facts []string
	for _, f := range c.Facts {
		l := draw.NewLine(t, width)
		for i, part := range draw.Wrap(f.Value, width-12) {
			if i == 0 {
				l.Add(t.Muted, draw.Fit(f.Name, 12, t.Glyphs.Ellipsis))
			}
			facts = append(facts, l.To(12).Add(t.Text, part).String())
		}
	}
	buttons := draw.NewLine(t, width).Space(2)
	buttons.Add(c.button(t, !c.act), "[ "+c.Keep+" ]").Space(3).Add(c.button(t, c.act), "[ "+c.Act+" ]")
	lines := body
	if len(facts) > 0 {
		lines = slices.Concat(body, []string{""}, facts)
	}
	if room := h - 3; len(lines)+1 > room { // the question and the buttons stay; what it is about comes before what follows
		lines = slices.Concat(facts, body)
		if len(lines) > room {
			lines = append(lines[:max(room-1, 0)], draw.NewLine(t, width).Add(t.Muted, t.Glyphs.Ellipsis).String())
		}
	} else {
		lines = append(lines, "")
	}
	lines = append(lines, buttons.String())
	heading := t.Strong
	if c.Danger {
		heading = t.Danger
	}
	hints := "tab move  enter choose  y " + lowerFirst(c.Act) + "  esc " + lowerFirst(c.Keep)
	return Centre(Frame(t, width, c.Title, heading, lines, hints), w, h)
}

func (c *Confirm) button(t *theme.Theme, focused bool) theme.Style {
	if focused {
		return t.Button
	}
	return t.Text
}

func lowerFirst(s string) string {
	if s != "" && s[0] >= 'A' && s[0] <= 'Z' {
		return string(s[0]+'a'-'A') + s[1:]
	}
	return s
}
