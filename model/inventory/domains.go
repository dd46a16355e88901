package inventory

import "strings"

// noClass marks a name that two domains have.
const noClass = ^uint32(0)

// prepare builds the small maps over domains.
func (n *lazyNames) prepare(t *Table) {
	n.once.Do(func() {
		n.sidDomains = make(map[string]uint32, len(t.sidDomains))
		for number, prefix := range t.sidDomains {
			if prefix != "" {
				n.sidDomains[prefix] = uint32(number)
			}
		}
		n.domains = make(map[string]uint32, len(t.domains))
		n.classes = make([]uint32, len(t.domains))
		for number, name := range t.domains {
			key := domainKey(name)
			if _, known := n.domains[key]; !known {
				n.domains[key] = uint32(number)
			}
			n.classes[number] = n.domains[key]
		}
		n.addNetBIOS(t)
	})
}

// addNetBIOS lets the domains be found by their NetBIOS names as well, where those say which domain is meant.
func (n *lazyNames) addNetBIOS(t *Table) {
	classes := map[string]uint32{}
	for _, domain := range t.forest {
		class, known := n.domains[domainKey(string(domain.DNSName))]
		key := domainKey(string(domain.NetBIOS))
		if !known || key == "" {
			continue
		}
		if other, taken := classes[key]; taken && other != class {
			class = noClass
		}
		classes[key] = class
	}
	for key, class := range classes {
		if _, isDNSName := n.domains[key]; !isDNSName {
			n.domains[key] = class
		}
	}
}

// domainKey is equal for names that differ in case or in a trailing dot only.
func domainKey(name string) string { return strings.ToLower(canonicalCase(withoutTrailingDot(name))) }

// domainClass finds a domain of the directory by its DNS or NetBIOS name.
func (t *Table) domainClass(name string) (class uint32, ok bool) {
	t.names.prepare(t)
	if name == "" {
		return 0, false
	}
	class, ok = t.names.domains[name]
	if !ok {
		class, ok = t.names.domains[domainKey(name)]
	}
	return class, ok && class != noClass
}

// class gives the class of a row's domain.
func (t *Table) class(row int) uint32 {
	b, at := t.at(row)
	return t.names.classes[b.domains[at]]
}
