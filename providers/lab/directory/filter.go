package directory

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"

	"adbadge/model"
)

// Matching rules of Active Directory (MS-ADTS 3.1.1.3.4.4).
const (
	ruleBitAnd  = "1.2.840.113556.1.4.803"
	ruleBitOr   = "1.2.840.113556.1.4.804"
	ruleInChain = "1.2.840.113556.1.4.1941"
)

// operation is what a node of a filter does.
type operation uint8

const (
	opAnd operation = iota
	opOr
	opNot
	opEqual
	opSubstrings
	opGreaterOrEqual
	opLessOrEqual
	opPresent
	opBitAnd
	opBitOr
	opAnyMember // member: one of the entries
	opNever     // false for every entry
	opUndefined // neither true nor false: an attribute or a rule that the directory does not have
)

// node is one node of a compiled filter.
type node struct {
	op    operation
	attr  attr
	nodes []*node
	// value is what is asserted: as the directory holds it, for equality; values are alternatives to it.
	value  []byte
	values [][]byte
	number int64
	// initial, middle and final are the parts of a substring filter, in small letters.
	initial, final []byte
	middle         [][]byte
	groups         map[uint32]bool // of opAnyMember
}

var errFilter = errors.New("malformed filter")

// maxNodes bounds a filter, so that nobody can make a search take forever for each entry.
const maxNodes = 4096

// Tags of the choices of a filter (RFC 4511, 4.5.1.7).
const (
	filterAnd ber.Tag = iota
	filterOr
	filterNot
	filterEqual
	filterSubstrings
	filterGreaterOrEqual
	filterLessOrEqual
	filterPresent
	filterApprox
	filterExtensible
)

// compiler turns a request's filter into nodes.
type compiler struct {
	store *store
	left  int
}

func (s *store) compile(p *ber.Packet) (*node, error) {
	c := compiler{store: s, left: maxNodes}
	return c.node(p)
}

func (c *compiler) node(p *ber.Packet) (*node, error) {
	if c.left--; c.left < 0 || p == nil || p.ClassType != ber.ClassContext {
		return nil, errFilter
	}
	switch p.Tag {
	case filterAnd, filterOr:
		n := &node{op: opAnd}
		if p.Tag == filterOr {
			n.op = opOr
		}
		for _, child := range p.Children {
			below, err := c.node(child)
			if err != nil {
				return nil, err
			}
			n.nodes = append(n.nodes, below)
		}
		return n, nil
	case filterNot:
		if len(p.Children) != 1 {
			return nil, errFilter
		}
		below, err := c.node(p.Children[0])
		return &node{op: opNot, nodes: []*node{below}}, err
	case filterEqual, filterApprox, filterGreaterOrEqual, filterLessOrEqual:
		if len(p.Children) != 2 {
			return nil, errFilter
		}
		return c.compare(p.Tag, content(p.Children[0]), content(p.Children[1])), nil
	case filterPresent:
		a := filterable(string(content(p)))
		if a == noAttr {
			return &node{op: opUndefined}, nil
		}
		if a == member {
			return c.groupsWithMembers(), nil
		}
		return &node{op: opPresent, attr: a}, nil
	case filterSubstrings:
		return c.substrings(p)
	case filterExtensible:
		return c.extensible(p)
	}
	return nil, errFilter
}

// content gives the bytes of a primitive value.
func content(p *ber.Packet) []byte {
	if p == nil || p.Data == nil {
		return nil
	}
	return p.Data.Bytes()
}

func (c *compiler) compare(tag ber.Tag, name, value []byte) *node {
	if strings.EqualFold(string(name), "anr") {
		return ambiguousName(value)
	}
	a := filterable(string(name))
	if a == noAttr {
		return &node{op: opUndefined}
	}
	if tag == filterEqual || tag == filterApprox {
		return c.equal(a, value)
	}
	n := &node{op: opGreaterOrEqual, attr: a, value: value}
	if tag == filterLessOrEqual {
		n.op = opLessOrEqual
	}
	switch attributes[a].syntax {
	case number:
		parsed, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			return &node{op: opUndefined}
		}
		n.number = parsed
	case octets, dn, class:
		return &node{op: opUndefined}
	case text:
		n.value = bytes.ToLower(value)
	}
	return n
}

// equal compiles an equality. The asserted value is brought into the form in which entries hold it.
func (c *compiler) equal(a attr, value []byte) *node {
	n := &node{op: opEqual, attr: a, value: value}
	switch {
	case a == objectCategory:
		if category, ok := categories[strings.ToLower(string(value))]; ok {
			n.value = []byte("CN=" + category + ",CN=Schema,CN=Configuration," + c.store.root)
			return n
		}
	case a == objectSid && len(value) > 2 && (value[0] == 'S' || value[0] == 's') && value[1] == '-':
		sid, err := model.ParseSID(string(value))
		if err != nil {
			return &node{op: opUndefined}
		}
		n.value = sid.Bytes()
		return n
	case a == objectGUID && len(value) != 16:
		guid, err := model.ParseGUID(string(value))
		if err != nil {
			return &node{op: opNever}
		}
		n.value = guid[:]
		return n
	}
	switch attributes[a].syntax {
	case number:
		parsed, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			return &node{op: opUndefined}
		}
		n.value = strconv.AppendInt(nil, parsed, 10)
	case dn:
		name, ok := canonicalDN(string(value))
		if !ok {
			return &node{op: opNever}
		}
		n.value = []byte(name)
		if a == member {
			return c.groupsWith(name)
		}
	}
	return n
}

// groupsWith compiles an assertion about member: the groups that the entry is a direct member of.
func (c *compiler) groupsWith(name string) *node {
	n := &node{op: opAnyMember, attr: member, groups: make(map[uint32]bool)}
	e, ok := c.store.named(name)
	if !ok {
		return n
	}
	for b := e.values(memberOf); len(b) > 0; {
		group, size, _ := cut(b)
		if at, ok := c.store.byName[strings.ToLower(string(group))]; ok {
			n.groups[at] = true
		}
		b = b[size:]
	}
	return n
}

// groupsWithMembers compiles "member=*".
func (c *compiler) groupsWithMembers() *node {
	n := &node{op: opAnyMember, attr: member, groups: make(map[uint32]bool)}
	for g := range c.store.groups {
		if len(c.store.membersOf(g)) > 0 {
			n.groups[c.store.groups[g]] = true
		}
	}
	return n
}

// named gives the entry of a canonical name.
func (s *store) named(name string) (entry, bool) {
	n, ok := s.find(name)
	if !ok {
		return entry{}, false
	}
	return s.entry(n), true
}

// ambiguousName compiles ambiguous name resolution: the beginning of any of the names.
func ambiguousName(value []byte) *node {
	n := &node{op: opOr}
	for _, a := range [...]attr{displayName, givenName, sn, sAMAccountName, name, mail, physicalDeliveryOfficeName} {
		n.nodes = append(n.nodes, &node{op: opSubstrings, attr: a, initial: bytes.ToLower(value)})
	}
	return n
}

func (c *compiler) substrings(p *ber.Packet) (*node, error) {
	if len(p.Children) != 2 || len(p.Children[1].Children) == 0 {
		return nil, errFilter
	}
	n := &node{op: opSubstrings, attr: filterable(string(content(p.Children[0])))}
	parts := p.Children[1].Children
	for i, part := range parts {
		value := bytes.ToLower(content(part))
		switch {
		case part.Tag == 0 && i == 0:
			n.initial = value
		case part.Tag == 1:
			n.middle = append(n.middle, value)
		case part.Tag == 2 && i == len(parts)-1:
			n.final = value
		default:
			return nil, errFilter
		}
	}
	if n.attr == noAttr {
		return &node{op: opUndefined}, nil
	}
	switch attributes[n.attr].syntax {
	case dn, number, octets, generalizedTime:
		return &node{op: opNever}, nil // AD has no substring match for these
	}
	return n, nil
}

func (c *compiler) extensible(p *ber.Packet) (*node, error) {
	var rule, name string
	var value []byte
	for _, child := range p.Children {
		switch child.Tag {
		case 1:
			rule = string(content(child))
		case 2:
			name = string(content(child))
		case 3:
			value = content(child)
		}
	}
	a := filterable(name)
	if a == noAttr {
		return &node{op: opUndefined}, nil
	}
	switch rule {
	case "":
		return c.equal(a, value), nil
	case ruleBitAnd, ruleBitOr:
		mask, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil || attributes[a].syntax != number {
			return &node{op: opUndefined}, nil
		}
		if rule == ruleBitOr {
			return &node{op: opBitOr, attr: a, number: mask}, nil
		}
		return &node{op: opBitAnd, attr: a, number: mask}, nil
	case ruleInChain:
		return c.inChain(a, value), nil
	}
	return &node{op: opUndefined}, nil
}

// inChain compiles membership through nested groups; the directory has it for memberOf only.
func (c *compiler) inChain(a attr, value []byte) *node {
	name, ok := canonicalDN(string(value))
	if a != memberOf || !ok {
		return &node{op: opUndefined}
	}
	n := &node{op: opEqual, attr: memberOf, value: []byte(name)}
	start, ok := c.store.byName[strings.ToLower(name)]
	group, isGroup := c.store.groupAt[start]
	if !ok || !isGroup {
		return n
	}
	groups := c.store.world.Groups()
	seen := map[int]bool{group: true}
	for queue := []int{group}; len(queue) > 0; queue = queue[1:] {
		for _, nested := range c.store.nestedIn(queue[0]) {
			if !seen[nested] {
				seen[nested] = true
				queue = append(queue, nested)
				n.values = append(n.values, []byte(groups[nested].DN()))
			}
		}
	}
	return n
}

// rawGUID reads the forms that a base of "<GUID=...>" may have.
func rawGUID(s string) (model.GUID, error) {
	if b, err := hex.DecodeString(s); err == nil {
		return model.GUIDFromBytes(b)
	}
	return model.ParseGUID(s)
}
