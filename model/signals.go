package model

import "time"

// Signal is the newest sign of life of a product in its own data, rather than in what it concluded from them.
type Signal struct {
	Known bool      // it could be asked for
	At    time.Time // zero when there was none within the last day
}

// Signals are those of both products.
type Signals struct{ Identity, Endpoint Signal }
