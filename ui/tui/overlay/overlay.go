// Package overlay holds what opens over a page: questions, lists to pick from, the help, the command palette. The
// topmost one gets all keys. Overlays never do anything themselves: they answer with a command of whoever opened them.
package overlay

import (
	tea "charm.land/bubbletea/v2"

	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/theme"
)

// Outcome is what an overlay wants after a key.
type Outcome struct {
	// Close takes the overlay off the screen. Command runs then, or at once when the overlay stays.
	Close   bool
	Command func() tea.Cmd
}

// Dialog is one overlay.
type Dialog interface {
	// Scope says which keys hold in it.
	Scope() keys.Scope
	// Do takes an action of that scope.
	Do(keys.Action) Outcome
	// Draw gives the lines and where they go on a screen of w by h cells.
	Draw(t *theme.Theme, w, h int) Box
}

// Typer is a dialog in which text can be typed or pasted.
type Typer interface {
	Dialog
	// Press takes a key that is no action of the scope.
	Press(tea.KeyPressMsg)
	// Paste takes pasted text.
	Paste(string)
}

// Box is a drawn overlay. Its cursor is relative to the box; nil when nothing is typed.
type Box struct {
	X, Y   int
	Lines  []string
	Cursor *tea.Position
}

// Frame draws a border around lines of width cells: a heading in the top one, hints in the bottom one.
func Frame(t *theme.Theme, width int, heading string, s theme.Style, lines []string, hints string) []string {
	g := t.Glyphs
	edge := t.Rule.Render(g.Vertical)
	out := make([]string, 0, len(lines)+2)
	out = append(out, border(t, g.TopLeft, g.TopRight, width, heading, s))
	for _, line := range lines {
		line = draw.Cut(line, width, g.Ellipsis)
		out = append(out, edge+" "+line+draw.Spaces(width-draw.Width(line))+" "+edge)
	}
	return append(out, border(t, g.BottomLeft, g.BottomRight, width, hints, t.Muted))
}

// border draws the top or bottom line of a frame whose inside is width cells and a blank on each side.
func border(t *theme.Theme, left, right string, width int, text string, s theme.Style) string {
	l := draw.NewLine(t, width+4)
	l.Add(t.Rule, left)
	if text != "" && width > 4 {
		l.Add(t.Rule, t.Glyphs.Rule).Space(1)
		l.Add(s, draw.Cut(text, width-2, t.Glyphs.Ellipsis)).Space(1)
	}
	return l.Add(t.Rule, draw.Repeat(t.Glyphs.Rule, width+3-l.Used())).Add(t.Rule, right).String()
}

// Centre puts lines in the middle of the screen, a little above it.
func Centre(lines []string, w, h int) Box {
	width := 0
	for _, line := range lines {
		width = max(width, draw.Width(line))
	}
	return Box{X: max((w-width)/2, 0), Y: max((h-len(lines))*2/5, 0), Lines: lines}
}

// inner gives the width for the inside of a frame that would like want cells on a screen of w.
func inner(want, w int) int { return max(min(want, w-6), 1) }
