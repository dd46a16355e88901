package providers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"adbadge/model"
)

// Tenant is the four sources together. Endpoint and Identity are nil when the configuration names none.
type Tenant struct {
	// Name is shown in the title; empty until a name is known.
	Name string
	// Mark is shown on every screen beside the name: "LAB", or empty for a real tenant.
	Mark string
	// Warning stays on every screen, for settings that weaken protection; empty when there is none.
	Warning string
	// Forgets reports that changes of the settings last only as long as the tenant is open.
	Forgets bool
	// ReadOnly says why changes are refused, in one sentence; empty when they are allowed.
	ReadOnly string
	// Directories are the forests, or parts of them, that are read side by side; there is at least one.
	Directories []Directory
	Endpoint    Endpoint
	Identity    Identity
	Settings    Settings
	SignIn      *SignIn // of Endpoint and Identity; nil when there is neither
	Links       *Links
	// Interval is the time between two refreshes of the cloud sources, DirectoryInterval that of the directory.
	Interval          time.Duration
	DirectoryInterval time.Duration
	// Now is the clock that ages are counted with.
	Now func() time.Time

	closers []func() error
}

// Close lets go of the connections and servers that belong to the tenant.
func (t *Tenant) Close() error {
	var errs []error
	for i := len(t.closers) - 1; i >= 0; i-- {
		errs = append(errs, t.closers[i]())
	}
	t.closers = nil
	return errors.Join(errs...)
}

// DirectoryHost says where the directories are asked.
func (t *Tenant) DirectoryHost() string {
	hosts := make([]string, len(t.Directories))
	for i, d := range t.Directories {
		hosts[i] = d.Host()
	}
	return strings.Join(hosts, ", ")
}

// Detail reads what the profile page shows of one entity, from whichever directory has it.
func (t *Tenant) Detail(ctx context.Context, entity model.Entity) (model.Detail, error) {
	if len(t.Directories) == 1 {
		return t.Directories[0].Detail(ctx, entity)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // the others are of no more use
	type answer struct {
		detail model.Detail
		err    error
	}
	answers := make(chan answer, len(t.Directories))
	for _, d := range t.Directories {
		go func() {
			detail, err := d.Detail(ctx, entity)
			answers <- answer{detail, err}
		}()
	}
	var first error
	for range t.Directories {
		a := <-answers
		if a.err == nil {
			return a.detail, nil
		}
		if f, ok := errors.AsType[*model.Failure](a.err); first == nil || ok && f.Kind != model.Misconfigured { // of another forest
			first = a.err
		}
	}
	return model.Detail{}, first
}

// SetToggle writes one toggle and reads it back. by names the person for the record. It refuses when the tenant is
// read-only. The toggles as they were read back are returned also when they do not show the change.
func (t *Tenant) SetToggle(ctx context.Context, side model.Side, on bool, by string) ([]model.Toggle, error) {
	doing := fmt.Sprintf("switch the integration %s on the %s side", model.StateOf(on), side)
	if t.ReadOnly != "" {
		return nil, &model.Failure{Source: model.Settings, Kind: model.PermissionMissing, Doing: doing, Seen: t.ReadOnly,
			Remedy: "Start with --write, or set write = true under [tenant]."}
	}
	if err := t.Settings.SetToggle(ctx, side, on, by); err != nil {
		return nil, model.AsFailure(err, model.Settings, doing)
	}
	toggles, err := t.Settings.Toggles(ctx)
	if err != nil {
		return nil, model.AsFailure(err, model.Settings, "read the toggles back after a change")
	}
	for _, toggle := range toggles {
		if toggle.Side == side && toggle.State != model.StateOf(on) {
			return toggles, &model.Failure{Source: model.Settings, Kind: model.Broken, Doing: doing,
				Seen:   fmt.Sprintf("the change was accepted, but the toggle still reads %s", toggle.State),
				Remedy: "Wait a minute and refresh; if it stays, look at the portal's settings page."}
		}
	}
	return toggles, nil
}
