package inventory

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"adbadge/model/text"
)

// sortByKey sorts rows by their keys, keeping the order of rows with equal keys: a radix sort of up to four passes.
func sortByKey(rows, keys []uint32, reverse bool) []uint32 {
	flip := uint32(0)
	if reverse {
		flip = ^uint32(0)
	}
	from, to := slices.Clone(rows), make([]uint32, len(rows))
	for shift := 0; shift < 32; shift += 8 {
		var starts [256]int
		for _, key := range keys {
			starts[(key^flip)>>shift&0xff]++
		}
		if isOneBucket(&starts, len(keys)) {
			continue
		}
		sum := 0
		for digit, count := range starts {
			starts[digit] = sum
			sum += count
		}
		for _, row := range from {
			digit := (keys[row] ^ flip) >> shift & 0xff
			to[starts[digit]] = row
			starts[digit]++
		}
		from, to = to, from
	}
	return from
}

func isOneBucket(counts *[256]int, all int) bool {
	for _, count := range counts {
		if count != 0 {
			return count == all
		}
	}
	return true
}

// appendFoldedName folds a name for sorting. The empty name goes last.
func appendFoldedName(dst []byte, name string) []byte {
	if name == "" {
		return append(dst, 0xff)
	}
	return text.AppendFold(dst, name)
}

// textKey is the next eight bytes of a text as a number, and the row that has it.
type textKey struct {
	prefix uint64
	row    uint32
}

// sortTexts sorts rows 0 to count-1 by the text that read appends, and equal ones by row. It works on eight bytes at a
// time and looks at further ones only of rows that are equal so far.
func sortTexts(count int, read func(row int, dst []byte) []byte) []uint32 {
	s := textSorter{read: read, keys: make([]textKey, count), spare: make([]textKey, count)}
	for row := range s.keys {
		s.keys[row].row = uint32(row)
	}
	s.sort(0, count, 0)
	order := make([]uint32, count)
	for i := range s.keys {
		order[i] = s.keys[i].row
	}
	return order
}

type textSorter struct {
	read        func(row int, dst []byte) []byte
	keys, spare []textKey
	a, b        []byte
}

// fewTexts is how many are sorted by comparing them whole rather than by a radix sort.
const fewTexts = 96

// deepestPrefix is from where on texts are compared whole however many there are, as they may all be equal.
const deepestPrefix = 64

// sort orders keys[from:to], whose texts are equal in the bytes before skip.
func (s *textSorter) sort(from, to, skip int) {
	part := s.keys[from:to]
	if len(part) < 2 {
		return
	}
	if len(part) <= fewTexts || skip >= deepestPrefix {
		slices.SortFunc(part, s.compare)
		return
	}
	for i := range part {
		s.a = s.read(int(part[i].row), s.a[:0])
		part[i].prefix = prefixOf(s.a, skip)
	}
	s.radix(part, s.spare[from:to])
	for start := 0; start < len(part); {
		end := start + 1
		for end < len(part) && part[end].prefix == part[start].prefix {
			end++
		}
		// A last byte of zero means that the texts end here, and are equal.
		if end-start > 1 && part[start].prefix&0xff != 0 {
			s.sort(from+start, from+end, skip+8)
		}
		start = end
	}
}

// prefixOf gives eight bytes of a text, zeros beyond its end. Folded text holds no zeros.
func prefixOf(text []byte, skip int) uint64 {
	if skip+8 <= len(text) {
		return binary.BigEndian.Uint64(text[skip:])
	}
	var word [8]byte
	copy(word[:], text[min(skip, len(text)):])
	return binary.BigEndian.Uint64(word[:])
}

func (s *textSorter) compare(a, b textKey) int {
	s.a, s.b = s.read(int(a.row), s.a[:0]), s.read(int(b.row), s.b[:0])
	return cmp.Or(bytes.Compare(s.a, s.b), cmp.Compare(a.row, b.row))
}

// radix sorts by prefix and leaves the result in keys.
func (s *textSorter) radix(keys, spare []textKey) {
	from, to := keys, spare
	for shift := 0; shift < 64; shift += 8 {
		var starts [256]int
		for i := range from {
			starts[from[i].prefix>>shift&0xff]++
		}
		if isOneBucket(&starts, len(from)) {
			continue
		}
		sum := 0
		for digit, count := range starts {
			starts[digit] = sum
			sum += count
		}
		for i := range from {
			digit := from[i].prefix >> shift & 0xff
			to[starts[digit]] = from[i]
			starts[digit]++
		}
		from, to = to, from
	}
	if len(from) > 0 && &from[0] != &keys[0] {
		copy(keys, from)
	}
}

// distinctRanks numbers the rows of an order so that those with equal texts have equal numbers.
func distinctRanks(order []uint32, read func(row int, dst []byte) []byte) []uint32 {
	ranks := make([]uint32, len(order))
	var last, text []byte
	rank := uint32(0)
	for i, row := range order {
		text = read(int(row), text[:0])
		if i > 0 && !bytes.Equal(text, last) {
			rank++
		}
		ranks[row] = rank
		last, text = text, last
	}
	return ranks
}

// rankValues gives the rank of each value of a dictionary. Values that fold alike are equal, the empty one goes last.
func rankValues(values []string) []uint32 {
	read := func(row int, dst []byte) []byte { return appendFoldedName(dst, values[row]) }
	return distinctRanks(sortTexts(len(values), read), read)
}

// rankValues2 ranks the values of two dictionaries together.
func rankValues2(a, b []string) (ranksA, ranksB []uint32) {
	ranks := rankValues(append(a[:len(a):len(a)], b...))
	return ranks[:len(a)], ranks[len(a):]
}
