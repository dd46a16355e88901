package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/overlay"
)

// AskIssue implements page.Host.
func (a *App) AskIssue(issue model.HealthIssue, to model.IssueStatus) tea.Cmd {
	switch {
	case a.toggling.Running():
		return a.Say(model.Warning, toggleBusy)
	case a.env.Tenant.ReadOnly != "":
		return a.Say(model.Warning, "Not changed: "+a.env.Tenant.ReadOnly+". Start with --write, or set write = true under [tenant].")
	}
	verb := strings.ToUpper(to.Verb()[:1]) + to.Verb()[1:]
	return a.Open(&overlay.Confirm{
		Title: verb + " this health issue?",
		Body:  to.Effect(),
		Facts: []overlay.Fact{
			{Name: "Tenant", Value: fmt.Sprintf("%s, changed by %s", a.tenantName(), a.env.Actor)},
			{Name: "Issue", Value: issue.Title.String()},
			{Name: "Status", Value: fmt.Sprintf("%s -> %s", issue.Status, to)},
			{Name: "Owner", Value: "Microsoft Graph; changed in the name of whoever is signed in"},
			{Name: "Afterwards", Value: "read back and shown here"},
			{Name: "Undo", Value: fmt.Sprintf("%s within %.0f s, or: adbadge issues reopen", a.env.Keys.Of(keys.Undo, keys.Integration), undoTime.Seconds())},
		},
		Keep: "Keep " + issue.Status.String(), Act: verb, Danger: true,
		Run: func() tea.Cmd {
			return a.changeIssue(flipped{issue: &providers.IssueChange{Issue: issue, To: to, By: a.env.Actor}})
		},
	})
}

// changeIssue changes a health issue beside the screen.
func (a *App) changeIssue(f flipped) tea.Cmd {
	refresher, ctx := a.env.Refresher, a.env.Context
	a.say(model.OK, fmt.Sprintf("Changing a health issue to %s: %s", f.issue.To, f.issue.Issue.Title), "")
	return a.toggling.Start(ctx, func(context.Context) (flipped, error) { // a change under way is never abandoned
		ctx, cancel := context.WithTimeout(ctx, togglePatience)
		defer cancel()
		_, err := refresher.SetIssue(ctx, *f.issue)
		return f, err
	})
}

func (a *App) issueChanged(f flipped) tea.Cmd {
	return a.Say(model.OK, fmt.Sprintf("Applied: the issue is %s now, as read back.%s It is: %s", f.issue.To, a.undoHint(f), f.issue.Issue.Title))
}

// reversed gives the change that takes this one back.
func reversed(c providers.IssueChange) *providers.IssueChange {
	back := providers.IssueChange{Issue: c.Issue, To: c.Issue.Status, By: c.By}
	back.Issue.Status = c.To
	return &back
}

// isOpen reports whether the newest dashboard has an issue among the open ones.
func (a *App) isOpen(issue model.HealthIssue) bool {
	return slices.ContainsFunc(a.env.Refresher.Current().Issues, func(h model.HealthIssue) bool { return h.ID == issue.ID })
}
