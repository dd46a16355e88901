package tui

import (
	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/overlay"
	"adbadge/ui/tui/page"
)

// press sends a key where it belongs: to the topmost overlay, else to the page.
func (a *App) press(msg tea.KeyPressMsg) tea.Cmd {
	if len(a.dialogs) > 0 {
		return a.pressDialog(msg)
	}
	top := a.top()
	scope := top.Scope()
	b := a.env.Keys.Find(scope, msg.String())
	if b == nil {
		if typist, ok := top.(page.Typist); ok && scope == keys.Typing {
			return typist.Press(msg)
		}
		return nil
	}
	return a.run(b)
}

// run takes the action of a binding, or says why it cannot be taken.
func (a *App) run(b *keys.Binding) tea.Cmd {
	if refusal := b.Refusal(a.keyState()); refusal != "" {
		return a.Say(model.Warning, refusal)
	}
	if cmd, ok := a.own(b.Action); ok {
		return cmd
	}
	return a.top().Do(b.Action)
}

// keyState is what the page knows and what the root knows.
func (a *App) keyState() keys.State {
	s := a.top().State()
	if !s.Elsewhere {
		if s.ReadOnly = a.env.Tenant.ReadOnly; s.ReadOnly != "" {
			s.ReadOnly += ": start with --write, or set write = true under [tenant]"
		}
	}
	s.Paused = a.env.Dashboard.Paused
	s.NoUndo = a.noUndo()
	return s
}

// own takes the actions that are the same on every page.
func (a *App) own(action keys.Action) (tea.Cmd, bool) {
	switch action {
	case keys.Quit, keys.Stop:
		a.cancel()
		return tea.Quit, true
	case keys.Back:
		return a.back(), true
	case keys.Return:
		return a.leave(), true
	case keys.Help:
		return a.Open(overlay.NewHelp(a.env.Keys, a.top().Scope(), a.keyState())), true
	case keys.Palette:
		return a.Open(a.palette()), true
	case keys.Theme:
		return a.nextTheme(), true
	case keys.Mouse:
		return a.switchMouse(), true
	case keys.Suspend:
		return a.suspend(), true
	case keys.Refresh:
		a.env.Refresher.Refresh()
		return a.Say(model.OK, "Refreshing."), true
	case keys.Pause:
		return a.pause(), true
	case keys.Undo:
		return a.undo(), true
	case keys.PortalSession:
		return a.portalSession(), true
	case keys.Tenants:
		return a.Open(a.tenants()), true
	case keys.Toggles:
		return a.Go(page.Place{Kind: page.Integration}), true
	case keys.ShowLog:
		return a.Go(page.Place{Kind: page.Log}), true
	}
	return nil, false
}

// back is esc: the innermost thing goes first. It never quits.
func (a *App) back() tea.Cmd {
	if shown := a.messages.Shown(); shown != nil && shown.Level >= model.Critical {
		a.messages.Dismiss()
		return nil
	}
	if cmd, ok := a.top().Back(); ok {
		return cmd
	}
	if len(a.stack) > 1 {
		return a.leave()
	}
	a.messages.Dismiss()
	return nil
}

// leave closes the page on top, unless it is the first one.
func (a *App) leave() tea.Cmd {
	if len(a.stack) == 1 {
		return nil
	}
	a.top().Hide()
	a.stack = a.stack[:len(a.stack)-1]
	return a.top().Show()
}

func (a *App) pressDialog(msg tea.KeyPressMsg) tea.Cmd {
	top := a.dialogs[len(a.dialogs)-1]
	b := a.env.Keys.Find(top.Scope(), msg.String())
	if b == nil {
		if typer, ok := top.(overlay.Typer); ok {
			typer.Press(msg)
		}
		return nil
	}
	if b.Action == keys.Stop {
		cmd, _ := a.own(keys.Stop)
		return cmd
	}
	outcome := top.Do(b.Action)
	if outcome.Close {
		a.dialogs = a.dialogs[:len(a.dialogs)-1]
	}
	if outcome.Command == nil {
		return nil
	}
	return outcome.Command()
}

// paste goes into whatever is being typed, and nowhere else: pasted text must not run commands.
func (a *App) paste(content string) tea.Cmd {
	if len(a.dialogs) > 0 {
		if typer, ok := a.dialogs[len(a.dialogs)-1].(overlay.Typer); ok {
			typer.Paste(content)
			return nil
		}
	} else if typist, ok := a.top().(page.Typist); ok && a.top().Scope() == keys.Typing {
		return typist.Paste(content)
	}
	ignored := "Pasted text was ignored: there is no line to type in."
	if a.top().Scope() == keys.List {
		ignored += " Press " + a.env.Keys.Of(keys.Filter, keys.List) + " first to filter."
	}
	return a.Say(model.Warning, ignored)
}

// palette lists every command of the page.
func (a *App) palette() overlay.Dialog {
	scope, s := a.top().Scope(), a.keyState()
	var commands []overlay.Command
	for _, group := range keys.Groups() {
		for _, b := range a.env.Keys.In(scope) {
			if b.Group != group || group == keys.Move || b.Action == keys.Palette || b.Action == keys.Back {
				continue
			}
			commands = append(commands, overlay.Command{Label: b.Long, Keys: a.env.Keys.KeysOf(b, scope)[0], Refusal: b.Refusal(s),
				Run: func() tea.Cmd { return a.run(b) }})
		}
	}
	return overlay.NewPalette(commands)
}

// tenants is the list of tenants to switch to. The program ends and begins again with the one that is chosen, so that
// nothing of one tenant is left when the next one shows.
func (a *App) tenants() overlay.Dialog {
	list := &overlay.Choice{Title: "Tenants"}
	for _, name := range a.options.Tenants {
		current := name == a.env.Config.Tenant.Name
		list.Options = append(list.Options, overlay.Option{Label: name, Current: current, Run: func() tea.Cmd {
			if current {
				return nil
			}
			a.next = name
			a.cancel()
			return tea.Quit
		}})
	}
	return list
}

func (a *App) nextTheme() tea.Cmd {
	if a.options.NoColor || a.options.Plain {
		return a.Say(model.Warning, "Colours are off for this session (NO_COLOR, --color=never or --plain).")
	}
	mode := a.env.Theme.Mode.Next()
	a.chosen = true
	a.setMode(mode)
	a.state.Theme = mode.String()
	return tea.Batch(a.Remember(), a.Say(model.OK, "Theme: "+mode.String()+"."))
}

func (a *App) switchMouse() tea.Cmd {
	a.mouse = !a.mouse
	if a.mouse {
		return a.Say(model.OK, "Mouse on: click selects, shift+drag selects text.")
	}
	return a.Say(model.OK, "Mouse off: the terminal selects text again.")
}

func (a *App) suspend() tea.Cmd {
	if a.options.Remote {
		return a.Say(model.Warning, "A session over SSH cannot be suspended here.")
	}
	return tea.Suspend
}

func (a *App) pause() tea.Cmd {
	paused := !a.env.Dashboard.Paused
	a.env.Refresher.Pause(paused)
	if paused {
		return a.Say(model.OK, "Refreshes are paused; "+a.env.Keys.Of(keys.Refresh, keys.List)+" refreshes once, "+
			a.env.Keys.Of(keys.Pause, keys.List)+" resumes.")
	}
	return a.Say(model.OK, "Refreshes go on.")
}
