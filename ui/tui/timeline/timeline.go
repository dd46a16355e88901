// Package timeline draws alerts of both products, one on a line, and what is known of each of them.
package timeline

import (
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/facts"
	"adbadge/ui/tui/layout"
	"adbadge/ui/tui/theme"
)

// columns in their order; the last one is left out where a list has no use for it.
const (
	columnAge = iota
	columnProduct
	columnSeverity
	columnStatus
	columnTitle
	columnPhase
	columnTechniques
	columnThreat
	columnEntities
	columnCount
)

// roomy is the least width at which columns have the room that they would like, in cells.
const roomy = 100

// Rows draws lines of one width.
type Rows struct {
	theme  *theme.Theme
	now    time.Time
	width  int
	widths []int
}

// NewRows prepares lines of width cells. entities asks for the column of what an alert counts for.
func NewRows(t *theme.Theme, now time.Time, width int, entities bool) Rows {
	status, phase := 8, 17
	if width >= roomy {
		status, phase = 11, 20
	}
	techniques, threat := 116, 140 // the least widths with these columns
	if entities {
		techniques, threat = 140, 170
	}
	c := [columnCount]layout.Column{
		columnAge:        {Min: 4, Gap: 1},
		columnProduct:    {Min: 3, Gap: 1},
		columnSeverity:   {Min: 3, Gap: 1},
		columnStatus:     {Min: status, Gap: 1, From: 56},
		columnTitle:      {Min: 16, Grow: 3, Gap: 1},
		columnPhase:      {Min: phase, Gap: 1, From: 70},
		columnTechniques: {Min: 17, Gap: 1, From: techniques},
		columnThreat:     {Min: 20, Gap: 1, Grow: 1, Max: 30, From: threat},
		columnEntities:   {Min: 15, Grow: 1, Max: 40, From: 64},
	}
	used := c[:]
	if !entities {
		used = c[:columnEntities]
	}
	return Rows{theme: t, now: now, width: width, widths: layout.Columns(width, used)}
}

// Heading gives the line above the alerts.
func (r Rows) Heading() string {
	heads := [columnCount]string{" AGE", "BY", "SEV", "STATUS", "TITLE", "PHASE", "TECHNIQUES", "THREAT / ACTOR", "ENTITIES"}
	l := draw.NewLine(r.theme, r.width)
	for i, width := range r.widths {
		l.Cell(r.theme.Muted, heads[i], width)
		l.Space(gap(width))
	}
	return l.Fill(r.theme.Text).String()
}

// gap is what follows a column: nothing where it is left out.
func gap(width int) int { return min(width, 1) }

// Line gives the line of an alert. entities is what it counts for.
func (r Rows) Line(a *model.Alert, selected bool, entities string) string {
	t := r.theme
	text, muted, chip := t.Text, t.Muted, t.Severity(a.Severity)
	switch {
	case selected:
		text, muted = t.Selected, t.Selected
		if !a.IsOpen() {
			chip = t.Selected
		}
	case !a.IsOpen():
		text, chip = t.Muted, t.Muted
	}
	cells := [columnCount]string{
		"", a.Product.String(), " " + Letter(a.Severity) + " ", r.status(a), a.Title.String(), facts.OrDash(Phase(a)),
		facts.OrDash(facts.List(a.Techniques)), facts.OrDash(threat(a)), facts.OrDash(entities),
	}
	styles := [columnCount]theme.Style{muted, muted, chip, text, text, muted, muted, muted, text}
	l := draw.NewLine(t, r.width)
	for i, width := range r.widths {
		if i == columnAge {
			l.CellRight(muted, draw.Age(Raised(a), r.now), width)
		} else {
			l.Cell(styles[i], cells[i], width)
		}
		l.Cell(text, "", gap(width))
	}
	return l.Fill(text).String()
}

// status gives the word for the room that there is.
func (r Rows) status(a *model.Alert) string {
	if a.Status == model.StatusInProgress && r.width < roomy {
		return "progress"
	}
	return Status(a)
}

// Raised is when an alert came up; for one that does not say, when it changed last.
func Raised(a *model.Alert) time.Time {
	if a.Created.IsZero() {
		return a.Updated
	}
	return a.Created
}

// Letter gives the letter of a severity, as badges have it.
func Letter(s model.Severity) string { return [...]string{" ", "i", "L", "M", "H", "?"}[s] }

// Status gives the word of a status; one that this program does not know as it came.
func Status(a *model.Alert) string {
	if a.Status == model.StatusOther && a.StatusText != "" {
		return a.StatusText.String()
	}
	return a.Status.String()
}

// Severity gives the word of a severity; one that this program does not know as it came.
func Severity(a *model.Alert) string { return graded(a.Severity, a.SeverityText) }

func graded(s model.Severity, asItCame text.Line) string {
	if s == model.OtherSeverity && asItCame != "" {
		return asItCame.String()
	}
	return s.String()
}

// Phase gives the step of the attack, or the category of an alert that is none.
func Phase(a *model.Alert) string {
	if a.Phase == model.NoPhase {
		return a.Category.String()
	}
	return a.Phase.String()
}

// threat gives family and actor where they are known.
func threat(a *model.Alert) string {
	var parts []string
	for _, part := range []string{a.ThreatFamily.String(), a.Actor.String()} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " / ")
}
