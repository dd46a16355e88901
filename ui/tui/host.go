package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/ui/tui/overlay"
	"adbadge/ui/tui/page"
)

// Go implements page.Host.
func (a *App) Go(place page.Place) tea.Cmd {
	make, ok := a.makers[place.Kind]
	if !ok {
		return a.Say(model.Warning, "This page is not part of this program.")
	}
	a.top().Hide()
	p := make(&a.env, place)
	a.stack = append(a.stack, p)
	return p.Show()
}

// Open implements page.Host.
func (a *App) Open(d overlay.Dialog) tea.Cmd {
	a.dialogs = append(a.dialogs, d)
	return nil
}

// Say implements page.Host.
func (a *App) Say(level model.Level, line string) tea.Cmd { return a.say(level, line, "") }

func (a *App) say(level model.Level, line, link string) tea.Cmd {
	line = text.CleanMax(line, 2000).String()
	id, stays := a.messages.Add(a.env.Now(), level, line, link)
	if stays == 0 {
		a.expiry.Cancel()
		return nil
	}
	return a.expire(id, stays)
}

// expire takes a message off the screen after a while.
func (a *App) expire(id uint64, after time.Duration) tea.Cmd {
	sleep := a.env.Sleep
	return a.expiry.Start(a.env.Context, func(ctx context.Context) (uint64, error) {
		return id, sleep(ctx, after)
	})
}

// SayFailure implements page.Host.
func (a *App) SayFailure(err error) tea.Cmd {
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	return a.Say(model.Critical, err.Error())
}

// openPatience bounds how long a browser may take to start.
const openPatience = 15 * time.Second

// OpenLink implements page.Host.
func (a *App) OpenLink(what, link string) tea.Cmd {
	if !a.env.CanOpen {
		return tea.Batch(tea.SetClipboard(link),
			a.say(model.OK, "Sent to your terminal's clipboard: "+what+".", link))
	}
	open, ctx := a.options.Open, a.env.Context
	a.say(model.OK, "Opening "+what+" in the browser.", "")
	return a.opening.Start(ctx, func(context.Context) (string, error) { // a later link must not stop this one
		ctx, cancel := context.WithTimeout(ctx, openPatience)
		defer cancel()
		return link, open(ctx, link)
	})
}

// opened says what came of opening a link. The launcher may have written to the screen, so it is drawn anew.
func (a *App) opened(link string, err error) tea.Cmd {
	if err != nil {
		return tea.Batch(tea.ClearScreen, tea.SetClipboard(link),
			a.say(model.Warning, "The browser did not open ("+err.Error()+"). The link was sent to your terminal's clipboard.", link))
	}
	return tea.Batch(tea.ClearScreen, a.Say(model.OK, "Opened in the browser."))
}

// clipboardMost is what terminals take by OSC 52, in bytes before encoding.
const clipboardMost = 74994 / 4 * 3

// Copy implements page.Host.
func (a *App) Copy(what, content string) tea.Cmd {
	if len(content) > clipboardMost {
		return a.Say(model.Warning, "That is too much for a terminal's clipboard; export it to a file instead.")
	}
	return tea.Batch(tea.SetClipboard(content), a.Say(model.OK, "Sent to your terminal's clipboard: "+what+"."))
}

// saver writes the state, one write at a time, so that the last one wins.
type saver struct {
	task  page.Task[struct{}]
	again bool
}

// Remember implements page.Host.
func (a *App) Remember() tea.Cmd {
	if a.saver.task.Running() {
		a.saver.again = true
		return nil
	}
	s, folder := a.state.Clone(), a.options.StateDir
	return a.saver.task.Start(a.env.Context, func(context.Context) (struct{}, error) { return struct{}{}, s.Save(folder) })
}

func (s *saver) take(a *App, msg page.Answer) (tea.Cmd, bool) {
	_, err, ok := s.task.Take(msg)
	if !ok {
		return nil, false
	}
	if err != nil {
		s.again = false
		return a.Say(model.Warning, err.Error()+"."), true
	}
	if s.again {
		s.again = false
		return a.Remember(), true
	}
	return nil, true
}

var _ page.Host = (*App)(nil)
