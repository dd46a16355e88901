package graph

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/text"
)

func TestHealthIssues(t *testing.T) {
	var asked []string
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		if strings.HasPrefix(r.URL.Path, "/v1.0") {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":{"code":"BadRequest","message":"Resource not found for the segment 'healthIssues'."}}`)
			return
		}
		fmt.Fprint(w, `{"value":[
			{"id":"1","displayName":"A","healthIssueType":"Global","severity":"HIGH","status":"Open","sensorDNSNames":["dc1.contoso.test"],"recommendations":["Do\nit"],"createdDateTime":"2022-07-15T12:19:27.7211305Z"},
			{"id":"2","displayName":"B","healthIssueType":"sensor","severity":"severe","status":"open"},
			{"id":"3","status":"closed"},{"id":"4","status":"suppressed"},{"id":"5","severity":"low","status":"somethingNew"}]}`)
	})
	got, err := g.HealthIssues(t.Context(), false)
	want := []model.HealthIssue{
		{ID: "1", Title: "A", Severity: model.High, Global: true, Sensors: []text.Line{"dc1.contoso.test"}, Remedies: []text.Line{"Do it"}, Created: at("2022-07-15T12:19:27.7211305Z")},
		{ID: "2", Title: "B", Severity: model.OtherSeverity, SeverityText: "severe"},
		{ID: "5", Severity: model.Low},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, issues (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{"/v1.0/security/identities/healthIssues?$filter=Status%20eq%20%27open%27", "/v1.0/security/identities/healthIssues", "/beta/security/identities/healthIssues"}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	absent := say(t, http.StatusNotFound, []byte(`{"error":{"code":"NotFound","message":"x"}}`))
	if _, err := absent.HealthIssues(t.Context(), false); failureOf(t, err).Kind != model.NotSupported {
		t.Errorf("an absent API gives %v", err)
	}
}

func TestSensors(t *testing.T) {
	got, err := say(t, 200, []byte(`{"value":[
		{"displayName":"DC1","domainName":"contoso.test","version":"3.0","healthStatus":"NotHealthyHigh","serviceStatus":"stopped","deploymentStatus":"disconnected","openHealthIssuesCount":2},
		{"displayName":"DC2","healthStatus":"sleepy","openHealthIssuesCount":"3"}]}`)).Sensors(t.Context())
	want := []model.Sensor{
		{Name: "DC1", Domain: "contoso.test", Version: "3.0", Health: "not healthy (high)", Service: "stopped", Deploy: "disconnected", Issues: 2},
		{Name: "DC2", Health: "sleepy"},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, sensors (-want +got):\n%s", err, diff)
	}
	if got, err := say(t, 200, []byte(`{"value":[]}`)).Sensors(t.Context()); err != nil || got == nil || len(got) > 0 {
		t.Errorf("no sensors give %v, %v", got, err)
	}
}

func TestLicences(t *testing.T) {
	subscription := func(status string, plans ...string) string {
		var list []string
		for i := 0; i < len(plans); i += 2 {
			list = append(list, fmt.Sprintf(`{"servicePlanId":%q,"provisioningStatus":%q}`, plans[i], plans[i+1]))
		}
		return fmt.Sprintf(`{"capabilityStatus":%q,"servicePlans":[%s]}`, status, strings.Join(list, ","))
	}
	const identity, p2, p1, business = "14AB5DB5-E6C4-4B20-B4BC-13E36FD2227F", "871d91ec-ec1a-452b-a83f-bd76c7d770ef", "292cc034-7b7c-4950-aaf5-943befd3f1d4", "bfc1bbd9-981b-4f71-9b82-17c35fd0e2a4"
	missing := func(side model.Side) model.Licence { return model.Licence{Side: side, State: model.LicenceMissing} }
	for name, test := range map[string]struct {
		subscriptions []string
		want          [2]model.Licence
	}{
		"none":      {nil, [2]model.Licence{missing(model.IdentitySide), missing(model.EndpointSide)}},
		"unrelated": {[]string{subscription("Enabled", "f9646fb2-e3b2-4309-95de-dc4833737456", "Success")}, [2]model.Licence{missing(model.IdentitySide), missing(model.EndpointSide)}},
		"suspended": {[]string{subscription("Suspended", identity, "Success")},
			[2]model.Licence{missing(model.IdentitySide), missing(model.EndpointSide)}},
		"pending, and a lesser plan that works": {[]string{subscription("Enabled", p2, "PendingProvisioning", p1, "Success", identity, "PendingActivation")},
			[2]model.Licence{{Side: model.IdentitySide, State: model.LicencePending, Plan: "Defender for Identity", Hunting: true},
				{Side: model.EndpointSide, State: model.LicenceActive, Plan: "Defender for Endpoint P1"}}},
		"ends soon": {[]string{subscription("warning", p2, "success"), subscription("Enabled", business, "Success", identity, "Success")},
			[2]model.Licence{{Side: model.IdentitySide, State: model.LicenceActive, Plan: "Defender for Identity", Hunting: true},
				{Side: model.EndpointSide, State: model.LicenceWarning, Plan: "Defender for Endpoint P2", Hunting: true}}},
	} {
		got, err := say(t, 200, []byte(`{"value":[`+strings.Join(test.subscriptions, ",")+`]}`)).Licences(t.Context())
		if diff := cmp.Diff(test.want[:], got); diff != "" || err != nil {
			t.Errorf("%s: error %v, licences (-want +got):\n%s", name, err, diff)
		}
	}
	_, err := say(t, 403, []byte(`{"error":{"code":"Forbidden","message":"Missing application roles."}}`)).Licences(t.Context())
	if f := failureOf(t, err); f.Kind != model.PermissionMissing || !strings.Contains(f.Seen, "Missing application roles") {
		t.Errorf("no permission gives %v", f)
	}
}

// One issue is asked for by its id, and changed with one request in the form of the vendor's page.
func TestHealthIssue(t *testing.T) {
	const id, path = "b3c1b5fc-828c-45fa-a1e1-10d74f6d6e9c", "/v1.0/security/identities/healthIssues/"
	for body, want := range map[string]model.IssueStatus{
		`{"id":"` + id + `","displayName":"A","status":"Closed"}`: model.IssueClosed,
		`{"value":{"id":"` + id + `","status":"suppressed"}}`:     model.IssueSuppressed,
		`{"id":"` + id + `","status":"somethingNew"}`:             model.IssueOpen,
	} {
		if got, err := say(t, 200, []byte(body)).HealthIssue(t.Context(), id); err != nil || got.Status != want || got.ID != id {
			t.Errorf("%s gives %+v, %v", body, got, err)
		}
	}
	for _, body := range []string{`{}`, `{"id":"other"}`, `[]`, `{"value":[{"id":"` + id + `"}]}`} {
		if got, err := say(t, 200, []byte(body)).HealthIssue(t.Context(), id); err == nil {
			t.Errorf("%s gives %+v", body, got)
		}
	}
	for status, kind := range map[int]model.FailureKind{
		http.StatusOK: 0, http.StatusNoContent: 0, http.StatusNotFound: model.NotSupported, http.StatusMethodNotAllowed: model.NotSupported,
		http.StatusForbidden: model.PermissionMissing, http.StatusInternalServerError: model.Broken,
	} {
		var asked []string
		g := serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			asked = append(asked, fmt.Sprintf("%s %s %s", r.Method, r.RequestURI, body))
			w.WriteHeader(status)
		})
		err := g.SetHealthIssue(t.Context(), "a/b?c", model.IssueSuppressed)
		want := "PATCH " + path + `a%2Fb%3Fc {"@odata.type":"#microsoft.graph.security.healthIssue","status":"suppressed"}`
		if len(asked) != 1 || asked[0] != want {
			t.Errorf("status %d: asked %q", status, asked)
		}
		if (err == nil) != (status < 300) || err != nil && failureOf(t, err).Kind != kind {
			t.Errorf("status %d: %v", status, err)
		}
	}
	for _, id := range []string{"", ".", ".."} {
		g := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("id %q: asked %s", id, r.RequestURI) })
		if _, err := g.HealthIssue(t.Context(), id); err == nil {
			t.Errorf("id %q was read", id)
		}
		if err := g.SetHealthIssue(t.Context(), id, model.IssueClosed); err == nil {
			t.Errorf("id %q was changed", id)
		}
	}
}

func TestSensorCandidates(t *testing.T) {
	got, err := say(t, 200, []byte(`{"value":[{"id":"1","computerDnsName":"dc9\u001b.contoso.test","domainName":"contoso.test","lastSeenDateTime":"2026-03-01T10:00:00Z"},{}]}`)).
		SensorCandidates(t.Context())
	want := []model.SensorCandidate{{Name: "dc9␛.contoso.test", Domain: "contoso.test", LastSeen: at("2026-03-01T10:00:00Z")}, {}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, candidates (-want +got):\n%s", err, diff)
	}
	if got, err := say(t, 200, []byte(`{"value":[]}`)).SensorCandidates(t.Context()); err != nil || got == nil || len(got) > 0 {
		t.Errorf("none gives %v, %v", got, err)
	}
	if _, err := say(t, http.StatusNotFound, nil).SensorCandidates(t.Context()); failureOf(t, err).Kind != model.NotSupported {
		t.Errorf("an absent API gives %v", err)
	}
}
