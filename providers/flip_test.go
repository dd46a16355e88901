package providers

import (
	"context"
	"os"
	"path/filepath"
	"slices"
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

// ofTheLab are the toggles that the lab has, by the word for their faults.
var ofTheLab = map[string]model.Toggle{
	"endpoint":   {Side: model.EndpointSide, Owner: model.OwnerLab, State: model.ToggleOn},
	"auditing":   {Setting: model.AutomaticAuditing, Owner: model.OwnerGraph, State: model.ToggleOn},
	"activation": {Setting: model.SensorActivation, Owner: model.OwnerGraph, State: model.ToggleOff},
}

// TestOutcomesOfChanges: what a person is told, and what is written down, is what really came of it, whoever owns the
// toggle.
func TestOutcomesOfChanges(t *testing.T) {
	for name, test := range map[string]struct {
		faults  []string      // of the toggle that is changed
		hurry   time.Duration // how long the change may take to be seen
		outcome model.Outcome
		changed bool
		says    string // of the error; empty: there is none
	}{
		"applied":  {nil, patience, model.Applied, true, ""},
		"later":    {[]string{"toggle-delayed:700ms"}, patience, model.Applied, true, ""},
		"too late": {[]string{"toggle-delayed:1h"}, 300 * time.Millisecond, model.NotVisible, false, "still reads"},
		"ignored":  {[]string{"toggle-ignored:"}, 300 * time.Millisecond, model.NotVisible, false, "accepted, but"},
		"refused":  {[]string{"toggle-refused:"}, patience, model.Refused, false, "may not change"},
		"lost":     {[]string{"toggle-lost:"}, patience, model.Applied, true, ""},
		"unclear":  {[]string{"toggle-lost:", "toggle-ignored:"}, patience, model.OutcomeUnknown, false, "not known"},
	} {
		for word, toggle := range ofTheLab {
			t.Run(name+" "+word, func(t *testing.T) {
				t.Parallel()
				var faults []string
				for _, fault := range test.faults {
					if strings.HasSuffix(fault, ":") {
						fault += word
					}
					faults = append(faults, fault)
				}
				tenant := flipLab(t, faults...)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				for i, owner := range tenant.Settings {
					tenant.Settings[i] = hurried{owner, func() { time.AfterFunc(test.hurry, cancel) }}
				}
				on := toggle.State != model.ToggleOn
				change, toggles, err := tenant.SetToggle(ctx, Flip{Toggle: toggle, On: on, By: "anna@soc"})
				if change.Outcome != test.outcome || (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
					t.Errorf("%s (%s): %v, want %s", change.Outcome, change.Seen, err, test.outcome)
				}
				want := model.StateOf(on == test.changed)
				if i := slices.IndexFunc(toggles, toggle.Is); i < 0 || toggles[i].State != want {
					t.Errorf("toggles as read last are %+v, want it %s", toggles, want)
				}
				got := recorded(t, tenant)
				if got.Outcome != test.outcome || got.By != "anna@soc" || got.From != toggle.State.String() || got.To != model.StateOf(on).String() ||
					got.Owner != toggle.Owner || got.Side != toggle.Side || got.Setting != toggle.Setting || got.Seen == "" || got.At.IsZero() {
					t.Errorf("written down: %+v", got)
				}
			})
		}
	}
}

// TestChangeWithoutThePermission: a sign-in that may read only is told which permission it lacks, nothing is sent, and
// everything else goes on.
func TestChangeWithoutThePermission(t *testing.T) {
	tenant := flipLab(t, "no-write:graph")
	for word, permission := range map[string]string{"auditing": "SecurityIdentitiesAutoConfig.ReadWrite.All", "activation": "SecurityIdentitiesSensors.ReadWrite.All"} {
		toggle := ofTheLab[word]
		change, toggles, err := tenant.SetToggle(t.Context(), Flip{Toggle: toggle, On: toggle.State == model.ToggleOff, By: "anna"})
		f := model.AsFailure(err, model.Settings, "")
		if f == nil || f.Kind != model.PermissionMissing || !strings.Contains(f.Remedy, permission) || change.Outcome != model.Refused {
			t.Errorf("%s: %s, %v", word, change.Outcome, err)
		}
		if i := slices.IndexFunc(toggles, toggle.Is); i < 0 || toggles[i].State != toggle.State {
			t.Errorf("%s: toggles are %+v", word, toggles)
		}
	}
	if change, _, err := tenant.SetToggle(t.Context(), Flip{Toggle: ofTheLab["endpoint"], By: "anna"}); err != nil || change.Outcome != model.Applied {
		t.Errorf("the endpoint side: %s, %v", change.Outcome, err)
	}
}

// TestSettingThatCannotBeRead hides no other, and cannot be changed.
func TestSettingThatCannotBeRead(t *testing.T) {
	tenant := flipLab(t, "toggle-unreadable:auditing")
	d := once(t, tenant)
	auditing, activation := d.Find(ofTheLab["auditing"]), d.Find(ofTheLab["activation"])
	if auditing.State != model.ToggleUnknown || auditing.Problem == nil || activation.State != model.ToggleOff ||
		d.Toggle(model.IdentitySide).State != model.ToggleOn || d.Status.Integration == model.IntegrationUnknown {
		t.Errorf("toggles are %+v, the integration is %s", d.Toggles, d.Status.Integration)
	}
	change, _, err := tenant.SetToggle(t.Context(), Flip{Toggle: auditing, On: true, By: "anna"})
	if err == nil || !strings.Contains(err.Error(), "the toggle could not be read") || change.Outcome != model.Refused {
		t.Errorf("%s, %v", change.Outcome, err)
	}
}

// TestTwoAdminsAtOnce: the second one did not see what the first one did, and is told so instead of undoing it.
func TestTwoAdminsAtOnce(t *testing.T) {
	tenant := flipLab(t)
	if _, _, err := tenant.SetToggle(t.Context(), Flip{Toggle: ofTheLab["endpoint"], By: "anna"}); err != nil {
		t.Fatal(err)
	}
	change, toggles, err := tenant.SetToggle(t.Context(), Flip{Toggle: ofTheLab["endpoint"], By: "berta"})
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
	change, _, err := tenant.SetToggle(t.Context(), Flip{Toggle: ofTheLab["endpoint"], By: "anna"})
	if err == nil || !strings.Contains(err.Error(), "could not be written down first") || change.Outcome != model.Refused {
		t.Errorf("%s, %v", change.Outcome, err)
	}
	if toggles, err := tenant.Settings[0].Toggles(t.Context()); err != nil || toggles[1].State != model.ToggleOn {
		t.Errorf("toggles are %+v, %v", toggles, err)
	}
}
