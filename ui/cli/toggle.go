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
		Use:   "toggle identity|endpoint [on|off]",
		Short: "Show or switch one side of the integration",
		Long: "Without on or off, prints how the toggle of a side stands. With it, says what will change for whom, asks, switches, reads " +
			"back and prints the new state. The lab may always be changed; a configured tenant with --write, or with write = true " +
			"under [tenant].",
		Example:   "adbadge toggle endpoint\nadbadge toggle endpoint off --yes",
		Args:      toggleArguments,
		ValidArgs: append(toggleWords[:len(toggleWords):len(toggleWords)], "on", "off"),
		RunE: a.do(func(cmd *cobra.Command, arguments []string) error {
			if len(arguments) == 1 {
				return a.showToggle(cmd.Context(), arguments[0])
			}
			return a.toggle(cmd.Context(), arguments[0], arguments[1] == "on", yes)
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// toggleWords name the toggles.
var toggleWords = sideWords

// isToggle reports whether a word names a toggle.
func isToggle(word string) func(model.Toggle) bool {
	return func(t model.Toggle) bool {
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
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usualLimit))
	defer cancel()
	s, err := a.open(limited, a.prompt())
	if err != nil {
		return err
	}
	defer a.close(s)
	t, err := s.tenant.ReadToggle(limited, isToggle(word))
	if err != nil {
		return err
	}
	return a.tellToggle(t)
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

// toggle switches one toggle, after asking.
func (a *app) toggle(ctx context.Context, word string, on, yes bool) error {
	if !yes && !isTerminal(a.in) {
		return usagef("nobody can be asked here; say --yes to switch %s %s", word, model.StateOf(on))
	}
	s, err := a.ask(ctx, usualLimit, providers.CachedAll)
	if err != nil {
		return err
	}
	defer a.close(s)
	at := slices.IndexFunc(s.dashboard.Toggles, isToggle(word))
	switch {
	case at < 0:
		return failedf("not changed: the toggle %s could not be read", word)
	case s.tenant.ReadOnly != "":
		return usagef("not changed: %s. Start with --write, or set write = true under [tenant]", s.tenant.ReadOnly)
	case s.tenant.Forgets:
		return failedf("not changed: there is no folder that can be written to keep the toggles in; set XDG_STATE_HOME to one")
	}
	old := s.dashboard.Toggles[at]
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
	return a.flip(ctx, s, old, on)
}

// flip writes the toggle, and tells how it and the integration stand afterwards.
func (a *app) flip(ctx context.Context, s *session, old model.Toggle, on bool) error {
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usualLimit))
	defer cancel()
	change, toggles, err := s.tenant.SetToggle(limited, providers.Flip{Toggle: old, On: on, By: actor()})
	a.log.Info("toggle changed", "toggle", old.Label(), "owner", old.Owner, "on", on, "by", actor(), "outcome", change.Outcome, "seen", change.Seen)
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
	status := providers.NewRefresher(s.tenant).Once(limited).Status
	fmt.Fprintf(a.err, "Applied. Read back: %s is %s. Integration %s: %s\n", old.Name(), model.StateOf(on), status.Integration, sentence(status.Reason))
	return nil
}

// explainToggle says what will change, for whom.
func (a *app) explainToggle(s *session, old model.Toggle, on bool) {
	fmt.Fprintf(a.err, "%s\n", tenantLine(s))
	fmt.Fprintf(a.err, "%s (%s, owner %s): %s -> %s\n", old.Side.Product(), old.Label(), old.Owner, old.State, model.StateOf(on))
	other := s.dashboard.Toggle(old.Side.Other()).State
	fmt.Fprintln(a.err, old.Effect(on, other, s.dashboard.View.Counts().All))
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
