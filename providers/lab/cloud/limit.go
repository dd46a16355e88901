package cloud

import (
	"sync"
	"time"
)

// limit is how many calls one application may make in a window of time.
type limit struct {
	calls  int
	window time.Duration
}

// generosity is how much more the lab allows than the vendor's limits, so that someone who restarts often or runs
// several tools at once does not wait, while a client that asks without end is still stopped.
const generosity = 10

// The documented limits, times generosity.
var (
	endpointLimits = []limit{{100 * generosity, time.Minute}, {1500 * generosity, time.Hour}}
	alertLimits    = []limit{{150 * generosity, time.Minute}}
	huntingLimits  = []limit{{45 * generosity, time.Minute}}
)

// limiter counts calls in fixed windows. It is safe for concurrent use.
type limiter struct {
	limits []limit
	now    func() time.Time

	mu    sync.Mutex
	began []time.Time
	count []int
}

func newLimiter(limits []limit, now func() time.Time) *limiter {
	return &limiter{limits: limits, now: now, began: make([]time.Time, len(limits)), count: make([]int, len(limits))}
}

// take counts a call. When the call is one too many, it gives how long to wait.
func (l *limiter) take() (retryAfter time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for i, limit := range l.limits {
		if now.Sub(l.began[i]) >= limit.window {
			l.began[i], l.count[i] = now, 0
		}
		if l.count[i] >= limit.calls {
			retryAfter = max(retryAfter, l.began[i].Add(limit.window).Sub(now))
		}
	}
	if retryAfter > 0 {
		return retryAfter, false
	}
	for i := range l.count {
		l.count[i]++
	}
	return 0, true
}
