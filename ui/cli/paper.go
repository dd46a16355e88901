package cli

import (
	"bufio"
	"os"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/theme"
)

// paper is standard output for text that people read: aligned, and coloured where a terminal shows it.
type paper struct {
	out   *bufio.Writer
	theme *theme.Theme
	width int // of the terminal in cells; 0 where lines may be as long as they like
}

// paper opens standard output. flush must be called at the end.
func (a *app) paper(look string) *paper {
	mode, ok := theme.ParseMode(look)
	if !ok {
		mode = theme.Dark // "auto": the commands do not ask the terminal, which takes time and may write on it
	}
	p := &paper{out: bufio.NewWriter(a.out), theme: theme.New(mode, a.profile(), a.flags.ascii)}
	if a.profile() <= colorprofile.NoTTY { // not even bold
		p.theme = &theme.Theme{Glyphs: p.theme.Glyphs}
	}
	if isTerminal(a.out) {
		if width, _, err := term.GetSize(a.out.Fd()); err == nil {
			p.width = width
		}
	}
	return p
}

// profile says which colours standard output takes. NO_COLOR and TERM=dumb count, unless the flag overrules them.
func (a *app) profile() colorprofile.Profile {
	switch a.flags.color {
	case "never":
		return colorprofile.NoTTY
	case "always":
		return max(colorprofile.Env(os.Environ()), colorprofile.ANSI)
	}
	if isDumb() {
		return colorprofile.NoTTY
	}
	return colorprofile.Detect(a.out, os.Environ())
}

// flush ends the output. The error is the first of all writes.
func (p *paper) flush() error { return p.out.Flush() }

// span is text in one style.
type span struct {
	style theme.Style
	text  string
}

// line writes spans and a line end. Blanks at the end, which padding leaves, are not written.
func (p *paper) line(spans ...span) {
	for _, s := range spans {
		p.out.WriteString(s.style.Render(s.text))
	}
	p.out.WriteByte('\n')
}

// fact writes a name and its value below the others.
func (p *paper) fact(name, value string) {
	if value != "" {
		p.line(span{p.theme.Muted, draw.Fit(name, factWidth, "")}, span{p.theme.Text, value})
	}
}

// factWidth is how far values stand from the left edge, in cells.
const factWidth = 16

// heading begins a part of the answer, after a blank line.
func (p *paper) heading(text string) {
	p.line()
	p.line(span{p.theme.Strong, text})
}
