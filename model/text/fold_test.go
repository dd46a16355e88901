package text

import (
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"KLOPEZ-LT07$", "klopez-lt07$"},
		{"Zoë Jürgensen", "zoe jurgensen"},
		{"Zoe\u0308", "zoe"},
		{"ÅNGSTRÖM Łódź Øre", "angstrom lodz ore"},
		{"Straße STRAẞE", "strasse strasse"},
		{"ΟΔΟΣ οδος οδοσ", "οδοσ οδοσ οδοσ"},
		{"İstanbul ılık", "istanbul ilik"},
		{"Артём Йод", "артем иод"},
		{"ａｄｍｉｎ", "admin"},
		{"が", "か\u3099"},
		{"а", "а"}, // Cyrillic: never the Latin letter that looks like it
		{"a\u00a0b\u3000c", "a b c"},
		{"admin\ufffdistrator", "administrator"},
		{"admin\u200bistrator", "administrator"},
		{"␛[2Jx", "[2jx"},
		{"\u25cc\u0301x", "x"},
	} {
		if got := Fold(test.in); got != test.want {
			t.Errorf("Fold(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

func TestFoldPlainIsNotCopied(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Fold("klopez-lt07") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzFold(f *testing.F) {
	for _, seed := range []string{"Zoë", "ẞ", "ǅ", "ΐ", "\u0345", "ﬃ", "가", "\xff", "ſ", "K", "\u1e9b\u0323"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := Fold(s)
		if !utf8.ValidString(folded) {
			t.Fatalf("not UTF-8: %q", folded)
		}
		if again := Fold(folded); again != folded {
			t.Fatalf("Fold(%q) = %q, folded again %q", s, folded, again)
		}
		if appended := string(AppendFold([]byte("x"), s)); appended != "x"+folded {
			t.Fatalf("AppendFold gives %q, Fold %q", appended, folded)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	for name, s := range map[string]string{"lower": "klopez-lt07", "plain": "KLOPEZ-LT07", "accents": "Zoë Jürgensen"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fold(s)
			}
		})
	}
}

// Every character of Unicode, cleaned and folded once and twice.
func TestEveryCharacter(t *testing.T) {
	for r := range rune(utf8.MaxRune + 1) {
		s := "x" + string(r) + "y"
		if once := Clean(s); Clean(once.String()) != once {
			t.Errorf("%U cleans to %q, then to %q", r, once, Clean(once.String()))
		}
		if once := Fold(s); Fold(once) != once {
			t.Errorf("%U folds to %q, then to %q", r, once, Fold(once))
		}
		if folded := Fold(Clean(s).String()); folded != Fold(s) {
			t.Errorf("%U folds to %q, and to %q after cleaning", r, Fold(s), folded)
		}
	}
}
