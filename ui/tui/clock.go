package tui

import (
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/providers"
)

// coarse is the step of the countdown; in the last fine seconds it counts each one. An idle screen stays silent in
// between.
const (
	coarse = 10 * time.Second
	fine   = 5 * time.Second
)

// tick waits for the next moment at which the title changes by itself. It stops while nobody looks, and while
// refreshes are paused.
func (a *App) tick() tea.Cmd {
	a.clock.Cancel()
	if a.blurred || a.env.Dashboard.Paused {
		return nil
	}
	wait := untilStep(remaining(a.env.Dashboard, a.env.Now()))
	sleep := a.env.Sleep
	return a.clock.Start(a.env.Context, func(ctx context.Context) (time.Time, error) {
		return time.Time{}, sleep(ctx, wait)
	})
}

// remaining is the time up to the next refresh; 0 when there is none to come.
func remaining(d *providers.Dashboard, now time.Time) time.Duration {
	if d.Next.IsZero() || d.Refreshing {
		return 0
	}
	return max(d.Next.Sub(now), 0)
}

// untilStep is how long the countdown stays as it is.
func untilStep(left time.Duration) time.Duration {
	switch {
	case left <= 0:
		return coarse
	case left <= fine:
		return orWhole(left%time.Second, time.Second)
	}
	return min(orWhole(left%coarse, coarse), left-fine)
}

func orWhole(part, whole time.Duration) time.Duration {
	if part == 0 {
		return whole
	}
	return part
}

func ceil(d, step time.Duration) time.Duration { return (d + step - 1) / step * step }

// countdown says when the next refresh comes.
func countdown(d *providers.Dashboard, now time.Time) string {
	left := remaining(d, now)
	switch {
	case d.Refreshing:
		return "refreshing"
	case d.Paused:
		return "paused"
	case d.Next.IsZero():
		return ""
	case left > fine:
		left = ceil(left, coarse)
	default:
		left = ceil(left, time.Second)
	}
	if left >= 100*time.Second {
		return "next " + strconv.Itoa(int(ceil(left, time.Minute)/time.Minute)) + "m"
	}
	return "next " + strconv.Itoa(int(left/time.Second)) + "s"
}
