package export

import (
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

// Alert is one alert of either product as JSON has it. The keys stay as they are.
type Alert struct {
	ID             string      `json:"id"`
	Product        string      `json:"product"`
	Title          text.Line   `json:"title"`
	Description    text.Line   `json:"description"`
	Severity       string      `json:"severity"`
	Status         string      `json:"status"`
	Open           bool        `json:"open"`
	Category       text.Line   `json:"category"`
	Phase          string      `json:"phase"`
	Techniques     []text.Line `json:"techniques"`
	ThreatFamily   text.Line   `json:"threatFamily"`
	ThreatName     text.Line   `json:"threatName"`
	Actor          text.Line   `json:"actor"`
	DetectedBy     text.Line   `json:"detectedBy"`
	Incident       text.Line   `json:"incident"`
	AssignedTo     text.Line   `json:"assignedTo"`
	Recommendation text.Line   `json:"recommendation"`
	Created        *time.Time  `json:"created"`
	Updated        *time.Time  `json:"updated"`
	Resolved       *time.Time  `json:"resolved"`
	FirstActivity  *time.Time  `json:"firstActivity"`
	LastActivity   *time.Time  `json:"lastActivity"`
	Entities       []AlertRow  `json:"entities"`
	Link           *string     `json:"link"`
}

// AlertRow names an entity that an alert counts for.
type AlertRow struct {
	ID   string    `json:"id"`
	Kind string    `json:"kind"`
	Name text.Line `json:"name"`
}

// AlertLinker gives the page of an alert in its portal, or an error that says why there is none.
type AlertLinker func(a *model.Alert) (string, error)

// NewAlert gathers what is known of one alert.
func NewAlert(v *inventory.View, a *model.Alert, link AlertLinker) Alert {
	out := Alert{
		ID: a.ID, Product: a.Product.String(), Title: a.Title, Description: a.Description,
		Severity: severity(a), Status: status(a), Open: a.IsOpen(),
		Category: a.Category, Phase: a.Phase.String(), Techniques: append([]text.Line{}, a.Techniques...),
		ThreatFamily: a.ThreatFamily, ThreatName: a.ThreatName, Actor: a.Actor, DetectedBy: a.Source, Incident: a.Incident,
		AssignedTo: a.AssignedTo, Recommendation: a.Recommended,
		Created: Time(a.Created), Updated: Time(a.Updated), Resolved: Time(a.Resolved),
		FirstActivity: Time(a.FirstActivity), LastActivity: Time(a.LastActivity),
		Entities: []AlertRow{},
	}
	for _, row := range v.AlertRows(a) {
		out.Entities = append(out.Entities, AlertRow{ID: v.ID(row).String(), Kind: v.Kind(row).String(), Name: v.Name(row)})
	}
	if link != nil {
		if address, err := link(a); err == nil && address != "" {
			out.Link = &address
		}
	}
	return out
}

// severity gives one that adbadge does not know as it came.
func severity(a *model.Alert) string {
	if a.Severity == model.OtherSeverity && a.SeverityText != "" {
		return a.SeverityText.String()
	}
	return a.Severity.String()
}

func status(a *model.Alert) string {
	if a.Status == model.StatusOther && a.StatusText != "" {
		return a.StatusText.String()
	}
	return a.Status.String()
}
