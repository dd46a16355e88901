package graph

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
)

func readIncidents(t *testing.T, g *Graph) []model.Incident {
	t.Helper()
	var list []model.Incident
	reading, err := g.Incidents(t.Context(), time.Time{}, func(batch []model.Incident) error { list = append(list, batch...); return nil })
	gaps := reading.Gaps
	if err != nil || len(gaps) > 0 {
		t.Fatalf("gaps %+v, error %v", gaps, err)
	}
	return list
}

func TestIncidents(t *testing.T) {
	var asked []string
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		if r.URL.Query().Has("$filter") {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":{"code":"BadRequest","message":"Invalid filter clause"}}`)
			return
		}
		fmt.Fprint(w, `{"value":[
			{"id":"12","displayName":"Multi-stage\u001b[2J incident","severity":"High","status":"InProgress","assignedTo":"a@contoso.test","incidentWebUrl":"https://portal.test/incidents/12","lastUpdateDateTime":"2026-08-11T09:12:41Z"},
			{"id":13,"displayName":null,"severity":"severe","status":"awaitingAction","classification":"truePositive","somethingNew":[1]},
			{"id":null,"displayName":"Nobody's"},{}]}`)
	})
	want := []model.Incident{
		{ID: "12", Title: "Multi-stage␛[2J incident", Severity: model.High, Status: "in progress", AssignedTo: "a@contoso.test",
			URL: "https://portal.test/incidents/12", Updated: at("2026-08-11T09:12:41Z")},
		{ID: "13", Severity: model.OtherSeverity, SeverityText: "severe", Status: "awaiting action"},
	}
	if diff := cmp.Diff(want, readIncidents(t, g)); diff != "" {
		t.Errorf("incidents (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/v1.0/security/incidents?$filter=status%20ne%20%27resolved%27&$top=50", "/v1.0/security/incidents?$top=50"}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	denied := say(t, http.StatusForbidden, []byte(`{"error":{"code":"Forbidden","message":"x"}}`))
	if _, err := denied.Incidents(t.Context(), time.Time{}, nil); failureOf(t, err).Kind != model.PermissionMissing {
		t.Errorf("no permission gives %v", err)
	}
}

// A list that is longer than anybody looks at is cut off, and says so.
func TestIncidentsWithoutEnd(t *testing.T) {
	page := 0
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		page++
		fmt.Fprintf(w, `{"value":[{"id":"%d"}],"@odata.nextLink":"https://%s/v1.0/security/incidents?page=%d"}`, page, r.Host, page)
	})
	count := 0
	reading, err := g.Incidents(t.Context(), time.Time{}, func(batch []model.Incident) error { count += len(batch); return nil })
	gaps := reading.Gaps
	if err != nil || count != incidentPages || len(gaps) != 1 || !gaps[0].Missing {
		t.Errorf("%d incidents, gaps %+v, error %v", count, gaps, err)
	}
}
