package cloud

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"adbadge/model"
	"adbadge/providers/lab/fault"
	"adbadge/providers/lab/state"
	"adbadge/providers/lab/world"
)

// tenant is what all servers know together.
type tenant struct {
	Options
	id        string // of the Entra tenant
	mint      *mint
	codes     *deviceCodes
	portalURL string

	authorizations *authorizations
	browser        *browser

	// indexes finds machine records by id; it is made when it is first needed.
	indexes func() map[string]int32
	// synced is which entities exist in Entra ID too; it is found out when it is first needed.
	synced func() synced

	mu       sync.Mutex // guards what follows
	recent   []*world.Alert
	byID     map[string]*world.Alert
	recentAt time.Time
	revision uint64
}

func newTenant(o Options) *tenant {
	t := &tenant{Options: o, id: o.World.TenantID().String(), mint: newMint(), codes: newDeviceCodes(),
		authorizations: newAuthorizations(), browser: newBrowser()}
	t.indexes = sync.OnceValue(func() map[string]int32 {
		m := make(map[string]int32, o.World.Machines())
		for i := range o.World.Machines() {
			m[o.World.Machine(i).ID] = int32(i)
		}
		return m
	})
	t.synced = sync.OnceValue(func() synced { return findSynced(o.World) })
	return t
}

// machine finds a machine record by its id.
func (t *tenant) machine(id string) (world.Machine, bool) {
	at, ok := t.indexes()[id]
	if !ok {
		return world.Machine{}, false
	}
	return t.World.MachineAt(int(at), t.Now()), true
}

// alertsAge is for how long a list of alerts is good: new ones arrive while one watches.
const alertsAge = time.Second

// alerts gives the alerts of both products as they are now, newest first, with what was changed on them, and the
// same by id. Both must not be changed.
func (t *tenant) alerts() ([]*world.Alert, map[string]*world.Alert) {
	now, remembered := t.Now(), t.State.Read()
	t.mu.Lock()
	defer t.mu.Unlock()
	age := now.Sub(t.recentAt)
	if t.recent != nil && age >= 0 && age < alertsAge && t.revision == remembered.Revision {
		return t.recent, t.byID
	}
	all := t.World.Alerts(now)
	list, byID := make([]*world.Alert, 0, len(all)), make(map[string]*world.Alert, len(all))
	for _, a := range all {
		if change, ok := remembered.Alerts[a.ID]; ok {
			a = withChange(a, change)
		}
		if t.Faults.Has(fault.NoLicence, targetOf(a.Product)) {
			continue
		}
		list = append(list, a)
		if known := byID[a.ID]; known == nil || a.Updated.After(known.Updated) { // some come twice
			byID[a.ID] = a
		}
	}
	slices.SortStableFunc(list, func(a, b *world.Alert) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	t.recent, t.byID, t.recentAt, t.revision = list, byID, now, remembered.Revision
	return list, byID
}

func targetOf(p model.Product) fault.Target {
	if p == model.DefenderForEndpoint {
		return fault.Endpoint
	}
	return fault.Identity
}

// withChange gives an alert as it is after someone worked on it.
func withChange(a *world.Alert, c state.AlertChange) *world.Alert {
	b := *a
	b.Status = cmp.Or(c.Status, b.Status)
	b.Class = cmp.Or(c.Classification, b.Class)
	b.Determination = cmp.Or(c.Determination, b.Determination)
	b.AssignedTo = cmp.Or(c.AssignedTo, b.AssignedTo)
	if c.At.After(b.Updated) {
		b.Updated = c.At
	}
	switch c.Status {
	case "Resolved":
		b.Resolved = c.At
	case "New", "InProgress":
		b.Resolved = time.Time{}
	}
	return &b
}

// change remembers what someone changed on an alert.
func (t *tenant) change(id string, c state.AlertChange) error {
	return t.State.Update(func(d *state.Data) {
		old := d.Alerts[id]
		d.Alerts[id] = state.AlertChange{
			Status:         cmp.Or(c.Status, old.Status),
			Classification: cmp.Or(c.Classification, old.Classification),
			Determination:  cmp.Or(c.Determination, old.Determination),
			AssignedTo:     cmp.Or(c.AssignedTo, old.AssignedTo),
			At:             c.At,
		}
	})
}
