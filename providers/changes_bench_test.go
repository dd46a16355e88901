package providers

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"adbadge/providers/lab"
)

// BenchmarkDirectory reads 100,000 entities from the lab's server: from end to end, what has changed, and their ids
// only. The time is that of client and server together.
func BenchmarkDirectory(b *testing.B) {
	running, err := startLab(b.Context(), lab.Options{Still: true, Users: 70_000, Computers: 30_000, Now: func() time.Time { return noon }})
	if err != nil {
		b.Fatal(err)
	}
	tenant, err := openRunning(running, OpenOptions{Version: "test"})
	if err != nil {
		b.Fatal(err)
	}
	defer tenant.Close()
	f := newFacts(tenant)
	read := func(b *testing.B) (items int) {
		question := f.directoryQuestion()
		a := answer{reading: new(reading)}
		question(b.Context(), &a, func(answer) error { return nil })
		if a.err != nil {
			b.Fatal(a.err)
		}
		a.apply(f)
		return a.items
	}
	read(b) // the server encodes its entries when they are asked for first
	b.Run("whole", func(b *testing.B) {
		items := 0
		for b.Loop() {
			f.directories[0].whole = time.Time{}
			items = read(b)
		}
		b.ReportMetric(float64(items)*float64(b.N)/b.Elapsed().Seconds(), "entities/s")
	})
	changes := func(b *testing.B, sweep bool) {
		f.asked, f.directories[0].sweeping = sweep, time.Hour
		read(b)
	}
	for _, count := range []int{0, 100} {
		b.Run(fmt.Sprint("changed=", count), func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				b.StopTimer()
				for i := range count {
					if err := running.Directory().Set(running.World().User(100+i).GUID, "department", strconv.Itoa(n)); err != nil {
						b.Fatal(err)
					}
				}
				b.StartTimer()
				changes(b, false)
			}
		})
	}
	b.Run("sweep", func(b *testing.B) {
		for b.Loop() {
			changes(b, true)
		}
	})
}
