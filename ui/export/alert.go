package export

import (
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

// Alert is one alert of either product as JSON has it. The keys stay as they are.
type Alert struct {
	ID               string      `json:"id"`
	Product          string      `json:"product"`
	Title            text.Line   `json:"title"`
	Description      text.Line   `json:"description"`
	Severity         string      `json:"severity"`
	Status           string      `json:"status"`
	Open             bool        `json:"open"`
	Category         text.Line   `json:"category"`
	Phase            string      `json:"phase"`
	Techniques       []text.Line `json:"techniques"`
	ThreatFamily     text.Line   `json:"threatFamily"`
	ThreatName       text.Line   `json:"threatName"`
	Actor            text.Line   `json:"actor"`
	DetectedBy       text.Line   `json:"detectedBy"`
	Classification   text.Line   `json:"classification"`
	Determination    text.Line   `json:"determination"`
	Investigation    text.Line   `json:"investigation"`
	Incident         text.Line   `json:"incident"` // its number
	IncidentTitle    text.Line   `json:"incidentTitle"`
	IncidentSeverity string      `json:"incidentSeverity"` // empty, as the title is, where the incident could not be read
	IncidentStatus   text.Line   `json:"incidentStatus"`
	IncidentLink     *string     `json:"incidentLink"`
	AssignedTo       text.Line   `json:"assignedTo"`
	Recommendation   text.Line   `json:"recommendation"`
	Created          *time.Time  `json:"created"`
	Updated          *time.Time  `json:"updated"`
	Resolved         *time.Time  `json:"resolved"`
	FirstActivity    *time.Time  `json:"firstActivity"`
	LastActivity     *time.Time  `json:"lastActivity"`
	Entities         []AlertRow  `json:"entities"`
	Evidence         []Evidence  `json:"evidence"`
	MoreEvidence     int         `json:"moreEvidence"` // pieces beyond those
	Link             *string     `json:"link"`
}

// AlertRow names an entity that an alert counts for.
type AlertRow struct {
	ID   string    `json:"id"`
	Kind string    `json:"kind"`
	Name text.Line `json:"name"`
}

// Evidence is one thing that an alert is about.
type Evidence struct {
	Kind        text.Line `json:"kind"`
	Name        text.Line `json:"name"`
	Verdict     text.Line `json:"verdict"`
	Remediation text.Line `json:"remediation"`
	Detection   text.Line `json:"detection"`
	Roles       []string  `json:"roles"`
}

// AlertLinks give the pages of an alert and of its incident in their portal, or an error that says why there is none.
type AlertLinks struct {
	Alert, Incident func(a *model.Alert) (string, error)
}

// NewAlert gathers what is known of one alert.
func NewAlert(v *inventory.View, a *model.Alert, links AlertLinks) Alert {
	out := Alert{
		ID: a.ID, Product: a.Product.String(), Title: a.Title, Description: a.Description,
		Severity: graded(a.Severity, a.SeverityText), Status: status(a), Open: a.IsOpen(),
		Category: a.Category, Phase: a.Phase.String(), Techniques: append([]text.Line{}, a.Techniques...),
		ThreatFamily: a.ThreatFamily, ThreatName: a.ThreatName, Actor: a.Actor, DetectedBy: a.Source,
		Classification: a.Classification, Determination: a.Determination, Investigation: a.Investigation, Incident: a.IncidentID,
		AssignedTo: a.AssignedTo, Recommendation: a.Recommended,
		Created: Time(a.Created), Updated: Time(a.Updated), Resolved: Time(a.Resolved),
		FirstActivity: Time(a.FirstActivity), LastActivity: Time(a.LastActivity),
		Entities: []AlertRow{}, Evidence: []Evidence{}, MoreEvidence: a.MoreEvidence,
		Link: linked(links.Alert, a),
	}
	if a.IncidentID != "" {
		out.IncidentLink = linked(links.Incident, a)
	}
	if in := a.Incident; in != nil {
		out.IncidentTitle, out.IncidentSeverity, out.IncidentStatus = in.Title, graded(in.Severity, in.SeverityText), in.Status
	}
	for _, e := range a.Evidence {
		out.Evidence = append(out.Evidence, Evidence{e.Kind, e.Name, e.Verdict, e.Remediation, e.Detection, e.RoleWords()})
	}
	for _, row := range v.AlertRows(a) {
		out.Entities = append(out.Entities, AlertRow{ID: v.ID(row).String(), Kind: v.Kind(row).String(), Name: v.Name(row)})
	}
	return out
}

// linked gives the address of a page, or nil where there is none.
func linked(page func(*model.Alert) (string, error), a *model.Alert) *string {
	if page == nil {
		return nil
	}
	link, err := page(a)
	if err != nil || link == "" {
		return nil
	}
	return &link
}

// graded gives the word of a severity; one that adbadge does not know as it came.
func graded(s model.Severity, asItCame text.Line) string {
	if s == model.OtherSeverity && asItCame != "" {
		return asItCame.String()
	}
	return s.String()
}

func status(a *model.Alert) string {
	if a.Status == model.StatusOther && a.StatusText != "" {
		return a.StatusText.String()
	}
	return a.Status.String()
}
