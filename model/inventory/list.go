package inventory

import (
	"bytes"
	"slices"
	"time"
)

const (
	// pageBits and pageRecords size a page: small, since one in which a record has changed is written anew.
	pageBits    = 8
	pageRecords = 1 << pageBits
	pageMask    = pageRecords - 1
)

// list holds many records of one kind in few pieces of memory that hold no pointers, so that collecting garbage costs
// nothing for them. It never changes: the next one is made with the records that have changed, and shares all other
// pages. F is what is needed of a record often; the rest is read when it is asked for.
type list[F facts] struct {
	pages  []*page[F]
	count  int
	shared []string // texts that many records have, by number
	ids    *index   // finds records by id
	room   int      // records that ids has room for
}

type page[F facts] struct {
	facts  []F
	text   []byte
	textAt []uint32 // where each record begins in text, and behind them where the last one ends
	keys   []uint32 // see keySet
	keysAt []uint32 // as textAt
	newest instant  // the latest age
}

// facts are those of one record.
type facts interface {
	comparable
	age() instant // the newer one of records with the same name counts
	kind() uint64 // the second part of a record's name
}

// recordName is what tells records apart.
type recordName struct {
	id   string
	kind uint64
}

// form says how records of one kind become parts of a page.
type form[T any, F facts] struct {
	facts func(*T) F
	keys  func(record *T, keys []uint32) []uint32
	write func(record *T, shared *dictionary, dst []byte) []byte
	// name is that of records with ids, nil where none has one. Those without an id are never taken for one another. In the
	// text of a record its id comes first.
	name func(*T) recordName
	age  func(*T) time.Time
}

// Len gives the number of records.
func (l list[F]) Len() int { return l.count }

func (l *list[F]) facts(number uint32) *F { return &l.pages[number>>pageBits].facts[number&pageMask] }

// text gives what a record is read from.
func (l *list[F]) text(number uint32) reader {
	p, at := l.pages[number>>pageBits], number&pageMask
	return reader{p.text[p.textAt[at]:p.textAt[at+1]], l.shared}
}

// find gives the number of the record with a name.
func (l *list[F]) find(name recordName) (number uint32, ok bool) {
	if name.id == "" || l.ids == nil {
		return 0, false
	}
	return l.ids.find(name.hash(l.ids.seed), func(other uint32) bool {
		r := l.text(other)
		return r.text() == name.id && (*l.facts(other)).kind() == name.kind
	})
}

func (n *recordName) hash(seed uint64) uint64 { return hashText(seed^n.kind, n.id) }

// newest gives the latest age of any record.
func (l *list[F]) newest() instant {
	newest := noInstant
	for _, p := range l.pages {
		if newest.before(p.newest) {
			newest = p.newest
		}
	}
	return newest
}

// changedSince gives the numbers of the records that are not as they were in an earlier list, those beyond the end of
// either included. It reports false when the two have nothing in common that could be compared.
func (l *list[F]) changedSince(o *list[F]) (numbers []uint32, ok bool) {
	if len(o.shared) > len(l.shared) || !slices.Equal(o.shared, l.shared[:len(o.shared)]) {
		return nil, false
	}
	common := min(l.count, o.count)
	for n := range (common + pageMask) >> pageBits {
		if l.pages[n] == o.pages[n] {
			continue
		}
		for number := uint32(n << pageBits); number < uint32(min((n+1)<<pageBits, common)); number++ {
			if *l.facts(number) != *o.facts(number) || !bytes.Equal(l.text(number).src, o.text(number).src) {
				numbers = append(numbers, number)
			}
		}
	}
	for number := common; number < max(l.count, o.count); number++ {
		numbers = append(numbers, uint32(number))
	}
	return numbers, true
}

// touched gives the numbers of the records that have one of the keys, and perhaps of some others.
func (l *list[F]) touched(keys *keySet) []uint32 {
	if keys.isEmpty() {
		return nil
	}
	return gather(len(l.pages)<<pageBits, func(from, to int) (numbers []uint32) {
		for n := (from + pageMask) >> pageBits; n < (to+pageMask)>>pageBits; n++ {
			p, at := l.pages[n], 0
			for i, key := range p.keys {
				if !keys.has(key) {
					continue
				}
				for p.keysAt[at+1] <= uint32(i) {
					at++
				}
				if number := uint32(n<<pageBits + at); len(numbers) == 0 || numbers[len(numbers)-1] != number {
					numbers = append(numbers, number)
				}
			}
		}
		return numbers
	})
}
