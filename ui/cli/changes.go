package cli

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/export"
	"adbadge/ui/tui/draw"
)

// changesLimit is how many changes are listed unless --limit says otherwise.
const changesLimit = 50

// changeReport is a change in the answer of "changes --json". Its keys stay as they are.
type changeReport struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Tenant  string    `json:"tenant"`
	Side    string    `json:"side"`
	Setting string    `json:"setting"`
	Owner   string    `json:"owner"`
	Issue   string    `json:"issue"` // id; empty for a toggle
	Title   string    `json:"title"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Outcome string    `json:"outcome"`
	Seen    string    `json:"seen"`
}

func (a *app) changesCommand() *cobra.Command {
	var asJSON bool
	limit := changesLimit
	cmd := &cobra.Command{
		Use:   "changes",
		Short: "List what was changed from here, newest first",
		Long: "Lists the changes of toggles and health issues that were made with adbadge from this account, newest first: when, by whom, in which tenant, " +
			"from what to what, and what came of it. They are kept in changes.jsonl in the state folder, to which lines are only ever " +
			"added. It asks no source. With --tenant, lists those of one tenant of the configuration.",
		Example: "adbadge changes\nadbadge changes --json | jq -r '.[] | select(.outcome != \"applied\") | .seen'",
		Args:    cobra.NoArgs,
		RunE: a.do(func(*cobra.Command, []string) error {
			if limit < 1 {
				return usagef("--limit is %d, but must be above zero", limit)
			}
			return a.listChanges(limit, asJSON)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON array")
	cmd.Flags().IntVar(&limit, "limit", limit, "how many at most")
	return cmd
}

func (a *app) listChanges(limit int, asJSON bool) error {
	most := limit
	if a.flags.tenant != "" {
		if _, _, err := a.configured(); err != nil { // there is no such tenant
			return err
		}
		most = math.MaxInt
	}
	list, unread, err := providers.Changes(a.stateDir(), most)
	if err != nil {
		return err
	}
	if a.flags.tenant != "" {
		list = slices.DeleteFunc(list, func(c model.Change) bool { return c.Tenant.String() != a.flags.tenant })
		list = list[:min(limit, len(list))]
	}
	if unread > 0 {
		fmt.Fprintf(a.err, "adbadge: incomplete: %d lines of the record of changes cannot be understood.\n", unread)
	}
	if asJSON {
		reports := []changeReport{}
		for _, c := range list {
			reports = append(reports, changeReport{c.ID.String(), c.At, c.By.String(), c.Tenant.String(), c.Side.String(), c.Setting.String(),
				c.Owner.String(), c.Issue, c.Title.String(), c.From, c.To, c.Outcome.String(), c.Seen.String()})
		}
		err = export.WriteJSON(a.out, reports)
	} else {
		err = a.printChanges(list)
	}
	if err == nil && unread > 0 {
		err = &exitError{code: exitIncomplete}
	}
	return err
}

func (a *app) printChanges(list []model.Change) error {
	if len(list) == 0 {
		fmt.Fprintln(a.err, "adbadge: nothing was changed from here.")
		return nil
	}
	p := a.paper("auto")
	columns := []column{{head: "WHEN"}, {head: "BY", least: 8}, {head: "TENANT", least: 8}, {head: "WHAT", least: 8}, {head: "CHANGE"}, {head: "OUTCOME"},
		{head: "SEEN", least: 10}}
	now := time.Now()
	p.table(columns, len(list), func(i int) []span {
		c := list[i]
		style := p.theme.OK
		if !c.Outcome.IsMade() {
			style = p.theme.Warning
		}
		text := p.theme.Text
		return []span{{text, draw.Ago(c.At, now)}, {text, c.By.String()}, {text, c.Tenant.String()}, {text, c.Label()},
			{text, c.From + " -> " + c.To}, {style, c.Outcome.String()}, {text, c.Seen.String()}}
	})
	return p.flush()
}
