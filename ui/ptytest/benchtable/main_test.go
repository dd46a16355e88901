package main

import (
	"regexp"
	"strings"
	"testing"
)

const printed = `goos: linux
BenchmarkKey/move/1000-2         	    3112	    361000 ns/op	  131768 B/op	     980 allocs/op
BenchmarkKey/move/1000000-2      	    3112	    400000 ns/op	  131768 B/op	     980 allocs/op
BenchmarkKey/page/1000000        	    3112	  20000000 ns/op
BenchmarkTerminal/200x50/ours-2  	       1	4312427925 ns/op	         0 B/idle	       100.0 B/move
BenchmarkTerminal/200x50/fzf-2   	       1	4312427925 ns/op	       319.1 B/move
BenchmarkTerminal/200x50/mc-2    	       1	4312427925 ns/op	       250.0 B/move
BenchmarkTerminal/200x50/mc-2    	       1	4312427925 ns/op	       300.0 B/move
BenchmarkFilter/100k/short         	       9	       200 ns/op
BenchmarkFilter/100k/long          	       9	      3000 ns/op
BenchmarkFilter/1M/short           	       9	      2200 ns/op
BenchmarkFilter/1M/long            	       9	     27000 ns/op
BenchmarkFilter/1M/alone           	       9	    900000 ns/op
PASS
ok  	adbadge/ui/cli	74.631s
`

func TestTable(t *testing.T) {
	r, err := read(strings.NewReader(printed))
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	err = write(&table, r, []target{
		{"key", "a key", measure{`Key/.*/1000000`, "ns/op"}, measure{}, 16e6, "ns/op"},
		{"idle", "at rest", measure{`Terminal/.*/ours`, "B/idle"}, measure{}, 0, "B"},
		{"row", "a row", measure{`Terminal/200x50/ours`, "B/move"}, measure{`Terminal/200x50/(?:fzf|mc)`, "B/move"}, 0.5, "x"},
		{"less", "none of them is here", measure{`Terminal/200x50/ours`, "B/move"}, measure{`Terminal/200x50/less`, "B/move"}, 0.5, "x"},
		{"ten", "each of its kind", measure{`Filter/1M/(.*)`, "ns/op"}, measure{`Filter/100k/(.*)`, "ns/op"}, 10, "x"},
		{"none", "not there", measure{`Key`, "ns/op"}, measure{}, 1, "ns/op"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `TARGET  WHAT                  FIGURE  BAR    
key     a key                 20ms    16ms   MISSED
idle    at rest               0 B     0 B    met
row     a row                 0.4 x   0.5 x  met
less    none of them is here  -       0.5 x  not measured
ten     each of its kind      11 x    10 x   MISSED
none    not there             -       0s     not measured
`
	if table.String() != want {
		t.Errorf("got\n%s\nwant\n%s", table.String(), want)
	}
	if _, err := read(strings.NewReader("BenchmarkKey-2  1  many ns/op\n")); err == nil {
		t.Error("a figure that is none is taken")
	}
}

func TestTargets(t *testing.T) {
	seen := map[string]bool{}
	for _, target := range targets {
		if seen[target.id] || target.goal == "" || target.unit == "" || target.figure.unit == "" {
			t.Errorf("%+v", target)
		}
		seen[target.id] = true
		regexp.MustCompile(target.figure.pattern)
		regexp.MustCompile(target.against.pattern)
	}
}
