package graph

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"adbadge/model"
)

func readSettings(t *testing.T, g *Graph) []model.Toggle {
	t.Helper()
	toggles, err := NewSettings(g.api).Toggles(t.Context())
	if err != nil || len(toggles) != 2 || toggles[0].Setting != model.AutomaticAuditing || toggles[1].Setting != model.SensorActivation {
		t.Fatalf("toggles are %+v, %v", toggles, err)
	}
	for _, toggle := range toggles {
		if toggle.Owner != model.OwnerGraph || (toggle.State == model.ToggleUnknown) != (toggle.Problem != nil) || toggle.Read.IsZero() {
			t.Errorf("toggle %+v", toggle)
		}
	}
	return toggles
}

// Both settings, wrapped and bare, in any case; what is not understood is unknown, never off.
func TestSettings(t *testing.T) {
	for body, want := range map[string][2]model.ToggleState{
		`{"value":{"activationMode":"automated"}}`:                   {model.ToggleUnknown, model.ToggleOn},
		`{"activationMode":"Automated","isAutomatic":true}`:          {model.ToggleOn, model.ToggleOn},
		`{"value":{"activationMode":"manual","isAutomatic":false}}`:  {model.ToggleOff, model.ToggleOff},
		`{"activationMode":"unknownFutureValue","isAutomatic":null}`: {},
		`{}`:     {},
		`[true]`: {},
		`{"activationMode":7,"isAutomatic":"yes"}`: {},
	} {
		if got := readSettings(t, say(t, 200, []byte(body))); got[0].State != want[0] || got[1].State != want[1] {
			t.Errorf("%s gives %s and %s", body, got[0].State, got[1].State)
		}
	}
	got := readSettings(t, say(t, 200, []byte(`{"activationMode":"partial\u001b[31m"}`)))
	if seen := got[1].Problem.Seen; !strings.Contains(seen, `"partial`) || strings.ContainsRune(seen, 0x1b) {
		t.Errorf("seen %q", seen)
	}
	for _, toggle := range readSettings(t, say(t, http.StatusForbidden, []byte(`{"error":{"code":"Forbidden","message":"No role."}}`))) {
		if toggle.Problem.Kind != model.PermissionMissing || !strings.Contains(toggle.Problem.Seen, "No role") || toggle.Problem.Remedy == "" {
			t.Errorf("%s: %v", toggle.Name(), toggle.Problem)
		}
	}
}

// Each change is one request in the form of the vendor's page, and is never sent twice, whatever comes back.
func TestSettingsAreChangedWithOneRequest(t *testing.T) {
	toggles := map[model.Setting]model.Toggle{}
	for _, s := range []model.Setting{model.AutomaticAuditing, model.SensorActivation} {
		toggles[s] = model.Toggle{Setting: s, Owner: model.OwnerGraph, State: model.ToggleOff}
	}
	const root = "/v1.0/security/identities/"
	for setting, want := range map[model.Setting]string{
		model.AutomaticAuditing: "PATCH " + root + `settings/autoAuditingConfiguration {"@odata.type":"#microsoft.graph.security.autoAuditingConfiguration","isAutomatic":true}`,
		model.SensorActivation:  "POST " + root + `sensorCandidateActivationConfigurations {"@odata.type":"#microsoft.graph.security.sensorCandidateActivationConfiguration","activationMode":"automated"}`,
	} {
		for status, kind := range map[int]model.FailureKind{
			http.StatusOK: 0, http.StatusNoContent: 0,
			http.StatusNotFound: model.NotSupported, http.StatusMethodNotAllowed: model.NotSupported, http.StatusNotImplemented: model.NotSupported,
			http.StatusForbidden: model.PermissionMissing, http.StatusConflict: model.Broken,
			http.StatusInternalServerError: model.Broken, http.StatusBadGateway: model.Broken, http.StatusGatewayTimeout: model.TimedOut,
		} {
			var asked []string
			g := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				asked = append(asked, fmt.Sprintf("%s %s %s", r.Method, r.RequestURI, body))
				w.WriteHeader(status)
			})
			err := NewSettings(g.api).SetToggle(t.Context(), toggles[setting], true, "anna")
			if len(asked) != 1 || asked[0] != want {
				t.Errorf("%s, status %d: asked %q", setting, status, asked)
			}
			switch {
			case status < 300:
				if err != nil {
					t.Errorf("%s, status %d: %v", setting, status, err)
				}
			case failureOf(t, err).Kind != kind:
				t.Errorf("%s, status %d: %v", setting, status, err)
			case kind == model.NotSupported && !strings.Contains(err.Error(), "the API differs from its documentation"):
				t.Errorf("%s, status %d: %v", setting, status, err)
			}
		}
	}
	segment := say(t, http.StatusBadRequest, []byte(`{"error":{"code":"BadRequest","message":"Resource not found for the segment 'settings'."}}`))
	if err := NewSettings(segment.api).SetToggle(t.Context(), toggles[model.AutomaticAuditing], true, ""); failureOf(t, err).Kind != model.NotSupported {
		t.Errorf("an unknown path gives %v", err)
	}
}
