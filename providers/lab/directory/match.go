package directory

import (
	"bytes"
	"strconv"
)

// verdict is the outcome of a filter: with attributes that the directory does not have it is neither true nor
// false, and stays so under "not" (RFC 4511, 4.5.1.7).
type verdict int8

const (
	no verdict = iota
	undefined
	yes
)

func verdictOf(b bool) verdict {
	if b {
		return yes
	}
	return no
}

// matcher evaluates filters; it holds a scratch buffer and so belongs to one search.
type matcher struct{ scratch []byte }

func (m *matcher) match(n *node, e *entry) verdict {
	switch n.op {
	case opAnd:
		result := yes
		for _, below := range n.nodes {
			if result = min(result, m.match(below, e)); result == no {
				return no
			}
		}
		return result
	case opOr:
		result := no
		for _, below := range n.nodes {
			if result = max(result, m.match(below, e)); result == yes {
				return yes
			}
		}
		return result
	case opNot:
		return yes - m.match(n.nodes[0], e)
	case opUndefined:
		return undefined
	case opNever:
		return no
	case opAnyMember:
		return verdictOf(n.groups[e.number])
	}
	return verdictOf(m.attribute(n, e))
}

// attribute evaluates what is asserted of one attribute. An entry that lacks the attribute does not match, and
// so matches the negation, as in AD.
func (m *matcher) attribute(n *node, e *entry) bool {
	values := e.values(n.attr)
	if n.op == opPresent {
		return len(values) > 0
	}
	for len(values) > 0 {
		value, size, ok := cut(values)
		if !ok {
			return false
		}
		if m.value(n, value) {
			return true
		}
		values = values[size:]
	}
	return false
}

func (m *matcher) value(n *node, value []byte) bool {
	switch n.op {
	case opEqual:
		if attributes[n.attr].syntax == octets || attributes[n.attr].syntax == number {
			return bytes.Equal(value, n.value)
		}
		if bytes.EqualFold(value, n.value) {
			return true
		}
		for _, other := range n.values {
			if bytes.EqualFold(value, other) {
				return true
			}
		}
		return false
	case opSubstrings:
		return n.hasParts(m.lower(value))
	case opGreaterOrEqual, opLessOrEqual:
		order := 0
		switch attributes[n.attr].syntax {
		case number:
			held, _ := strconv.ParseInt(string(value), 10, 64)
			order = compare(held, n.number)
		case generalizedTime:
			order = bytes.Compare(seconds(value), seconds(n.value))
		default:
			order = bytes.Compare(m.lower(value), n.value)
		}
		return order == 0 || order > 0 == (n.op == opGreaterOrEqual)
	case opBitAnd, opBitOr:
		held, _ := strconv.ParseInt(string(value), 10, 64)
		if n.op == opBitAnd {
			return held&n.number == n.number
		}
		return held&n.number != 0
	}
	return false
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// seconds cuts a generalized time down to its digits before the fraction.
func seconds(t []byte) []byte { return t[:min(len(t), 14)] }

// lower brings a value into small letters, in the scratch buffer where it is ASCII.
func (m *matcher) lower(value []byte) []byte {
	m.scratch = append(m.scratch[:0], value...)
	for i, c := range m.scratch {
		if c >= 0x80 {
			return bytes.ToLower(value)
		}
		if c >= 'A' && c <= 'Z' {
			m.scratch[i] = c | 0x20
		}
	}
	return m.scratch
}

// hasParts reports whether the value begins, goes on and ends as asserted.
func (n *node) hasParts(value []byte) bool {
	rest, ok := bytes.CutPrefix(value, n.initial)
	if !ok {
		return false
	}
	for _, part := range n.middle {
		at := bytes.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return bytes.HasSuffix(rest, n.final)
}
