package inventory

import (
	"maps"
	"sync"

	"adbadge/model"
)

// Join brings the directory and the answers of both products together.
func Join(t *Table, k Knowledge) *View { return new(View).Next(t, k) }

// Next gives the View that Join would give. It takes over from v, which stays as it is, what has not changed, so that it
// costs little when little has.
func (v *View) Next(t *Table, k Knowledge) *View {
	if v.preview {
		v = new(View)
	}
	rows := t.changesSince(v.table)
	place, alerts, logons := v.place, v.alerts, v.logons
	if v.table == nil {
		place, alerts, logons = &placement{}, &attribution{}, &sightings{}
	} else {
		t.takeOver(v.table, rows)
	}
	next := &View{table: t, knowledge: k}
	var ofLogons *logonChanges
	var wait sync.WaitGroup
	wait.Go(func() { next.logons, ofLogons = logons.next(t, k.Logons, rows) })
	var ofPlaces *placeChanges
	next.place, ofPlaces = place.next(t, k.Machines, rows)
	var ofAlerts *alertChanges
	next.alerts, ofAlerts = alerts.next(next.place, &k, rows, ofPlaces)
	wait.Wait()

	changed := &viewChanges{whole: rows.whole || ofPlaces.whole || ofAlerts.whole || ofLogons.whole}
	if !changed.whole {
		changed.entities, changed.places, changed.alerts, changed.logons = rows.rows, ofPlaces.rows, ofAlerts.rows, ofLogons.rows
	}
	next.judge(v, changed)
	next.takeOrders(v, changed)
	if next.all = v.all; next.alerts != v.alerts || !maps.Equal(k.Incidents, v.knowledge.Incidents) {
		next.all = &alertList{}
	}
	return next
}

// viewChanges says what differs between one View and the next. All lists are of rows, of which some may be gone.
type viewChanges struct {
	whole    bool     // everything may
	entities []uint32 // what the directory says
	places   []uint32 // machine records
	alerts   []uint32
	logons   []uint32
	badges   []uint32
	// allBadges says that all badges may stand elsewhere in an order.
	allBadges bool
}

// judged is what badges follow from beside facts about single entities, but for their age.
type judged struct {
	machines, alerts, logons AnswerState
	off                      model.Reason
}

func (v *View) judged() judged {
	k := &v.knowledge
	return judged{k.MachinesAnswer.State, k.EndpointAlertsAnswer.State, k.LogonsAnswer.State, k.Off}
}
