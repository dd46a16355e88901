// Package facts draws what is known of a thing: names beside values, long values wrapped below themselves.
package facts

import (
	"strings"
	"time"

	"adbadge/model/text"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/theme"
)

// Fact is one value with its name. An empty value shows as "-": it is not known.
type Fact struct {
	Label string
	Value string
	Style theme.Style // of the value
}

// labelWidth is the column of the names, in cells.
const labelWidth = 14

// Lines draws facts in at most width cells.
func Lines(t *theme.Theme, width int, list []Fact) []string {
	label := min(labelWidth, width/2)
	l := draw.NewLine(t, width)
	var lines []string
	for _, f := range list {
		for i, part := range draw.Wrap(t.Glyphs.Plain(OrDash(f.Value)), max(width-label, 1)) {
			name := ""
			if i == 0 {
				name = f.Label
			}
			lines = append(lines, l.Cell(t.Muted, name, label).Add(f.Style, part).String())
		}
	}
	return lines
}

// Flow draws facts in columns of at least narrowest cells, filled one after the other.
func Flow(t *theme.Theme, width, narrowest int, list []Fact) []string {
	columns := max(min(width/max(narrowest, 1), 2), 1)
	if columns == 1 || len(list) < 2 {
		return Lines(t, width, list)
	}
	half := (len(list) + 1) / 2
	column := (width - 2) / 2
	return Beside(Lines(t, column, list[:half]), Lines(t, column, list[half:]), column+2)
}

// Beside sets two blocks next to each other, the right one at a column.
func Beside(left, right []string, column int) []string {
	lines := make([]string, max(len(left), len(right)))
	for i := range lines {
		if i < len(left) {
			lines[i] = left[i]
		}
		if i < len(right) && right[i] != "" {
			lines[i] += draw.Spaces(column-draw.Width(lines[i])) + right[i]
		}
	}
	return lines
}

// Moment gives a time with its age: "2026-11-02 14:03 (21d)", empty for the zero time.
func Moment(at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(now.Location()).Format("2006-01-02 15:04") + " (" + draw.Age(at, now) + ")"
}

// OrDash gives "-" for what is not known.
func OrDash(value string) string {
	if value == "" {
		return "-"
	}
	return value
}

// List joins texts with commas.
func List(texts []text.Line) string {
	words := make([]string, len(texts))
	for i, t := range texts {
		words[i] = t.String()
	}
	return strings.Join(words, ", ")
}
