package paint

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"adbadge/ui/ptytest"
)

// draws is a Terminal with a screen behind it.
type draws struct {
	t      testing.TB
	canvas canvas
	screen *ptytest.Screen
	bytes  int // of the last frame
}

func newDraws(t testing.TB, termType string, width, height int) *draws {
	d := &draws{t: t, canvas: newCanvas(termType), screen: ptytest.NewScreen(width, height, nil)}
	fmt.Fprint(d.screen, ansi.ResetModeTextCursorEnable) // as Bubble Tea does at the start
	return d
}

func (d *draws) show(f frame, whole bool) {
	out := d.canvas.update(&f, whole, false)
	d.bytes = len(out)
	d.screen.Write(out)
	if unknown := d.screen.Unknown(); len(unknown) > 0 {
		d.t.Fatalf("sequences that terminals do not know: %v", unknown)
	}
}

// random makes frames that follow from each other, as frames of a screen do.
type random struct {
	*rand.Rand
	width, height int
	lines         []string
}

var (
	looks = []string{"", "\x1b[1m", "\x1b[38;5;147m", "\x1b[38;5;147;1m", "\x1b[38;5;231;48;5;124;1m", "\x1b[38;5;231;48;5;60m", "\x1b[7m", "\x1b[4m",
		"\x1b[38;2;48;7;4m", "\x1b[48;2;1;2;3m", "\x1b[31m", "\x1b[41m", "\x1b[104m", ansi.SetHyperlink("https://security.contoso.test/a")}
	words = []string{"a", "name", "   ", "                ", "WS-0042", "山田 太郎", "é", "│", "…", "0", "[H 3]", ""}
	// unsure are characters about whose width terminals do not agree.
	unsure = []string{"e\u0301", "👩\u200d👩\u200d👧", "❤\ufe0f", "\u1100\u1161", "\u0301", "🇩"}
)

func (r *random) line() string {
	var b strings.Builder
	for range r.IntN(12) {
		look := looks[r.IntN(len(looks))]
		word := words[r.IntN(len(words))]
		if r.IntN(60) == 0 {
			word = unsure[r.IntN(len(unsure))]
		}
		b.WriteString(look + word)
		switch {
		case strings.HasPrefix(look, "\x1b]"):
			b.WriteString(ansi.ResetHyperlink())
		case look != "":
			b.WriteString("\x1b[m")
		}
	}
	return ansi.Truncate(b.String(), r.width, "")
}

func (r *random) next() frame {
	if r.lines == nil {
		r.lines = make([]string, r.height)
	}
	switch r.IntN(5) {
	case 0: // another page
		for y := range r.lines {
			r.lines[y] = r.line()
		}
	case 1, 2: // a list scrolls
		top, n := r.IntN(r.height), r.IntN(9)-4
		end := top + r.IntN(r.height-top) + 1
		old := append([]string(nil), r.lines...)
		for y := top; y < end; y++ {
			if y+n >= top && y+n < end {
				r.lines[y] = old[y+n]
			} else {
				r.lines[y] = r.line()
			}
		}
	}
	for range r.IntN(3) { // single lines
		r.lines[r.IntN(r.height)] = r.line()
	}
	f := frame{content: strings.Join(r.lines, "\n"), width: r.width, height: r.height, cursor: tea.Position{X: -1, Y: -1}}
	if r.IntN(3) == 0 {
		f.cursor = tea.Position{X: r.IntN(r.width), Y: r.IntN(r.height)}
	}
	return f
}

// looksLike reports whether nobody sees a difference: the colour of the letters does not show on blanks.
func looksLike(a, b ptytest.Cell) bool {
	if a.Text == " " && b.Text == " " {
		for _, c := range []*ptytest.Cell{&a, &b} {
			c.Style.Bold, c.Style.Faint, c.Style.Italic = false, false, false
			if !c.Style.Reverse {
				c.Style.Foreground = ""
			}
		}
	}
	return a == b
}

// Whatever frames follow each other on whatever terminal, it shows the last one.
func TestTheTerminalShowsTheLastFrame(t *testing.T) {
	for _, termType := range []string{"xterm-256color", "screen-256color", "linux", "vt100", ""} {
		for seed := range uint64(60) {
			checkFrames(t, termType, seed)
		}
	}
}

// FuzzRow: whatever a frame has, the terminal gets its text and nothing that it could take for a command.
func FuzzRow(f *testing.F) {
	f.Add("\x1b[1mname\x1b[m  \x1b]8;;https://security.contoso.test\x1b\\link\x1b]8;;\a", 20)
	f.Add("\x1b[2J\x1b]0;title\a\x1b[?1049l\x90+q\x9c\x9b31m\r\n\tx\xff", 9)
	f.Add("\x1b[38;5", 3)
	f.Add("\u0301a\u200d山", 2)
	f.Add("a山", 1)
	f.Add("\xf6\x1b0", 9)
	f.Add("Ѯ\xf6\x1b0", 9)
	f.Add("\x1b[>4;2m\x1b[ q\x1b[31", 7)
	f.Fuzz(func(t *testing.T, line string, width int) {
		width = 1 + int(uint(width)%100)
		line, _, _ = strings.Cut(line, "\n")
		d := newDraws(t, "xterm-256color", width, 2)
		d.show(frame{content: line, width: width, height: 2, cursor: tea.Position{X: -1}}, true)
		if got := len(d.canvas.rows[0].cells); got != width {
			t.Fatalf("%q has %d cells of %d", line, got, width)
		}
		if title := d.screen.Title(); title != "" || d.screen.Line(1) != "" {
			t.Fatalf("%q sets the title to %q and writes %q below", line, title, d.screen.Line(1))
		}
	})
}

// edits are the sequences that not every terminal knows.
var edits = regexp.MustCompile(`\x1b\[[0-9;]*[GXLMr]`)

func checkFrames(t *testing.T, termType string, seed uint64) {
	t.Helper()
	r := &random{Rand: rand.New(rand.NewPCG(seed, 1)), width: 1 + int(seed%60), height: 1 + int(seed%13)}
	d := newDraws(t, termType, r.width, r.height)
	for n := range 12 {
		f := r.next()
		d.show(f, n == 0)
		if sent := string(d.canvas.out); !d.canvas.features.edit && edits.MatchString(sent) {
			t.Fatalf("%s, seed %d, frame %d: the terminal does not know all of %q", termType, seed, n, sent)
		}
		straight := ptytest.NewScreen(r.width, r.height, nil)
		fresh := newDraws(t, termType, r.width, r.height)
		fresh.show(f, true)
		for y, line := range r.lines {
			fmt.Fprintf(straight, "\x1b[?7l\x1b[%dH%s", y+1, line)
			sure := !slices.ContainsFunc(unsure, func(u string) bool { return strings.Contains(line, u) })
			for x := range r.width {
				got, want := d.screen.Cell(x, y), straight.Cell(x, y)
				if !sure {
					want = fresh.screen.Cell(x, y)
				}
				if !looksLike(got, want) {
					t.Fatalf("%s, seed %d, frame %d, row %d column %d: %+v, want %+v in %q", termType, seed, n, y, x, got, want, line)
				}
			}
		}
		x, y, visible := d.screen.Cursor()
		if visible != (f.cursor.X >= 0) || visible && (tea.Position{X: x, Y: y}) != f.cursor {
			t.Fatalf("%s, seed %d, frame %d: the cursor is at %d %d %v, want %v", termType, seed, n, x, y, visible, f.cursor)
		}
	}
}
