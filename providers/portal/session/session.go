// Package session reads the integration's flag from the vendor's portal with the cookies of a person who is signed in
// there. The interface is internal to Microsoft, is not supported, and may change or end any day: this is for those who
// ask for it. It reads only; there is no request that writes.
//
// The cookies stay in memory, and are dropped when the portal refuses them, when they have been held for 50 minutes, and
// at the end of the program. Facts about the interface come from what was published about it; none is documented.
package session

import (
	"context"
	"crypto/x509"
	"net/url"
	"sync"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/text"
)

const (
	// lifetime is how long cookies are held. How long the portal takes them is not documented: between one and four hours.
	lifetime = 50 * time.Minute
	// tokenLifetime is after how long the cookie XSRF-TOKEN is renewed, which the portal changes about every four minutes.
	tokenLifetime = 4 * time.Minute
)

// Options say which portal is asked, and for which tenant.
type Options struct {
	URL     string         // of the portal
	Tenant  string         // GUID; a session that belongs to another one is refused
	Roots   *x509.CertPool // nil: the system's
	Version string         // of this program, for the User-Agent
}

// Session holds the cookies while there are any. It may be used by several goroutines at the same time.
type Session struct {
	base   *url.URL
	tenant model.GUID
	agent  string
	gate   *gate
	now    func() time.Time
	life   time.Duration
	turn   chan struct{} // holds one thing while a request is under way

	mu      sync.Mutex // guards what follows
	open    *open      // nil: none
	state   model.PortalSession
	retryAt time.Time // nothing is sent before
}

// open is one session from the cookies that began it to its end.
type open struct {
	ctx    context.Context // ends with it
	cancel context.CancelFunc
	began  time.Time
	timer  *time.Timer

	held       held // guarded by Session.mu, like what follows
	tokenAt    time.Time
	tokenStale bool
}

// New makes a session without cookies. It refuses portals that are not Microsoft's.
func New(o Options) (*Session, error) {
	const doing = "prepare the portal session"
	base, err := config.SessionPortal(o.URL)
	if err != nil {
		return nil, &model.Failure{Source: model.Settings, Kind: model.Misconfigured, Doing: doing,
			Seen:   "url under [portal] cannot be trusted with a sign-in: " + err.Error(),
			Remedy: "Leave url empty, or set session = false under [portal].", Cause: err}
	}
	tenant, err := model.ParseGUID(o.Tenant)
	if err != nil || tenant.IsZero() {
		return nil, &model.Failure{Source: model.Settings, Kind: model.Misconfigured, Doing: doing, Seen: "the tenant is not named by its GUID",
			Remedy: "Set id under [tenant] to the GUID of the tenant."}
	}
	s := &Session{base: base, tenant: tenant, agent: "adbadge", gate: newGate(base, o.Roots), now: time.Now, life: lifetime, turn: make(chan struct{}, 1)}
	if o.Version != "" {
		s.agent += "/" + o.Version
	}
	s.state.Host = base.Host
	return s, nil
}

// Begin takes the cookies over, and asks the portal to whom they belong. Those of another tenant are refused and dropped.
// Cookies without XSRF-TOKEN do: the portal is asked for one.
func (s *Session) Begin(ctx context.Context, cookies Cookies) error {
	if cookies.reveal == nil {
		return s.failure("begin the portal session", model.Misconfigured, "there are no cookies", advice)
	}
	now, h := s.now(), cookies.reveal()
	o := &open{held: h, began: now, tokenAt: now, tokenStale: h.xsrf == ""}
	o.ctx, o.cancel = context.WithCancel(context.Background())
	s.mu.Lock()
	s.close(nil)
	s.open, s.retryAt = o, time.Time{}
	s.state = model.PortalSession{Begun: true, Host: s.base.Host, Until: now.Add(s.life)}
	o.timer = time.AfterFunc(s.life, func() { s.end(o, s.expired()) })
	s.mu.Unlock()
	err := s.readContext(ctx, o, "begin the portal session", new(model.PortalReading))
	if err != nil {
		s.end(o, model.AsFailure(err, model.Settings, "begin the portal session"))
	}
	return err
}

// End drops the cookies.
func (s *Session) End() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.close(nil)
}

// State says how the session stands.
func (s *Session) State() model.PortalSession {
	_, _ = s.current() // which ends one whose time is up
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Read reads the flag from both places that report it. An error means that neither could be read; what was read before is
// forgotten then.
func (s *Session) Read(ctx context.Context) (*model.PortalReading, error) {
	const doing = "read the integration's flag"
	o, err := s.current()
	if err != nil {
		return nil, err
	}
	var r model.PortalReading
	if err := s.readContext(ctx, o, doing, &r); err != nil {
		if o.ctx.Err() != nil {
			return nil, err
		}
		r.Context.Problem = model.AsFailure(err, model.Settings, doing)
	}
	if err := s.readFeatures(ctx, o, doing, &r); err != nil {
		r.Features.Problem = model.AsFailure(err, model.Settings, doing)
	}
	r.At = s.now()
	if _, err := s.current(); err != nil { // what the second answer said of the session counts for both
		return nil, err
	}
	if err := ctx.Err(); err != nil { // says nothing about the portal
		return nil, model.AsFailure(err, model.Settings, doing)
	}
	if r.Context.Problem != nil && r.Features.Problem != nil {
		s.keep(o, nil, r.Context.Problem)
		return nil, r.Context.Problem
	}
	s.keep(o, &r, nil)
	return &r, nil
}

// keep notes what was read last, or why it was not.
func (s *Session) keep(o *open, r *model.PortalReading, problem *model.Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == o {
		s.state.Reading, s.state.Problem = r, problem
	}
}

func (s *Session) readFeatures(ctx context.Context, o *open, doing string, into *model.PortalReading) error {
	data, err := s.get(ctx, o, featuresRoute, doing)
	if err != nil {
		return err
	}
	if err := readFeatures(data, into); err != nil {
		return s.drifted(doing, err)
	}
	return nil
}

// readContext reads the context of the tenant, and ends a session that is not one of the configured tenant.
func (s *Session) readContext(ctx context.Context, o *open, doing string, into *model.PortalReading) error {
	data, err := s.get(ctx, o, contextRoute, doing)
	if err != nil {
		return err
	}
	w, problem, err := readContext(data, into)
	var refused *model.Failure
	switch {
	case err != nil:
		refused = s.drifted(doing, err)
	case w.tenant != s.tenant:
		refused = s.failure(doing, model.Untrusted, "the session belongs to tenant "+w.tenant.String()+", the configuration names "+s.tenant.String(),
			"Sign in to the configured tenant in the browser, and paste the cookies anew.")
	}
	if refused != nil {
		s.end(o, refused)
		return refused
	}
	s.mu.Lock()
	if s.open == o {
		s.state.Open, s.state.Ended = true, nil
		s.state.Actor, s.state.Tenant = text.CleanMax(o.held.redact(w.actor), maxName), text.CleanMax(o.held.redact(w.named), maxName)
	}
	s.mu.Unlock()
	if problem != nil {
		into.Context.Problem = s.drifted(doing, problem)
	}
	return nil
}

// current gives the session that is open, or says why there is none.
func (s *Session) current() (*open, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open != nil && s.isOver(s.open) {
		s.close(s.expired())
	}
	switch {
	case s.open != nil:
		return s.open, nil
	case s.state.Ended != nil:
		return nil, s.state.Ended
	}
	return nil, s.failure("read the integration's flag", model.SignInRefused, "there is no portal session", advice)
}

// isOver goes by the clock on the wall as well, because the other one stands still while the machine sleeps.
func (s *Session) isOver(o *open) bool {
	now := s.now()
	return now.Sub(o.began) >= s.life || now.Round(0).Sub(o.began.Round(0)) >= s.life
}

// end ends one session, unless another one has begun since.
func (s *Session) end(o *open, why *model.Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == o {
		s.close(why)
	}
}

// close drops the cookies and what is under way with them. It must be called with mu held.
func (s *Session) close(why *model.Failure) {
	if s.open == nil {
		return
	}
	s.open.timer.Stop()
	s.open.cancel()
	s.open.held = held{}
	s.open = nil
	s.state = model.PortalSession{Begun: true, Host: s.base.Host, Ended: why}
	s.gate.next.CloseIdleConnections()
}
