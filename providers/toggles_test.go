package providers

import (
	"context"
	"errors"
	"testing"

	"adbadge/model"
	"adbadge/providers/lab"
)

// beside is an owner of toggles that decide nothing.
type beside struct {
	toggles []model.Toggle
	err     error
}

// Toggles implements Settings.
func (b beside) Toggles(context.Context) ([]model.Toggle, error) { return b.toggles, b.err }

// SetToggle implements Settings.
func (b beside) SetToggle(context.Context, model.Toggle, bool, string) error { return b.err }

// Host implements Settings.
func (b beside) Host() string { return "settings.contoso.test" }

// TestOwnersOfToggles: one owner that cannot be asked hides neither the toggles that badges depend on nor those of the
// others, and those others are never taken for the toggles of a side.
func TestOwnersOfToggles(t *testing.T) {
	tenant, _ := openLab(t, lab.Options{Still: true})
	tenant.Settings = tenant.Settings[:1]
	refresher := NewRefresher(tenant)
	alone := refresher.Once(t.Context()).Status
	flag := model.Toggle{Side: model.EndpointSide, Owner: model.OwnerPortal, State: model.ToggleOff}
	unread := model.Toggle{Setting: model.AutomaticAuditing, Owner: model.OwnerGraph, Problem: &model.Failure{Seen: "403 Forbidden", Remedy: "Grant it."}}
	tenant.Settings = append(tenant.Settings[:1:1], beside{err: errors.New("the session has ended")}, beside{toggles: []model.Toggle{unread, flag}})
	d := refresher.Once(t.Context())
	if len(d.Toggles) != 4 || d.Toggles[0] != d.Toggle(model.IdentitySide) || d.Toggles[1] != d.Toggle(model.EndpointSide) ||
		d.Toggles[2] != flag || d.Toggles[3] != unread {
		t.Fatalf("toggles are %+v", d.Toggles)
	}
	for _, side := range []model.Side{model.IdentitySide, model.EndpointSide} {
		if got := d.Toggle(side); got.State != model.ToggleOn || got.Owner != model.OwnerLab {
			t.Errorf("the %s side is %+v", side, got)
		}
	}
	if d.Status.Integration != alone.Integration || d.Status.Level != alone.Level {
		t.Errorf("integration %s (%s), and %s (%s) without them", d.Status.Integration, d.Status.Level, alone.Integration, alone.Level)
	}
	notes := map[string]string{}
	for _, f := range d.Status.Findings {
		if f.Code == model.CodeSettingUnknown && f.Level == model.OK {
			notes[f.Title] = f.Remedy
		}
	}
	if len(notes) != 2 || notes["Automatic auditing could not be read"] != "Grant it." {
		t.Errorf("notes are %q", notes)
	}
}

// TestToggleThatNobodyHas can be neither read nor switched, and the record stays empty.
func TestToggleThatNobodyHas(t *testing.T) {
	tenant := flipLab(t)
	nobodys := model.Toggle{Setting: model.AutomaticAuditing, Owner: model.OwnerPortal, State: model.ToggleOff}
	if _, err := tenant.ReadToggle(t.Context(), nobodys.Is); err == nil {
		t.Error("it was read")
	}
	change, toggles, err := tenant.SetToggle(t.Context(), Flip{Toggle: nobodys, On: true, By: "anna"})
	if err == nil || change.Outcome != model.Refused || toggles != nil {
		t.Errorf("%+v, %+v, %v", change, toggles, err)
	}
	if list, _, err := tenant.Changes.Last(10); err != nil || len(list) != 0 {
		t.Errorf("the record holds %+v, %v", list, err)
	}
}
