package inventory

import (
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

// rankValues gives the rank of each value of a dictionary. Values that fold alike are equal, the empty one goes last.
func rankValues(values []string) []uint32 {
	return rankTexts(len(values), func(row int, dst []byte) []byte { return appendFoldedName(dst, values[row]) })
}

// rankValues2 ranks the values of two dictionaries together.
func rankValues2(a, b []string) (ranksA, ranksB []uint32) {
	ranks := rankValues(append(a[:len(a):len(a)], b...))
	return ranks[:len(a)], ranks[len(a):]
}
