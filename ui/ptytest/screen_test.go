package ptytest

import "testing"

func TestScreen(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"text and wrap", "abcdefghijkl", "abcdefghij\nkl"},
		{"no wrap", "\x1b[?7labcdefghijkl", "abcdefghil"},
		{"wide", "日本x", "日本x"},
		{"overwrite half of a wide", "日本\r\x1b[Cx", " x本"},
		{"wide at the edge wraps", "abcdefghi日", "abcdefghi\n日"},
		{"repeat", "ab\x1b[3bc", "abbbbc"},
		{"erase characters", "abcdef\x1b[3D\x1b[2X", "abc  f"},
		{"erase to the end of the screen", "ab\r\ncd\r\nef\x1b[2;2H\x1b[J", "ab\nc"},
		{"erase to the start of the screen", "ab\r\ncd\r\nef\x1b[2;1H\x1b[1J", "\n d\nef"},
		{"insert and delete", "abcdef\r\x1b[2@\x1b[4C\x1b[1P", "  abdef"},
		{"scroll region", "1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\n\x1b[r", "1\n3\n\n4"},
		{"insert line", "1\r\n2\r\n3\x1b[2;1H\x1b[L", "1\n\n2\n3"},
		{"delete line", "1\r\n2\r\n3\x1b[2;1H\x1b[M", "1\n3"},
		{"keyboard protocol is no cursor restore", "ab\x1b7\x1b[>1u\x1b[<1u\x1b[>4;2mc", "abc"},
		{"alternate screen", "main\x1b[?1049h\x1b[Halt\x1b[?1049l!", "main!"},
		{"combining", "e\u0301x", "e\u0301x"},
		{"tab", "a\tb", "a       b"},
	} {
		s := NewScreen(10, 4, nil)
		s.Write([]byte(c.in))
		if got := s.Text(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if unknown := s.Unknown(); len(unknown) > 0 {
			t.Errorf("%s: unknown %v", c.name, unknown)
		}
	}
}

func TestStyle(t *testing.T) {
	s := NewScreen(20, 2, nil)
	s.Write([]byte("\x1b[1;38;2;255;0;16;48;5;17mA\x1b[39;22mB\x1b[m\x1b[38:2::1:2:3;4:3mC\x1b[m\x1b[44m\x1b[K"))
	for x, want := range []Style{
		{Foreground: "#ff0010", Background: "17", Bold: true},
		{Background: "17"},
		{Foreground: "#010203", Underline: true},
		{Background: "4"},
	} {
		if got := s.Cell(x, 0).Style; got != want {
			t.Errorf("column %d: got %+v, want %+v", x, got, want)
		}
	}
	if got := s.Cell(19, 0).Style.Background; got != "4" {
		t.Errorf("an erased cell has background %q, want that of the pen", got)
	}
	if want := "{fg=#ff0010 bg=17 bold}A{bg=17}B"; s.Styled()[:len(want)] != want {
		t.Errorf("styled %q, want it to begin with %q", s.Styled(), want)
	}
}

func TestClipboardAndLinks(t *testing.T) {
	s := NewScreen(20, 2, nil)
	s.Write([]byte("\x1b]52;c;aGVsbG8=\x07\x1b]8;;https://contoso.test/\x1b\\here\x1b]8;;\x1b\\\x1b]2;a title\x07"))
	if s.Clipboard() != "hello" || !s.Linked("https://contoso.test/") || s.Title() != "a title" || s.Text() != "here" {
		t.Errorf("clipboard %q, links %v, title %q, text %q", s.Clipboard(), s.links, s.Title(), s.Text())
	}
}

func TestAnswers(t *testing.T) {
	var got string
	s := NewScreen(20, 2, func(b []byte) { got += string(b) + "|" })
	s.Write([]byte("ab\x1b[6n\x1b[c\x1b[?2026$p\x1b]11;?\x07"))
	if want := "\x1b[1;3R|\x1b[?62;22c|\x1b[?2026;2$y|\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\|"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
