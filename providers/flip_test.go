package providers

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers/lab"
	"adbadge/providers/settings"
)

// flipLab is a lab with a record of changes.
func flipLab(t *testing.T, faults ...string) *Tenant {
	t.Helper()
	folder := t.TempDir()
	tenant, _ := openLab(t, lab.Options{Still: true, StateDir: folder, Faults: faults})
	tenant.Changes = settings.NewRecord(folder)
	return tenant
}

// recorded gives the only change of the record.
func recorded(t *testing.T, tenant *Tenant) model.Change {
	t.Helper()
	list, unread, err := tenant.Changes.Last(10)
	if err != nil || unread != 0 || len(list) != 1 {
		t.Fatalf("the record holds %+v with %d unread lines (%v), want one change", list, unread, err)
	}
	return list[0]
}

// hurried are settings after whose change somebody has no more time.
type hurried struct {
	Settings
	written func()
}

// SetToggle implements Settings.
func (h hurried) SetToggle(ctx context.Context, toggle model.Toggle, on bool, by string) error {
	defer h.written()
	return h.Settings.SetToggle(ctx, toggle, on, by)
}

// TestOutcomesOfChanges: what a person is told, and what is written down, is what really came of it.
func TestOutcomesOfChanges(t *testing.T) {
	for name, test := range map[string]struct {
		faults  []string
		hurry   time.Duration // how long the change may take to be seen
		outcome model.Outcome
		state   model.ToggleState
		says    string // of the error; empty: there is none
	}{
		"applied":  {nil, patience, model.Applied, model.ToggleOff, ""},
		"later":    {[]string{"toggle-delayed:700ms"}, patience, model.Applied, model.ToggleOff, ""},
		"too late": {[]string{"toggle-delayed:1h"}, 300 * time.Millisecond, model.NotVisible, model.ToggleOn, "still reads on"},
		"ignored":  {[]string{"toggle-ignored:endpoint"}, 300 * time.Millisecond, model.NotVisible, model.ToggleOn, "accepted, but"},
		"refused":  {[]string{"toggle-refused:endpoint"}, patience, model.Refused, model.ToggleOn, "permission"},
		"lost":     {[]string{"toggle-lost:endpoint"}, patience, model.Applied, model.ToggleOff, ""},
		"unclear":  {[]string{"toggle-lost:endpoint", "toggle-ignored:endpoint"}, patience, model.OutcomeUnknown, model.ToggleOn, "not known"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := flipLab(t, test.faults...)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			tenant.Settings[0] = hurried{tenant.Settings[0], func() { time.AfterFunc(test.hurry, cancel) }}
			change, toggles, err := tenant.SetToggle(ctx, Flip{Toggle: model.Toggle{Side: model.EndpointSide, State: model.ToggleOn, Owner: model.OwnerLab}, By: "anna@soc"})
			if change.Outcome != test.outcome || (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s (%s): %v, want %s", change.Outcome, change.Seen, err, test.outcome)
			}
			if len(toggles) != 2 || toggles[1].State != test.state {
				t.Errorf("toggles as read last are %+v", toggles)
			}
			got := recorded(t, tenant)
			if got.Outcome != test.outcome || got.By != "anna@soc" || got.From != "on" || got.To != "off" ||
				got.Owner != model.OwnerLab || got.Side != model.EndpointSide || got.Seen == "" || got.At.IsZero() {
				t.Errorf("written down: %+v", got)
			}
		})
	}
}

// TestTwoAdminsAtOnce: the second one did not see what the first one did, and is told so instead of undoing it.
func TestTwoAdminsAtOnce(t *testing.T) {
	tenant := flipLab(t)
	if _, _, err := tenant.SetToggle(t.Context(), Flip{Toggle: model.Toggle{Side: model.EndpointSide, State: model.ToggleOn, Owner: model.OwnerLab}, By: "anna"}); err != nil {
		t.Fatal(err)
	}
	change, toggles, err := tenant.SetToggle(t.Context(), Flip{Toggle: model.Toggle{Side: model.EndpointSide, State: model.ToggleOn, Owner: model.OwnerLab}, By: "berta"})
	if err == nil || !strings.Contains(err.Error(), "reads off by now, changed by anna") || change.Outcome != model.Refused {
		t.Errorf("%s, %v", change.Outcome, err)
	}
	if len(toggles) != 2 || toggles[1].State != model.ToggleOff {
		t.Errorf("toggles are %+v", toggles)
	}
}

// TestChangeThatCannotBeWrittenDown is not made.
func TestChangeThatCannotBeWrittenDown(t *testing.T) {
	tenant := flipLab(t)
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tenant.Changes = settings.NewRecord(filepath.Join(blocked, "state"))
	change, _, err := tenant.SetToggle(t.Context(), Flip{Toggle: model.Toggle{Side: model.EndpointSide, State: model.ToggleOn, Owner: model.OwnerLab}, By: "anna"})
	if err == nil || !strings.Contains(err.Error(), "could not be written down first") || change.Outcome != model.Refused {
		t.Errorf("%s, %v", change.Outcome, err)
	}
	if toggles, err := tenant.Settings[0].Toggles(t.Context()); err != nil || toggles[1].State != model.ToggleOn {
		t.Errorf("toggles are %+v, %v", toggles, err)
	}
}
