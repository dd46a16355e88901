package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/tui"
)

// rootCommand makes the whole tree of commands.
func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "adbadge",
		Short: "What Defender for Endpoint and Defender for Identity know about every AD user and computer",
		Long: "A dashboard of the users and computers of an on-premises Active Directory, each with a badge that says what " +
			"Defender for Endpoint knows about it, and of the integration with Defender for Identity.\n\n" +
			"Without a command it shows the dashboard; the commands give the same answers without a screen. " +
			"Without a configuration it shows its lab: an embedded tenant with made-up data.",
		Example: "adbadge\n" +
			"adbadge list 'badge>=high enabled:yes'\n" +
			"adbadge show 'CONTOSO\\ingrid.eklund'\n" +
			"adbadge status --json",
		Args: noSuchCommand,
		RunE: a.do(a.runDashboard),
	}
	a.flags.register(root)
	a.flags.registerPortal(root)
	mustComplete(root, "tenant", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		c, _, err := a.readConfig()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return c.TenantNames(), cobra.ShellCompDirectiveNoFileComp
	})
	root.SetFlagErrorFunc(plainFlagError)
	root.AddCommand(
		a.listCommand(), a.showCommand(), a.openCommand(), a.alertsCommand(), a.statusCommand(), a.doctorCommand(),
		a.loginCommand(), a.logoutCommand(), a.whoamiCommand(), a.toggleCommand(), a.issuesCommand(), a.changesCommand(), a.cacheCommand(),
		a.tenantsCommand(), a.configCommand(), a.labCommand(), a.versionCommand(), a.manCommand(),
	)
	return root
}

// noSuchCommand refuses words that are no command, and names those that were perhaps meant.
func noSuchCommand(cmd *cobra.Command, arguments []string) error {
	if len(arguments) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	if meant := cmd.SuggestionsFor(arguments[0]); len(meant) > 0 {
		return fmt.Errorf("there is no command %q; did you mean %s", arguments[0], strings.Join(meant, " or "))
	}
	return fmt.Errorf("there is no command %q", arguments[0])
}

// runDashboard shows the screen, or the list where there is none to show it on.
func (a *app) runDashboard(cmd *cobra.Command, _ []string) error {
	if reason := a.noScreen(); reason != "" {
		fmt.Fprintf(a.err, "adbadge: %s, so this is the plain list; more with: adbadge --help\n", reason)
		return a.list(cmd.Context(), listOptions{})
	}
	for {
		next, err := a.showTenant(cmd.Context())
		if err != nil || next == "" {
			return err
		}
		a.flags.tenant, a.flags.portal = next, "" // the cookies were those of one tenant
	}
}

// showTenant shows the screen of one tenant, and gives the name of the one to show after it.
func (a *app) showTenant(parent context.Context) (next string, err error) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	var refresher *providers.Refresher
	s, err := a.open(ctx, func(ctx context.Context, p providers.SignInPrompt) { refresher.ShowSignIn(ctx, p) })
	if err != nil {
		return "", err
	}
	defer a.close(s)
	refresher = providers.NewRefresher(s.tenant) // nobody is asked before it begins
	var aside sync.WaitGroup
	aside.Go(func() { refresher.Run(ctx) })
	aside.Go(func() { adapt(ctx, refresher) })
	open, cannot := s.tenant.Links.Browser(s.config.Portal.Browser)
	next, err = tui.Run(ctx, tui.Options{
		Tenant: s.tenant, Refresher: refresher, Config: s.config, Tenants: s.tenants, StateDir: s.stateDir, Version: version(), Actor: actor(),
		CanOpen: cannot == nil, Open: open, Now: s.tenant.Now,
		NoColor: a.noColor(), ASCII: a.flags.ascii || s.config.Screen.ASCII, Plain: a.flags.plain,
	})
	cancel()
	aside.Wait()
	if parent.Err() != nil {
		return "", &exitError{code: exitInterrupted}
	}
	return next, err
}

// noScreen says why the dashboard cannot be shown, in half a sentence; empty when it can.
func (a *app) noScreen() string {
	switch {
	case isDumb():
		return "this terminal cannot show a screen (TERM=" + os.Getenv("TERM") + ")"
	case !isTerminal(a.out):
		return "standard output is not a terminal"
	case !isTerminal(a.in):
		return "standard input is not a terminal"
	}
	return ""
}

// noColor reports whether the user wants a screen without colours.
func (a *app) noColor() bool {
	switch a.flags.color {
	case "never":
		return true
	case "always":
		return false
	}
	return os.Getenv("NO_COLOR") != ""
}

// parseSide reads the name of a side.
func parseSide(word string) (model.Side, error) {
	for _, side := range []model.Side{model.IdentitySide, model.EndpointSide} {
		if word == side.String() {
			return side, nil
		}
	}
	return 0, usagef("%q is not a side; there are identity and endpoint", word)
}

// sideWords are the names of both sides.
var sideWords = []string{model.IdentitySide.String(), model.EndpointSide.String()}

// completeSides completes a flag that takes a side.
func completeSides(cmd *cobra.Command) {
	mustComplete(cmd, "side", cobra.FixedCompletions(sideWords, cobra.ShellCompDirectiveNoFileComp))
}
