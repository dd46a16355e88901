package lab

import (
	"context"
	"sync"
	"time"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
	"adbadge/providers/lab/cloud"
)

// Settings is the integration settings of the lab's two portals. It is safe for concurrent use.
type Settings struct {
	api *entra.API
	now func() time.Time
}

// NewSettings gives the settings behind an API that leads to the lab's portal.
func NewSettings(api *entra.API) *Settings { return &Settings{api, time.Now} }

// Settings gives the settings of this lab's portals, asked with a token of the sign-in.
func (l *Lab) Settings(signIn *entra.SignIn) (*Settings, error) {
	api, err := signIn.API(entra.APIOptions{Source: model.Settings, Name: "the lab's portal", BaseURL: l.cloud.PortalURL, Scope: cloud.PortalScope})
	if err != nil {
		return nil, err
	}
	return &Settings{api, l.now}, nil
}

func pathOf(side model.Side) string {
	if side == model.EndpointSide {
		return cloud.EndpointSettingPath
	}
	return cloud.IdentitySettingPath
}

// Toggles reads both settings at the same time. One that cannot be read comes with state unknown and its problem.
func (s *Settings) Toggles(ctx context.Context) ([]model.Toggle, error) {
	toggles := make([]model.Toggle, 2)
	var reading sync.WaitGroup
	for i, side := range [...]model.Side{model.IdentitySide, model.EndpointSide} {
		reading.Go(func() { toggles[i] = s.toggle(ctx, side) })
	}
	reading.Wait()
	return toggles, ctx.Err()
}

func (s *Settings) toggle(ctx context.Context, side model.Side) model.Toggle {
	t := model.Toggle{Side: side, Owner: model.OwnerLab, Read: s.now()}
	doing := "read the toggle of the " + side.String() + " side"
	var setting cloud.Setting
	if err := s.api.For(entra.Purpose{Doing: doing}).Get(ctx, pathOf(side), nil, &setting); err != nil {
		t.Problem = model.AsFailure(err, model.Settings, doing)
		return t
	}
	t.State = model.ToggleOff
	if setting.Enabled {
		t.State = model.ToggleOn
	}
	t.By, t.Changed = text.Clean(setting.By), setting.Changed
	return t
}

// SetToggle writes one setting. The caller reads back.
func (s *Settings) SetToggle(ctx context.Context, toggle model.Toggle, on bool, by string) error {
	api := s.api.For(entra.Purpose{Doing: "switch " + toggle.Name()})
	return api.Patch(ctx, pathOf(toggle.Side), cloud.SettingChange{Enabled: &on, By: by}, nil)
}

// Host says where the settings are kept.
func (s *Settings) Host() string { return s.api.Host() }
