package inventory

import (
	"slices"

	"adbadge/model"
	"adbadge/model/text"
)

// Involvement is what an entity has to do with an incident.
type Involvement struct {
	ID       text.Line
	Incident *model.Incident // nil when only its number is known
	Alerts   []*model.Alert  // of the incident, that count for the entity, newest first
}

// Incidents gives the incidents that the alerts of an entity belong to, that of the newest alert first. One of which only
// the number is known counts while an alert of it is open.
func (v *View) Incidents(row int) []Involvement {
	var list []Involvement
	places := map[text.Line]int{}
	for _, a := range v.Alerts(row) {
		if a.IncidentID == "" {
			continue
		}
		place, ok := places[a.IncidentID]
		if !ok {
			place = len(list)
			places[a.IncidentID] = place
			list = append(list, Involvement{ID: a.IncidentID, Incident: a.Incident})
		}
		list[place].Alerts = append(list[place].Alerts, a)
	}
	return slices.DeleteFunc(list, func(i Involvement) bool {
		return i.Incident == nil && !slices.ContainsFunc(i.Alerts, (*model.Alert).IsOpen)
	})
}
