package cli

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/ui/export"
	"adbadge/ui/tui/draw"
)

// stepConfiguration is the step that comes before those of the tenant.
const stepConfiguration = "configuration"

func (a *app) doctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   doctorName,
		Short: "Check the way to every source step by step, and say what to do",
		Long: "Checks the directory step by step: configuration, names, port, certificate, sign-in, clock, base DNs, paging, rights, " +
			"deleted objects, change tracking and counts, then whether the other sources answer. Each step says what was seen and what " +
			"to do; what needs a step that failed is skipped. It changes nothing and ends within --timeout (1m). It reads the whole " +
			"directory once.\n\n" +
			"The exit codes are those of status: 0 all is well, 1 a warning, 2 a step failed, 3 nothing could be checked; 3 also for " +
			"wrong flags or configuration.",
		Example: "adbadge doctor\nadbadge doctor --json | jq -r '.checks[] | select(.outcome == \"failed\") | .remedy'",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			return a.doctor(cmd.Context(), asJSON)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

func (a *app) doctor(ctx context.Context, asJSON bool) error {
	e := &examination{level: model.OK}
	s, err := a.open(ctx, a.prompt())
	if err == nil {
		_ = a.letSignIn(ctx, s) // a refusal is among what is examined
	}
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usualLimit))
	defer cancel()
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	look := "auto"
	if err == nil {
		look = s.config.Screen.Theme
	}
	if !asJSON {
		e.paper = a.paper(look)
	}
	if err != nil {
		e.refuse(err)
	} else {
		defer a.close(s)
		e.take(model.Check{Name: stepConfiguration, Verdict: model.Passed, Seen: configured(s)})
		s.tenant.Check(limited, e.take)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.log.Info("checked", "level", e.level, "checks", len(e.checks))
	if asJSON {
		err = export.WriteJSON(a.out, newDoctorReport(e))
	} else {
		err = e.conclude()
	}
	if err == nil && e.level != model.OK {
		err = &exitError{code: exitCode(e.level)}
	}
	return err
}

// configured says what the configuration leads to.
func configured(s *session) string {
	seen := tenantLine(s) + "; the directory is " + s.tenant.DirectoryHost()
	if s.config.IsLab() {
		seen += ", which is made up"
	}
	return seen
}

// examination gathers the steps, and prints each as it comes where there is paper.
type examination struct {
	paper  *paper // nil: JSON, at the end
	checks []model.Check
	level  model.Level
	source model.Source // of the step before
}

// refuse is the examination of a configuration that leads nowhere: all else is unknown.
func (e *examination) refuse(err error) {
	var lines bytes.Buffer
	writeError(&lines, err)
	seen := strings.TrimPrefix(strings.Join(strings.Split(strings.TrimSpace(lines.String()), "\n"), "; "), "adbadge: ")
	e.take(model.Check{Name: stepConfiguration, Verdict: model.Failed, Seen: strings.TrimSuffix(seen, "."),
		Remedy: "Correct the configuration; adbadge config check names every mistake with its line."})
	for _, source := range model.Sources {
		e.take(model.Check{Source: source, Name: source.String(), Seen: "because \"" + stepConfiguration + "\" failed"})
	}
	e.level = model.Unknown
}

// take adds one step.
func (e *examination) take(c model.Check) {
	if e.paper != nil {
		e.print(c)
	}
	e.checks = append(e.checks, c)
	e.level = max(e.level, c.Verdict.Level())
	e.source = c.Source
}

// Widths of the columns, in cells: steps are printed as they come, before the next one is known.
const (
	outcomeWidth = 9
	stepWidth    = 23
)

func (e *examination) print(c model.Check) {
	p := e.paper
	if len(e.checks) == 0 || c.Source != e.source {
		if len(e.checks) > 0 {
			p.line()
		}
		p.line(span{p.theme.Strong, strings.ToUpper(c.Source.String())})
	}
	style := p.theme.Level(c.Verdict.Level())
	if c.Verdict == model.Skipped {
		style = p.theme.Muted
	}
	p.entry(span{style, c.Verdict.String()}, c.Name, c.Seen)
	if c.Remedy != "" {
		p.entry(span{p.theme.Muted, ""}, "do", c.Remedy)
	}
	_ = p.flush() // the steps take their time; an error stays with the writer until the end
}

// entry writes three columns, the last of them on several lines where the terminal is narrow.
func (p *paper) entry(outcome span, name, value string) {
	indent := outcomeWidth + stepWidth
	lines := []string{p.plain(value)}
	if p.width > 0 {
		lines = draw.Wrap(lines[0], max(p.width-indent, 20))
	}
	for i, line := range lines {
		if i > 0 {
			outcome.text, name = "", ""
		}
		p.line(span{outcome.style, draw.Fit(outcome.text, outcomeWidth, "")},
			span{p.theme.Muted, draw.Fit(name, max(stepWidth, draw.Width(name)+1), "")}, span{p.theme.Text, line})
	}
}

// plain cleans what goes on a line of its own.
func (p *paper) plain(s string) string { return p.theme.Glyphs.Plain(text.CleanMax(s, 4000).String()) }

// conclude prints the sum.
func (e *examination) conclude() error {
	p := e.paper
	var parts []string
	for _, verdict := range []model.Verdict{model.Failed, model.Doubtful, model.Passed, model.Skipped} {
		n := 0
		for _, c := range e.checks {
			if c.Verdict == verdict {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, verdict))
		}
	}
	p.line()
	p.line(span{p.theme.Level(e.level), e.level.String()}, span{p.theme.Text, ": " + strings.Join(parts, ", ")})
	return p.flush()
}

// doctorReport is the answer of "doctor --json". Its keys stay as they are.
type doctorReport struct {
	Level  string        `json:"level"`
	Checks []checkReport `json:"checks"`
}

type checkReport struct {
	Source           string `json:"source"`
	Name             string `json:"name"`
	Outcome          string `json:"outcome"`
	Seen             string `json:"seen"`
	Remedy           string `json:"remedy"`
	TookMilliseconds int64  `json:"tookMilliseconds"`
}

func newDoctorReport(e *examination) doctorReport {
	r := doctorReport{Level: e.level.String()}
	for _, c := range e.checks {
		r.Checks = append(r.Checks, checkReport{
			Source: c.Source.String(), Name: c.Name, Outcome: c.Verdict.String(), Seen: c.Seen, Remedy: c.Remedy,
			TookMilliseconds: c.Took.Milliseconds(),
		})
	}
	return r
}
