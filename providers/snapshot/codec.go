package snapshot

import (
	"encoding/binary"
	"errors"
	"time"
	"unsafe"

	"adbadge/model"
	"adbadge/model/text"
)

// codec writes values to bytes or reads them from there: one description of a type serves for both, so that what is
// read is what was written. Reading goes on after an error, with zeros.
type codec struct {
	reading bool
	data    []byte // what was written, or what is still to be read
	err     error

	numbers map[string]uint64      // of the words that were written
	words   []string               // that were read, by their numbers
	shared  map[model.Setup]uint64 // numbers of those that were written
	setups  []*model.Setup         // that were read, by their numbers
}

func newWriter(scratch []byte) *codec {
	return &codec{data: scratch[:0], numbers: map[string]uint64{}, shared: map[model.Setup]uint64{}}
}

func newReader(data []byte) *codec { return &codec{reading: true, data: data} }

var errDamaged = errors.New("a list is damaged")

func (c *codec) fail() { c.data, c.err = nil, errDamaged }

// number is one that is not negative.
func (c *codec) number(n *uint64) {
	if !c.reading {
		c.data = binary.AppendUvarint(c.data, *n)
		return
	}
	value, size := binary.Uvarint(c.data)
	if size <= 0 {
		c.fail()
		value, size = 0, 0
	}
	*n, c.data = value, c.data[size:]
}

func (c *codec) count(n *int) {
	value := uint64(*n)
	c.number(&value)
	if value > 1<<31 {
		c.fail()
		value = 0
	}
	*n = int(value)
}

func (c *codec) flag(b *bool) {
	value := uint64(0)
	if *b {
		value = 1
	}
	c.number(&value)
	*b = value != 0
}

// enum is a value of a type that ends with last.
func enum[T ~uint8](c *codec, value *T, last T) {
	number := uint64(*value)
	c.number(&number)
	if number > uint64(last) {
		c.fail()
		number = 0
	}
	*value = T(number)
}

// unique is a text that hardly comes twice. What is read shares the memory of data.
func unique[T ~string](c *codec, s *T) {
	length := uint64(len(*s))
	c.number(&length)
	if c.reading {
		*s = T(c.take(length))
		return
	}
	c.data = append(c.data, *s...)
}

// word is a text that comes again and again: it is written once.
func word[T ~string](c *codec, s *T) {
	if c.reading {
		var number uint64
		c.number(&number)
		switch known := uint64(len(c.words)); {
		case number < known:
			*s = T(c.words[number])
		case number == known:
			unique(c, s)
			c.words = append(c.words, string(*s))
		default:
			c.fail()
		}
		return
	}
	number, known := c.numbers[string(*s)]
	if !known {
		number = uint64(len(c.numbers))
		c.numbers[string(*s)] = number
	}
	c.number(&number)
	if !known {
		unique(c, s)
	}
}

// take gives the next bytes as text, which must be clean.
func (c *codec) take(length uint64) string {
	if length > uint64(len(c.data)) {
		c.fail()
		return ""
	}
	s := unsafe.String(unsafe.SliceData(c.data), int(length)) // nobody changes data
	c.data = c.data[length:]
	if !text.IsClean(s) {
		c.fail()
		return ""
	}
	return s
}

// time is a time in UTC, or none.
func (c *codec) time(t *time.Time) {
	var seconds, nanoseconds uint64
	if !c.reading && !t.IsZero() {
		seconds = uint64(t.Unix()-firstSecond) + 1
		nanoseconds = uint64(t.Nanosecond())
	}
	c.number(&seconds)
	if seconds == 0 {
		*t = time.Time{}
		return
	}
	c.number(&nanoseconds)
	if nanoseconds >= uint64(time.Second) || seconds > lastSecond {
		c.fail()
		seconds, nanoseconds = 1, 0
	}
	*t = time.Unix(int64(seconds-1)+firstSecond, int64(nanoseconds)).UTC()
}

// firstSecond is the zero time in Unix seconds, lastSecond the end of the year 9999 counted from there.
const firstSecond, lastSecond = -62135596800, 315537897600

func (c *codec) guid(id *model.GUID) {
	set := !id.IsZero()
	c.flag(&set)
	switch {
	case !set:
		*id = model.GUID{}
	case !c.reading:
		c.data = append(c.data, id[:]...)
	case len(c.data) < len(id):
		c.fail()
	default:
		*id, c.data = model.GUID(c.data[:len(id)]), c.data[len(id):]
	}
}

// list is a list of few items; an empty one is read as nil.
func list[T any](c *codec, items *[]T, each func(*codec, *T)) {
	length := len(*items)
	c.count(&length)
	if length > len(c.data) && c.reading { // every item has a byte at least
		c.fail()
		length = 0
	}
	if c.reading {
		*items = nil
		if length > 0 {
			*items = make([]T, length)
		}
	}
	for i := range *items {
		each(c, &(*items)[i])
	}
}
