package inventory

import (
	"strings"

	"adbadge/model"
)

// Lookup finds entities by what people call them, exactly, in either case. The first of these ways that finds something
// decides: objectGUID, SID, DOMAIN\name, UPN or full DNS name, sAMAccountName (a computer's with or without "$"),
// display name. Several rows mean that the name is ambiguous.
func (v *View) Lookup(name string) []int {
	name = strings.TrimSpace(name)
	if name == "" {
		return nil
	}
	if id, err := model.ParseGUID(name); err == nil {
		if row, ok := v.Find(id); ok {
			return []int{row}
		}
		return nil
	}
	t := v.table
	if sid, err := model.ParseSID(name); err == nil {
		return t.rowsWhere(func(row int, _ *record) bool { return t.sid(row) == sid })
	}
	if domain, account, ok := strings.Cut(name, `\`); ok {
		class, known := t.domainClass(domain)
		if !known {
			return nil
		}
		return t.rowsWhere(func(row int, r *record) bool { return t.class(row) == class && t.isAccount(row, r, account) })
	}
	full := withoutTrailingDot(name)
	if rows := t.rowsWhere(func(row int, r *record) bool { return t.isAddress(row, r, full) }); rows != nil {
		return rows
	}
	if rows := t.rowsWhere(func(row int, r *record) bool { return t.isAccount(row, r, name) }); rows != nil {
		return rows
	}
	return t.rowsWhere(func(_ int, r *record) bool { return strings.EqualFold(r.displayName(), name) })
}

// rowsWhere looks at every row. A few tens of milliseconds for a million of them are little for one question.
func (t *Table) rowsWhere(wanted func(row int, r *record) bool) []int {
	var rows []int
	for n, b := range t.blocks {
		for at := range b.ids {
			r := b.record(at)
			if row := n<<blockBits + at; wanted(row, &r) {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// isAccount compares with sAMAccountName; "$" may be left out for computers.
func (t *Table) isAccount(row int, r *record, name string) bool {
	return strings.EqualFold(r.sam, name) ||
		t.kind(row) == model.Computer && strings.EqualFold(withoutDollar(r.sam), name)
}

// isAddress compares with the UPN of a user and the full name of a computer.
func (t *Table) isAddress(row int, r *record, name string) bool {
	var buffer nameBuffer
	domain := t.domain(row)
	if t.kind(row) == model.Computer {
		return strings.EqualFold(r.fullName(domain, buffer[:0]), name)
	}
	return strings.EqualFold(r.principalName(domain, buffer[:0]), name)
}
