package ldap

import (
	"fmt"

	ber "github.com/go-asn1-ber/asn1-ber"
	goldap "github.com/go-ldap/ldap/v3"
)

type scope int64

const (
	baseObject scope = 0
	oneLevel   scope = 1
	subtree    scope = 2
)

// search is one search request.
type search struct {
	base       string
	scope      scope
	filter     string
	attributes []string
	pageSize   int        // 0 asks for everything at once
	cookie     string     // of the page before
	sync       *syncState // asks for what has changed since then
	controls   []string   // further ones that have no value, by object identifier; the server must know them
}

// outcome is what a search says beside its entries.
type outcome struct {
	cookie    string
	paged     bool // the server used pages
	sync      syncAnswer
	malformed int // entries that could not be read
	entries   int
}

// ask sends the request of a search.
func (c *client) ask(s search) error {
	request, controls, err := s.encode()
	if err != nil {
		return err
	}
	return c.send(request, controls...)
}

// answers hands each entry of the search that was asked for to each, which may keep its strings but not the entry.
// References to other servers are not followed. An error of each ends the search and leaves the connection unusable.
func (c *client) answers(each func(*entry) error) (o outcome, err error) {
	var e entry
	for {
		m, err := c.receive()
		if err != nil {
			return o, err
		}
		switch m.op {
		case opSearchEntry:
			o.entries++
			if e.parse(m.body) != nil {
				o.malformed++
				continue
			}
			if err := each(&e); err != nil {
				return o, err
			}
		case opSearchReference, opIntermediate:
		case opSearchDone:
			if err := parseResult(m.body); err != nil {
				return o, err
			}
			if o.cookie, o.paged, err = pageCookie(m.controls); err == nil {
				o.sync, err = syncAnswerOf(m.controls)
			}
			return o, err
		default:
			return o, protocolError(fmt.Sprintf("the server answered a search with an operation of tag %#x", m.op))
		}
	}
}

// encode makes the request (RFC 4511, 4.5.1). Aliases are never followed; AD has none.
func (s search) encode() (request *ber.Packet, controls []*ber.Packet, err error) {
	filter, err := goldap.CompileFilter(s.filter)
	if err != nil {
		return nil, nil, fmt.Errorf("compile the filter %s: %w", s.filter, err)
	}
	request = ber.Encode(ber.ClassApplication, ber.TypeConstructed, 3, nil, "")
	request.AppendChild(octets(s.base))
	request.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(s.scope), ""))
	request.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, 0, ""))
	for range 2 { // no limit of entries, none of seconds
		request.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 0, ""))
	}
	request.AppendChild(ber.NewLDAPBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, false, ""))
	request.AppendChild(filter)
	attributes := ber.NewSequence("")
	for _, name := range s.attributes {
		attributes.AppendChild(octets(name))
	}
	request.AppendChild(attributes)
	if s.pageSize > 0 {
		controls = append(controls, pageControl(s.pageSize, s.cookie))
	}
	if s.sync != nil {
		controls = append(controls, s.sync.control())
	}
	for _, kind := range s.controls {
		controls = append(controls, criticalControl(kind))
	}
	return request, controls, nil
}

// pageControl asks for a page, and for refusal rather than for everything where the server knows no pages.
func pageControl(size int, cookie string) *ber.Packet {
	value := ber.NewSequence("")
	value.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, int64(size), ""))
	value.AppendChild(octets(cookie))
	return criticalControl(pagedResults, octets(string(value.Bytes())))
}

// criticalControl makes a control that the server must know, or refuse the request.
func criticalControl(kind string, value ...*ber.Packet) *ber.Packet {
	control := ber.NewSequence("")
	control.AppendChild(octets(kind))
	control.AppendChild(ber.NewLDAPBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, true, ""))
	for _, v := range value {
		control.AppendChild(v)
	}
	return control
}
