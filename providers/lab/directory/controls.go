package directory

import (
	"encoding/binary"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// Controls that the server knows.
const (
	controlPaged       = "1.2.840.113556.1.4.319"
	controlSDFlags     = "1.2.840.113556.1.4.801" // which parts of security descriptors: there are none here
	controlShowDeleted = "1.2.840.113556.1.4.417"
	controlDirSync     = "1.2.840.113556.1.4.841"
	controlDomainScope = "1.2.840.113556.1.4.1339" // no references
)

const unknownControl = "00000057: LdapErr: DSID-0C0907FB, comment: Error processing control, data 0, v4563"

var supportedControls = []string{controlPaged, controlSDFlags, controlShowDeleted, controlDirSync, controlDomainScope}

type control struct {
	oid      string
	critical bool
	value    []byte
}

func decodeControls(p *ber.Packet) ([]control, error) {
	const most = 32
	if p.ClassType != ber.ClassContext || p.Tag != 0 || len(p.Children) > most {
		return nil, errMalformed
	}
	var controls []control
	for _, child := range p.Children {
		if len(child.Children) == 0 || len(child.Children) > 3 {
			return nil, errMalformed
		}
		c := control{oid: string(content(child.Children[0]))}
		for _, part := range child.Children[1:] {
			switch part.Tag {
			case ber.TagBoolean:
				c.critical = len(content(part)) == 1 && content(part)[0] != 0
			case ber.TagOctetString:
				c.value = content(part)
			default:
				return nil, errMalformed
			}
		}
		controls = append(controls, c)
	}
	return controls, nil
}

// criticalUnknown reports whether there is a control that must be honoured and cannot be.
func criticalUnknown(controls []control) bool {
	for _, c := range controls {
		known := false
		for _, oid := range supportedControls {
			known = known || oid == c.oid
		}
		if !known && c.critical {
			return true
		}
	}
	return false
}

// page is what the paged results control asks for.
type page struct {
	size   int
	cookie string
}

// pageOf reads the paged results control, if there is one.
func pageOf(controls []control) (p *page, err error) {
	for _, c := range controls {
		if c.oid != controlPaged {
			continue
		}
		body, _, ok := cut(c.value)
		if !ok {
			return nil, errMalformed
		}
		size, at, ok := cut(body)
		if !ok || len(size) == 0 || len(size) > 4 {
			return nil, errMalformed
		}
		cookie, _, ok := cut(body[at:])
		if !ok {
			return nil, errMalformed
		}
		var wide [4]byte
		copy(wide[4-len(size):], size)
		n := binary.BigEndian.Uint32(wide[:])
		if size[0] >= 0x80 {
			return nil, errMalformed
		}
		p = &page{size: int(n), cookie: string(cookie)}
	}
	return p, nil
}

// pagedAnswer encodes the control of an answer; the size is an estimate, and a domain controller gives none.
func pagedAnswer(cookie string) []byte {
	value, v := open(nil, tagSequence)
	value = appendInt(value, tagInteger, 0)
	value = appendString(value, tagOctets, cookie)
	value = shut(value, v)
	b, controls := open(nil, 0xa0)
	b, one := open(b, tagSequence)
	b = appendString(b, tagOctets, controlPaged)
	b = appendString(b, tagOctets, string(value))
	b = shut(b, one)
	return shut(b, controls)
}
