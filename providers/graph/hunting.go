package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

const (
	// rowLimit is how many rows one hunting query gives at most; more are cut off without a word.
	rowLimit = 100_000
	// huntingTime is how long the service works on one query at most (3 minutes), and some more for the way.
	huntingTime = 200 * time.Second
	// partitions are asked one by one where one query gives too many rows.
	partitions = 16
	// logonBatch is how many logons are handed on at once.
	logonBatch = 5000
)

// logonQuery lists the accounts that logged on to onboarded machines within the 30 days that hunting reaches back,
// each with its last machine. %s takes a further condition. Accounts of machines have SIDs of the same form; matching
// by SID leaves them out.
const logonQuery = `DeviceLogonEvents
| where Timestamp > ago(30d) and ActionType == "LogonSuccess" and AccountSid startswith "S-1-5-21-"%s
| summarize arg_max(Timestamp, DeviceName), Devices = dcount(DeviceId) by AccountSid
| project AccountSid, LastSeen = Timestamp, LastDevice = DeviceName, Devices`

// logonRow is one row of the answer. Names of columns come in either case.
type logonRow struct {
	SID     string `json:"AccountSid"`
	At      string `json:"LastSeen"`
	Machine string `json:"LastDevice"`
}

// Logons lists the AD accounts that Defender for Endpoint has seen on machines. A Failure of kind PermissionMissing,
// LicenceAbsent or NotSupported means that accounts cannot be asked for all at once.
func (g *Graph) Logons(ctx context.Context, emit func([]model.Logon) error) ([]model.Gap, error) {
	if !g.split.Load() {
		rows, err := hunt[logonRow](ctx, g, "hunt for accounts", fmt.Sprintf(logonQuery, ""))
		if err != nil {
			return nil, err
		}
		if len(rows) < rowLimit {
			return nil, emitLogons(rows, emit)
		}
		g.split.Store(true)
	}
	cut := 0
	for i := range partitions {
		rows, err := hunt[logonRow](ctx, g, "hunt for accounts", fmt.Sprintf(logonQuery, fmt.Sprintf(" and hash(AccountSid, %d) == %d", partitions, i)))
		if err != nil {
			return nil, err
		}
		if len(rows) >= rowLimit {
			cut++
		}
		if err := emitLogons(rows, emit); err != nil {
			return nil, err
		}
	}
	if cut == 0 {
		return nil, nil
	}
	return []model.Gap{{Source: model.Identity, Code: "ADB-311", Missing: true,
		What:   fmt.Sprintf("Hunting gives at most %d rows; %d of %d parts of the list of accounts were cut off.", rowLimit, cut, partitions),
		Remedy: "Users that are not in it are unknown until asked one by one."}}, nil
}

// hunt runs one query.
func hunt[T any](ctx context.Context, g *Graph, doing, query string) ([]T, error) {
	api := g.api.For(entra.Purpose{Doing: doing, Feature: entra.Hunting, Patience: huntingTime})
	var answer struct {
		Results []T `json:"results"`
	}
	err := api.Post(ctx, "/v1.0/security/runHuntingQuery", map[string]string{"Query": query, "Timespan": "P30D"}, &answer)
	if err != nil {
		return nil, huntingFailure(doing, err)
	}
	if answer.Results == nil {
		return nil, &model.Failure{Source: model.Identity, Kind: model.Broken, Doing: doing + " from " + g.Host(),
			Seen: "the answer has no results", Remedy: "Refresh; if it stays, please report it."}
	}
	return answer.Results, nil
}

// huntingFailure tells tables that a tenant does not have from queries that are wrong. Only the service's words do:
// both are 400 BadRequest.
func huntingFailure(doing string, err error) error {
	status, ok := errors.AsType[*entra.Status](err)
	if !ok || status.Code != http.StatusBadRequest {
		return unsupported(err)
	}
	f := *model.AsFailure(err, model.Identity, doing)
	if strings.Contains(strings.ToLower(status.Message), "failed to resolve table") {
		f.Kind = model.LicenceAbsent
		f.Seen = "the tenant has no such hunting data (" + status.Message + ")"
		f.Remedy = "Hunting comes with Defender for Endpoint P2 and Defender for Identity; without it accounts are asked one by one."
		return &f
	}
	return unsupported(&f)
}

// emitLogons hands rows on in batches. Rows without an account's SID are of no use: nothing else tells who it is.
func emitLogons(rows []logonRow, emit func([]model.Logon) error) error {
	batch := make([]model.Logon, 0, min(len(rows), logonBatch))
	for i, r := range rows {
		if sid, err := model.ParseSID(r.SID); err == nil && sid.IsAccount() {
			batch = append(batch, model.Logon{SID: sid, Machine: text.Clean(r.Machine), At: entra.ReadTime(r.At)})
		}
		if len(batch) == logonBatch || i == len(rows)-1 && len(batch) > 0 {
			if err := emit(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return nil
}
