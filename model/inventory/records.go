package inventory

import (
	"cmp"
	"slices"
	"strings"
)

// listAllRecords makes the list of records of each row, the one seen last first: rule 5.
func (r *relocation) listAllRecords() {
	r.records = newLists(r.table.rows, func(pair func(key, number uint32)) {
		for record, row := range r.owners {
			if row != noRow {
				pair(row, uint32(record))
			}
		}
	})
	for row := range r.table.rows {
		if r.records.starts[row+1]-r.records.starts[row] > 1 {
			r.seenLastFirst(r.records.of(row))
		}
	}
}

// listRecords makes the lists anew of the rows for which something may have changed.
func (r *relocation) listRecords(records []uint32) {
	gains := map[uint32][]uint32{}
	for _, record := range records {
		if row := r.owners[record]; row != noRow {
			gains[row] = append(gains[row], record)
		}
	}
	r.rows = slices.DeleteFunc(union(r.rows), func(row uint32) bool { return row == noRow })
	r.records = r.old.records.with(r.table.rows, r.rows, func(row uint32, numbers []uint32) []uint32 {
		list := union(gains[row], slices.DeleteFunc(slices.Clone(r.old.records.of(int(row))), func(record uint32) bool {
			return int(record) >= len(r.owners) || r.owners[record] != row
		}))
		r.seenLastFirst(list)
		return append(numbers, list...)
	})
}

// seenLastFirst sorts records. Of those seen at the same time, one that still stands goes before one that was merged, and
// before one that the product takes for a duplicate.
func (p *placement) seenLastFirst(records []uint32) {
	slices.SortFunc(records, func(a, b uint32) int {
		x, y := p.machines.facts(a), p.machines.facts(b)
		if c := y.seen.compare(x.seen); c != 0 {
			return c
		}
		return cmp.Or(
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
