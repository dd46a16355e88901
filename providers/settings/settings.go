// Package settings keeps the integration's toggles of a live tenant. The vendor built the integration in and retired
// the manual toggles, so that here each one says whether adbadge itself joins that side. They live in the state folder
// with who switched them and when. The record of changes, whoever owns a toggle, is kept there too.
package settings

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// Store holds the toggles of one tenant in one file. Both are on until somebody switches one off. It may be used by
// several goroutines and processes at the same time: each call reads the file, and writers take turns.
type Store struct {
	path   string
	tenant string
}

// New names the store of a tenant; tenantKey tells tenants apart and may be any text. Nothing is read or made yet. Without
// a state folder both toggles are on, and neither can be switched.
func New(stateDir, tenantKey string) *Store {
	if stateDir == "" {
		return &Store{}
	}
	sum := sha256.Sum256([]byte(tenantKey))
	return &Store{
		path:   filepath.Join(stateDir, "toggles-"+hex.EncodeToString(sum[:8])+".json"),
		tenant: text.CleanMax(tenantKey, maxName).String(),
	}
}

// maxName bounds the names of tenants and persons in the file, in characters.
const maxName = 256

// Host gives the path of the file.
func (s *Store) Host() string {
	if s.path == "" {
		return "no state folder"
	}
	return text.Clean(s.path).String()
}

// Toggles reads both toggles. When the file cannot be understood, both come with state unknown and the problem.
func (s *Store) Toggles(ctx context.Context) ([]model.Toggle, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	now := time.Now().UTC()
	c, err := s.read()
	if err != nil {
		problem := model.AsFailure(err, model.Settings, "read the toggles")
		return []model.Toggle{
			{Side: model.IdentitySide, Owner: model.OwnerAdbadge, Problem: problem, Read: now},
			{Side: model.EndpointSide, Owner: model.OwnerAdbadge, Problem: problem, Read: now},
		}, nil
	}
	return []model.Toggle{
		c.Identity.toggle(model.IdentitySide, now),
		c.Endpoint.toggle(model.EndpointSide, now),
	}, nil
}

// SetToggle switches one side and writes down who did it. Where the toggle stands like that already, nothing is
// written. It refuses a file that it cannot understand, because the other toggle would be lost with it.
func (s *Store) SetToggle(ctx context.Context, toggle model.Toggle, on bool, by string) error {
	if s.path == "" {
		return &model.Failure{Source: model.Settings, Kind: model.Misconfigured, Doing: "write the toggles",
			Seen: "there is no state folder to keep them in", Remedy: "Set HOME or XDG_STATE_HOME."}
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	c, err := s.read()
	if err != nil {
		return err
	}
	one := &c.Identity
	if toggle.Side == model.EndpointSide {
		one = &c.Endpoint
	}
	if (*one).isOn() == on {
		return nil
	}
	*one = &record{On: &on, By: text.CleanMax(by, maxName).String(), Changed: time.Now().UTC()}
	return s.write(c)
}

// isOn gives the position of a switch; one that nobody touched is on.
func (r *record) isOn() bool { return r == nil || *r.On }

func (r *record) toggle(side model.Side, now time.Time) model.Toggle {
	t := model.Toggle{Side: side, State: model.ToggleOff, Owner: model.OwnerAdbadge, Read: now}
	if r.isOn() {
		t.State = model.ToggleOn
	}
	if r != nil {
		t.By, t.Changed = text.CleanMax(r.By, maxName), r.Changed.UTC()
	}
	return t
}

// failure words a problem with the file.
func (s *Store) failure(kind model.FailureKind, doing, seen, remedy string, cause error) error {
	return &model.Failure{
		Source: model.Settings, Kind: kind, Doing: fmt.Sprintf("%s in %s", doing, text.Clean(s.path)),
		Seen: text.Clean(seen).String(), Remedy: remedy, Cause: cause,
	}
}
