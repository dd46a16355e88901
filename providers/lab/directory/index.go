package directory

import (
	"bytes"
	"hash/maphash"
	"slices"
	"strings"
)

// index finds single entries: by distinguished name, by objectGUID, by account name, and by primary group where that is
// not the one that nearly all accounts have.
type index struct {
	seed maphash.Seed
	keys []indexKey // sorted
}

type indexKey struct {
	hash   uint64
	number uint32
}

// buildIndex goes over all entries as they were at the start, and so waits until they are encoded.
func (s *store) buildIndex() *index {
	x := &index{seed: maphash.MakeSeed(), keys: make([]indexKey, 0, 3*s.total)}
	for n := range uint32(s.total) {
		e := s.original(n)
		x.keys = append(x.keys, indexKey{x.hash(distinguishedName, e.name), n})
		for _, a := range [...]attr{objectGUID, sAMAccountName, primaryGroupID} {
			if value, _, ok := cut(e.values(a)); ok && isKey(a, value) {
				x.keys = append(x.keys, indexKey{x.hash(a, value), n})
			}
		}
	}
	slices.SortFunc(x.keys, func(a, b indexKey) int {
		switch {
		case a.hash < b.hash:
			return -1
		case a.hash > b.hash:
			return 1
		}
		return int(a.number) - int(b.number)
	})
	return x
}

// isKey reports whether an indexed attribute's value tells few entries from the others.
func isKey(a attr, value []byte) bool {
	return a != primaryGroupID || string(value) != domainUsers && string(value) != domainComputers
}

// Primary groups of new accounts, by their relative identifiers.
const (
	domainUsers     = "513"
	domainComputers = "515"
)

func (x *index) hash(a attr, value []byte) uint64 {
	if a != objectGUID {
		value = bytes.ToLower(value)
	}
	return maphash.Bytes(x.seed, value) ^ uint64(a)*0x9e3779b97f4a7c15
}

// candidates gives the entries that may have the value, by number.
func (x *index) candidates(a attr, value []byte) []uint32 {
	hash := x.hash(a, value)
	at, _ := slices.BinarySearchFunc(x.keys, hash, func(k indexKey, h uint64) int {
		switch {
		case k.hash < h:
			return -1
		case k.hash > h:
			return 1
		}
		return 0
	})
	var found []uint32
	for ; at < len(x.keys) && x.keys[at].hash == hash; at++ {
		found = append(found, x.keys[at].number)
	}
	return found
}

// find gives the entry of a canonical distinguished name.
func (s *store) find(name string) (uint32, bool) {
	named := func(n uint32) bool {
		e := s.entry(n)
		return strings.EqualFold(string(e.name), name)
	}
	if n, ok := s.byName[strings.ToLower(name)]; ok && named(n) {
		return n, true
	}
	for _, n := range s.candidates(distinguishedName, []byte(name)) {
		if named(n) {
			return n, true
		}
	}
	return 0, false
}

// candidates gives the entries that may have a value now, in order.
func (s *store) candidates(a attr, value []byte) []uint32 {
	found := append(s.index().candidates(a, value), s.noted(a, value)...)
	slices.Sort(found)
	return slices.Compact(found)
}
