package inventory

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"adbadge/model"
)

// Join brings the directory and the answers of both products together. It keeps t and the slices of k.
func Join(t *Table, k Knowledge) *View {
	v := &View{table: t, knowledge: k}
	var wait sync.WaitGroup
	wait.Go(func() { v.place = placeMachines(t, k.Machines, nil) })
	v.machineIndex = indexMachines(k.Machines)
	v.alertIndex = indexAlerts(k.Alerts)
	v.alertOrder = newestFirst(k.Alerts, v.alertIndex.replaced)
	wait.Wait()

	if replaced := v.machineIndex.replaced; len(replaced) > 0 {
		v.place = placeMachines(t, k.Machines, replaced)
	}
	ofAlerts, ofLogons := v.newEvidence(), v.newEvidence()
	wait.Go(func() {
		v.listMachines()
		v.attributeLogons(ofLogons)
	})
	v.attributeAlerts(ofAlerts)
	wait.Wait()
	for row, logon := range v.logons {
		if logon != 0 {
			ofAlerts.note(uint32(row), model.MatchLogon)
		}
	}
	v.contested = ofAlerts.contested
	maps.Copy(v.contested, ofLogons.contested)
	v.badges = makeBadges(v)
	v.counts = v.count()
	return v
}

// newestFirst sorts the alerts that were not replaced by when they were raised.
func newestFirst(alerts []model.Alert, replaced []bool) []uint32 {
	type aged struct {
		seconds int64
		number  uint32
	}
	list := make([]aged, 0, len(alerts))
	for i := range alerts {
		if !replaced[i] {
			list = append(list, aged{raised(&alerts[i]).Unix(), uint32(i)})
		}
	}
	slices.SortFunc(list, func(a, b aged) int {
		if a.seconds != b.seconds {
			return cmp.Compare(b.seconds, a.seconds)
		}
		x, y := &alerts[a.number], &alerts[b.number]
		return cmp.Or(raised(y).Compare(raised(x)), cmp.Compare(x.ID, y.ID), cmp.Compare(a.number, b.number))
	})
	order := make([]uint32, len(list))
	for i := range list {
		order[i] = list[i].number
	}
	return order
}

// raised is when an alert came up; for one that does not say, when it changed last.
func raised(a *model.Alert) time.Time {
	if a.Created.IsZero() {
		return a.Updated
	}
	return a.Created
}

// listMachines makes the list of records of each row, the one seen last first: rule 5.
func (v *View) listMachines() {
	owners := v.place.owners
	v.machines = newLists(v.table.rows, func(pair func(key, number uint32)) {
		for record, row := range owners {
			if row < repeatedRecord {
				pair(row, uint32(record))
			}
		}
	})
	for row := range v.table.rows {
		if v.machines.starts[row+1]-v.machines.starts[row] > 1 {
			v.seenLastFirst(v.machines.of(row))
		}
	}
}

// seenLastFirst sorts records. Of those seen at the same time, one that still stands goes before one that was merged, and
// before one that the product takes for a duplicate.
func (v *View) seenLastFirst(records []uint32) {
	slices.SortFunc(records, func(a, b uint32) int {
		x, y := &v.knowledge.Machines[a], &v.knowledge.Machines[b]
		return cmp.Or(
			y.LastSeen.Compare(x.LastSeen),
			compareBool(x.MergedInto != "", y.MergedInto != ""),
			compareBool(x.PotentialDuplicate, y.PotentialDuplicate),
			cmp.Compare(y.Onboarding, x.Onboarding),
			cmp.Compare(x.ID, y.ID),
			cmp.Compare(a, b),
		)
	})
}

// compareBool puts false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// attributeAlerts finds the rows of each alert, and with them the alerts of each row, newest first.
func (v *View) attributeAlerts(e *evidence) {
	v.alertRows.starts = make([]uint32, 1, len(v.alertOrder)+1)
	var rows []uint32
	for _, number := range v.alertOrder {
		rows = e.rowsOf(&v.knowledge.Alerts[number], rows[:0])
		v.alertRows.numbers = append(v.alertRows.numbers, rows...)
		v.alertRows.starts = append(v.alertRows.starts, uint32(len(v.alertRows.numbers)))
	}
	v.alertPlaces = make([]uint32, len(v.knowledge.Alerts))
	for place, number := range v.alertOrder {
		v.alertPlaces[number] = uint32(place)
	}
	v.alerts = newLists(v.table.rows, func(pair func(key, number uint32)) {
		for place, number := range v.alertOrder {
			for _, row := range v.alertRows.of(place) {
				pair(row, number)
			}
		}
	})
}

// attributeLogons finds the newest logon of each user.
func (v *View) attributeLogons(e *evidence) {
	logons := v.knowledge.Logons
	v.logons = make([]uint32, v.table.rows)
	for i := range logons {
		row, ok := e.logon(&logons[i])
		if !ok {
			continue
		}
		if have := v.logons[row]; have == 0 || logons[i].At.After(logons[have-1].At) {
			v.logons[row] = uint32(i) + 1
		}
	}
}
