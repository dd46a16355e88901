package providers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
	"adbadge/providers/settings"
)

// Flip is a change of one toggle that a person asked for.
type Flip struct {
	// Toggle is the toggle as the person saw it. Where it stands otherwise by now, nothing is changed.
	Toggle model.Toggle
	On     bool
	By     string // who, for the record
	// Read gets the toggles whenever they were read while a change that is made elsewhere is waited for; it may be nil.
	Read func([]model.Toggle)
}

const (
	// readBackPatience is how long a change may take to be seen.
	readBackPatience = 20 * time.Second
	// The toggle is read again after a moment, and ever more slowly.
	readBackFirst, readBackMost = 100 * time.Millisecond, 2 * time.Second
	// lastRead is how long a toggle may take to be read once more when the caller's time is up.
	lastRead = 5 * time.Second
)

// SetToggle writes one toggle and reads it back until the change is seen or time is up. A toggle of the portal is not
// written but watched, while a person switches it there. What came of it is written down
// in the record of changes, before and after. The change says what came of it also when there is an error; the toggles
// are those of its owner that were read last, nil when none were.
func (t *Tenant) SetToggle(ctx context.Context, flip Flip) (model.Change, []model.Toggle, error) {
	old, to := flip.Toggle, model.StateOf(flip.On)
	f := &flipping{tenant: t, flip: flip, to: to, doing: fmt.Sprintf("switch %s %s", old.Name(), to),
		change: model.Change{By: text.Clean(flip.By), Tenant: text.Clean(cmp.Or(t.Name, t.DirectoryHost())),
			Side: old.Side, Setting: old.Setting, Owner: old.Owner, From: old.State.String(), To: to.String()}}
	err := f.run(ctx)
	return f.change, f.toggles, err
}

// flipping is one change under way.
type flipping struct {
	tenant  *Tenant
	flip    Flip
	to      model.ToggleState
	doing   string
	owner   Settings // has the toggle
	change  model.Change
	toggles []model.Toggle // of the owner, as read last
}

func (f *flipping) run(ctx context.Context) error {
	f.change.Outcome = model.Refused
	if f.flip.Toggle.Owner == model.OwnerPortal {
		return f.watch(ctx)
	}
	if reason := f.tenant.ReadOnly; reason != "" {
		return f.refused(model.PermissionMissing, reason, "Start with --write, or set write = true under [tenant].")
	}
	before, err := f.find(ctx)
	switch {
	case err != nil:
		return model.AsFailure(err, model.Settings, f.doing)
	case before.State == model.ToggleUnknown && before.Problem != nil:
		return f.refused(before.Problem.Kind, "the toggle could not be read: "+before.Problem.Seen, before.Problem.Remedy)
	case before.State != f.flip.Toggle.State:
		return f.refused(model.Misconfigured, "it reads "+before.State.String()+" by now"+by(before), "Look at the new state first.")
	}
	if err := f.begin(ctx); err != nil {
		return err
	}
	written := f.owner.SetToggle(ctx, before, f.flip.On, f.flip.By)
	err = f.outcome(ctx, written)
	return errors.Join(err, f.end())
}

// by says who changed a toggle last.
func by(t model.Toggle) string {
	if t.By == "" {
		return ""
	}
	return ", changed by " + t.By.String()
}

func (f *flipping) refused(kind model.FailureKind, seen, remedy string) error {
	f.change.Seen = text.Clean(seen)
	return &model.Failure{Source: model.Settings, Kind: kind, Doing: f.doing, Seen: seen, Remedy: remedy}
}

func (f *flipping) begin(ctx context.Context) error {
	if f.tenant.Changes == nil {
		return nil
	}
	if err := f.tenant.Changes.Begin(ctx, &f.change, f.tenant.Now()); err != nil {
		w := model.AsFailure(err, model.Settings, f.doing)
		return f.refused(w.Kind, "it could not be written down first: "+w.Seen, w.Remedy)
	}
	return nil
}

func (f *flipping) end() error {
	if f.tenant.Changes == nil {
		return nil
	}
	return f.tenant.Changes.End(&f.change)
}

// find looks for the owner of the toggle, and reads it.
func (f *flipping) find(ctx context.Context) (model.Toggle, error) {
	var at int
	var err error
	if f.owner, f.toggles, at, err = f.tenant.findToggle(ctx, f.flip.Toggle.Is); err != nil {
		return model.Toggle{}, err
	}
	return f.toggles[at], nil
}

// read reads the toggle again.
func (f *flipping) read(ctx context.Context) (model.Toggle, error) {
	toggles, err := f.owner.Toggles(ctx)
	if err != nil {
		return model.Toggle{}, err
	}
	f.toggles = toggles
	if i := slices.IndexFunc(toggles, f.flip.Toggle.Is); i >= 0 {
		return toggles[i], nil
	}
	return model.Toggle{}, errNoToggle
}

// outcome finds out what came of the change: by the answer to it, and by reading the toggle.
func (f *flipping) outcome(ctx context.Context, written error) error {
	if written != nil && isRefusal(written) {
		failure := model.AsFailure(written, model.Settings, f.doing)
		f.change.Seen = text.Clean(failure.Seen)
		_, _ = f.read(ctx) // for the screen only: the refusal says it all
		return failure
	}
	after, err := f.readBack(ctx, written == nil)
	switch {
	case err == nil && after.State == f.to:
		f.change.Outcome, f.change.Seen = model.Applied, "read back "+text.Line(after.State.String())
		return nil
	case written != nil:
		failure := model.AsFailure(written, model.Settings, f.doing)
		f.change.Outcome, f.change.Seen = model.OutcomeUnknown, text.Clean("no clear answer: "+failure.Seen+"; the toggle reads "+after.State.String())
		return &model.Failure{Source: model.Settings, Kind: failure.Kind, Doing: f.doing,
			Seen:   "whether it was changed is not known (" + failure.Seen + "); the toggle reads " + after.State.String(),
			Remedy: "Wait a minute and refresh before you try again.", Cause: written}
	case err != nil || after.State == model.ToggleUnknown:
		f.change.Outcome, f.change.Seen = model.OutcomeUnknown, "accepted, but the toggle could not be read back"
		return &model.Failure{Source: model.Settings, Kind: model.Broken, Doing: f.doing,
			Seen: "the change was accepted, but the toggle could not be read back", Remedy: "Refresh to see how it stands.", Cause: err}
	}
	f.change.Outcome, f.change.Seen = model.NotVisible, "still reads "+text.Line(after.State.String())+text.Clean(by(after))
	return &model.Failure{Source: model.Settings, Kind: model.Broken, Doing: f.doing,
		Seen:   fmt.Sprintf("the change was accepted, but the toggle still reads %s%s", after.State, by(after)),
		Remedy: "Wait a minute and refresh; if it stays, look at the portal's settings page."}
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

// readBack reads the toggle until it shows the change. A change that was accepted is waited for; one whose answer was lost
// is looked for once. The last reading has time of its own, so that the outcome is known also when the caller's is up.
func (f *flipping) readBack(ctx context.Context, accepted bool) (after model.Toggle, err error) {
	limited, cancel := context.WithTimeout(ctx, readBackPatience)
	defer cancel()
	for wait := readBackFirst; accepted; wait = min(2*wait, readBackMost) {
		if after, err = f.read(limited); err == nil && after.State == f.to {
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
	return f.read(last)
}

// shownChanges is how many changes a dashboard has.
const shownChanges = 10

// lastChanges reads the newest changes for the dashboard.
func (t *Tenant) lastChanges() ([]model.Change, []model.Gap) {
	if t.Changes == nil {
		return nil, nil
	}
	list, unread, err := t.Changes.Last(shownChanges)
	if err != nil {
		f := model.AsFailure(err, model.Settings, "read the record of changes")
		return nil, []model.Gap{{Source: model.Settings, Code: "ADB-110", What: "The record of changes cannot be read: " + f.Seen + ".", Remedy: f.Remedy}}
	}
	if unread > 0 {
		return list, []model.Gap{{Source: model.Settings, Code: "ADB-110", Count: unread, What: "Lines of the record of changes cannot be understood.",
			Remedy: "Look at changes.jsonl in the state folder: somebody or a crash damaged it."}}
	}
	return list, nil
}

// Changes gives the newest changes that were made from the installation with this state folder, the newest first, and how
// many lines of the record cannot be understood.
func Changes(stateDir string, most int) (list []model.Change, unread int, err error) {
	return settings.NewRecord(stateDir).Last(most)
}
