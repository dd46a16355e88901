package inventory

import (
	"adbadge/model"
)

// makeBadges computes the badge of every row: DESIGN, "The badge".
func makeBadges(v *View) []model.Badge {
	badges := make([]model.Badge, v.table.rows)
	if off := v.knowledge.Off; off != model.NoReason {
		for row := range badges {
			badges[row] = model.Badge{State: model.BadgeUnknown, Reason: off}
		}
		return badges
	}
	named := v.countEndpointAlerts(badges)
	j := judge{
		view: v, badges: badges, named: named,
		machines: v.knowledge.MachinesAnswer.State, alerts: v.knowledge.EndpointAlertsAnswer.State,
		logons: v.knowledge.LogonsAnswer.State, asked: v.knowledge.Asked,
	}
	inParts(v.table.rows, j.rows)
	return badges
}

// countEndpointAlerts puts the number and worst severity of open alerts of Defender for Endpoint into the badges, and
// gives the rows that any of its alerts names.
func (v *View) countEndpointAlerts(badges []model.Badge) (named map[uint32]bool) {
	named = map[uint32]bool{}
	for place, number := range v.alerts.order {
		f := v.alerts.facts(number)
		if f.product != model.DefenderForEndpoint {
			continue
		}
		for _, row := range v.alerts.rows.of(place) {
			named[row] = true
			if f.isOpen() {
				badges[row].Severity = max(badges[row].Severity, rankedSeverity(f.severity))
				badges[row].Alerts += min(1, 65535-badges[row].Alerts)
			}
		}
	}
	return named
}

// rankedSeverity takes an alert without a severity for one with an unknown severity.
func rankedSeverity(s model.Severity) model.Severity {
	if s == model.NoSeverity {
		return model.OtherSeverity
	}
	return s
}

// judge decides on badges. What is there is enough to say that an entity is known; that something is not there says
// something only if the answer came whole.
type judge struct {
	view                     *View
	badges                   []model.Badge
	named                    map[uint32]bool
	machines, alerts, logons AnswerState
	asked                    map[model.GUID]bool
}

func (j *judge) rows(from, to int) {
	stale := j.view.knowledge.Stale
	for row := from; row < to; row++ {
		badge := &j.badges[row]
		if j.view.table.kind(row) == model.Computer {
			j.computer(row, badge)
		} else {
			j.user(row, badge)
		}
		badge.Stale = stale && isAnswer(badge.Reason)
	}
}

// isAnswer reports whether the reason came from an answer, which has an age.
func isAnswer(r model.Reason) bool {
	switch r {
	case model.NotAsked, model.NotConfigured, model.EndpointFailed, model.EndpointDenied, model.AccountsNotAsked:
		return false
	}
	return true
}

// computer judges one: it is recognised by an onboarded record, and health comes from the record seen last.
func (j *judge) computer(row int, badge *model.Badge) {
	records := j.view.place.records.of(row)
	if len(records) > 0 {
		newest := j.view.place.machines.facts(records[0])
		if newest.onboarding == model.Onboarded {
			badge.Reason = sensorReason(newest.health)
			badge.Trouble = badge.Reason != model.SensorActive
		} else {
			badge.Reason = model.NotOnboarded
		}
	}
	switch {
	case badge.Alerts > 0:
		badge.State = model.BadgeAlerts
		if len(records) == 0 {
			badge.Reason = model.SeenInAlert
		}
	case badge.Reason == model.NotOnboarded:
		badge.State = model.BadgeDiscovered
	case len(records) > 0:
		badge.State = model.BadgeRecognized
		j.needAlerts(badge)
	case j.view.place.isContested(uint32(row)):
		badge.Reason = model.Ambiguous
	default:
		j.absent(badge, j.machines, model.NoMachine)
	}
}

// sensorReason says how a sensor is. A state that the record does not name, or that this program does not know, is
// no reason to alarm.
func sensorReason(h model.Health) model.Reason {
	switch h {
	case model.HealthInactive:
		return model.SensorInactive
	case model.HealthImpaired:
		return model.SensorImpaired
	case model.HealthNoSensorData:
		return model.SensorSilent
	}
	return model.SensorActive
}

// user judges one: it is recognised by a logon on an onboarded machine or by evidence in an alert.
func (j *judge) user(row int, badge *model.Badge) {
	switch {
	case badge.Alerts > 0:
		badge.State, badge.Reason = model.BadgeAlerts, model.SeenInAlert
	case j.view.logons.newest[row] != 0:
		badge.State, badge.Reason = model.BadgeRecognized, model.SeenOnMachine
		j.needAlerts(badge)
	case j.named[uint32(row)]:
		badge.State, badge.Reason = model.BadgeRecognized, model.SeenInAlert
		j.needAlerts(badge)
	case j.view.alerts.contested[uint32(row)], j.view.logons.contested[uint32(row)]:
		badge.Reason = model.Ambiguous
	case j.alerts != Answered:
		j.absent(badge, j.alerts, model.NoLogon)
	case len(j.asked) > 0 && j.asked[j.view.ID(row)]:
		j.absent(badge, Answered, model.NoLogon)
	case j.logons == NotAnswered, j.logons == Denied, j.logons == NotConfigured:
		badge.Reason = model.AccountsNotAsked
	default:
		j.absent(badge, j.logons, model.NoLogon)
	}
}

// needAlerts takes back "no open alert" where alerts could not be asked at all. Where only a part of them is missing,
// the badge stands, and the status panel names the gap.
func (j *judge) needAlerts(badge *model.Badge) {
	if j.alerts != Answered && j.alerts != Incomplete {
		*badge = model.Badge{}
		j.absent(badge, j.alerts, model.NoReason)
	}
}

// absent says what follows from not being in an answer.
func (j *judge) absent(badge *model.Badge, answer AnswerState, why model.Reason) {
	badge.State = model.BadgeUnknown
	switch answer {
	case Answered:
		badge.State, badge.Reason = model.BadgeUnrecognized, why
	case Incomplete:
		badge.Reason = model.AnswerIncomplete
	case NotAnswered:
		badge.Reason = model.NotAsked
	case NotConfigured:
		badge.Reason = model.NotConfigured
	case Denied:
		badge.Reason = model.EndpointDenied
	case Failed:
		badge.Reason = model.EndpointFailed
	}
}
