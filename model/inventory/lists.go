package inventory

// lists holds a short list of numbers for each of many keys: the list of key k is numbers[starts[k]:starts[k+1]].
type lists struct {
	starts  []uint32
	numbers []uint32
}

func (l *lists) of(key int) []uint32 {
	if len(l.starts) == 0 {
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
