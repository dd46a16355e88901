package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"adbadge/model"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/layout"
	"adbadge/ui/tui/theme"
)

// draw makes the whole frame.
func (a *App) draw() tea.View {
	v := tea.View{AltScreen: true, ReportFocus: true, WindowTitle: "adbadge " + a.tenantName()}
	if a.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if a.width <= 0 || a.height <= 0 {
		return v
	}
	lines, cursor := a.lines()
	if cursor != nil {
		v.Cursor = tea.NewCursor(cursor.X, cursor.Y)
	}
	v.Content = strings.Join(lines, "\n")
	return v
}

// lines gives the lines of the frame with the overlays over them, and where the cursor belongs.
func (a *App) lines() ([]string, *tea.Position) {
	f := layout.NewFrame(a.width, a.height)
	a.env.Bare = f.Bare
	lines := make([]string, 0, a.height)
	if f.Title.H > 0 {
		lines = append(lines, a.title(a.width))
	}
	body, cursor := a.top().Draw(f.Body.W, f.Body.H)
	lines = append(lines, body...)
	if cursor != nil {
		cursor = &tea.Position{X: cursor.X, Y: cursor.Y + f.Body.Y}
	}
	if f.Message.H > 0 {
		lines = append(lines, a.messageLine(a.width))
	}
	if f.Hints.H > 0 {
		lines = append(lines, a.footLine(a.width, f.Message.H == 0))
	}
	a.wholeLink(lines, f)
	for _, d := range a.dialogs {
		box := d.Draw(a.env.Theme, a.width, a.height)
		draw.Splice(lines, box.Lines, box.X, box.Y, a.width)
		cursor = nil
		if box.Cursor != nil {
			cursor = &tea.Position{X: box.X + box.Cursor.X, Y: box.Y + box.Cursor.Y}
		}
	}
	if cursor != nil && (cursor.X < 0 || cursor.X >= a.width || cursor.Y < 0 || cursor.Y >= a.height) {
		cursor = nil
	}
	return lines, cursor
}

// panelHeight is the least height of a screen on which the dashboard says how the integration is.
const panelHeight = 14

// messageLine is the rule above the hints; while there is a message, it carries it.
func (a *App) messageLine(width int) string {
	shown := a.messages.Shown()
	if shown == nil && a.height < panelHeight { // the page has no room to say it
		state := a.env.Dashboard.Status.Integration
		return draw.Rule(a.env.Theme, width, "integration "+state.String(), a.env.Theme.Integration(state))
	}
	if shown == nil {
		return draw.Rule(a.env.Theme, width, "", a.env.Theme.Rule)
	}
	text := shown.Text
	if shown.Level >= model.Critical {
		text += "  (esc dismisses)"
	}
	return draw.Rule(a.env.Theme, width, draw.Cut(text, width-5, a.env.Theme.Glyphs.Ellipsis), a.messageStyle(shown.Level))
}

func (a *App) messageStyle(level model.Level) theme.Style {
	if level == model.OK {
		return a.env.Theme.Strong
	}
	return a.env.Theme.Level(level)
}

// footLine shows the hints, or a link that a message brought, or, where there is no line for it, the message itself.
func (a *App) footLine(width int, message bool) string {
	t := a.env.Theme
	l := draw.NewLine(t, width).Space(1)
	shown := a.messages.Shown()
	if shown != nil && shown.Link != "" {
		return a.linkLine(l, shown.Link, draw.Cut(shown.Link, width-2, t.Glyphs.Ellipsis))
	}
	if shown != nil && message {
		return l.Add(a.messageStyle(shown.Level), shown.Text).Fill(t.Text).String()
	}
	return a.hints(l).Fill(t.Text).String()
}

// linkLine shows a part of a link; all parts lead to the whole.
func (a *App) linkLine(l *draw.Line, link, part string) string {
	t := a.env.Theme
	shown := ansi.SetHyperlink(link) + t.Link.Render(part) + ansi.ResetHyperlink()
	return l.Styled(shown, draw.Width(part)).Fill(t.Text).String()
}

// linkMost is on how many lines a link may be shown.
const linkMost = 4

// wholeLink lays a link that is longer than the line of hints over the lines above it: not every terminal has a
// clipboard that can be written or links that can be clicked, and half a link is of no use.
func (a *App) wholeLink(lines []string, f layout.Frame) {
	shown := a.messages.Shown()
	if shown == nil || f.Hints.H == 0 || len(shown.Link) <= f.Hints.W-2 {
		return
	}
	room := f.Hints.W - 2
	parts := (len(shown.Link) + room - 1) / room
	if parts > min(linkMost, len(lines)-1) {
		return
	}
	at := len(lines) - parts
	if f.Message.H > 0 {
		lines[at-1] = a.messageLine(f.Message.W)
	}
	for i := range parts {
		part := shown.Link[i*room : min((i+1)*room, len(shown.Link))]
		lines[at+i] = a.linkLine(draw.NewLine(a.env.Theme, f.Hints.W).Space(1), shown.Link, part)
	}
}

// hints adds as many hints as fit, the most important first.
func (a *App) hints(l *draw.Line) *draw.Line {
	t, scope, state := a.env.Theme, a.top().Scope(), a.keyState()
	if scope == keys.Typing {
		return l.Add(t.Accent, "enter").Add(t.Text, " keep   ").Add(t.Accent, "esc").Add(t.Text, " clear   ").
			Add(t.Accent, "up down").Add(t.Text, " move")
	}
	narrow := l.Left() < 50
	type hint struct{ key, label string }
	var chosen []hint
	room := l.Left()
	for _, b := range a.env.Keys.Hints(scope, state) {
		h := hint{a.env.Keys.KeysOf(b, scope)[0], " " + b.Hint(state)}
		if narrow {
			h.label = ""
		}
		size := draw.Width(h.key) + draw.Width(h.label)
		if size > room {
			break
		}
		chosen = append(chosen, h)
		room -= size + 2
	}
	for i, h := range chosen { // help is what one looks for at the end
		if h.key == a.env.Keys.Of(keys.Help, scope) {
			chosen = append(append(chosen[:i:i], chosen[i+1:]...), h)
			break
		}
	}
	for _, h := range chosen {
		l.Add(t.Accent, h.key).Add(t.Text, h.label).Space(2)
	}
	return l
}
