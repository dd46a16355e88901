package providers

import (
	"slices"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
)

// dashboard joins the facts and judges them. It is the only place that makes one.
func (f *facts) dashboard() *Dashboard {
	f.view = f.view.Next(f.table, f.knowledge())
	return f.show(f.view)
}

// show judges the facts beside a view that was made from them.
func (f *facts) show(view *inventory.View) *Dashboard {
	d := &Dashboard{
		View:       view,
		Toggles:    slices.Clone(f.toggles),
		Portal:     f.tenant.portalState(),
		Licences:   slices.Clone(f.licences),
		Sources:    f.sources(),
		Sensors:    f.sensors,
		Issues:     f.issues,
		Changes:    f.changes,
		NewAlerts:  f.newAlerts,
		Loaded:     f.loaded,
		Refreshing: f.refreshing,
		At:         f.at,
	}
	d.Status = model.Judge(f.judged(d))
	return d
}

// judged gathers what the integration status is computed from.
func (f *facts) judged(d *Dashboard) model.Facts {
	counts := d.View.Counts()
	return model.Facts{
		Now: f.tenant.Now(), Interval: f.tenant.Interval, DirectoryInterval: f.tenant.DirectoryInterval,
		Toggles: d.Toggles, Portal: d.Portal, Licences: f.knownLicences(), Sources: d.Sources, Sensors: f.sensors, Candidates: f.candidates,
		Issues:             f.issues,
		LastIdentitySignal: later(f.identityAlerts.newest, f.signals.Identity.At),
		LastEndpointSignal: f.machines.newest,
		Signals:            f.signals,
		Computers:          counts.EnabledComputers,
		Recognized:         counts.EnabledRecognized,
		Ambiguous:          counts.Ambiguous,
		Unplaced:           counts.Unplaced[inventory.UnplacedOther],
	}
}

// knownLicences gives both licences; one that could not be read is unknown and says why.
func (f *facts) knownLicences() []model.Licence {
	if f.licences != nil || f.outcomes[aboutLicences].failure == nil {
		return f.licences
	}
	failure := f.outcomes[aboutLicences].failure
	return []model.Licence{
		{Side: model.IdentitySide, Problem: failure},
		{Side: model.EndpointSide, Problem: failure},
	}
}

// sources sums the topics of each source up.
func (f *facts) sources() []model.SourceStatus {
	all := make([]model.SourceStatus, 0, len(model.Sources))
	for _, source := range model.Sources {
		s := model.SourceStatus{Source: source, Host: f.tenant.host(source), Limits: f.tenant.limits(source)}
		if source == model.Settings {
			s.Gaps = f.snapshotGap()
		}
		if s.Host == "" {
			s.State = model.SourceOff
		} else {
			f.sum(&s)
		}
		all = append(all, s)
	}
	return all
}

// sum folds the outcomes of a source's topics into its status.
func (f *facts) sum(s *model.SourceStatus) {
	asked, asking, failed, good := 0, 0, 0, 0
	for about, o := range f.outcomes {
		if topicSource[about] != s.Source || (!o.answered && !o.asking) {
			continue
		}
		asked++
		if o.asking {
			asking++
		}
		s.Items += o.items
		s.Latency = max(s.Latency, o.took)
		s.Gaps = append(s.Gaps, o.gaps...)
		if topic(about) == aboutLogons {
			s.Accounts = f.accountsWay(&o)
		}
		switch {
		case o.failure == nil:
			if !o.good.IsZero() {
				good++
			}
		case topic(about) == aboutLogons && denied(o.failure): // may stay unanswered: then users without evidence are unknown
			s.Gaps = append(s.Gaps, huntingGap(o.failure))
		case topic(about) == aboutIncidents && denied(o.failure): // alerts are still told with the number of theirs
			s.Gaps = append(s.Gaps, incidentsGap(o.failure))
		case (topic(about) == aboutSignals || topic(about) == aboutCandidates) && denied(o.failure): // as much is known as without
		case topic(about) == aboutSettings: // no badge depends on it
			s.Gaps = append(s.Gaps, settingsGap(o.failure))
		case !stopped(o.failure):
			failed++
			s.Failure = worse(s.Failure, o.failure)
		}
		if (isRare(topic(about)) || topic(about) == aboutSettings) && asked > 1 {
			continue // its age is not that of the source
		}
		if s.LastGood.IsZero() || (!o.good.IsZero() && o.good.Before(s.LastGood)) {
			s.LastGood = o.good
		}
	}
	broken := 0
	for _, gap := range s.Gaps {
		if !gap.IsNote() {
			broken++
		}
	}
	s.State = sourceState(asked, asking, failed, good, broken)
}

func sourceState(asked, asking, failed, good, gaps int) model.SourceState {
	switch {
	case asked == 0:
		return model.SourceWaiting
	case asking > 0 && good == 0 && failed == 0:
		return model.SourceLoading
	case failed > 0 && good == 0:
		return model.SourceFailed
	case failed > 0 || gaps > 0:
		return model.SourceDegraded
	}
	return model.SourceOK
}

// worse keeps the failure that explains most: the first one, unless a later one is about signing in.
func worse(have, next *model.Failure) *model.Failure {
	if have == nil || next.Kind == model.SignInRefused {
		return next
	}
	return have
}

// accountsWay says how the accounts seen on machines are asked for.
func (f *facts) accountsWay(logons *outcome) string {
	switch {
	case !logons.good.IsZero():
		return model.AccountsByHunting
	case logons.failure != nil && denied(logons.failure) && f.tenant.host(model.Endpoint) != "":
		return model.AccountsOneByOne
	}
	return ""
}

// huntingGap says that accounts cannot be asked for all at once.
func huntingGap(f *model.Failure) model.Gap {
	return model.Gap{Source: model.Identity, Code: model.CodeNoHunting, What: "Accounts seen on machines cannot be asked for: " + f.Seen + ".",
		Remedy: f.Remedy}
}

// incidentsGap says that incidents cannot be read.
func incidentsGap(f *model.Failure) model.Gap {
	return model.Gap{Source: model.Identity, Code: model.CodeNoIncidents, What: "Incidents cannot be read: " + f.Seen + ".",
		Remedy: f.Remedy}
}

// settingsGap says that toggles that decide nothing cannot be read.
func settingsGap(f *model.Failure) model.Gap {
	return model.Gap{Source: model.Settings, Code: model.CodeSettingUnknown, What: "Settings beside the toggles cannot be read: " + f.Seen + ".",
		Remedy: f.Remedy}
}

// host says where a source is asked; empty when there is none.
func (t *Tenant) host(source model.Source) string {
	if t.cached != nil {
		return t.cached[source.String()]
	}
	switch source {
	case model.Directory:
		return t.DirectoryHost()
	case model.Endpoint:
		if t.Endpoint != nil {
			return t.Endpoint.Host()
		}
	case model.Identity:
		if t.Identity != nil {
			return t.Identity.Host()
		}
	case model.Settings:
		return t.Settings[0].Host()
	}
	return ""
}

// limits says how near the requests to a source are to what its service allows; nil for those without such a limit.
func (t *Tenant) limits(source model.Source) *model.Limits {
	var limits model.Limits
	switch {
	case source == model.Endpoint && t.Endpoint != nil:
		limits = t.Endpoint.Limits()
	case source == model.Identity && t.Identity != nil:
		limits = t.Identity.Limits()
	default:
		return nil
	}
	return &limits
}

// incomplete reports whether things are missing from an answer, so that absence proves nothing.
func incomplete(gaps []model.Gap) bool {
	return slices.ContainsFunc(gaps, func(g model.Gap) bool { return g.Missing })
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
