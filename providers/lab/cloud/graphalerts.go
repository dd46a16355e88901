package cloud

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"adbadge/providers/lab/odata"
	"adbadge/providers/lab/state"
	"adbadge/providers/lab/world"
)

// graphAlertType is what alerts can be filtered by ("List alerts_v2"). Enums are compared without regard to case, so the words
// of the other API do.
var graphAlertType = odata.Type[*world.Alert]{Name: "microsoft.graph.security.alert", Properties: map[string]odata.Property[*world.Alert]{
	"assignedto":         {Kind: odata.Text, Get: func(a *world.Alert) odata.Value { return odata.TextOf(a.AssignedTo) }},
	"classification":     {Kind: odata.Enum, Get: func(a *world.Alert) odata.Value { return odata.TextOf(a.Class) }},
	"determination":      {Kind: odata.Enum, Get: func(a *world.Alert) odata.Value { return odata.TextOf(a.Determination) }},
	"createddatetime":    {Kind: odata.Instant, Get: func(a *world.Alert) odata.Value { return odata.InstantOf(a.Created) }},
	"lastupdatedatetime": {Kind: odata.Instant, Get: func(a *world.Alert) odata.Value { return odata.InstantOf(a.Updated) }},
	"severity":           {Kind: odata.Enum, Get: func(a *world.Alert) odata.Value { return odata.TextOf(a.Severity) }},
	"servicesource":      {Kind: odata.Enum, Get: func(a *world.Alert) odata.Value { return odata.TextOf(serviceSource(a.Product)) }},
	"status":             {Kind: odata.Enum, Get: func(a *world.Alert) odata.Value { return odata.TextOf(a.Status) }},
}}

// graphAlertPage is the greatest page of alerts. The vendor documents none; pages of this size make paging matter.
const graphAlertPage = 1000

type graphAlertListing struct {
	listing[*world.Alert]
	tenant *tenant
}

func newGraphAlertListing(t *tenant) *graphAlertListing {
	l := &graphAlertListing{tenant: t}
	l.listing = listing[*world.Alert]{
		about: graphAlertType, context: "/v1.0/$metadata#security/alerts_v2",
		options: []string{"$count", "$filter", "$skip", "$top"}, defaultTop: 100, maxTop: graphAlertPage, linked: true,
		encode: func(e *encoder, a *world.Alert, _ *page) {
			e.open("")
			encodeGraphAlert(e, t, a)
			e.close()
		},
	}
	return l
}

func (l *graphAlertListing) list(w http.ResponseWriter, r *request) error {
	all, _ := l.tenant.alerts()
	return l.serve(w, r, itemsOf(all))
}

func (l *graphAlertListing) find(r *request) (*world.Alert, error) {
	_, byID := l.tenant.alerts()
	a, ok := byID[r.PathValue("id")]
	if !ok {
		return nil, fail(http.StatusNotFound, "NotFound", "Alert %s was not found.", r.PathValue("id"))
	}
	return a, nil
}

func (l *graphAlertListing) get(w http.ResponseWriter, r *request) error {
	a, err := l.find(r)
	if err != nil {
		return err
	}
	var e encoder
	e.open("")
	e.text("@odata.context", r.self+"/v1.0/$metadata#security/alerts_v2/$entity")
	encodeGraphAlert(&e, l.tenant, a)
	e.close()
	send(w, r, http.StatusOK, e.out)
	return nil
}

// change answers PATCH ("Update alert"): status, classification, determination and assignment.
func (l *graphAlertListing) change(w http.ResponseWriter, r *request) error {
	a, err := l.find(r)
	if err != nil {
		return err
	}
	var wanted struct{ Status, Classification, Determination, AssignedTo string }
	if err := decode(r, &wanted); err != nil {
		return err
	}
	if wanted.Status != "" && !slices.Contains([]string{"new", "inProgress", "resolved"}, wanted.Status) {
		return fail(http.StatusBadRequest, "BadRequest", "The value '%s' of property 'status' is not valid.", wanted.Status)
	}
	if err := r.change(a.ID, state.AlertChange{Status: endpointWord(wanted.Status), Classification: endpointWord(wanted.Classification),
		Determination: endpointWord(wanted.Determination), AssignedTo: wanted.AssignedTo, At: r.Now().UTC()}); err != nil {
		return err
	}
	return l.get(w, r)
}

// encodeGraphAlert writes the members of an alert (alert resource type, microsoft.graph.security).
func encodeGraphAlert(e *encoder, t *tenant, a *world.Alert) {
	incident := strconv.FormatInt(a.IncidentID, 10)
	e.text("@odata.type", "#microsoft.graph.security.alert")
	e.text("id", a.ID)
	e.text("providerAlertId", providerID(a.ID))
	e.text("incidentId", incident)
	e.text("status", graphWord(a.Status))
	e.text("severity", graphSeverity(a.Severity))
	e.textOrNull("classification", graphWord(a.Class))
	e.textOrNull("determination", graphWord(a.Determination))
	e.text("serviceSource", serviceSource(a.Product))
	e.textOrNull("detectionSource", a.GraphSource)
	e.textOrNull("detectorId", a.DetectorID)
	e.text("tenantId", t.id)
	e.text("title", a.Title)
	e.textOrNull("description", a.Description)
	e.textOrNull("recommendedActions", a.Recommended)
	e.textOrNull("category", a.Category)
	e.textOrNull("assignedTo", a.AssignedTo)
	e.text("alertWebUrl", t.portalURL+"/alerts/"+a.ID+"?tid="+t.id)
	e.text("incidentWebUrl", t.portalURL+"/incidents/"+incident+"?tid="+t.id)
	e.textOrNull("actorDisplayName", a.Actor)
	e.textOrNull("threatDisplayName", a.ThreatName)
	e.textOrNull("threatFamilyName", a.ThreatFamily)
	e.texts("mitreTechniques", a.Techniques)
	e.instant("createdDateTime", a.Created)
	e.instant("lastUpdateDateTime", a.Updated)
	e.instant("resolvedDateTime", a.Resolved)
	e.instant("firstActivityDateTime", a.FirstActivity)
	e.instant("lastActivityDateTime", a.LastActivity)
	e.openList("comments")
	for _, c := range a.Comments {
		e.open("")
		e.text("@odata.type", "microsoft.graph.security.alertComment")
		e.text("comment", c.Text)
		e.text("createdByDisplayName", c.By)
		e.instant("createdDateTime", c.At)
		e.close()
	}
	e.closeList()
	e.texts("systemTags", a.Tags)
	e.null("additionalData")
	e.text("productName", productName(a.Product))
	e.openList("evidence")
	for i := range a.Evidence {
		encodeEvidence(e, t, a, &a.Evidence[i])
	}
	e.closeList()
}

// providerID is the id without the two letters by which the portal tells products apart. Alerts of Defender for
// Endpoint keep theirs, as in the vendor's samples.
func providerID(id string) string {
	if strings.HasPrefix(id, "aa") || strings.HasPrefix(id, "ri") {
		return id[2:]
	}
	return id
}

func graphSeverity(s string) string {
	if s == "UnSpecified" {
		return "unknown"
	}
	return graphWord(s)
}
