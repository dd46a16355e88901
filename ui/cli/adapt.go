package cli

import (
	"context"
	"runtime"
	"runtime/debug"

	"adbadge/providers"
)

// morePlaces is how many more goroutines than processors may run during a refresh.
const morePlaces = 2

// Of more rows than manyRows garbage is collected when a quarter has come to what is in use. Tables have few pointers, so
// that this costs next to nothing, while a refresh of all rows takes a third less memory. In a small heap it would cost.
const manyRows, garbageOfMany = 1 << 17, 25

// adapt fits the runtime of Go to what is under way on the screen, until the context ends; then it is as before.
//
// Keys are answered at once during a refresh as well. Where it and the collection of garbage take all places, what answers
// a key waits up to 10 ms for one at each of its steps; with places to spare the system decides, which prefers threads that
// have slept. Without a refresh they would only cost: more threads wake up.
func adapt(ctx context.Context, refresher *providers.Refresher) {
	places, many := runtime.GOMAXPROCS(0), false
	garbage := 0 // what it was, while there are many rows
	defer func() {
		runtime.GOMAXPROCS(places)
		if many {
			debug.SetGCPercent(garbage)
		}
	}()
	for known := uint64(0); ; {
		d, err := refresher.Wait(ctx, known)
		if err != nil { // the screen is closed
			return
		}
		known = d.Generation
		wanted := places
		if d.Refreshing {
			wanted += morePlaces
		}
		if runtime.GOMAXPROCS(0) != wanted {
			runtime.GOMAXPROCS(wanted)
		}
		if !many && d.View.Len() > manyRows {
			many, garbage = true, debug.SetGCPercent(garbageOfMany)
		}
	}
}
