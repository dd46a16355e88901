package inventory

import (
	"slices"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
)

// evidence says which entities an alert counts for: rules 6 and 7.
type evidence struct {
	table    *Table
	place    *placement
	machines *machineIndex
	// matches holds, for users, the strongest rule by which something named them.
	matches []model.Match
	// contested are users that an alert or logon might mean, beside others with the same name.
	contested map[uint32]bool
	// seen are the sets of contested users that are in contested already, by rule and first row.
	seen map[contestedName]bool
}

type contestedName struct {
	rule  model.Match
	first uint32
}

func (v *View) newEvidence() *evidence {
	return &evidence{
		table: v.table, place: v.place, machines: v.machineIndex, matches: v.place.matches,
		contested: map[uint32]bool{}, seen: map[contestedName]bool{},
	}
}

// rowsOf gives the rows of an alert, each once, in ascending order.
func (e *evidence) rowsOf(a *model.Alert, rows []uint32) []uint32 {
	for i := range a.Devices {
		if row, ok := e.computer(&a.Devices[i], a.Product); ok {
			rows = append(rows, row)
		}
	}
	for i := range a.Accounts {
		if row, rule, ok := e.user(&a.Accounts[i]); ok {
			rows = append(rows, row)
			e.note(row, rule)
		}
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// computer finds the computer that an alert names: the owner of the machine record; for a machine that is not in the
// list, the device id or else the full name. Defender for Identity knows nothing but AD accounts, so that a short name
// that only one computer of the forest has says enough there.
func (e *evidence) computer(ref *model.DeviceRef, product model.Product) (row uint32, ok bool) {
	record, listed := e.machines.find(ref.MachineID)
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
		row, _, ok := e.place.computerByFullName(string(ref.Name))
		return row, ok
	case product == model.DefenderForIdentity:
		found := e.table.computersByShortName(withoutDollar(string(ref.Name)))
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

// note keeps the strongest rule. The rules are numbered from the strongest.
func (e *evidence) note(row uint32, rule model.Match) {
	if have := e.matches[row]; have == model.MatchNone || rule < have {
		e.matches[row] = rule
	}
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
