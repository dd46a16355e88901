package graph

import (
	"context"
	"net/url"
	"time"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

const (
	// incidentPage is the greatest page of incidents that the service is known to give.
	incidentPage = 50
	// incidentPages bounds the list, which comes newest first: what is older than 10,000 incidents stays unnamed, and the
	// list is marked as incomplete.
	incidentPages = 200
)

// incidentRecord holds the members of an incident that adbadge uses (microsoft.graph.security.incident).
type incidentRecord struct {
	ID         entra.Scalar `json:"id"`
	Title      string       `json:"displayName"`
	Severity   string       `json:"severity"`
	Status     string       `json:"status"`
	AssignedTo string       `json:"assignedTo"`
	URL        string       `json:"incidentWebUrl"`
	Updated    string       `json:"lastUpdateDateTime"`
}

// Incidents reads the incidents that are not resolved, or any that were updated since a time of the service's clock.
// Alerts name theirs by its number.
func (g *Graph) Incidents(ctx context.Context, since time.Time, emit func([]model.Incident) error) (model.Reading, error) {
	api := g.api.For(entra.Purpose{Doing: "read incidents", Feature: entra.Incidents, Header: unknownMembers})
	const path = "/v1.0/security/incidents"
	open := url.Values{"$filter": {"status ne 'resolved'"}}
	ways := []question{{path, open, incidentPage}, {path, nil, incidentPage}, {path, nil, 0}}
	if !since.IsZero() {
		ways = updated(path, "", since, incidentPage)
	}
	texts := entra.NewTexts()
	reading, err := read(ctx, api, "incidents", incidentPages, ways, func(page []incidentRecord) error {
		batch := make([]model.Incident, 0, len(page))
		for i := range page {
			if in, ok := page[i].incident(texts); ok {
				batch = append(batch, in)
			}
		}
		return emit(batch)
	})
	return reading, refused(since, err)
}

// incident gives the incident of a record; ok is false without an id, by which alone alerts can name it.
func (r *incidentRecord) incident(texts *entra.Texts) (in model.Incident, ok bool) {
	in = model.Incident{
		ID: text.Clean(string(r.ID)), Title: text.Clean(r.Title), Severity: entra.ReadAlertSeverity(r.Severity),
		Status: texts.Words(r.Status), AssignedTo: texts.Line(r.AssignedTo), URL: text.Clean(r.URL).String(),
		Updated: entra.ReadTime(r.Updated),
	}
	if in.Severity == model.OtherSeverity {
		in.SeverityText = texts.Line(r.Severity)
	}
	return in, in.ID != ""
}
