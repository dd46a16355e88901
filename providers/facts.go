package providers

import (
	"context"
	"errors"
	"slices"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
)

// facts are the last answers of every source: what dashboards are made from. They belong to the pass.
type facts struct {
	tenant *Tenant

	view           *inventory.View // the last one, which the next is made from
	table          *inventory.Table
	directories    []directoryFacts // one for each of the tenant's
	asked          bool             // a person wants this pass
	machines       followed[model.Machine, inventory.Machines]
	endpointAlerts followed[model.Alert, inventory.Alerts]
	identityAlerts followed[model.Alert, inventory.Alerts]
	incidents      followed[model.Incident, incidents] // those that are not resolved, and those that were since
	logons         inventory.Logons
	allLogons      *inventory.Logons // with those of accounts; nil when they have to be put together anew
	signals        model.Signals
	accounts       map[model.GUID]account // users that were asked for one by one
	toggles        []model.Toggle         // of all owners
	changes        []model.Change         // the newest ones of the record
	// overtaken are the topics of which something was changed during this pass, so that what it read before may be wrong.
	overtaken  [topicCount]bool
	licences   []model.Licence
	sensors    []model.Sensor          // nil until answered
	candidates []model.SensorCandidate // nil until answered
	issues     []model.HealthIssue     // nil until answered

	outcomes       [topicCount]outcome
	announced      [2]inventory.Alerts // those of the pass before, of both sources
	answeredAlerts [2]bool             // whether they were answered
	newAlerts      []*model.Alert
	refreshing     bool
	began          time.Time // the pass
	loaded         bool
	at             time.Time
	kept           time.Time // when the snapshot was written last
	dirty          bool      // something was changed since
	notKept        string    // why it could not be, in a sentence
}

// outcome is how a topic was answered last.
type outcome struct {
	asking   bool
	answered bool // at least once, well or not
	items    int
	gaps     []model.Gap
	failure  *model.Failure // of the last try; nil when it went well
	tried    time.Time      // when that was
	good     time.Time      // of the last answer that went well
	took     time.Duration
}

func newFacts(tenant *Tenant) *facts {
	return &facts{tenant: tenant, view: new(inventory.View), table: inventory.NewBuilder(0).Table(), directories: make([]directoryFacts, len(tenant.Directories)),
		accounts: map[model.GUID]account{}}
}

// store takes an answer over. A failed one leaves the last good facts in place, but for a directory that has never
// been read whole: some rows are better than none, and their status says that they are not all. What is missing from facts
// that stay is missing still.
func (f *facts) store(a answer) {
	o := &f.outcomes[a.topic]
	if a.partial {
		o.items = a.items
		a.apply(f)
		return
	}
	o.asking, o.answered, o.took = false, true, a.took
	if a.err == nil || o.good.IsZero() {
		o.items, o.gaps = a.items, a.gaps
	}
	o.failure, o.tried = model.AsFailure(a.err, topicSource[a.topic], topicDoing[a.topic]), f.tenant.Now()
	if a.err == nil {
		o.good = o.tried
	}
	if a.apply != nil && (a.err == nil || a.topic == aboutEntities) {
		a.apply(f)
	}
}

// giveUp marks the topics that are still open as failed.
func (f *facts) giveUp(pending [topicCount]bool, cause error) {
	for about, waiting := range pending {
		if waiting {
			f.store(answer{topic: topic(about), err: f.whyLate(topic(about), cause)})
		}
	}
}

// whyLate says why a topic was not answered in time, when it is known.
func (f *facts) whyLate(about topic, cause error) error {
	limits := f.tenant.limits(topicSource[about])
	if limits == nil || limits.RetryAt.IsZero() || errors.Is(cause, context.Canceled) {
		return cause
	}
	return &model.Failure{Source: topicSource[about], Kind: model.Throttled, Doing: topicDoing[about],
		Seen:    "the service asks to be asked less often",
		Remedy:  "Wait until " + limits.RetryAt.Local().Format("15:04:05") + "; adbadge asks again by itself.",
		RetryAt: limits.RetryAt, Cause: cause}
}

// growTable shows directories that are being read for the first time. Later reads stay out of sight until whole.
func (f *facts) growTable(table *inventory.Table) {
	if f.outcomes[aboutEntities].good.IsZero() {
		f.table = table
	}
}

// setToggles takes over toggles as they were read, and keeps all others.
func (f *facts) setToggles(toggles []model.Toggle) {
	for _, t := range toggles {
		if i := slices.IndexFunc(f.toggles, t.Is); i >= 0 {
			f.toggles[i] = t
		} else {
			f.toggles = append(f.toggles, t)
		}
	}
	slices.SortFunc(f.toggles, model.Toggle.Compare)
}

// setIssue takes over a health issue as it was read.
func (f *facts) setIssue(issue model.HealthIssue) {
	issues := slices.DeleteFunc(slices.Clone(f.issues), func(h model.HealthIssue) bool { return h.ID == issue.ID })
	if issue.Status == model.IssueOpen {
		issues = append(issues, issue)
	}
	f.issues = orEmpty(issues)
}

// finish ends a pass: it notes which open alerts are new. Those of the first pass are not.
func (f *facts) finish() {
	first := !f.loaded
	f.loaded = true
	if slices.ContainsFunc(f.outcomes[:], func(o outcome) bool { return !o.good.IsZero() && !o.good.Before(f.began) }) {
		f.at = f.tenant.Now() // a pass that brought nothing makes nothing younger
	}
	f.forgetAccounts()
	f.newAlerts = nil
	before, was := f.announced, f.answeredAlerts
	f.announce()
	if first {
		return
	}
	for i := range f.announced {
		if !was[i] {
			continue // the first answer: nobody can tell which of its alerts are new
		}
		for _, a := range f.announced[i].OpenedSince(&before[i]) {
			known := func(other *model.Alert) bool { return other.ID == a.ID }
			if !before[1-i].IsOpen(a.ID, a.Product) && !slices.ContainsFunc(f.newAlerts, known) {
				f.newAlerts = append(f.newAlerts, &a)
			}
		}
	}
}

// announce takes the alerts for known.
func (f *facts) announce() {
	f.answeredAlerts = [2]bool{!f.outcomes[aboutEndpointAlerts].good.IsZero(), !f.outcomes[aboutIdentityAlerts].good.IsZero()}
	f.announced = [2]inventory.Alerts{f.endpointAlerts.items, f.identityAlerts.items}
}

// directoriesDue reports whether a directory is to be asked: it can say what has changed, or its own interval has passed
// since it was last read from end to end.
func (f *facts) directoriesDue() bool {
	return slices.ContainsFunc(f.directories, func(d directoryFacts) bool { return d.isTracked() || d.isDue(f.tenant) })
}

// isRare reports whether a topic costs the service much, or changes seldom, so that it is not asked at every refresh.
func isRare(about topic) bool {
	return about == aboutLogons || about == aboutSignals || about == aboutCandidates
}

// isRareDue reports whether such a topic is to be asked: a person wants it, or the interval of the
// directory has passed. What could not be asked for is tried again at the next refresh, what is not permitted later.
func (f *facts) isRareDue(about topic) bool {
	o := &f.outcomes[about]
	if f.asked || !o.answered || o.failure != nil && !denied(o.failure) {
		return true
	}
	return f.tenant.Now().Sub(o.tried) >= f.tenant.DirectoryInterval
}

// toggle gives the toggle of a side that decides, as it was read last.
func (f *facts) toggle(side model.Side) model.Toggle { return model.DecidingToggle(f.toggles, side) }

// switchedOff reports whether the toggle of a side was read as off.
func (f *facts) switchedOff(side model.Side) bool { return f.toggle(side).State == model.ToggleOff }

// joins reports whether the data of a side may be asked for. A toggle that adbadge keeps itself says just that; the
// toggles of the portals say that the products do not exchange data, and each still answers for itself.
func (f *facts) joins(side model.Side) bool {
	return !f.switchedOff(side) || f.toggle(side).Owner != model.OwnerAdbadge
}

// off says why badges cannot be known, when a switch is the reason.
func (f *facts) off() model.Reason {
	identity, endpoint := f.switchedOff(model.IdentitySide), f.switchedOff(model.EndpointSide)
	switch {
	case f.tenant.host(model.Endpoint) == "":
		return model.NotConfigured
	case identity && endpoint:
		return model.IntegrationOff
	case identity:
		return model.IdentitySideOff
	case endpoint:
		return model.EndpointSideOff
	}
	return model.NoReason
}

// stale reports whether the answer about badges is older than a refresh interval, or could not be renewed.
func (f *facts) stale() bool {
	for _, about := range []topic{aboutMachines, aboutEndpointAlerts} {
		o := &f.outcomes[about]
		if o.good.IsZero() {
			continue
		}
		if o.failure != nil || f.isOld(o.good) {
			return true
		}
	}
	return false
}

// isOld reports whether an answer is older than a refresh interval, and should have been renewed by now.
func (f *facts) isOld(at time.Time) bool {
	return f.tenant.Now().Sub(at) > f.tenant.Interval+f.tenant.Interval/2
}

// knowledge is what the join needs.
func (f *facts) knowledge() inventory.Knowledge {
	logons, asked := f.withAccounts()
	return inventory.Knowledge{
		Machines: f.machines.items, EndpointAlerts: f.endpointAlerts.items, IdentityAlerts: f.identityAlerts.items,
		Incidents: f.incidents.items, Logons: logons, Asked: asked,
		MachinesAnswer:       f.outcomes[aboutMachines].answer(),
		EndpointAlertsAnswer: f.outcomes[aboutEndpointAlerts].answer(),
		IdentityAlertsAnswer: f.outcomes[aboutIdentityAlerts].answer(),
		LogonsAnswer:         f.outcomes[aboutLogons].answer(),
		Off:                  f.off(),
		Stale:                f.stale(),
	}
}

// answer says how far a topic's answer can be relied on. A good answer of an earlier pass still counts; the view
// marks it as old.
func (o *outcome) answer() inventory.Answer {
	a := inventory.Answer{At: o.good}
	switch {
	case !o.good.IsZero() && incomplete(o.gaps):
		a.State = inventory.Incomplete
	case !o.good.IsZero():
		a.State = inventory.Answered
	case o.failure == nil:
		a.State = inventory.NotAnswered
	case denied(o.failure):
		a.State = inventory.Denied
	default:
		a.State = inventory.Failed
	}
	return a
}

// denied reports whether a failure means "not allowed" rather than "not able".
func denied(f *model.Failure) bool {
	switch f.Kind {
	case model.PermissionMissing, model.LicenceAbsent, model.NotSupported, model.SignInRefused:
		return true
	}
	return false
}

// stopped reports whether a failure only means that the program is ending.
func stopped(f *model.Failure) bool { return f != nil && f.Cause == context.Canceled }
