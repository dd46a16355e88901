package providers

import (
	"context"
	"testing"
	"time"

	"adbadge/providers/lab"
)

func TestProgressTellsRateAndRest(t *testing.T) {
	p := Progress{What: "machines", Items: 240_000, Expected: 600_000, Began: noon}
	now := noon.Add(6 * time.Second)
	if rate := p.Rate(now); rate != 40_000 {
		t.Errorf("%v/s", rate)
	}
	if left, ok := p.Left(now); !ok || left != 9*time.Second {
		t.Errorf("%v left, %v", left, ok)
	}
	for _, p := range []Progress{{}, {Items: 5, Began: noon}, {Items: 5, Expected: 5, Began: noon}, {Expected: 5, Began: noon}, {Items: 5, Expected: 9, Began: now}} {
		if left, ok := p.Left(now); ok {
			t.Errorf("%+v: %v left", p, left)
		}
	}
}

// TestALongRefreshShowsHowFarItIs lets every answer wait, so that the pages of a list come one after the other.
func TestALongRefreshShowsHowFarItIs(t *testing.T) {
	tenant, running := openLab(t, lab.Options{Users: 3000, Computers: 3000})
	r := NewRefresher(tenant)
	r.Once(t.Context())
	if err := running.SetFaults("slow:directory:100ms", "slow:endpoint:1500ms"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	done := make(chan *Dashboard)
	go func() { done <- r.Once(ctx) }()
	seen := map[string]bool{}
	d := r.Current()
	for {
		select {
		case last := <-done:
			if !seen["machines"] || len(last.Progress) > 0 {
				t.Errorf("progress was shown of %v, and in the end of %v", seen, last.Progress)
			}
			return
		default:
		}
		waiting, stop := context.WithTimeout(ctx, time.Second)
		if next, err := r.Wait(waiting, d.Generation); err == nil {
			d = next
		}
		stop()
		for _, p := range d.Progress {
			seen[p.What] = true
			if p.What == "machines" && p.Expected < 1000 {
				t.Errorf("%+v", p)
			}
		}
	}
}
