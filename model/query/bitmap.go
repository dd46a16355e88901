package query

import "math/bits"

// bitmap is a set of rows.
type bitmap []uint64

func newBitmap(rows int) bitmap { return make(bitmap, (rows+63)/64) }

func (b bitmap) set(row int)      { b[row/64] |= 1 << (row % 64) }
func (b bitmap) clear(row int)    { b[row/64] &^= 1 << (row % 64) }
func (b bitmap) has(row int) bool { return b[row/64]>>(row%64)&1 != 0 }

// fill sets the first rows.
func (b bitmap) fill(rows int) {
	for i := range b {
		b[i] = ^uint64(0)
	}
	if rows%64 != 0 {
		b[rows/64] = 1<<(rows%64) - 1
	}
}

func (b bitmap) count() int {
	n := 0
	for _, word := range b {
		n += bits.OnesCount64(word)
	}
	return n
}

// each calls visit for every row in ascending order.
func (b bitmap) each(visit func(row int)) {
	for i, word := range b {
		for ; word != 0; word &= word - 1 {
			visit(i*64 + bits.TrailingZeros64(word))
		}
	}
}

// keep drops the rows that are not in hits, or with not, those that are.
func (b bitmap) keep(hits bitmap, not bool) {
	for i := range b {
		if not {
			b[i] &^= hits[i]
		} else {
			b[i] &= hits[i]
		}
	}
}
