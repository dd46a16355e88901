package directory

import (
	"encoding/binary"
	"errors"

	"adbadge/model"
)

// Flags of the DirSync control (MS-ADTS 3.1.1.3.4.1.3); a server ignores the others.
const (
	syncObjectSecurity    = 0x1        // only what the client may see: needs no right
	syncIncrementalValues = 0x80000000 // of linked attributes only the values that came or went
)

// Limits of one answer to a DirSync search.
const (
	maxSyncBytes   = 1 << 20
	maxSyncObjects = 1000
)

// syncRequest is what the DirSync control asks for.
type syncRequest struct {
	flags    uint32
	most     int // bytes of an answer; 0: as many as the server likes
	critical bool
	cookie   []byte
}

// syncCookie is where a client stands. It means nothing but to the server; we lay it out in our own way, with the
// signature and the version that a domain controller's has.
type syncCookie struct {
	head uint32 // the naming context
	// full is true in the first pass, which goes over all entries; next is then the number of the next one, and until
	// the USN that changes count from afterwards.
	full        bool
	until, next int64
	// since is the USN that attributes must have changed after in the other passes; next is then the USN up to which
	// objects have been sent.
	since      int64
	invocation model.GUID
}

const (
	cookieSignature = "MSDS"
	cookieVersion   = 3
	cookieSize      = 4 + 4 + 4 + 4 + 3*8 + 16
)

var errCookie = errors.New("malformed cookie")

func (k *syncCookie) encode() []byte {
	b := append(make([]byte, 0, cookieSize), cookieSignature...)
	b = binary.LittleEndian.AppendUint32(b, cookieVersion)
	b = binary.LittleEndian.AppendUint32(b, k.head)
	pass := uint32(0)
	if k.full {
		pass = 1
	}
	b = binary.LittleEndian.AppendUint32(b, pass)
	for _, n := range [...]int64{k.until, k.next, k.since} {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	return append(b, k.invocation[:]...)
}

// decodeCookie reads a cookie that a client sends back.
func decodeCookie(b []byte) (syncCookie, error) {
	if len(b) != cookieSize || string(b[:4]) != cookieSignature || binary.LittleEndian.Uint32(b[4:]) != cookieVersion {
		return syncCookie{}, errCookie
	}
	k := syncCookie{head: binary.LittleEndian.Uint32(b[8:])}
	pass := binary.LittleEndian.Uint32(b[12:])
	k.full = pass == 1
	k.until = int64(binary.LittleEndian.Uint64(b[16:]))
	k.next = int64(binary.LittleEndian.Uint64(b[24:]))
	k.since = int64(binary.LittleEndian.Uint64(b[32:]))
	copy(k.invocation[:], b[40:])
	if pass > 1 || max(uint64(k.until), uint64(k.next), uint64(k.since)) >= 1<<62 {
		return syncCookie{}, errCookie
	}
	return k, nil
}

// syncOf reads the DirSync control, if there is one.
func syncOf(controls []control) (*syncRequest, error) {
	for _, c := range controls {
		if c.oid != controlDirSync {
			continue
		}
		if len(c.value) == 0 || c.value[0] != tagSequence {
			return nil, errMalformed
		}
		body, size, ok := cut(c.value)
		if !ok || size != len(c.value) {
			return nil, errMalformed
		}
		var parts [3][]byte
		for i, tag := range [...]byte{tagInteger, tagInteger, tagOctets} {
			content, size, ok := cut(body)
			if !ok || body[0] != tag {
				return nil, errMalformed
			}
			parts[i], body = content, body[size:]
		}
		flags, ok := small(parts[0])
		most, okMost := small(parts[1])
		if !ok || !okMost || len(body) > 0 {
			return nil, errMalformed
		}
		return &syncRequest{flags: uint32(flags), most: int(max(0, most)), critical: c.critical, cookie: parts[2]}, nil
	}
	return nil, nil
}

// small reads an integer of up to five bytes: clients send the highest flag as four bytes, negative, and as five.
func small(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 5 || len(b) == 5 && b[0] != 0 && b[0] != 0xff {
		return 0, false
	}
	n := int64(int8(b[0]))
	for _, x := range b[1:] {
		n = n<<8 | int64(x)
	}
	return n, true
}

// syncAnswer encodes the control of an answer. Its flags say whether there is more.
func syncAnswer(more bool, k *syncCookie) []byte {
	flags := int64(0)
	if more {
		flags = 1
	}
	value, v := open(nil, tagSequence)
	value = appendInt(value, tagInteger, flags)
	value = appendInt(value, tagInteger, 0)
	value = appendString(value, tagOctets, string(k.encode()))
	value = shut(value, v)
	b, controls := open(nil, 0xa0)
	b, one := open(b, tagSequence)
	b = appendString(b, tagOctets, controlDirSync)
	b = appendString(b, tagOctets, string(value))
	b = shut(b, one)
	return shut(b, controls)
}
