package directory

import (
	"strconv"
	"strings"
)

// selection is which attributes a search wants.
type selection struct {
	all       bool
	typesOnly bool
	wanted    [attrCount]bool
	// low and high bound the values of member that are wanted; high is -1 for the end. ranged is true when the
	// client named them.
	ranged    bool
	low, high int
}

// selectAttributes reads the list of a request. An empty one means all, "1.1" means none.
func selectAttributes(names []string, typesOnly bool) selection {
	s := selection{all: len(names) == 0, typesOnly: typesOnly, high: -1}
	for _, n := range names {
		if n == "*" {
			s.all = true
			continue
		}
		base, options, _ := strings.Cut(n, ";")
		a := attributeNamed(base)
		if a == noAttr {
			continue
		}
		s.wanted[a] = true
		if low, high, ok := parseRange(options); ok && a == member {
			s.ranged, s.low, s.high = true, low, high
		}
	}
	return s
}

// parseRange reads "range=LOW-HIGH", where HIGH may be "*".
func parseRange(option string) (low, high int, ok bool) {
	const prefix = "range="
	if len(option) < len(prefix) || !strings.EqualFold(option[:len(prefix)], prefix) {
		return 0, 0, false
	}
	from, to, _ := strings.Cut(option[len(prefix):], "-")
	low, err := strconv.Atoi(from)
	if err != nil || low < 0 {
		return 0, 0, false
	}
	if to == "*" {
		return low, -1, true
	}
	high, err = strconv.Atoi(to)
	return low, high, err == nil && high >= low
}

func (s *selection) has(a attr) bool { return s.all || s.wanted[a] }

// appendEntry appends the message that carries an entry.
func (s *store) appendEntry(b []byte, id int64, e *entry, sel *selection) []byte {
	b, message := open(b, tagSequence)
	b = appendInt(b, tagInteger, id)
	b, op := open(b, answerEntry)
	b = append(b, e.encoded...)
	b, list := open(b, tagSequence)
	for rest := e.attributes; len(rest) > 0; {
		a := attr(rest[0])
		_, size, _ := cut(rest[1:])
		if sel.has(a) {
			b = appendAttribute(b, a, rest[1:1+size], sel.typesOnly)
		}
		rest = rest[1+size:]
	}
	b = s.appendConstructed(b, e, sel)
	if sel.has(distinguishedName) {
		set := appendHeader(nil, tagSet, len(e.encoded))
		b = appendAttribute(b, distinguishedName, append(set, e.encoded...), sel.typesOnly)
	}
	if g, ok := s.groupAt[e.number]; ok && int(e.number) < s.fixed.count && sel.has(member) {
		b = s.appendMembers(b, g, sel)
	}
	b = shut(b, list)
	b = shut(b, op)
	return shut(b, message)
}

func appendAttribute(b []byte, a attr, set []byte, typesOnly bool) []byte {
	if typesOnly {
		set = []byte{tagSet, 0}
	}
	b = appendHeader(b, tagSequence, len(attributeNames[a])+len(set))
	b = append(b, attributeNames[a]...)
	return append(b, set...)
}

// appendMembers appends the members of a group: at most 1500 values at once, under a name that says which, when
// there are more or the client asked for a range.
func (s *store) appendMembers(b []byte, group int, sel *selection) []byte {
	members := s.membersOf(group)
	if len(members) == 0 || sel.low >= len(members) {
		return b
	}
	last := len(members) - 1
	high := last
	if sel.high >= 0 {
		high = min(high, sel.high)
	}
	high = min(high, sel.low+maxValRange-1)
	label := attributes[member].name
	if sel.ranged || high < last {
		end := "*"
		if high < last {
			end = strconv.Itoa(high)
		}
		label += ";range=" + strconv.Itoa(sel.low) + "-" + end
	}
	b, attribute := open(b, tagSequence)
	b = appendString(b, tagOctets, label)
	b, set := open(b, tagSet)
	if !sel.typesOnly {
		for _, n := range members[sel.low : high+1] {
			e := s.entry(n)
			b = append(b, e.encoded...)
		}
	}
	b = shut(b, set)
	return shut(b, attribute)
}
