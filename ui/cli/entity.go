package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/providers"
)

// entityHelp explains what the commands take for the name of an entity.
const entityHelp = "The entity may be named by display name, sAMAccountName (with or without $, or as DOMAIN\\name), UPN, full DNS name, " +
	"SID or objectGUID. A name that fits several is never guessed: they are listed, and the exit code is 2."

// oneEntity is the argument of commands about one entity.
func oneEntity(cmd *cobra.Command, arguments []string) error {
	if len(arguments) != 1 || strings.TrimSpace(arguments[0]) == "" {
		return fmt.Errorf("%s takes one entity; a name with blanks needs quotes", cmd.Name())
	}
	return nil
}

// find gives the row of the only entity of that name. It lists the candidates on standard error when there are several.
func (a *app) find(d *providers.Dashboard, name string) (int, error) {
	rows := d.View.Lookup(name)
	shown := text.CleanMax(name, 80)
	switch {
	case len(rows) == 1:
		return rows[0], nil
	case len(rows) == 0 && d.Source(model.Directory).Failure != nil:
		return 0, failedf("no entity %q was found, but the directory could not be read to its end: %w", shown, d.Source(model.Directory).Failure)
	case len(rows) == 0:
		return 0, usagef("there is no entity %q; look for it with: adbadge list %s", shown, config.ShellQuote(shown.String()))
	}
	fmt.Fprintf(a.err, "adbadge: %d entities are called %q; name one of them by its objectGUID:\n", len(rows), shown)
	for _, row := range rows[:min(len(rows), maxCandidates)] {
		fmt.Fprintf(a.err, "  %s  %s\n", d.View.ID(row), describe(d.View, row))
	}
	if len(rows) > maxCandidates {
		fmt.Fprintf(a.err, "  and %d more\n", len(rows)-maxCandidates)
	}
	return 0, &exitError{code: exitUsage}
}

// maxCandidates is how many entities of the same name are listed.
const maxCandidates = 20

// describe tells an entity from others of its name, in one line.
func describe(v *inventory.View, row int) string {
	e := v.Entity(row)
	line := fmt.Sprintf("%-8s  %s  %s  %s", e.Kind, e.Name, e.Domain, e.SAM)
	if e.Has(model.Disabled) {
		line += "  (disabled)"
	}
	return line
}
