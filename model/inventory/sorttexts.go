package inventory

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
)

// textKey is eight bytes of a text as a number, and the row that has it.
type textKey struct {
	prefix uint64
	row    uint32
}

// textSorter sorts texts by eight bytes at a time, and looks at further ones only of rows that are equal so far.
type textSorter struct {
	texts       []byte   // one after the other
	ends        []uint64 // of each row's text
	keys, spare []textKey
}

const (
	// fewTexts is how many are sorted by comparing them whole rather than by a radix sort.
	fewTexts = 96
	// deepestPrefix is from where on texts are compared whole however many there are.
	deepestPrefix = 256
)

// sortTexts sorts rows 0 to count-1 by the text that read appends, and equal ones by row.
func sortTexts(count int, read func(row int, dst []byte) []byte) []uint32 {
	s := newTextSorter(count, read)
	order := make([]uint32, count)
	for i := range s.keys {
		order[i] = s.keys[i].row
	}
	return order
}

// rankTexts numbers rows 0 to count-1 by the text that read appends. Rows with equal texts have equal numbers.
func rankTexts(count int, read func(row int, dst []byte) []byte) []uint32 {
	s := newTextSorter(count, read)
	ranks := make([]uint32, count)
	rank := uint32(0)
	for i := range s.keys {
		row := s.keys[i].row
		if i > 0 && !bytes.Equal(s.text(row, 0), s.text(s.keys[i-1].row, 0)) {
			rank++
		}
		ranks[row] = rank
	}
	return ranks
}

// newTextSorter gives a sorter that is done.
func newTextSorter(count int, read func(row int, dst []byte) []byte) *textSorter {
	s := &textSorter{ends: make([]uint64, count), keys: make([]textKey, count), spare: make([]textKey, count)}
	s.readAll(count, read)
	s.sort(0, count, 0)
	return s
}

// readAll gathers the texts, on all processors.
func (s *textSorter) readAll(count int, read func(row int, dst []byte) []byte) {
	type part struct {
		from, to int
		texts    []byte
	}
	var parts []part
	var lock sync.Mutex
	inParts(count, func(from, to int) {
		texts := make([]byte, 0, (to-from)*16)
		for row := from; row < to; row++ {
			texts = read(row, texts)
			s.ends[row] = uint64(len(texts))
			s.keys[row].row = uint32(row)
		}
		lock.Lock()
		defer lock.Unlock()
		parts = append(parts, part{from, to, texts})
	})
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.from, b.from) })
	for i, p := range parts {
		if i == 0 {
			s.texts = p.texts
			continue
		}
		before := uint64(len(s.texts))
		for row := p.from; row < p.to; row++ {
			s.ends[row] += before
		}
		s.texts = append(s.texts, p.texts...)
	}
}

// text gives the bytes of a row's text from skip on.
func (s *textSorter) text(row uint32, skip int) []byte {
	start := uint64(0)
	if row > 0 {
		start = s.ends[row-1]
	}
	text := s.texts[start:s.ends[row]]
	return text[min(skip, len(text)):]
}

// sort orders keys[from:to], whose texts are equal in the bytes before skip and which are in the order of their rows.
func (s *textSorter) sort(from, to, skip int) {
	part := s.keys[from:to]
	if len(part) <= fewTexts || skip >= deepestPrefix {
		slices.SortFunc(part, func(a, b textKey) int {
			return cmp.Or(bytes.Compare(s.text(a.row, skip), s.text(b.row, skip)), cmp.Compare(a.row, b.row))
		})
		return
	}
	inParts(len(part), func(from, to int) {
		for i := from; i < to; i++ {
			part[i].prefix = prefixOf(s.text(part[i].row, skip))
		}
	})
	radixSort(part, s.spare[from:to])
	runs := equalRuns(part)
	inParts(len(runs), func(first, last int) {
		for _, r := range runs[first:last] {
			s.sort(from+int(r.from), from+int(r.to), skip+8)
		}
	})
}

type run struct{ from, to uint32 }

// equalRuns gives the runs of equal prefixes that need a further look: a last byte of zero means that the texts end
// here, and are equal.
func equalRuns(keys []textKey) (runs []run) {
	for start := 0; start < len(keys); {
		end := start + 1
		for end < len(keys) && keys[end].prefix == keys[start].prefix {
			end++
		}
		if end-start > 1 && keys[start].prefix&0xff != 0 {
			runs = append(runs, run{uint32(start), uint32(end)})
		}
		start = end
	}
	return runs
}

// prefixOf gives the first eight bytes of a text, zeros beyond its end. Folded text holds no zeros.
func prefixOf(text []byte) uint64 {
	if len(text) >= 8 {
		return binary.BigEndian.Uint64(text)
	}
	var word [8]byte
	copy(word[:], text)
	return binary.BigEndian.Uint64(word[:])
}

// radixSort sorts by prefix, and leaves equal ones in their order.
func radixSort(keys, spare []textKey) {
	var counts [8][256]int
	for i := range keys {
		for digit := range counts {
			counts[digit][keys[i].prefix>>(8*digit)&0xff]++
		}
	}
	from, to := keys, spare
	for digit := range counts {
		starts := &counts[digit]
		if isOneBucket(starts, len(from)) {
			continue
		}
		sum := 0
		for value, count := range starts {
			starts[value] = sum
			sum += count
		}
		for i := range from {
			value := from[i].prefix >> (8 * digit) & 0xff
			to[starts[value]] = from[i]
			starts[value]++
		}
		from, to = to, from
	}
	if len(from) > 0 && &from[0] != &keys[0] {
		copy(keys, from)
	}
}
