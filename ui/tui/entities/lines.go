package entities

import (
	"strconv"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/providers"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/theme"
)

// tabs is the line of views: as many as fit, the current one always.
func (p *Page) tabs(w int) string {
	t := p.env.Theme
	l := draw.NewLine(t, w)
	p.tabSpans = p.tabSpans[:0]
	label := func(i int) string {
		v := p.views[i]
		if w < 60 || v.count < 0 {
			return strconv.Itoa(i+1) + " " + v.name
		}
		return strconv.Itoa(i+1) + " " + v.name + " " + p.countWord(v)
	}
	current := label(p.current)
	for i, v := range p.views {
		if v.empty {
			continue
		}
		label := label(i)
		from := l.Used()
		if i == p.current {
			l.Add(t.Accent, "[").Add(t.Strong, label).Add(t.Accent, "]").Space(1)
			p.tabSpans = append(p.tabSpans, span{from, l.Used(), i})
			continue
		}
		reserve := 0
		if p.current > i {
			reserve = draw.Width(current) + 2
		}
		if draw.Width(label)+3+reserve > l.Left() {
			continue
		}
		l.Space(1).Add(t.Muted, label[:1]).Add(t.Text, label[1:]).Space(2)
		p.tabSpans = append(p.tabSpans, span{from, l.Used(), i})
	}
	return l.Fill(t.Text).String()
}

// countWord says how many rows a view has, or that it cannot be known.
func (p *Page) countWord(v view) string {
	if v.count == 0 && p.blind(v.query) {
		return "-"
	}
	return draw.Count(v.count)
}

// filterLine shows what is asked for and the order. It gives the column of the cursor as well.
func (p *Page) filterLine(w int) (string, int) {
	t := p.env.Theme
	l := draw.NewLine(t, w).Space(1).Add(t.Accent, "/").Add(t.Muted, " filter ")
	sort := "Sort: " + p.sortWords()
	if w < 60 {
		sort = ""
	}
	room := max(w-l.Used()-draw.Width(sort)-3, 1)
	column := l.Used()
	switch {
	case p.typing:
		shown, cursor := p.line.Window(room)
		column += cursor
		l.Add(t.Input, shown)
	case p.line.Text() == "":
		l.Add(t.Muted, draw.Cut("(none)", room, ""))
	default:
		l.Add(t.Strong, draw.Cut(p.line.Text(), room, t.Glyphs.Ellipsis))
		hint := "   " + p.env.Keys.Of(keys.ClearFilter, keys.List) + " clears it"
		if l.Used()+len(hint) < w-draw.Width(sort)-1 {
			l.Add(t.Muted, hint)
		}
	}
	if sort != "" {
		l.To(w-draw.Width(sort)-1).Add(t.Muted, sort)
	}
	return l.Fill(t.Text).String(), column
}

// sortWords names the column and the direction.
func (p *Page) sortWords() string {
	g := p.env.Theme.Glyphs
	arrow := g.Down
	if p.order.Reverse {
		arrow = g.Up
	}
	return p.order.Column.String() + " " + arrow
}

func badgeSort(side model.Side) inventory.Column {
	if side == model.EndpointSide {
		return inventory.ColumnIdentityAlerts
	}
	return inventory.ColumnBadge
}

// countLine says which rows show, of how many; while something is wrong with the filter, it says what and where.
func (p *Page) countLine(w int) string {
	t := p.env.Theme
	l := draw.NewLine(t, w).Space(1)
	if p.mistake != nil {
		l.Add(t.Warning, "character "+strconv.Itoa(p.mistake.Pos+1)+": "+p.mistake.Message)
		return l.Fill(t.Text).String()
	}
	from, to := p.rows.Window()
	if p.rows.Len() > 0 {
		l.Add(t.Text, draw.Count(from+1)+"-"+draw.Count(to)+" of "+draw.Count(p.rows.Len()))
	} else {
		l.Add(t.Text, "no rows")
	}
	if n := len(p.marked); n > 0 {
		l.Space(3).Add(t.Marked, draw.Count(n)+" marked")
	}
	for _, word := range p.progress() {
		l.Space(3).Add(t.Info, word)
	}
	note, style := p.sideWords(), t.Muted
	switch {
	case p.brokenOff():
		note, style = "only a part: the directory was not read whole", t.Warning
	case p.shown.view.Knowledge().Stale:
		note = "~ = older than one refresh interval"
	}
	if l.Left() > draw.Width(note)+2 {
		l.To(w-draw.Width(note)-1).Add(style, note)
	}
	return l.Fill(t.Text).String()
}

// brokenOff reports whether the rows are what came before the directory failed, without a whole answer of earlier.
func (p *Page) brokenOff() bool {
	s := p.env.Dashboard.Source(model.Directory)
	return s.State == model.SourceFailed && s.LastGood.IsZero() && p.rows.Len() > 0
}

// sideWords says whose list this is.
func (p *Page) sideWords() string {
	if p.side == model.EndpointSide {
		return "machines of Defender for Endpoint, with their identity alerts"
	}
	return "AD entities, with their endpoint badge"
}

// progress says what is going on: the first load, or a search that takes a while.
func (p *Page) progress() []string {
	var words []string
	d := p.env.Dashboard
	if !d.Loaded && len(d.Progress) == 0 {
		words = append(words, "loading: "+draw.Count(d.Source(model.Directory).Items)+" AD, "+
			draw.Count(d.Source(model.Endpoint).Items)+" endpoint")
	}
	if len(d.Progress) > 0 {
		words = append(words, progressWords(d.Progress[0], p.env.Now()))
	} else if p.searching.Running() && p.shown.view.Len() > 100_000 {
		words = append(words, "searching")
	}
	return words
}

// progressWords says how far a refresh has come with its longest list: "machines 240,000 of 600,000, 38,000/s, 9 s left".
func progressWords(g providers.Progress, now time.Time) string {
	words := g.What + " " + draw.Count(g.Items)
	if g.Expected > 0 {
		words += " of " + draw.Count(g.Expected)
	}
	if rate := int(g.Rate(now)); rate > 0 {
		words += ", " + draw.Count(rate) + "/s"
	}
	if left, ok := g.Left(now); ok {
		words += ", " + left.Round(time.Second).String() + " left"
	}
	return words
}

// empty says why there are no rows, and which key helps.
func (p *Page) empty(w, h int) []string {
	t := p.env.Theme
	var words []string
	d := p.env.Dashboard
	directory := d.Source(model.Directory)
	switch {
	case p.mistake != nil:
		words = []string{"Not a filter yet", "the line below says what is missing"}
	case p.blind(p.question()):
		words = []string{"No badge is known, so nothing can be found by it", d.Status.Reason,
			p.env.Keys.Of(keys.Toggles, keys.List) + " shows the integration"}
	case p.line.Text() != "":
		words = []string{"Nothing matches " + p.line.Text() + p.inView(), p.env.Keys.Of(keys.ClearFilter, keys.List) + " clears the filter"}
	case directory.Failure != nil && p.shown.view.Len() == 0:
		words = []string{"The directory could not be read", directory.Failure.Seen + ". " + directory.Failure.Remedy}
	case !d.Loaded && p.shown.view.Len() == 0:
		words = []string{"Reading the directory", "rows appear as they come"}
	case p.current > 0 && p.shown.view.Len() > 0:
		words = []string{"Nothing is in the view " + p.views[p.current].name, "1 shows all"}
	case p.side == model.EndpointSide:
		words = []string{"Defender for Endpoint has no record of any computer here", p.env.Keys.Of(keys.Toggles, keys.List) + " shows the integration"}
	default:
		words = []string{"The directory has no users and no computers", "Check base_dns under [directory]."}
	}
	return centred(t, words, w, h)
}

// centred sets a heading and what explains it in the middle, a little above.
func centred(t *theme.Theme, words []string, w, h int) []string {
	var text []string
	style := t.Strong
	for i, part := range words {
		if i > 0 {
			style = t.Muted
		}
		for _, line := range draw.Wrap(t.Glyphs.Plain(part), min(w-2, 76)) {
			text = append(text, draw.Spaces((w-draw.Width(line))/2)+style.Render(line))
		}
	}
	lines := make([]string, h)
	for i := range lines {
		if at := i - h/3; at >= 0 && at < len(text) {
			lines[i] = text[at]
		}
		lines[i] += draw.Spaces(w - draw.Width(lines[i]))
	}
	return lines
}

// inView names the view that narrows the rows as well.
func (p *Page) inView() string {
	if p.views[p.current].query.IsEmpty() {
		return ""
	}
	return " in " + p.views[p.current].name
}
