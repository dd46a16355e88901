package providers

import (
	"context"
	"strings"
	"testing"
	"time"

	"adbadge/model"
)

// Every open alert of the lab belongs to an incident that is not resolved, of whichever product it is.
func TestAlertsKnowTheirIncidents(t *testing.T) {
	tenant, _ := stillLab(t)
	d := once(t, tenant)
	shared := map[*model.Incident]map[model.Product]bool{}
	open := 0
	for _, a := range d.View.AllAlerts() {
		if !a.IsOpen() {
			continue
		}
		open++
		if a.Incident == nil || a.Incident.ID != a.IncidentID || a.Incident.Title == "" || a.Incident.Status != "active" || a.Incident.URL == "" {
			t.Fatalf("alert %s of incident %s knows %+v", a.ID, a.IncidentID, a.Incident)
		}
		if shared[a.Incident] == nil {
			shared[a.Incident] = map[model.Product]bool{}
		}
		shared[a.Incident][a.Product] = true
	}
	both := 0
	for _, products := range shared {
		if len(products) == 2 {
			both++
		}
	}
	if open == 0 || both == 0 {
		t.Errorf("%d open alerts, %d incidents of both products", open, both)
	}
	for row := range d.View.Len() {
		for _, i := range d.View.Incidents(row) {
			if i.Incident != nil && len(i.Alerts) > 1 {
				return
			}
		}
	}
	t.Error("no entity has several alerts of one incident")
}

// deniedIncidents is a Graph whose app may read everything but incidents.
type deniedIncidents struct{ Identity }

func (deniedIncidents) Incidents(context.Context, time.Time, func([]model.Incident) error) (model.Reading, error) {
	return model.Reading{}, &model.Failure{Source: model.Identity, Kind: model.PermissionMissing, Doing: "read incidents",
		Seen: "403 Forbidden; the token has no SecurityIncident.Read.All", Remedy: "Grant SecurityIncident.Read.All."}
}

// Without the permission alerts name their incidents by number only: a note, which breaks nothing.
func TestIncidentsAreNotPermitted(t *testing.T) {
	tenant, _ := stillLab(t)
	tenant.Identity = deniedIncidents{tenant.Identity}
	d := once(t, tenant)
	if s := d.Source(model.Identity); s.Failure != nil || s.State != model.SourceOK {
		t.Errorf("the source is %v: %v", s.State, s.Failure)
	}
	found := false
	for _, f := range d.Status.Findings {
		if f.Code == model.CodeNoIncidents {
			found = true
			if f.Level != model.OK || !strings.Contains(f.Seen, "SecurityIncident.Read.All") {
				t.Errorf("the finding is %+v", f)
			}
		}
	}
	if !found {
		t.Error("nothing says that incidents cannot be read")
	}
	for _, a := range d.View.AllAlerts() {
		if a.Incident != nil || a.IncidentID == "" {
			t.Fatalf("alert %s knows the incident %+v", a.ID, a.Incident)
		}
	}
}
