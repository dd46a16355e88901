package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"adbadge/model/config"
	"adbadge/providers"
	"adbadge/ui/export"
)

// personLimit is how long a person may take to sign in unless --timeout says otherwise: as long as a code lives, and what
// comes after it.
const personLimit = 16 * time.Minute

func (a *app) loginCommand() *cobra.Command {
	var byCode bool
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign in to Entra ID, and say who is signed in",
		Long: "Signs in as [signin] of the configuration says, for every cloud source that is enabled. Where that needs a person, they are " +
			"asked anew, and what their sign-in leaves is kept, encrypted, so that the other commands ask nobody; cache under [signin] says " +
			"where. A device code needs no desktop and works over SSH: the page is opened on any device.",
		Example: "adbadge login\nadbadge login --device-code",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			return a.login(cmd.Context(), byCode)
		}),
	}
	cmd.Flags().BoolVar(&byCode, "device-code", false, "show a code, also where the configuration wants the browser of the desktop")
	return cmd
}

func (a *app) logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "logout",
		Short: "Forget the sign-in that is kept here",
		Long: "Removes what the sign-in of a person left on this computer, with its key. Tokens that were given out last until they end, " +
			"an hour at most; sign out at the portal to end them sooner.",
		Args: cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error { return a.logout(cmd.Context()) }),
	}
}

func (a *app) whoamiCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "whoami",
		Short: "Say who is signed in, and which permissions are missing",
		Long: "Prints tenant, application and account, and for each cloud source that is enabled until when its token lasts, which " +
			"permissions it holds, what each feature needs, and where an administrator grants what is missing. It asks nobody to sign in.",
		Example: "adbadge whoami\nadbadge whoami --json | jq -r '.apis[].features[] | select(.state == \"missing\") | .anyOf[0]'",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			return a.whoami(cmd.Context(), asJSON)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

// openSignIn gives the sign-in of the configuration, or the lab's, without asking for the password of a directory. change
// may choose another method.
func (a *app) openSignIn(ctx context.Context, prompt showPrompt, change func(*config.SignIn) error) (*providers.SignIn, func(), error) {
	c, _, err := a.configured()
	if err != nil {
		return nil, nil, err
	}
	if err := change(&c.SignIn); err != nil {
		return nil, nil, err
	}
	options := a.openOptions(ctx, prompt)
	if c.IsLab() {
		tenant, err := providers.OpenLab(ctx, a.labOptions(options.StateDir), options)
		if err != nil {
			return nil, nil, err
		}
		return tenant.SignIn, func() { a.close(&session{tenant: tenant}) }, nil
	}
	signIn, err := providers.OpenSignIn(c, options)
	if err == nil && signIn == nil {
		err = usagef("nothing to sign in to: neither [endpoint] nor [graph] is enabled")
	}
	return signIn, func() {}, err
}

// asConfigured changes nothing.
func asConfigured(*config.SignIn) error { return nil }

// byDeviceCode chooses the method that needs no desktop.
func byDeviceCode(s *config.SignIn) error {
	if !s.AsksPerson() {
		return usagef("--device-code is for people, but [signin] method is %q, which asks nobody", s.Method)
	}
	s.Method = config.MethodDeviceCode
	return nil
}

func (a *app) login(ctx context.Context, byCode bool) error {
	change := asConfigured
	if byCode {
		change = byDeviceCode
	}
	signIn, end, err := a.openSignIn(ctx, a.showPrompt, change)
	if err != nil {
		return err
	}
	defer end()
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(personLimit))
	defer cancel()
	if err := signIn.Login(limited); err != nil {
		return err
	}
	who := signIn.WhoAmI(limited)
	a.log.Info("signed in", "method", who.Method, "tenant", who.Tenant, "application", who.Application, "account", who.Account)
	if err := a.signedIn(who); err != nil {
		return err
	}
	p := a.paper("auto")
	p.identity(who)
	for _, grant := range who.Grants {
		if grant.Problem == nil {
			p.fact(grant.API, until(grant.Expires)+lacks(grant))
		}
	}
	err = p.flush()
	if err == nil && who.NotKept != "" {
		return failedf("signed in for this once, but the sign-in is not kept: %s; set cache under [signin]", who.NotKept)
	}
	return errors.Join(err, a.missingGrants(who))
}

// lacks names the features that a grant does not permit.
func lacks(g providers.Grant) string {
	var names []string
	for _, need := range g.Missing() {
		names = append(names, need.Feature)
	}
	if len(names) == 0 {
		return ""
	}
	return "; no permission for " + strings.Join(names, ", ") + " (see: adbadge whoami)"
}

func (a *app) logout(ctx context.Context) error {
	method := ""
	signIn, end, err := a.openSignIn(ctx, nil, func(s *config.SignIn) error { method = s.Method; return nil })
	if err != nil {
		return err
	}
	defer end()
	if err := signIn.Logout(); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	if !(config.SignIn{Method: method}).AsksPerson() {
		fmt.Fprintf(a.err, "adbadge: nothing was kept: %s signs in anew each time.\n", signIn.Method)
		return nil
	}
	fmt.Fprintln(a.err, "adbadge: signed out.")
	return nil
}

func (a *app) whoami(ctx context.Context, asJSON bool) error {
	signIn, end, err := a.openSignIn(ctx, nil, asConfigured)
	if err != nil {
		return err
	}
	defer end()
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usualLimit))
	defer cancel()
	who := signIn.WhoAmI(limited)
	if err := a.signedIn(who); err != nil {
		return err
	}
	if asJSON {
		err = export.WriteJSON(a.out, newWhoReport(who))
	} else {
		err = a.printWho(who)
	}
	return errors.Join(err, a.missingGrants(who))
}

// signedIn gives the failure of the first source when there is no token for any.
func (a *app) signedIn(who providers.SignedIn) error {
	for _, grant := range who.Grants {
		if grant.Problem == nil {
			return nil
		}
	}
	return who.Grants[0].Problem
}

// missingGrants says for which sources no token came.
func (a *app) missingGrants(who providers.SignedIn) error {
	var incomplete error
	for _, grant := range who.Grants {
		if grant.Problem != nil {
			fmt.Fprintf(a.err, "adbadge: incomplete: %s\n", sentence(grant.Problem.Error()))
			incomplete = &exitError{code: exitIncomplete}
		}
	}
	return incomplete
}

// identity writes who is signed in.
func (p *paper) identity(who providers.SignedIn) {
	application := who.Application.String()
	if who.AppName != "" {
		application += " (" + who.AppName.String() + ")"
	}
	account := who.Account.String()
	if !who.Delegated && application != "" {
		account = "none: the application speaks for itself"
	}
	p.fact("method", who.Method)
	p.fact("tenant", who.Tenant.String())
	p.fact("application", application)
	p.fact("account", account)
	if (config.SignIn{Method: who.Method}).AsksPerson() {
		switch {
		case who.Kept:
			p.fact("kept", "until Entra ID wants the person again")
		case who.NotKept == "":
			p.fact("kept", "no, by configuration")
		default:
			p.fact("kept", "no: "+who.NotKept)
		}
	}
}

// until says when a token ends.
func until(at time.Time) string {
	return fmt.Sprintf("token until %s (%s)", at.Local().Format("2006-01-02 15:04"), time.Until(at).Round(time.Minute))
}

// showPrompt shows a person how to finish a sign-in.
type showPrompt func(context.Context, providers.SignInPrompt)

// prompt gives a way to ask the person at the terminal, nil where there is none: a program that waits for hours in a
// job that nobody watches helps nobody.
func (a *app) prompt() showPrompt {
	if !isTerminal(a.err) {
		return nil
	}
	return a.showPrompt
}

// showPrompt writes plain lines on standard error.
func (a *app) showPrompt(_ context.Context, p providers.SignInPrompt) {
	end := p.Until.Local().Format("15:04")
	if p.Code != "" {
		fmt.Fprintf(a.err, "adbadge: to sign in, open %s in a browser on any device and enter the code %s (until %s).\n", p.URL, p.Code, end)
	} else {
		fmt.Fprintf(a.err, "adbadge: the sign-in was opened in the browser; waiting for it until %s. If it did not open, go to: %s\n", end, p.URL)
	}
	if p.NotKept != "" {
		fmt.Fprintf(a.err, "adbadge: the sign-in will not be kept for the next start: %s.\n", p.NotKept)
	}
}

// letSignIn lets the person at the terminal sign in, where that is needed, before the time limit of a command begins.
func (a *app) letSignIn(ctx context.Context, s *session) error {
	if s.tenant.SignIn == nil || a.prompt() == nil {
		return nil
	}
	return s.tenant.SignIn.Prepare(ctx)
}

// whoReport is the answer of "whoami --json". Its keys stay as they are.
type whoReport struct {
	Method          string      `json:"method"`
	Tenant          string      `json:"tenant"`
	Application     string      `json:"application"`
	ApplicationName string      `json:"applicationName"`
	Account         string      `json:"account"`
	Kind            string      `json:"kind"` // delegated, application or unknown
	Kept            bool        `json:"kept"`
	NotKept         string      `json:"notKept"` // why not, where it should be
	ConsentLink     string      `json:"consentLink"`
	APIs            []apiReport `json:"apis"`
}

type apiReport struct {
	API         string          `json:"api"`
	Audience    string          `json:"audience"`
	Expires     *time.Time      `json:"expires"`
	Permissions []string        `json:"permissions"`
	Features    []featureReport `json:"features"`
	Problem     *failureReport  `json:"problem"`
}

type featureReport struct {
	Name  string   `json:"name"`
	AnyOf []string `json:"anyOf"`
	State string   `json:"state"`
}

func newWhoReport(who providers.SignedIn) whoReport {
	r := whoReport{
		Method: who.Method, Tenant: who.Tenant.String(), Application: who.Application.String(), ApplicationName: who.AppName.String(),
		Account: who.Account.String(), Kind: "unknown", Kept: who.Kept, NotKept: who.NotKept, ConsentLink: who.ConsentLink, APIs: []apiReport{},
	}
	switch {
	case who.Delegated:
		r.Kind = "delegated"
	case who.Application != "":
		r.Kind = "application"
	}
	for _, grant := range who.Grants {
		api := apiReport{API: grant.API, Audience: grant.Audience.String(), Expires: export.Time(grant.Expires), Permissions: []string{},
			Problem: newFailureReport(grant.Problem)}
		for _, permission := range grant.Permissions {
			api.Permissions = append(api.Permissions, permission.String())
		}
		for _, need := range grant.Needs {
			api.Features = append(api.Features, featureReport{need.Feature, need.AnyOf, needState(grant, need)})
		}
		r.APIs = append(r.APIs, api)
	}
	return r
}

// needState gives the word for how a feature stands.
func needState(g providers.Grant, need providers.Need) string {
	switch {
	case need.Unavailable:
		return "unavailable"
	case g.Problem != nil || !g.Readable:
		return "unknown"
	case need.Held:
		return "ok"
	}
	return "missing"
}

func (a *app) printWho(who providers.SignedIn) error {
	p := a.paper("auto")
	p.identity(who)
	lacking := false
	for _, grant := range who.Grants {
		p.heading(strings.ToUpper(grant.API))
		if grant.Problem == nil {
			p.fact("audience", grant.Audience.String())
			p.fact("lasts", until(grant.Expires))
		}
		for _, need := range grant.Needs {
			state := needState(grant, need)
			style := p.theme.Muted
			switch state {
			case "ok":
				style = p.theme.OK
			case "missing":
				style, lacking = p.theme.Warning, true
			}
			p.entry(span{style, state}, need.Feature, strings.Join(need.AnyOf, " or "))
		}
		var held []string
		for _, permission := range grant.Permissions {
			held = append(held, permission.String())
		}
		if grant.Problem == nil && grant.Readable {
			p.entry(span{p.theme.Muted, ""}, "all permissions held", strings.Join(held, ", "))
		}
	}
	if lacking && who.ConsentLink != "" {
		p.line()
		p.line(span{p.theme.Text, "An administrator grants what is missing to the app registration, and then here:"})
		p.line(span{p.theme.Text, who.ConsentLink})
	}
	return p.flush()
}
