package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers"
	"adbadge/ui/export"
	"adbadge/ui/tui/draw"
)

func (a *app) issuesCommand() *cobra.Command {
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:   "issues",
		Short: "List the open health issues of Defender for Identity, the worst first",
		Long: "Lists the health issues of Defender for Identity: those that are open, or with --all those that were closed or suppressed " +
			"as well. close, suppress and reopen change the status of one.",
		Example: "adbadge issues\nadbadge issues --all --json | jq -r '.[] | [.status, .title] | @tsv'\nadbadge issues close 3f0c2a9e",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			return a.listIssues(cmd.Context(), all, asJSON)
		}),
	}
	cmd.Flags().BoolVar(&all, "all", false, "those that are not open as well")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON array")
	cmd.AddCommand(
		a.changeIssueCommand(model.IssueClosed, "Close a health issue", "It leaves the open ones."),
		a.changeIssueCommand(model.IssueSuppressed, "Hide a health issue for a week", "It is hidden from the open ones for 7 days."),
		a.changeIssueCommand(model.IssueOpen, "Open a health issue again", "It counts among the open ones again."),
	)
	return cmd
}

func (a *app) changeIssueCommand(to model.IssueStatus, short, long string) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   to.Verb() + " id",
		Short: short,
		Long: short + ". " + long + " The id is that of adbadge issues, or as much of its beginning as tells it from the others. " +
			"Says what will change for whom, asks, changes the status, reads back and prints it. The lab may always be changed; a " +
			"configured tenant with --write, or with write = true under [tenant].",
		Example: "adbadge issues " + to.Verb() + " 3f0c2a9e",
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 1 {
				return fmt.Errorf("name one health issue by its id; list them with: adbadge issues")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.do(func(cmd *cobra.Command, arguments []string) error {
			return a.changeIssue(cmd.Context(), arguments[0], to, yes)
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// readIssues opens the tenant and asks for its health issues and no more. The caller closes the session.
func (a *app) readIssues(ctx context.Context, all bool) (*session, []model.HealthIssue, error) {
	s, err := a.open(ctx, a.prompt())
	if err != nil {
		return nil, nil, err
	}
	if err := a.letSignIn(ctx, s); err != nil {
		a.close(s)
		return nil, nil, err
	}
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usualLimit))
	defer cancel()
	issues, err := s.tenant.Issues(limited, all)
	if err != nil {
		a.close(s)
		return nil, nil, err
	}
	slices.SortStableFunc(issues, func(a, b model.HealthIssue) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(b.Severity, a.Severity), b.Created.Compare(a.Created))
	})
	return s, issues, nil
}

// issueReport is a health issue in the answer of "issues --json". Its keys stay as they are.
type issueReport struct {
	ID          string      `json:"id"`
	Title       text.Line   `json:"title"`
	Status      string      `json:"status"`
	Severity    string      `json:"severity"`
	Global      bool        `json:"global"`
	Description text.Line   `json:"description"`
	Sensors     []text.Line `json:"sensors"`
	Domains     []text.Line `json:"domains"`
	Remedies    []text.Line `json:"remedies"`
	Created     *time.Time  `json:"created"`
}

func (a *app) listIssues(ctx context.Context, all, asJSON bool) error {
	s, issues, err := a.readIssues(ctx, all)
	if err != nil {
		return err
	}
	defer a.close(s)
	if asJSON {
		reports := []issueReport{}
		for _, h := range issues {
			reports = append(reports, issueReport{h.ID, h.Title, h.Status.String(), severityOf(h), h.Global, h.Description,
				orNone(h.Sensors), orNone(h.Domains), orNone(h.Remedies), export.Time(h.Created)})
		}
		return export.WriteJSON(a.out, reports)
	}
	if len(issues) == 0 {
		fmt.Fprintln(a.err, "adbadge: no health issue is open.")
		return nil
	}
	return a.printIssues(issues, s.tenant.Now())
}

// orNone makes an empty JSON array of nothing.
func orNone(list []text.Line) []text.Line {
	if list == nil {
		return []text.Line{}
	}
	return list
}

func severityOf(h model.HealthIssue) string {
	if h.Severity == model.OtherSeverity && h.SeverityText != "" {
		return h.SeverityText.String()
	}
	return h.Severity.String()
}

func (a *app) printIssues(issues []model.HealthIssue, now time.Time) error {
	p, short := a.paper("auto"), shortest(issues)
	columns := []column{{head: "ID"}, {head: "STATUS"}, {head: "SEV"}, {head: "SINCE"}, {head: "TITLE", least: 20}, {head: "ON", least: 8}}
	p.table(columns, len(issues), func(i int) []span {
		h, plain := issues[i], p.theme.Text
		on := joined(h.Sensors)
		if on == "" {
			on = joined(h.Domains)
		}
		return []span{{p.theme.Accent, strings.ToValidUTF8(h.ID[:min(short, len(h.ID))], "")}, {plain, h.Status.String()}, {p.theme.Severity(h.Severity), severityOf(h)},
			{plain, draw.Ago(h.Created, now)}, {plain, h.Title.String()}, {p.theme.Muted, on}}
	})
	return p.flush()
}

// shortest gives how much of the ids tells them apart, in bytes: at least eight.
func shortest(issues []model.HealthIssue) int {
	ids := make([]string, len(issues))
	for i, h := range issues {
		ids[i] = h.ID
	}
	slices.Sort(ids)
	n := 8
	for i := 1; i < len(ids); i++ {
		for n < len(ids[i]) && strings.HasPrefix(ids[i-1], ids[i][:n]) {
			n++
		}
	}
	return n
}

// findIssue finds the issue that an id, or the beginning of one, names.
func findIssue(issues []model.HealthIssue, id string) (model.HealthIssue, error) {
	var found []model.HealthIssue
	for _, h := range issues {
		if strings.EqualFold(h.ID, id) {
			return h, nil
		}
		if id != "" && len(h.ID) > len(id) && strings.EqualFold(h.ID[:len(id)], id) {
			found = append(found, h)
		}
	}
	switch len(found) {
	case 0:
		return model.HealthIssue{}, failedf("there is no health issue %q; list them with: adbadge issues --all", text.CleanMax(id, 64))
	case 1:
		return found[0], nil
	}
	return model.HealthIssue{}, failedf("%d health issues begin with %q; write more of the id", len(found), text.CleanMax(id, 64))
}

// changeIssue changes the status of one issue, after asking.
func (a *app) changeIssue(ctx context.Context, id string, to model.IssueStatus, yes bool) error {
	if !yes && !isTerminal(a.in) {
		return usagef("nobody can be asked here; say --yes to %s a health issue", to.Verb())
	}
	s, issues, err := a.readIssues(ctx, true)
	if err != nil {
		return err
	}
	defer a.close(s)
	issue, err := findIssue(issues, id)
	switch {
	case err != nil:
		return err
	case s.tenant.ReadOnly != "":
		return usagef("not changed: %s. Start with --write, or set write = true under [tenant]", s.tenant.ReadOnly)
	case s.tenant.Forgets:
		return failedf("not changed: there is no folder that can be written to keep the change in; set XDG_STATE_HOME to one")
	case issue.Status == to:
		fmt.Fprintf(a.err, "adbadge: %s is %s already.\n", issue.Name(), to)
		return a.tellIssue(issue)
	}
	fmt.Fprintf(a.err, "%s, by %s\n%s: %s -> %s\n%s\n", tenantLine(s), actor(), issue.Title, issue.Status, to, to.Effect())
	if !yes {
		sure, err := a.confirm(ctx, fmt.Sprintf("%s it? [y/N] ", strings.ToUpper(to.Verb()[:1])+to.Verb()[1:]))
		if err != nil {
			return err
		}
		if !sure {
			return failedf("nothing was changed")
		}
	}
	return a.setIssue(ctx, s, providers.IssueChange{Issue: issue, To: to, By: actor()})
}

// setIssue makes the change and tells what was read back.
func (a *app) setIssue(ctx context.Context, s *session, wanted providers.IssueChange) error {
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usualLimit))
	defer cancel()
	change, issue, err := s.tenant.SetIssue(limited, wanted)
	a.log.Info("health issue changed", "id", wanted.Issue.ID, "to", wanted.To, "by", wanted.By, "outcome", change.Outcome, "seen", change.Seen)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.err, "Applied. Read back: %s is %s.\n", issue.Name(), issue.Status)
	return a.tellIssue(*issue)
}

// tellIssue prints the status of an issue, one word, on standard output.
func (a *app) tellIssue(h model.HealthIssue) error {
	_, err := fmt.Fprintln(a.out, h.Status)
	return err
}
