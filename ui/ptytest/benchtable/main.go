// Benchtable reads what go test -bench prints, repeats it to standard error, and prints one table of the targets: each
// with its figure, its bar, and whether it was met. What was not measured is said to be so.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	r, err := read(io.TeeReader(os.Stdin, os.Stderr))
	if err == nil {
		err = write(os.Stdout, r, targets)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchtable:", err)
		os.Exit(1)
	}
}

// results are figures by name of the benchmark, then by unit. Of several runs the least figure counts: what disturbs a
// run only adds to it.
type results map[string]map[string]float64

// line is one benchmark: "BenchmarkName/part-8   100   12 ns/op   3 B/op".
var line = regexp.MustCompile(`^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.*)$`)

func read(from io.Reader) (results, error) {
	r := results{}
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		parts := line.FindStringSubmatch(lines.Text())
		if parts == nil {
			continue
		}
		units := r[parts[1]]
		if units == nil {
			units = map[string]float64{}
			r[parts[1]] = units
		}
		figures := strings.Fields(parts[2])
		for i := 0; i+1 < len(figures); i += 2 {
			figure, err := strconv.ParseFloat(figures[i], 64)
			if err != nil {
				return nil, fmt.Errorf("%q is not a figure: %w", figures[i], err)
			}
			unit := figures[i+1]
			if before, ok := units[unit]; !ok || figure < before {
				units[unit] = figure
			}
		}
	}
	return r, lines.Err()
}

// of gives the figures of a measure, by what the groups of its pattern match.
func (r results) of(m measure) map[string][]float64 {
	name := regexp.MustCompile(`^(?:` + m.pattern + `)$`)
	figures := map[string][]float64{}
	for benchmark, units := range r {
		groups := name.FindStringSubmatch(benchmark)
		if figure, measured := units[m.unit]; measured && groups != nil {
			part := strings.Join(groups[1:], "/")
			figures[part] = append(figures[part], figure)
		}
	}
	return figures
}

// judge gives the figure of a target and whether it is met; ok is false where it was not measured.
func (r results) judge(t target) (figure float64, met, ok bool) {
	against := r.of(t.against)
	for part, figures := range r.of(t.figure) {
		worst := slices.Max(figures)
		if t.against.pattern != "" {
			others := against[part]
			if len(others) == 0 || slices.Min(others) == 0 {
				continue
			}
			worst /= slices.Min(others)
		}
		figure, ok = max(figure, worst), true
	}
	return figure, ok && figure <= t.bar, ok
}

func write(to io.Writer, r results, targets []target) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TARGET\tWHAT\tFIGURE\tBAR\t")
	for _, t := range targets {
		figure, met, ok := r.judge(t)
		switch {
		case !ok:
			fmt.Fprintf(table, "%s\t%s\t-\t%s\tnot measured\n", t.id, t.goal, show(t.bar, t.unit))
		case met:
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\tmet\n", t.id, t.goal, show(figure, t.unit), show(t.bar, t.unit))
		default:
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\tMISSED\n", t.id, t.goal, show(figure, t.unit), show(t.bar, t.unit))
		}
	}
	return table.Flush()
}

// show writes a figure with three digits that matter.
func show(figure float64, unit string) string {
	if unit == "ns/op" {
		return time.Duration(figure).Round(10 * time.Microsecond).String()
	}
	return strconv.FormatFloat(figure, 'g', 3, 64) + " " + unit
}
