package input

import (
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

func TestEditing(t *testing.T) {
	key := func(name string) tea.KeyPressMsg {
		switch name {
		case "backspace":
			return tea.KeyPressMsg{Code: tea.KeyBackspace}
		case "left":
			return tea.KeyPressMsg{Code: tea.KeyLeft}
		case "right":
			return tea.KeyPressMsg{Code: tea.KeyRight}
		case "delete":
			return tea.KeyPressMsg{Code: tea.KeyDelete}
		case "ctrl+w", "ctrl+u", "ctrl+k", "ctrl+a", "ctrl+e":
			return tea.KeyPressMsg{Code: rune(name[5]), Mod: tea.ModCtrl}
		case " ":
			return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
		}
		return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
	}
	for _, c := range []struct {
		keys []string
		want string
	}{
		{[]string{"a", " ", "b"}, "a b"}, {[]string{"a", "b", "backspace"}, "a"}, {[]string{"a", "b", "left", "c"}, "acb"},
		{[]string{"国", "x", "left", "left", "delete"}, "x"}, {[]string{"e\u0301", "backspace"}, ""}, {[]string{"🇩🇪", "a", "left", "backspace"}, "a"},
		{[]string{"a", " ", "b", "c", "ctrl+w"}, "a "}, {[]string{"a", "b", "left", "ctrl+u"}, "b"}, {[]string{"a", "b", "ctrl+a", "ctrl+k"}, ""},
		{[]string{"b", "ctrl+a", "a", "ctrl+e", "c"}, "abc"}, {[]string{"backspace", "left", "delete", "right"}, ""},
	} {
		var l Line
		for _, name := range c.keys {
			if !l.Press(key(name)) {
				t.Fatalf("%q is not taken", name)
			}
		}
		if l.Text() != c.want {
			t.Errorf("%q gives %q, want %q", c.keys, l.Text(), c.want)
		}
	}
	var l Line
	if l.Press(tea.KeyPressMsg{Code: 'x', Mod: tea.ModAlt, Text: ""}) || l.Press(tea.KeyPressMsg{Code: tea.KeyF1}) {
		t.Error("a key that is no text was taken")
	}
}

func TestPastedTextIsCleaned(t *testing.T) {
	var l Line
	l.Insert("a\x1b[31m\u202eb\nc")
	if strings.ContainsAny(l.Text(), "\x1b\n") || strings.ContainsRune(l.Text(), '\u202e') {
		t.Errorf("%q", l.Text())
	}
	l.Insert(strings.Repeat("x", 5000))
	if n := utf8.RuneCountInString(l.Text()); n > maxRunes {
		t.Errorf("%d characters were taken", n)
	}
}

func TestTheCursorIsAlwaysInTheWindow(t *testing.T) {
	var l Line
	l.Insert(strings.Repeat("国a", 20))
	for width := range 30 {
		shown, cursor := l.Window(width)
		if cursor > max(width-1, 0) || cursor < 0 || len(shown) > 4*width {
			t.Errorf("width %d: cursor at %d in %q", width, cursor, shown)
		}
	}
}
