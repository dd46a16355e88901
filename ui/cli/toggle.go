package cli

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/providers"
)

func (a *app) toggleCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "toggle name [on|off]",
		Short: "Show or switch one side of the integration, or a setting beside it",
		Long: "The names are identity and endpoint, the two sides of the integration; auditing and activation, settings of Defender for " +
			"Identity that Microsoft Graph has (it sets up the auditing of Windows by itself, and activates its sensor by itself); and " +
			"portal, the legacy flag that the vendor's portal reports.\n\n" +
			"Without on or off, prints how a toggle stands. With it, says what will change for whom, asks, switches, reads " +
			"back and prints the new state. The lab may always be changed; a configured tenant with --write, or with write = true " +
			"under [tenant].\n\n" +
			"The portal's flag is read with --portal-session. To switch it, adbadge opens the portal's settings page and watches until the " +
			"change is seen; it never writes there.",
		Example: "adbadge toggle endpoint\nadbadge toggle endpoint off --yes\nadbadge toggle auditing on",
		Args:    toggleArguments,
		ValidArgsFunction: func(_ *cobra.Command, before []string, _ string) ([]string, cobra.ShellCompDirective) {
			words := [][]string{toggleWords, {"on", "off"}}
			if len(before) >= len(words) {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return words[len(before)], cobra.ShellCompDirectiveNoFileComp
		},
		RunE: a.do(func(cmd *cobra.Command, arguments []string) error {
			if len(arguments) == 1 {
				return a.showToggle(cmd.Context(), arguments[0])
			}
			return a.toggle(cmd.Context(), arguments[0], arguments[1] == "on", yes)
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	a.flags.registerPortal(cmd)
	return cmd
}

// toggleWords name the toggles.
var toggleWords = append(sideWords[:len(sideWords):len(sideWords)], model.AutomaticAuditing.String(), model.SensorActivation.String(),
	model.OwnerPortal.String())

// isToggle reports whether a word names a toggle.
func isToggle(word string) func(model.Toggle) bool {
	return func(t model.Toggle) bool {
		if t.Owner == model.OwnerPortal {
			return t.Owner.String() == word
		}
		if t.Setting == model.IntegrationSetting {
			return t.Decides() && t.Side.String() == word
		}
		return t.Setting.String() == word
	}
}

func toggleArguments(_ *cobra.Command, arguments []string) error {
	switch {
	case len(arguments) == 0 || len(arguments) > 2:
		return fmt.Errorf("toggle takes one of %s, and on or off to switch it", strings.Join(toggleWords, ", "))
	case !slices.Contains(toggleWords, arguments[0]):
		return fmt.Errorf("%q is none of %s", arguments[0], strings.Join(toggleWords, ", "))
	case len(arguments) == 2 && arguments[1] != "on" && arguments[1] != "off":
		return fmt.Errorf("%q is neither on nor off", arguments[1])
	}
	return nil
}

// showToggle prints the state of a toggle, one word, on standard output.
func (a *app) showToggle(ctx context.Context, word string) error {
	if err := a.needsPortal(word); err != nil {
		return err
	}
	s, t, err := a.readToggle(ctx, word)
	if err != nil {
		return err
	}
	defer a.close(s)
	return a.tellToggle(t)
}

// readToggle opens the tenant and asks for one toggle and no more. The caller closes the session.
func (a *app) readToggle(ctx context.Context, word string) (*session, model.Toggle, error) {
	s, err := a.open(ctx, a.prompt())
	if err != nil {
		return nil, model.Toggle{}, err
	}
	if !slices.Contains(sideWords, word) {
		if err := a.letSignIn(ctx, s); err != nil {
			a.close(s)
			return nil, model.Toggle{}, err
		}
	}
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usualLimit))
	defer cancel()
	t, err := s.tenant.ReadToggle(limited, isToggle(word))
	if err != nil {
		a.close(s)
	}
	return s, t, err
}

func (a *app) tellToggle(t model.Toggle) error {
	if _, err := fmt.Fprintln(a.out, t.State); err != nil {
		return err
	}
	if t.State == model.ToggleUnknown && t.Problem != nil {
		return t.Problem
	}
	return nil
}

// askToggle reads a toggle that is to be changed; where badges depend on it, everything is asked, to say what will follow.
func (a *app) askToggle(ctx context.Context, word string) (*session, model.Toggle, error) {
	if !slices.Contains(sideWords, word) {
		return a.readToggle(ctx, word)
	}
	s, err := a.ask(ctx, usualLimit, providers.CachedAll)
	if err != nil {
		return nil, model.Toggle{}, err
	}
	at := slices.IndexFunc(s.dashboard.Toggles, isToggle(word))
	if at < 0 {
		a.close(s)
		return nil, model.Toggle{}, failedf("not changed: the toggle of the %s side could not be read", word)
	}
	return s, s.dashboard.Toggles[at], nil
}

// toggle switches one toggle, after asking.
func (a *app) toggle(ctx context.Context, word string, on, yes bool) error {
	if err := a.needsPortal(word); err != nil {
		return err
	}
	if !yes && !isTerminal(a.in) {
		return usagef("nobody can be asked here; say --yes to switch %s %s", word, model.StateOf(on))
	}
	s, old, err := a.askToggle(ctx, word)
	if err != nil {
		return err
	}
	defer a.close(s)
	elsewhere := old.Owner == model.OwnerPortal // adbadge writes nothing, so that no permission is needed here
	switch {
	case !elsewhere && s.tenant.ReadOnly != "":
		return usagef("not changed: %s. Start with --write, or set write = true under [tenant]", s.tenant.ReadOnly)
	case !elsewhere && s.tenant.Forgets:
		return failedf("not changed: there is no folder that can be written to keep the toggles in; set XDG_STATE_HOME to one")
	case old.State == model.ToggleUnknown && old.Problem != nil:
		return old.Problem
	}
	if old.State == model.StateOf(on) {
		fmt.Fprintf(a.err, "adbadge: %s is %s already.\n", old.Name(), old.State)
		return a.tellToggle(old)
	}
	a.explainToggle(s, old, on)
	if !yes {
		sure, err := a.confirm(ctx, fmt.Sprintf("Switch %s %s? [y/N] ", old.Name(), model.StateOf(on)))
		if err != nil {
			return err
		}
		if !sure {
			return failedf("nothing was changed")
		}
	}
	if elsewhere {
		return a.watchPortal(ctx, s, old, on)
	}
	return a.flip(ctx, s, old, on)
}

// flip writes the toggle, and tells how it and the integration stand afterwards.
func (a *app) flip(ctx context.Context, s *session, old model.Toggle, on bool) error {
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usualLimit))
	defer cancel()
	change, toggles, err := s.tenant.SetToggle(limited, providers.Flip{Toggle: old, On: on, By: actor()})
	s.refresher = nil // what it read is of before
	a.log.Info("toggle changed", "toggle", old.Label(), "owner", old.Owner, "on", on, "by", actor(), "outcome", change.Outcome, "seen", change.Seen)
	if ctx.Err() != nil && change.Seen != "" {
		fmt.Fprintf(a.err, "adbadge: stopped: %s. See: adbadge changes\n", change.Seen)
	}
	if err != nil {
		return err
	}
	for _, t := range toggles {
		if t.Is(old) {
			err = a.tellToggle(t)
		}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.err, "Applied. Read back: %s is %s.", old.Name(), model.StateOf(on))
	if old.Decides() {
		s.refresher = providers.NewRefresher(s.tenant) // the snapshot is to hold what was read after the change
		s.dashboard = s.refresher.Once(limited)
		status := s.dashboard.Status
		fmt.Fprintf(a.err, " Integration %s: %s", status.Integration, sentence(status.Reason))
	}
	fmt.Fprintln(a.err)
	return nil
}

// explainToggle says what will change, for whom.
func (a *app) explainToggle(s *session, old model.Toggle, on bool) {
	fmt.Fprintf(a.err, "%s, by %s\n", tenantLine(s), actor())
	fmt.Fprintf(a.err, "%s (%s, owner %s): %s -> %s\n", old.Side.Product(), old.Label(), old.Owner, old.State, model.StateOf(on))
	if old.Owner == model.OwnerPortal {
		a.explainPortal(s)
	}
	other, entities := model.ToggleUnknown, 0
	if s.dashboard != nil {
		other, entities = s.dashboard.Toggle(old.Side.Other()).State, s.dashboard.View.Counts().All
	}
	fmt.Fprintln(a.err, old.Effect(on, other, entities))
}

// confirm asks a question on standard error and reads the answer. It returns at once when the context ends.
func (a *app) confirm(ctx context.Context, question string) (bool, error) {
	fmt.Fprint(a.err, question)
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(a.in).ReadString('\n') // the end of the input is no answer, which is a no
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(a.err)
		return false, ctx.Err()
	case word := <-answer:
		return word == "y" || word == "yes", nil
	}
}
