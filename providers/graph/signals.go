package graph

import (
	"context"

	"adbadge/model"
	"adbadge/providers/entra"
)

// The newest data of each product. Each is asked for by itself, since one absent table fails a whole query; a day is all
// that is looked at, so that they cost next to nothing of the quota. Sign-ins to cloud services are in the same table as
// those to the AD, and come from another product.
const (
	identitySignal = `IdentityLogonEvents
| where Timestamp > ago(1d) and Application == "Active Directory"
| summarize Last = max(Timestamp)`
	endpointSignal = `DeviceInfo
| where Timestamp > ago(1d)
| summarize Last = max(Timestamp)`
)

// signalRow is the row of the answer.
type signalRow struct {
	Last string `json:"Last"`
}

// Signals says when each product sent data last, by hunting. A product without a table is unknown. A Failure of kind
// PermissionMissing, LicenceAbsent or NotSupported means that neither can be asked for.
func (g *Graph) Signals(ctx context.Context) (model.Signals, error) {
	var signals model.Signals
	var absent error
	for _, s := range []struct {
		query  string
		signal *model.Signal
	}{{identitySignal, &signals.Identity}, {endpointSignal, &signals.Endpoint}} {
		rows, err := hunt[signalRow](ctx, g, "hunt for signals", s.query)
		switch f := model.AsFailure(err, model.Identity, "hunt for signals"); {
		case f == nil:
			s.signal.Known = true
			if len(rows) > 0 {
				s.signal.At = entra.ReadTime(rows[0].Last)
			}
		case f.Kind == model.LicenceAbsent:
			absent = f
		default:
			return model.Signals{}, f
		}
	}
	if signals == (model.Signals{}) {
		return signals, absent
	}
	return signals, nil
}
