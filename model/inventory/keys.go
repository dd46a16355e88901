package inventory

import (
	"math/rand/v2"
	"strings"

	"adbadge/model"
)

// keySeed is that of all hashes of names and ids by which records of different lists are brought together, so that each
// is hashed once.
var keySeed = rand.Uint64()

// keySet is a set of keys: hashes of all that records and entities may be brought together by. It may hold keys that
// nobody put in, which costs work and changes nothing.
type keySet struct {
	bits  []uint64
	count int
}

// keyBits is how much of a key counts.
const keyBits = 20

func (s *keySet) add(key uint32) {
	if s.bits == nil {
		s.bits = make([]uint64, 1<<keyBits/64)
	}
	key >>= 32 - keyBits
	s.bits[key/64] |= 1 << (key % 64)
	s.count++
}

func (s *keySet) addAll(keys []uint32) {
	for _, key := range keys {
		s.add(key)
	}
}

func (s *keySet) isEmpty() bool { return s.count == 0 }

// has must not be called for an empty set.
func (s *keySet) has(key uint32) bool {
	key >>= 32 - keyBits
	return s.bits[key/64]>>(key%64)&1 != 0
}

func appendGUIDKey(keys []uint32, id *model.GUID) []uint32 {
	if id.IsZero() {
		return keys
	}
	return append(keys, uint32(hashGUID(keySeed, id)>>32))
}

// appendNameKey appends the key of a full or short name, an account name or a UPN, without what may be left out at its
// end where it is looked up.
func appendNameKey(keys []uint32, name string) []uint32 {
	if name == "" {
		return keys
	}
	return append(keys, uint32(hashFolded(keySeed, strings.TrimRight(name, ".$"))>>32))
}

func appendSIDKey(keys []uint32, sid model.SID) []uint32 {
	domain, rid, ok := sid.Split()
	if !ok {
		return keys
	}
	return append(keys, uint32(hashText(keySeed^uint64(rid), string(domain))>>32))
}

// appendRecordKey appends the key of the id of a machine record.
func appendRecordKey(keys []uint32, id string) []uint32 {
	if id == "" {
		return keys
	}
	return append(keys, uint32(hashText(keySeed, id)>>32))
}
