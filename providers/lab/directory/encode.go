package directory

import (
	"encoding/binary"
	"strconv"
	"time"

	"adbadge/model"
)

// encoder writes entries into an arena: the distinguished name as an octet string, then for each attribute its
// number and its values as a set. Names of attributes are put in when an entry is sent.
type encoder struct {
	data []byte
	root string // DN of the forest root, for objectCategory
}

func (e *encoder) begin(name string) { e.data = appendString(e.data, tagOctets, name) }

// strings writes an attribute; empty values are left out, and the attribute with them.
func (e *encoder) strings(a attr, values ...string) {
	size := 0
	for _, v := range values {
		if v != "" {
			size += headerSize(len(v)) + len(v)
		}
	}
	if size == 0 {
		return
	}
	e.data = appendHeader(append(e.data, byte(a)), tagSet, size)
	for _, v := range values {
		if v != "" {
			e.data = appendString(e.data, tagOctets, v)
		}
	}
}

func (e *encoder) bytes(a attr, value []byte) {
	if len(value) == 0 {
		return
	}
	e.data = appendHeader(append(e.data, byte(a)), tagSet, headerSize(len(value))+len(value))
	e.data = append(appendHeader(e.data, tagOctets, len(value)), value...)
}

func (e *encoder) int(a attr, n int64) {
	var digits [20]byte
	e.bytes(a, strconv.AppendInt(digits[:0], n, 10))
}

// fileTime counts steps of 100 ns since 1601 (MS-DTYP 2.3.3).
func fileTime(t time.Time) int64 {
	const unixEpoch = 116_444_736_000_000_000
	return unixEpoch + t.Unix()*10_000_000 + int64(t.Nanosecond()/100)
}

func (e *encoder) fileTime(a attr, t time.Time) {
	if !t.IsZero() {
		e.int(a, fileTime(t))
	}
}

// sid writes a SID of the form "S-1-5-21-a-b-c-rid" in binary without taking it apart more often than needed.
func (e *encoder) sid(a attr, sid model.SID) { e.bytes(a, sid.Bytes()) }

// domainSID is the binary SID of a domain with room for the relative identifier of an account.
type domainSID []byte

func newDomainSID(sid model.SID) domainSID {
	b := sid.Bytes()
	b[1]++
	return append(b, 0, 0, 0, 0)
}

// account writes the SID of an account of the domain.
func (e *encoder) account(d domainSID, rid uint32) {
	var buffer [28]byte
	b := append(buffer[:0], d...)
	binary.LittleEndian.PutUint32(b[len(b)-4:], rid)
	e.bytes(objectSid, b)
}
