package query

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

// crowd is a tenant of several segments.
func crowd(n int) *inventory.View {
	r := rand.New(rand.NewPCG(5, 6))
	given := []string{"Anna", "Karl", "Aisha", "José", "Marie", "Olga", "Peter", "Zoë", "Fatima", "Schmitz", "Chloe", "Yuki", "Иван"}
	family := []string{"Berg", "Schneider", "Rahman", "López", "Schulz", "Novak", "Smith", "Müller", "Kowalski", "Okafor", "Quick"}
	departments := []string{"Finance", "IT operations", "Sales", "Human resources", "Production", "Research"}
	systems := []string{"Windows 11 Enterprise", "Windows 10 Enterprise", "Windows Server 2019 Standard"}
	b := inventory.NewBuilder(n)
	for i := range n {
		e := model.Entity{ID: model.GUID{byte(i), byte(i >> 8), byte(i >> 16), 1}, Domain: "contoso.test", LastLogon: ago(time.Duration(r.IntN(1000)) * time.Hour)}
		if i%2 == 0 {
			name := fmt.Sprintf("%s-%s%05d", []string{"WS", "LT", "SRV"}[i%3], []string{"FIN", "HR", "BER"}[i/3%3], i)
			e.Kind, e.Name, e.SAM, e.DNSName = model.Computer, text.Line(name), text.Line(name+"$"), text.Line(strings.ToLower(name)+".contoso.test")
			e.OS, e.OU = text.Line(systems[r.IntN(3)]), "Workstations"
		} else {
			g, f := given[r.IntN(len(given))], family[r.IntN(len(family))]
			e.Name, e.SAM = text.Line(g+" "+f), text.Line(fmt.Sprint(text.Fold(g[:1]+f), i))
			e.UPN, e.Department, e.OU = text.Line(fmt.Sprint(text.Fold(g+"."+f), i, "@contoso.test")), text.Line(departments[r.IntN(6)]), "Staff"
		}
		b.Add([]model.Entity{e})
	}
	return inventory.Join(b.Table(), inventory.Knowledge{})
}

// typed are queries as people type them, one key after the other.
var typed = []string{
	"schneider", "anna finance", "!anna sales", "~wsfin kind:computer", "windows 11 os:enterprise", "logon<40d smith", "q", "ws-fin00", "~josé",
	"contoso.test berg", "иван !berg", "~ивб", "~7иван", "an !zoe ~aberg", "badge:unknown /^k/ nov", "enabled:yes zoe",
}

// TestTypingOnFindsTheSame: a result made from an earlier one is the same as one made from scratch, and as a plain
// test of each row.
func TestTypingOnFindsTheSame(t *testing.T) {
	v := crowd(20_000)
	ctx := context.Background()
	for _, whole := range typed {
		var previous *Result
		for end := range len(whole) + 1 {
			q, err := Parse(whole[:end])
			if err != nil {
				continue
			}
			narrowed, err := Run(ctx, v, q, Order{}, now, previous)
			if err != nil {
				t.Fatal(err)
			}
			fresh, err := Run(ctx, v, q, Order{}, now, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(narrowed.Rows, fresh.Rows) {
				t.Fatalf("%q: %d rows, %d from scratch", q, len(narrowed.Rows), len(fresh.Rows))
			}
			if want := plainly(v, q); len(want) != len(fresh.Rows) || slices.ContainsFunc(want, func(row int) bool { return !fresh.Has(row) }) {
				t.Fatalf("%q: %d rows, %d by asking each", q, len(fresh.Rows), len(want))
			}
			previous = narrowed
		}
	}
}

// plainly asks every condition for every row.
func plainly(v *inventory.View, q Query) (rows []int) {
	c := compiler{view: v, now: now}
	var conditions []condition
	for i := range q.terms {
		conditions = append(conditions, c.compile(&q.terms[i]))
	}
	for row := range v.Len() {
		if !slices.ContainsFunc(conditions, func(cond condition) bool { return cond.test(row) == cond.not }) {
			rows = append(rows, row)
		}
	}
	return rows
}

// TestPlainWordsScoreAsAllDo: the quick way for ASCII gives the same points as the way for all characters.
func TestPlainWordsScoreAsAllDo(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	any := func(most int) []byte {
		s := make([]byte, 1+r.IntN(most))
		for i := range s {
			s[i] = "abcs-. @1"[r.IntN(9)]
		}
		return s
	}
	fits := 0
	for range 20_000 {
		f, name := newFuzzy(string(any(5))), any(20)
		want := f.scoreName(name)
		if got := f.scorePlain(name); got != want {
			t.Fatalf("%q in %q scores %d, want %d", f.plain, name, got, want)
		}
		if (f.score(name) > 0) != (want > 0) {
			t.Fatalf("%q in %q fits: %v", f.plain, name, want > 0)
		}
		if want > 0 {
			fits++
		}
	}
	if fits < 1000 {
		t.Errorf("only %d fit", fits)
	}
}

func TestWhatNarrows(t *testing.T) {
	v := office()
	later := now.Add(time.Hour)
	for _, test := range []struct {
		before, after string
		at            time.Time
		want          bool
	}{
		{"an", "ann", now, true}, {"an", "an be", now, true}, {"an", "na", now, false}, {"ann", "an", now, false}, {"an", "xan", now, true},
		{"~ab", "~aab", now, true}, {"~ab", "~ba", now, false}, {"!an", "!ann", now, false}, {"!an", "!an b", now, true},
		{"/a/", "/ab/", now, false}, {"kind:user", "kind:user a", now, true}, {"kind:user", "kind:computer", now, false},
		{"seen<7d", "seen<7d a", now, true}, {"seen<7d", "seen<7d a", later, false}, {"seen:never", "seen:never a", later, true},
		{"AN", "Ánn", now, true}, {`contoso\a`, `contoso\an`, now, true}, {"contoso", `contoso\a`, now, false}, {`contoso\a`, `xcontoso\a`, now, false}, {"alerts>1", "alerts>=1", now, false},
	} {
		before, err := Parse(test.before)
		if err != nil {
			t.Fatal(err)
		}
		after, err := Parse(test.after)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Run(context.Background(), v, before, Order{}, now, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.narrows(v, after, test.at); got != test.want {
			t.Errorf("from %s to %s: %v", test.before, test.after, got)
		}
		if r.narrows(office(), after, test.at) {
			t.Errorf("from %s to %s: another view", test.before, test.after)
		}
	}
}

func TestCancelledRunsGiveNothing(t *testing.T) {
	v := crowd(20_000)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, s := range []string{"", "anna", "/a.*b/ ~x"} {
		q, err := Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := Run(ctx, v, q, Order{}, now, nil); !errors.Is(err, context.Canceled) || r != nil {
			t.Errorf("%q: got %v and %v", s, r, err)
		}
	}
}

// TestManyAskAtOnce runs queries on one view from several goroutines; the race detector watches.
func TestManyAskAtOnce(t *testing.T) {
	v := crowd(20_000)
	done := make(chan int)
	for _, s := range typed {
		go func() {
			q, err := Parse(s)
			if err != nil {
				t.Error(err)
			}
			r, err := Run(context.Background(), v, q, Order{Column: inventory.ColumnName}, now, nil)
			if err != nil {
				t.Error(err)
			}
			done <- len(r.Rows)
		}()
	}
	for range typed {
		<-done
	}
}

func FuzzParse(f *testing.F) {
	for _, field := range Fields() {
		f.Add(field.Example)
	}
	for _, s := range append(typed, `!!~"a b" /x\/y/ ou:"a|b"|c,d "q\"uo\\te" name!=x`, "é:ü", "a:\xff", `ou:""`, "/\\/", "!", "~/x/") {
		f.Add(s)
	}
	v := office()
	f.Fuzz(func(t *testing.T, s string) {
		q, err := Parse(s)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Pos < 0 || syntax.Pos > len(s) || syntax.Message == "" {
				t.Fatalf("%q: bad error %#v", s, err)
			}
			return
		}
		again, err := Parse(q.String())
		if err != nil {
			t.Fatalf("%q: the canonical form %q does not parse: %v", s, q, err)
		}
		if again.String() != q.String() {
			t.Fatalf("%q: canonical %q, then %q", s, q, again)
		}
		first, second := rowsOf(t, v, q), rowsOf(t, v, again)
		if !slices.Equal(first, second) || len(first) != len(plainly(v, q)) {
			t.Fatalf("%q finds %v, %q finds %v, plainly %v", s, first, q, second, plainly(v, q))
		}
	})
}
