package inventory

import (
	"encoding/binary"
	"strings"
	"unsafe"

	"adbadge/model"
)

// A record is the strings of one entity as they lie in a block's text. In most directories one name follows from
// another ("WS-7", "WS-7$", "ws-7.contoso.test"); then only the shape says so, and the string is left out.
type record struct {
	shape shape
	sam   string
	name  string
	rdn   string // first part of the distinguished name
	upn   string
	mail  string
	dns   string
}

const recordStrings = 6

// shape says which strings of a record follow from others.
type shape uint8

const (
	nameFromSAM  shape = 1 << iota // sAMAccountName without "$"
	rdnFromName                    // "CN=" and the name
	upnFromSAM                     // sAMAccountName, "@", domain
	mailFromUPN                    // the same
	dnsFromSAM                     // sAMAccountName without "$", a dot, domain
	dnsFromLower                   // the same in lower case
)

// withoutDollar gives the sAMAccountName of a computer as people say it.
func withoutDollar(sam string) string { return strings.TrimSuffix(sam, "$") }

// isJoined reports whether s is a, the separator and b.
func isJoined(s, a string, separator byte, b string) bool {
	return len(s) == len(a)+1+len(b) && s[len(a)] == separator && s[:len(a)] == a && s[len(a)+1:] == b
}

// isJoinedLower is isJoined for a and b in lower case, where both are ASCII.
func isJoinedLower(s, a string, separator byte, b string) bool {
	return len(s) == len(a)+1+len(b) && s[len(a)] == separator && isLowerOf(s[:len(a)], a) && isLowerOf(s[len(a)+1:], b)
}

func isLowerOf(lower, s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= 0x80 {
			return false
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// recordOf takes the strings of an entity apart.
func recordOf(e *model.Entity, rdn string) record {
	r := record{
		sam: string(e.SAM), name: string(e.Name), rdn: rdn, upn: string(e.UPN), mail: string(e.Mail), dns: string(e.DNSName),
	}
	domain := string(e.Domain)
	bare := withoutDollar(r.sam)
	if r.mail != "" && r.mail == r.upn {
		r.shape, r.mail = r.shape|mailFromUPN, ""
	}
	if strings.HasPrefix(rdn, "CN=") && rdn[3:] == r.name {
		r.shape, r.rdn = r.shape|rdnFromName, ""
	}
	if r.name != "" && r.name == bare {
		r.shape, r.name = r.shape|nameFromSAM, ""
	}
	if isJoined(r.upn, r.sam, '@', domain) {
		r.shape, r.upn = r.shape|upnFromSAM, ""
	}
	if isJoinedLower(r.dns, bare, '.', domain) {
		r.shape, r.dns = r.shape|dnsFromLower, ""
	} else if isJoined(r.dns, bare, '.', domain) {
		r.shape, r.dns = r.shape|dnsFromSAM, ""
	}
	return r
}

// appendTo writes the record.
func (r *record) appendTo(dst []byte) []byte {
	dst = append(dst, byte(r.shape))
	for _, s := range [recordStrings]string{r.sam, r.name, r.rdn, r.upn, r.mail, r.dns} {
		dst = binary.AppendUvarint(dst, uint64(len(s)))
		dst = append(dst, s...)
	}
	return dst
}

// readRecord reads what appendTo wrote. The strings share the memory of src, which nobody changes.
func readRecord(src []byte) record {
	r := record{shape: shape(src[0])}
	src = src[1:]
	r.sam, src = readString(src)
	r.name, src = readString(src)
	r.rdn, src = readString(src)
	r.upn, src = readString(src)
	r.mail, src = readString(src)
	r.dns, _ = readString(src)
	return r
}

// recordLength gives how many bytes the first record of src has.
func recordLength(src []byte) uint32 {
	length := 1
	for range recordStrings {
		n, size := uint64(src[length]), 1
		if n >= 0x80 {
			n, size = binary.Uvarint(src[length:])
		}
		length += size + int(n)
	}
	return uint32(length)
}

func readString(src []byte) (s string, rest []byte) {
	n := int(src[0])
	if n < 0x80 {
		src = src[1:]
	} else {
		long, size := binary.Uvarint(src)
		n, src = int(long), src[size:]
	}
	return sharedString(src[:n]), src[n:]
}

// sharedString makes a string of bytes that are never changed again, without a copy.
func sharedString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func (r *record) displayName() string {
	if r.shape&nameFromSAM != 0 {
		return withoutDollar(r.sam)
	}
	return r.name
}

func (r *record) relativeName() string {
	if r.shape&rdnFromName != 0 {
		return "CN=" + r.displayName()
	}
	return r.rdn
}

// principalName gives the UPN, and appends it to scratch where it has to be put together.
func (r *record) principalName(domain string, scratch []byte) string {
	if r.shape&upnFromSAM == 0 {
		return r.upn
	}
	scratch = append(append(append(scratch, r.sam...), '@'), domain...)
	return sharedString(scratch)
}

func (r *record) mailAddress(domain string) string {
	if r.shape&mailFromUPN != 0 {
		return r.principalName(domain, nil)
	}
	return r.mail
}

// dnsName gives dNSHostName, and appends it to scratch where it has to be put together.
func (r *record) dnsName(domain string, scratch []byte) string {
	if r.shape&(dnsFromSAM|dnsFromLower) == 0 {
		return r.dns
	}
	scratch = append(append(append(scratch, withoutDollar(r.sam)...), '.'), domain...)
	if r.shape&dnsFromLower != 0 {
		for i, c := range scratch {
			if c >= 'A' && c <= 'Z' {
				scratch[i] = c + 'a' - 'A'
			}
		}
	}
	return sharedString(scratch)
}

// fullName gives the name that machine records are compared with: dNSHostName without a trailing dot, or what it
// would be where the directory has none.
func (r *record) fullName(domain string, scratch []byte) string {
	if dns := r.dnsName(domain, scratch); dns != "" {
		return strings.TrimSuffix(dns, ".")
	}
	scratch = append(append(append(scratch, withoutDollar(r.sam)...), '.'), domain...)
	return sharedString(scratch)
}
