package inventory

import (
	"cmp"
	"slices"
	"strings"
)

// listRecords makes the list of records of each row, the one seen last first: rule 5.
func (p *placement) listRecords() {
	p.records = newLists(p.table.rows, func(pair func(key, number uint32)) {
		for record, row := range p.owners {
			if row != noRow {
				pair(row, uint32(record))
			}
		}
	})
	for row := range p.table.rows {
		if p.records.starts[row+1]-p.records.starts[row] > 1 {
			p.seenLastFirst(p.records.of(row))
		}
	}
}

// seenLastFirst sorts records. Of those seen at the same time, one that still stands goes before one that was merged, and
// before one that the product takes for a duplicate.
func (p *placement) seenLastFirst(records []uint32) {
	slices.SortFunc(records, func(a, b uint32) int {
		x, y := p.machines.facts(a), p.machines.facts(b)
		return cmp.Or(
			y.seen.compare(x.seen),
			compareBool(x.has(merged), y.has(merged)),
			compareBool(x.has(potentialDuplicate), y.has(potentialDuplicate)),
			cmp.Compare(y.onboarding, x.onboarding),
			strings.Compare(p.machines.id(a), p.machines.id(b)),
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
