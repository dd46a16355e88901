package cloud

import (
	"testing"
	"time"
)

func TestLimiterForgetsAfterItsWindow(t *testing.T) {
	now := time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)
	l := newLimiter([]limit{{2, time.Minute}, {3, time.Hour}}, func() time.Time { return now })
	for _, step := range []struct {
		pass time.Duration
		ok   bool
		wait time.Duration
	}{
		{0, true, 0},
		{10 * time.Second, true, 0},
		{10 * time.Second, false, 40 * time.Second}, // the minute's limit
		{40 * time.Second, true, 0},
		{time.Second, false, time.Hour - 61*time.Second}, // the hour's limit
		{time.Hour, true, 0},
	} {
		now = now.Add(step.pass)
		if wait, ok := l.take(); ok != step.ok || wait != step.wait {
			t.Errorf("at %s: %v, wait %v; want %v, wait %v", now.Format(time.TimeOnly), ok, wait, step.ok, step.wait)
		}
	}
}
