package directory

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// Tags that LDAP uses (RFC 4511).
const (
	tagBoolean    = 0x01
	tagInteger    = 0x02
	tagOctets     = 0x04
	tagEnumerated = 0x0a
	tagSequence   = 0x30
	tagSet        = 0x31
)

// Limits on what a client may send.
const (
	maxMessage = 1 << 20 // bytes
	maxDepth   = 64      // nesting, for filters
)

var (
	errTooLarge  = errors.New("message larger than 1 MiB")
	errMalformed = errors.New("malformed message")
)

// readMessage reads one whole message, at most maxMessage bytes, and checks that it is well-formed to the last
// byte: definite lengths, nothing that sticks out of what holds it, limited nesting. What passes can be decoded
// by a library that is less careful.
func readMessage(r *bufio.Reader) ([]byte, error) {
	tag, err := r.ReadByte()
	if err != nil {
		return nil, err
	}
	if tag != tagSequence {
		return nil, errMalformed
	}
	header, length, err := readLength(r, []byte{tag})
	if err != nil {
		return nil, err
	}
	if length > maxMessage {
		return nil, errTooLarge
	}
	// The buffer grows with what really comes, so that a header alone claims no memory.
	message := header
	for want := len(header) + length; len(message) < want; {
		step := min(want-len(message), 16<<10)
		at := len(message)
		message = append(message, make([]byte, step)...)
		if _, err := io.ReadFull(r, message[at:]); err != nil {
			return nil, err
		}
	}
	return message, wellFormed(message)
}

func readLength(r *bufio.Reader, header []byte) ([]byte, int, error) {
	first, err := r.ReadByte()
	if err != nil {
		return nil, 0, err
	}
	header = append(header, first)
	if first < 0x80 {
		return header, int(first), nil
	}
	n := int(first & 0x7f)
	if n == 0 || n > 4 {
		return nil, 0, errMalformed
	}
	length := 0
	for range n {
		b, err := r.ReadByte()
		if err != nil {
			return nil, 0, err
		}
		header = append(header, b)
		length = length<<8 | int(b)
	}
	return header, length, nil
}

// wellFormed checks a message without recursion: the stack holds where each constructed value ends.
func wellFormed(message []byte) error {
	var ends [maxDepth]int
	depth, at, end := 0, 0, len(message)
	for {
		for at == end {
			if depth == 0 {
				return nil
			}
			depth--
			end = ends[depth]
		}
		tag := message[at]
		content, size, ok := cut(message[at:end])
		if !ok {
			return errMalformed
		}
		if tag&0x20 == 0 {
			at += size
			continue
		}
		if depth == maxDepth {
			return errMalformed
		}
		ends[depth] = end
		depth++
		at, end = at+size-len(content), at+size
	}
}

// cut takes one value off the front: its content, and its whole size. Multi-byte tags do not occur in LDAP.
func cut(b []byte) (content []byte, size int, ok bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return nil, 0, false
	}
	length, at := int(b[1]), 2
	if b[1] >= 0x80 {
		n := int(b[1] & 0x7f)
		if n == 0 || n > 4 || len(b) < 2+n {
			return nil, 0, false
		}
		length = 0
		for _, x := range b[2 : 2+n] {
			length = length<<8 | int(x)
		}
		at += n
	}
	if length > len(b)-at {
		return nil, 0, false
	}
	return b[at : at+length], at + length, true
}

// appendHeader appends a tag and a length in the shortest form.
func appendHeader(b []byte, tag byte, length int) []byte {
	switch {
	case length < 0x80:
		return append(b, tag, byte(length))
	case length < 1<<8:
		return append(b, tag, 0x81, byte(length))
	case length < 1<<16:
		return append(b, tag, 0x82, byte(length>>8), byte(length))
	}
	return append(b, tag, 0x84, byte(length>>24), byte(length>>16), byte(length>>8), byte(length))
}

func headerSize(length int) int {
	switch {
	case length < 0x80:
		return 2
	case length < 1<<8:
		return 3
	case length < 1<<16:
		return 4
	}
	return 6
}

func appendString(b []byte, tag byte, s string) []byte {
	return append(appendHeader(b, tag, len(s)), s...)
}

func appendInt(b []byte, tag byte, n int64) []byte {
	size := 1
	for v := n; v > 127 || v < -128; v >>= 8 {
		size++
	}
	b = append(b, tag, byte(size))
	for i := size - 1; i >= 0; i-- {
		b = append(b, byte(n>>(8*i)))
	}
	return b
}

// open starts a constructed value whose length is filled in by shut. It takes four bytes for the length, as domain
// controllers do.
func open(b []byte, tag byte) ([]byte, int) {
	return append(b, tag, 0x84, 0, 0, 0, 0), len(b) + 6
}

// shut fills in the length of the value that was opened at a mark.
func shut(b []byte, mark int) []byte {
	binary.BigEndian.PutUint32(b[mark-4:], uint32(len(b)-mark))
	return b
}
