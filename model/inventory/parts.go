package inventory

import (
	"runtime"
	"sync"
)

// fewItems is how many are not worth a second goroutine.
const fewItems = 4096

// inParts divides the numbers below count among the processors and waits until all are done.
func inParts(count int, work func(from, to int)) {
	parts := runtime.GOMAXPROCS(0)
	if count < fewItems || parts == 1 {
		work(0, count)
		return
	}
	var wait sync.WaitGroup
	for part := range parts {
		wait.Go(func() { work(count*part/parts, count*(part+1)/parts) })
	}
	wait.Wait()
}
