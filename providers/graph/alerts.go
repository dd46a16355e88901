package graph

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

const (
	// alertPage is asked for first. The vendor documents no page size; services that refuse it are asked without one.
	alertPage = 500
	// longText is how much of descriptions is kept, in characters.
	longText = 4096
	// identitySource is Defender for Identity's word in serviceSource.
	identitySource = "microsoftDefenderForIdentity"
)

// alertRecord holds the members of an alert that adbadge uses (microsoft.graph.security.alert).
type alertRecord struct {
	ID            string           `json:"id"`
	Incident      string           `json:"incidentId"`
	Status        string           `json:"status"`
	Severity      string           `json:"severity"`
	ServiceSource string           `json:"serviceSource"`
	Source        string           `json:"detectionSource"`
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

// Alerts reads the alerts of Defender for Identity. One that is on two pages comes twice; the newer update is the true
// one.
func (g *Graph) Alerts(ctx context.Context, emit func([]model.Alert) error) ([]model.Gap, error) {
	api := g.api.For(entra.Purpose{
		Doing: "read identity alerts", Feature: entra.IdentityAlerts,
		Header: http.Header{"Prefer": {"include-unknown-enum-members"}},
	})
	const path = "/v1.0/security/alerts_v2"
	filter := url.Values{"$filter": {"serviceSource eq '" + identitySource + "'"}}
	ways := []question{{path, filter, alertPage}, {path, filter, 0}, {path, nil, 0}}
	invalid := 0
	var batch []model.Alert
	gaps, err := askList(ctx, api, "identity alerts", ways, func(page []alertRecord) error {
		batch = batch[:0]
		for i := range page {
			if !page[i].isIdentity() {
				continue
			}
			a, ok := page[i].alert()
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
		gaps = append(gaps, model.Gap{Source: model.Identity, Code: "ADB-311", Count: invalid, Missing: true,
			What:   fmt.Sprintf("%d identity alerts have no proper id and were left out.", invalid),
			Remedy: "Please report it: the service has changed the form of its answers."})
	}
	return gaps, err
}

// isIdentity reports whether an alert is one of Defender for Identity: by its source, or by the first letters of its
// id, which also tell those that came in through the engine of Defender XDR.
func (in *alertRecord) isIdentity() bool {
	return strings.EqualFold(in.ServiceSource, identitySource) || entra.ProductOfAlert(in.ID) == model.DefenderForIdentity
}

// alert gives the alert of a record; ok is false without a proper id.
func (in *alertRecord) alert() (a model.Alert, ok bool) {
	id, ok := entra.ReadAlertID(in.ID)
	if !ok {
		return a, false
	}
	a = model.Alert{
		ID:            id,
		Product:       model.DefenderForIdentity,
		Title:         text.Clean(in.Title),
		Description:   text.CleanMax(in.Description, longText),
		Category:      text.Clean(in.Category),
		Severity:      entra.ReadAlertSeverity(in.Severity),
		Status:        entra.ReadAlertStatus(in.Status),
		ThreatFamily:  text.Clean(in.ThreatFamily),
		ThreatName:    text.Clean(in.ThreatName),
		Actor:         text.Clean(in.Actor),
		Source:        text.Clean(in.Source),
		Incident:      text.Clean(in.Incident),
		AssignedTo:    text.Clean(in.AssignedTo),
		Recommended:   text.CleanMax(in.Recommended, longText),
		URL:           text.Clean(in.URL).String(),
		Created:       entra.ReadTime(in.Created),
		Updated:       entra.ReadTime(in.Updated),
		Resolved:      entra.ReadTime(in.Resolved),
		FirstActivity: entra.ReadTime(in.First),
		LastActivity:  entra.ReadTime(in.Last),
		Phase:         phaseOf(in),
	}
	if a.Severity == model.OtherSeverity {
		a.SeverityText = text.Clean(in.Severity)
	}
	if a.Status == model.StatusOther {
		a.StatusText = text.Clean(in.Status)
	}
	for _, technique := range in.Techniques {
		a.Techniques = append(a.Techniques, text.Clean(technique))
	}
	for i := range in.Evidence {
		in.Evidence[i].addTo(&a)
	}
	return a, true
}
