package providers

import (
	"context"
	"errors"
	"slices"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
)

// topic is one question that a refresh asks a source.
type topic uint8

const (
	aboutToggles topic = iota
	aboutEntities
	aboutMachines
	aboutEndpointAlerts
	aboutIdentityAlerts
	aboutIncidents
	aboutIssues
	aboutSensors
	aboutLicences
	aboutLogons
	aboutSignals
	aboutSettings // the toggles that decide nothing
	aboutCandidates
	topicCount
)

// topicSource names whom each topic is asked from.
var topicSource = [topicCount]model.Source{
	model.Settings, model.Directory, model.Endpoint, model.Endpoint,
	model.Identity, model.Identity, model.Identity, model.Identity, model.Identity, model.Identity, model.Identity,
	model.Settings, model.Identity,
}

// topicDoing says what is being done, for failures.
var topicDoing = [topicCount]string{
	"read the toggles", "read the directory", "read machines from Defender for Endpoint",
	"read alerts from Defender for Endpoint", "read alerts of Defender for Identity", "read incidents from Microsoft Graph",
	"read health issues of Defender for Identity", "read sensors of Defender for Identity",
	"read licences from Microsoft Graph", "ask which accounts were seen on machines",
	"ask when both products sent data last", "read the settings beside the toggles",
	"read candidates for sensors of Defender for Identity",
}

const (
	// togglesPatience is how long the cloud sources wait to learn whether they are to be asked at all.
	togglesPatience = 3 * time.Second
	// drawSpacing is the least time between two dashboards of one pass; a join that takes long stretches it.
	drawSpacing = 120 * time.Millisecond
	// waitsSpacing is how often it is looked whether a source has to be left alone, so that nobody wonders for minutes.
	waitsSpacing = time.Second
)

// answer is what came of one topic. apply stores it; partial answers come before the last one.
type answer struct {
	topic   topic
	partial bool
	items   int
	gaps    []model.Gap
	err     error
	took    time.Duration
	apply   func(*facts)
	reading *reading
}

// refresh does one pass over the sources. asked says that a person wants it: then the directory is asked as well,
// whatever its own interval says, and for deletions too.
func (r *Refresher) refresh(ctx context.Context, asked bool) {
	r.pass.Lock()
	defer r.pass.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // whoever has not answered by then is of no more use

	f := r.facts
	f.refreshing, f.began, f.overtaken, f.newAlerts = true, f.tenant.Now(), [topicCount]bool{}, nil
	r.publishUnjoined()
	p := &pass{refresher: r, answers: make(chan answer), ctx: ctx, began: time.Now()}
	p.ask(aboutToggles)
	f.asked = asked
	if asked || f.directoriesDue() {
		p.ask(aboutEntities)
	}
	patience, waits := time.NewTimer(togglesPatience), time.NewTicker(waitsSpacing)
	defer patience.Stop()
	defer waits.Stop()
	for p.open > 0 || !p.cloudAsked {
		select {
		case <-ctx.Done():
			f.giveUp(p.pending, ctx.Err())
			p.open, p.cloudAsked = 0, true
		case <-patience.C:
			p.askCloud()
		case a := <-p.answers:
			p.take(a)
		case news := <-r.news:
			news(f)
			p.draw()
		case <-p.due:
			p.draw()
		case <-waits.C:
			p.showWaits()
		}
	}
	f.refreshing = false
	f.finish()
	r.publish(f.dashboard())
}

// publishUnjoined shows that a refresh runs, with the view as it is.
func (r *Refresher) publishUnjoined() {
	next := *r.Current()
	next.Refreshing, next.NewAlerts = true, nil
	r.publish(&next)
}

// pass is one refresh under way. It belongs to one goroutine; the questions run in their own.
type pass struct {
	ctx        context.Context
	refresher  *Refresher
	answers    chan answer
	pending    [topicCount]bool
	readings   [topicCount]*reading
	open       int
	cloudAsked bool
	began      time.Time
	drawn      time.Time
	drawing    time.Duration    // how long the last dashboard took to make
	due        <-chan time.Time // when to draw what came too soon after the last dashboard; nil when nothing did
}

// take stores one answer and draws what is known so far; a moment later when that was done a moment ago, so that the
// last of a burst of answers does not stay out of sight while a slow source is waited for.
func (p *pass) take(a answer) {
	f := p.refresher.facts
	if f.overtaken[a.topic] {
		a.apply = func(*facts) {} // the refresh that follows a change reads them again
	}
	f.store(a)
	if !a.partial {
		p.pending[a.topic] = false
		p.open--
		if a.topic == aboutToggles {
			p.askCloud()
		}
	}
	if wait := max(drawSpacing, 4*p.drawing) - time.Since(p.drawn); wait > 0 && !p.isFirstRows(a) {
		if p.due == nil {
			p.due = time.After(wait)
		}
		return
	}
	p.draw()
}

// isFirstRows reports whether the answer brings rows to a list that shows none yet: somebody is waiting for them.
func (p *pass) isFirstRows(a answer) bool {
	return a.topic == aboutEntities && a.items > 0 && p.refresher.Current().View.Len() == 0
}

// draw publishes what is known so far.
func (p *pass) draw() {
	f, begin := p.refresher.facts, time.Now()
	p.due = nil
	next := f.dashboard()
	if begin.Sub(p.began) > waitsSpacing {
		next.Progress = p.progress()
	}
	p.refresher.publish(next)
	p.drawn = time.Now()
	p.drawing = p.drawn.Sub(begin)
}

// showWaits publishes how far the refresh has come, and which sources are left alone for a while. Nothing else has changed,
// so that nothing is joined.
func (p *pass) showWaits() {
	next := *p.refresher.Current()
	before := next.Progress
	next.Progress = p.progress()
	f, changed := p.refresher.facts, !slices.Equal(before, next.Progress)
	next.Sources = slices.Clone(next.Sources)
	for i := range next.Sources {
		s := &next.Sources[i]
		limits := f.tenant.limits(s.Source)
		if limits != nil && !limits.RetryAt.Equal(s.Limits.RetryAt) {
			s.Limits, changed = limits, true
		}
	}
	if changed {
		next.Status = model.Judge(f.judged(&next))
		p.refresher.publish(&next)
	}
}

// askCloud asks the cloud sources that the toggles leave on, once.
func (p *pass) askCloud() {
	if p.cloudAsked {
		return
	}
	p.cloudAsked = true
	t, f := p.refresher.tenant, p.refresher.facts
	if len(t.Settings) > 1 {
		p.ask(aboutSettings)
	}
	if t.Endpoint != nil && !f.switchedOff(model.EndpointSide) {
		p.ask(aboutMachines)
		p.ask(aboutEndpointAlerts)
	}
	if t.Identity == nil {
		return
	}
	p.ask(aboutLicences)
	p.ask(aboutIncidents)
	if f.joins(model.IdentitySide) {
		p.ask(aboutIdentityAlerts)
		p.ask(aboutIssues)
		p.ask(aboutSensors)
		if f.isRareDue(aboutCandidates) {
			p.ask(aboutCandidates)
		}
	}
	if !f.switchedOff(model.EndpointSide) && f.isRareDue(aboutLogons) {
		p.ask(aboutLogons)
	}
	if f.joins(model.IdentitySide) && !f.switchedOff(model.EndpointSide) && f.isRareDue(aboutSignals) {
		p.ask(aboutSignals)
	}
}

// ask starts one question in its own goroutine.
func (p *pass) ask(about topic) {
	p.pending[about] = true
	p.open++
	p.refresher.facts.outcomes[about].asking = true
	question := p.refresher.facts.question(about)
	p.readings[about] = &reading{began: p.refresher.tenant.Now()}
	a := answer{topic: about, reading: p.readings[about]}
	send := func(a answer) error {
		select {
		case p.answers <- a:
			return nil
		case <-p.ctx.Done():
			return p.ctx.Err()
		}
	}
	go func() {
		begin := time.Now()
		err := guarded(about, func() error { question(p.ctx, &a, send); return nil })
		if err != nil {
			a.err = err
		}
		a.took = time.Since(begin)
		_ = send(a)
	}()
}

// guarded makes an error of a panic, so that one answer that nobody expected does not end the program.
func guarded(about topic, do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &model.Failure{Source: topicSource[about], Kind: model.Broken, Doing: topicDoing[about],
				Seen: "adbadge made a mistake while reading the answer", Remedy: "Please report it with the log file."}
		}
	}()
	return do()
}

// errStopped ends a read whose pass is over.
var errStopped = errors.New("the refresh was stopped")

// question says how a topic is asked this time.
func (f *facts) question(about topic) func(context.Context, *answer, func(answer) error) {
	t := f.tenant
	switch about {
	case aboutEntities:
		return f.directoryQuestion()
	case aboutMachines:
		return follow(f, &f.machines, t.Endpoint.Machines)
	case aboutEndpointAlerts:
		return follow(f, &f.endpointAlerts, t.Endpoint.Alerts)
	case aboutIdentityAlerts:
		return follow(f, &f.identityAlerts, t.Identity.Alerts)
	case aboutIncidents:
		return follow(f, &f.incidents, t.Identity.Incidents)
	case aboutIssues:
		open := func(ctx context.Context) ([]model.HealthIssue, error) { return t.Identity.HealthIssues(ctx, false) }
		return simply(open, func(f *facts, issues []model.HealthIssue) { f.issues = orEmpty(issues) })
	case aboutSensors:
		return simply(t.Identity.Sensors, func(f *facts, sensors []model.Sensor) { f.sensors = orEmpty(sensors) })
	case aboutCandidates:
		return simply(t.Identity.SensorCandidates, func(f *facts, list []model.SensorCandidate) { f.candidates = orEmpty(list) })
	case aboutLicences:
		return simply(t.Identity.Licences, func(f *facts, licences []model.Licence) { f.licences = licences })
	case aboutLogons:
		return func(ctx context.Context, a *answer, _ func(answer) error) {
			var logons inventory.Logons
			a.gaps, a.err = t.Identity.Logons(ctx, func(batch []model.Logon) error {
				logons = logons.With(batch)
				a.reading.items.Add(int64(len(batch)))
				return ctx.Err()
			})
			a.items = logons.Len()
			a.apply = func(f *facts) { f.logons, f.allLogons = logons, nil }
		}
	case aboutSignals:
		return func(ctx context.Context, a *answer, _ func(answer) error) {
			signals, err := t.Identity.Signals(ctx)
			a.err, a.apply = err, func(f *facts) { f.signals = signals }
		}
	case aboutSettings:
		return settingsQuestion(t.Settings[1:])
	}
	return func(ctx context.Context, a *answer, _ func(answer) error) { // about the toggles
		toggles, err := t.Settings[0].Toggles(ctx)
		a.items, a.err = len(toggles), err
		changes, gaps := t.lastChanges()
		a.gaps = gaps
		a.apply = func(f *facts) { f.setToggles(toggles); f.changes = changes }
	}
}

// settingsQuestion asks several owners of toggles at once, and shows what each says as soon as it does.
func settingsQuestion(owners []Settings) func(context.Context, *answer, func(answer) error) {
	return func(ctx context.Context, a *answer, send func(answer) error) {
		type reply struct {
			toggles []model.Toggle
			err     error
		}
		replies := make(chan reply, len(owners))
		for _, owner := range owners {
			go func() {
				var r reply
				err := guarded(aboutSettings, func() error { r.toggles, r.err = owner.Toggles(ctx); return nil })
				r.err = errors.Join(r.err, err)
				replies <- r
			}()
		}
		for range owners {
			r := <-replies
			a.items, a.err = a.items+len(r.toggles), errors.Join(a.err, r.err)
			if send(answer{topic: aboutSettings, partial: true, items: a.items, apply: func(f *facts) { f.setToggles(r.toggles) }}) != nil {
				return
			}
		}
	}
}

// simply asks for a list that comes in one piece.
func simply[T any](read func(context.Context) ([]T, error), keep func(*facts, []T)) func(context.Context, *answer, func(answer) error) {
	return func(ctx context.Context, a *answer, _ func(answer) error) {
		list, err := read(ctx)
		a.items, a.err = len(list), err
		a.apply = func(f *facts) { keep(f, list) }
	}
}

// orEmpty tells "answered: none" (empty) from "not answered" (nil).
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
