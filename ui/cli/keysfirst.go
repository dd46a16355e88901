package cli

import (
	"context"
	"runtime"

	"adbadge/providers"
)

// morePlaces is how many more goroutines than processors may run during a refresh.
const morePlaces = 2

// keysFirst lets keys be answered at once while a refresh is under way, until the context ends. Where it and the collection
// of garbage take all places, what answers a key waits up to 10 ms for one at each of its steps; with places to spare the
// system decides, which prefers threads that have slept. Without a refresh they would only cost: more threads wake up.
func keysFirst(ctx context.Context, refresher *providers.Refresher) {
	own := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(own)
	for known := uint64(0); ; {
		d, err := refresher.Wait(ctx, known)
		if err != nil { // the screen is closed
			return
		}
		places := own
		if d.Refreshing {
			places += morePlaces
		}
		if runtime.GOMAXPROCS(0) != places {
			runtime.GOMAXPROCS(places)
		}
		known = d.Generation
	}
}
