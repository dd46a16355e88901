package query

import (
	"context"
	"testing"

	"adbadge/model/inventory"
)

// sizes are the numbers of entities that benchmarks run with.
func sizes(b *testing.B, run func(b *testing.B, v *inventory.View)) {
	for _, size := range []struct {
		name string
		n    int
	}{{"1k", 1_000}, {"100k", 100_000}, {"1M", 1_000_000}} {
		b.Run(size.name, func(b *testing.B) {
			if size.n > 100_000 && testing.Short() {
				b.Skip("a million entities are not short")
			}
			v := crowd(size.n)
			v.Order(inventory.ColumnBadge, false)
			v.Order(inventory.ColumnName, false)
			b.ResetTimer()
			run(b, v)
		})
	}
}

// BenchmarkFilter measures a whole run: match, score, and the rows in order.
func BenchmarkFilter(b *testing.B) {
	sizes(b, func(b *testing.B, v *inventory.View) {
		for _, c := range []struct{ name, query string }{
			{"word1", "s"}, {"word3", "sch"}, {"word8", "schneide"}, {"none", "qqqq"}, {"fuzzy1", "~s"}, {"fuzzy3", "~sch"}, {"fuzzy8", "~schneide"},
			{"not", "!sch"}, {"fields", "kind:computer os:2019 enabled:yes"}, {"pattern", "/^sch.*9$/"},
		} {
			q, err := Parse(c.query)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(c.name, func(b *testing.B) {
				b.ReportAllocs()
				rows := 0
				for b.Loop() {
					r, err := Run(context.Background(), v, q, Order{}, now, nil)
					if err != nil {
						b.Fatal(err)
					}
					rows = len(r.Rows)
				}
				b.ReportMetric(float64(rows), "rows")
			})
		}
	})
}

// BenchmarkTyping measures the last key of "schneide", narrowing what the keys before it found.
func BenchmarkTyping(b *testing.B) {
	sizes(b, func(b *testing.B, v *inventory.View) {
		for _, c := range []struct{ name, before, after string }{{"word", "schneid", "schneide"}, {"second", "s", "sc"}, {"fuzzy", "~sc", "~sch"}} {
			before, err := Parse(c.before)
			if err != nil {
				b.Fatal(err)
			}
			after, err := Parse(c.after)
			if err != nil {
				b.Fatal(err)
			}
			previous, err := Run(context.Background(), v, before, Order{}, now, nil)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := Run(context.Background(), v, after, Order{}, now, previous); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}

// BenchmarkResort measures another order of the same rows.
func BenchmarkResort(b *testing.B) {
	sizes(b, func(b *testing.B, v *inventory.View) {
		q, err := Parse("s")
		if err != nil {
			b.Fatal(err)
		}
		previous, err := Run(context.Background(), v, q, Order{}, now, nil)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := Run(context.Background(), v, q, Order{Column: inventory.ColumnName}, now, previous); err != nil {
				b.Fatal(err)
			}
		}
	})
}
