// Package panel draws the integration on the dashboard: the status word, both toggles with their owner, both
// licences, and what was found. It only draws; the integration page is where things are changed.
package panel

import (
	"strings"
	"time"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/theme"
)

// Panel is what the drawing depends on.
type Panel struct {
	Theme     *theme.Theme
	Dashboard *providers.Dashboard
	Now       time.Time
	More      string // the key that leads to more: "t: details"
	Tee       int    // column at which a vertical line ends at the panel's rule; 0 for none
}

// Draw gives exactly h lines of w cells: with one the status, with three the toggles and the top finding as well, and
// beyond that more findings and a table of the sources.
func (p Panel) Draw(w, h int) []string {
	if h <= 0 {
		return nil
	}
	lines := make([]string, 0, h)
	lines = append(lines, p.heading(w, h))
	if h > 1 {
		lines = append(lines, p.toggles(w))
	}
	switch left := h - len(lines); {
	case left >= 5 && w >= 110:
		half := w * 11 / 20
		lines = append(lines, p.beside(p.findings(half-2, left), p.sources(w-half, left), half, left)...)
	case left >= 8:
		table := p.sources(w, 5)
		lines = append(lines, pad(p.findings(w, left-len(table)), left-len(table), w)...)
		lines = append(lines, table...)
	case left > 0:
		lines = append(lines, p.findings(w, left)...)
	}
	return pad(lines, h, w)
}

func pad(lines []string, h, w int) []string {
	for len(lines) < h {
		lines = append(lines, draw.Spaces(w))
	}
	return lines[:h]
}

// heading is the rule with the status word; alone it says the toggles too. The reason is left out where the finding
// below says the same.
func (p Panel) heading(w, h int) string {
	t, s := p.Theme, p.Dashboard.Status
	l := draw.NewLine(t, w)
	l.Add(t.Rule, draw.Repeat(t.Glyphs.Rule, min(2, w))).Space(1).Add(t.Strong, "INTEGRATION").Add(t.Text, ": ")
	l.Add(t.Integration(s.Integration), s.Integration.String())
	if h == 1 {
		for _, side := range sides() {
			toggle := p.Dashboard.Toggle(side)
			l.Add(t.Muted, "  "+side.String()+" ").Add(t.Toggle(toggle.State), box(toggle.State))
		}
	} else if s.Reason != "" && l.Left() > 24 && (h == 2 || !p.repeated(s.Reason)) {
		l.Add(t.Muted, draw.Cut("  "+s.Reason, l.Left()-4, t.Glyphs.Ellipsis))
	}
	l.Space(1)
	if p.Tee > l.Used() {
		l.Add(t.Rule, draw.Repeat(t.Glyphs.Rule, p.Tee-l.Used())+t.Glyphs.TeeUp)
	}
	return l.Add(t.Rule, draw.Repeat(t.Glyphs.Rule, l.Left())).String()
}

// repeated reports whether the first finding of the list says the reason in the same words.
func (p Panel) repeated(reason string) bool {
	open := p.open()
	return len(open) > 0 && strings.HasPrefix(reason, open[0].Title)
}

func sides() [2]model.Side { return [2]model.Side{model.IdentitySide, model.EndpointSide} }

// box shows a switch so that it reads without colour.
func box(s model.ToggleState) string { return [...]string{"[ ? ]", "[off]", "[ON ]"}[s] }

// toggles is the line of both switches and both licences.
func (p Panel) toggles(w int) string {
	t := p.Theme
	l := draw.NewLine(t, w).Space(1)
	side := " side "
	if w < 72 {
		side = " "
	}
	for _, s := range sides() {
		toggle := p.Dashboard.Toggle(s)
		l.Add(t.Text, s.String()+side).Add(t.Toggle(toggle.State), box(toggle.State))
		owner := toggle.Owner.String()
		if toggle.State == model.ToggleUnknown && toggle.Problem == nil {
			owner = "not read yet"
		}
		if w >= 60 {
			l.Add(t.Muted, " "+owner)
		}
		l.Space(2)
	}
	if portal := p.Dashboard.Portal; portal.Begun && w >= 100 {
		state := p.Dashboard.Find(model.Toggle{Side: model.EndpointSide, Owner: model.OwnerPortal}).State
		l.Add(t.Text, "portal's flag ").Add(t.Toggle(state), box(state)).Space(2)
	}
	if licences := p.licences(); l.Left() > 24 && len(licences) > 0 {
		l.To(max(min(w-33, 52), l.Used())).Add(t.Muted, "licences ")
		for _, licence := range licences {
			product := model.DefenderForIdentity
			if licence.Side == model.EndpointSide {
				product = model.DefenderForEndpoint
			}
			word, style := licenceWord(t, licence.State)
			l.Add(t.Text, product.String()+" ").Add(style, word).Space(2)
		}
	}
	return l.Fill(t.Text).String()
}

func (p Panel) licences() []model.Licence { return p.Dashboard.Licences }

func licenceWord(t *theme.Theme, s model.LicenceState) (string, theme.Style) {
	switch s {
	case model.LicenceActive:
		return "ok", t.OK
	case model.LicenceMissing:
		return "missing", t.Danger
	case model.LicenceUnknown:
		return "?", t.Muted
	}
	return s.String(), t.Warning
}

// findings lists the worst ones, one on a line.
func (p Panel) findings(w, h int) []string {
	t, open := p.Theme, p.open()
	if len(open) == 0 {
		l := draw.NewLine(t, w).Space(1)
		if p.Dashboard.Loaded {
			l.Add(t.OK, "Nothing is wrong.").Add(t.Muted, "  "+p.checked())
		} else {
			l.Add(t.Muted, "Waiting for the first answers.")
		}
		return []string{p.withMore(l, w)}
	}
	var lines []string
	for i, f := range open[:min(len(open), h)] {
		l := draw.NewLine(t, w).Space(1)
		l.Add(t.Level(f.Level), mark(f.Level)+" "+f.Code+" ")
		more := ""
		if i == 0 {
			more = p.more(len(open), h, l.Left()-draw.Width(f.Title)-2)
		}
		l.Add(t.Text, draw.Cut(f.Title, l.Left()-draw.Width(more), t.Glyphs.Ellipsis))
		if room := l.Left() - draw.Width(more) - 2; f.Remedy != "" && room > 20 {
			l.Add(t.Muted, "  "+draw.Cut(f.Remedy, room, t.Glyphs.Ellipsis))
		}
		if i == 0 {
			l.To(w-draw.Width(more)).Add(t.Muted, more)
		}
		lines = append(lines, l.Fill(t.Text).String())
	}
	return lines
}

// open lists what was found to be wrong, the worst first.
func (p Panel) open() []model.Finding {
	var open []model.Finding
	for _, f := range p.Dashboard.Status.Findings {
		if f.Level != model.OK {
			open = append(open, f)
		}
	}
	return open
}

// more is what stands at the right of the first finding: how many more there are, how old the check is, and the key
// for details. The finding itself goes before: what does not fit into room is left out.
func (p Panel) more(open, h, room int) string {
	count := ""
	if open > h {
		count = "+" + draw.Count(open-h) + " more   "
	}
	for _, text := range []string{count + p.checked() + "   " + p.More, count + p.More} {
		if draw.Width(text)+3 <= room {
			return "  " + text + " "
		}
	}
	return "  " + p.More + " "
}

func (p Panel) checked() string {
	if p.Dashboard.At.IsZero() {
		return "checking"
	}
	return draw.Ago(p.Dashboard.At, p.Now)
}

func (p Panel) withMore(l *draw.Line, w int) string {
	more := p.More + " "
	if l.Left() > draw.Width(more)+2 {
		l.To(w-draw.Width(more)).Add(p.Theme.Muted, more)
	}
	return l.Fill(p.Theme.Text).String()
}

// mark says a level in one letter.
func mark(l model.Level) string { return [...]string{" ", "!", "X", "?"}[l] }

// sources is a table of what is asked, how it answered, and when it answered well.
func (p Panel) sources(w, h int) []string {
	t := p.Theme
	l := draw.NewLine(t, w)
	widths := [...]int{11, 10, 9, 10}
	for i, head := range []string{"SOURCE", "STATE", "LATENCY", "LAST GOOD"} {
		if i == 2 {
			l.CellRight(t.Muted, head, widths[i]).Space(3)
		} else {
			l.Cell(t.Muted, head, widths[i]).Space(1)
		}
	}
	lines := []string{l.Add(t.Muted, "ITEMS  HOST").Fill(t.Text).String()}
	for _, s := range p.Dashboard.Sources {
		latency := "-"
		if s.Latency > 0 {
			latency = draw.Count(int(s.Latency.Milliseconds())) + " ms"
		}
		l.Cell(t.Text, s.Source.String(), widths[0]).Space(1).Cell(sourceStyle(t, s.State), s.State.String(), widths[1]).Space(1)
		l.CellRight(t.Text, latency, widths[2]).Space(3).Cell(t.Text, p.clock(s.LastGood), widths[3]).Space(1)
		l.CellRight(t.Text, draw.Count(s.Items), 5).Space(2)
		switch limits := s.Limits; {
		case limits != nil && limits.IsNear(): // more to the point than the host, where there is room for one of them only
			l.Add(t.Warning, limits.Brief()).Space(2).Add(t.Muted, s.Host)
		case limits != nil && limits.Requests > 0:
			l.Add(t.Muted, s.Host).Space(2).Add(t.Muted, limits.Brief())
		default:
			l.Add(t.Muted, s.Host)
		}
		lines = append(lines, l.Fill(t.Text).String())
	}
	return lines[:min(len(lines), h)]
}

// clock gives the time of day, or the date when that was another day.
func (p Panel) clock(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	at = at.In(p.Now.Location())
	if at.YearDay() != p.Now.YearDay() || at.Year() != p.Now.Year() {
		return at.Format("2006-01-02")
	}
	return at.Format("15:04:05")
}

func sourceStyle(t *theme.Theme, s model.SourceState) theme.Style {
	switch s {
	case model.SourceOK:
		return t.OK
	case model.SourceDegraded:
		return t.Warning
	case model.SourceFailed:
		return t.Alarm
	}
	return t.Muted
}

// beside sets two blocks next to each other, the right one at column half.
func (p Panel) beside(left, right []string, half, h int) []string {
	lines := make([]string, 0, h)
	for i := range h {
		line := ""
		if i < len(left) {
			line = left[i]
		}
		line += draw.Spaces(half - draw.Width(line))
		if i < len(right) {
			line += right[i]
		}
		lines = append(lines, line)
	}
	return lines
}
