package inventory

import (
	"sync"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// View is the inventory that screens and commands read: a Table and what is known about its entities. Rows are
// numbered from 0 in the order in which the directory gave them. A View never changes. Its parts may be shared with the
// Views before and after it.
type View struct {
	table     *Table
	knowledge Knowledge

	place  *placement
	alerts *attribution
	logons *sightings

	badges []model.Badge
	counts Counts
	orders [columnCount][2]*lazyOrder
	all    *alertList
	// preview says that the badges do not follow from what is known here, so that no next View goes on from it.
	preview bool
}

// alertList holds all alerts, made when they are first asked for.
type alertList struct {
	once   sync.Once
	alerts []*model.Alert
}

// Len gives the number of entities.
func (v *View) Len() int { return v.table.rows }

// Table gives the directory's part.
func (v *View) Table() *Table { return v.table }

// Knowledge gives what was joined. It must not be changed.
func (v *View) Knowledge() Knowledge { return v.knowledge }

// Entity puts one entity together. Parts of a second of its times are lost.
func (v *View) Entity(row int) model.Entity { return v.table.entity(row) }

// ID gives the objectGUID.
func (v *View) ID(row int) model.GUID {
	b, at := v.table.at(row)
	return b.ids[at]
}

// Kind tells users from computers.
func (v *View) Kind(row int) model.Kind { return v.table.kind(row) }

// Flags gives the yes-or-no facts.
func (v *View) Flags(row int) model.EntityFlags { return v.table.flags(row) }

// Name gives the display name of a user, or the name of a computer without "$".
func (v *View) Name(row int) text.Line {
	r := v.table.record(row)
	return text.Line(r.displayName())
}

// SAM gives the sAMAccountName.
func (v *View) SAM(row int) text.Line { return text.Line(v.table.record(row).sam) }

// Domain gives the DNS name of the domain.
func (v *View) Domain(row int) text.Line { return text.Line(v.table.domain(row)) }

// Group gives what the screen shows as "department / OS".
func (v *View) Group(row int) text.Line {
	b, at := v.table.at(row)
	if b.kinds[at] == model.Computer {
		return text.Line(v.table.systems[b.systems[at]])
	}
	return text.Line(v.table.departments[b.jobs[at]])
}

// OU gives the path of containers.
func (v *View) OU(row int) text.Line {
	b, at := v.table.at(row)
	return text.Line(v.table.paths[b.places[at]])
}

// Badge gives the state on the endpoint side.
func (v *View) Badge(row int) model.Badge { return v.badges[row] }

// Match says by which rule the entity and its counterpart were brought together, the strongest if there are several.
func (v *View) Match(row int) model.Match {
	switch {
	case v.place.matches[row] != model.MatchNone: // a computer
		return v.place.matches[row]
	case v.alerts.matches[row] == model.MatchNone && v.logons.newest[row] != 0:
		return model.MatchLogon
	}
	return v.alerts.matches[row]
}

// Machine gives the record that says how a computer is: the one seen last. It is nil where there is none.
func (v *View) Machine(row int) *model.Machine {
	if records := v.place.records.of(row); len(records) > 0 {
		return v.machine(records[0])
	}
	return nil
}

// HasMachine reports whether an entity has a machine record.
func (v *View) HasMachine(row int) bool { return len(v.place.records.of(row)) > 0 }

// Machines gives the records of a computer, the one seen last first.
func (v *View) Machines(row int) []*model.Machine { return v.records(v.place.records.of(row)) }

// Candidates gives the records that an ambiguous badge is about. A user's ambiguous badge has none.
func (v *View) Candidates(row int) []*model.Machine {
	return v.records(v.place.candidates(uint32(row)))
}

func (v *View) records(numbers []uint32) []*model.Machine {
	if len(numbers) == 0 {
		return nil
	}
	records := make([]*model.Machine, len(numbers))
	for i, number := range numbers {
		records[i] = v.machine(number)
	}
	return records
}

func (v *View) machine(number uint32) *model.Machine {
	record := v.place.machines.record(number)
	return &record
}

// machineFacts gives what is needed often of the record seen last, nil where there is none.
func (v *View) machineFacts(row int) *machineFacts {
	if records := v.place.records.of(row); len(records) > 0 {
		return v.place.machines.facts(records[0])
	}
	return nil
}

// Health, Risk and Exposure say how a computer is, by the record seen last; false where there is none.
func (v *View) Health(row int) (model.Health, bool) {
	f := v.machineFacts(row)
	if f == nil {
		return model.HealthUnknown, false
	}
	return f.health, true
}

// Risk: see Health.
func (v *View) Risk(row int) (model.Severity, bool) {
	f := v.machineFacts(row)
	if f == nil {
		return model.NoSeverity, false
	}
	return f.risk, true
}

// Exposure: see Health.
func (v *View) Exposure(row int) (model.Severity, bool) {
	f := v.machineFacts(row)
	if f == nil {
		return model.NoSeverity, false
	}
	return f.exposure, true
}

// MachineRow finds the entity that a machine record belongs to, by the record's id.
func (v *View) MachineRow(id string) (row int, ok bool) {
	record, ok := v.place.machines.findID(id)
	if !ok || v.place.owners[record] == noRow {
		return 0, false
	}
	return int(v.place.owners[record]), true
}

// Logon says where Defender for Endpoint saw an account last.
func (v *View) Logon(row int) (model.Logon, bool) {
	number := v.logons.newest[row]
	if number == 0 {
		return model.Logon{}, false
	}
	return v.logons.logons.logon(number - 1), true
}

// Find gives the row of an objectGUID.
func (v *View) Find(id model.GUID) (row int, ok bool) { return v.table.find(id) }

// Alerts gives the alerts of both products that count for an entity, open and resolved, newest first.
func (v *View) Alerts(row int) []*model.Alert { return v.read(v.alerts.ofRow.of(row)) }

// AllAlerts gives every alert once, newest first, whether it counts for an entity or not. It is made at the first call
// and must not be changed.
func (v *View) AllAlerts() []*model.Alert {
	v.all.once.Do(func() { v.all.alerts = v.read(v.alerts.order) })
	return v.all.alerts
}

// EachOpenAlert visits the open alerts with the rows of the entities that each counts for, newest first, and keeps none
// of them in memory.
func (v *View) EachOpenAlert(visit func(a *model.Alert, rows []uint32)) {
	for _, number := range v.alerts.order {
		if v.alerts.facts(number).isOpen() {
			a := v.alerts.alert(number)
			visit(&a, v.alerts.rows.of(int(number)))
		}
	}
}

func (v *View) read(numbers []uint32) []*model.Alert {
	if len(numbers) == 0 {
		return nil
	}
	alerts := make([]*model.Alert, len(numbers))
	for i, number := range numbers {
		a := v.alerts.alert(number)
		a.Incident = v.knowledge.Incidents[a.IncidentID]
		alerts[i] = &a
	}
	return alerts
}

// AlertRows gives the entities that an alert counts for. The alert may come from another View: it is found by its id.
func (v *View) AlertRows(a *model.Alert) []int {
	number, ok := v.alerts.find(a)
	if !ok {
		return nil
	}
	found := v.alerts.rows.of(int(number))
	rows := make([]int, len(found))
	for i, row := range found {
		rows[i] = int(row)
	}
	return rows
}

// OpenAlerts counts the open alerts of one product on an entity, and gives the worst severity among them.
func (v *View) OpenAlerts(row int, product model.Product) (open int, worst model.Severity) {
	for _, number := range v.alerts.ofRow.of(row) {
		if f := v.alerts.facts(number); f.product == product && f.isOpen() {
			open++
			worst = max(worst, rankedSeverity(f.severity))
		}
	}
	return open, worst
}

// IdentityBadge is what Defender for Identity says of an entity: its open alerts, or none when it has answered.
func (v *View) IdentityBadge(row int) model.Badge {
	switch off := v.knowledge.Off; off {
	case model.IntegrationOff, model.IdentitySideOff, model.EndpointSideOff:
		return model.Badge{State: model.BadgeUnknown, Reason: off}
	}
	stale := v.knowledge.Stale
	if open, worst := v.OpenAlerts(row, model.DefenderForIdentity); open > 0 {
		return model.Badge{
			State: model.BadgeAlerts, Reason: model.SeenInAlert, Severity: worst, Alerts: uint16(min(open, 65535)), Stale: stale,
		}
	}
	switch v.knowledge.IdentityAlertsAnswer.State {
	case Answered:
		return model.Badge{State: model.BadgeRecognized, Stale: stale}
	case Incomplete:
		return model.Badge{State: model.BadgeUnknown, Reason: model.AnswerIncomplete, Stale: stale}
	case Failed:
		return model.Badge{State: model.BadgeUnknown, Reason: model.IdentityFailed}
	case Denied:
		return model.Badge{State: model.BadgeUnknown, Reason: model.IdentityDenied}
	case NotConfigured:
		return model.Badge{State: model.BadgeUnknown, Reason: model.IdentityNotConfigured}
	}
	return model.Badge{State: model.BadgeUnknown, Reason: model.IdentityNotAsked}
}

// Seen says when the counterpart was seen last: the machine record, or the account on a machine. It is zero when never.
func (v *View) Seen(row int) time.Time { return v.seen(row).time() }

func (v *View) seen(row int) instant {
	if f := v.machineFacts(row); f != nil {
		return f.seen
	}
	if number := v.logons.newest[row]; number != 0 {
		return v.logons.logons.facts(number - 1).at
	}
	return noInstant
}
