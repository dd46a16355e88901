package entra

import (
	"sync"
	"time"

	"adbadge/model"
)

// Stats say how an API has answered so far.
type Stats struct {
	Requests  uint64        // sent, tries included
	Failed    uint64        // of them, without an answer or with an error status
	Throttled uint64        // of them, refused with 429
	Latency   time.Duration // of the last answer, until its end
	At        time.Time     // when it came, by our clock; zero when none came
	RetryAt   time.Time     // until when the last request that is held back waits, by our clock; zero when there was none
	Date      time.Time     // what the other end's clock said then; zero when it did not say
	// Room is how much of adbadge's own limit of requests is left, from 0 to 1.
	Room float64
}

// Stats gives the figures so far.
func (a *API) Stats() Stats {
	s := a.stats.read()
	s.Room = a.limits.room()
	return s
}

// Limits says how near the requests are to what the service allows.
func (a *API) Limits() model.Limits {
	s := a.Stats()
	if !s.RetryAt.After(time.Now()) {
		s.RetryAt = time.Time{}
	}
	return model.Limits{Requests: s.Requests, Throttled: s.Throttled, Room: s.Room, RetryAt: s.RetryAt}
}

type stats struct {
	mu sync.Mutex
	s  Stats
}

func (s *stats) read() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.s
}

func (s *stats) change(do func(*Stats)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(&s.s)
}

// hasAnswered reports whether any answer has come.
func (s *stats) hasAnswered() bool { return !s.read().At.IsZero() }
