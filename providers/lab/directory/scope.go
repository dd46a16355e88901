package directory

import (
	"context"
	"slices"
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
			if e, ok := s.identified(guid); ok {
				return string(e.name), true
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
		return wellKnown(kind, value)
	}
	return canonicalDN(base)
}

// wellKnownContainers are found by these ids in every domain, whatever they are called (MS-ADTS 6.1.1.4).
var wellKnownContainers = map[string]string{
	"18E2EA80684F11D2B9AA00C04F79F805": "CN=Deleted Objects",
	"A9D1CA15768811D1ADED00C04FD8D5CD": "CN=Users",
	"AA312825768811D1ADED00C04FD8D5CD": "CN=Computers",
	"A361B2FFFFD211D1AA4B00C04FD7D83A": "OU=Domain Controllers",
	"AB1D30F3768811D1ADED00C04FD8D5CD": "CN=System",
	"1EB93889E40C45DF9F0C64D23BBB6237": "CN=Managed Service Accounts",
}

// wellKnown resolves a base of "<WKGUID=id,domain>".
func wellKnown(kind, value string) (string, bool) {
	id, domain, _ := strings.Cut(value, ",")
	container := wellKnownContainers[strings.ToUpper(id)]
	if !strings.EqualFold(kind, "WKGUID") || container == "" {
		return "", false
	}
	return canonicalDN(container + "," + domain)
}

// nearest gives the closest existing entry above a name.
func (s *store) nearest(name string) string {
	for name = parentDN(name); name != ""; name = parentDN(name) {
		if n, ok := s.byName[strings.ToLower(name)]; ok && !slices.Contains(s.tombs, n) {
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
	at := &cursor{asked: q.asked, base: base, withBase: q.scope == scopeSubtree}
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
	at.under = make([]bool, s.fixed.count)
	at.under[base] = true
	for n := int(base) + 1; n < s.fixed.count; n++ {
		if parent := s.fixed.parents[n]; parent != noParent && at.under[parent] {
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

// plan finds the few entries that can match a filter which asserts a name or an id: at the top, in an "and", or in each
// part of an "or".
func (s *store) plan(n *node) ([]uint32, bool) {
	switch n.op {
	case opAnd:
		for _, below := range n.nodes {
			if found, ok := s.plan(below); ok {
				return found, true
			}
		}
	case opOr:
		var all []uint32
		for _, below := range n.nodes {
			found, ok := s.plan(below)
			if !ok {
				return nil, false
			}
			all = append(all, found...)
		}
		slices.Sort(all)
		return slices.Compact(all), true
	case opEqual:
		if len(n.values) > 0 {
			return nil, false
		}
		switch n.attr {
		case objectClass, objectCategory:
			return s.fixedOnly(n)
		case objectGUID, sAMAccountName, distinguishedName:
			return s.candidates(n.attr, n.value), true
		case primaryGroupID:
			if isKey(n.attr, n.value) {
				return s.candidates(n.attr, n.value), true
			}
		}
	case opGreaterOrEqual:
		if n.attr == uSNChanged {
			return s.changedSince(n.number)
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
	for _, n := range s.changedEntries() {
		if int(n) >= s.fixed.count {
			all = append(all, n)
		}
	}
	return all, true
}

// nextMatch goes on to the next entry that is in scope and matches.
func (s *store) nextMatch(ctx context.Context, q *search, at *cursor) (entry, bool) {
	end := s.size()
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
		if (!e.deleted || q.deleted) && at.contains(&e) && at.matcher.match(q.filter, &e) == yes {
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
	case e.number == at.base:
		return at.withBase
	}
	return e.parent != noParent && at.under[e.parent]
}
