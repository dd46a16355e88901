package inventory

// lists holds a short list of numbers for each of many keys: the list of key k is numbers[starts[k]:starts[k+1]].
type lists struct {
	starts  []uint32
	numbers []uint32
}

func (l *lists) of(key int) []uint32 {
	if key >= len(l.starts)-1 {
		return nil
	}
	return l.numbers[l.starts[key]:l.starts[key+1]:l.starts[key+1]]
}

// newLists makes the lists of keys 0 to keys-1 out of pairs, which visit hands over twice in the same order. Each list
// keeps that order.
func newLists(keys int, visit func(pair func(key, number uint32))) lists {
	starts := make([]uint32, keys+2)
	visit(func(key, _ uint32) { starts[key+2]++ })
	for i := 2; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	l := lists{numbers: make([]uint32, starts[keys+1])}
	visit(func(key, number uint32) {
		l.numbers[starts[key+1]] = number
		starts[key+1]++
	})
	l.starts = starts[: keys+1 : keys+1]
	return l
}

// with gives the lists of keys 0 to keys-1, in which those of the changed keys are other ones: what list appends. The
// changed keys are in ascending order. Other keys that are new have empty lists.
func (l *lists) with(keys int, changed []uint32, list func(key uint32, numbers []uint32) []uint32) lists {
	next := lists{starts: make([]uint32, keys+1), numbers: make([]uint32, 0, len(l.numbers)+len(changed))}
	key := 0
	takeOver := func(to int) {
		if known := min(to, len(l.starts)-1); key < known {
			shift := uint32(len(next.numbers)) - l.starts[key] // which may be below zero: numbers wrap
			next.numbers = append(next.numbers, l.numbers[l.starts[key]:l.starts[known]]...)
			for ; key < known; key++ {
				next.starts[key] = l.starts[key] + shift
			}
		}
		for ; key < to; key++ {
			next.starts[key] = uint32(len(next.numbers))
		}
	}
	for _, c := range changed {
		if int(c) >= keys {
			break
		}
		takeOver(int(c))
		next.starts[c] = uint32(len(next.numbers))
		next.numbers = list(c, next.numbers)
		key = int(c) + 1
	}
	takeOver(keys)
	next.starts[keys] = uint32(len(next.numbers))
	return next
}
