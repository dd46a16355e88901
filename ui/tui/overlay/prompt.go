package overlay

import (
	tea "charm.land/bubbletea/v2"

	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/input"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/theme"
)

// Prompt asks for one line, such as the name of a view.
type Prompt struct {
	Title string
	Label string
	Note  string // what will happen
	Run   func(answer string) tea.Cmd
	Line  input.Line
}

// Scope implements Dialog.
func (p *Prompt) Scope() keys.Scope { return keys.Prompt }

// Do implements Dialog.
func (p *Prompt) Do(action keys.Action) Outcome {
	switch action {
	case keys.Back:
		return Outcome{Close: true}
	case keys.Choose:
		if answer := p.Line.Text(); answer != "" {
			return Outcome{Close: true, Command: func() tea.Cmd { return p.Run(answer) }}
		}
	}
	return Outcome{}
}

// Press implements Typer.
func (p *Prompt) Press(key tea.KeyPressMsg) { p.Line.Press(key) }

// Paste implements Typer.
func (p *Prompt) Paste(s string) { p.Line.Insert(s) }

// Draw implements Dialog.
func (p *Prompt) Draw(t *theme.Theme, w, h int) Box {
	width := inner(56, w)
	label := p.Label + " "
	shown, cursor := p.Line.Window(width - draw.Width(label))
	l := draw.NewLine(t, width).Add(t.Muted, label)
	lines := []string{l.Add(t.Input, shown).String()}
	if p.Note != "" && h > 4 {
		lines = append(lines, "")
		for _, line := range draw.Wrap(p.Note, width) {
			lines = append(lines, t.Muted.Render(line))
		}
	}
	box := Centre(Frame(t, width, p.Title, t.Strong, lines, "enter save  esc cancel"), w, h)
	box.Cursor = &tea.Position{X: 2 + draw.Width(label) + cursor, Y: 1}
	return box
}
