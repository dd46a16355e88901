package inventory

import (
	"slices"

	"adbadge/model"
)

// noRow marks a machine record that belongs to no entity.
const noRow = ^uint32(0)

// placement is where the machine records belong: rules 1 to 5.
type placement struct {
	table    *Table
	machines Machines
	// owners holds the row of each machine record, or noRow.
	owners []uint32
	// records holds the machine records of each row, the one seen last first.
	records lists
	// matches holds the strongest rule by which each row has a machine record.
	matches []model.Match
	// fullNames and shortNames hold what is known of names that several rows have, by the first of those rows.
	fullNames, shortNames map[uint32]*contest
	// contests are the undecided ones by row, ambiguous the same by record.
	contests  map[uint32][]*contest
	ambiguous map[uint32]*contest
}

// contest is a name that several rows carry.
type contest struct {
	winner  uint32   // the row that has the name all the same, or noRow
	rows    []uint32 // that compete for it; none when it is nobody's
	records []uint32 // that carry it
}

// placeMachines finds the owner of each record, and with it the records of each row.
func placeMachines(t *Table, machines Machines) *placement {
	p := &placement{
		table: t, machines: machines, owners: make([]uint32, machines.Len()), matches: make([]model.Match, t.rows),
		fullNames: map[uint32]*contest{}, shortNames: map[uint32]*contest{},
		contests: map[uint32][]*contest{}, ambiguous: map[uint32]*contest{},
	}
	rules := p.lookUp()
	for i, rule := range rules {
		if rule != model.MatchNone {
			p.assign(uint32(i), p.owners[i], rule)
		}
	}
	var short []uint32
	for i := range p.owners {
		if p.owners[i] != noRow {
			continue
		}
		switch f := machines.facts(uint32(i)); {
		case f.has(fullyNamed):
			p.placeByFullName(uint32(i))
		case f.mayMatchShortName():
			short = append(short, uint32(i))
		}
	}
	p.placeByShortName(short)
	p.listRecords()
	return p
}

// lookUp applies rules 1 and 2 where a single computer has the id or the name, which is nearly always, on all
// processors. It fills in owners and gives the rules.
func (p *placement) lookUp() []model.Match {
	rules := make([]model.Match, len(p.owners))
	inParts(len(p.owners), func(from, to int) {
		for i := from; i < to; i++ {
			p.owners[i] = noRow
			number := uint32(i)
			f := p.machines.facts(number)
			if row, ok := p.table.computerByDeviceID(f.deviceID); ok {
				p.owners[i], rules[i] = row, model.MatchDeviceID
			} else if f.has(fullyNamed) {
				if found := p.table.computersByFullName(f.name, p.machines.name(number)); found.ok && len(found.others) == 0 {
					p.owners[i], rules[i] = found.first, model.MatchFullName
				}
			}
		}
	})
	return rules
}

// assign gives a record to a row. The rules are numbered from the strongest.
func (p *placement) assign(record, row uint32, rule model.Match) {
	p.owners[record] = row
	if have := p.matches[row]; have == model.MatchNone || rule < have {
		p.matches[row] = rule
	}
}

// computerByDeviceID is rule 1.
func (t *Table) computerByDeviceID(id model.GUID) (row uint32, ok bool) {
	found, ok := t.find(id)
	if !ok || t.kind(found) != model.Computer {
		return 0, false
	}
	return uint32(found), true
}

// computerByFullName is rule 2: the row, or else the contest for the name if there is one. What is decided on names that
// several rows have is kept in known.
func (t *Table) computerByFullName(hash uint64, name string, known map[uint32]*contest) (row uint32, undecided *contest, ok bool) {
	found := t.computersByFullName(hash, name)
	if !found.ok {
		return 0, nil, false
	}
	if len(found.others) == 0 {
		return found.first, nil, true
	}
	c := known[found.first]
	if c == nil {
		c = t.enabledOnly(found.all())
		known[found.first] = c
	}
	return c.winner, c, c.winner != noRow
}

// enabledOnly decides between computers with the same full name: the only enabled one has it.
func (t *Table) enabledOnly(rows []uint32) *contest {
	var enabled []uint32
	for _, row := range rows {
		if t.flags(int(row))&model.Disabled == 0 {
			enabled = append(enabled, row)
		}
	}
	switch len(enabled) {
	case 0:
		return &contest{winner: noRow, rows: rows}
	case 1:
		return &contest{winner: enabled[0]}
	}
	return &contest{winner: noRow, rows: enabled}
}

func (p *placement) placeByFullName(record uint32) {
	row, undecided, ok := p.table.computerByFullName(p.machines.facts(record).name, p.machines.name(record), p.fullNames)
	if ok {
		p.assign(record, row, model.MatchFullName)
		return
	}
	p.compete(record, undecided)
}

// compete notes that a record might belong to any of several rows.
func (p *placement) compete(record uint32, c *contest) {
	if c == nil || len(c.rows) == 0 {
		return
	}
	if len(c.records) == 0 {
		for _, row := range c.rows {
			p.contests[row] = append(p.contests[row], c)
		}
	}
	c.records = append(c.records, record)
	p.ambiguous[record] = c
}

// candidates gives the records that might belong to a row. A row with a record of its own is not in doubt.
func (p *placement) candidates(row uint32) []uint32 {
	if p.matches[row] != model.MatchNone {
		return nil
	}
	var records []uint32
	for _, c := range p.contests[row] {
		records = append(records, c.records...)
	}
	return records
}

// isContested reports whether there are candidates.
func (p *placement) isContested(row uint32) bool {
	return p.matches[row] == model.MatchNone && len(p.contests[row]) > 0
}

// placeByShortName is rule 3, for records that rules 1 and 2 left over. It looks at what those matched, and not at
// what it matches itself, so that the order of the records makes no difference.
func (p *placement) placeByShortName(records []uint32) {
	owners := make([]uint32, len(records))
	for i, record := range records {
		owners[i] = noRow
		found := p.table.computersByShortName(p.machines.facts(record).name, p.machines.name(record))
		switch {
		case !found.ok:
		case len(found.others) == 0:
			owners[i] = found.first
		default:
			p.compete(record, p.unmatchedOnly(found))
		}
	}
	for i, record := range records {
		if owners[i] != noRow {
			p.assign(record, owners[i], model.MatchShortName)
		}
	}
}

// unmatchedOnly gives the contest between computers with the same short name: none if rules 1 and 2 matched one.
func (p *placement) unmatchedOnly(found rowSet) *contest {
	c := p.shortNames[found.first]
	if c == nil {
		c = &contest{winner: noRow, rows: found.all()}
		if slices.ContainsFunc(c.rows, func(row uint32) bool { return p.matches[row] != model.MatchNone }) {
			c.rows = nil
		}
		p.shortNames[found.first] = c
	}
	return c
}
