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

// PageAfter reads a page in the memory of the items of the page before, and alone.
func PageAfter[T any](a *API, before, raw []byte) (after, alone []T, afterErr, aloneErr error) {
	w := newWalk(a, List{Path: "/api/machines", Name: "machines"})
	room, _, _ := decodePage[T](w, before, nil)
	alone, _, aloneErr = decodePage[T](w, raw, nil)
	after, _, afterErr = decodePage(w, raw, room)
	return after, alone, afterErr, aloneErr
}

// DecodePage reads a page of a list at a server, and says whether the next page would be asked for, and where.
func (a *API) DecodePage(raw []byte) (items, bad int, next string, err error) {
	w := newWalk(a, List{Path: "/api/machines", Name: "machines"})
	list, link, err := decodePage[struct {
		ID int `json:"id"`
	}](w, raw, nil)
	if err == nil && link != "" {
		if u, why := w.resolve(link); why == "" {
			next = u.String()
		}
	}
	return len(list), w.bad, next, err
}
