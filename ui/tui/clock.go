package tui

import (
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/providers"
	"adbadge/ui/tui/draw"
)

// step is what the countdown goes by; above manySteps it goes by minutes. In between an idle screen stays silent.
const (
	step      = 10 * time.Second
	manySteps = 9 * step
)

// tick waits for the next moment at which the title changes by itself. It stops while nobody looks, and while there is
// no countdown.
func (a *App) tick() tea.Cmd {
	a.clock.Cancel()
	left := remaining(a.env.Dashboard, a.env.Now())
	if a.blurred || left == 0 {
		return nil
	}
	wait := untilStep(left)
	sleep := a.env.Sleep
	return a.clock.Start(a.env.Context, func(ctx context.Context) (time.Time, error) {
		return time.Time{}, sleep(ctx, wait)
	})
}

// remaining is the time up to the next refresh; 0 when there is none to come.
func remaining(d *providers.Dashboard, now time.Time) time.Duration {
	if d.Next.IsZero() || d.Refreshing || d.Paused {
		return 0
	}
	return max(d.Next.Sub(now), 0)
}

// untilStep is how long the countdown stays as it is.
func untilStep(left time.Duration) time.Duration {
	if left > manySteps {
		return min(orWhole(left%time.Minute, time.Minute), left-manySteps)
	}
	return orWhole(left%step, step)
}

func orWhole(part, whole time.Duration) time.Duration {
	if part == 0 {
		return whole
	}
	return part
}

// countdown says when the next refresh comes. All that it says is of one width, so that nothing beside it moves.
func countdown(d *providers.Dashboard, now time.Time) string {
	left := remaining(d, now)
	word := ""
	switch {
	case d.Refreshing:
		word = "asking"
	case d.Paused:
		word = "paused"
	case d.Next.IsZero():
		return ""
	case left > manySteps:
		word = "next " + strconv.Itoa(int((left+time.Minute-1)/time.Minute)) + "m"
	default:
		word = "next " + strconv.Itoa(int((left+step-1)/step*step/time.Second)) + "s"
	}
	return draw.FitRight(word, max(len("next 90s"), len(word)), "")
}
