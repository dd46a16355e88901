package inventory

import "adbadge/model"

// What follows is for package query, which reads columns rather than entities.

// Segment is a run of rows whose names lie together in memory.
type Segment struct {
	First int // row
	Rows  int
	// Search holds the folded names of each row (display name, sAMAccountName, UPN, full DNS name; what another one
	// contains is left out), divided by FieldEnd, and a line end behind each row.
	Search []byte
	Starts []uint32 // where each row begins in Search; one more than there are rows
}

// Names gives the folded names of a row of the segment, divided by FieldEnd.
func (s *Segment) Names(at int) []byte { return s.Search[s.Starts[at] : s.Starts[at+1]-1] }

// FieldEnd divides the names of a row in a Segment.
const FieldEnd = fieldEnd

// SegmentRows is the number of rows of every Segment but the last.
const SegmentRows = 8192

// Segments gives the number of segments.
func (v *View) Segments() int { return v.table.segments() }

func (t *Table) segments() int { return (t.rows + SegmentRows - 1) / SegmentRows }

// Segment gives one of them. Its slices must not be changed.
func (v *View) Segment(number int) Segment { return v.table.segment(number) }

// Letters gives those of the names of each row of a segment. They must not be changed.
func (v *View) Letters(s *Segment) []Letters { return v.table.lettersOf(s) }

func (t *Table) segment(number int) Segment {
	first := number * SegmentRows
	b, at := t.at(first)
	rows := min(SegmentRows, b.len()-at)
	return Segment{First: first, Rows: rows, Search: b.search, Starts: b.searchAt[at : at+rows+1]}
}

// SearchText gives the folded names of one row, divided by FieldEnd.
func (v *View) SearchText(row int) []byte {
	b, at := v.table.at(row)
	return b.searchText(at)
}

// Dictionary is a column whose values repeat, so that a query looks at each value once.
type Dictionary uint8

const (
	Departments Dictionary = iota
	Titles
	Systems // operating systems
	SystemVersions
	OUs
	DomainNames
)

// Values gives the values of a column. They must not be changed.
func (v *View) Values(d Dictionary) []string {
	t := v.table
	return [...][]string{t.departments, t.titles, t.systems, t.versions, t.paths, t.domains}[d]
}

// ValueNumbers gives the numbers of the values of the rows of a segment. They must not be changed.
func (v *View) ValueNumbers(d Dictionary, s Segment) []uint32 {
	b, at := v.table.at(s.First)
	return b.numbers(d)[at : at+s.Rows]
}

// ValueNumber gives the number of one row's value.
func (v *View) ValueNumber(d Dictionary, row int) uint32 {
	b, at := v.table.at(row)
	return b.numbers(d)[at]
}

func (b *block) numbers(d Dictionary) []uint32 {
	switch d {
	case Departments, Titles:
		return b.jobs
	case Systems, SystemVersions:
		return b.systems
	case OUs:
		return b.places
	}
	return b.domains
}

// DomainOf finds a domain of the directory by its DNS or NetBIOS name, and gives its DNS name.
func (v *View) DomainOf(name string) (dnsName string, ok bool) {
	class, ok := v.table.domainClass(name)
	if !ok {
		return "", false
	}
	return v.table.domains[class], true
}

// LastLogon gives Unix seconds, and false for never.
func (v *View) LastLogon(row int) (seconds int64, ok bool) {
	b, at := v.table.at(row)
	return b.lastLogons[at].seconds(v.table.odd)
}

// Created gives Unix seconds, and false where the directory does not say.
func (v *View) Created(row int) (seconds int64, ok bool) {
	b, at := v.table.at(row)
	return b.created[at].seconds(v.table.odd)
}

// PasswordSet gives Unix seconds, and false for never.
func (v *View) PasswordSet(row int) (seconds int64, ok bool) {
	b, at := v.table.at(row)
	return b.passwords[at].seconds(v.table.odd)
}

// SID puts the SID of one row together.
func (v *View) SID(row int) model.SID { return v.table.sid(row) }

// UPN gives the user principal name, empty for none.
func (v *View) UPN(row int) string {
	r := v.table.record(row)
	return r.principalName(v.table.domain(row), nil)
}

// Mail gives the mail address, empty for none.
func (v *View) Mail(row int) string {
	r := v.table.record(row)
	return r.mailAddress(v.table.domain(row))
}

// DNSName gives the full DNS name, empty for none.
func (v *View) DNSName(row int) string {
	r := v.table.record(row)
	return r.dnsName(v.table.domain(row), nil)
}
