package endpoint

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

// logonRecord holds the members of a logged-on user that adbadge uses ("Get machine logon users API"). The API has no
// SID here.
type logonRecord struct {
	Name   string `json:"accountName"`
	Domain string `json:"accountDomain"`
	Last   string `json:"lastSeen"`
}

// LoggedOn lists the accounts that one machine reports, newest first: all of them, or it is an error.
func (e *Endpoint) LoggedOn(ctx context.Context, machineID string) ([]model.Logon, error) {
	id, ok := entra.ReadMachineID(machineID)
	if !ok {
		return nil, &model.Failure{Source: model.Endpoint, Kind: model.Broken, Doing: "read the accounts of a machine",
			Seen: "its id is not one of Defender for Endpoint", Remedy: "Refresh; if it stays, please report it."}
	}
	api := e.api.For(entra.Purpose{Doing: "read the accounts of a machine", Feature: entra.MachineAccounts})
	var list []model.Logon
	gaps, err := entra.Pages(ctx, api, entra.List{Path: "/api/machines/" + id + "/logonusers", Name: "accounts"},
		func(page []logonRecord) error {
			for _, r := range page {
				if l, ok := r.logon(); ok {
					list = append(list, l)
				}
			}
			return nil
		})
	if err == nil && len(gaps) > 0 {
		err = &model.Failure{Source: model.Endpoint, Kind: model.Broken, Doing: "read the accounts of a machine from " + e.Host(),
			Seen: strings.TrimSuffix(gaps[0].What, "."), Remedy: gaps[0].Remedy}
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b model.Logon) int { return b.At.Compare(a.At) })
	return list, nil
}

// logon gives the logon of a record; ok is false without a name.
func (r *logonRecord) logon() (l model.Logon, ok bool) {
	l = model.Logon{Name: text.Clean(r.Name), Domain: text.Clean(r.Domain), At: entra.ReadTime(r.Last)}
	return l, l.Name != ""
}

// accountMachines is how many machines are asked for one account: those that reported last.
const accountMachines = 5

// Account says where accounts of one bare name were seen ("Get user related machines API"). That call tells neither
// the domain nor when, and several domains may have such an account, so the machines that it names are asked as well.
// whole is false when there are more machines, or one does not say whose account it was.
func (e *Endpoint) Account(ctx context.Context, name text.Line) (logons []model.Logon, whole bool, err error) {
	if name == "" {
		return nil, false, &model.Failure{Source: model.Endpoint, Kind: model.NotSupported, Doing: "ask for an account",
			Seen: "the directory gave no sAMAccountName", Remedy: "Look at the object in the directory."}
	}
	machines, whole, err := e.machinesOf(ctx, name)
	if err != nil {
		return nil, false, err
	}
	for i := range machines {
		list, err := e.LoggedOn(ctx, machines[i].ID)
		if err != nil {
			return nil, false, err
		}
		found := false
		for _, l := range list {
			if strings.EqualFold(l.Name.String(), name.String()) && l.Domain != "" {
				l.Machine, found = machines[i].Name, true
				logons = append(logons, l)
			}
		}
		whole = whole && found
	}
	return logons, whole, nil
}

// machinesOf lists the machines on which accounts of a name were seen, those that reported last first.
func (e *Endpoint) machinesOf(ctx context.Context, name text.Line) (machines []model.Machine, whole bool, err error) {
	api := e.api.For(entra.Purpose{Doing: "ask for an account", Feature: entra.AccountMachines})
	r := newMachineReader()
	gaps, err := entra.Pages(ctx, api, entra.List{Path: "/api/users/" + url.PathEscape(name.String()) + "/machines", Name: "machines"},
		func(page []machineRecord) error {
			for i := range page {
				if m, ok := r.read(&page[i]); ok {
					machines = append(machines, m)
				}
			}
			return nil
		})
	if isNoMachines(err) { // how older answers say that nobody of that name was seen
		return nil, true, nil
	}
	slices.SortStableFunc(machines, func(a, b model.Machine) int { return b.LastSeen.Compare(a.LastSeen) })
	whole = len(gaps) == 0 && r.invalid == 0 && len(machines) <= accountMachines
	return machines[:min(len(machines), accountMachines)], whole, err
}
