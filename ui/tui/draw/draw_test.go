package draw

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"adbadge/ui/tui/theme"
)

func TestWideCharactersAreNeverSplit(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"国際", 4, "国際"}, {"国際", 3, "国…"}, {"国際", 2, "… "}, {"国際", 1, "…"}, {"国際", 0, ""},
		{"a国", 2, "a…"}, {"abc", 3, "abc"}, {"abc", 2, "a…"}, {"a", 3, "a  "}, {"e\u0301x", 2, "e\u0301x"},
	} {
		if got := Fit(c.text, c.width, "…"); got != c.want || Width(got) != c.width {
			t.Errorf("%q in %d cells is %q", c.text, c.width, got)
		}
	}
	if got := FitRight("5m", 4, "…"); got != "  5m" {
		t.Errorf("%q", got)
	}
}

// FuzzLine: whatever is added, a line has at most its cells.
func FuzzLine(f *testing.F) {
	f.Add("name", 10, 4)
	f.Add("山田 太郎 👩‍👩‍👧", 7, 3)
	f.Fuzz(func(t *testing.T, text string, width, column int) {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r >= 0x7F && r < 0xA0 }) {
			return // never reaches the screen: text is cleaned where it enters
		}
		width, column = abs(width)%200, abs(column)%50
		th := theme.New(theme.Dark, colorprofile.TrueColor, false)
		l := NewLine(th, width)
		l.Cell(th.Strong, text, column).Add(th.Muted, text).CellRight(th.Accent, text, column).Fill(th.Text)
		if n := ansi.StringWidth(l.String()); n > width {
			t.Fatalf("%d cells in a line of %d: %q", n, width, text)
		}
	})
}

// FuzzWidth: the short way comes to the same as the long one.
func FuzzWidth(f *testing.F) {
	for _, s := range []string{"name", "\x1b[38;5;248mname\x1b[m ──┐ x", "a\u0301", "│\u0301", "\x1b[", "\x1b[1", "\x1b[1\x1b[m", "\x1b]8;;x\a", "山", "\x1b[31\u0301m", "─\ufe0f", "\xe2\x94"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := Width(text), ansi.StringWidth(text); got != want {
			t.Errorf("%q takes %d cells, want %d", text, got, want)
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return max(-n, 0)
	}
	return n
}

func TestSplice(t *testing.T) {
	for _, c := range []struct {
		base, popup string
		x           int
		want        string
	}{
		{"abcdef", "XX", 2, "abXXef"}, {"abcdef", "XX", 5, "abcdeX"}, {"国際営業", "XX", 1, " XX 営業"}, {"国際営業", "XX", 3, "国 XX 業"},
		{"abcdef", "国", 5, "abcde "}, {"\x1b[1mabcdef\x1b[m", "X", 0, "Xbcdef"},
	} {
		base := []string{c.base}
		Splice(base, []string{c.popup}, c.x, 0, Width(c.base))
		got := ansi.Strip(base[0])
		if strings.TrimRight(got, " ") != strings.TrimRight(c.want, " ") || ansi.StringWidth(base[0]) > Width(c.base) {
			t.Errorf("%q over %q at %d is %q, want %q", c.popup, c.base, c.x, got, c.want)
		}
	}
	outside := []string{"abc"}
	Splice(outside, []string{"1", "2", "3"}, 0, -1, 3)
	if ansi.Strip(outside[0]) != "2bc" {
		t.Errorf("%q", outside[0])
	}
}

func TestAges(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		age        time.Duration
		short, ago string
	}{
		{-time.Hour, "now", "0 s ago"}, {30 * time.Second, "now", "30 s ago"}, {time.Minute, "1m", "1 min ago"}, {47 * time.Hour, "47h", "47 h ago"},
		{48 * time.Hour, "2d", "2 days ago"}, {212 * 24 * time.Hour, "212d", "212 days ago"}, {1500 * 24 * time.Hour, "4y", "1500 days ago"},
	} {
		if got := Age(now.Add(-c.age), now); got != c.short {
			t.Errorf("%v is %q, want %q", c.age, got, c.short)
		}
		if got := Ago(now.Add(-c.age), now); got != c.ago {
			t.Errorf("%v is %q, want %q", c.age, got, c.ago)
		}
	}
	if Age(time.Time{}, now) != "-" || Ago(time.Time{}, now) != "never" {
		t.Error("no time has an age")
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := Count(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
}

func TestWrapStaysInside(t *testing.T) {
	const text = "Defender for Identity (identity side)   on -> off"
	for width := 5; width <= len(text); width++ {
		for _, line := range Wrap(text, width) {
			if Width(line) > width {
				t.Errorf("at %d cells %q takes %d", width, line, Width(line))
			}
		}
	}
}
