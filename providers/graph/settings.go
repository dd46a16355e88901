package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

// Settings is the settings of Defender for Identity that Microsoft Graph has, each of them a toggle. It is safe for
// concurrent use.
type Settings struct{ api *entra.API }

// NewSettings reads and writes through the given API.
func NewSettings(api *entra.API) *Settings { return &Settings{api} }

// Host says where it is asked.
func (s *Settings) Host() string { return s.api.Host() }

// setting is how one of them is read and written.
type setting struct {
	model.Setting
	read, change entra.Feature
	path         string // to read it from, beneath identities
	state        func(raw []byte) (model.ToggleState, error)
	write        func(ctx context.Context, api *entra.API, on bool) error
}

var settings = [...]setting{
	{model.AutomaticAuditing, entra.Auditing, entra.ChangeAuditing, "settings/autoAuditingConfiguration", auditingState, writeAuditing},
	{model.SensorActivation, entra.SensorActivation, entra.ChangeSensorActivation, "sensorCandidateActivationConfiguration", activationState, writeActivation},
}

// Toggles reads all at the same time. One that cannot be read comes with state unknown and its problem.
func (s *Settings) Toggles(ctx context.Context) ([]model.Toggle, error) {
	toggles := make([]model.Toggle, len(settings))
	var reading sync.WaitGroup
	for i := range settings {
		reading.Go(func() { toggles[i] = s.toggle(ctx, &settings[i]) })
	}
	reading.Wait()
	return toggles, ctx.Err()
}

func (s *Settings) toggle(ctx context.Context, of *setting) model.Toggle {
	t := model.Toggle{Side: model.IdentitySide, Setting: of.Setting, Owner: model.OwnerGraph}
	doing := "read " + t.Name()
	raw, err := single(ctx, s.api.For(entra.Purpose{Doing: doing, Feature: of.read}), of.path)
	if err == nil {
		t.State, err = of.state(raw)
	}
	t.Problem, t.Read = model.AsFailure(err, model.Settings, doing+" from "+s.Host()), time.Now().UTC()
	return t
}

// single reads one setting of Defender for Identity. The vendor's pages have these under /beta and the schema has them
// under /v1.0.
func single(ctx context.Context, api *entra.API, path string) (json.RawMessage, error) {
	var raw json.RawMessage
	err := api.Get(ctx, "/v1.0"+identities+path, nil, &raw)
	if isNotUnderstood(err) {
		err = api.Get(ctx, "/beta"+identities+path, nil, &raw)
	}
	return raw, unsupported(err)
}

// auditingState reads an autoAuditingConfiguration.
func auditingState(raw []byte) (model.ToggleState, error) {
	var answer struct {
		Automatic *bool `json:"isAutomatic"`
	}
	if err := unwrap(raw, &answer); err != nil || answer.Automatic == nil {
		return model.ToggleUnknown, senseless("the answer does not say whether it is automatic", err)
	}
	return model.StateOf(*answer.Automatic), nil
}

// activationState reads a sensorCandidateActivationConfiguration.
func activationState(raw []byte) (model.ToggleState, error) {
	var answer struct {
		Mode string `json:"activationMode"`
	}
	err := unwrap(raw, &answer)
	switch {
	case err == nil && strings.EqualFold(answer.Mode, activationModes[true]):
		return model.ToggleOn, nil
	case err == nil && strings.EqualFold(answer.Mode, activationModes[false]):
		return model.ToggleOff, nil
	case err == nil && answer.Mode != "":
		return model.ToggleUnknown, senseless(fmt.Sprintf("the mode is %q, which adbadge does not know", text.CleanMax(answer.Mode, 64)), nil)
	}
	return model.ToggleUnknown, senseless("the answer does not say which mode is set", err)
}

// activationModes are the vendor's words for on and off.
var activationModes = map[bool]string{true: "automated", false: "manual"}

// senseless says that an answer cannot be used: nothing is taken for a default.
func senseless(seen string, cause error) error {
	return &model.Failure{Source: model.Settings, Kind: model.Broken, Doing: "read a setting of Defender for Identity", Seen: seen,
		Remedy: "Look at the settings page of Defender for Identity in the portal.", Cause: cause}
}

// unwrap decodes an object. Samples wrap it in "value", as the schema does not.
func unwrap(raw []byte, into any) error {
	var wrapped struct {
		Value json.RawMessage `json:"value"`
	}
	if json.Unmarshal(raw, &wrapped) == nil && bytes.HasPrefix(wrapped.Value, []byte("{")) {
		raw = wrapped.Value
	}
	return json.Unmarshal(raw, into)
}

// SetToggle writes one setting, in the one way that the vendor's page describes. The caller reads back. Microsoft Graph
// makes the change in the name of whoever is signed in, so that it is not told by whom it was asked for.
func (s *Settings) SetToggle(ctx context.Context, toggle model.Toggle, on bool, _ string) error {
	for _, of := range settings {
		if of.Setting == toggle.Setting {
			doing := "switch " + toggle.Name() + " " + model.StateOf(on).String()
			return differs(of.write(ctx, s.api.For(entra.Purpose{Doing: doing, Feature: of.change, Change: true}), on))
		}
	}
	return errors.New("there is no such setting: " + toggle.Setting.String())
}

func writeAuditing(ctx context.Context, api *entra.API, on bool) error {
	return api.Patch(ctx, "/v1.0"+identities+"settings/autoAuditingConfiguration", map[string]any{
		"@odata.type": "#microsoft.graph.security.autoAuditingConfiguration", "isAutomatic": on,
	}, nil)
}

// writeActivation posts to the plural path, as the vendor's page has it.
func writeActivation(ctx context.Context, api *entra.API, on bool) error {
	return api.Post(ctx, "/v1.0"+identities+"sensorCandidateActivationConfigurations", map[string]any{
		"@odata.type": "#microsoft.graph.security.sensorCandidateActivationConfiguration", "activationMode": activationModes[on],
	}, nil)
}

// differs says of a change whose path or method the service does not have that nothing else was tried: on a live tenant
// nobody guesses.
func differs(err error) error {
	f, ok := errors.AsType[*model.Failure](err)
	status, answered := errors.AsType[*entra.Status](err)
	if !ok || !answered || !isAbsent(status) {
		return err
	}
	g := *f
	g.Kind, g.Seen = model.NotSupported, "the API differs from its documentation: "+f.Seen
	g.Remedy = "Nothing was changed. Use the portal's page instead, and please report it."
	return &g
}

// isAbsent reports whether a status says that there is no such path or method.
func isAbsent(s *entra.Status) bool {
	switch s.Code {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	case http.StatusBadRequest: // how Microsoft Graph speaks of paths that it does not know
		return strings.Contains(s.Message, "Resource not found for the segment")
	}
	return false
}
