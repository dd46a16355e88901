package overlay

import (
	"fmt"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/theme"
)

// Secret asks for something that is not shown: how much was typed or pasted is all that can be seen of it.
type Secret struct {
	Title   string
	Warning string // stands out; may be empty
	Label   string
	Note    string // where to get it
	Most    int    // bytes
	Empty   bool   // enter alone is an answer too
	Run     func(answer string) tea.Cmd

	typed   string
	tooLong bool // what was pasted last
}

// Scope implements Dialog.
func (s *Secret) Scope() keys.Scope { return keys.Prompt }

// Do implements Dialog.
func (s *Secret) Do(action keys.Action) Outcome {
	answer := s.typed
	switch {
	case action == keys.Back:
		s.typed = ""
		return Outcome{Close: true}
	case action == keys.Choose && (answer != "" || s.Empty):
		s.typed = ""
		return Outcome{Close: true, Command: func() tea.Cmd { return s.Run(answer) }}
	}
	return Outcome{}
}

// Press implements Typer.
func (s *Secret) Press(key tea.KeyPressMsg) {
	switch key.String() {
	case "backspace", "ctrl+h":
		_, size := utf8.DecodeLastRuneInString(s.typed)
		s.typed = s.typed[:len(s.typed)-size]
	case "ctrl+u":
		s.typed = ""
	default:
		if key.Mod&^tea.ModShift == 0 {
			s.Paste(key.Text)
		}
	}
}

// Paste implements Typer.
func (s *Secret) Paste(pasted string) {
	if s.tooLong = len(s.typed)+len(pasted) > s.Most; !s.tooLong {
		s.typed += pasted
	}
}

// Draw implements Dialog.
func (s *Secret) Draw(t *theme.Theme, w, h int) Box {
	width := inner(64, w)
	label := s.Label + " "
	entered := "nothing yet"
	if s.typed != "" {
		entered = fmt.Sprintf("%s characters, not shown", draw.Count(utf8.RuneCountInString(s.typed)))
	}
	if s.tooLong {
		entered += "; the last paste was too long"
	}
	entry := draw.NewLine(t, width).Add(t.Muted, label).Add(t.Input, entered).String()
	var above, below []string
	if s.Warning != "" {
		for _, line := range draw.Wrap(s.Warning, width) {
			above = append(above, t.Warning.Render(line))
		}
	}
	for _, line := range draw.Wrap(t.Glyphs.Plain(s.Note), width) {
		below = append(below, t.Muted.Render(line))
	}
	room := max(h-3, 0) // beside the border and the entry
	above = above[:min(len(above), room)]
	below = below[:min(len(below), max(room-len(above)-1, 0))]
	lines := append(above, entry)
	if len(below) > 0 {
		lines = append(append(lines, ""), below...)
	}
	hints := "paste  enter " + strings.ToLower(s.Title) + "  esc cancel"
	box := Centre(Frame(t, width, s.Title, t.Strong, lines, hints), w, h)
	box.Cursor = &tea.Position{X: 2 + draw.Width(label) + draw.Width(entered), Y: 1 + len(above)}
	return box
}
