package inventory

import (
	"cmp"
	"slices"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
)

// evidence says which entities alerts and logons are about: rules 6 and 7.
type evidence struct {
	table *Table
	place *placement // nil for logons
	// fullNames holds what is decided on names that several computers have, by the first of those rows.
	fullNames map[uint32]*contest
	known     map[doubtName]*doubt

	// Of the alert or logon that is looked at:
	devices  []model.DeviceRef
	accounts []model.AccountRef
	found    []foundRow
	doubts   []*doubt
}

// foundRow is an entity that something is about, and for users the rule that says so.
type foundRow struct {
	row  uint32
	rule model.Match
}

// doubt is about users that something might mean, since all of them have the name that it says.
type doubt struct {
	name doubtName
	rows []uint32
}

// doubtName tells doubts apart: by the rule, and the first of the rows.
type doubtName struct {
	rule  model.Match
	first uint32
}

// newEvidence makes one that takes the doubts over which are known already.
func newEvidence(t *Table, p *placement, doubts map[uint32][]*doubt) *evidence {
	e := &evidence{table: t, place: p, fullNames: map[uint32]*contest{}, known: map[doubtName]*doubt{}}
	for _, list := range doubts {
		for _, d := range list {
			e.known[d.name] = d
		}
	}
	return e
}

// alert finds the rows of an alert, each once, in ascending order. They are valid until the next question.
func (e *evidence) alert(r reader, product model.Product) []foundRow {
	r.text() // the id
	e.devices, e.accounts = readReferences(&r, e.devices[:0], e.accounts[:0])
	e.found, e.doubts = e.found[:0], nil
	for i := range e.devices {
		if row, ok := e.computer(&e.devices[i], product); ok {
			e.found = append(e.found, foundRow{row: row})
		}
	}
	for i := range e.accounts {
		if row, rule, ok := e.user(&e.accounts[i]); ok {
			e.found = append(e.found, foundRow{row, rule})
		}
	}
	slices.SortFunc(e.found, func(a, b foundRow) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.rule, b.rule)) })
	e.found = slices.CompactFunc(e.found, func(a, b foundRow) bool { return a.row == b.row })
	return e.found
}

// computer finds the computer that an alert names: the owner of the machine record; for a machine that is not in the
// list, the device id or else the full name. Defender for Identity knows nothing but AD accounts, so that a short name
// that only one computer of the forest has says enough there.
func (e *evidence) computer(ref *model.DeviceRef, product model.Product) (row uint32, ok bool) {
	record, listed := e.place.machines.findID(ref.MachineID)
	if listed && e.place.owners[record] != noRow {
		return e.place.owners[record], true
	}
	if row, ok := e.table.computerByDeviceID(ref.DeviceID); ok {
		return row, true
	}
	switch {
	case listed || ref.Name == "":
		return 0, false
	case strings.Contains(string(ref.Name), "."):
		row, _, ok := e.table.computerByFullName(hashName(string(ref.Name)), string(ref.Name), e.fullNames)
		return row, ok
	case product == model.DefenderForIdentity:
		name := withoutDollar(string(ref.Name))
		found := e.table.computersByShortName(hashName(name), name)
		return found.first, found.ok && len(found.others) == 0
	}
	return 0, false
}

// user finds the user that an alert names: rule 7.
func (e *evidence) user(ref *model.AccountRef) (row uint32, rule model.Match, ok bool) {
	if ref.SID != "" && (ref.SID.IsCloud() || !ref.SID.IsAccount()) {
		return 0, 0, false
	}
	if found := e.table.usersBySID(ref.SID); found.ok {
		return e.only(found, model.MatchSID)
	}
	if found, ok := e.table.find(ref.Object); ok && e.table.kind(found) == model.User {
		return uint32(found), model.MatchObjectGUID, true
	}
	if ref.SID != "" {
		return 0, 0, false
	}
	return e.userByName(ref.Domain, ref.Name, ref.UPN)
}

// userByName finds a user without a SID: by domain and account name, or without those by UPN.
func (e *evidence) userByName(domain, name, upn text.Line) (row uint32, rule model.Match, ok bool) {
	switch {
	case domain != "" && name != "":
		return e.only(e.table.usersByAccount(string(domain), string(name)), model.MatchAccountName)
	case upn != "":
		return e.only(e.table.usersByUPN(string(upn)), model.MatchUPN)
	}
	return 0, 0, false
}

// only gives the row of a set of one. Of several none is taken, and all of them are in doubt.
func (e *evidence) only(found rowSet, rule model.Match) (uint32, model.Match, bool) {
	if len(found.others) == 0 {
		return found.first, rule, found.ok
	}
	name := doubtName{rule, found.first}
	d := e.known[name]
	if d == nil {
		d = &doubt{name, found.all()}
		e.known[name] = d
	}
	if !slices.Contains(e.doubts, d) {
		e.doubts = append(e.doubts, d)
	}
	return 0, 0, false
}

// logon finds the user that a logon is of.
func (e *evidence) logon(l *model.Logon) (row uint32, ok bool) {
	e.doubts = nil
	row, _, ok = e.user(&model.AccountRef{SID: l.SID, Name: l.Name, Domain: l.Domain})
	return row, ok
}

// doubtful gives the rows that any of the doubts is about.
func doubtful(doubts map[uint32][]*doubt) map[uint32]bool {
	rows, seen := map[uint32]bool{}, map[*doubt]bool{}
	for _, list := range doubts {
		for _, d := range list {
			if seen[d] {
				continue
			}
			seen[d] = true
			for _, row := range d.rows {
				rows[row] = true
			}
		}
	}
	return rows
}

// differing gives the rows that are in one set only.
func differing(a, b map[uint32]bool) (rows []uint32) {
	for row := range a {
		if !b[row] {
			rows = append(rows, row)
		}
	}
	for row := range b {
		if !a[row] {
			rows = append(rows, row)
		}
	}
	return rows
}
