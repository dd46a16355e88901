package inventory

import (
	"maps"
	"sync"

	"adbadge/model"
)

// Join brings the directory and the answers of both products together.
func Join(t *Table, k Knowledge) *View { return new(View).Next(t, k) }

// Next gives the View that Join would give. It takes over from v, which stays as it is, what follows from things that
// are still the same: the same Table and the same lists.
func (v *View) Next(t *Table, k Knowledge) *View {
	next := &View{table: t, knowledge: k, place: v.place, logons: v.logons, alerts: v.alerts}
	samePlaces := t == v.table && k.Machines.isSame(&v.knowledge.Machines.list)
	sameLogons := t == v.table && k.Logons.isSame(&v.knowledge.Logons.list)
	sameAlerts := samePlaces && k.EndpointAlerts.isSame(&v.knowledge.EndpointAlerts.list) &&
		k.IdentityAlerts.isSame(&v.knowledge.IdentityAlerts.list)
	var wait sync.WaitGroup
	if !samePlaces {
		wait.Go(func() { next.place = placeMachines(t, k.Machines) })
	}
	if !sameAlerts {
		next.alerts = orderAlerts(&k)
	}
	wait.Wait()
	if !sameLogons {
		wait.Go(func() { next.logons = attributeLogons(t, k.Logons) })
	}
	if !sameAlerts {
		next.alerts.attribute(next.place)
	}
	wait.Wait()
	if next.judgesAs(v) {
		next.badges, next.counts = v.badges, v.counts
	} else {
		next.badges = makeBadges(next)
		next.counts = next.count()
	}
	next.takeOrders(v)
	return next
}

// isSame reports whether two slices are one and the same.
func isSame[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// judgesAs reports whether the badges of two Views follow from the same things.
func (v *View) judgesAs(o *View) bool {
	return v.place == o.place && v.alerts == o.alerts && v.logons == o.logons && v.judged() == o.judged() &&
		maps.Equal(v.knowledge.Asked, o.knowledge.Asked)
}

// judged is what badges follow from beside facts about single entities.
type judged struct {
	machines, alerts, logons AnswerState
	off                      model.Reason
	stale                    bool
}

func (v *View) judged() judged {
	k := &v.knowledge
	return judged{k.MachinesAnswer.State, k.EndpointAlertsAnswer.State, k.LogonsAnswer.State, k.Off, k.Stale}
}
