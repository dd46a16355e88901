package providers

import (
	"context"

	"adbadge/model"
	"adbadge/providers/portal/session"
)

// Cookies are those of a person who is signed in to the portal. However they are printed, nothing of them shows.
type Cookies = session.Cookies

// MaxCookies is how much is taken at a prompt for cookies, in bytes.
const MaxCookies = session.MaxCookies

// ErrToken says that what was pasted holds one of two cookies. The other one may be added, or be left to the portal.
var ErrToken = session.ErrToken

// ParseCookies reads what a person pastes: a Cookie header, or a part of it. No error repeats anything of it.
func ParseCookies(pasted string) (Cookies, error) { return session.ParseCookies(pasted) }

// PortalSession is the opt-in session with the vendor's portal: the owner of a toggle that is read here and switched there.
type PortalSession struct {
	session *session.Session
	// Hint tells where a person gets the cookies.
	Hint string
}

// Begin asks the portal to whom the cookies belong. Those of another tenant are refused and dropped.
func (p *PortalSession) Begin(ctx context.Context, cookies Cookies) error {
	return p.session.Begin(ctx, cookies)
}

// End drops the cookies.
func (p *PortalSession) End() { p.session.End() }

// State says how the session stands. It never waits.
func (p *PortalSession) State() model.PortalSession { return p.session.State() }

// Host implements Settings.
func (p *PortalSession) Host() string { return p.session.State().Host }

// Toggles implements Settings: it reads the flag. Before the first session there is none.
func (p *PortalSession) Toggles(ctx context.Context) ([]model.Toggle, error) {
	state := p.State()
	unknown := model.Toggle{Side: model.EndpointSide, Owner: model.OwnerPortal, Problem: state.Ended}
	switch {
	case !state.Begun:
		return nil, nil
	case !state.Open:
		return []model.Toggle{unknown}, nil
	}
	reading, err := p.session.Read(ctx)
	if err != nil {
		unknown.Problem = model.AsFailure(err, model.Settings, "read "+unknown.Name())
		return []model.Toggle{unknown}, ctx.Err()
	}
	return []model.Toggle{reading.Toggle()}, nil
}

// SetToggle implements Settings, and refuses: there is no request that writes.
func (p *PortalSession) SetToggle(_ context.Context, toggle model.Toggle, _ bool, _ string) error {
	return &model.Failure{Source: model.Settings, Kind: model.NotSupported, Doing: "switch " + toggle.Name(), Seen: "the portal session only reads",
		Remedy: "Switch it on the portal's settings page."}
}

// portalState says how the session with the portal stands; its zero value where none is allowed.
func (t *Tenant) portalState() model.PortalSession {
	if t.Portal == nil {
		return model.PortalSession{}
	}
	return t.Portal.State()
}

// allowPortal makes a portal session possible, where the configuration allows one.
func (t *Tenant) allowPortal(o session.Options, hint string) error {
	s, err := session.New(o)
	if err != nil {
		return err
	}
	t.Portal, t.watchPace = &PortalSession{session: s, Hint: hint}, portalPace
	t.Settings = append(t.Settings, t.Portal)
	t.closers = append(t.closers, func() error { s.End(); return nil })
	return nil
}

// portalHint tells where a person gets the cookies of a real portal.
func portalHint(portal string) string {
	return "Sign in to " + portal + " in a browser; in its developer tools (F12) under Application or Storage > Cookies, copy sccauth and " +
		"XSRF-TOKEN, or the whole Cookie header of a request. They are as good as your password for as long as they last: paste them here only."
}
