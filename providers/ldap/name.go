package ldap

import (
	"slices"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"

	"adbadge/model/text"
)

// place is where an object lies in the forest.
type place struct {
	domain string    // DNS name in lower case; empty when the DN has no domain
	path   text.Line // containers below the domain, outermost first, with slashes
	broken bool      // the DN cannot be taken apart
}

// splitDN cuts a DN at its first unescaped comma (RFC 4514).
func splitDN(dn string) (rdn, parent string) {
	for i := 0; i < len(dn); i++ {
		switch dn[i] {
		case '\\':
			i++
		case ',':
			return dn[:i], dn[i+1:]
		}
	}
	return dn, ""
}

// rdnValue gives the value of the first part of a DN, without escapes, or the part as it is where it makes no sense.
func rdnValue(dn string) string {
	rdn, _ := splitDN(dn)
	parsed, err := goldap.ParseDN(rdn)
	if err != nil || len(parsed.RDNs) == 0 || len(parsed.RDNs[0].Attributes) == 0 {
		return rdn
	}
	return parsed.RDNs[0].Attributes[0].Value
}

// placeOf takes the DN of a container apart.
func placeOf(dn string) place {
	parsed, err := goldap.ParseDN(dn)
	if err != nil {
		return place{broken: true}
	}
	var labels, containers []string
	for _, rdn := range parsed.RDNs {
		if len(rdn.Attributes) == 0 {
			return place{broken: true}
		}
		first := rdn.Attributes[0]
		if strings.EqualFold(first.Type, "DC") {
			labels = append(labels, first.Value)
		} else {
			containers = append(containers, first.Value)
		}
	}
	slices.Reverse(containers)
	return place{
		domain: strings.ToLower(text.Clean(strings.Join(labels, ".")).String()),
		path:   text.Clean(strings.Join(containers, "/")),
		broken: len(labels) == 0,
	}
}

// domainDN gives the DN of a domain.
func domainDN(domain string) string {
	if domain == "" {
		return ""
	}
	var b strings.Builder
	for i, label := range strings.Split(domain, ".") {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("DC=" + goldap.EscapeDN(label))
	}
	return b.String()
}

// byBytes gives a filter for an attribute that holds bytes.
func byBytes(attribute string, value []byte) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	b.WriteString("(" + attribute + "=")
	for _, c := range value {
		b.WriteByte('\\')
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	b.WriteByte(')')
	return b.String()
}
