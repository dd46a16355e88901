package profile

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/peek"
)

// pointer is the width of the mark before the line under the cursor.
const pointer = 2

// Draw implements page.Page.
func (p *Page) Draw(w, h int) ([]string, *tea.Position) {
	w, h = max(w, 0), max(h, 0)
	row, ok := p.row()
	if !ok {
		p.setDocument(document{})
		return p.fill([]string{draw.NewLine(p.env.Theme, w).Add(p.env.Theme.Warning, p.absent()).String()}, w, h), nil
	}
	head := p.head(row, w, h)
	foot := 0
	if h >= 12 {
		foot = 1
	}
	p.top = len(head)
	p.rows.SetHeight(h - len(head) - foot)
	p.setDocument(p.build(row, max(w-pointer, 0)))
	if len(head) > 1 { // the tab bar knows its sections only now
		head[len(head)-2] = p.tabs(w)
	}
	lines, cursor := p.body(head, w)
	lines = p.fill(lines, w, h-foot)
	if foot > 0 {
		lines = append(lines, p.foot(w))
	}
	return lines, cursor
}

// absent says why the entity cannot be shown.
func (p *Page) absent() string {
	d := p.dashboard()
	switch {
	case d.Source(model.Directory).State == model.SourceFailed:
		return " The directory could not be read, so this entity is not known. See the integration page."
	case !d.Loaded:
		return " Reading the directory ..."
	}
	return " The directory does not list this entity any more. Press " + p.env.Keys.Of("back", p.Scope()) + " to go back."
}

// head is who it is, the badge with its reason, the tabs and a rule; little of it where there is little room.
func (p *Page) head(row, w, h int) []string {
	t, view := p.env.Theme, p.dashboard().View
	entity, badge := view.Entity(row), view.Badge(row)
	stale := " "
	if badge.Stale {
		stale = "~"
	}
	l := draw.NewLine(t, w).Space(1).Add(t.Badge(badge), badge.Text()).Add(t.Muted, stale).Space(1).Add(t.Strong, entity.Name.String())
	l.Space(2).Add(t.Text, entity.Kind.String()).Space(2).Add(t.Muted, peek.Flags(&entity))
	lines := []string{l.Fill(t.Text).String()}
	if h >= 14 {
		l.Space(1).Add(t.Text, p.because(row))
		if m := view.Match(row); m != model.MatchNone {
			l.Whole(t.Muted, "; matched by "+peek.MatchWords(m))
		}
		lines = append(lines, l.Fill(t.Text).String())
	}
	if h >= 8 && w >= 20 {
		lines = append(lines, "", draw.Rule(t, w, "", t.Rule))
	}
	return lines
}

// because is the badge in a sentence.
func (p *Page) because(row int) string {
	view := p.dashboard().View
	badge := view.Badge(row)
	reason := badge.Reason.String()
	if badge.State != model.BadgeAlerts {
		return reason
	}
	counted := strconv.Itoa(int(badge.Alerts)) + " open alerts of Defender for Endpoint"
	if badge.Alerts == 1 {
		counted = "1 open alert of Defender for Endpoint"
	}
	if badge.Reason == model.SeenInAlert { // the count says so already
		return counted
	}
	return counted + "; " + reason
}

// tabs names the sections; the one under the cursor stands out.
func (p *Page) tabs(w int) string {
	t := p.env.Theme
	l := draw.NewLine(t, w)
	current := p.section()
	for i, s := range p.document.sections {
		name := s.name
		if s.count >= 0 {
			name += " " + draw.Count(s.count)
		}
		if i == current {
			l.Add(t.Accent, "[").Add(t.Strong, name).Add(t.Accent, "]")
		} else {
			l.Add(t.Muted, " "+name+" ")
		}
		l.Space(1)
	}
	return l.Fill(t.Text).String()
}

// body adds the lines of the document that show, and gives where the terminal's cursor stands for screen readers.
func (p *Page) body(lines []string, w int) ([]string, *tea.Position) {
	t := p.env.Theme
	from, to := p.rows.Window()
	at, _ := p.rows.Cursor()
	var cursor *tea.Position
	l := draw.NewLine(t, w)
	for i := from; i < to; i++ {
		selected := i == at
		if selected {
			l.Add(t.Accent, "> ")
			if p.env.Plain {
				cursor = &tea.Position{X: 0, Y: len(lines)}
			}
		} else {
			l.Space(pointer)
		}
		text := p.document.lines[i].draw(selected)
		lines = append(lines, l.Styled(text, draw.Width(text)).String())
	}
	return lines, cursor
}

// foot says what part shows and how old the answers are.
func (p *Page) foot(w int) string {
	t, now := p.env.Theme, p.env.Now()
	from, to := p.rows.Window()
	parts := []string{strconv.Itoa(from+1) + "-" + strconv.Itoa(to) + " of " + strconv.Itoa(p.rows.Len()) + " lines"}
	if at := p.detail.at; !at.IsZero() {
		parts = append(parts, "directory "+at.In(now.Location()).Format("15:04:05"))
	}
	if at := p.dashboard().View.Knowledge().MachinesAnswer.At; !at.IsZero() {
		parts = append(parts, "endpoint "+at.In(now.Location()).Format("15:04:05"))
	}
	if p.detail.task.Running() || p.logons.task.Running() {
		parts = append(parts, "asking ...")
	}
	return draw.NewLine(t, w).Space(1).Add(t.Muted, strings.Join(parts, "   ")).Fill(t.Text).String()
}

// fill gives exactly h lines.
func (p *Page) fill(lines []string, w, h int) []string {
	for len(lines) < h {
		lines = append(lines, draw.Spaces(w))
	}
	return lines[:h]
}

// Click implements page.Clicker.
func (p *Page) Click(_, y int) tea.Cmd {
	from, to := p.rows.Window()
	if at := from + y - p.top; y >= p.top && at < to && !p.document.lines[at].still {
		p.rows.MoveTo(at)
	}
	return nil
}

// Wheel implements page.Clicker.
func (p *Page) Wheel(_, _, rows int) tea.Cmd {
	p.rows.Scroll(rows)
	direction := 1
	if rows < 0 {
		direction = -1
	}
	p.settle(direction)
	return nil
}
