package inventory

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode"

	"adbadge/model"
)

// Hashes are seeded for each index, so that nobody outside can choose names that collide.

const (
	mixA = 0xa0761d6478bd642f
	mixB = 0xe7037ed1a0b428db
	// lowerCase sets, in eight bytes at once, the bit that tells lower from upper case in ASCII letters. It merges a few
	// other characters as well, which is why whoever finds an equal hash still compares the names.
	lowerCase = 0x2020202020202020
	highBits  = 0x8080808080808080
)

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// hashGUID hashes the 16 bytes of an id.
func hashGUID(seed uint64, id *model.GUID) uint64 {
	a := binary.LittleEndian.Uint64(id[:8])
	b := binary.LittleEndian.Uint64(id[8:])
	return mix(mix(a^seed^mixA, b^mixB), seed^mixA)
}

// hashFolded hashes a name so that names which strings.EqualFold calls equal have the same hash.
func hashFolded(seed uint64, name string) uint64 {
	hash, ascii := hashASCII(seed, name)
	if !ascii {
		hash, _ = hashASCII(seed, canonicalCase(name))
	}
	return hash
}

// hashASCII reports false when it meets a character beyond ASCII and ends there, unless name is canonical already.
func hashASCII(seed uint64, name string) (hash uint64, ascii bool) {
	hash = seed ^ mixA ^ uint64(len(name))
	var seen uint64
	for len(name) >= 8 {
		word := uint64(name[0]) | uint64(name[1])<<8 | uint64(name[2])<<16 | uint64(name[3])<<24 |
			uint64(name[4])<<32 | uint64(name[5])<<40 | uint64(name[6])<<48 | uint64(name[7])<<56
		seen |= word
		hash = mix(hash^(word|lowerCase), mixB)
		name = name[8:]
	}
	var word uint64
	for i := range len(name) {
		word |= uint64(name[i]) << (8 * i)
	}
	seen |= word
	hash = mix(hash^(word|lowerCase), mixB)
	return mix(hash, seed^mixB), seen&highBits == 0
}

// canonicalCase replaces each character by the first of those that simple case folding makes equal.
func canonicalCase(name string) string {
	return strings.Map(func(r rune) rune {
		first := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			first = min(first, next)
		}
		return first
	}, name)
}

// hashText hashes exact text.
func hashText(seed uint64, s string) uint64 {
	hash := seed ^ mixA ^ uint64(len(s))
	for len(s) >= 8 {
		word := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		hash = mix(hash^word, mixB)
		s = s[8:]
	}
	var word uint64
	for i := range len(s) {
		word |= uint64(s[i]) << (8 * i)
	}
	return mix(mix(hash^word, mixB), seed^mixB)
}
