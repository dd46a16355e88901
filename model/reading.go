package model

import (
	"errors"
	"time"
)

// Reading says what came of reading a list of a cloud source, beside its items.
type Reading struct {
	Gaps []Gap
	// At is when the reading began, by the clock of the service: changes can be asked for from then on. It is zero when the
	// service does not tell its time.
	At time.Time
}

// IsCutOff reports whether the list ends early, so that changes are missing from it too.
func (r Reading) IsCutOff() bool {
	for _, g := range r.Gaps {
		if g.Missing && g.Count == 0 {
			return true
		}
	}
	return false
}

// ErrChangesRefused says that a service does not tell what has changed since a time. Everything has to be read again.
var ErrChangesRefused = errors.New("the service does not tell what has changed since it was asked last")
