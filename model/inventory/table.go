package inventory

import (
	"strconv"
	"strings"
	"sync"

	"adbadge/model"
	"adbadge/model/text"
)

// Table is the entities of the directory at one moment. It never changes; the indexes over its names are built when
// they are first needed.
type Table struct {
	rows   int
	blocks []*block
	odd    []int64

	// Values by their numbers in the columns of blocks.
	sidDomains  []string
	domains     []string
	parents     []string
	paths       []string
	departments []string
	titles      []string
	systems     []string
	versions    []string
	forest      []model.Domain

	rowsByID *index
	limit    int // rows that rowsByID has room for
	names    lazyNames
	orders   [columnCount][2]lazyOrder // those that depend on the directory alone
	byName   lazyOrder
	letters  struct {
		once     sync.Once
		segments []*segmentLetters
	}
}

// Len gives the number of entities.
func (t *Table) Len() int { return t.rows }

// Domains gives the domains of the forest as the directory named them.
func (t *Table) Domains() []model.Domain { return t.forest }

// at finds a row's block and its place in it.
func (t *Table) at(row int) (*block, int) { return t.blocks[row>>blockBits], row & blockMask }

func (t *Table) record(row int) record {
	b, at := t.at(row)
	return b.record(at)
}

func (t *Table) kind(row int) model.Kind {
	b, at := t.at(row)
	return b.kinds[at]
}

func (t *Table) flags(row int) model.EntityFlags {
	b, at := t.at(row)
	return b.flags[at]
}

func (t *Table) domain(row int) string {
	b, at := t.at(row)
	return t.domains[b.domains[at]]
}

func (t *Table) sid(row int) model.SID {
	b, at := t.at(row)
	prefix := t.sidDomains[b.sidDomains[at]]
	if prefix == "" || prefix[0] == '=' {
		return model.SID(strings.TrimPrefix(prefix, "="))
	}
	return joinSID(prefix, b.rids[at])
}

func joinSID(domain string, rid uint32) model.SID {
	return model.SID(domain + "-" + strconv.FormatUint(uint64(rid), 10))
}

func (t *Table) entity(row int) model.Entity {
	b, at := t.at(row)
	r := b.record(at)
	domain := t.domains[b.domains[at]]
	e := model.Entity{
		ID: b.ids[at], Kind: b.kinds[at], Flags: b.flags[at],
		Name: text.Line(r.displayName()), SAM: text.Line(r.sam), Domain: text.Line(domain),
		DN: text.Line(r.relativeName()), OU: text.Line(t.paths[b.places[at]]), SID: t.sid(row),
		UPN: text.Line(r.principalName(domain, nil)), Mail: text.Line(r.mailAddress(domain)),
		Department: text.Line(t.departments[b.jobs[at]]), Title: text.Line(t.titles[b.jobs[at]]),
		DNSName: text.Line(r.dnsName(domain, nil)),
		OS:      text.Line(t.systems[b.systems[at]]), OSVersion: text.Line(t.versions[b.systems[at]]),
		LastLogon: b.lastLogons[at].time(t.odd), Created: b.created[at].time(t.odd), PasswordSet: b.passwords[at].time(t.odd),
	}
	if parent := t.parents[b.places[at]]; parent != "" {
		e.DN += text.Line("," + parent)
	}
	return e
}

// takeOver takes from an earlier Table what was made when it was needed, where that still holds.
func (t *Table) takeOver(o *Table, changes *rowChanges) {
	if t == o || changes.whole {
		return
	}
	t.names.takeOver(t, o, changes)
	t.takeLetters(o)
	t.byName.follow(&o.byName, changes.rows, t.rows)
	for column := range columnCount {
		if column.isOfTable() {
			for direction := range t.orders[column] {
				t.orders[column][direction].follow(&o.orders[column][direction], changes.rows, t.rows)
			}
		}
	}
}

// findAll gives the rows of up to batch ids; noRow where there is none.
func (t *Table) findAll(ids []model.GUID, rows []uint32) {
	var hashes [batch]uint64
	for i := range ids {
		hashes[i] = hashGUID(t.rowsByID.seed, &ids[i])
	}
	t.rowsByID.mayHave(hashes[:len(ids)], rows)
	var found [batch]model.GUID
	for i, row := range rows[:len(ids)] {
		if row != noRow {
			found[i] = t.blocks[row>>blockBits].ids[row&blockMask]
		}
	}
	for i := range ids {
		switch {
		case ids[i].IsZero():
			rows[i] = noRow
		case rows[i] != noRow && found[i] != ids[i]: // another id with the same tag: seldom
			row, ok := t.find(ids[i])
			if rows[i] = uint32(row); !ok {
				rows[i] = noRow
			}
		}
	}
}

// find gives the row of an id.
func (t *Table) find(id model.GUID) (row int, ok bool) {
	if id.IsZero() {
		return 0, false
	}
	found, ok := t.rowsByID.find(hashGUID(t.rowsByID.seed, &id), func(row uint32) bool {
		return t.blocks[row>>blockBits].ids[row&blockMask] == id
	})
	return int(found), ok
}
