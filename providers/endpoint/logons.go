package endpoint

import (
	"context"
	"slices"

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

// LoggedOn lists the accounts that one machine reports, newest first.
func (e *Endpoint) LoggedOn(ctx context.Context, machineID string) ([]model.Logon, error) {
	id, ok := entra.ReadMachineID(machineID)
	if !ok {
		return nil, &model.Failure{Source: model.Endpoint, Kind: model.Broken, Doing: "read the accounts of a machine",
			Seen: "its id is not one of Defender for Endpoint", Remedy: "Refresh; if it stays, please report it."}
	}
	api := e.api.For(entra.Purpose{Doing: "read the accounts of a machine", Permissions: []string{"User.Read.All"}})
	var list []model.Logon
	_, err := entra.Pages(ctx, api, entra.List{Path: "/api/machines/" + id + "/logonusers", Name: "accounts"},
		func(page []logonRecord) error {
			for _, r := range page {
				if r.Name != "" {
					list = append(list, model.Logon{Name: text.Clean(r.Name), Domain: text.Clean(r.Domain), At: entra.ReadTime(r.Last)})
				}
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b model.Logon) int { return b.At.Compare(a.At) })
	return list, nil
}
