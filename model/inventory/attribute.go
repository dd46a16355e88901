package inventory

import (
	"cmp"
	"slices"
	"strings"

	"adbadge/model"
)

// attribution says which entities the alerts count for. An alert's number is twice its place in its list, and one more
// in that of Defender for Identity, so that it stays the same when either list grows.
type attribution struct {
	lists  [2]Alerts
	order  []uint32 // numbers of the alerts that count, newest first
	places []uint32 // where each alert stands in order
	rows   lists    // rows of each alert, by its place in order
	ofRow  lists    // numbers of the alerts of each row, newest first
	// matches holds, for users, the strongest rule by which an alert named them.
	matches   []model.Match
	contested map[uint32]bool // see evidence
}

func (a *attribution) facts(number uint32) *alertFacts { return a.lists[number&1].facts(number >> 1) }

func (a *attribution) alert(number uint32) model.Alert { return a.lists[number&1].alert(number >> 1) }

func (a *attribution) id(number uint32) string { return a.lists[number&1].id(number >> 1) }

// numbers is above all numbers of alerts.
func (a *attribution) numbers() int { return 2 * max(a.lists[0].Len(), a.lists[1].Len()) }

// findIn gives the number of an alert in one list.
func (a *attribution) findIn(list uint32, id string, product model.Product) (number uint32, ok bool) {
	at, ok := a.lists[list].findID(id, product)
	return at<<1 | list, ok
}

// find gives the number of an alert, that of the newer one where it is in both lists.
func (a *attribution) find(wanted *model.Alert) (number uint32, ok bool) {
	for list := range uint32(2) {
		if number, ok = a.findIn(list, wanted.ID, wanted.Product); ok {
			if twin, repeated := a.twin(number); repeated && a.isReplaced(number, twin) {
				return twin, true
			}
			return number, true
		}
	}
	return 0, false
}

// twin finds the same alert in the other list.
func (a *attribution) twin(number uint32) (twin uint32, ok bool) {
	return a.findIn(number&1^1, a.id(number), a.facts(number).product)
}

// isReplaced reports whether the other of two that are the same alert counts: rule 6.
func (a *attribution) isReplaced(number, by uint32) bool {
	c := a.facts(number).updated.compare(a.facts(by).updated)
	return c < 0 || c == 0 && number&1 < by&1
}

// orderAlerts does what can be done before machine records are placed.
func orderAlerts(k *Knowledge) *attribution {
	a := &attribution{lists: [2]Alerts{k.EndpointAlerts, k.IdentityAlerts}}
	for list := range uint32(2) {
		for at := range uint32(a.lists[list].Len()) {
			number := at<<1 | list
			if twin, repeated := a.twin(number); !repeated || !a.isReplaced(number, twin) {
				a.order = append(a.order, number)
			}
		}
	}
	slices.SortFunc(a.order, a.compareAge)
	a.places = make([]uint32, a.numbers())
	for place, number := range a.order {
		a.places[number] = uint32(place)
	}
	return a
}

// compareAge puts the alert that was raised last first.
func (a *attribution) compareAge(x, y uint32) int {
	if c := a.facts(y).raised().compare(a.facts(x).raised()); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(a.id(x), a.id(y)), cmp.Compare(x, y))
}

// attribute finds the rows of each alert, and with them the alerts of each row.
func (a *attribution) attribute(p *placement) {
	e := newEvidence(p.table)
	a.matches = make([]model.Match, p.table.rows)
	a.rows.starts = make([]uint32, 1, len(a.order)+1)
	for _, number := range a.order {
		a.rows.numbers = e.rowsOf(p, a.lists[number&1].text(number>>1), a.facts(number).product, a.rows.numbers, a.note)
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

func attributeLogons(t *Table, logons Logons) *sightings {
	e := newEvidence(t)
	s := &sightings{newest: make([]uint32, t.rows), contested: e.contested}
	for number := range uint32(logons.Len()) {
		l := logons.logon(number)
		row, ok := e.logon(&l)
		if !ok {
			continue
		}
		if have := s.newest[row]; have == 0 || logons.facts(have-1).at.before(logons.facts(number).at) {
			s.newest[row] = number + 1
		}
	}
	return s
}
