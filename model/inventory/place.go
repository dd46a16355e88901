package inventory

import (
	"adbadge/model"
)

// noRow marks a machine record that belongs to no entity.
const noRow = ^uint32(0)

// placement is where the machine records belong: rules 1 to 5.
type placement struct {
	table    *Table
	machines Machines
	// owners holds the row of each machine record, or noRow; rules the rule by which it belongs there.
	owners []uint32
	rules  []model.Match
	// records holds the machine records of each row, the one seen last first.
	records lists
	// matches holds the strongest rule by which each row has a machine record.
	matches []model.Match
	// contests are those that are undecided, by row; ambiguous the same by record.
	contests  map[uint32][]*contest
	ambiguous map[uint32]*contest
	// unplaced counts the records without a row.
	unplaced [unplacedClasses]int
}

// contest is a name that several rows carry.
type contest struct {
	winner  uint32   // the row that has the name all the same, or noRow
	rows    []uint32 // that compete for it; none when it is nobody's
	records []uint32 // that carry it
}

// assign gives a record to a row. The rules are numbered from the strongest.
func (p *placement) assign(record, row uint32, rule model.Match) {
	p.owners[record], p.rules[record] = row, rule
	if have := p.matches[row]; have == model.MatchNone || rule < have {
		p.matches[row] = rule
	}
}

// isStrong reports whether rules 1 or 2 have given a record to a row.
func (p *placement) isStrong(row uint32) bool {
	return p.matches[row] != model.MatchNone && p.matches[row] <= model.MatchFullName
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

// candidates gives the records that might belong to a row. A row with a record of its own is not in doubt.
func (p *placement) candidates(row uint32) []uint32 {
	if p.matches[row] != model.MatchNone {
		return nil
	}
	var records [][]uint32
	for _, c := range p.contests[row] {
		records = append(records, c.records)
	}
	return union(records...)
}

// isContested reports whether there are candidates.
func (p *placement) isContested(row uint32) bool {
	return p.matches[row] == model.MatchNone && len(p.contests[row]) > 0
}
