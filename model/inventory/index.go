package inventory

import (
	"maps"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// index finds numbers (rows, positions in a slice) by a hash of their key. It holds no keys: the caller compares.
// A slot is 32 bits: the number plus one, and above it as many bits of the hash as there is room for, so that a
// lookup seldom has to compare a key that is not the one wanted. Of several numbers with an equal key the first is
// in a slot and the others are beside, so that a million equal keys cost no more than a million different ones.
type index struct {
	seed     uint64
	slots    []uint32
	rowBits  uint
	used     int // slots
	repeated map[uint32][]uint32
}

// newIndex makes room for count numbers below limit.
func newIndex(count, limit int) *index {
	return &index{
		seed:    rand.Uint64(),
		slots:   make([]uint32, slotsFor(count)),
		rowBits: rowBits(limit),
	}
}

// slotsFor gives how many slots there are for count numbers, rowBits how many bits the numbers below limit need.
func slotsFor(count int) int { return count + count/3 + 8 }

func rowBits(limit int) uint { return uint(bits.Len(uint(limit) + 1)) }

// slot gives the first place to look for a hash, and the hash's bits that a slot holds.
func (x *index) slot(hash uint64) (at int, tag uint32) {
	hi, lo := bits.Mul64(hash, uint64(len(x.slots)))
	return int(hi), uint32(lo>>32) &^ (1<<x.rowBits - 1)
}

// find gives the first number whose key is the same.
func (x *index) find(hash uint64, same func(number uint32) bool) (number uint32, ok bool) {
	at, tag := x.slot(hash)
	mask := uint32(1)<<x.rowBits - 1
	for {
		slot := x.slots[at]
		if slot == 0 {
			return 0, false
		}
		if slot&^mask == tag && same(slot&mask-1) {
			return slot&mask - 1, true
		}
		if at++; at == len(x.slots) {
			at = 0
		}
	}
}

// batch is how many keys are looked up at the same time.
const batch = 64

// mayHave finds for each of up to batch hashes the first number that may have its key, or noRow. The processor fetches
// the slots of all of them at the same time, where one lookup after the other would wait for each.
func (x *index) mayHave(hashes []uint64, numbers []uint32) {
	var places [batch]uint32
	for i, hash := range hashes {
		at, _ := x.slot(hash)
		places[i], numbers[i] = uint32(at), x.slots[at]
	}
	mask := uint32(1)<<x.rowBits - 1
	for i, hash := range hashes {
		_, tag := x.slot(hash)
		slot, at := numbers[i], int(places[i])
		for slot != 0 && slot&^mask != tag {
			at = x.next(at)
			slot = x.slots[at]
		}
		numbers[i] = slot&mask - 1 // noRow for an empty slot
	}
}

// add puts a number in, unless the key is there already: then it gives the number that it found.
// The caller has seen to it that there is room.
func (x *index) add(hash uint64, number uint32, same func(number uint32) bool) (earlier uint32, found bool) {
	at, tag := x.slot(hash)
	mask := uint32(1)<<x.rowBits - 1
	for x.slots[at] != 0 {
		slot := x.slots[at]
		if slot&^mask == tag && same(slot&mask-1) {
			return slot&mask - 1, true
		}
		if at++; at == len(x.slots) {
			at = 0
		}
	}
	x.slots[at] = tag | (number + 1)
	x.used++
	return 0, false
}

// addNew is add for up to batch keys that are not there yet; see mayHave.
func (x *index) addNew(hashes []uint64, numbers []uint32) {
	var places, slots [batch]uint32
	for i, hash := range hashes {
		at, _ := x.slot(hash)
		places[i], slots[i] = uint32(at), x.slots[at]
	}
	for i, hash := range hashes {
		_, tag := x.slot(hash)
		at := int(places[i])
		if slots[i] != 0 {
			at = x.next(at)
		}
		for x.slots[at] != 0 {
			at = x.next(at)
		}
		x.slots[at] = tag | (numbers[i] + 1)
	}
	x.used += len(hashes)
}

// addRepeated is add for keys that several numbers may have. They stand in ascending order, whatever the order in which
// they come.
func (x *index) addRepeated(hash uint64, number uint32, same func(number uint32) bool) {
	first, found := x.add(hash, number, same)
	if !found {
		return
	}
	others := x.repeated[first]
	if number < first {
		x.change(hash, number, func(n uint32) bool { return n == first })
		delete(x.repeated, first)
		first, number = number, first
	}
	if x.repeated == nil {
		x.repeated = map[uint32][]uint32{}
	}
	at, _ := slices.BinarySearch(others, number)
	x.repeated[first] = slices.Insert(others, at, number)
}

// removeRepeated is remove for keys that several numbers may have.
func (x *index) removeRepeated(hash uint64, number uint32, same func(number uint32) bool, hashOf func(number uint32) uint64) {
	first, found := x.find(hash, same)
	others := x.repeated[first]
	switch {
	case !found:
		return
	case len(others) == 0:
		x.remove(hash, func(n uint32) bool { return n == number }, hashOf)
		return
	case first != number:
		at, _ := slices.BinarySearch(others, number)
		others = slices.Delete(others, at, at+1)
	default:
		delete(x.repeated, first)
		x.change(hash, others[0], func(n uint32) bool { return n == number })
		first, others = others[0], others[1:]
	}
	if x.repeated[first] = others; len(others) == 0 {
		delete(x.repeated, first)
	}
}

// all gives every number whose key is the same, in the order in which they came.
func (x *index) all(hash uint64, same func(number uint32) bool) (first uint32, others []uint32, ok bool) {
	first, ok = x.find(hash, same)
	if !ok {
		return 0, nil, false
	}
	return first, x.repeated[first], true
}

// snapshot copies an index, so that the one can be changed while others read the other.
func (x *index) snapshot() *index {
	c := *x
	c.slots = slices.Clone(x.slots)
	c.repeated = maps.Clone(x.repeated)
	for first, others := range c.repeated {
		c.repeated[first] = slices.Clone(others)
	}
	return &c
}

// hasRoom reports whether so many numbers, all of them below limit, can be added.
func (x *index) hasRoom(more, limit int) bool {
	return x.used+more <= len(x.slots)-len(x.slots)/8 && rowBits(limit) <= x.rowBits
}

// change puts another number in the place of the one with the same key.
func (x *index) change(hash uint64, number uint32, same func(number uint32) bool) {
	at, tag := x.slot(hash)
	mask := uint32(1)<<x.rowBits - 1
	for x.slots[at] != 0 {
		slot := x.slots[at]
		if slot&^mask == tag && same(slot&mask-1) {
			x.slots[at] = tag | (number + 1)
			return
		}
		if at++; at == len(x.slots) {
			at = 0
		}
	}
}

// remove takes the number of a unique key out and gives it. hashOf gives the hash of the key of any number in the
// index: those behind the gap that began their search at or before it move up.
func (x *index) remove(hash uint64, same func(number uint32) bool, hashOf func(number uint32) uint64) (number uint32, ok bool) {
	at, tag := x.slot(hash)
	mask := uint32(1)<<x.rowBits - 1
	for {
		slot := x.slots[at]
		if slot == 0 {
			return 0, false
		}
		if slot&^mask == tag && same(slot&mask-1) {
			number = slot&mask - 1
			break
		}
		at = x.next(at)
	}
	for gap, i := at, x.next(at); ; i = x.next(i) {
		slot := x.slots[i]
		if slot == 0 {
			x.slots[gap] = 0
			x.used--
			return number, true
		}
		home, _ := x.slot(hashOf(slot&mask - 1))
		if x.distance(home, i) >= x.distance(gap, i) {
			x.slots[gap], gap = slot, i
		}
	}
}

func (x *index) next(at int) int {
	if at++; at == len(x.slots) {
		return 0
	}
	return at
}

// distance is how many steps a search takes from one place to another.
func (x *index) distance(from, to int) int { return (to - from + len(x.slots)) % len(x.slots) }
