package providers

import (
	"context"
	"fmt"
	"slices"

	"adbadge/model"
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

// SetToggle writes one toggle and reads it back until the change is seen or time is up. A toggle of the portal is not
// written but watched, while a person switches it there. What came of it is written down in the record of changes, before
// and after. The change says what came of it also when there is an error; the toggles
// are those of its owner that were read last, nil when none were.
func (t *Tenant) SetToggle(ctx context.Context, flip Flip) (model.Change, []model.Toggle, error) {
	old, to := flip.Toggle, model.StateOf(flip.On)
	f := &flipping{flip: flip, to: to, changing: changing{tenant: t, doing: fmt.Sprintf("switch %s %s", old.Name(), to), what: "the toggle",
		change: t.changeOf(flip.By, model.Change{Side: old.Side, Setting: old.Setting, Owner: old.Owner, From: old.State.String(), To: to.String()})}}
	err := f.run(ctx)
	return f.change, f.toggles, err
}

// flipping is one change of a toggle under way.
type flipping struct {
	changing
	flip    Flip
	to      model.ToggleState
	owner   Settings       // has the toggle
	toggles []model.Toggle // of the owner, as read last
}

func (f *flipping) run(ctx context.Context) error {
	if f.flip.Toggle.Owner == model.OwnerPortal {
		f.change.Outcome = model.Refused
		return f.watch(ctx)
	}
	f.look = func(ctx context.Context) (standing, error) {
		t, err := f.read(ctx)
		return standing{word: t.State.String(), by: t.By, problem: t.Problem}, err
	}
	f.write = func(ctx context.Context) error { return f.owner.SetToggle(ctx, f.flip.Toggle, f.flip.On, f.flip.By) }
	return f.make(ctx)
}

// read reads the toggle, and looks for its owner first where that is not known yet.
func (f *flipping) read(ctx context.Context) (model.Toggle, error) {
	if f.owner == nil {
		owner, toggles, at, err := f.tenant.findToggle(ctx, f.flip.Toggle.Is)
		if err != nil {
			return model.Toggle{}, err
		}
		f.owner, f.toggles = owner, toggles
		return toggles[at], nil
	}
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
