package tui

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/overlay"
)

// beginPatience bounds the first question to the portal.
const beginPatience = 60 * time.Second

// portalSession begins a session with the portal, or asks whether to end the one that there is.
func (a *App) portalSession() tea.Cmd {
	switch {
	case a.env.Tenant.Portal == nil:
		return a.Say(model.Warning, "This tenant allows no portal session. Set session = true under [portal] of the configuration.")
	case a.beginning.Running():
		return a.Say(model.Warning, "The portal is being asked already; wait a moment.")
	case a.env.Tenant.Portal.State().Open:
		return a.Open(&overlay.Confirm{
			Title: "End the portal session?", Body: "The cookies are dropped. The portal's flag is not read any more until another session begins.",
			Keep: "Keep it", Act: "End it", Run: a.endPortal,
		})
	}
	return a.Open(&overlay.Secret{
		Title: "Begin a portal session", Warning: model.PortalWarning, Label: "Cookies", Note: a.env.Tenant.Portal.Hint, Most: providers.MaxCookies,
		Run: a.takeCookies,
	})
}

// takeCookies takes what was pasted, and asks for the second cookie where there is one only.
func (a *App) takeCookies(pasted string) tea.Cmd {
	cookies, err := providers.ParseCookies(pasted)
	switch {
	case errors.Is(err, providers.ErrToken):
		return a.Open(&overlay.Secret{
			Title: "Begin a portal session", Label: "XSRF-TOKEN", Note: "The other cookie. Enter alone lets the portal give one.", Most: providers.MaxCookies, Empty: true,
			Run: func(token string) tea.Cmd {
				if token == "" {
					return a.beginPortal(cookies)
				}
				both, err := cookies.WithToken(token)
				if err != nil {
					return a.refusedCookies(err)
				}
				return a.beginPortal(both)
			},
		})
	case err != nil:
		return a.refusedCookies(err)
	}
	return a.beginPortal(cookies)
}

func (a *App) refusedCookies(err error) tea.Cmd {
	return a.Say(model.Warning, "The cookies cannot be used: "+err.Error()+". "+a.env.Keys.Of(keys.PortalSession, keys.Integration)+" asks for them again.")
}

// beginPortal asks the portal beside the screen to whom the cookies belong.
func (a *App) beginPortal(cookies providers.Cookies) tea.Cmd {
	refresher, now := a.env.Refresher, a.env.Now
	a.say(model.OK, "Asking the portal whose session that is.", "")
	return a.beginning.Start(a.env.Context, func(ctx context.Context) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, beginPatience)
		defer cancel()
		err := refresher.BeginPortal(ctx, cookies)
		p := refresher.Current().Portal
		return fmt.Sprintf("Portal session of %s in %s. The cookies are in memory only, and dropped in %s.", p.Actor, p.Tenant, p.Left(now())), err
	})
}

// endPortal drops the cookies.
func (a *App) endPortal() tea.Cmd {
	refresher := a.env.Refresher
	return a.beginning.Start(a.env.Context, func(context.Context) (string, error) {
		refresher.EndPortal()
		return "The portal session was ended; the cookies are gone.", nil
	})
}

// portalBegun says that a session has begun or ended, or why it did not.
func (a *App) portalBegun(line string, err error) tea.Cmd {
	if err != nil {
		return a.SayFailure(err)
	}
	return a.Say(model.OK, line)
}

// toldPortal says when a session has ended by itself.
func (a *App) toldPortal(before, now *providers.Dashboard) tea.Cmd {
	if !before.Portal.Open || now.Portal.Ended == nil {
		return nil
	}
	return a.Say(model.Warning, fmt.Sprintf("The portal session is over: %s. %s on the integration page begins another one.", now.Portal.Ended.Seen,
		a.env.Keys.Of(keys.PortalSession, keys.Integration)))
}

// askPortalToggle asks whether to lead to the page where the portal's flag is switched. While that is watched, the same key
// stops the watching.
func (a *App) askPortalToggle(t model.Toggle) tea.Cmd {
	p := a.env.Dashboard.Portal
	switch {
	case a.watching.Running():
		a.watching.Cancel()
		a.mine = flipped{} // if it changes after all, that is told
		return a.Say(model.Warning, "Not watching any more: "+t.Name()+" was not seen to change. It may change all the same.")
	case !p.Open:
		return a.portalSession()
	case t.State == model.ToggleUnknown:
		return a.Say(model.Warning, "How the flag stands is not known, so that no change of it could be seen. Press "+a.env.Keys.Of(keys.Refresh, keys.List)+" to read it.")
	}
	link, err := a.env.Tenant.Links.Settings(t.Side)
	if err != nil {
		return a.SayFailure(err)
	}
	on := t.State != model.ToggleOn
	to := model.StateOf(on)
	question := &overlay.Confirm{
		Title: fmt.Sprintf("Switch the portal's flag %s?", to),
		Body:  t.Effect(on, a.env.Dashboard.Toggle(t.Side.Other()).State, a.env.Dashboard.View.Counts().All),
		Facts: []overlay.Fact{
			{Name: "Tenant", Value: fmt.Sprintf("%s, %s in the portal", a.tenantName(), p.Tenant)},
			{Name: "By", Value: fmt.Sprintf("%s here; in the portal whoever is signed in there, such as %s", a.env.Actor, p.Actor)},
			{Name: "Flag", Value: fmt.Sprintf("%s -> %s", t.State, to)},
			{Name: "Afterwards", Value: fmt.Sprintf("watched for up to %.0f min", providers.WatchPatience.Minutes())},
		},
		Keep: "Keep " + t.State.String(), Act: "Open the page", Danger: !on,
		Run: func() tea.Cmd {
			return tea.Batch(a.OpenLink("the settings page of "+t.Side.Product(), link), a.watch(flipped{toggle: t, on: on}))
		},
	}
	if p.Reading != nil && p.Reading.Removed {
		question.Facts = append(question.Facts, overlay.Fact{Name: "Note", Value: "Microsoft says that it took the toggle out of this tenant's portal."})
	}
	return a.Open(question)
}

// watch looks beside the screen for the change that a person makes in the portal.
func (a *App) watch(f flipped) tea.Cmd {
	refresher, actor := a.env.Refresher, a.env.Actor
	a.mine = f
	a.messages.Note(a.env.Now(), model.OK, fmt.Sprintf("Watching for %s to be switched %s in the portal; %s on it stops that.", f.toggle.Name(),
		model.StateOf(f.on), a.env.Keys.Of(keys.Flip, keys.Integration)))
	return a.watching.Start(a.env.Context, func(ctx context.Context) (watched, error) {
		change, err := refresher.SetToggle(ctx, providers.Flip{Toggle: f.toggle, On: f.on, By: actor})
		return watched{f, change}, err
	})
}

// watched is what came of watching.
type watched struct {
	flipped
	change model.Change
}

func (a *App) seenInPortal(w watched, err error) tea.Cmd {
	if err != nil {
		a.mine = flipped{}
		return a.SayFailure(err)
	}
	return a.Say(model.OK, fmt.Sprintf("Seen: %s is %s now (%s).", w.toggle.Name(), model.StateOf(w.on), w.change.Seen))
}
