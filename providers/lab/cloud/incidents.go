package cloud

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"adbadge/providers/lab/odata"
	"adbadge/providers/lab/world"
)

// incident is the alerts that belong together.
type incident struct {
	id       int64
	name     string
	severity string // Microsoft Graph's word
	active   bool
	created  time.Time
	updated  time.Time
	alerts   []*world.Alert // newest first
}

func (i *incident) status() string {
	if i.active {
		return "active"
	}
	return "resolved"
}

// incidentType is what incidents can be filtered by ("List incidents"). In the lab nobody classifies or takes one.
var incidentType = odata.Type[*incident]{Name: "microsoft.graph.security.incident", Properties: map[string]odata.Property[*incident]{
	"assignedto":         {Kind: odata.Text, Get: func(*incident) odata.Value { return odata.Value{Null: true} }},
	"classification":     {Kind: odata.Enum, Get: func(*incident) odata.Value { return odata.TextOf("unknown") }},
	"determination":      {Kind: odata.Enum, Get: func(*incident) odata.Value { return odata.TextOf("unknown") }},
	"createddatetime":    {Kind: odata.Instant, Get: func(i *incident) odata.Value { return odata.InstantOf(i.created) }},
	"lastupdatedatetime": {Kind: odata.Instant, Get: func(i *incident) odata.Value { return odata.InstantOf(i.updated) }},
	"severity":           {Kind: odata.Enum, Get: func(i *incident) odata.Value { return odata.TextOf(i.severity) }},
	"status":             {Kind: odata.Enum, Get: func(i *incident) odata.Value { return odata.TextOf(i.status()) }},
}}

type incidentListing struct {
	listing[*incident]
	tenant *tenant
}

func newIncidentListing(t *tenant) *incidentListing {
	l := &incidentListing{tenant: t}
	l.listing = listing[*incident]{
		about: incidentType, context: "/v1.0/$metadata#security/incidents",
		options: []string{"$count", "$filter", "$skip", "$top", "$expand"}, defaultTop: 50, maxTop: 50, linked: true,
		encode: func(e *encoder, i *incident, p *page) { encodeIncident(e, t, i, p.expand == "alerts") },
	}
	return l
}

func (l *incidentListing) list(w http.ResponseWriter, r *request) error {
	return l.serve(w, r, itemsOf(l.tenant.incidents()))
}

// severityOrder ranks the words of severities.
var severityOrder = []string{"informational", "low", "medium", "high"}

// incidents gathers the alerts into incidents, newest first.
func (t *tenant) incidents() []*incident {
	all, _ := t.alerts()
	byID := map[int64]*incident{}
	var list []*incident
	for _, a := range all {
		i := byID[a.IncidentID]
		if i == nil {
			i = &incident{id: a.IncidentID, severity: "informational"}
			byID[a.IncidentID] = i
			list = append(list, i)
		}
		i.alerts = append(i.alerts, a)
		i.active = i.active || a.Open()
		if s := graphSeverity(a.Severity); slices.Index(severityOrder, s) > slices.Index(severityOrder, i.severity) {
			i.severity = s
		}
		if i.created.IsZero() || a.Created.Before(i.created) {
			i.created = a.Created
		}
		if a.Updated.After(i.updated) {
			i.updated = a.Updated
		}
	}
	for _, i := range list {
		i.name = i.alerts[len(i.alerts)-1].Title
		if len(i.alerts) > 1 {
			i.name = "Multi-stage incident: " + i.name
		}
	}
	slices.SortFunc(list, func(a, b *incident) int { return cmp.Or(b.created.Compare(a.created), cmp.Compare(b.id, a.id)) })
	return list
}

// encodeIncident writes an incident (incident resource type, microsoft.graph.security).
func encodeIncident(e *encoder, t *tenant, i *incident, alerts bool) {
	id := strconv.FormatInt(i.id, 10)
	e.open("")
	e.text("@odata.type", "#microsoft.graph.security.incident")
	e.text("id", id)
	e.text("incidentWebUrl", t.portalURL+"/incidents/"+id+"?tid="+t.id)
	e.null("redirectIncidentId")
	e.text("tenantId", t.id)
	e.text("displayName", i.name)
	e.instant("createdDateTime", i.created)
	e.instant("lastUpdateDateTime", i.updated)
	e.null("assignedTo")
	e.text("classification", "unknown")
	e.text("determination", "unknown")
	e.text("status", i.status())
	e.text("severity", i.severity)
	e.texts("customTags", nil)
	e.texts("comments", nil)
	e.texts("systemTags", nil)
	e.textOrNull("description", i.alerts[len(i.alerts)-1].Description)
	if alerts {
		e.openList("alerts")
		for _, a := range i.alerts {
			e.open("")
			encodeGraphAlert(e, t, a)
			e.close()
		}
		e.closeList()
	}
	e.close()
}
