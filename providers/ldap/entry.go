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
	repeated   bool // an attribute came in several pieces
	overfull   bool // there were more attributes than maxAttributes, and the rest was left out
	values     []string
}

type attribute struct {
	name   string // without options
	option string // such as "range=0-1499"; empty when there is none
	values []string
}

// maxAttributes is several times what an AD object can have.
const maxAttributes = 1000

func (e *entry) reset(dn string) {
	*e = entry{dn: dn, attributes: e.attributes[:0], values: e.values[:0]}
}

// find gives the attribute of a name, in any case, or nil.
func (e *entry) find(name string) *attribute {
	for i := range e.attributes {
		if a := &e.attributes[i]; len(a.name) == len(name) && (a.name == name || strings.EqualFold(a.name, name)) {
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
	name, option, _ := strings.Cut(description, ";")
	if a := e.find(name); a != nil {
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
	start := len(e.values)
	for set != "" {
		var value string
		if value, set, err = expect(set, tagOctetString); err != nil {
			return err
		}
		e.values = append(e.values, value)
	}
	e.add(description, e.values[start:len(e.values):len(e.values)])
	return nil
}

// clone gives an entry that may be kept.
func (e *entry) clone() entry {
	kept := *e
	kept.attributes = slices.Clone(e.attributes)
	for i := range kept.attributes {
		kept.attributes[i].values = slices.Clone(kept.attributes[i].values)
	}
	kept.values = nil
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
