package providers

import (
	"context"
	"sync"
	"time"

	"adbadge/model"
)

// Refresher keeps a dashboard up to date. Run does the work in one goroutine; all other methods may be called from
// any goroutine at any time and never wait for a source, but for Once,
// SetToggle, SetIssue and AskAccount.
type Refresher struct {
	tenant *Tenant
	facts  *facts // belongs to whoever holds pass

	pass turn              // one pass over the sources at a time
	news chan func(*facts) // hands what was learnt beside a pass to the one under way

	mu      sync.Mutex // guards what follows
	current *Dashboard
	changed chan struct{} // closed and replaced with every new dashboard
	paused  bool
	signIn  *SignInPrompt

	wake chan struct{} // asks Run for a refresh now

	changing sync.WaitGroup // changes of toggles under way
}

// turn is a lock that can be waited for beside other things: who has sent into it holds it.
type turn chan struct{}

func (t turn) Lock()   { t <- struct{}{} }
func (t turn) Unlock() { <-t }

// NewRefresher prepares a refresher; nothing is asked before Run or Once.
func NewRefresher(tenant *Tenant) *Refresher {
	r := &Refresher{
		tenant:  tenant,
		facts:   newFacts(tenant),
		pass:    make(turn, 1),
		news:    make(chan func(*facts)),
		changed: make(chan struct{}),
		wake:    make(chan struct{}, 1),
	}
	r.current = r.facts.dashboard()
	return r
}

// Current gives the newest dashboard, never nil.
func (r *Refresher) Current() *Dashboard {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.current
}

// Wait gives the newest dashboard as soon as its generation is above the given one.
func (r *Refresher) Wait(ctx context.Context, generation uint64) (*Dashboard, error) {
	for {
		r.mu.Lock()
		current, changed := r.current, r.changed
		r.mu.Unlock()
		if current.Generation > generation {
			return current, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-changed:
		}
	}
}

// Refresh asks Run to begin a refresh now.
func (r *Refresher) Refresh() {
	select {
	case r.wake <- struct{}{}:
	default: // one is on its way already
	}
}

// Pause stops or resumes the refreshes that come by themselves.
func (r *Refresher) Pause(paused bool) {
	r.mu.Lock()
	r.paused = paused
	next := *r.current
	next.Paused = paused
	next.Next = time.Time{}
	if !paused {
		next.Next = r.tenant.Now().Add(r.tenant.Interval)
	}
	r.swap(&next)
	r.mu.Unlock()
}

// ShowSignIn shows what a person is to do until the context ends. It may be OpenOptions.Prompt.
func (r *Refresher) ShowSignIn(ctx context.Context, prompt SignInPrompt) {
	r.changeSignIn(func() { r.signIn = &prompt })
	context.AfterFunc(ctx, func() {
		r.changeSignIn(func() {
			if r.signIn == &prompt { // not the next one already
				r.signIn = nil
			}
		})
	})
}

func (r *Refresher) changeSignIn(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	next := *r.current
	next.NewAlerts = nil // they were announced
	r.swap(&next)
}

// Run starts from the snapshot, if there is one, and refreshes until the context ends: at once, then whenever the interval has
// passed or Refresh asks for it. A change of a toggle that is under way then has a moment to write down what came of it.
func (r *Refresher) Run(ctx context.Context) {
	r.restore(ctx)
	defer r.keepLast(ctx)
	defer r.awaitChanges()
	asked := true // the first pass reads everything
	for ctx.Err() == nil {
		r.refresh(ctx, asked)
		r.keepDue(ctx, keepInterval)
		timer := time.NewTimer(r.tenant.Interval)
		asked = false
		for waiting := true; waiting; {
			select {
			case <-ctx.Done():
				timer.Stop()
				return
			case <-r.wake:
				waiting, asked = false, true
			case <-timer.C:
				if waiting = r.isPaused(); waiting {
					r.age(ctx)
					timer.Reset(r.tenant.Interval)
				}
			}
		}
		timer.Stop()
	}
}

// Once does one whole refresh and gives its dashboard. What has not answered when the context ends is marked as
// timed out; the dashboard is never nil.
func (r *Refresher) Once(ctx context.Context) *Dashboard {
	r.refresh(ctx, true)
	return r.Current()
}

// Refreshed is Once for a dashboard that is kept up to date: a directory that tells what has changed is asked for no more.
func (r *Refresher) Refreshed(ctx context.Context) *Dashboard {
	r.refresh(ctx, false)
	return r.Current()
}

// SetToggle switches one side on or off, as Tenant.SetToggle does, and shows the toggles as they were read back at
// once; a refresh follows.
func (r *Refresher) SetToggle(ctx context.Context, flip Flip) (model.Change, error) {
	r.changing.Add(1)
	defer r.changing.Done()
	flip.Read = func(toggles []model.Toggle) { r.tell(func(f *facts) { f.setToggles(toggles) }) }
	change, toggles, err := r.tenant.SetToggle(ctx, flip)
	if toggles == nil {
		return change, err
	}
	r.tell(func(f *facts) {
		f.setToggles(toggles)
		f.overtaken[aboutToggles], f.overtaken[aboutSettings] = true, true
	})
	r.Refresh()
	return change, err
}

// SetIssue changes the status of a health issue, as Tenant.SetIssue does, and shows it as it was read back at once; a
// refresh follows.
func (r *Refresher) SetIssue(ctx context.Context, wanted IssueChange) (model.Change, error) {
	change, issue, err := r.tenant.SetIssue(ctx, wanted)
	if issue == nil {
		return change, err
	}
	r.tell(func(f *facts) {
		f.setIssue(*issue)
		f.overtaken[aboutIssues] = true
	})
	r.Refresh()
	return change, err
}

// awaitChanges waits for the changes under way, whose contexts end with the program, a little longer than the last reading of
// a toggle may take.
func (r *Refresher) awaitChanges() {
	ended := make(chan struct{})
	go func() {
		r.changing.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(lastRead + time.Second):
	}
}

// BeginPortal begins a session with the portal, and shows what came of it at once; a refresh follows.
func (r *Refresher) BeginPortal(ctx context.Context, cookies Cookies) error {
	err := r.tenant.Portal.Begin(ctx, cookies)
	r.tellPortal()
	return err
}

// EndPortal drops the cookies of the session with the portal.
func (r *Refresher) EndPortal() {
	r.tenant.Portal.End()
	r.tellPortal()
}

// tellPortal shows the toggle as one that is not known, until it is read.
func (r *Refresher) tellPortal() {
	unknown := model.Toggle{Side: model.EndpointSide, Owner: model.OwnerPortal, Problem: r.tenant.Portal.State().Ended}
	r.tell(func(f *facts) {
		f.setToggles([]model.Toggle{unknown})
		f.overtaken[aboutSettings] = true
	})
	r.Refresh()
}

// tell adds to the facts and shows them at once. A pass may be waiting for a slow source: then it does both.
func (r *Refresher) tell(change func(*facts)) {
	news := func(f *facts) { change(f); f.dirty = true }
	select {
	case r.news <- news:
	case r.pass <- struct{}{}:
		defer r.pass.Unlock()
		r.facts.newAlerts = nil // they were announced
		news(r.facts)
		r.publish(r.facts.dashboard())
	}
}

func (r *Refresher) isPaused() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.paused
}

// age publishes what is known already, so that answers that have grown old are marked.
func (r *Refresher) age(ctx context.Context) {
	r.pass.Lock()
	defer r.pass.Unlock()
	if ctx.Err() == nil {
		r.facts.newAlerts = nil // they were announced
		r.publish(r.facts.dashboard())
	}
}

// publish gives the dashboard its generation and swaps it in.
func (r *Refresher) publish(next *Dashboard) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next.Paused = r.paused
	if !next.Refreshing && !r.paused {
		next.Next = r.tenant.Now().Add(r.tenant.Interval)
	}
	r.swap(next)
}

// swap must be called with mu held.
func (r *Refresher) swap(next *Dashboard) {
	next.Generation, next.SignIn = r.current.Generation+1, r.signIn
	r.current = next
	close(r.changed)
	r.changed = make(chan struct{})
}
