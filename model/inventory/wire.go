package inventory

import (
	"cmp"
	"encoding/binary"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// instant is a time without a pointer.
type instant struct {
	seconds int64 // since 1970
	nanos   uint32
}

// noInstant is that of the zero time, which is before all others.
var noInstant = instantOf(time.Time{})

func instantOf(t time.Time) instant { return instant{t.Unix(), uint32(t.Nanosecond())} }

func (i instant) time() time.Time { return time.Unix(i.seconds, int64(i.nanos)).UTC() }

func (i instant) isZero() bool { return i == noInstant }

func (i instant) compare(o instant) int {
	if i.seconds != o.seconds {
		return cmp.Compare(i.seconds, o.seconds)
	}
	return cmp.Compare(i.nanos, o.nanos)
}

func (i instant) before(o instant) bool { return i.compare(o) < 0 }

// What follows writes the parts of a record, and reads them in the same order.

func appendText[S ~string](dst []byte, s S) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// appendShared writes a text that many records have.
func appendShared[S ~string](dst []byte, shared *dictionary, s S) []byte {
	return binary.AppendUvarint(dst, uint64(shared.number(string(s))))
}

func appendGUID(dst []byte, id model.GUID) []byte {
	if id.IsZero() {
		return append(dst, 0)
	}
	return append(append(dst, 1), id[:]...)
}

func appendTime(dst []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(dst, 0)
	}
	i := instantOf(t)
	return binary.AppendUvarint(binary.AppendVarint(append(dst, 1), i.seconds), uint64(i.nanos))
}

// reader reads a record. The texts that it gives share the memory of the page, which nobody changes.
type reader struct {
	src    []byte
	shared []string
}

func (r *reader) text() (s string) {
	s, r.src = readString(r.src)
	return s
}

func (r *reader) line() text.Line { return text.Line(r.text()) }

func (r *reader) sharedText() text.Line { return text.Line(r.shared[r.number()]) }

func (r *reader) number() uint64 {
	if n := r.src[0]; n < 0x80 {
		r.src = r.src[1:]
		return uint64(n)
	}
	n, size := binary.Uvarint(r.src)
	r.src = r.src[size:]
	return n
}

func (r *reader) byte() byte {
	b := r.src[0]
	r.src = r.src[1:]
	return b
}

func (r *reader) guid() (id model.GUID) {
	if r.byte() == 0 {
		return id
	}
	r.src = r.src[copy(id[:], r.src):]
	return id
}

func (r *reader) time() time.Time {
	if r.byte() == 0 {
		return time.Time{}
	}
	seconds, size := binary.Varint(r.src)
	r.src = r.src[size:]
	return instant{seconds, uint32(r.number())}.time()
}
