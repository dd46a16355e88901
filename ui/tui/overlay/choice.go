package overlay

import (
	tea "charm.land/bubbletea/v2"

	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/theme"
)

// Option is one line of a Choice.
type Option struct {
	Label   string
	Note    string // beside it, muted
	Current bool   // the one that holds now
	Refusal string // why it cannot be chosen; empty when it can
	Run     func() tea.Cmd
}

// Choice is a list to pick from, such as the columns to sort by.
type Choice struct {
	Title   string
	Options []Option
	Note    string // below the list, wrapped
	cursor  int
	placed  bool
}

// Scope implements Dialog.
func (c *Choice) Scope() keys.Scope { return keys.Choice }

// place puts the cursor on the current option at first.
func (c *Choice) place() {
	if c.placed {
		return
	}
	c.placed = true
	for i, o := range c.Options {
		if o.Current {
			c.cursor = i
			return
		}
	}
}

// Do implements Dialog.
func (c *Choice) Do(action keys.Action) Outcome {
	c.place()
	last := len(c.Options) - 1
	switch action {
	case keys.Down:
		c.cursor = min(c.cursor+1, last)
	case keys.Up:
		c.cursor = max(c.cursor-1, 0)
	case keys.First, keys.PageUp:
		c.cursor = 0
	case keys.Last, keys.PageDown:
		c.cursor = last
	case keys.Choose:
		if last >= 0 && c.Options[c.cursor].Refusal == "" {
			return Outcome{Close: true, Command: c.Options[c.cursor].Run}
		}
	case keys.Back:
		return Outcome{Close: true}
	}
	return Outcome{}
}

// Draw implements Dialog.
func (c *Choice) Draw(t *theme.Theme, w, h int) Box {
	c.place()
	label, note := 0, 0
	for _, o := range c.Options {
		label, note = max(label, draw.Width(o.Label)), max(note, draw.Width(o.Note))
	}
	width := inner(max(label+note+8, draw.Width(c.Title)+4, 36), w)
	foot := draw.Wrap(c.refusal(), width)
	room := max(h-2-len(foot), 1)
	from := min(max(c.cursor-room/2, 0), max(len(c.Options)-room, 0))
	to := min(from+room, len(c.Options))
	lines := make([]string, 0, to-from+len(foot))
	l := draw.NewLine(t, width)
	for i := from; i < to; i++ {
		o := c.Options[i]
		text, muted, pointer := t.Text, t.Muted, "  "
		if o.Refusal != "" {
			text = t.Muted
		}
		if i == c.cursor {
			text, muted, pointer = t.Selected, t.Selected, "> "
		}
		mark := "  "
		if o.Current {
			mark = "* "
		}
		l.Add(text, pointer).Add(text, mark).Cell(text, o.Label, label+2).Cell(muted, o.Note, max(l.Left(), 0))
		lines = append(lines, l.String())
	}
	for _, line := range foot {
		lines = append(lines, t.Muted.Render(line))
	}
	return Centre(Frame(t, width, c.Title, t.Strong, lines, "enter choose  esc close"), w, h)
}

// refusal gives the reason of the option under the cursor, or the note of the whole list.
func (c *Choice) refusal() string {
	if c.cursor < len(c.Options) && c.Options[c.cursor].Refusal != "" {
		return c.Options[c.cursor].Refusal
	}
	return c.Note
}
