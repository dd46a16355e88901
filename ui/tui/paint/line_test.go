package paint

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// one is a frame of a single row.
func one(line string, width int) frame {
	return frame{content: line, width: width, height: 1, cursor: tea.Position{X: -1}}
}

// What is sent to turn one row into another: nothing that does not show, and nothing that the terminal does not know.
func TestBytesOfRows(t *testing.T) {
	gap := strings.Repeat(" ", 20)
	link := ansi.SetHyperlink("https://security.contoso.test") + "a b" + ansi.ResetHyperlink()
	for name, test := range map[string]struct{ termType, old, next, want string }{
		"a blank looks the same in bold":   {"xterm", "\x1b[1ma   b\x1b[m", "\x1b[1ma\x1b[m   \x1b[1mb\x1b[m", ""},
		"a change at both ends":            {"xterm", "a" + gap + "a", "b" + gap + "b", "\x1b[Hb\x1b[22Gb"},
		"letters are written, not skipped": {"xterm", "axxxa", "bxxxb", "\x1b[Hbxxxb"},
		"wide ones are skipped":            {"xterm", "a山a", "b山b", "\x1b[Hb\x1b[2Cb"},
		"a short rest":                     {"xterm", "abc", "a", "\x1b[;2H  "},
		"a long rest":                      {"xterm", "abcdef", "a", "\x1b[;2H\x1b[K"},
		"paper":                            {"xterm", "", "\x1b[44m" + gap + "x\x1b[m", "\x1b[H\x1b[44m\x1b[20X\x1b[21Gx\x1b[m"},
		"paper of a terminal without":      {"screen", "", "\x1b[44m" + gap + "x\x1b[m", "\x1b[H\x1b[44m" + gap + "x\x1b[m"},
		"blanks of a terminal without":     {"screen", strings.Repeat("x", 22), "x" + gap + "x", "\x1b[;2H\x1b[20X"},
		"lines cannot be erased to":        {"xterm", "", "\x1b[4m" + gap + "x\x1b[m", "\x1b[H\x1b[4m" + gap + "x\x1b[m"},
		"nothing can be erased":            {"vt100", strings.Repeat("x", 22), "x" + gap + "x", "\x1b[;2H" + gap},
		"a pen gets more":                  {"xterm", "", "\x1b[1ma\x1b[31mb\x1b[m", "\x1b[H\x1b[1ma\x1b[31mb\x1b[m"},
		"a pen gets less":                  {"xterm", "", "\x1b[1;31ma\x1b[m\x1b[1mb\x1b[m", "\x1b[H\x1b[1;31ma\x1b[0;1mb\x1b[m"},
		"another colour":                   {"xterm", "", "\x1b[38;5;1ma\x1b[m\x1b[38;2;1;2;3;48;5;2mb\x1b[m", "\x1b[H\x1b[38;5;1ma\x1b[38;2;1;2;3;48;5;2mb\x1b[m"},
		"another colour, and not bold":     {"xterm", "", "\x1b[38;5;1;1ma\x1b[m\x1b[38;5;2mb\x1b[m", "\x1b[H\x1b[38;5;1;1ma\x1b[0;38;5;2mb\x1b[m"},
		"another colour, and no paper":     {"xterm", "", "\x1b[38;2;1;2;3ma\x1b[m\x1b[48;5;2mb\x1b[m", "\x1b[H\x1b[38;2;1;2;3ma\x1b[0;48;5;2mb\x1b[m"},
		"a link":                           {"xterm", "", link + "c", "\x1b[H\x1b]8;;https://security.contoso.test\aa b\x1b]8;;\ac"},
		"a link is gone":                   {"xterm", link, "a b", "\x1b[Ha b"},
		"commands are dropped":             {"xterm", "", "\x1b[>4;2ma\x1b[?1m\x1b[2Jb", "\x1b[Hab"},
		"what was drawn in unsure columns": {"xterm", "❤\ufe0fa", "bba", "\x1b[H\x1b[K\x1b[?7lbba\x1b[?7h"},
		"what is drawn in unsure columns":  {"xterm", "bba", "❤\ufe0fa", "\x1b[H\x1b[K\x1b[?7l❤\ufe0f\x1b[;3H\x1b[Ka\x1b[?7h"},
		"emoji of one part":                {"xterm", "🫨a", "🫨b", "\x1b[H\x1b[K\x1b[?7l🫨\x1b[;3H\x1b[Kb\x1b[?7h"},
		"new marks":                        {"xterm", "\u0cf3a", "\u0cf3b", "\x1b[H\x1b[K\x1b[?7l\u0cf3\x1b[;2H\x1b[Kb\x1b[?7h"},
		"a blank that leads somewhere":     {"xterm", "", strings.Replace(link, "a b", " ", 1), "\x1b[H\x1b]8;;https://security.contoso.test\a \x1b]8;;\a"},
	} {
		c := newCanvas(test.termType)
		f := one(test.old, 40)
		c.update(&f, true, false)
		c.x = -1
		f = one(test.next, 40)
		if got := string(c.update(&f, false, false)); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestWhatShowsOnBlanks(t *testing.T) {
	for rendition, want := range map[string]string{
		"":                    "nothing",
		"1;31":                "nothing",
		"44":                  "paper",
		"104":                 "paper",
		"48;5;7":              "paper",
		"38;5;44;1":           "nothing",
		"38;2;48;7;4":         "nothing",
		"38;2;48;7;4;48;5;1":  "paper",
		"38:2::48:7:4":        "nothing",
		"58;5;7":              "nothing",
		"4:3":                 "lines",
		"31;7":                "lines",
		"48;2;1;2;3;9":        "paper and lines",
		"38":                  "nothing",
		"48;5":                "paper",
		"99999999999999999;4": "lines",
	} {
		paper, lines := onBlanks(rendition)
		got := map[[2]bool]string{{false, false}: "nothing", {true, false}: "paper", {false, true}: "lines", {true, true}: "paper and lines"}[[2]bool{paper, lines}]
		if got != want {
			t.Errorf("of %q %s shows on blanks, want %s", rendition, got, want)
		}
	}
}

// A long change is seen as a whole; a short one needs nothing for that.
func TestLongChanges(t *testing.T) {
	for _, test := range []struct {
		length        int
		cursor        int
		synced        bool
		before, after string
	}{
		{2 * long, -1, true, ansi.SetModeSynchronizedOutput, ansi.ResetModeSynchronizedOutput},
		{2 * long, 0, true, ansi.SetModeSynchronizedOutput, ansi.ResetModeSynchronizedOutput},
		{2 * long, 0, false, ansi.ResetModeTextCursorEnable, ansi.SetModeTextCursorEnable},
		{2 * long, -1, false, "x", "x"},
		{long / 2, 0, true, "x", "\r"},
	} {
		c := newCanvas("xterm")
		f := one("", 3*long)
		f.cursor.X = test.cursor
		c.update(&f, true, test.synced)
		f.content = strings.Repeat("x", test.length)
		if out := string(c.update(&f, false, test.synced)); !strings.HasPrefix(out, test.before) || !strings.HasSuffix(out, test.after) {
			t.Errorf("%+v: %q ... %q", test, out[:8], out[len(out)-8:])
		}
	}
}

// A dashboard that is left open for weeks shows many links and names.
func TestPensAndClustersAreForgotten(t *testing.T) {
	d := newDraws(t, "xterm", 10, 1)
	for n := range 2 * numbered {
		text := fmt.Sprint(n)
		d.show(one(ansi.SetHyperlink("https://security.contoso.test/"+text)+"e\u0301\x1b[m"+text+ansi.ResetHyperlink(), 10), n == 0)
		if got := len(d.canvas.pens.list) + len(d.canvas.clusters.list); got > numbered+10 {
			t.Fatalf("%d pens and clusters are kept", got)
		}
		if got := d.screen.Line(0); !strings.HasSuffix(got, text) {
			t.Fatalf("frame %d shows %q", n, got)
		}
	}
}

// A frame of another size, whether or not the terminal said so before.
func TestAnotherSize(t *testing.T) {
	d := newDraws(t, "xterm", 8, 4)
	d.show(frame{content: "one\ntwo\nthree\nfour", width: 8, height: 4, cursor: tea.Position{X: 9, Y: 9}}, true)
	for _, size := range []struct {
		width, height int
		want          string
	}{
		{3, 2, "山o\ntwo"}, {8, 4, "山one\ntwo"}, {1, 1, ""}, {0, 0, ""}, {0, 3, ""}, {3, 0, ""}, {8, 1, "山one"}, {8, 4, "山one\ntwo"},
	} {
		d.show(frame{content: "山one\ntwo", width: size.width, height: size.height, cursor: tea.Position{X: size.width, Y: size.height}}, false)
		if got := d.screen.Text(); got != size.want {
			t.Errorf("a frame of %dx%d shows %q, want %q", size.width, size.height, got, size.want)
		}
	}
}
