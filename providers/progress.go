package providers

import (
	"slices"
	"sync/atomic"
	"time"
)

// Progress is how far a refresh has come with one list.
type Progress struct {
	What  string // "machines"
	Items int    // read so far
	// Expected is how many there were the last time; 0 when there was none.
	Expected int
	Began    time.Time
}

// Rate gives the items that came in a second.
func (p Progress) Rate(now time.Time) float64 {
	seconds := now.Sub(p.Began).Seconds()
	if seconds <= 0 {
		return 0
	}
	return float64(p.Items) / seconds
}

// Left says how long the rest takes at the rate so far; ok is false when that cannot be told.
func (p Progress) Left(now time.Time) (left time.Duration, ok bool) {
	rate := p.Rate(now)
	if p.Items == 0 || p.Items >= p.Expected || rate == 0 {
		return 0, false
	}
	return time.Duration(float64(p.Expected-p.Items) / rate * float64(time.Second)), true
}

// reading counts what comes while one question is answered. It may be used by several goroutines.
type reading struct {
	began           time.Time
	items, expected atomic.Int64
}

// topicLists name the topics whose answers are long.
var topicLists = map[topic]string{
	aboutEntities: "AD entities", aboutMachines: "machines", aboutEndpointAlerts: "endpoint alerts", aboutIdentityAlerts: "identity alerts",
	aboutIncidents: "incidents", aboutLogons: "accounts on machines",
}

// progress says how far the open questions have come, the longest list first.
func (p *pass) progress() []Progress {
	var all []Progress
	for about, what := range topicLists {
		if r := p.readings[about]; p.pending[about] && r != nil {
			all = append(all, Progress{What: what, Items: int(r.items.Load()), Expected: int(r.expected.Load()), Began: r.began})
		}
	}
	slices.SortFunc(all, func(a, b Progress) int {
		return max(b.Expected, b.Items) - max(a.Expected, a.Items)
	})
	return all
}
