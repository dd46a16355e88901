package providers

import (
	"context"
	"errors"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/providers/settings"
	"adbadge/providers/snapshot"
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
	// Settings has the owners of toggles: first that of the two that decide about badges, then those whose are shown beside.
	Settings []Settings
	Portal   *PortalSession // one of Settings; nil unless the configuration allows one
	SignIn   *SignIn        // of Endpoint and Identity; nil when there is neither
	Links    *Links
	// Interval is the time between two refreshes of the cloud sources, DirectoryInterval that of the directory.
	Interval          time.Duration
	DirectoryInterval time.Duration
	// Changes is the record of what was changed; nil keeps none.
	Changes *settings.Record
	// Snapshots is where the inventory is kept for the next start; nil keeps none.
	Snapshots *snapshot.Store
	// Now is the clock that ages are counted with.
	Now func() time.Time

	watchPace watchPace // of the portal's toggle
	closers   []func() error
	keepsNone bool              // the snapshot is read, but not written
	cached    map[string]string // where each source was asked, for a tenant that asks nobody; nil for any other
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
	if t.cached != nil {
		return t.cached[model.Directory.String()]
	}
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
