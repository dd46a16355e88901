package text

import (
	"runtime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, test := range []struct{ name, raw, want string }{
		{"empty", "", ""},
		{"plain", "Anna Berg", "Anna Berg"},
		{"accents stay", "Zoë Jürgensen", "Zoë Jürgensen"},
		{"wide stays", "山田 太郎", "山田 太郎"},
		{"surrounding white space", " \t Anna\u00a0\n", "Anna"},
		{"escape is read, not obeyed", "\x1b[2Jx", "␛[2Jx"},
		{"terminal title", "\x1b]0;owned\x07", "␛]0;owned␇"},
		{"unterminated clipboard write", "\x1b]52;c;AAAA", "␛]52;c;AAAA"},
		{"application command", "\x1b_Ga=T\x1b\\", "␛_Ga=T␛\\"},
		{"raw C1 byte", "a\x9b31mb", "a\ufffd31mb"},
		{"encoded C1", "a\u009b31m\u009d\u0090", "a\ufffd31m\ufffd\ufffd"},
		{"NUL, BS, DEL", "a\x00b\bc\x7f", "a␀b␈c␡"},
		{"line ends", "a\r\nb\u2028c\u0085d\te\vf", "a b c d e f"},
		{"inner spaces stay", "a  b", "a  b"},
		{"right-to-left override", "gpj\u202eexe.", "gpj\ufffdexe."},
		{"isolates and marks", "a\u2066b\u2069\u200e\u061cc", "a\ufffdb\ufffd\ufffd\ufffdc"},
		{"zero width", "admin\u200bistrator", "admin\ufffdistrator"},
		{"byte order mark", "\ufeffAnna", "\ufffdAnna"},
		{"tag characters", "a\U000e0041b", "a\ufffdb"},
		{"soft hyphen", "ad\u00admin", "ad\ufffdmin"},
		{"invisible letters", "a\u3164b\u034fc\u2800", "a\ufffdb\ufffdc\ufffd"},
		{"selector of an emoji", "\u2764\ufe0f", "\u2764"},
		{"selector of a letter", "admin\ufe0fistrator", "admin\ufffdistrator"},
		{"noncharacter, private use", "a\uffffb\ue000", "a\ufffdb\ufffd"},
		{"not UTF-8", "a\xffb\xc0\xafc\xed\xa0\x80", "a\ufffdb\ufffd\ufffdc\ufffd\ufffd\ufffd"},
		{"piled marks", "z" + strings.Repeat("\u0300", 300) + "y", "z" + strings.Repeat("\u0300", 4) + "y"},
		{"mark without a letter", "\u0301a", "\u25cc\u0301a"},
		{"mark after dropped space", "\ufe0f \u0301a", "\u25cc\u0301a"},
		{"markup is literal", `[red]x[-] {{.}} %s%n \u001b`, `[red]x[-] {{.}} %s%n \u001b`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Clean(test.raw).String(); got != test.want {
				t.Errorf("Clean(%q) = %q, want %q", test.raw, got, test.want)
			}
		})
	}
}

func TestCleanMax(t *testing.T) {
	for _, test := range []struct {
		raw  string
		max  int
		want string
	}{
		{"abcdef", 6, "abcdef"},
		{"abcdef", 5, "abcd…"},
		{"abcdef", 1, "…"},
		{"abcdef", 0, "…"},
		{"äöüäöü", 6, "äöüäöü"},
		{"äöüäöü", 4, "äöü…"},
		{"abc def", 5, "abc…"},
		{"abc       ", 4, "abc"},
		{"a\x1b[0m", 3, "a␛…"},
	} {
		if got := CleanMax(test.raw, test.max).String(); got != test.want {
			t.Errorf("CleanMax(%q, %d) = %q, want %q", test.raw, test.max, got, test.want)
		}
	}
}

func TestCleanCutsLongValues(t *testing.T) {
	for _, length := range []int{1025, 70_000, 10_000_000} {
		got := Clean(strings.Repeat("x", length)).String()
		if want := strings.Repeat("x", DefaultRunes-1) + "…"; got != want {
			t.Errorf("a value of %d characters became one of %d", length, utf8.RuneCountInString(got))
		}
	}
	// Dropped characters fill the import limit: what comes after it was not seen, and the text says so.
	hidden := "a" + strings.Repeat("\u0300", importLimit) + "b"
	if got, want := Clean(hidden).String(), "a"+strings.Repeat("\u0300", maxMarks)+"…"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCleanLongValueNeedsLittleMemory(t *testing.T) {
	raw := strings.Repeat("\x1b[31m", 2_000_000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	Clean(raw)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<10 {
		t.Errorf("cleaning 10 MB took %d bytes of memory", used)
	}
}

func TestCleanTextIsNotCopied(t *testing.T) {
	for _, raw := range []string{"KLOPEZ-LT07.corp.contoso.test", "Zoë Jürgensen"} {
		if n := testing.AllocsPerRun(100, func() { Clean(raw) }); n != 0 {
			t.Errorf("Clean(%q) made %v allocations", raw, n)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{
		"", "Anna", "\x1b[2J", "a\x9bb", "\ufe0f \u0301", "e\u0301\u0301\u0301\u0301\u0301", "\u200b", "a\r\n", "\xff",
		"👩\u200d💻", "a\ufe0f\ufe0f", " \u3000x\u3000 ", "\u00a0\ufe0f\u00a0",
	} {
		f.Add(seed, 8)
	}
	f.Fuzz(func(t *testing.T, raw string, limit int) {
		got := CleanMax(raw, limit).String()
		if !utf8.ValidString(got) {
			t.Fatalf("not UTF-8: %q", got)
		}
		if n := utf8.RuneCountInString(got); n > min(max(limit, 1), MaxRunes) {
			t.Fatalf("%d characters, limit %d", n, limit)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
				t.Fatalf("%U in %q", r, got)
			}
		}
		if strings.TrimSpace(got) != got {
			t.Fatalf("white space around %q", got)
		}
		if again := CleanMax(got, limit).String(); again != got {
			t.Fatalf("cleaning twice: %q, then %q", got, again)
		}
	})
}

func BenchmarkClean(b *testing.B) {
	for name, raw := range map[string]string{
		"plain":   "KLOPEZ-LT07.corp.contoso.test",
		"accents": "Zoë Jürgensen",
		"hostile": "admin\u200bistrator\x1b[31m",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Clean(raw)
			}
		})
	}
}

// Plain text is looked at eight bytes at a time: every byte must count at every place.
func TestEveryByteAtEveryPlace(t *testing.T) {
	for at := range 19 {
		for b := range 256 {
			raw := []byte("abcdefghijklmnopqrs")
			raw[at] = byte(b)
			want := b > ' ' && b < 0x7F || b == ' ' && at > 0 && at < len(raw)-1
			if got := isPlain(string(raw)); got != want {
				t.Errorf("byte %#x at %d is plain: %v, want %v", b, at, got, want)
			}
		}
	}
}
