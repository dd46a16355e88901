package tui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/overlay"
)

// flipped is what came of flipping a toggle, or of changing the status of a health issue.
type flipped struct {
	toggle model.Toggle
	on     bool
	issue  *providers.IssueChange // nil for a toggle
	undone bool                   // it took the change before back
}

// togglePatience bounds a change with its reading back.
const togglePatience = 60 * time.Second

// toggleBusy refuses a change while another one is under way, whose answer would be lost.
const toggleBusy = "Not changed: another change is under way. Wait until it was read back."

// toggleRefusal says why a toggle cannot be changed now; empty when it can.
func (a *App) toggleRefusal(t model.Toggle) string {
	switch {
	case a.toggling.Running():
		return toggleBusy
	case a.env.Tenant.ReadOnly != "":
		return "Not changed: " + a.env.Tenant.ReadOnly + ". Start with --write, or set write = true under [tenant]."
	case t.State == model.ToggleUnknown && t.Problem != nil:
		return "Not changed: the toggle could not be read (" + t.Problem.Seen + "). " + t.Problem.Remedy
	case t.State == model.ToggleUnknown:
		return "Not changed: the toggle has not been read yet. Press " + a.env.Keys.Of(keys.Refresh, keys.List) + " to read it."
	}
	return ""
}

// AskToggle implements page.Host.
func (a *App) AskToggle(t model.Toggle) tea.Cmd {
	if t.Owner == model.OwnerPortal {
		return a.askPortalToggle(t)
	}
	if refusal := a.toggleRefusal(t); refusal != "" {
		return a.Say(model.Warning, refusal)
	}
	return a.Open(a.toggleQuestion(t))
}

// toggleQuestion says what will change, for whom, and how to take it back.
func (a *App) toggleQuestion(t model.Toggle) *overlay.Confirm {
	on := t.State != model.ToggleOn
	word, keep, act := "on", "Keep off", "Switch on"
	if !on {
		word, keep, act = "off", "Keep on", "Switch off"
	}
	what, afterwards := t.Label(), "read back and shown here"
	if t.Decides() {
		what = fmt.Sprintf("%s (%s)", t.Side.Product(), what)
		afterwards = "read back, shown here, and every badge follows"
	}
	return &overlay.Confirm{
		Title: fmt.Sprintf("Switch %s %s?", t.Name(), word),
		Body:  t.Effect(on, a.env.Dashboard.Toggle(t.Side.Other()).State, a.env.Dashboard.View.Counts().All),
		Facts: []overlay.Fact{
			{Name: "Tenant", Value: fmt.Sprintf("%s, changed by %s", a.tenantName(), a.env.Actor)},
			{Name: "Toggle", Value: fmt.Sprintf("%s   %s -> %s", what, t.State, word)},
			{Name: "Owner", Value: t.Owner.Meaning()},
			{Name: "Afterwards", Value: afterwards},
			{Name: "Undo", Value: fmt.Sprintf("%s within %.0f s, or the same toggle again", a.env.Keys.Of(keys.Undo, keys.Integration), undoTime.Seconds())},
		},
		Keep: keep, Act: act, Danger: !on,
		Run: func() tea.Cmd { return a.flip(flipped{toggle: t, on: on}) },
	}
}

// flip changes a toggle beside the screen.
func (a *App) flip(f flipped) tea.Cmd {
	refresher, ctx, actor := a.env.Refresher, a.env.Context, a.env.Actor
	a.mine = f
	a.say(model.OK, fmt.Sprintf("Switching %s %s.", f.toggle.Name(), model.StateOf(f.on)), "")
	return a.toggling.Start(ctx, func(context.Context) (flipped, error) { // a change under way is never abandoned
		ctx, cancel := context.WithTimeout(ctx, togglePatience)
		defer cancel()
		_, err := refresher.SetToggle(ctx, providers.Flip{Toggle: f.toggle, On: f.on, By: actor})
		return f, err
	})
}

func (a *App) toggled(f flipped, err error) tea.Cmd {
	if err != nil {
		a.mine = flipped{}
		return a.SayFailure(err)
	}
	if f.issue != nil {
		return a.issueChanged(f)
	}
	return a.Say(model.OK, fmt.Sprintf("Applied: %s is %s now, as read back.%s Integration: %s.", f.toggle.Name(), model.StateOf(f.on),
		a.undoHint(f), a.env.Refresher.Current().Status.Integration))
}
