package config

import (
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// attributeType is what stands before "=" in a part of a distinguished name: a keyword or a numeric identifier.
var attributeType = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*|[0-9]+(\.[0-9]+)+)$`) })

// partsOf takes a distinguished name (RFC 4514) apart, outermost part last, in small letters and without escapes. It is
// false for what is none.
func partsOf(name string) (parts []string, ok bool) {
	for rest, more := name, true; more; {
		var part string
		part, rest, more = cutPart(rest)
		kind, value, found := strings.Cut(part, "=")
		kind, value = strings.TrimSpace(kind), trimValue(value)
		plain, valid := unescape(value)
		if !found || !attributeType().MatchString(kind) || plain == "" || !valid {
			return nil, false
		}
		parts = append(parts, strings.ToLower(kind+"="+plain))
	}
	return parts, true
}

// cutPart cuts at the first comma that no backslash precedes.
func cutPart(name string) (part, rest string, more bool) {
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case ',':
			return name[:i], name[i+1:], true
		}
	}
	return name, "", false
}

// trimValue takes off the spaces around a value, but for one that is escaped.
func trimValue(value string) string {
	value = strings.TrimLeft(value, " ")
	trimmed := strings.TrimRight(value, " ")
	if len(trimmed) < len(value) && strings.HasSuffix(trimmed, `\`) {
		trimmed += " "
	}
	return trimmed
}

// unescape reads "\," and "\2C". What RFC 4514 wants escaped must be; values in hexadecimal are not for people.
func unescape(value string) (plain string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case strings.IndexByte("\"+;<>\x00", c) >= 0, c == '#' && i == 0:
			return "", false
		case c != '\\':
			b.WriteByte(c)
			continue
		case i+1 == len(value):
			return "", false
		}
		if pair, err := hex.DecodeString(value[i+1 : min(i+3, len(value))]); err == nil {
			b.Write(pair)
			i += 2
			continue
		}
		if i++; strings.IndexByte(` "#+,;<=>\`, value[i]) < 0 {
			return "", false
		}
		b.WriteByte(value[i])
	}
	return b.String(), true
}

// bases checks where the directory is searched, and what of that is left out.
func (c checker) bases(d *Directory) {
	bases := c.names(d.BaseDNs, at("directory", "base_dns"), `[directory] base_dns must hold distinguished names such as "DC=contoso,DC=test", not %q`)
	for i, left := range c.names(d.ExcludeOUs, at("directory", "exclude_ous"),
		`[directory] exclude_ous must hold distinguished names of units or containers, such as "OU=Leavers,DC=contoso,DC=test", not %q`) {
		for j, base := range bases {
			if n := len(base) - len(left); left != nil && base != nil && n >= 0 && slices.Equal(base[n:], left) {
				c.say(at("directory", "exclude_ous"), "[directory] exclude_ous leaves nothing of base_dns: %q holds %q", d.ExcludeOUs[i], d.BaseDNs[j])
			}
		}
	}
}

// names takes distinguished names apart, nil for what is none, which is a problem.
func (c checker) names(names []string, path []string, problem string) [][]string {
	all := make([][]string, len(names))
	for i, name := range names {
		parts, ok := partsOf(name)
		if !ok {
			c.say(path, problem, name)
		}
		all[i] = parts
	}
	return all
}
