package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/ui/tui/keys"
)

// undoTime is how long the last change can be taken back with one key, without being asked again.
const undoTime = 10 * time.Second

// change is the last change that was made on this screen and read back.
type change struct {
	flipped
	until time.Time // it can be taken back with one key; zero when there is none
}

// noUndo says why there is nothing to take back; empty when there is.
func (a *App) noUndo() string {
	c := a.changed
	switch {
	case c.until.IsZero() || a.env.Now().After(c.until):
		return fmt.Sprintf("Nothing was changed here in the last %.0f s. %s on a toggle changes it, after asking.",
			undoTime.Seconds(), a.env.Keys.Of(keys.Flip, keys.Integration))
	case a.toggling.Running():
		return toggleBusy
	case c.issue != nil && a.isOpen(c.issue.Issue):
		return "Not changed: " + c.issue.Issue.Name() + " was opened again since."
	case c.issue == nil && a.env.Refresher.Current().Find(c.toggle).State != model.StateOf(c.on):
		return "Not changed: " + c.toggle.Name() + " was switched again since."
	}
	return ""
}

// undo takes the last change back. That cannot be taken back in turn: the next change asks again.
func (a *App) undo() tea.Cmd {
	c := a.changed
	a.changed = change{}
	if c.issue != nil {
		return a.changeIssue(flipped{issue: reversed(*c.issue), undone: true})
	}
	c.toggle.State = model.StateOf(c.on)
	return a.flip(flipped{toggle: c.toggle, on: !c.on, undone: true})
}

// undoHint tells how to take back a change that has just been read back.
func (a *App) undoHint(f flipped) string {
	if f.undone {
		return ""
	}
	a.changed = change{f, a.env.Now().Add(undoTime)}
	return fmt.Sprintf(" %s takes it back.", a.env.Keys.Of(keys.Undo, keys.Integration))
}
