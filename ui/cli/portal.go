package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/export"
)

// portalFlag asks for a portal session, with cookies from one of these.
const (
	portalFlag  = "portal-session"
	portalAsk   = "ask"
	portalStdin = "stdin"
)

// registerPortal adds the flag that asks for a portal session.
func (f *flags) registerPortal(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.portal, portalFlag, "", "read the portal's flag with cookies that are asked for without showing them, through an "+
		"interface that Microsoft does not support; =stdin takes them from a pipe")
	cmd.Flags().Lookup(portalFlag).NoOptDefVal = portalAsk
	mustComplete(cmd, portalFlag, cobra.FixedCompletions([]string{portalAsk, portalStdin}, cobra.ShellCompDirectiveNoFileComp))
}

// checkPortal says what is wrong with the flag.
func (a *app) checkPortal() error {
	person := isTerminal(a.in) && isTerminal(a.err)
	switch a.flags.portal {
	case "":
		return nil
	case portalAsk:
		if !person {
			return usagef("nobody can be asked for cookies here; pipe them in and say --%s=%s", portalFlag, portalStdin)
		}
		return nil
	case portalStdin:
		if isTerminal(a.in) {
			return usagef("standard input is a terminal, which would show the cookies; say --%s alone to be asked", portalFlag)
		}
		return nil
	}
	return usagef("--%s is either said alone, or with =%s", portalFlag, portalStdin) // its value may be a cookie
}

// needsPortal refuses to speak of the portal's toggle without a session that reads it.
func (a *app) needsPortal(word string) error {
	if word == model.OwnerPortal.String() && a.flags.portal == "" {
		return usagef("the portal's flag is read through a portal session; say --%s", portalFlag)
	}
	return nil
}

// beginPortal begins a session with the portal where a flag asks for one.
func (a *app) beginPortal(ctx context.Context, tenant *providers.Tenant) error {
	if a.flags.portal == "" {
		return nil
	}
	if tenant.Portal == nil {
		return usagef("--%s: this tenant allows no portal session; set session = true under [portal]", portalFlag)
	}
	fmt.Fprintf(a.err, "adbadge: %s\n", model.PortalWarning)
	cookies, err := a.askCookies(ctx, tenant.Portal.Hint)
	if err != nil {
		return err
	}
	if err := tenant.Portal.Begin(ctx, cookies); err != nil {
		return err
	}
	state := tenant.Portal.State()
	fmt.Fprintf(a.err, "adbadge: signed in to %s as %s (%s); the cookies are dropped in %s at the latest.\n", state.Host, state.Actor, state.Tenant,
		state.Left(time.Now()))
	a.log.Info("portal session begun", "host", state.Host, "actor", state.Actor, "until", state.Until)
	return nil
}

// askCookies takes the cookies from a pipe or from a person.
func (a *app) askCookies(ctx context.Context, hint string) (providers.Cookies, error) {
	if a.flags.portal == portalStdin {
		return a.readCookies()
	}
	fmt.Fprintln(a.err, hint)
	pasted, err := a.askSecret(ctx, secretQuestion{text: "Cookies (not shown): ", what: "the cookies", most: providers.MaxCookies, paste: true})
	if err != nil {
		return providers.Cookies{}, err
	}
	cookies, err := providers.ParseCookies(pasted)
	if !errors.Is(err, providers.ErrToken) {
		return cookies, refusedCookies(err)
	}
	token, err := a.askSecret(ctx, secretQuestion{text: "XSRF-TOKEN (not shown; enter alone lets the portal give one): ", what: "the cookies",
		most: providers.MaxCookies, paste: true})
	if err != nil || token == "" {
		return cookies, err
	}
	cookies, err = cookies.WithToken(token)
	return cookies, refusedCookies(err)
}

// readCookies takes them from a pipe. A token that is not among them is left to the portal.
func (a *app) readCookies() (providers.Cookies, error) {
	data, err := io.ReadAll(io.LimitReader(a.in, providers.MaxCookies+1))
	if err != nil {
		return providers.Cookies{}, failedf("read the cookies from standard input: %w", err)
	}
	cookies, err := providers.ParseCookies(string(data))
	if errors.Is(err, providers.ErrToken) {
		err = nil
	}
	return cookies, refusedCookies(err)
}

func refusedCookies(err error) error {
	if err == nil {
		return nil
	}
	return failedf("the cookies cannot be used: %w", err)
}

// explainPortal says in whose name the flag is read.
func (a *app) explainPortal(s *session) {
	p := s.tenant.Portal.State()
	fmt.Fprintf(a.err, "%s\nportal session of %s in %s at %s, asked for by %s\n", model.PortalWarning, p.Actor, p.Tenant, p.Host, actor())
	if p.Reading != nil {
		fmt.Fprintf(a.err, "the flag now: %s\n", p.Reading.Meaning())
	}
}

// watchPortal opens the page where the flag is switched, and watches until that is seen.
func (a *app) watchPortal(ctx context.Context, s *session, old model.Toggle, on bool) error {
	link, err := s.tenant.Links.Settings(old.Side)
	if err != nil {
		return err
	}
	open, cannot := s.tenant.Links.Browser(s.config.Portal.Browser)
	if cannot == nil {
		cannot = open(ctx, link)
	}
	if cannot != nil {
		fmt.Fprintf(a.err, "adbadge: nothing was opened: %s\n", sentence(cannot.Error()))
	}
	limit := a.flags.limit(providers.WatchPatience)
	fmt.Fprintf(a.err, "Switch it there: %s\nWatching for up to %s; Ctrl-C stops.\n", link, limit)
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	change, toggles, err := s.tenant.SetToggle(limited, providers.Flip{Toggle: old, On: on, By: actor()})
	a.log.Info("toggle watched", "toggle", old.Label(), "on", on, "by", actor(), "outcome", change.Outcome, "seen", change.Seen)
	if ctx.Err() != nil {
		fmt.Fprintf(a.err, "adbadge: %s\n", sentence(change.Seen.String()))
		return ctx.Err()
	}
	if failure, ok := errors.AsType[*model.Failure](err); ok && failure.Kind == model.TimedOut {
		return failedf("%s", failure.Error()) // its cause is the time limit, of which nothing is to be said
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.err, "Seen: %s\n", sentence(change.Seen.String()))
	for _, t := range toggles {
		if t.Is(old) {
			return a.tellToggle(t)
		}
	}
	return nil
}

// printPortal writes how the session with the portal stands, and what it reads.
func (p *paper) printPortal(s model.PortalSession, now time.Time) {
	if !s.Begun {
		return
	}
	p.heading("PORTAL SESSION")
	p.line(span{p.theme.Warning, model.PortalWarning})
	switch {
	case s.Open:
		p.fact("  session", fmt.Sprintf("%s in %s at %s, %s left", s.Actor, s.Tenant, s.Host, s.Left(now)))
	case s.Ended != nil:
		p.fact("  session", "over: "+s.Ended.Seen+". "+s.Ended.Remedy)
	}
	if s.Problem != nil {
		p.fact("  flag", "not read: "+s.Problem.Seen)
	}
	r := s.Reading
	if r == nil {
		return
	}
	p.fact("  flag", r.Meaning())
	p.fact("  reads", r.Views())
	if !r.Drift.IsZero() {
		p.fact("  form", r.Drift.String())
	}
}

// portalReport is the portal session in the answer of "status --json".
type portalReport struct {
	Warning   string         `json:"warning"`
	Open      bool           `json:"open"`
	Host      string         `json:"host"`
	Account   string         `json:"account"`
	Tenant    string         `json:"tenant"`
	Until     *time.Time     `json:"until"`
	Problem   *failureReport `json:"problem"`
	Flag      string         `json:"flag"`
	Settings  string         `json:"settings"` // the flag as each of its two places has it
	Context   string         `json:"context"`
	Workspace string         `json:"workspace"`
	Removed   bool           `json:"removed"`
	Meaning   string         `json:"meaning"`
	Form      string         `json:"form"`
}

// newPortalReport gives nil where there is and was no session.
func newPortalReport(s model.PortalSession) *portalReport {
	if !s.Begun {
		return nil
	}
	unknown := model.ToggleUnknown.String()
	r := &portalReport{Warning: model.PortalWarning, Open: s.Open, Host: s.Host, Account: s.Actor.String(), Tenant: s.Tenant.String(),
		Until: export.Time(s.Until), Problem: newFailureReport(s.Ended), Flag: unknown, Settings: unknown, Context: unknown, Workspace: unknown}
	if s.Problem != nil {
		r.Problem = newFailureReport(s.Problem)
	}
	if reading := s.Reading; reading != nil {
		r.Flag, r.Workspace, r.Removed = reading.State().String(), reading.Workspace().String(), reading.Removed
		r.Settings, r.Context = reading.Features.Enabled.String(), reading.Context.Enabled.String()
		r.Meaning, r.Form = reading.Meaning(), reading.Drift.String()
		if problem := reading.Problem(); problem != nil {
			r.Problem = newFailureReport(problem)
		}
	}
	return r
}
