package ldap

import (
	"slices"
	"strings"
)

// entry is one object as a server or a dump gave it. Its strings may share the memory of the answer; the entry itself is
// used again for the next object.
type entry struct {
	dn         string
	attributes []attribute
	places     [fieldCount]uint16 // of fields in attributes, counted from one; 0 where there is none
	repeated   bool               // an attribute came in several pieces
	overfull   bool               // there were more attributes than maxAttributes, and the rest was left out
	room       []string           // for the values of all attributes
}

type attribute struct {
	name   string // without options
	option string // such as "range=0-1499"; empty when there is none
	values []string
}

// maxAttributes is several times what an AD object can have.
const maxAttributes = 1000

func (e *entry) reset(dn string) {
	*e = entry{dn: dn, attributes: e.attributes[:0], room: e.room[:0]}
}

// field gives the attribute that is a field, or nil.
func (e *entry) field(f field) *attribute {
	if at := e.places[f]; at > 0 {
		return &e.attributes[at-1]
	}
	return nil
}

// values gives the values of a field.
func (e *entry) values(f field) []string {
	if a := e.field(f); a != nil {
		return a.values
	}
	return nil
}

// value gives the first value of a field, or nothing.
func (e *entry) value(f field) string {
	if values := e.values(f); len(values) > 0 {
		return values[0]
	}
	return ""
}

// find gives the attribute of a name, in any case, or nil.
func (e *entry) find(name string) *attribute { return e.named(fieldOf(name), name) }

func (e *entry) named(f field, name string) *attribute {
	if f != otherField {
		return e.field(f)
	}
	for i := range e.attributes {
		if a := &e.attributes[i]; len(a.name) == len(name) && strings.EqualFold(a.name, name) {
			return a
		}
	}
	return nil
}

// all gives the values of an attribute.
func (e *entry) all(name string) []string {
	if a := e.find(name); a != nil {
		return a.values
	}
	return nil
}

// first gives the first value of an attribute, or nothing.
func (e *entry) first(name string) string {
	if values := e.all(name); len(values) > 0 {
		return values[0]
	}
	return ""
}

// add takes in an attribute. A server may answer "memberOf" without values beside "memberOf;range=0-1499".
func (e *entry) add(description string, values []string) {
	name, option := description, ""
	f := fieldOf(description)
	if f == otherField {
		name, option, _ = strings.Cut(description, ";")
		f = fieldOf(name)
	}
	if a := e.named(f, name); a != nil {
		e.repeated = e.repeated || len(a.values) > 0 && len(values) > 0
		a.values = append(a.values[:len(a.values):len(a.values)], values...)
		if option != "" {
			a.option = option
		}
		return
	}
	if len(e.attributes) == maxAttributes {
		e.overfull = true
		return
	}
	e.attributes = append(e.attributes, attribute{name: name, option: option, values: values})
	if f != otherField {
		e.places[f] = uint16(len(e.attributes))
	}
}

// parse reads the contents of a SearchResultEntry.
func (e *entry) parse(body string) error {
	dn, rest, err := expect(body, tagOctetString)
	if err != nil {
		return err
	}
	e.reset(dn)
	list, _, err := expect(rest, tagSequence)
	for list != "" && err == nil {
		var one string
		if one, list, err = expect(list, tagSequence); err == nil {
			err = e.parseAttribute(one)
		}
	}
	return err
}

func (e *entry) parseAttribute(s string) error {
	description, rest, err := expect(s, tagOctetString)
	if err != nil {
		return err
	}
	set, _, err := expect(rest, tagSet)
	if err != nil {
		return err
	}
	start := len(e.room)
	for set != "" {
		var value string
		if value, set, err = expect(set, tagOctetString); err != nil {
			return err
		}
		e.room = append(e.room, value)
	}
	e.add(description, e.room[start:len(e.room):len(e.room)])
	return nil
}

// clone gives an entry that may be kept.
func (e *entry) clone() entry {
	kept := *e
	kept.attributes = slices.Clone(e.attributes)
	for i := range kept.attributes {
		kept.attributes[i].values = slices.Clone(kept.attributes[i].values)
	}
	kept.room = nil
	return kept
}

// append takes in one value of an attribute that comes value by value.
func (e *entry) append(description, value string) {
	name, option, _ := strings.Cut(description, ";")
	if a := e.find(name); a != nil {
		a.values = append(a.values, value)
		if option != "" {
			a.option = option
		}
		return
	}
	e.add(description, []string{value})
}
