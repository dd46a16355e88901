package inventory

import (
	"cmp"
	"slices"
	"time"

	"adbadge/model"
)

// attribution says which entities the alerts count for.
type attribution struct {
	alerts []model.Alert
	index  *alertIndex
	order  []uint32 // numbers of the alerts that count, newest first
	places []uint32 // where each alert stands in order
	rows   lists    // rows of each alert, by its place in order
	ofRow  lists    // numbers of the alerts of each row, newest first
	// matches holds, for users, the strongest rule by which an alert named them.
	matches   []model.Match
	contested map[uint32]bool // see evidence
}

// prepareAlerts does what can be done before machine records are placed.
func prepareAlerts(alerts []model.Alert) *attribution {
	a := &attribution{alerts: alerts, index: indexAlerts(alerts)}
	a.sortNewestFirst()
	return a
}

// sortNewestFirst puts the alerts that were not replaced in the order in which they were raised.
func (a *attribution) sortNewestFirst() {
	type aged struct {
		seconds int64
		number  uint32
	}
	list := make([]aged, 0, len(a.alerts))
	for i := range a.alerts {
		if !a.index.replaced[i] {
			list = append(list, aged{raised(&a.alerts[i]).Unix(), uint32(i)})
		}
	}
	slices.SortFunc(list, func(x, y aged) int {
		if x.seconds != y.seconds {
			return cmp.Compare(y.seconds, x.seconds)
		}
		one, other := &a.alerts[x.number], &a.alerts[y.number]
		return cmp.Or(raised(other).Compare(raised(one)), cmp.Compare(one.ID, other.ID), cmp.Compare(x.number, y.number))
	})
	a.order = make([]uint32, len(list))
	a.places = make([]uint32, len(a.alerts))
	for place := range list {
		number := list[place].number
		a.order[place], a.places[number] = number, uint32(place)
	}
}

// raised is when an alert came up; for one that does not say, when it changed last.
func raised(a *model.Alert) time.Time {
	if a.Created.IsZero() {
		return a.Updated
	}
	return a.Created
}

// attribute finds the rows of each alert, and with them the alerts of each row.
func (a *attribution) attribute(p *placement) {
	e := newEvidence(p.table)
	a.matches = make([]model.Match, p.table.rows)
	a.rows.starts = make([]uint32, 1, len(a.order)+1)
	for _, number := range a.order {
		a.rows.numbers = e.rowsOf(p, &a.alerts[number], a.rows.numbers, a.note)
		a.rows.starts = append(a.rows.starts, uint32(len(a.rows.numbers)))
	}
	a.ofRow = newLists(p.table.rows, func(pair func(key, number uint32)) {
		for place, number := range a.order {
			for _, row := range a.rows.of(place) {
				pair(row, number)
			}
		}
	})
	a.contested = e.contested
}

// note keeps the strongest rule. The rules are numbered from the strongest.
func (a *attribution) note(row uint32, rule model.Match) {
	if have := a.matches[row]; have == model.MatchNone || rule < have {
		a.matches[row] = rule
	}
}

// sightings say where users were seen.
type sightings struct {
	newest    []uint32        // number of the newest logon of each row plus one, or 0
	contested map[uint32]bool // see evidence
}

func attributeLogons(t *Table, logons []model.Logon) *sightings {
	e := newEvidence(t)
	s := &sightings{newest: make([]uint32, t.rows), contested: e.contested}
	for i := range logons {
		row, ok := e.logon(&logons[i])
		if !ok {
			continue
		}
		if have := s.newest[row]; have == 0 || logons[i].At.After(logons[have-1].At) {
			s.newest[row] = uint32(i) + 1
		}
	}
	return s
}
