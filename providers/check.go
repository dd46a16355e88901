package providers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"adbadge/model"
)

// Checker is a Directory that can be examined step by step.
type Checker interface {
	// Check tries one thing after the other and reports each when it is done; see model.Check. It ends when the
	// context does. report is called from one goroutine.
	Check(ctx context.Context, report func(model.Check))
}

// Check examines the directory step by step, then the way to each of the other sources. It reports every step as
// soon as it is known, from one goroutine, and ends when the context does.
func (t *Tenant) Check(ctx context.Context, report func(model.Check)) {
	rest := *t
	rest.Directories = slices.Clone(t.Directories)
	for i, directory := range t.Directories {
		if _, ok := directory.(Checker); ok {
			rest.Directories[i] = examined{directory}
		}
	}
	answers := make(chan *Dashboard, 1)
	go func() { answers <- NewRefresher(&rest).Once(ctx) }() // a directory that hangs does not hold up the others
	unexamined := false
	for _, directory := range t.Directories {
		checker, ok := directory.(Checker)
		if !ok {
			unexamined = true
			continue
		}
		checker.Check(ctx, func(c model.Check) {
			if len(t.Directories) > 1 {
				c.Name += " (" + directory.Host() + ")"
			}
			report(c)
		})
	}
	d := <-answers
	if unexamined {
		report(checkOf("the whole of it", d.Source(model.Directory)))
	}
	t.checkCloud(ctx, d, report)
	report(checkSettings(d))
}

// examined is a directory that is not asked: to try a refused password again could lock the account.
type examined struct{ Directory }

// Domains gives none.
func (examined) Domains(context.Context) ([]model.Domain, error) { return nil, nil }

// Entities gives none.
func (examined) Entities(context.Context, func([]model.Entity) error) ([]model.Gap, error) {
	return nil, nil
}

// checkOf says how a source answered.
func checkOf(name string, s model.SourceStatus) model.Check {
	c := model.Check{Source: s.Source, Name: name, Took: s.Latency}
	switch {
	case s.State == model.SourceOff:
		c.Seen = "not configured"
	case s.Failure != nil:
		c.Verdict, c.Seen, c.Remedy = model.Failed, s.Failure.Doing+": "+s.Failure.Seen, s.Failure.Remedy
	case s.State == model.SourceWaiting:
		c.Seen = "not asked: the integration is off"
	default:
		c.Verdict, c.Seen = model.Passed, fmt.Sprintf("%s answers, with %d objects", s.Host, s.Items)
		for _, gap := range s.Gaps {
			c.Seen += "; " + strings.TrimSuffix(gap.What, ".")
			if gap.Missing {
				c.Verdict, c.Remedy = model.Doubtful, strings.TrimSpace(c.Remedy+" "+gap.Remedy)
			}
		}
	}
	return c
}

// checkSettings says whether the toggles can be read. Those that decide nothing may be unknown.
func checkSettings(d *Dashboard) model.Check {
	c := checkOf("settings", d.Source(model.Settings))
	if c.Verdict != model.Passed {
		return c
	}
	var states []string
	for _, t := range d.Toggles {
		states = append(states, t.Name()+" is "+t.State.String())
		if t.Problem != nil {
			if t.Decides() {
				c.Verdict, c.Remedy = model.Doubtful, t.Problem.Remedy
			}
			states[len(states)-1] += ": " + t.Problem.Seen
		}
	}
	c.Seen = strings.Join(states, "; ")
	return c
}
