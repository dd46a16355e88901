package inventory

import (
	"maps"
	"slices"

	"adbadge/model"
)

// placeChanges says what differs between one placement and the next.
type placeChanges struct {
	whole bool     // everything may
	rows  []uint32 // whose records, rules or contests may be other ones
	keys  keySet   // of the ids of records that belong elsewhere, are new or are gone
}

// next gives the placement for other machine records, or for a Table that has changed. Only those records are looked up
// anew for which something may have changed.
func (p *placement) next(t *Table, machines Machines, rows *rowChanges) (*placement, *placeChanges) {
	changed, comparable := machines.changedSince(&p.machines.list)
	switch {
	case rows.whole || !comparable || isMuch(len(changed), machines.Len()):
		return placeAll(t, machines), &placeChanges{whole: true}
	case len(changed) == 0 && t == p.table:
		return p, &placeChanges{}
	case len(changed) == 0 && len(rows.named) == 0:
		same := *p
		same.table = t
		return &same, &placeChanges{}
	}
	r := newRelocation(p, t, machines)
	records := r.moved(changed, rows)
	r.loosen(records)
	r.lookUp(records)
	r.giveWinners(records)
	records = union(records, r.further(records))
	r.decide(records)
	r.listRecords(records)
	return r.placement, r.changes(union(changed, records))
}

// placeAll gives the placement of machine records without one before it.
func placeAll(t *Table, machines Machines) *placement {
	r := newRelocation(&placement{}, t, machines)
	records := allNumbers(machines.Len())
	r.lookUp(records)
	r.giveWinners(records)
	r.decide(records)
	r.listAllRecords()
	for _, record := range records {
		r.countUnplaced(record, 1, &r.unplaced)
	}
	return r.placement
}

// relocation makes a placement out of the one before.
type relocation struct {
	*placement
	old  *placement
	rows []uint32 // for which something may have changed
	gone []uint32 // records
	// fullNames and shortNames hold what is decided on names that several rows have, by the first of those rows.
	fullNames, shortNames map[uint32]*contest
	owned                 bool // the contests
}

func newRelocation(old *placement, t *Table, machines Machines) *relocation {
	next := &placement{table: t, machines: machines, records: old.records, contests: old.contests, ambiguous: old.ambiguous,
		owners: make([]uint32, machines.Len()), rules: make([]model.Match, machines.Len()), matches: make([]model.Match, t.rows)}
	for i := copy(next.owners, old.owners); i < len(next.owners); i++ {
		next.owners[i] = noRow
	}
	copy(next.rules, old.rules)
	copy(next.matches, old.matches)
	return &relocation{placement: next, old: old, fullNames: map[uint32]*contest{}, shortNames: map[uint32]*contest{}}
}

// moved gives the records that may belong elsewhere now: those of which more has changed than what machines report day by
// day, and those with the name or id of an entity, now or before, whose names or ids have changed.
func (r *relocation) moved(changed []uint32, rows *rowChanges) []uint32 {
	var moved []uint32
	for _, number := range changed {
		in, was := int(number) < r.machines.Len(), int(number) < r.old.machines.Len()
		if was {
			r.rows = append(r.rows, r.old.owners[number]) // another record may be the one seen last there
		}
		switch {
		case !in:
			r.gone = append(r.gone, number)
		case !was || !r.machines.isPlacedAs(&r.old.machines, number):
			moved = append(moved, number)
		}
	}
	return union(moved, r.machines.touched(&rows.keys))
}

// loosen takes records from their rows.
func (r *relocation) loosen(records []uint32) {
	for _, record := range records {
		if row := r.owners[record]; row != noRow {
			r.owners[record], r.rules[record] = noRow, model.MatchNone
			r.rows = append(r.rows, row)
		}
	}
	for _, row := range r.rows {
		if int(row) >= r.table.rows {
			continue
		}
		r.matches[row] = model.MatchNone
		for _, record := range r.old.records.of(int(row)) {
			if int(record) < len(r.owners) && r.owners[record] == row {
				r.assign(record, row, r.rules[record])
			}
		}
	}
}

// lookUp applies rules 1 and 2 where a single computer has the id or the name, which is nearly always, on all processors.
func (r *relocation) lookUp(records []uint32) {
	inParts(len(records), func(from, to int) {
		for part := range slices.Chunk(records[from:to], batch) {
			r.lookUpBatch(part)
		}
	})
	for _, record := range records {
		if row := r.owners[record]; row != noRow {
			r.give(record, row, r.rules[record])
		}
	}
}

func (r *relocation) lookUpBatch(records []uint32) {
	var ids [batch]model.GUID
	var rows [batch]uint32
	for i, record := range records {
		ids[i] = r.machines.facts(record).deviceID
	}
	r.table.findAll(ids[:len(records)], rows[:])
	for i, record := range records {
		if row := rows[i]; row != noRow && r.table.kind(int(row)) == model.Computer {
			r.owners[record], r.rules[record] = row, model.MatchDeviceID
			continue
		}
		if f := r.machines.facts(record); f.has(fullyNamed) {
			if found := r.table.computersByFullName(f.name, r.machines.name(record)); found.ok && len(found.others) == 0 {
				r.owners[record], r.rules[record] = found.first, model.MatchFullName
			}
		}
	}
}

// give assigns a record, and notes that something changes for its row.
func (r *relocation) give(record, row uint32, rule model.Match) {
	r.assign(record, row, rule)
	if r.old.table != nil {
		r.rows = append(r.rows, row)
	}
}

// giveWinners applies rule 2 where one of several computers with a name has it.
func (r *relocation) giveWinners(records []uint32) {
	for _, record := range records {
		if f := r.machines.facts(record); r.owners[record] == noRow && f.has(fullyNamed) {
			if row, _, ok := r.table.computerByFullName(f.name, r.machines.name(record), r.fullNames); ok {
				r.give(record, row, model.MatchFullName)
			}
		}
	}
}

// further gives the other records for which it has to be decided anew who has a name: those that competed with the given
// ones, and those for whose short name it counts that rules 1 and 2 have left a row without a record, or given it one.
func (r *relocation) further(records []uint32) (further []uint32) {
	seen := map[*contest]bool{}
	for _, record := range slices.Concat(records, r.gone) {
		if c := r.old.ambiguous[record]; c != nil && !seen[c] {
			seen[c] = true
			further = append(further, c.records...)
		}
	}
	var keys keySet
	for _, row := range union(r.rows) {
		if int(row) >= r.table.rows || int(row) >= r.old.table.rows || r.isStrong(row) == r.old.isStrong(row) {
			continue
		}
		name := withoutDollar(r.table.record(int(row)).sam)
		if rows := r.table.computersByShortName(hashName(name), name); len(rows.others) > 0 {
			keys.addAll(appendNameKey(nil, name))
		}
	}
	further = append(further, r.machines.touched(&keys)...)
	return slices.DeleteFunc(further, func(record uint32) bool { return int(record) >= len(r.owners) || r.owners[record] != noRow })
}

// decide applies rule 3, and lets those records compete that no rule gives to a single row.
func (r *relocation) decide(records []uint32) {
	r.dropContests(records)
	r.dropContests(r.gone)
	var short []uint32
	for _, record := range records {
		if r.owners[record] != noRow {
			continue
		}
		switch f := r.machines.facts(record); {
		case f.has(fullyNamed):
			row, undecided, ok := r.table.computerByFullName(f.name, r.machines.name(record), r.fullNames)
			if ok {
				r.give(record, row, model.MatchFullName)
			} else {
				r.compete(record, undecided)
			}
		case f.mayMatchShortName():
			short = append(short, record)
		}
	}
	r.placeByShortName(short)
}

// dropContests ends the contests for records.
func (r *relocation) dropContests(records []uint32) {
	for _, record := range records {
		c := r.ambiguous[record]
		if c == nil {
			continue
		}
		r.ownContests()
		for _, other := range c.records {
			delete(r.ambiguous, other)
		}
		for _, row := range c.rows {
			left := slices.DeleteFunc(slices.Clone(r.contests[row]), func(o *contest) bool { return o == c })
			if r.contests[row] = left; len(left) == 0 {
				delete(r.contests, row)
			}
		}
		r.rows = append(r.rows, c.rows...)
	}
}

// ownContests makes sure that the placement before does not share the contests.
func (r *relocation) ownContests() {
	if r.owned {
		return
	}
	r.owned, r.contests, r.ambiguous = true, maps.Clone(r.contests), maps.Clone(r.ambiguous)
	if r.contests == nil {
		r.contests, r.ambiguous = map[uint32][]*contest{}, map[uint32]*contest{}
	}
}

// compete notes that a record might belong to any of several rows.
func (r *relocation) compete(record uint32, c *contest) {
	if c == nil || len(c.rows) == 0 {
		return
	}
	r.ownContests()
	if len(c.records) == 0 {
		for _, row := range c.rows {
			r.contests[row] = append(slices.Clip(r.contests[row]), c)
		}
		r.rows = append(r.rows, c.rows...)
	}
	c.records = append(c.records, record)
	r.ambiguous[record] = c
}

// placeByShortName is rule 3, for records that rules 1 and 2 left over. It looks at what those matched, and not at
// what it matches itself, so that the order of the records makes no difference.
func (r *relocation) placeByShortName(records []uint32) {
	owners := make([]uint32, len(records))
	for i, record := range records {
		owners[i] = noRow
		found := r.table.computersByShortName(r.machines.facts(record).name, r.machines.name(record))
		switch {
		case !found.ok:
		case len(found.others) == 0:
			owners[i] = found.first
		default:
			r.compete(record, r.unmatchedOnly(found))
		}
	}
	for i, record := range records {
		if owners[i] != noRow {
			r.give(record, owners[i], model.MatchShortName)
		}
	}
}

// unmatchedOnly gives the contest between computers with the same short name: none if rules 1 and 2 matched one.
func (r *relocation) unmatchedOnly(found rowSet) *contest {
	c := r.shortNames[found.first]
	if c == nil {
		c = &contest{winner: noRow, rows: found.all()}
		if slices.ContainsFunc(c.rows, r.isStrong) {
			c.rows = nil
		}
		r.shortNames[found.first] = c
	}
	return c
}

// changes says what differs from the placement before.
func (r *relocation) changes(records []uint32) *placeChanges {
	var keys []uint32
	r.unplaced = r.old.unplaced
	for _, record := range records {
		r.old.countUnplaced(record, -1, &r.unplaced)
		r.countUnplaced(record, 1, &r.unplaced)
		in, was := int(record) < r.machines.Len(), int(record) < r.old.machines.Len()
		if in && was && r.owners[record] == r.old.owners[record] && r.machines.id(record) == r.old.machines.id(record) {
			continue
		}
		if in {
			keys = appendRecordKey(keys, r.machines.id(record))
		}
		if was {
			keys = appendRecordKey(keys, r.old.machines.id(record))
		}
	}
	c := &placeChanges{rows: r.rows}
	c.keys.addAll(keys)
	return c
}
