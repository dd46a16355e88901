package providers

import (
	"context"
	"maps"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
)

// account is what came of asking for one user.
type account struct {
	logons []model.Logon // of every account of that name
	whole  bool
	at     time.Time
}

// AskAlone reports whether a user has to be asked for with AskAccount, because accounts were not all answered at once.
func (d *Dashboard) AskAlone(row int) bool {
	k := d.View.Knowledge()
	return d.Loaded && d.View.Kind(row) == model.User && k.Off == model.NoReason && k.LogonsAnswer.State != inventory.Answered
}

// AskAccount asks Defender for Endpoint for one user, for tenants in which accounts cannot be asked for all at once, and
// shows the badge that follows at once. The answer counts until it is older than a refresh interval. Nothing is asked
// while the integration is off.
func (r *Refresher) AskAccount(ctx context.Context, user model.Entity) error {
	if r.tenant.Endpoint == nil || r.Current().View.Knowledge().Off != model.NoReason {
		return nil
	}
	logons, whole, err := r.tenant.Endpoint.Account(ctx, user.SAM)
	if err != nil {
		return model.AsFailure(err, model.Endpoint, "ask where "+user.Name.String()+" was seen")
	}
	at := r.tenant.Now()
	r.tell(func(f *facts) { f.accounts[user.ID], f.allLogons = account{logons, whole, at}, nil })
	return nil
}

// withAccounts gives the logons of all accounts with those of the users that were asked for one by one, and which of
// these users got a whole answer.
func (f *facts) withAccounts() (logons inventory.Logons, asked map[model.GUID]bool) {
	if len(f.accounts) == 0 {
		return f.logons, nil
	}
	asked = map[model.GUID]bool{}
	for id, a := range f.accounts {
		if a.whole {
			asked[id] = true
		}
	}
	if f.allLogons == nil {
		all := f.logons
		for _, a := range f.accounts {
			all = all.With(a.logons)
		}
		f.allLogons = &all
	}
	return *f.allLogons, asked
}

// forgetAccounts drops what nobody has asked for again.
func (f *facts) forgetAccounts() {
	before := len(f.accounts)
	maps.DeleteFunc(f.accounts, func(_ model.GUID, a account) bool { return f.isOld(a.at) })
	if len(f.accounts) != before {
		f.allLogons = nil
	}
}
