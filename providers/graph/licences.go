package graph

import (
	"context"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

// plan is a service plan that licenses one side.
type plan struct {
	side    model.Side
	name    text.Line
	hunting bool
}

// plans are the service plans by id ("Product names and service plan identifiers for licensing"). Ids do not change;
// the subscriptions that hold them do.
var plans = map[string]plan{
	"14ab5db5-e6c4-4b20-b4bc-13e36fd2227f": {model.IdentitySide, "Defender for Identity", true},
	"871d91ec-ec1a-452b-a83f-bd76c7d770ef": {model.EndpointSide, "Defender for Endpoint P2", true},
	"292cc034-7b7c-4950-aaf5-943befd3f1d4": {model.EndpointSide, "Defender for Endpoint P1", false},
	"bfc1bbd9-981b-4f71-9b82-17c35fd0e2a4": {model.EndpointSide, "Defender for Business", false},
}

// subscriptionRecord is microsoft.graph.subscribedSku.
type subscriptionRecord struct {
	Status string `json:"capabilityStatus"`
	Plans  []struct {
		ID     string `json:"servicePlanId"`
		Status string `json:"provisioningStatus"`
	} `json:"servicePlans"`
}

// Licences reads the licences of both sides. What may not be read is an error, never a missing licence.
func (g *Graph) Licences(ctx context.Context) ([]model.Licence, error) {
	api := g.api.For(entra.Purpose{Doing: "read licences", Feature: entra.Licences})
	records, err := collect[subscriptionRecord](ctx, api, "licences", []question{{path: "/v1.0/subscribedSkus"}})
	if err != nil {
		return nil, err
	}
	return licencesOf(records), nil
}

// licencesOf gives the best licence of each side among all subscriptions.
func licencesOf(records []subscriptionRecord) []model.Licence {
	licences := []model.Licence{
		{Side: model.IdentitySide, State: model.LicenceMissing},
		{Side: model.EndpointSide, State: model.LicenceMissing},
	}
	for _, r := range records {
		for _, p := range r.Plans {
			known, ok := plans[strings.ToLower(p.ID)]
			if !ok {
				continue
			}
			found := model.Licence{Side: known.side, Plan: known.name, Hunting: known.hunting, State: licenceState(r.Status, p.Status)}
			if best := &licences[known.side]; isBetter(found, *best) {
				*best = found
			}
		}
	}
	return licences
}

// licenceState joins the state of a subscription with that of a plan in it.
func licenceState(subscription, plan string) model.LicenceState {
	enabled, warning := strings.EqualFold(subscription, "Enabled"), strings.EqualFold(subscription, "Warning")
	ready := strings.EqualFold(plan, "Success")
	pending := len(plan) >= 7 && strings.EqualFold(plan[:7], "Pending") // PendingInput, PendingActivation, PendingProvisioning
	switch {
	case enabled && ready:
		return model.LicenceActive
	case warning && ready:
		return model.LicenceWarning
	case (enabled || warning) && pending:
		return model.LicencePending
	}
	return model.LicenceMissing
}

// isBetter prefers what works, then what includes hunting, then the better state.
func isBetter(a, b model.Licence) bool {
	works := func(l model.Licence) bool { return l.State >= model.LicenceWarning }
	switch {
	case works(a) != works(b):
		return works(a)
	case works(a) && a.Hunting != b.Hunting:
		return a.Hunting
	}
	return a.State > b.State
}
