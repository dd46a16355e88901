package graph

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

const (
	// alertPage is asked for first. The vendor documents no page size; services that refuse it are asked without one.
	alertPage = 500
	// alertPages ends a list that has no end: half a million alerts, or a fifth of that where pages are as small as the
	// service likes.
	alertPages = 1000
	// identitySource is Defender for Identity's entra.Scalar in serviceSource.
	identitySource = "microsoftDefenderForIdentity"
)

// alertRecord holds the members of an alert that adbadge uses (microsoft.graph.security.alert).
type alertRecord struct {
	ID            string           `json:"id"`
	Incident      entra.Scalar     `json:"incidentId"`
	Status        string           `json:"status"`
	Severity      string           `json:"severity"`
	ServiceSource string           `json:"serviceSource"`
	Source        string           `json:"detectionSource"`
	Detector      entra.Scalar     `json:"detectorId"`
	Class         string           `json:"classification"`
	Determined    string           `json:"determination"`
	Investigated  string           `json:"investigationState"`
	Title         string           `json:"title"`
	Description   string           `json:"description"`
	Recommended   string           `json:"recommendedActions"`
	Category      string           `json:"category"`
	AssignedTo    string           `json:"assignedTo"`
	URL           string           `json:"alertWebUrl"`
	Actor         string           `json:"actorDisplayName"`
	ThreatName    string           `json:"threatDisplayName"`
	ThreatFamily  string           `json:"threatFamilyName"`
	Techniques    []string         `json:"mitreTechniques"`
	Created       string           `json:"createdDateTime"`
	Updated       string           `json:"lastUpdateDateTime"`
	Resolved      string           `json:"resolvedDateTime"`
	First         string           `json:"firstActivityDateTime"`
	Last          string           `json:"lastActivityDateTime"`
	Evidence      []evidenceRecord `json:"evidence"`
}

// Alerts reads the alerts of Defender for Identity, or those that were updated since a time of the service's clock. One
// that is on two pages comes twice; the newer update is the true one.
func (g *Graph) Alerts(ctx context.Context, since time.Time, emit func([]model.Alert) error) (model.Reading, error) {
	api := g.api.For(entra.Purpose{
		Doing: "read identity alerts", Feature: entra.IdentityAlerts, Header: unknownMembers,
	})
	const path = "/v1.0/security/alerts_v2"
	const ours = "serviceSource eq '" + identitySource + "'"
	filter := url.Values{"$filter": {ours}}
	ways := []question{{path, filter, alertPage}, {path, filter, 0}, {path, nil, 0}}
	if !since.IsZero() {
		ways = updated(path, ours, since, alertPage)
	}
	invalid, texts := 0, entra.NewTexts()
	var batch []model.Alert
	reading, err := read(ctx, api, "identity alerts", alertPages, ways, func(page []alertRecord) error {
		batch = batch[:0]
		for i := range page {
			if !page[i].isIdentity() {
				continue
			}
			a, ok := page[i].alert(texts)
			if !ok {
				invalid++
				continue
			}
			batch = append(batch, a)
		}
		if len(batch) == 0 {
			return nil
		}
		return emit(batch)
	})
	if invalid > 0 {
		reading.Gaps = append(reading.Gaps, model.Gap{Source: model.Identity, Code: "ADB-311", Count: invalid, Missing: true,
			What:   fmt.Sprintf("%d identity alerts have no proper id and were left out.", invalid),
			Remedy: "Please report it: the service has changed the form of its answers."})
	}
	return reading, refused(since, err)
}

// isIdentity reports whether an alert is one of Defender for Identity: by its source, or by the first letters of its
// id, which also tell those that came in through the engine of Defender XDR.
func (in *alertRecord) isIdentity() bool {
	return strings.EqualFold(in.ServiceSource, identitySource) || entra.ProductOfAlert(in.ID) == model.DefenderForIdentity
}

// alert gives the alert of a record; ok is false without a proper id.
func (in *alertRecord) alert(texts *entra.Texts) (a model.Alert, ok bool) {
	id, ok := entra.ReadAlertID(in.ID)
	if !ok {
		return a, false
	}
	const product = model.DefenderForIdentity
	a = model.Alert{
		ID:             id,
		Product:        product,
		Title:          texts.Line(in.Title),
		Description:    texts.Long(in.Description),
		Category:       texts.Line(in.Category),
		Severity:       entra.ReadAlertSeverity(in.Severity),
		Status:         entra.ReadAlertStatus(in.Status),
		ThreatFamily:   texts.Line(in.ThreatFamily),
		ThreatName:     texts.Line(in.ThreatName),
		Actor:          texts.Line(in.Actor),
		Source:         texts.Line(in.Source),
		Classification: texts.Words(in.Class),
		Determination:  texts.Words(in.Determined),
		Investigation:  texts.Words(in.Investigated),
		IncidentID:     text.Clean(string(in.Incident)),
		AssignedTo:     texts.Line(in.AssignedTo),
		Recommended:    texts.Long(in.Recommended),
		URL:            text.Clean(in.URL).String(),
		Created:        entra.ReadTime(in.Created),
		Updated:        entra.ReadTime(in.Updated),
		Resolved:       entra.ReadTime(in.Resolved),
		FirstActivity:  entra.ReadTime(in.First),
		LastActivity:   entra.ReadTime(in.Last),
		Phase: model.Detection{Product: product, ID: string(in.Detector), Title: in.Title, Category: in.Category,
			Techniques: in.Techniques}.Phase(),
	}
	if a.Severity == model.OtherSeverity {
		a.SeverityText = texts.Line(in.Severity)
	}
	if a.Status == model.StatusOther {
		a.StatusText = texts.Line(in.Status)
	}
	for _, technique := range in.Techniques {
		a.Techniques = append(a.Techniques, texts.Line(technique))
	}
	a.Evidence = slices.Grow(a.Evidence, min(len(in.Evidence), model.MaxEvidence))
	for i := range in.Evidence {
		in.Evidence[i].addTo(&a, texts)
	}
	return a, true
}
