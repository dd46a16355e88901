package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/providers"
	"adbadge/ui/export"
	"adbadge/ui/tui/draw"
)

// statusLimit is how long the sources may take for a status unless --timeout says otherwise.
const statusLimit = 10 * time.Second

// The commands whose exit codes are those of monitoring plug-ins.
const (
	statusName = "status"
	doctorName = "doctor"
)

func isMonitoring(command string) bool { return command == statusName || command == doctorName }

// The words for --format.
const (
	formatText       = "text"
	formatJSON       = "json"
	formatNagios     = "nagios"
	formatPrometheus = "prometheus"
)

var statusFormats = []string{formatText, formatJSON, formatNagios, formatPrometheus}

// failOnNever makes every status one of exit code 0.
const failOnNever = "never"

var failOnWords = []string{model.Warning.String(), model.Critical.String(), failOnNever}

// statusOptions are the flags of status.
type statusOptions struct {
	format string
	json   bool
	failOn string
	watch  bool
}

// check says what is wrong with the flags.
func (o *statusOptions) check(cmd *cobra.Command) error {
	switch {
	case !slices.Contains(statusFormats, o.format):
		return usagef("--format is %q, but must be one of %s", o.format, strings.Join(statusFormats, ", "))
	case !slices.Contains(failOnWords, o.failOn):
		return usagef("--fail-on is %q, but must be one of %s", o.failOn, strings.Join(failOnWords, ", "))
	case o.json && cmd.Flags().Changed("format") && o.format != formatJSON:
		return usagef("--json and --format %s exclude each other", o.format)
	case o.json:
		o.format = formatJSON
	}
	if cached, _ := cmd.Flags().GetBool("cached"); cached && cmd.Flags().Changed("portal-session") {
		return usagef("--cached and --portal-session exclude each other: a snapshot holds nothing of a portal session")
	} else if cached && o.watch {
		return usagef("--cached and --watch exclude each other: a snapshot does not change by being looked at")
	}
	if o.watch && o.format == formatPrometheus {
		return usagef("--watch and --format prometheus exclude each other: a file of metrics is written anew each time")
	}
	return nil
}

// exit gives the error of a status that --fail-on lets fail. What is not known fails with everything that may.
func (o *statusOptions) exit(level model.Level) error {
	if level == model.OK || o.failOn == failOnNever || o.failOn == model.Critical.String() && level == model.Warning {
		return nil
	}
	return &exitError{code: exitCode(level)}
}

func (a *app) statusCommand() *cobra.Command {
	o := statusOptions{format: formatText, failOn: model.Warning.String()}
	cmd := &cobra.Command{
		Use:   statusName,
		Short: "Say whether the integration works, and why not",
		Long: "Asks every source once and says how the integration stands: its toggles, licences and sources, the counts by badge, and " +
			"findings with what was seen and what to do. It answers within --timeout (10s) even when a source hangs. --format nagios " +
			"writes one line with performance data, --format prometheus metrics for a textfile collector. --cached answers at once, from " +
			"what was read the last time. --watch asks again at every " +
			"refresh interval, until Ctrl-C. --portal-session also reads the flag that the vendor's portal reports.\n\n" +
			"The exit codes follow the convention of monitoring plug-ins: 0 ok, 1 warning, 2 critical, 3 unknown; 3 also for wrong flags " +
			"or configuration.",
		Example: "adbadge status\nadbadge status --json | jq -r '.findings[].code'\nadbadge status --format nagios --fail-on critical",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			if err := o.check(cmd); err != nil {
				return err
			}
			return a.status(cmd.Context(), &o)
		}),
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "write one JSON object, as --format json does")
	cmd.Flags().StringVar(&o.format, "format", o.format, "text, json, nagios or prometheus")
	cmd.Flags().StringVar(&o.failOn, "fail-on", o.failOn, "the level from which the exit code is not 0: warning, critical or never")
	a.allowCached(cmd)
	cmd.Flags().BoolVar(&o.watch, "watch", false, "ask again at every refresh interval")
	a.flags.registerPortal(cmd)
	mustComplete(cmd, "format", cobra.FixedCompletions(statusFormats, cobra.ShellCompDirectiveNoFileComp))
	mustComplete(cmd, "fail-on", cobra.FixedCompletions(failOnWords, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// asMonitoring makes every error that is not a level itself one of exit code 3: a check that could not be made is
// unknown, never critical.
func asMonitoring(err error) error {
	var exit *exitError
	if err == nil || isBrokenPipe(err) || errors.Is(err, context.Canceled) || errors.As(err, &exit) && exit.cause == nil {
		return err
	}
	return &exitError{code: exitCode(model.Unknown), cause: err}
}

func (a *app) status(ctx context.Context, o *statusOptions) error {
	s, err := a.ask(ctx, statusLimit, providers.CachedStatus)
	if err != nil {
		return err
	}
	defer a.close(s)
	return a.follow(ctx, s, o)
}

// follow writes the status of an open session, once or until the context ends.
func (a *app) follow(ctx context.Context, s *session, o *statusOptions) error {
	for {
		if err := a.writeStatus(s, o.format); err != nil {
			return err
		}
		if !o.watch {
			return o.exit(s.dashboard.Status.Level)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(s.tenant.Interval):
		}
		if o.format == formatText {
			fmt.Fprintln(a.out)
		}
		limited, cancel := context.WithTimeout(ctx, a.flags.limit(statusLimit))
		s.dashboard = s.refresher.Refreshed(limited)
		cancel()
	}
}

// writeStatus writes one status.
func (a *app) writeStatus(s *session, format string) error {
	switch format {
	case formatJSON:
		return export.WriteJSON(a.out, newStatusReport(s))
	case formatNagios:
		return writeNagios(a.out, s)
	case formatPrometheus:
		return writePrometheus(a.out, s)
	}
	return a.printStatus(s)
}

// printStatus writes the page for people. Its first line says it all, as monitoring systems show only that one.
func (a *app) printStatus(s *session) error {
	p := a.paper(s.config.Screen.Theme)
	d, status := s.dashboard, s.dashboard.Status
	p.line(span{p.theme.Integration(status.Integration), "integration " + status.Integration.String()},
		span{p.theme.Level(status.Level), " (" + status.Level.String() + ")"}, span{p.theme.Text, ": " + sentence(status.Reason)})
	p.line(span{p.theme.Muted, tenantLine(s)})
	p.printPortal(d.Portal, time.Now())
	p.printToggles(d.Toggles, s.tenant.Now())
	p.printLicences(d.Licences)
	p.printSources(d.Sources, s.tenant.Now())
	p.printCounts(d.View)
	p.printFindings(status.Findings)
	return p.flush()
}

// tenantLine names the tenant, and says what may be changed.
func tenantLine(s *session) string {
	t := s.tenant
	line := "tenant " + s.name()
	if t.Mark != "" {
		line += "  " + t.Mark
	}
	if t.ReadOnly != "" && !s.cached {
		line += "  read-only"
	}
	if s.cached {
		line += "  " + s.age()
	}
	if t.Warning != "" {
		line += "  " + t.Warning
	}
	return line
}

func (p *paper) printToggles(toggles []model.Toggle, now time.Time) {
	p.heading("TOGGLES")
	if len(toggles) == 0 {
		p.line(span{p.theme.Muted, "not read"})
		return
	}
	columns := []column{{head: "TOGGLE"}, {head: "STATE"}, {head: "OWNER"}, {head: "CHANGED", least: 10}}
	p.table(columns, len(toggles), func(i int) []span {
		t := toggles[i]
		changed := "never"
		switch {
		case t.Problem != nil:
			changed = t.Problem.Error()
		case t.Owner == model.OwnerGraph:
			changed = "not told"
		case !t.Changed.IsZero():
			changed = draw.Ago(t.Changed, now)
			if t.By != "" {
				changed += " by " + t.By.String()
			}
		}
		text := p.theme.Text
		return []span{{text, t.Label()}, {p.theme.Toggle(t.State), t.State.String()}, {text, t.Owner.String()}, {text, changed}}
	})
}

func (p *paper) printLicences(licences []model.Licence) {
	if len(licences) == 0 {
		return
	}
	p.heading("LICENCES")
	columns := []column{{head: "SIDE"}, {head: "STATE"}, {head: "PLAN", least: 10}}
	p.table(columns, len(licences), func(i int) []span {
		l := licences[i]
		plan := l.Plan.String()
		if l.Problem != nil {
			plan = l.Problem.Error()
		}
		return plainCells(p.theme.Text, l.Side.String(), l.State.String(), plan)
	})
}

func (p *paper) printSources(sources []model.SourceStatus, now time.Time) {
	p.heading("SOURCES")
	columns := []column{
		{head: "SOURCE"}, {head: "STATE"}, {head: "ITEMS", right: true}, {head: "LATENCY", right: true}, {head: "LAST GOOD"}, {head: "HOST", least: 10},
	}
	p.table(columns, len(sources), func(i int) []span {
		s := sources[i]
		host, latency, good := s.Host, "-", "-"
		if s.State != model.SourceOff {
			latency, good = s.Latency.Round(time.Millisecond).String(), draw.Ago(s.LastGood, now)
		}
		if host == "" {
			host = "not configured"
		}
		return plainCells(p.theme.Text, s.Source.String(), s.State.String(), draw.Count(s.Items), latency, good, host)
	})
	for _, s := range sources {
		if s.Limits != nil && s.Limits.Requests > 0 {
			p.fact(s.Source.String(), s.Limits.String())
		}
		if s.Accounts != "" {
			p.fact("accounts", s.Accounts)
		}
	}
}

func (p *paper) printCounts(v *inventory.View) {
	counts := v.Counts()
	p.heading("ENTITIES")
	p.line(span{p.theme.Text, fmt.Sprintf("%s: %s users, %s computers", draw.Count(counts.All), draw.Count(counts.Users), draw.Count(counts.Computers))})
	for class := range inventory.BadgeClassCount {
		p.fact("  "+class.String(), draw.Count(counts.Badge(class)))
	}
	for _, product := range []model.Product{model.DefenderForEndpoint, model.DefenderForIdentity} {
		p.fact("open "+product.String(), draw.Count(counts.Open(product))+" alerts")
	}
}

func (p *paper) printFindings(findings []model.Finding) {
	p.heading("FINDINGS")
	if len(findings) == 0 {
		p.line(span{p.theme.Text, "none"})
	}
	for _, f := range findings {
		p.line(span{p.theme.Level(f.Level), fmt.Sprintf("%s %-8s", f.Code, f.Level)}, span{p.theme.Strong, " " + f.Title})
		for _, part := range []struct{ name, value string }{
			{"  checked", f.Checked}, {"  seen", f.Seen}, {"  do", f.Remedy}, {"  see", f.Link},
		} {
			p.fact(part.name, part.value)
		}
	}
}
