// Package log is the page of everything that the program told its user, newest first.
package log

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/input"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/messages"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/table"
)

// Page is the log page.
type Page struct {
	env    *page.Env
	line   input.Line
	typing bool
	shown  []messages.Message // those that the filter lets through, newest first
	rows   table.Table[uint64]
}

// New makes the page.
func New(env *page.Env) *Page {
	p := &Page{env: env}
	p.gather()
	return p
}

// Title implements page.Page.
func (p *Page) Title() string { return "log" }

// Scope implements page.Page.
func (p *Page) Scope() keys.Scope {
	if p.typing {
		return keys.Typing
	}
	return keys.Log
}

// State implements page.Page.
func (p *Page) State() keys.State {
	s := keys.State{NoFilter: p.line.Text() == ""}
	if _, ok := p.rows.Cursor(); !ok {
		s.NoRow = "There is no message under the cursor."
	}
	return s
}

// Show implements page.Page.
func (p *Page) Show() tea.Cmd {
	p.gather()
	return nil
}

// Hide implements page.Page.
func (p *Page) Hide() {}

// Update implements page.Page: the page starts no tasks.
func (p *Page) Update(page.Answer) tea.Cmd { return nil }

// Do implements page.Page.
func (p *Page) Do(action keys.Action) tea.Cmd {
	if p.rows.Do(action) {
		return nil
	}
	switch action {
	case keys.Filter:
		p.typing = true
	case keys.Choose:
		p.typing = false
	case keys.ClearFilter:
		p.line.Set("")
		p.gather()
	case keys.CopyName:
		return p.copy()
	}
	return nil
}

// copy sends the message under the cursor to the clipboard.
func (p *Page) copy() tea.Cmd {
	at, ok := p.rows.Cursor()
	if !ok {
		return nil
	}
	m := p.shown[at]
	return p.env.Host.Copy("the message", m.At.UTC().Format("2006-01-02T15:04:05Z")+" "+m.Level.String()+" "+m.Text)
}

// Back implements page.Page.
func (p *Page) Back() (tea.Cmd, bool) {
	if !p.typing && p.line.Text() == "" {
		return nil, false
	}
	p.typing = false
	p.line.Set("")
	p.gather()
	return nil, true
}

// Press implements page.Typist.
func (p *Page) Press(key tea.KeyPressMsg) tea.Cmd {
	if p.line.Press(key) {
		p.gather()
	}
	return nil
}

// Paste implements page.Typist.
func (p *Page) Paste(content string) tea.Cmd {
	p.line.Insert(content)
	p.gather()
	return nil
}

// Click implements page.Clicker.
func (p *Page) Click(_, y int) tea.Cmd {
	from, to := p.rows.Window()
	if at := from + y - head; y >= head && at < to {
		p.rows.MoveTo(at)
	}
	return nil
}

// Wheel implements page.Clicker.
func (p *Page) Wheel(_, _, rows int) tea.Cmd {
	p.rows.Scroll(rows)
	return nil
}

// gather takes the messages that hold every typed word. There are at most messages.Kept.
func (p *Page) gather() {
	words := strings.Fields(text.Fold(p.line.Text()))
	p.shown = p.shown[:0]
	for i := range p.env.Messages.Len() {
		m := p.env.Messages.At(i)
		if holds(text.Fold(m.Level.String()+" "+m.Text), words) {
			p.shown = append(p.shown, m)
		}
	}
	shown := p.shown
	p.rows.SetRows(table.Rows[uint64]{
		Len: len(shown),
		Key: func(i int) uint64 { return shown[i].ID },
	})
}

func holds(line string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(line, word) {
			return false
		}
	}
	return true
}

// head is the number of lines above the messages.
const head = 2

// Draw implements page.Page. Messages that came since the last drawing are taken in first.
func (p *Page) Draw(w, h int) ([]string, *tea.Position) {
	p.gather()
	p.rows.SetHeight(max(h-head-p.detail(h), 0))
	t := p.env.Theme
	lines := make([]string, 0, h)
	filter, cursor := p.filterLine(w)
	lines = append(lines, filter)
	heading := draw.NewLine(t, w).Space(3).Cell(t.Muted, "TIME", 9).Cell(t.Muted, "LEVEL", 9).Add(t.Muted, "MESSAGE")
	lines = append(lines, heading.Fill(t.Text).String())
	from, to := p.rows.Window()
	at, _ := p.rows.Cursor()
	for i := from; i < to; i++ {
		lines = append(lines, p.message(p.shown[i], i == at, w))
	}
	if len(p.shown) == 0 {
		lines = append(lines, draw.NewLine(t, w).Space(3).Add(t.Muted, p.empty()).Fill(t.Text).String())
	}
	for len(lines) < h-p.detail(h) {
		lines = append(lines, draw.Spaces(w))
	}
	if p.detail(h) > 0 {
		lines = append(lines, p.whole(w, p.detail(h))...)
	}
	lines = lines[:min(len(lines), max(h, 0))]
	switch {
	case p.typing && h > 0:
		return lines, cursor
	case p.env.Plain && len(p.shown) > 0:
		return lines, &tea.Position{Y: head + at - from}
	}
	return lines, nil
}

// detail is the room below the list in which the message under the cursor stands whole.
func (p *Page) detail(h int) int {
	if h < 14 {
		return 0
	}
	return 4
}

func (p *Page) empty() string {
	if p.line.Text() != "" {
		return "No message holds that. " + p.env.Keys.Of(keys.ClearFilter, keys.Log) + " clears the filter."
	}
	return "Nothing has been said yet."
}

func (p *Page) filterLine(w int) (string, *tea.Position) {
	t := p.env.Theme
	l := draw.NewLine(t, w).Space(1).Add(t.Accent, p.env.Keys.Of(keys.Filter, keys.Log)).Space(1)
	if p.line.Text() == "" && !p.typing {
		return l.Add(t.Muted, "filter (none)").Fill(t.Text).String(), nil
	}
	shown, cursor := p.line.Window(max(l.Left()-1, 0))
	at := l.Used() + cursor
	return l.Add(t.Input, shown).Fill(t.Text).String(), &tea.Position{X: at}
}

func (p *Page) message(m messages.Message, selected bool, w int) string {
	t := p.env.Theme
	l := draw.NewLine(t, w)
	body, mark := t.Text, "   "
	level := t.Level(m.Level)
	if m.Level == model.OK {
		level = t.Muted
	}
	if selected {
		body, level, mark = t.Selected, t.Selected, " > "
	}
	l.Add(body, mark).Cell(body, m.At.In(p.env.Now().Location()).Format("15:04:05"), 9).Cell(level, levelWord(m.Level), 9)
	return l.Add(body, m.Text).Fill(body).String()
}

// levelWord calls what went well information.
func levelWord(l model.Level) string {
	switch l {
	case model.OK:
		return "info"
	case model.Critical:
		return "error"
	}
	return l.String()
}

// whole shows the message under the cursor wrapped, and its link.
func (p *Page) whole(w, h int) []string {
	t := p.env.Theme
	lines := []string{draw.Rule(t, w, "", t.Rule)}
	if at, ok := p.rows.Cursor(); ok {
		m := p.shown[at]
		for _, part := range draw.Wrap(strings.TrimSpace(m.Text+" "+m.Link), max(w-2, 1)) {
			lines = append(lines, draw.NewLine(t, w).Space(1).Add(t.Text, part).Fill(t.Text).String())
		}
	}
	for len(lines) < h {
		lines = append(lines, draw.Spaces(w))
	}
	return lines[:h]
}
