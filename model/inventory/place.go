package inventory

import (
	"strings"

	"adbadge/model"
)

const (
	// noRow marks a machine record that belongs to no entity.
	noRow = ^uint32(0)
	// repeatedRecord marks one whose id another, newer record of the answer has as well.
	repeatedRecord = ^uint32(0) - 1
)

// placement is where the machine records belong: rules 1 to 4.
type placement struct {
	table *Table
	// owners holds the row of each machine record, or noRow or repeatedRecord.
	owners []uint32
	// matches holds the strongest rule by which each row has a machine record.
	matches []model.Match
	// candidates holds, for rows that several records or several rows compete for, the records in question.
	candidates map[uint32][]uint32
	// ambiguous are the records that might belong to several rows, and those rows.
	ambiguous map[uint32][]uint32
}

// placeMachines finds the owner of each record but those that were replaced.
func placeMachines(t *Table, machines []model.Machine, replaced []uint32) *placement {
	p := &placement{
		table: t, owners: make([]uint32, len(machines)), matches: make([]model.Match, t.rows),
		candidates: map[uint32][]uint32{}, ambiguous: map[uint32][]uint32{},
	}
	for i := range p.owners {
		p.owners[i] = noRow
	}
	for _, record := range replaced {
		p.owners[record] = repeatedRecord
	}
	for i := range machines {
		if p.owners[i] != noRow {
			continue
		}
		if row, ok := t.computerByDeviceID(machines[i].DeviceID); ok {
			p.assign(uint32(i), row, model.MatchDeviceID)
		}
	}
	var short []uint32
	for i := range machines {
		if p.owners[i] != noRow {
			continue
		}
		switch m := &machines[i]; {
		case strings.Contains(string(m.Name), "."):
			p.placeByFullName(uint32(i), string(m.Name))
		case mayMatchShortName(m):
			short = append(short, uint32(i))
		}
	}
	p.placeByShortName(machines, short)
	p.onlyContested()
	return p
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

// computerByFullName is rule 2: the row, or the rows that compete for the name.
func (t *Table) computerByFullName(name string) (row uint32, rivals []uint32, ok bool) {
	found := t.computersByFullName(name)
	if !found.ok {
		return 0, nil, false
	}
	if len(found.others) == 0 {
		return found.first, nil, true
	}
	var enabled []uint32
	all := found.all()
	for _, row := range all {
		if t.flags(int(row))&model.Disabled == 0 {
			enabled = append(enabled, row)
		}
	}
	switch len(enabled) {
	case 1:
		return enabled[0], nil, true
	case 0:
		return 0, all, false
	}
	return 0, enabled, false
}

func (p *placement) placeByFullName(record uint32, name string) {
	row, rivals, ok := p.table.computerByFullName(name)
	if ok {
		p.assign(record, row, model.MatchFullName)
		return
	}
	p.compete(record, rivals)
}

// compete notes that a record might belong to any of several rows.
func (p *placement) compete(record uint32, rivals []uint32) {
	if len(rivals) == 0 {
		return
	}
	p.ambiguous[record] = rivals
	for _, row := range rivals {
		p.candidates[row] = append(p.candidates[row], record)
	}
}

// mayMatchShortName is the condition of rule 3.
func mayMatchShortName(m *model.Machine) bool {
	onPremises := m.Cloud == model.NotCloud || m.Cloud == model.AzureArc
	return m.Name != "" && m.DeviceID.IsZero() && onPremises && !m.CloudJoined && m.Onboarding != model.Unsupported
}

// placeByShortName is rule 3, for records that rules 1 and 2 left over. It looks at what those matched, and not at
// what it matches itself, so that the order of the records makes no difference.
func (p *placement) placeByShortName(machines []model.Machine, records []uint32) {
	owners := make([]uint32, len(records))
	for i, record := range records {
		owners[i] = noRow
		found := p.table.computersByShortName(string(machines[record].Name))
		switch {
		case !found.ok:
		case len(found.others) == 0:
			owners[i] = found.first
		default:
			rivals := found.all()
			if !p.anyMatched(rivals) {
				p.compete(record, rivals)
			}
		}
	}
	for i, record := range records {
		if owners[i] != noRow {
			p.assign(record, owners[i], model.MatchShortName)
		}
	}
}

func (p *placement) anyMatched(rows []uint32) bool {
	for _, row := range rows {
		if p.matches[row] != model.MatchNone {
			return true
		}
	}
	return false
}

// onlyContested drops the candidates of rows that have a record of their own: those are not ambiguous.
func (p *placement) onlyContested() {
	for row := range p.candidates {
		if p.matches[row] != model.MatchNone {
			delete(p.candidates, row)
		}
	}
}
