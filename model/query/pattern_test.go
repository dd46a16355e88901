package query

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

// matching asks the regular expression alone, of every text that patterns look at.
func matching(v *inventory.View, expression *regexp.Regexp) (rows []int) {
	for row := range v.Len() {
		texts := []string{string(v.Name(row)), string(v.SAM(row)), v.UPN(row)}
		if v.Kind(row) == model.Computer {
			texts[2] = v.DNSName(row)
		}
		found := slices.ContainsFunc(texts, expression.MatchString)
		for _, d := range []inventory.Dictionary{inventory.Departments, inventory.Systems, inventory.OUs} {
			value := v.Values(d)[v.ValueNumber(d, row)]
			found = found || value != "" && expression.MatchString(value)
		}
		if found {
			rows = append(rows, row)
		}
	}
	return rows
}

// missesNothing runs a pattern, with what sorts rows out before it, and gives how many rows it finds. One that cannot be
// written as a query finds none.
func missesNothing(t *testing.T, v *inventory.View, pattern string) int {
	t.Helper()
	expression, err := regexp.Compile("(?i:" + pattern + ")")
	q, parseErr := Parse("/" + strings.ReplaceAll(pattern, "/", `\/`) + "/")
	if err != nil || parseErr != nil || len(q.terms) != 1 || q.terms[0].kind != patternTerm || q.terms[0].text != pattern {
		return 0
	}
	got, want := rowsOf(t, v, q), matching(v, expression)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Fatalf("/%s/ finds %v, want %v", pattern, got, want)
	}
	return len(want)
}

// spellings are characters that folding, either that of patterns or that of the search text, takes for others.
var spellings = []string{
	"a", "B", "k", "K", "\u212a", "s", "S", "ſ", "ß", "ẞ", "i", "I", "ı", "İ", "å", "Å", "\u212b", "ä", "a\u0308", "é", "E", "ﬁ", "ﬆ", "ǆ", "ǅ", "µ", "Μ", "σ", "ς", "Ω",
	"\u2126", "θ", "ϑ", "ł", "Æ", "đ", "ᲀ", "в", "Ꙋ", "ᏸ", "Ᏸ", "山", "ｋ", "０", "0", "9", "-", ".", "@", " ", "한", "½", "²", "\ufffd", "␛",
}

func spell(r *rand.Rand, most int) string {
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteString(spellings[r.IntN(len(spellings))])
	}
	return b.String()
}

// spelled is a tenant with names of such characters.
func spelled(r *rand.Rand, n int) *inventory.View {
	b := inventory.NewBuilder(n)
	for i := range n {
		name := func(most int) text.Line { return text.Clean(spell(r, most)) }
		e := model.Entity{ID: model.GUID{byte(i), byte(i >> 8), 1}, Name: name(4), SAM: name(4), Domain: "contoso.test", Department: name(1), OU: name(1)}
		switch i % 4 {
		case 0:
			e.Kind, e.DNSName = model.Computer, name(5)
		case 1: // as the inventory keeps them in parts
			e.Kind, e.DNSName, e.SAM = model.Computer, text.Line(strings.ToLower(string(e.SAM)))+".contoso.test", e.SAM+"$"
		case 2:
			e.UPN = e.SAM + "@contoso.test"
		case 3:
			e.UPN = name(5)
		}
		b.Add([]model.Entity{e})
	}
	return inventory.Join(b.Table(), inventory.Knowledge{})
}

// writePattern makes a pattern of all that regular expressions have.
func writePattern(r *rand.Rand, depth int) string {
	sub := func() string { return writePattern(r, depth+1) }
	oneOf := func(list ...string) string { return list[r.IntN(len(list))] }
	if depth > 3 {
		return regexp.QuoteMeta(spell(r, 2))
	}
	switch r.IntN(14) {
	case 0:
		return sub() + "|" + sub()
	case 1:
		return "(" + sub() + ")" + oneOf("?", "*", "+", "{0}", "{0,2}", "{1,}", "{2}", "+?", "{0,1}?", "")
	case 2:
		return regexp.QuoteMeta(oneOf(spellings...)) + oneOf("?", "*", "+", "{0}", "{0,}", "{1}", "{2,3}")
	case 3:
		return "[" + oneOf("", "^") + regexp.QuoteMeta(oneOf(spellings[:len(spellings)-7]...)) + oneOf("", "k", "a-c", "ſ") + "]"
	case 4:
		return oneOf("^", "$", `\b`, `\B`, `\A`, `\z`, "()", "(|a)", ".", `\d`, `\w`, `\pL`, `\PL`, "(?:)", "")
	case 5:
		return "(?" + oneOf("-i", "i", "s", "U", "i-s") + ":" + sub() + ")"
	case 6:
		return `\Q` + spell(r, 2) + `\E`
	case 7, 8, 9:
		return sub() + sub()
	}
	return regexp.QuoteMeta(spell(r, 2))
}

// TestPatternsMissNothing: what sorts rows out before a pattern looks at them, sorts out none that it finds.
func TestPatternsMissNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	found, some := 0, 0
	for range 8 {
		v := spelled(r, 100)
		for _, s := range spellings {
			missesNothing(t, v, regexp.QuoteMeta(s))
			missesNothing(t, v, "(?-i:"+regexp.QuoteMeta(s)+")")
		}
		for range 300 {
			n := missesNothing(t, v, writePattern(r, 0))
			found += n
			if n > 0 && n < v.Len() {
				some++
			}
		}
	}
	if found < 5_000 || some < 500 {
		t.Errorf("%d rows were found, and some but not all by %d patterns: too few", found, some)
	}
}

// TestPatternsReadToTheEnd: the longest names that there are, of characters of several bytes, are looked at as a whole.
func TestPatternsReadToTheEnd(t *testing.T) {
	b := inventory.NewBuilder(0)
	b.Add([]model.Entity{{ID: model.GUID{1}, Name: text.Clean("a" + strings.Repeat("é", text.DefaultRunes-2) + "9")}})
	v := inventory.Join(b.Table(), inventory.Knowledge{})
	for pattern, want := range map[string]int{"^aé*9$": 1, "é$": 0, "\ufffd": 0} {
		if got := missesNothing(t, v, pattern); got != want {
			t.Errorf("/%s/ finds %d, want %d", pattern, got, want)
		}
	}
}

// TestEverySpellingIsRequired: all that a pattern takes for a character has the letters that are looked for in its place.
func TestEverySpellingIsRequired(t *testing.T) {
	for r := rune(1); r <= unicode.MaxRune; r++ {
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			wanted, has := lettersOfRune(r), inventory.LettersOf([]byte(text.Fold(string(other))))
			if wanted&^has != 0 {
				t.Fatalf("%q is looked for by letters %b, and its spelling %q has %b", r, wanted, other, has)
			}
		}
	}
}

// TestPatternsSortOut: without letters to look for, every row would be asked.
func TestPatternsSortOut(t *testing.T) {
	v := spelled(rand.New(rand.NewPCG(1, 1)), 1)
	for pattern, want := range map[string]string{
		"^sch.*9$": "sch9", "b(a|ab)": "ab", "x{2,}y?": "x", "(ab)+": "ab", "a{0}b*": "", "kg": "kg", "[0-9]x": "x", "(?-i:ABC)": "abc", "a|": "",
	} {
		c := compiler{view: v, now: now}
		if got := c.pattern(pattern).letters; got != inventory.LettersOf([]byte(want)) {
			t.Errorf("/%s/ looks for letters %b, want those of %q", pattern, got, want)
		}
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{"k", "(?-i:K)el", "^$", "", "a{0,2}b{0}", "(a|b|)+c?", "ß|ss", "[^k]", `\x{212a}`, `(?U)a+`, `\pL\d`} {
		f.Add(s, "\u212ael", "ſamß")
	}
	f.Fuzz(func(t *testing.T, pattern, name, sam string) {
		if len(pattern) > 200 {
			return
		}
		b := inventory.NewBuilder(0)
		b.Add([]model.Entity{
			{ID: model.GUID{1}, Name: text.Clean(name), SAM: text.Clean(sam), UPN: text.Clean(sam) + "@contoso.test", Domain: "contoso.test"},
			{ID: model.GUID{2}, Kind: model.Computer, Name: text.Clean(sam), SAM: text.Clean(name) + "$", Domain: "contoso.test"},
		})
		missesNothing(t, inventory.Join(b.Table(), inventory.Knowledge{}), pattern)
	})
}
