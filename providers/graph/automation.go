package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"adbadge/providers/entra"
)

// AutomaticActivation reports whether Defender for Identity activates its sensor by itself on servers that Defender for
// Endpoint knows (sensorCandidateActivationConfiguration).
func (g *Graph) AutomaticActivation(ctx context.Context) (bool, error) {
	var setting struct {
		Mode string `json:"activationMode"`
	}
	err := g.single(ctx, entra.Purpose{Doing: "read the activation of sensors", Feature: entra.SensorActivation},
		"sensorCandidateActivationConfiguration", &setting)
	return strings.EqualFold(setting.Mode, "automated"), err
}

// AutomaticAuditing reports whether Defender for Identity sets up the auditing of Windows by itself
// (autoAuditingConfiguration).
func (g *Graph) AutomaticAuditing(ctx context.Context) (bool, error) {
	var setting struct {
		Automatic bool `json:"isAutomatic"`
	}
	err := g.single(ctx, entra.Purpose{Doing: "read the set-up of auditing", Feature: entra.Auditing},
		"settings/autoAuditingConfiguration", &setting)
	return setting.Automatic, err
}

// single reads one setting of Defender for Identity. The vendor's pages have these under /beta and the schema has them
// under /v1.0; samples wrap them in "value", as the schema does not.
func (g *Graph) single(ctx context.Context, purpose entra.Purpose, path string, into any) error {
	api := g.api.For(purpose)
	var raw json.RawMessage
	err := api.Get(ctx, "/v1.0"+identities+path, nil, &raw)
	if isNotUnderstood(err) {
		err = api.Get(ctx, "/beta"+identities+path, nil, &raw)
	}
	if err != nil {
		return unsupported(err)
	}
	return unwrap(raw, into)
}

// unwrap decodes an object that may be wrapped in "value".
func unwrap(raw []byte, into any) error {
	var wrapped struct {
		Value json.RawMessage `json:"value"`
	}
	if json.Unmarshal(raw, &wrapped) == nil && bytes.HasPrefix(wrapped.Value, []byte("{")) {
		raw = wrapped.Value
	}
	return json.Unmarshal(raw, into)
}
