package providers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

const (
	// readBackPatience is how long a change may take to be seen.
	readBackPatience = 20 * time.Second
	// What was changed is read again after a moment, and ever more slowly.
	readBackFirst, readBackMost = 100 * time.Millisecond, 2 * time.Second
	// lastRead is how long it may take to be read once more when the caller's time is up.
	lastRead = 5 * time.Second
)

// changing is one change of the tenant under way: it is written down, made, read back, and written down with what came
// of it.
type changing struct {
	tenant *Tenant
	doing  string // "switch the endpoint side off"
	what   string // "the toggle"
	change model.Change
	look   func(context.Context) (standing, error)
	write  func(context.Context) error
}

// standing is how something was read to stand.
type standing struct {
	word    string // as model.Change has it
	by      text.Line
	problem *model.Failure // why the word is not known
}

// changeOf completes a change that somebody asks for here.
func (t *Tenant) changeOf(by string, c model.Change) model.Change {
	c.By, c.Tenant = text.Clean(by), text.Clean(cmp.Or(t.Name, t.DirectoryHost()))
	return c
}

// make makes the change.
func (c *changing) make(ctx context.Context) error {
	c.change.Outcome = model.Refused
	if reason := c.tenant.ReadOnly; reason != "" {
		return c.refused(model.PermissionMissing, reason, "Start with --write, or set write = true under [tenant].")
	}
	before, err := c.look(ctx)
	switch {
	case err != nil:
		return model.AsFailure(err, model.Settings, c.doing)
	case before.problem != nil:
		return c.refused(before.problem.Kind, c.what+" could not be read: "+before.problem.Seen, before.problem.Remedy)
	case before.word != c.change.From:
		return c.refused(model.Misconfigured, "it reads "+before.word+" by now"+before.changedBy(), "Look at the new state first.")
	}
	if err := c.begin(ctx); err != nil {
		return err
	}
	written := c.write(ctx)
	err = c.outcome(ctx, written)
	return errors.Join(err, c.end())
}

// changedBy says who made the last change, where that is told.
func (s standing) changedBy() string {
	if s.by == "" {
		return ""
	}
	return ", changed by " + s.by.String()
}

func (c *changing) refused(kind model.FailureKind, seen, remedy string) error {
	c.change.Seen = text.Clean(seen)
	return &model.Failure{Source: model.Settings, Kind: kind, Doing: c.doing, Seen: seen, Remedy: remedy}
}

func (c *changing) begin(ctx context.Context) error {
	if c.tenant.Changes == nil {
		return nil
	}
	if err := c.tenant.Changes.Begin(ctx, &c.change, c.tenant.Now()); err != nil {
		w := model.AsFailure(err, model.Settings, c.doing)
		return c.refused(w.Kind, "it could not be written down first: "+w.Seen, w.Remedy)
	}
	return nil
}

func (c *changing) end() error {
	if c.tenant.Changes == nil {
		return nil
	}
	return c.tenant.Changes.End(&c.change)
}

// outcome finds out what came of the change: by the answer to it, and by reading again.
func (c *changing) outcome(ctx context.Context, written error) error {
	if written != nil && isRefusal(written) {
		failure := model.AsFailure(written, model.Settings, c.doing)
		c.change.Seen = text.Clean(failure.Seen)
		_, _ = c.look(ctx) // for the screen only: the refusal says it all
		return failure
	}
	after, err := c.readBack(ctx, written == nil)
	known := err == nil && after.problem == nil
	switch {
	case known && after.word == c.change.To:
		c.change.Outcome, c.change.Seen = model.Applied, text.Clean("read back "+after.word)
		return nil
	case written != nil:
		failure := model.AsFailure(written, model.Settings, c.doing)
		reads := c.what + " reads " + after.word
		if !known {
			reads = c.what + " could not be read back"
		}
		c.change.Outcome, c.change.Seen = model.OutcomeUnknown, text.Clean("no clear answer: "+failure.Seen+"; "+reads)
		return &model.Failure{Source: model.Settings, Kind: failure.Kind, Doing: c.doing,
			Seen:   "whether it was changed is not known (" + failure.Seen + "); " + reads,
			Remedy: "Wait a minute and refresh before you try again.", Cause: written}
	case !known:
		c.change.Outcome, c.change.Seen = model.OutcomeUnknown, text.Clean("accepted, but "+c.what+" could not be read back")
		return &model.Failure{Source: model.Settings, Kind: model.Broken, Doing: c.doing,
			Seen: "the change was accepted, but " + c.what + " could not be read back", Remedy: "Refresh to see how it stands.", Cause: err}
	}
	c.change.Outcome, c.change.Seen = model.NotVisible, text.Clean("still reads "+after.word+after.changedBy())
	return &model.Failure{Source: model.Settings, Kind: model.Broken, Doing: c.doing,
		Seen:   fmt.Sprintf("the change was accepted, but %s still reads %s%s", c.what, after.word, after.changedBy()),
		Remedy: "Wait a minute and refresh; if it stays, look at the page in the portal."}
}

// isRefusal reports whether an error says that nothing was changed: the other end said so, or was not asked.
func isRefusal(err error) bool {
	if status, ok := errors.AsType[*entra.Status](err); ok && status.Code != http.StatusRequestTimeout {
		return status.Code >= http.StatusBadRequest && status.Code < http.StatusInternalServerError
	}
	f, ok := errors.AsType[*model.Failure](err)
	if !ok {
		return false
	}
	switch f.Kind {
	case model.PermissionMissing, model.SignInRefused, model.LicenceAbsent, model.Untrusted, model.Misconfigured, model.NotSupported, model.Throttled:
		return true
	}
	return false
}

// readBack looks until the change shows. One that was accepted is waited for; one whose answer was lost is looked for
// once. The last reading has time of its own, so that the outcome is known also when the caller's is up.
func (c *changing) readBack(ctx context.Context, accepted bool) (after standing, err error) {
	limited, cancel := context.WithTimeout(ctx, readBackPatience)
	defer cancel()
	for wait := readBackFirst; accepted; wait = min(2*wait, readBackMost) {
		if after, err = c.look(limited); err == nil && after.word == c.change.To {
			return after, nil
		}
		select {
		case <-time.After(wait):
			continue
		case <-limited.Done():
		}
		break
	}
	last, cancelLast := context.WithTimeout(context.WithoutCancel(ctx), lastRead)
	defer cancelLast()
	return c.look(last)
}
