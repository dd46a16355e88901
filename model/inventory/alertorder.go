package inventory

import (
	"cmp"
	"slices"
	"strings"
)

// compareAge puts the alert that was raised last first.
func (a *attribution) compareAge(x, y uint32) int {
	if c := a.facts(y).raised().compare(a.facts(x).raised()); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(a.id(x), a.id(y)), cmp.Compare(x, y))
}

// sortNewestFirst sorts many alerts.
func (a *attribution) sortNewestFirst(numbers []uint32) {
	type aged struct {
		raised instant
		number uint32
	}
	list := make([]aged, len(numbers))
	for i, number := range numbers {
		list[i] = aged{a.facts(number).raised(), number}
	}
	slices.SortFunc(list, func(x, y aged) int {
		if c := y.raised.compare(x.raised); c != 0 {
			return c
		}
		return a.compareAge(x.number, y.number)
	})
	for i := range list {
		numbers[i] = list[i].number
	}
}

// orderWith gives the order of the next attribution, in which some alerts have changed.
func (a *attribution) orderWith(next *attribution, changed []uint32) []uint32 {
	if len(changed) == 0 {
		return a.order
	}
	kept := slices.DeleteFunc(slices.Clone(a.order), func(number uint32) bool { return contains(changed, number) })
	added := slices.DeleteFunc(slices.Clone(changed), func(number uint32) bool { return !next.has(number) || !next.counts(number) })
	next.sortNewestFirst(added)
	return insertSorted(kept, added, next.compareAge)
}

// insertSorted puts a few numbers among many, both of them in order.
func insertSorted(many, few []uint32, compare func(a, b uint32) int) []uint32 {
	all := make([]uint32, 0, len(many)+len(few))
	for _, number := range few {
		at, _ := slices.BinarySearchFunc(many, number, compare)
		all = append(append(all, many[:at]...), number)
		many = many[at:]
	}
	return append(all, many...)
}
