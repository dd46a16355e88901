package directory

import "slices"

// record is an entry taken apart, to be changed.
type record struct {
	name    string
	parent  uint16
	deleted bool
	added   bool
	values  [attrCount][][]byte
	touched [attrCount]bool // attributes that this change is about
	links   []link          // members that come or go with it
}

func readRecord(e *entry) *record {
	r := &record{name: string(e.name), parent: e.parent, deleted: e.deleted}
	for b := e.attributes; len(b) > 0; {
		set, size, _ := cut(b[1:])
		for len(set) > 0 {
			value, size, _ := cut(set)
			r.values[b[0]] = append(r.values[b[0]], value)
			set = set[size:]
		}
		b = b[1+size:]
	}
	return r
}

// put sets the values of an attribute; none, or an empty one, removes it.
func (r *record) put(a attr, values ...string) {
	r.values[a] = nil
	for _, v := range values {
		if v != "" {
			r.values[a] = append(r.values[a], []byte(v))
		}
	}
}

// set puts values, and notes that the attribute was changed.
func (r *record) set(a attr, values ...string) {
	r.put(a, values...)
	r.touched[a] = true
}

// first gives the first value of an attribute.
func (r *record) first(a attr) string {
	if len(r.values[a]) == 0 {
		return ""
	}
	return string(r.values[a][0])
}

// is reports whether an entry is of a class.
func (r *record) is(class string) bool {
	return slices.ContainsFunc(r.values[objectClass], func(v []byte) bool { return string(v) == class })
}

// encode writes the record as an entry of its own.
func (r *record) encode(n uint32) entry {
	e := encoder{}
	e.begin(r.name)
	named := len(e.data)
	for a, values := range r.values {
		size := 0
		for _, v := range values {
			size += headerSize(len(v)) + len(v)
		}
		if size == 0 {
			continue
		}
		e.data = appendHeader(append(e.data, byte(a)), tagSet, size)
		for _, v := range values {
			e.data = append(appendHeader(e.data, tagOctets, len(v)), v...)
		}
	}
	name, _, _ := cut(e.data)
	return entry{number: n, parent: r.parent, deleted: r.deleted, name: name, encoded: e.data[:named], attributes: e.data[named:]}
}
