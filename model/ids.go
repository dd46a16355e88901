package model

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// GUID is a 16-byte identifier in directory byte order: the first three fields are little-endian, as
// objectGUID comes over LDAP. Two GUIDs are the same thing exactly when their bytes are equal.
type GUID [16]byte

// guidOrder maps the position of each byte in the text form to its position in directory byte order.
var guidOrder = [16]int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}

// ParseGUID reads the text form, in either case, with or without braces.
func ParseGUID(s string) (GUID, error) {
	var g GUID
	t := s
	if len(t) == 38 && t[0] == '{' && t[37] == '}' {
		t = t[1:37]
	}
	if len(t) != 36 || t[8] != '-' || t[13] != '-' || t[18] != '-' || t[23] != '-' {
		return g, errors.New("not a GUID: want 8-4-4-4-12 hexadecimal digits")
	}
	var b [16]byte
	if _, err := hex.Decode(b[:], []byte(t[0:8]+t[9:13]+t[14:18]+t[19:23]+t[24:36])); err != nil {
		return g, errors.New("not a GUID: want 8-4-4-4-12 hexadecimal digits")
	}
	for i, at := range guidOrder {
		g[at] = b[i]
	}
	return g, nil
}

// GUIDFromBytes takes the 16 bytes of an objectGUID as LDAP returns them.
func GUIDFromBytes(b []byte) (GUID, error) {
	if len(b) != 16 {
		return GUID{}, fmt.Errorf("not a GUID: %d bytes instead of 16", len(b))
	}
	return GUID(b), nil
}

// IsZero reports whether g is the zero GUID, which stands for "none".
func (g GUID) IsZero() bool { return g == GUID{} }

// String gives the canonical lower-case text form.
func (g GUID) String() string {
	var b [16]byte
	for i, at := range guidOrder {
		b[i] = g[at]
	}
	var out [36]byte
	hex.Encode(out[0:8], b[0:4])
	hex.Encode(out[9:13], b[4:6])
	hex.Encode(out[14:18], b[6:8])
	hex.Encode(out[19:23], b[8:10])
	hex.Encode(out[24:36], b[10:16])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}

// SID is a security identifier in canonical text form, "S-1-5-21-...". The empty SID stands for "none".
// Only ParseSID and SIDFromBytes make one, so a SID holds nothing but digits and dashes after its "S".
type SID string

var errNotSID = errors.New(`not a SID: want "S-1-" followed by numbers`)

// maxSubAuthorities is the limit of the binary form (MS-DTYP 2.4.2).
const maxSubAuthorities = 15

// ParseSID reads the text form in either case.
func ParseSID(s string) (SID, error) {
	if len(s) < 7 || (s[0] != 'S' && s[0] != 's') || s[1:4] != "-1-" {
		return "", errNotSID
	}
	parts := strings.Split(s[4:], "-")
	if len(parts) < 2 || len(parts) > maxSubAuthorities+1 {
		return "", errNotSID
	}
	out := make([]byte, 0, len(s))
	out = append(out, "S-1"...)
	for i, p := range parts {
		bits := 32
		if i == 0 {
			bits = 48
		}
		n, err := strconv.ParseUint(p, 10, bits)
		if err != nil {
			return "", errNotSID
		}
		out = append(out, '-')
		out = strconv.AppendUint(out, n, 10)
	}
	return SID(out), nil
}

// SIDFromBytes reads the binary form of objectSid.
func SIDFromBytes(b []byte) (SID, error) {
	if len(b) < 12 || b[0] != 1 || int(b[1]) > maxSubAuthorities || b[1] == 0 || len(b) != 8+4*int(b[1]) {
		return "", errors.New("not a SID: wrong binary form")
	}
	authority := uint64(b[2])<<40 | uint64(b[3])<<32 | uint64(binary.BigEndian.Uint32(b[4:8]))
	out := append(make([]byte, 0, 48), "S-1-"...)
	out = strconv.AppendUint(out, authority, 10)
	for i := range int(b[1]) {
		out = append(out, '-')
		out = strconv.AppendUint(out, uint64(binary.LittleEndian.Uint32(b[8+4*i:])), 10)
	}
	return SID(out), nil
}

// Bytes gives the binary form, or nil for the empty SID.
func (s SID) Bytes() []byte {
	if s == "" {
		return nil
	}
	parts := strings.Split(string(s)[4:], "-")
	authority, _ := strconv.ParseUint(parts[0], 10, 48)
	out := make([]byte, 8, 8+4*len(parts))
	out[0], out[1] = 1, byte(len(parts)-1)
	out[2], out[3] = byte(authority>>40), byte(authority>>32)
	binary.BigEndian.PutUint32(out[4:], uint32(authority))
	for _, p := range parts[1:] {
		n, _ := strconv.ParseUint(p, 10, 32)
		out = binary.LittleEndian.AppendUint32(out, uint32(n))
	}
	return out
}

// Split cuts off the last number: the SID of the domain and the relative identifier within it.
func (s SID) Split() (domain SID, rid uint32, ok bool) {
	at := strings.LastIndexByte(string(s), '-')
	if at < 4 {
		return "", 0, false
	}
	n, err := strconv.ParseUint(string(s[at+1:]), 10, 32)
	if err != nil {
		return "", 0, false
	}
	return s[:at], uint32(n), true
}

// IsCloud reports whether the SID was made by Entra ID ("S-1-12-1-..."): never an AD account.
func (s SID) IsCloud() bool { return strings.HasPrefix(string(s), "S-1-12-1-") }

// IsAccount reports whether the SID has the form of an account of a domain or of one machine
// ("S-1-5-21-" and four numbers). Well-known identities such as SYSTEM do not.
func (s SID) IsAccount() bool {
	return strings.HasPrefix(string(s), "S-1-5-21-") && strings.Count(string(s), "-") == 7
}
