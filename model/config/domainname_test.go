package config

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// The same as a regular expression says it, which takes a millisecond of every start to compile.
func TestDomainNames(t *testing.T) {
	form := regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
	texts := []string{"", ".", "contoso.test", "contoso", "contoso.test.", ".test", "a..b", "-a.test", "a-.test", "a.1", "1.a", "a.b-", "a.t1", "ä.test",
		"a.test\n", strings.Repeat("a", 63) + ".test", strings.Repeat("a", 64) + ".test", "a." + strings.Repeat("b", 64)}
	dice := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		text := make([]byte, 1+dice.IntN(7))
		for i := range text {
			text[i] = "aZ09-._"[dice.IntN(7)]
		}
		texts = append(texts, string(text))
	}
	fit := 0
	for _, text := range texts {
		want := form.MatchString(text)
		if want {
			fit++
		}
		if got := isDomainName(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if fit < 100 {
		t.Errorf("only %d of the texts are domain names", fit)
	}
}
