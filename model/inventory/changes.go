package inventory

import (
	"bytes"
	"slices"

	"adbadge/model"
)

// rowChanges says what differs between one Table and the next.
type rowChanges struct {
	whole bool     // everything may
	rows  []uint32 // that are not as they were, those that are new or gone included; ascending, as all lists of rows
	named []uint32 // of them, those that are found by other names or ids, or decide between equal ones in another way
	keys  keySet   // by which these were found, and are found
}

// isMuch reports whether so many of all rows have changed that it costs less to look at everything.
func isMuch(changed, rows int) bool { return changed > 64+rows/8 }

// changesSince compares a Table with an earlier one.
func (t *Table) changesSince(o *Table) *rowChanges {
	switch {
	case t == o:
		return &rowChanges{}
	case o == nil, !t.continues(o):
		return &rowChanges{whole: true}
	}
	common := min(t.rows, o.rows)
	c := &rowChanges{rows: gather(common, func(from, to int) (rows []uint32) {
		for row := from; row < to; {
			b, at := t.at(row)
			before, _ := o.at(row)
			begin, end := row-at, min(b.len(), before.len(), at+to-row)
			if &b.ids[0] != &before.ids[0] { // else nothing was written there since
				for i, differs := range b.differing(before, at, end) {
					if differs {
						rows = append(rows, uint32(row+i))
					}
				}
			}
			row = begin + end
		}
		return rows
	})}
	for row := common; row < max(t.rows, o.rows); row++ {
		c.rows = append(c.rows, uint32(row))
	}
	if isMuch(len(c.rows), common) {
		return &rowChanges{whole: true}
	}
	c.compareNames(t, o)
	return c
}

// continues reports whether the numbers in the columns of both Tables mean the same.
func (t *Table) continues(o *Table) bool {
	return slices.Equal(t.forest, o.forest) && slices.Equal(t.domains, o.domains) &&
		beginsWith(t.sidDomains, o.sidDomains) && beginsWith(t.parents, o.parents) && beginsWith(t.paths, o.paths) &&
		beginsWith(t.departments, o.departments) && beginsWith(t.titles, o.titles) && beginsWith(t.systems, o.systems) &&
		beginsWith(t.versions, o.versions) && beginsWith(t.odd, o.odd)
}

func beginsWith[T comparable](list, with []T) bool {
	return len(list) >= len(with) && slices.Equal(list[:len(with)], with)
}

// differing compares some rows of two blocks.
func (b *block) differing(o *block, from, to int) []bool {
	differs := make([]bool, to-from)
	compareColumns(differs, b.ids[from:to], o.ids[from:to])
	compareColumns(differs, b.kinds[from:to], o.kinds[from:to])
	compareColumns(differs, b.flags[from:to], o.flags[from:to])
	for _, columns := range [...][2][]moment{{b.lastLogons, o.lastLogons}, {b.created, o.created}, {b.passwords, o.passwords}} {
		compareColumns(differs, columns[0][from:to], columns[1][from:to])
	}
	for _, columns := range [...][2][]uint32{{b.sidDomains, o.sidDomains}, {b.rids, o.rids}, {b.domains, o.domains}, {b.places, o.places},
		{b.jobs, o.jobs}, {b.systems, o.systems}} {
		compareColumns(differs, columns[0][from:to], columns[1][from:to])
	}
	for i := range differs {
		// A record says itself where it ends, so that one which begins with all of another is that one.
		at, end := from+i, uint32(len(b.text))
		if at+1 < len(b.textAt) && b.textAt[at+1] > b.textAt[at] {
			end = b.textAt[at+1]
		}
		if !bytes.HasPrefix(o.text[o.textAt[at]:], b.text[b.textAt[at]:end]) {
			differs[i] = true
		}
	}
	return differs
}

// compareColumns marks where two columns differ, which is in few places, if any.
func compareColumns[T comparable](differs []bool, a, b []T) {
	if bytes.Equal(bytesOf(a), bytesOf(b)) {
		return
	}
	for i := range a {
		if a[i] != b[i] {
			differs[i] = true
		}
	}
}

// compareNames finds the changed rows whose names or ids have changed.
func (c *rowChanges) compareNames(t, o *Table) {
	var keys []uint32
	for _, row := range c.rows {
		in, was := int(row) < t.rows, int(row) < o.rows
		if in && was && t.identity(int(row)) == o.identity(int(row)) {
			continue
		}
		c.named = append(c.named, row)
		if in {
			keys = t.appendKeys(int(row), keys)
		}
		if was {
			keys = o.appendKeys(int(row), keys)
		}
	}
	c.keys.addAll(keys)
}

// identity is what decides which records of the products belong to an entity.
type identity struct {
	id                     model.GUID
	kind                   model.Kind
	disabled               bool
	domain, sidDomain, rid uint32
	shape                  shape
	sam, upn, dns          string
}

func (t *Table) identity(row int) identity {
	b, at := t.at(row)
	r := b.record(at)
	return identity{
		id: b.ids[at], kind: b.kinds[at], disabled: b.flags[at]&model.Disabled != 0,
		domain: b.domains[at], sidDomain: b.sidDomains[at], rid: b.rids[at],
		shape: r.shape & (upnFromSAM | dnsFromSAM | dnsFromLower), sam: r.sam, upn: r.upn, dns: r.dns,
	}
}

// appendKeys appends the keys by which an entity is found.
func (t *Table) appendKeys(row int, keys []uint32) []uint32 {
	var buffer nameBuffer
	b, at := t.at(row)
	r, domain := b.record(at), t.domains[b.domains[at]]
	keys = appendNameKey(appendGUIDKey(keys, &b.ids[at]), r.sam)
	if b.kinds[at] == model.Computer {
		return appendNameKey(keys, r.fullName(domain, buffer[:0]))
	}
	return appendNameKey(appendSIDKey(keys, t.sid(row)), r.principalName(domain, buffer[:0]))
}
