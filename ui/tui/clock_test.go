package tui

import (
	"strings"
	"testing"
	"time"

	"adbadge/providers"
)

func TestCountdownMovesInSteps(t *testing.T) {
	at := func(left time.Duration) *providers.Dashboard { return &providers.Dashboard{Next: now().Add(left)} }
	for _, c := range []struct {
		left time.Duration
		says string
		next time.Duration
	}{
		{60 * time.Second, "next 60s", 10 * time.Second}, {42 * time.Second, "next 50s", 2 * time.Second},
		{9 * time.Second, "next 10s", 9 * time.Second}, {1500 * time.Millisecond, "next 10s", 1500 * time.Millisecond},
		{90 * time.Second, "next 90s", 10 * time.Second}, {91 * time.Second, "next 2m", time.Second},
		{10 * time.Minute, "next 10m", time.Minute}, {601 * time.Second, "next 11m", time.Second}, {2 * time.Hour, "next 120m", time.Minute},
	} {
		if got := countdown(at(c.left), now()); strings.TrimLeft(got, " ") != c.says || len(got) < len("next 90s") {
			t.Errorf("%v: %q", c.left, got)
		}
		if got := untilStep(remaining(at(c.left), now())); got != c.next {
			t.Errorf("%v: moves after %v, want %v", c.left, got, c.next)
		}
	}
}

func TestTitleSaysWhenTheSourcesWereAsked(t *testing.T) {
	for ago, says := range map[time.Duration]string{31 * time.Second: "refreshed 14:02:00  next", 30 * time.Hour: "refreshed 2026-11-22  next"} {
		d := usual()
		d.At = now().Add(-ago)
		if s := newScreen(t, 120, 36, d); !strings.Contains(s.text(), says) {
			t.Errorf("%v ago: the screen does not show %q:\n%s", ago, says, s.text())
		}
	}
}
