package profile

import (
	"strconv"
	"strings"

	"adbadge/model"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/table"
	"adbadge/ui/tui/theme"
)

// line is one line of the document.
type line struct {
	key   string       // stays the same from one refresh to the next
	still bool         // the cursor does not stop here
	alert *model.Alert // the alert that it belongs to
	draw  func(selected bool) string
}

// section is a part of the document with its name on the tab bar.
type section struct {
	name  string
	count int // -1: nothing to count
	start int // its heading in the document
}

// document is the whole page below its head, for one width.
type document struct {
	lines    []line
	sections []section
}

// builder puts a document together.
type builder struct {
	document
	theme *theme.Theme
	width int // of a line without the pointer
}

// begin starts a section.
func (b *builder) begin(name string, count int, note string) {
	if len(b.lines) > 0 {
		b.add(line{still: true, draw: func(bool) string { return "" }})
	}
	b.sections = append(b.sections, section{name: name, count: count, start: len(b.lines)})
	heading := strings.ToUpper(name)
	if note != "" {
		heading += "  " + note
	}
	b.still(draw.Rule(b.theme, b.width, heading, b.theme.Strong))
}

// add appends a line; without a key it gets one from its place in the section.
func (b *builder) add(l line) {
	if l.key == "" {
		s := section{}
		if n := len(b.sections); n > 0 {
			s = b.sections[n-1]
		}
		l.key = s.name + " " + strconv.Itoa(len(b.lines)-s.start)
	}
	b.lines = append(b.lines, l)
}

func (b *builder) still(text string) {
	b.add(line{still: true, draw: func(bool) string { return text }})
}

// texts appends drawn lines.
func (b *builder) texts(lines []string) {
	for _, text := range lines {
		b.add(line{draw: func(bool) string { return text }, still: text == ""})
	}
}

// say appends a sentence, wrapped.
func (b *builder) say(s theme.Style, sentence string) {
	for _, part := range draw.Wrap(b.theme.Glyphs.Plain(sentence), b.width) {
		b.texts([]string{s.Render(part)})
	}
}

// twoColumns is the least width of a document for two blocks beside each other, in cells.
const twoColumns = 116

// build makes the document for a width.
func (p *Page) build(row, width int) document {
	b := &builder{theme: p.env.Theme, width: width}
	entity := p.dashboard().View.Entity(row)
	p.addAlerts(b, row)
	p.addIncidents(b, row)
	if width >= twoColumns {
		p.addBeside(b, row, &entity)
	} else {
		p.addEndpoint(b, row, &entity)
		p.addIdentity(b, &entity)
	}
	p.addDirectory(b, &entity)
	p.addGroups(b)
	return b.document
}

// addBeside sets the identity beside the endpoint facts. They share a tab.
func (p *Page) addBeside(b *builder, row int, entity *model.Entity) {
	column := b.width / 2
	left := &builder{theme: b.theme, width: column - 2}
	right := &builder{theme: b.theme, width: b.width - column}
	p.addEndpoint(left, row, entity)
	p.addIdentity(right, entity)
	b.add(line{key: "between", still: true, draw: func(bool) string { return "" }})
	start := len(b.lines)
	b.sections = append(b.sections, section{name: left.sections[0].name + " & " + right.sections[0].name, count: -1, start: start})
	for i := range max(len(left.lines), len(right.lines)) {
		b.add(line{still: i == 0, draw: func(bool) string {
			text := ""
			if i < len(left.lines) {
				text = left.lines[i].draw(false)
			}
			if i < len(right.lines) {
				text += draw.Spaces(column-draw.Width(text)) + right.lines[i].draw(false)
			}
			return text
		}})
	}
}

// setDocument swaps the document in; the cursor stays on its line, found by its key.
func (p *Page) setDocument(d document) {
	if at, ok := p.rows.Key(); ok { // an unfolded alert may have grown shorter or gone: its first line is next best
		if owner, _, inside := strings.Cut(at, " line "); inside && !d.has(at) && d.has(owner) {
			p.rows.MoveTo(p.position(owner))
		}
	}
	from, _ := p.rows.Window()
	p.document = d
	p.rows.SetRows(table.Rows[string]{Len: len(d.lines), Key: func(at int) string { return d.lines[at].key }})
	if !p.moved {
		p.rows.Rewind()
	}
	p.settle(1)
	if from == 0 { // what is new at the top shows
		p.show(0)
	}
}

func (d *document) has(key string) bool {
	for i := range d.lines {
		if d.lines[i].key == key {
			return true
		}
	}
	return false
}

func (p *Page) position(key string) int {
	for i := range p.document.lines {
		if p.document.lines[i].key == key {
			return i
		}
	}
	return 0
}
