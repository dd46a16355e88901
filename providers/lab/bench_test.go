package lab_test

import (
	"testing"

	"adbadge/model"
	"adbadge/providers/lab"
)

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		l, err := lab.Start(b.Context(), lab.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMachines reads every machine record of a large lab through the program's own client.
func BenchmarkMachines(b *testing.B) {
	l, err := lab.Start(b.Context(), lab.Options{Users: 1000, Computers: 600_000})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	a := api(b, l, model.Endpoint)
	for b.Loop() {
		n, err := count(b, a, "/api/machines")
		if err != nil || n != l.World().Machines() {
			b.Fatal(n, err)
		}
		b.ReportMetric(float64(n), "machines")
	}
}
