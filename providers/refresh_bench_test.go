package providers

import (
	"context"
	"testing"

	"adbadge/model"
	"adbadge/providers/lab"
)

// BenchmarkRefresh is one pass over all sources of the default lab, by sockets, TLS and sign-in: client and servers
// together. The first one begins with nothing; whole reads everything again over what is open; changes is the one
// that comes by itself.
func BenchmarkRefresh(b *testing.B) {
	open := func(b *testing.B) *Tenant {
		running, err := startLab(b.Context(), lab.Options{})
		if err != nil {
			b.Fatal(err)
		}
		tenant, err := openRunning(running, OpenOptions{Version: "test"})
		if err != nil {
			b.Fatal(err)
		}
		return tenant
	}
	check := func(b *testing.B, d *Dashboard) {
		for _, s := range d.Sources {
			if s.State != model.SourceOK && s.State != model.SourceDegraded {
				b.Fatalf("%s is %s: %v", s.Source, s.State, s.Failure)
			}
		}
	}
	b.Run("start", func(b *testing.B) {
		for b.Loop() {
			if err := open(b).Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			tenant := open(b)
			b.StartTimer()
			check(b, NewRefresher(tenant).Once(b.Context()))
			b.StopTimer()
			if err := tenant.Close(); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	})
	tenant, _, hurry := hurriedLab(b)
	r := NewRefresher(tenant)
	check(b, r.Once(b.Context()))
	again := func(refresh func(context.Context) *Dashboard) func(*testing.B) {
		return func(b *testing.B) {
			for b.Loop() {
				hurry()
				check(b, refresh(b.Context()))
			}
		}
	}
	b.Run("whole", again(r.Once))
	b.Run("changes", again(r.Refreshed))
}
