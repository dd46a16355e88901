package inventory

import (
	"slices"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
)

// evidence says which entities alerts and logons are about: rules 6 and 7.
type evidence struct {
	table *Table
	// fullNames holds what is decided on names that several computers have, by the first of those rows.
	fullNames map[uint32]*contest
	// contested are users that an alert or logon might mean, beside others with the same name.
	contested map[uint32]bool
	// seen are the sets of contested users that are in contested already, by rule and first row.
	seen map[contestedName]bool

	devices  []model.DeviceRef // of the alert that is looked at
	accounts []model.AccountRef
}

type contestedName struct {
	rule  model.Match
	first uint32
}

func newEvidence(t *Table) *evidence {
	return &evidence{table: t, fullNames: map[uint32]*contest{}, contested: map[uint32]bool{}, seen: map[contestedName]bool{}}
}

// rowsOf appends the rows of an alert, each once, in ascending order, and notes the rules by which it names users.
func (e *evidence) rowsOf(p *placement, r reader, product model.Product, rows []uint32, note func(row uint32, rule model.Match)) []uint32 {
	before := len(rows)
	r.text() // the id
	e.devices, e.accounts = readReferences(&r, e.devices[:0], e.accounts[:0])
	for i := range e.devices {
		if row, ok := e.computer(p, &e.devices[i], product); ok {
			rows = append(rows, row)
		}
	}
	for i := range e.accounts {
		if row, rule, ok := e.user(&e.accounts[i]); ok {
			rows = append(rows, row)
			note(row, rule)
		}
	}
	slices.Sort(rows[before:])
	return rows[:before+len(slices.Compact(rows[before:]))]
}

// computer finds the computer that an alert names: the owner of the machine record; for a machine that is not in the
// list, the device id or else the full name. Defender for Identity knows nothing but AD accounts, so that a short name
// that only one computer of the forest has says enough there.
func (e *evidence) computer(p *placement, ref *model.DeviceRef, product model.Product) (row uint32, ok bool) {
	record, listed := p.machines.findID(ref.MachineID)
	if listed && p.owners[record] != noRow {
		return p.owners[record], true
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

// only gives the row of a set of one. Of several none is taken, and all of them are contested.
func (e *evidence) only(found rowSet, rule model.Match) (uint32, model.Match, bool) {
	if len(found.others) == 0 {
		return found.first, rule, found.ok
	}
	if name := (contestedName{rule, found.first}); !e.seen[name] {
		e.seen[name] = true
		for _, row := range found.all() {
			e.contested[row] = true
		}
	}
	return 0, 0, false
}

// logon finds the user that a logon is of.
func (e *evidence) logon(l *model.Logon) (row uint32, ok bool) {
	row, _, ok = e.user(&model.AccountRef{SID: l.SID, Name: l.Name, Domain: l.Domain})
	return row, ok
}
