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

// openSignIn gives the sign-in of the configuration, or the lab's, without asking for the password of a directory. byCode
// wants a code rather than the browser of the desktop.
func (a *app) openSignIn(ctx context.Context, prompt showPrompt, byCode bool) (*providers.SignIn, func(), error) {
	c, _, err := a.configured()
	if err != nil {
		return nil, nil, err
	}
	if byCode {
		if !c.SignIn.AsksPerson() {
			return nil, nil, usagef("--device-code is for people, but this sign-in asks nobody: set method under [signin] to %q or %q",
				config.MethodDeviceCode, config.MethodInteractiveBrowser)
		}
		c.SignIn.Method = config.MethodDeviceCode
	}
	options := a.openOptions(ctx, c, prompt)
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

func (a *app) login(ctx context.Context, byCode bool) error {
	signIn, end, err := a.openSignIn(ctx, a.showPrompt, byCode)
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
			p.fact("token", grant.API+", "+until(grant.Expires)+lacks(grant))
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
	signIn, end, err := a.openSignIn(ctx, nil, false)
	if err != nil {
		return err
	}
	defer end()
	if err := signIn.Logout(); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	if !(config.SignIn{Method: signIn.Method}).AsksPerson() {
		fmt.Fprintf(a.err, "adbadge: nothing was kept: %s signs in anew each time.\n", signIn.Method)
		return nil
	}
	fmt.Fprintln(a.err, "adbadge: signed out.")
	return nil
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
