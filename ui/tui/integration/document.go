package integration

import (
	"slices"

	"adbadge/model"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/theme"
)

// document draws all lines of the page, and says for each which item it belongs to (-1 for headings).
func (p *Page) document(w int) (lines []string, owner []int) {
	add := func(item int, line string) {
		lines = append(lines, line)
		owner = append(owner, item)
	}
	for _, line := range p.summary(w) {
		add(-1, line)
	}
	section := ""
	for n, i := range p.items {
		if i.section != section {
			section = i.section
			add(-1, draw.Spaces(w))
			add(-1, draw.NewLine(p.env.Theme, w).Space(1).Add(p.env.Theme.Muted, section).Fill(p.env.Theme.Text).String())
		}
		add(n, p.itemLine(i, n == p.cursor, w))
		if n == p.cursor {
			for _, line := range p.facts(i, w) {
				add(n, line)
			}
		}
	}
	return lines, owner
}

// summary is the integration status in a sentence.
func (p *Page) summary(w int) []string {
	t, s := p.env.Theme, p.env.Dashboard.Status
	l := draw.NewLine(t, w)
	l.Space(1).Add(t.Strong, "Integration ").Add(t.Integration(s.Integration), s.Integration.String()).Space(2)
	l.Add(t.Text, s.Reason)
	lines := []string{l.Fill(t.Text).String()}
	if p.env.Tenant.ReadOnly != "" {
		lines = append(lines, l.Space(1).Add(t.Muted, "Toggles can be looked at only: "+p.env.Tenant.ReadOnly+".").Fill(t.Text).String())
	}
	return lines
}

// markWidth is the column of switches, codes and states.
const markWidth = 9

func (p *Page) itemLine(i item, selected bool, w int) string {
	t := p.env.Theme
	l := draw.NewLine(t, w)
	text, note, cursor := t.Text, t.Muted, "   "
	if selected {
		text, note, cursor = t.Selected, t.Selected, " > "
	}
	l.Add(t.Accent, cursor).Add(i.mark.style, i.mark.text).To(draw.Width(cursor)+markWidth).Add(text, " "+i.text)
	if i.note != "" && l.Left() > 12 && !(selected && i.saysInFacts(i.note)) {
		l.Add(note, "   "+i.note)
	}
	return l.Fill(text).String()
}

// saysInFacts reports whether the facts beneath the line say the same.
func (i *item) saysInFacts(note string) bool {
	return slices.ContainsFunc(i.more, func(f fact) bool { return f.value == note })
}

// factColumn is where the values of facts begin.
const factColumn = 24

// facts draws what is known about the item under the cursor.
func (p *Page) facts(i item, w int) []string {
	t := p.env.Theme
	l := draw.NewLine(t, w)
	var lines []string
	for _, f := range i.more {
		if f.value == "" {
			continue
		}
		for n, part := range draw.Wrap(f.value, max(min(w, 140)-factColumn-1, 10)) {
			name := ""
			if n == 0 {
				name = f.name
			}
			l.Space(4+markWidth).CellRight(t.Muted, name, factColumn-4-markWidth-2).Space(2)
			lines = append(lines, l.Add(factStyle(t, f.name), part).Fill(t.Text).String())
		}
	}
	return lines
}

func factStyle(t *theme.Theme, name string) theme.Style {
	if name == "to do" {
		return t.Level(model.Warning)
	}
	return t.Text
}
