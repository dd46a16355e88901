package providers

import (
	"context"

	"adbadge/model"
)

// IssueChange is a change of the status of one health issue that a person asked for.
type IssueChange struct {
	// Issue is the issue as the person saw it. Where it stands otherwise by now, nothing is changed.
	Issue model.HealthIssue
	To    model.IssueStatus
	By    string // who, for the record
}

// SetIssue writes the status of one health issue, in the manner of SetToggle. The issue is as it was read last, nil when it
// was not.
func (t *Tenant) SetIssue(ctx context.Context, wanted IssueChange) (model.Change, *model.HealthIssue, error) {
	old := wanted.Issue
	var read *model.HealthIssue
	c := changing{tenant: t, doing: wanted.To.Verb() + " " + old.Name(), what: "the issue",
		change: t.changeOf(wanted.By, model.Change{Side: model.IdentitySide, Setting: model.StatusOfIssue, Owner: model.OwnerGraph,
			Issue: old.ID, Title: old.Title, From: old.Status.String(), To: wanted.To.String()}),
		look: func(ctx context.Context) (standing, error) {
			if t.Identity == nil {
				return standing{}, errNoIssues
			}
			issue, err := t.Identity.HealthIssue(ctx, old.ID)
			if err != nil {
				return standing{}, err
			}
			read = &issue
			return standing{word: issue.Status.String()}, nil
		},
		write: func(ctx context.Context) error { return t.Identity.SetHealthIssue(ctx, old.ID, wanted.To) },
	}
	err := c.make(ctx)
	return c.change, read, err
}

// errNoIssues says that nobody knows of health issues here.
var errNoIssues = &model.Failure{Source: model.Identity, Kind: model.Misconfigured, Doing: "read health issues",
	Seen: "Microsoft Graph is not configured", Remedy: "Set enabled = true under [graph], and a method under [signin]."}

// Issues reads the open health issues, or all.
func (t *Tenant) Issues(ctx context.Context, all bool) ([]model.HealthIssue, error) {
	if t.Identity == nil {
		return nil, errNoIssues
	}
	return t.Identity.HealthIssues(ctx, all)
}
