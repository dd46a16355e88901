package overlay

import (
	tea "charm.land/bubbletea/v2"

	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/theme"
)

// SignIn says what a person is to do before the cloud sources can answer. It goes by itself when that is done.
type SignIn struct {
	URL   string
	Code  string // empty when the page was opened in the browser of this desktop
	Until string // a time of day
	Note  string // below, muted; may be empty
	// CopyCode and CopyLink send the one or the other to the clipboard; Hide runs when the overlay was put away.
	CopyCode, CopyLink, Hide func() tea.Cmd
}

// Scope implements Dialog.
func (s *SignIn) Scope() keys.Scope { return keys.Waiting }

// Do implements Dialog.
func (s *SignIn) Do(action keys.Action) Outcome {
	switch action {
	case keys.CopyName:
		if s.Code != "" {
			return Outcome{Command: s.CopyCode}
		}
	case keys.CopyLink:
		return Outcome{Command: s.CopyLink}
	case keys.Back:
		return Outcome{Close: true, Command: s.Hide}
	}
	return Outcome{}
}

// Draw implements Dialog.
func (s *SignIn) Draw(t *theme.Theme, w, h int) Box {
	width := inner(64, w)
	hints := "y code  Y link  esc hide"
	var lines []string
	add := func(style theme.Style, text string) {
		for _, line := range draw.Wrap(t.Glyphs.Plain(text), width) {
			lines = append(lines, style.Render(line))
		}
	}
	if s.Code != "" {
		add(t.Text, "Open this page on any device:")
		add(t.Accent, s.URL)
		add(t.Text, "and enter the code:")
		add(t.Strong, s.Code)
	} else {
		hints = "Y link  esc hide"
		add(t.Text, "The sign-in was opened in the browser. If nothing opened, copy its link with Y.")
	}
	add(t.Muted, "Waiting until "+s.Until+".")
	add(t.Muted, s.Note)
	return Centre(Frame(t, width, "Sign in to Entra ID", t.Strong, lines[:min(len(lines), max(h-2, 1))], hints), w, h)
}
