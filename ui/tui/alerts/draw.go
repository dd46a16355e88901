package alerts

import (
	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/timeline"
)

// pointer is the width of the mark before the line under the cursor.
const pointer = 2

// Draw implements page.Page.
func (p *Page) Draw(w, h int) ([]string, *tea.Position) {
	w, h = max(w, 0), max(h, 0)
	lines := make([]string, 0, h)
	var cursor *tea.Position
	rows := timeline.NewRows(p.env.Theme, p.env.Now(), max(w-pointer, 0), p.entity.IsZero())
	if !p.env.Bare && h >= 6 {
		filter, column := p.filterLine(w)
		if p.typing {
			cursor = &tea.Position{X: column, Y: 1}
		}
		lines = append(lines, p.tabs(w), filter, draw.Spaces(min(pointer, w))+rows.Heading())
	}
	foot := 0
	if h >= 10 {
		foot = 1
	}
	p.top = len(lines)
	p.rows.SetHeight(h - len(lines) - foot)
	from, to := p.rows.Window()
	at, _ := p.rows.Cursor()
	if p.rows.Len() == 0 {
		lines = append(lines, p.empty(w, h-len(lines)-foot)...)
	}
	l := draw.NewLine(p.env.Theme, w)
	for i := from; i < to && len(lines) < h-foot; i++ {
		mark := "  "
		if i == at {
			mark = "> "
			if p.env.Plain && cursor == nil {
				cursor = &tea.Position{X: 0, Y: len(lines)}
			}
		}
		a := p.shown.alerts[i]
		l.Add(p.env.Theme.Accent, mark)
		line := rows.Line(a, i == at, p.entities(a))
		lines = append(lines, l.Styled(line, draw.Width(line)).String())
	}
	for len(lines) < h-foot {
		lines = append(lines, draw.Spaces(w))
	}
	if foot > 0 {
		lines = append(lines, p.foot(w, from, to))
	}
	return lines[:h], cursor
}

// tabs is the switch between the open alerts and all.
func (p *Page) tabs(w int) string {
	t := p.env.Theme
	l := draw.NewLine(t, w)
	for i, name := range [...]string{"Open " + draw.Count(p.shown.open), "All " + draw.Count(p.shown.all)} {
		if (i == 1) == p.resolved {
			l.Add(t.Accent, "[").Add(t.Strong, name).Add(t.Accent, "]")
		} else {
			l.Add(t.Muted, " "+name+" ")
		}
		l.Space(1)
	}
	return l.Fill(t.Text).String()
}

// filterLine shows the filter and the order, and gives the column of the cursor.
func (p *Page) filterLine(w int) (line string, column int) {
	t := p.env.Theme
	c := columns()[p.order.by]
	sorted := "Sort: " + c[0] + " "
	if p.order.reverse {
		sorted = "Sort: " + c[0] + ", reversed "
	}
	l := draw.NewLine(t, w).Space(1).Add(t.Accent, "/ ")
	room := max(l.Left()-draw.Width(sorted)-1, 0)
	switch {
	case p.typing || p.line.Text() != "":
		shown, at := p.line.Window(room)
		column = l.Used() + at
		l.Add(t.Input, shown)
	default:
		l.Add(t.Muted, draw.Cut("filter (none)", room, t.Glyphs.Ellipsis))
	}
	if l.Left() >= draw.Width(sorted) {
		l.To(w-draw.Width(sorted)).Add(t.Muted, sorted)
	}
	return l.Fill(t.Text).String(), column
}

// empty says why there are no rows.
func (p *Page) empty(w, h int) []string {
	t := p.env.Theme
	var lines []string
	for _, part := range draw.Wrap(p.emptyWords(), max(w-4, 1)) {
		if len(lines) < h {
			lines = append(lines, draw.NewLine(t, w).Space(2).Add(t.Muted, part).Fill(t.Text).String())
		}
	}
	return lines
}

func (p *Page) emptyWords() string {
	of := func(a keys.Action) string { return p.env.Keys.Of(a, keys.Alerts) }
	k := p.env.Dashboard.View.Knowledge()
	answered := func(a inventory.Answer) bool { return a.State == inventory.Answered }
	switch {
	case p.line.Text() != "":
		return "No alert matches the filter. Press " + of(keys.ClearFilter) + " to clear it, " + of(keys.NextSection) + " for the others."
	case p.search.Running():
		return "Reading the alerts ..."
	case p.shown.all > 0:
		return "No alert is open. Press " + of(keys.NextSection) + " for the resolved ones."
	case k.Off != model.NoReason && k.Off != model.NotConfigured:
		return "Alerts are not known: " + k.Off.String() + "."
	case answered(k.EndpointAlertsAnswer) && answered(k.IdentityAlertsAnswer):
		return "Neither product has any alert."
	}
	return "No alert is known, but not every product has answered. Press " + of(keys.Toggles) + " to see why."
}

// foot says what part shows.
func (p *Page) foot(w, from, to int) string {
	t := p.env.Theme
	l := draw.NewLine(t, w).Space(1)
	if to > from {
		l.Add(t.Muted, draw.Count(from+1)+"-"+draw.Count(to)+" of "+draw.Count(p.rows.Len()))
	} else {
		l.Add(t.Muted, "0 of "+draw.Count(p.shown.all))
	}
	k := p.env.Dashboard.View.Knowledge()
	for _, product := range []struct {
		name   string
		answer inventory.Answer
	}{{"MDE", k.EndpointAlertsAnswer}, {"MDI", k.IdentityAlertsAnswer}} {
		if product.answer.At.IsZero() {
			l.Add(t.Warning, "   "+product.name+" not known")
			continue
		}
		l.Add(t.Muted, "   "+product.name+" "+product.answer.At.In(p.env.Now().Location()).Format("15:04:05"))
		if product.answer.State != inventory.Answered {
			l.Add(t.Warning, " not complete")
		}
	}
	return l.Fill(t.Text).String()
}
