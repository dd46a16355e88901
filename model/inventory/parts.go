package inventory

import (
	"cmp"
	"runtime"
	"slices"
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

// gather is inParts for work that gives numbers; those of the parts are put together in their order.
func gather(count int, work func(from, to int) []uint32) []uint32 {
	type part struct {
		from    int
		numbers []uint32
	}
	var parts []part
	var lock sync.Mutex
	inParts(count, func(from, to int) {
		numbers := work(from, to)
		lock.Lock()
		defer lock.Unlock()
		parts = append(parts, part{from, numbers})
	})
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.from, b.from) })
	all := parts[0].numbers
	for _, p := range parts[1:] {
		all = append(all, p.numbers...)
	}
	return all
}

// allNumbers gives the numbers below count.
func allNumbers(count int) []uint32 {
	numbers := make([]uint32, count)
	for i := range numbers {
		numbers[i] = uint32(i)
	}
	return numbers
}
