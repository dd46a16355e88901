package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/overlay"
)

// showSignIn shows what a person is to do, or takes it away when that is done.
func (a *App) showSignIn(before, now *providers.SignInPrompt) {
	if before == now {
		return
	}
	a.dialogs = slices.DeleteFunc(a.dialogs, func(d overlay.Dialog) bool {
		_, is := d.(*overlay.SignIn)
		return is
	})
	if now == nil {
		return
	}
	d := &overlay.SignIn{
		URL: now.URL, Code: now.Code.String(), Until: now.Until.In(a.env.Now().Location()).Format("15:04"),
		CopyCode: func() tea.Cmd { return a.Copy("the code", now.Code.String()) },
		CopyLink: func() tea.Cmd { return a.Copy("the link", now.URL) },
		Hide: func() tea.Cmd {
			return a.Say(model.Warning, "The sign-in still waits; the log ("+a.env.Keys.Of(keys.ShowLog, keys.List)+") tells how to finish it.")
		},
	}
	if now.NotKept != "" {
		d.Note = "The next start will ask again: " + now.NotKept + "."
	}
	line := "To sign in, open " + d.URL
	if d.Code != "" {
		line += " and enter the code " + d.Code
	}
	a.messages.Note(a.env.Now(), model.Warning, line+" (until "+d.Until+").")
	a.dialogs = slices.Insert(a.dialogs, 0, overlay.Dialog(d)) // below what somebody is busy with
}
