package cli

import (
	"bufio"
	"context"
	"fmt"
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
		ValidArgs: append(sideWords[:len(sideWords):len(sideWords)], "on", "off"),
		RunE: a.do(func(cmd *cobra.Command, arguments []string) error {
			side, err := parseSide(arguments[0])
			if err != nil {
				return err
			}
			if len(arguments) == 1 {
				return a.showToggle(cmd.Context(), side)
			}
			return a.toggle(cmd.Context(), side, arguments[1] == "on", yes)
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func toggleArguments(_ *cobra.Command, arguments []string) error {
	switch {
	case len(arguments) == 0 || len(arguments) > 2:
		return fmt.Errorf("toggle takes identity or endpoint, and on or off to switch it")
	case len(arguments) == 2 && arguments[1] != "on" && arguments[1] != "off":
		return fmt.Errorf("%q is neither on nor off", arguments[1])
	}
	return nil
}

// showToggle prints the state of a side, one word, on standard output.
func (a *app) showToggle(ctx context.Context, side model.Side) error {
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usualLimit))
	defer cancel()
	s, err := a.open(limited, a.prompt())
	if err != nil {
		return err
	}
	defer a.close(s)
	toggles, err := s.tenant.Settings.Toggles(limited)
	if err != nil {
		return model.AsFailure(err, model.Settings, "read the toggles")
	}
	for _, t := range toggles {
		if t.Side == side {
			return a.tellToggle(t)
		}
	}
	return failedf("the settings have no toggle of the %s side", side)
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

// toggle switches one side, after asking.
func (a *app) toggle(ctx context.Context, side model.Side, on, yes bool) error {
	if !yes && !isTerminal(a.in) {
		return usagef("nobody can be asked here; say --yes to switch the %s side %s", side, model.StateOf(on))
	}
	s, err := a.ask(ctx, usualLimit)
	if err != nil {
		return err
	}
	defer a.close(s)
	old := s.dashboard.Toggle(side)
	if s.tenant.ReadOnly != "" {
		return usagef("not changed: %s. Start with --write, or set write = true under [tenant]", s.tenant.ReadOnly)
	}
	if s.tenant.Forgets {
		return failedf("not changed: there is no folder that can be written to keep the toggles in; set XDG_STATE_HOME to one")
	}
	if old.State == model.StateOf(on) {
		fmt.Fprintf(a.err, "adbadge: the %s side is %s already.\n", side, old.State)
		return a.tellToggle(old)
	}
	a.explainToggle(s, old, on)
	if !yes {
		sure, err := a.confirm(ctx, fmt.Sprintf("Switch the %s side %s? [y/N] ", side, model.StateOf(on)))
		if err != nil {
			return err
		}
		if !sure {
			return failedf("nothing was changed")
		}
	}
	return a.flip(ctx, s, side, on)
}

// flip writes the toggle, and tells how it and the integration stand afterwards.
func (a *app) flip(ctx context.Context, s *session, side model.Side, on bool) error {
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usualLimit))
	defer cancel()
	change, toggles, err := s.tenant.SetToggle(limited, providers.Flip{Side: side, On: on, From: s.dashboard.Toggle(side).State, By: actor()})
	a.log.Info("toggle changed", "side", side, "on", on, "by", actor(), "outcome", change.Outcome, "seen", change.Seen)
	if err != nil {
		return err
	}
	for _, t := range toggles {
		if t.Side == side {
			err = a.tellToggle(t)
		}
	}
	if err != nil {
		return err
	}
	status := providers.NewRefresher(s.tenant).Once(limited).Status
	fmt.Fprintf(a.err, "Applied. Read back: the %s side is %s. Integration %s: %s\n", side, model.StateOf(on), status.Integration, sentence(status.Reason))
	return nil
}

// explainToggle says what will change, for whom.
func (a *app) explainToggle(s *session, old model.Toggle, on bool) {
	fmt.Fprintf(a.err, "%s\n", tenantLine(s))
	fmt.Fprintf(a.err, "%s (%s side, owner %s): %s -> %s\n", old.Side.Product(), old.Side, old.Owner, old.State, model.StateOf(on))
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
