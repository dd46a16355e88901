package ldap

import "math"

// Tags of LDAP messages (RFC 4511, appendix B).
const (
	tagInteger     = 0x02
	tagOctetString = 0x04
	tagEnumerated  = 0x0A
	tagSequence    = 0x30
	tagSet         = 0x31
	tagControls    = 0xA0
	tagReferral    = 0xA3

	opBindResponse     = 0x61
	opSearchEntry      = 0x64
	opSearchDone       = 0x65
	opSearchReference  = 0x73
	opExtendedResponse = 0x78
	opIntermediate     = 0x79
	opUnbind           = 0x42
)

const (
	maxElementLength = math.MaxInt32
	maxLengthOctets  = 4
	maxHeader        = 2 + maxLengthOctets
	highTagNumber    = 0x1F // the tag goes on in the next byte
	longForm         = 0x80 // the length goes on in the next bytes
)

// protocolError is an answer that no LDAP server gives.
type protocolError string

func (e protocolError) Error() string { return string(e) }

// errElement is any violation of BER as LDAP uses it: tags of one byte, definite lengths, nothing that sticks out.
const errElement = protocolError("the answer is not valid BER")

// header reads tag and length at the start of s. size is the number of bytes that they take; zero means that s is too
// short to tell.
func header(s string) (tag byte, length, size int, err error) {
	if len(s) < 2 {
		return 0, 0, 0, nil
	}
	tag = s[0]
	if tag&highTagNumber == highTagNumber {
		return 0, 0, 0, errElement
	}
	if s[1] < longForm {
		return tag, int(s[1]), 2, nil
	}
	octets := int(s[1] &^ longForm)
	if octets == 0 || octets > maxLengthOctets {
		return 0, 0, 0, errElement
	}
	if len(s) < 2+octets {
		return 0, 0, 0, nil
	}
	var n uint32 // has room for maxLengthOctets
	for i := range octets {
		n = n<<8 | uint32(s[2+i])
	}
	if n > maxElementLength {
		return 0, 0, 0, errElement
	}
	return tag, int(n), 2 + octets, nil
}

// element cuts the first element off s.
func element(s string) (tag byte, value, rest string, err error) {
	tag, length, size, err := header(s)
	if err != nil {
		return 0, "", "", err
	}
	if size == 0 || length > len(s)-size {
		return 0, "", "", errElement
	}
	return tag, s[size : size+length], s[size+length:], nil
}

// expect cuts off the first element, which must have the tag. Of the forms of a length there are two that servers use, one
// octet and five, which are read without a detour: an entry has a hundred elements.
func expect(s string, want byte) (value, rest string, err error) {
	if len(s) >= maxHeader && s[0] == want {
		length, size := uint32(s[1]), 2
		if length == longForm|maxLengthOctets {
			length, size = uint32(s[2])<<24|uint32(s[3])<<16|uint32(s[4])<<8|uint32(s[5]), maxHeader
		}
		if (size == maxHeader || length < longForm) && uint64(length) <= uint64(len(s)-size) {
			return s[size : size+int(length)], s[size+int(length):], nil
		}
	}
	tag, value, rest, err := element(s)
	if err != nil || tag != want {
		return "", "", errElement
	}
	return value, rest, nil
}

// number reads the contents of an INTEGER or ENUMERATED.
func number(s string) (int64, error) {
	if len(s) == 0 || len(s) > 8 {
		return 0, errElement
	}
	n := int64(int8(s[0]))
	for i := 1; i < len(s); i++ {
		n = n<<8 | int64(s[i])
	}
	return n, nil
}
