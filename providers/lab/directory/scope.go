package directory

import (
	"context"
	"strings"
)

// resolveBase brings the base of a search into canonical form. AD also takes "<GUID=...>" and "<SID=...>".
func (s *store) resolveBase(base string) (string, bool) {
	if inner, ok := strings.CutPrefix(base, "<"); ok && strings.HasSuffix(inner, ">") {
		kind, value, _ := strings.Cut(strings.TrimSuffix(inner, ">"), "=")
		switch strings.ToUpper(kind) {
		case "GUID":
			guid, err := rawGUID(value)
			if err != nil {
				return "", false
			}
			for _, n := range s.index().candidates(objectGUID, guid[:]) {
				e := s.entry(n)
				if held, _, _ := cut(e.values(objectGUID)); string(held) == string(guid[:]) {
					return string(e.name), true
				}
			}
			return "CN=" + guid.String(), true // well formed, and nowhere
		case "SID":
			node := (&compiler{store: s}).equal(objectSid, []byte(value))
			if node.op != opEqual {
				return "", false
			}
			if n, ok := s.accountOf(node.value); ok {
				e := s.entry(n)
				return string(e.name), true
			}
			return "CN=" + value, true
		}
		return "", false
	}
	return canonicalDN(base)
}

// nearest gives the closest existing entry above a name.
func (s *store) nearest(name string) string {
	for name = parentDN(name); name != ""; name = parentDN(name) {
		if n, ok := s.byName[strings.ToLower(name)]; ok {
			e := s.fixed.entry(int(n))
			return string(e.name)
		}
	}
	return ""
}

// foreignHost gives the host of a name that lies in no domain of this forest, or nothing.
func foreignHost(name string, s *store) string {
	if s.nearest(name) != "" {
		return ""
	}
	var labels []string
	for ; name != ""; name = parentDN(name) {
		rdn, _, _ := cutUnescaped(name, ',')
		if kind, label, _ := strings.Cut(rdn, "="); strings.EqualFold(kind, "DC") {
			labels = append(labels, label)
		}
	}
	return strings.Join(labels, ".")
}

// begin places a cursor before the first entry that may be found.
func (s *store) begin(q *search, base uint32) *cursor {
	at := &cursor{asked: q.asked}
	if q.scope == scopeBase {
		at.candidates, at.limited = []uint32{base}, true
		return at
	}
	if int(base) >= s.fixed.count { // users and computers hold nothing
		at.limited = true
		if q.scope == scopeSubtree {
			at.candidates = []uint32{base}
		}
		return at
	}
	at.under, at.fixed = make([]bool, s.fixed.count), make([]bool, s.fixed.count)
	at.under[base] = true
	at.fixed[base] = q.scope == scopeSubtree
	for n := int(base) + 1; n < s.fixed.count; n++ {
		if parent := s.fixed.parents[n]; parent != noParent && at.under[parent] {
			at.fixed[n] = true
			at.under[n] = q.scope == scopeSubtree
		}
	}
	if q.scope == scopeSubtree && s.fixed.parents[base] == noParent {
		at.references = s.referencesFrom(int(base))
	}
	if found, ok := s.plan(q.filter); ok {
		at.candidates, at.limited = found, true
	}
	return at
}

// referencesFrom gives where a search from the head of a domain goes on: a domain controller refers to the parts
// of the forest that lie below the name but are kept apart.
func (s *store) referencesFrom(head int) [][]byte {
	domains := s.world.Domains()
	if head >= len(domains) {
		return nil
	}
	d := &domains[head]
	var urls []string
	if head == 0 {
		for _, child := range domains[1:] {
			urls = append(urls, "ldap://"+child.DNSName+"/"+child.BaseDN)
		}
		urls = append(urls, "ldap://ForestDnsZones."+d.DNSName+"/DC=ForestDnsZones,"+d.BaseDN)
	}
	urls = append(urls, "ldap://DomainDnsZones."+d.DNSName+"/DC=DomainDnsZones,"+d.BaseDN)
	if head == 0 {
		urls = append(urls, "ldap://"+d.DNSName+"/CN=Configuration,"+d.BaseDN)
	}
	references := make([][]byte, len(urls))
	for i, url := range urls {
		references[i] = []byte(url)
	}
	return references
}

// plan finds the few entries that can match a filter which asserts a name or an id, at the top or in an "and".
func (s *store) plan(n *node) ([]uint32, bool) {
	switch n.op {
	case opAnd:
		for _, below := range n.nodes {
			if found, ok := s.plan(below); ok {
				return found, true
			}
		}
	case opEqual:
		if len(n.values) > 0 {
			return nil, false
		}
		switch n.attr {
		case objectClass, objectCategory:
			return s.fixedOnly(n)
		case objectGUID, sAMAccountName, distinguishedName:
			return s.index().candidates(n.attr, n.value), true
		}
	}
	return nil, false
}

// fixedOnly gives the fixed entries for a filter on a class that neither users nor computers have, so that who
// lists units or groups need not wait for a million accounts.
func (s *store) fixedOnly(n *node) ([]uint32, bool) {
	value := string(n.value)
	for _, of := range [...]string{"top", "person", "organizationalPerson", "user", "computer"} {
		if strings.EqualFold(value, of) || n.attr == objectCategory &&
			strings.EqualFold(value, "CN="+of+",CN=Schema,CN=Configuration,"+s.root) {
			return nil, false
		}
	}
	all := make([]uint32, s.fixed.count)
	for i := range all {
		all[i] = uint32(i)
	}
	return all, true
}

// nextMatch goes on to the next entry that is in scope and matches.
func (s *store) nextMatch(ctx context.Context, q *search, at *cursor) (entry, bool) {
	end := s.total
	if at.limited {
		end = len(at.candidates)
	}
	for at.next < end {
		n := uint32(at.next)
		if at.limited {
			n = at.candidates[at.next]
		}
		if at.next%256 == 0 && ctx.Err() != nil {
			return entry{}, false
		}
		at.next++
		e := s.entry(n)
		if at.contains(&e) && at.matcher.match(q.filter, &e) == yes {
			return e, true
		}
	}
	return entry{}, false
}

// contains reports whether an entry is in scope. A cursor without a scope has one candidate, which is.
func (at *cursor) contains(e *entry) bool {
	switch {
	case at.under == nil:
		return true
	case int(e.number) < len(at.fixed):
		return at.fixed[e.number]
	}
	return e.parent != noParent && at.under[e.parent]
}
