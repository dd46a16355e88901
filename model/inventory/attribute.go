package inventory

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"adbadge/model"
)

// attribution says which entities the alerts count for. An alert's number is twice its place in its list, and one more
// in that of Defender for Identity, so that it stays the same when either list grows.
type attribution struct {
	lists [2]Alerts
	order []uint32 // numbers of the alerts that count, newest first
	rows  lists    // rows of each alert
	ofRow lists    // numbers of the alerts of each row, newest first
	// matches holds, for users, the strongest rule by which an alert named them.
	matches   []model.Match
	doubts    map[uint32][]*doubt // by alert
	contested map[uint32]bool     // rows that they are about
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

// counts reports whether an alert is not replaced by the same one in the other list.
func (a *attribution) counts(number uint32) bool {
	twin, repeated := a.twin(number)
	return !repeated || !a.isReplaced(number, twin)
}

func (a *attribution) has(number uint32) bool { return int(number>>1) < a.lists[number&1].Len() }

// alertChanges says what differs between one attribution and the next.
type alertChanges struct {
	whole bool     // everything may
	rows  []uint32 // whose alerts, rules or doubts may be other ones
}

// next gives the attribution for other alerts, or after machine records or entities have changed. Only those alerts are
// looked at again for which something may have changed.
func (a *attribution) next(p *placement, k *Knowledge, rows *rowChanges, places *placeChanges) (*attribution, *alertChanges) {
	next := &attribution{lists: [2]Alerts{k.EndpointAlerts, k.IdentityAlerts}}
	changed, comparable := next.changedSince(a)
	if !comparable || rows.whole || places.whole || isMuch(len(changed), next.numbers()) {
		next.attributeAll(p)
		return next, &alertChanges{whole: true}
	}
	looked := union(changed, next.touched(&rows.keys), next.touched(&places.keys))
	if len(looked) == 0 && p.table.rows == len(a.matches) {
		return a, &alertChanges{}
	}
	next.order = a.orderWith(next, changed)
	return next, next.attribute(a, p, looked)
}

// changedSince gives the numbers of the alerts that have changed, and of the same ones in the other list. It reports false
// when the lists cannot be compared.
func (a *attribution) changedSince(before *attribution) (changed []uint32, ok bool) {
	for list := range uint32(2) {
		numbers, ok := a.lists[list].changedSince(&before.lists[list].list)
		if !ok {
			return nil, false
		}
		for _, at := range numbers {
			changed = append(changed, at<<1|list)
		}
	}
	for _, number := range changed {
		for _, in := range [...]*attribution{before, a} {
			if in.has(number) {
				for _, with := range [...]*attribution{before, a} {
					if twin, repeated := with.findIn(number&1^1, in.id(number), in.facts(number).product); repeated {
						changed = append(changed, twin)
					}
				}
			}
		}
	}
	return union(changed), true
}

// touched gives the numbers of the alerts that name one of the keys.
func (a *attribution) touched(keys *keySet) (numbers []uint32) {
	for list := range uint32(2) {
		for _, at := range a.lists[list].touched(keys) {
			numbers = append(numbers, at<<1|list)
		}
	}
	return numbers
}

// attributeAll finds the rows of all alerts.
func (a *attribution) attributeAll(p *placement) {
	for list := range uint32(2) {
		for at := range uint32(a.lists[list].Len()) {
			if number := at<<1 | list; a.counts(number) {
				a.order = append(a.order, number)
			}
		}
	}
	a.sortNewestFirst(a.order)
	found := a.lookAt(a.order, p, nil)
	a.matches = make([]model.Match, p.table.rows)
	places := make([]uint32, a.numbers())
	for place, number := range a.order {
		places[number] = uint32(place) + 1
		for _, f := range found.of(place) {
			if have := a.matches[f.row]; f.rule != model.MatchNone && (have == model.MatchNone || f.rule < have) {
				a.matches[f.row] = f.rule
			}
		}
	}
	a.rows = a.rows.with(a.numbers(), allNumbers(a.numbers()), func(number uint32, rows []uint32) []uint32 {
		if places[number] == 0 {
			return rows
		}
		return found.appendRows(rows, int(places[number])-1)
	})
	a.ofRow = newLists(p.table.rows, func(pair func(key, number uint32)) {
		for _, number := range a.order {
			for _, row := range a.rows.of(int(number)) {
				pair(row, number)
			}
		}
	})
	a.doubts = found.doubts
	a.contested = doubtful(a.doubts)
}

// attribute takes over what was found before, and looks at some alerts anew.
func (a *attribution) attribute(before *attribution, p *placement, looked []uint32) *alertChanges {
	a.doubts = before.doubts
	if len(a.doubts) > 0 {
		a.doubts = maps.Clone(a.doubts)
		for _, number := range looked {
			delete(a.doubts, number)
		}
	}
	counting := slices.DeleteFunc(slices.Clone(looked), func(number uint32) bool { return !a.has(number) || !a.counts(number) })
	found := a.lookAt(counting, p, a.doubts)
	if len(found.doubts) > 0 && a.doubts == nil {
		a.doubts = map[uint32][]*doubt{}
	}
	maps.Copy(a.doubts, found.doubts)
	a.contested = doubtful(a.doubts)

	var affected []uint32
	for _, number := range looked {
		affected = append(affected, before.rows.of(int(number))...)
	}
	gains := map[uint32][]uint32{}
	for place, number := range counting {
		for _, f := range found.of(place) {
			gains[f.row] = append(gains[f.row], number)
			affected = append(affected, f.row)
		}
	}
	affected = union(affected)
	a.rows = before.rows.with(a.numbers(), looked, func(number uint32, rows []uint32) []uint32 {
		if place, is := slices.BinarySearch(counting, number); is {
			return found.appendRows(rows, place)
		}
		return rows
	})
	a.ofRow = before.ofRow.with(p.table.rows, affected, func(row uint32, numbers []uint32) []uint32 {
		start := len(numbers)
		for _, number := range before.ofRow.of(int(row)) {
			if !contains(looked, number) {
				numbers = append(numbers, number)
			}
		}
		numbers = append(numbers, gains[row]...)
		slices.SortFunc(numbers[start:], a.compareAge)
		return numbers
	})
	a.match(before, p, affected)
	return &alertChanges{rows: union(affected, differing(before.contested, a.contested))}
}

// match finds the strongest rules of rows. Computers have none here.
func (a *attribution) match(before *attribution, p *placement, rows []uint32) {
	a.matches = make([]model.Match, p.table.rows)
	copy(a.matches, before.matches)
	e := newEvidence(p.table, p, a.doubts)
	for _, row := range rows {
		if int(row) >= p.table.rows {
			continue
		}
		a.matches[row] = model.MatchNone
		if p.table.kind(int(row)) == model.Computer {
			continue
		}
		for _, number := range a.ofRow.of(int(row)) {
			for _, f := range e.alert(a.text(number), a.facts(number).product) {
				if have := a.matches[row]; f.row == row && f.rule != model.MatchNone && (have == model.MatchNone || f.rule < have) {
					a.matches[row] = f.rule
				}
			}
		}
	}
}

func (a *attribution) text(number uint32) reader { return a.lists[number&1].text(number >> 1) }

// findings are the rows of some alerts, by the places of these.
type findings struct {
	starts []uint32
	rows   []foundRow
	doubts map[uint32][]*doubt // by the numbers of the alerts
}

func (f *findings) of(place int) []foundRow { return f.rows[f.starts[place]:f.starts[place+1]] }

func (f *findings) appendRows(rows []uint32, place int) []uint32 {
	for _, found := range f.of(place) {
		rows = append(rows, found.row)
	}
	return rows
}

// lookAt finds the rows of alerts, on all processors.
func (a *attribution) lookAt(numbers []uint32, p *placement, doubts map[uint32][]*doubt) *findings {
	type part struct {
		from int
		findings
	}
	var parts []part
	var lock sync.Mutex
	inParts(len(numbers), func(from, to int) {
		e := newEvidence(p.table, p, doubts)
		found := part{from, findings{doubts: map[uint32][]*doubt{}}}
		for _, number := range numbers[from:to] {
			found.rows = append(found.rows, e.alert(a.text(number), a.facts(number).product)...)
			found.starts = append(found.starts, uint32(len(found.rows)))
			if len(e.doubts) > 0 {
				found.doubts[number] = e.doubts
			}
		}
		lock.Lock()
		defer lock.Unlock()
		parts = append(parts, found)
	})
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.from, b.from) })
	all := &findings{starts: make([]uint32, 1, len(numbers)+1), doubts: map[uint32][]*doubt{}}
	for _, part := range parts {
		before := uint32(len(all.rows))
		for _, end := range part.starts {
			all.starts = append(all.starts, before+end)
		}
		all.rows = append(all.rows, part.rows...)
		maps.Copy(all.doubts, part.doubts)
	}
	return all
}
