package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"adbadge/model/text"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/input"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/theme"
)

// Command is one line of the palette.
type Command struct {
	Label   string
	Keys    string
	Refusal string // why it cannot be used now; empty when it can
	Run     func() tea.Cmd
}

// Palette finds a command by its words.
type Palette struct {
	commands []Command
	line     input.Line
	found    []int
	cursor   int
}

// NewPalette makes a palette of commands.
func NewPalette(commands []Command) *Palette {
	p := &Palette{commands: commands}
	p.search()
	return p
}

// search keeps the commands that contain every word, those that begin with the first one before others.
func (p *Palette) search() {
	p.found, p.cursor = p.found[:0], 0
	words := strings.Fields(text.Fold(p.line.Text()))
	var later []int
	for i, c := range p.commands {
		label := text.Fold(c.Label)
		if !containsAll(label+" "+c.Keys, words) {
			continue
		}
		if len(words) == 0 || strings.HasPrefix(label, words[0]) {
			p.found = append(p.found, i)
		} else {
			later = append(later, i)
		}
	}
	p.found = append(p.found, later...)
}

func containsAll(s string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(s, word) {
			return false
		}
	}
	return true
}

// Scope implements Dialog.
func (p *Palette) Scope() keys.Scope { return keys.Searching }

// Do implements Dialog.
func (p *Palette) Do(action keys.Action) Outcome {
	last := max(len(p.found)-1, 0)
	switch action {
	case keys.Down:
		p.cursor = min(p.cursor+1, last)
	case keys.Up:
		p.cursor = max(p.cursor-1, 0)
	case keys.PageDown:
		p.cursor = min(p.cursor+10, last)
	case keys.PageUp:
		p.cursor = max(p.cursor-10, 0)
	case keys.Back:
		return Outcome{Close: true}
	case keys.Choose:
		if p.cursor < len(p.found) && p.commands[p.found[p.cursor]].Refusal == "" {
			return Outcome{Close: true, Command: p.commands[p.found[p.cursor]].Run}
		}
	}
	return Outcome{}
}

// Press implements Typer.
func (p *Palette) Press(key tea.KeyPressMsg) {
	if p.line.Press(key) {
		p.search()
	}
}

// Paste implements Typer.
func (p *Palette) Paste(s string) {
	p.line.Insert(s)
	p.search()
}

// Draw implements Dialog.
func (p *Palette) Draw(t *theme.Theme, w, h int) Box {
	width := inner(68, w)
	shown, cursor := p.line.Window(width - 2)
	lines := []string{draw.NewLine(t, width).Add(t.Accent, ": ").Add(t.Input, shown).String()}
	room := max(min(h-5, 14), 1)
	from := min(max(p.cursor-room/2, 0), max(len(p.found)-room, 0))
	l := draw.NewLine(t, width)
	for i := from; i < min(from+room, len(p.found)); i++ {
		c := p.commands[p.found[i]]
		label, muted, pointer := t.Text, t.Muted, "  "
		if c.Refusal != "" {
			label = t.Muted
		}
		if i == p.cursor {
			label, muted, pointer = t.Selected, t.Selected, "> "
		}
		l.Add(label, pointer).Cell(label, c.Label, width-14).CellRight(muted, c.Keys, 11).Fill(muted)
		lines = append(lines, l.String())
	}
	if len(p.found) == 0 {
		lines = append(lines, t.Muted.Render("  no command has these words"))
	}
	foot := ""
	if p.cursor < len(p.found) {
		foot = p.commands[p.found[p.cursor]].Refusal
	}
	lines = append(lines, t.Muted.Render(draw.Cut(foot, width, t.Glyphs.Ellipsis)))
	box := Centre(Frame(t, width, "Commands", t.Strong, lines, "enter run  up down  esc close"), w, h)
	box.Y = max(min(2, h-len(lines)-2), 0)
	box.Cursor = &tea.Position{X: 4 + cursor, Y: 1}
	return box
}
