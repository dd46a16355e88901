package inventory

import (
	"sync"

	"adbadge/model"
)

// judge finds the badges, and counts them: DESIGN, "The badge". Where the same things decide, only those of rows that have
// changed are judged anew.
func (v *View) judge(before *View, changed *viewChanges) {
	changed.badges = union(changed.entities, changed.places, changed.alerts, changed.logons, v.askedOtherwise(before))
	changed.allBadges = changed.whole || v.judged() != before.judged()
	stale := v.knowledge.Stale
	switch {
	case changed.allBadges, isMuch(len(changed.badges), v.table.rows):
		v.judgeAll()
		return
	case len(changed.badges) == 0 && stale == before.knowledge.Stale:
		v.badges, v.counts = before.badges, before.counts
	default:
		v.badges = make([]model.Badge, v.table.rows)
		copy(v.badges, before.badges)
		if stale != before.knowledge.Stale {
			for row := range v.badges {
				v.badges[row].Stale = stale && isAnswer(v.badges[row].Reason)
			}
		}
		for _, row := range changed.badges {
			if int(row) < v.table.rows {
				v.badges[row] = v.badgeOf(int(row))
			}
		}
		v.counts = v.countAfter(before, changed.badges)
	}
	if v.alerts != before.alerts || v.place != before.place {
		v.countRecords()
	}
}

// judgeAll finds and counts all badges.
func (v *View) judgeAll() {
	v.badges = make([]model.Badge, v.table.rows)
	var lock sync.Mutex
	inParts(v.table.rows, func(from, to int) {
		var part Counts
		for row := from; row < to; row++ {
			v.badges[row] = v.badgeOf(row)
			v.countRow(row, 1, &part)
		}
		lock.Lock()
		defer lock.Unlock()
		v.counts.add(&part)
	})
	v.countRecords()
}

// askedOtherwise gives the rows of the users that were asked for one by one in one of two Views only.
func (v *View) askedOtherwise(before *View) (rows []uint32) {
	for _, pair := range [...][2]map[model.GUID]bool{{v.knowledge.Asked, before.knowledge.Asked}, {before.knowledge.Asked, v.knowledge.Asked}} {
		for id, asked := range pair[0] {
			if row, found := v.table.find(id); found && asked != pair[1][id] {
				rows = append(rows, uint32(row))
			}
		}
	}
	return rows
}

// rankedSeverity takes an alert without a severity for one with an unknown severity.
func rankedSeverity(s model.Severity) model.Severity {
	if s == model.NoSeverity {
		return model.OtherSeverity
	}
	return s
}

// badgeOf judges one row. What is there is enough to say that an entity is known; that something is not there says
// something only if the answer came whole.
func (v *View) badgeOf(row int) (badge model.Badge) {
	if off := v.knowledge.Off; off != model.NoReason {
		return model.Badge{State: model.BadgeUnknown, Reason: off}
	}
	open, worst := v.OpenAlerts(row, model.DefenderForEndpoint)
	badge.Alerts, badge.Severity = uint16(min(open, 65535)), worst
	if v.table.kind(row) == model.Computer {
		v.judgeComputer(row, &badge)
	} else {
		v.judgeUser(row, &badge)
	}
	badge.Stale = v.knowledge.Stale && isAnswer(badge.Reason)
	return badge
}

// isAnswer reports whether the reason came from an answer, which has an age.
func isAnswer(r model.Reason) bool {
	switch r {
	case model.NotAsked, model.NotConfigured, model.EndpointFailed, model.EndpointDenied, model.AccountsNotAsked,
		model.IntegrationOff, model.IdentitySideOff, model.EndpointSideOff:
		return false
	}
	return true
}

// judgeComputer judges one: it is recognised by an onboarded record, and health comes from the record seen last.
func (v *View) judgeComputer(row int, badge *model.Badge) {
	newest := v.machineFacts(row)
	if newest != nil {
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
		if newest == nil {
			badge.Reason = model.SeenInAlert
		}
	case badge.Reason == model.NotOnboarded:
		badge.State = model.BadgeDiscovered
	case newest != nil:
		badge.State = model.BadgeRecognized
		v.needAlerts(badge)
	case v.place.isContested(uint32(row)):
		badge.Reason = model.Ambiguous
	default:
		absent(badge, v.knowledge.MachinesAnswer.State, model.NoMachine)
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

// judgeUser judges one: it is recognised by a logon on an onboarded machine or by evidence in an alert.
func (v *View) judgeUser(row int, badge *model.Badge) {
	k := &v.knowledge
	switch {
	case badge.Alerts > 0:
		badge.State, badge.Reason = model.BadgeAlerts, model.SeenInAlert
	case v.logons.newest[row] != 0:
		badge.State, badge.Reason = model.BadgeRecognized, model.SeenOnMachine
		v.needAlerts(badge)
	case v.isNamed(row):
		badge.State, badge.Reason = model.BadgeRecognized, model.SeenInAlert
		v.needAlerts(badge)
	case v.alerts.contested[uint32(row)], v.logons.contested[uint32(row)]:
		badge.Reason = model.Ambiguous
	case k.EndpointAlertsAnswer.State != Answered:
		absent(badge, k.EndpointAlertsAnswer.State, model.NoLogon)
	case len(k.Asked) > 0 && k.Asked[v.ID(row)]:
		absent(badge, Answered, model.NoLogon)
	case k.LogonsAnswer.State == NotAnswered, k.LogonsAnswer.State == Denied, k.LogonsAnswer.State == NotConfigured:
		badge.Reason = model.AccountsNotAsked
	default:
		absent(badge, k.LogonsAnswer.State, model.NoLogon)
	}
}

// isNamed reports whether any alert of Defender for Endpoint names an entity.
func (v *View) isNamed(row int) bool {
	for _, number := range v.alerts.ofRow.of(row) {
		if v.alerts.facts(number).product == model.DefenderForEndpoint {
			return true
		}
	}
	return false
}

// needAlerts takes back "no open alert" where alerts could not be asked at all. Where only a part of them is missing,
// the badge stands, and the status panel names the gap.
func (v *View) needAlerts(badge *model.Badge) {
	if state := v.knowledge.EndpointAlertsAnswer.State; state != Answered && state != Incomplete {
		*badge = model.Badge{}
		absent(badge, state, model.NoReason)
	}
}

// absent says what follows from not being in an answer.
func absent(badge *model.Badge, answer AnswerState, why model.Reason) {
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
