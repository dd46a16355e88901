package model

import (
	"fmt"
	"strings"
	"time"
)

// Limits says how near the requests to a source are to what its service allows.
type Limits struct {
	Requests  uint64    // sent so far, repeated ones included
	Throttled uint64    // of them, refused because there were too many
	Room      float64   // what is left of the number that adbadge allows itself, from 0 to 1; the service allows a little more
	RetryAt   time.Time // until when the service wants to be left alone; zero when it does not
}

// IsNear reports whether answers may be late for that reason.
func (l Limits) IsNear() bool { return l.Room < 0.2 || !l.RetryAt.IsZero() }

// String gives one line: "42 requests, 3 of them throttled, 80% of the limit left".
func (l Limits) String() string {
	parts := []string{fmt.Sprintf("%d requests", l.Requests)}
	if l.Throttled > 0 {
		parts = append(parts, fmt.Sprintf("%d of them throttled", l.Throttled))
	}
	return strings.Join(append(parts, l.Brief()), ", ")
}

// Brief says what is left, or how long nothing is sent.
func (l Limits) Brief() string {
	if !l.RetryAt.IsZero() {
		return "asked too often: waits until " + l.RetryAt.Local().Format("15:04:05")
	}
	return fmt.Sprintf("%.0f%% of the limit left", 100*l.Room)
}
