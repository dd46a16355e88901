package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/ui/tui/layout"
	"adbadge/ui/tui/page"
)

const (
	// wheelSpacing is the least time between two wheel events that reach the screen: one per frame is enough.
	wheelSpacing = 16 * time.Millisecond
	// wheelRows is how far one of them scrolls.
	wheelRows = 3
	// focusGrace is how long after the window got the focus a click is taken for the one that gave it.
	focusGrace = 200 * time.Millisecond
)

// inOrder looks at every message before the library does: it drops motion, and wheel events that come faster than
// frames, before they cost an update each, and brings sizes into what can be drawn.
func inOrder(now func() time.Time) func(tea.Model, tea.Msg) tea.Msg {
	var last time.Time
	return func(_ tea.Model, msg tea.Msg) tea.Msg {
		switch size := msg.(type) {
		case tea.WindowSizeMsg:
			return believable(size)
		case tea.MouseMotionMsg, tea.MouseReleaseMsg:
			return nil
		case tea.MouseWheelMsg:
			if at := now(); at.Sub(last) < wheelSpacing && !at.Before(last) {
				return nil
			} else {
				last = at
			}
		}
		return msg
	}
}

func (a *App) click(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Button != tea.MouseLeft || len(a.dialogs) > 0 || a.env.Now().Sub(a.focusedAt) < focusGrace {
		return nil
	}
	if body := layout.NewFrame(a.width, a.height).Body; body.Contains(msg.X, msg.Y) {
		if clicker, ok := a.top().(page.Clicker); ok {
			return clicker.Click(msg.X-body.X, msg.Y-body.Y)
		}
	}
	return nil
}

func (a *App) wheel(msg tea.MouseWheelMsg) tea.Cmd {
	rows := wheelRows
	if msg.Button == tea.MouseWheelUp {
		rows = -wheelRows
	}
	if len(a.dialogs) > 0 {
		return nil
	}
	if clicker, ok := a.top().(page.Clicker); ok {
		body := layout.NewFrame(a.width, a.height).Body
		return clicker.Wheel(msg.X-body.X, msg.Y-body.Y, rows)
	}
	return nil
}
