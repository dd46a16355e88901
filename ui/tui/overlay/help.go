package overlay

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"adbadge/model/text"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/input"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/theme"
)

// Help shows every key of a page, generated from the table, with the legend of the badges. Typing narrows it.
type Help struct {
	keys   *keys.Map
	scope  keys.Scope
	state  keys.State
	line   input.Line
	window scroll
}

// NewHelp makes the help of a page in its present state.
func NewHelp(m *keys.Map, scope keys.Scope, state keys.State) *Help {
	return &Help{keys: m, scope: scope, state: state}
}

// Scope implements Dialog.
func (x *Help) Scope() keys.Scope { return keys.Searching }

// Do implements Dialog.
func (x *Help) Do(action keys.Action) Outcome {
	switch action {
	case keys.Back:
		if x.line.Text() != "" {
			x.line.Set("")
			return Outcome{}
		}
		return Outcome{Close: true}
	case keys.Choose:
		return Outcome{Close: true}
	}
	x.window.do(action)
	return Outcome{}
}

// Press implements Typer.
func (x *Help) Press(key tea.KeyPressMsg) {
	if key.String() == "?" && x.line.Text() == "" {
		return
	}
	if x.line.Press(key) {
		x.window.top()
	}
}

// Paste implements Typer.
func (x *Help) Paste(s string) { x.line.Insert(s); x.window.top() }

// Draw implements Dialog. Help takes the whole screen.
func (x *Help) Draw(t *theme.Theme, w, h int) Box {
	content := x.content(t, w)
	var lines []string
	head := draw.NewLine(t, w).Space(1).Add(t.Strong, "Help").Add(t.Text, ": "+x.scope.Name())
	search := "type to search  "
	shown, cursor := x.line.Window(max(w/3, 1))
	box := Box{}
	if x.line.Text() == "" {
		head.To(max(w-len(search)-1, head.Used()+2)).Add(t.Muted, search)
	} else {
		head.Add(t.Muted, "   search: ")
		box.Cursor = &tea.Position{X: min(head.Used()+cursor, max(w-1, 0))}
		head.Add(t.Input, shown)
	}
	lines = append(lines, head.Fill(t.Text).String(), draw.Rule(t, w, "", t.Rule))
	const foot = 2
	shownLines := x.window.lines(content, w, h-len(lines)-foot)
	for _, line := range shownLines {
		lines = append(lines, line+draw.Spaces(w-draw.Width(line)))
	}
	hint := draw.NewLine(t, w).Space(1).Add(t.Muted, "esc close")
	if x.window.overflows() {
		from := x.window.first()
		hint.Add(t.Muted, "   up down pgup pgdn scroll   "+strconv.Itoa(from+1)+"-"+
			strconv.Itoa(min(from+len(shownLines), len(content)))+" of "+strconv.Itoa(len(content))+" lines")
	}
	lines = append(lines, draw.Rule(t, w, "", t.Rule), hint.Fill(t.Text).String())
	box.Lines = lines[:min(len(lines), max(h, 0))]
	return box
}

// content gives the lines between head and foot: columns of groups, or the bindings that a search found.
func (x *Help) content(t *theme.Theme, w int) []string {
	if words := strings.Fields(text.Fold(x.line.Text())); len(words) > 0 {
		return x.matches(t, w, words)
	}
	columns := 1
	if w >= 72 {
		columns = 2
	}
	if w >= 150 {
		columns = 3
	}
	width := (w - 2) / columns
	blocks := x.blocks(t, width-2)
	lines := flow(blocks, columns, width)
	lines = append(lines, x.off(t, w)...)
	return append(lines, legend(t, w)...)
}

// blocks gives one block of lines for each group.
func (x *Help) blocks(t *theme.Theme, width int) [][]string {
	var blocks [][]string
	bindings := x.keys.In(x.scope)
	for _, group := range keys.Groups() {
		block := []string{t.Strong.Render(draw.Cut(string(group), width, ""))}
		views := false
		for i := 0; i < len(bindings); i++ {
			b := bindings[i]
			if b.Group != group {
				continue
			}
			if strings.HasPrefix(string(b.Action), "view-") && isDigit(x.keys.KeysOf(b, x.scope)) {
				if !views {
					block = append(block, x.row(t, "1 .. 9", "saved views", "views", false, width))
				}
				views = true
				continue
			}
			off := b.Refusal(x.state) != ""
			if b.Pair != "" && i+1 < len(bindings) {
				i++
				off = off && bindings[i].Refusal(x.state) != ""
				block = append(block, x.row(t, x.pairKeys(b, bindings[i]), b.Pair, b.Pair, off, width))
				continue
			}
			block = append(block, x.row(t, strings.Join(x.keys.KeysOf(b, x.scope), " "), b.Long, b.Short, off, width))
		}
		if len(block) > 1 {
			blocks = append(blocks, append(block, ""))
		}
	}
	return blocks
}

// isDigit reports whether a view still has its number as its only key.
func isDigit(keys []string) bool { return len(keys) == 1 && len(keys[0]) == 1 }

// keyWidth is the column of keys, in cells.
const keyWidth = 15

// pairKeys sets the keys of two bindings side by side: "j k  down up". The first ones when not all fit.
func (x *Help) pairKeys(a, b *keys.Binding) string {
	first, second := x.keys.KeysOf(a, x.scope), x.keys.KeysOf(b, x.scope)
	all := first[0] + " " + second[0]
	for i := 1; i < min(len(first), len(second)); i++ {
		if more := all + "  " + first[i] + " " + second[i]; len(more) < keyWidth {
			all = more
		}
	}
	return all
}

// row is a key and what it does: in full where that fits, else in short.
func (x *Help) row(t *theme.Theme, key, long, short string, off bool, width int) string {
	l := draw.NewLine(t, width).Space(2)
	says, style := long, t.Text
	if off {
		says = "- " + long
	}
	if short != "" && draw.Width(says) > width-2-keyWidth {
		says = short
		if off {
			says = "- " + short
		}
	}
	keyStyle := t.Accent
	if off {
		keyStyle, style = t.Muted, t.Muted
	}
	return l.Cell(keyStyle, key, keyWidth-1).Space(1).Add(style, says).String()
}

// flow sets blocks in columns of about equal height, in order.
func flow(blocks [][]string, columns, width int) []string {
	total := 0
	for _, b := range blocks {
		total += len(b)
	}
	stacks := make([][]string, columns)
	at := 0
	for i, b := range blocks {
		if at < columns-1 && len(stacks[at]) > 0 && len(stacks[at])+len(b)/2 > (total+columns-1)/columns && i > 0 {
			at++
		}
		stacks[at] = append(stacks[at], b...)
	}
	height := 0
	for _, s := range stacks {
		height = max(height, len(s))
	}
	lines := make([]string, height)
	for row := range lines {
		line := " "
		for column, s := range stacks {
			if row < len(s) {
				line += draw.Spaces(1+column*width-draw.Width(line)) + s[row]
			}
		}
		lines[row] = line
	}
	return lines
}

// matches lists the bindings that have every word.
func (x *Help) matches(t *theme.Theme, w int, words []string) []string {
	var lines []string
	for _, b := range x.keys.In(x.scope) {
		key := strings.Join(x.keys.KeysOf(b, x.scope), " ")
		if b.Group == keys.Silent || !containsAll(text.Fold(key+" "+b.Long+" "+b.Short+" "+string(b.Action)), words) {
			continue
		}
		refusal := b.Refusal(x.state)
		lines = append(lines, x.row(t, key, b.Long, "", refusal != "", w))
		if refusal != "" {
			lines = append(lines, draw.NewLine(t, w).Space(19).Add(t.Muted, refusal).String())
		}
	}
	if len(lines) == 0 {
		lines = []string{t.Muted.Render(draw.Cut("  no key has these words", w, ""))}
	}
	return lines
}

// off names what cannot be used now, and why.
func (x *Help) off(t *theme.Theme, w int) []string {
	var lines []string
	for _, b := range x.keys.In(x.scope) {
		refusal := b.Refusal(x.state)
		if b.Group == keys.Silent || refusal == "" {
			continue
		}
		l := draw.NewLine(t, w).Space(3).Cell(t.Muted, strings.Join(x.keys.KeysOf(b, x.scope), " "), 15)
		lines = append(lines, l.Add(t.Muted, refusal).String())
	}
	if len(lines) == 0 {
		return nil
	}
	head := draw.NewLine(t, w).Space(1).Add(t.Strong, "NOT NOW").Add(t.Muted, "  marked with - above")
	return append(append([]string{head.String()}, lines...), "")
}
