package entra

import (
	"net/http"
	"time"
)

// SetBackoff shortens the waits between tries.
func (a *API) SetBackoff(d time.Duration) { a.backoff = d }

// CheckShape and RetryAfter are tested as they are.
func CheckShape(data []byte) error                   { return checkShape(data) }
func RetryAfter(h http.Header) (time.Duration, bool) { return retryAfter(h) }
func RequestsAllowed(perMinute, perHour int) int {
	l, sent := newLimits(perMinute, perHour), 0
	begun := time.Now()
	for at := begun; at.Before(begun.Add(time.Minute)); at = at.Add(10 * time.Millisecond) {
		allowed := true
		for _, limiter := range l {
			allowed = allowed && limiter.AllowN(at, 1)
		}
		if allowed {
			sent++
		}
	}
	return sent
}
