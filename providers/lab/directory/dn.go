package directory

import (
	"encoding/hex"
	"strings"
)

// canonicalDN brings a distinguished name into the form that the directory writes: no blanks around commas and
// equals signs, special characters escaped by RFC 4514 with a backslash, control characters as hexadecimal digits.
// It reports false for what is no distinguished name. Case stays as it is.
func canonicalDN(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	var out strings.Builder
	for first := true; ; first = false {
		rdn, rest, more := cutUnescaped(s, ',')
		kind, value, ok := cutUnescaped(rdn, '=')
		kind = strings.TrimSpace(kind)
		if !ok || kind == "" || !isKeyword(kind) {
			return "", false
		}
		raw, ok := unescape(trimBlanks(value))
		if !ok {
			return "", false
		}
		if !first {
			out.WriteByte(',')
		}
		out.WriteString(kind)
		out.WriteByte('=')
		escapeInto(&out, raw)
		if !more {
			return out.String(), true
		}
		s = rest
	}
}

// isKeyword reports whether s may name an attribute.
func isKeyword(s string) bool {
	for _, c := range []byte(s) {
		if c != '-' && c != '.' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// cutUnescaped cuts s at the first separator that no backslash and no quotation marks protect.
func cutUnescaped(s string, separator byte) (before, after string, found bool) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == separator && !quoted:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// trimBlanks removes blanks at both ends, but no escaped one.
func trimBlanks(s string) string {
	s = strings.TrimLeft(s, " ")
	for strings.HasSuffix(s, " ") && !strings.HasSuffix(s, `\ `) {
		s = s[:len(s)-1]
	}
	return s
}

func unescape(s string) (string, bool) {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	if !strings.Contains(s, `\`) {
		return s, true
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out.WriteByte(s[i])
			continue
		}
		if i+2 < len(s) {
			if b, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				out.WriteByte(b[0])
				i += 2
				continue
			}
		}
		if i+1 == len(s) {
			return "", false
		}
		i++
		out.WriteByte(s[i])
	}
	return out.String(), true
}

// escaped escapes one value of a name.
func escaped(s string) string {
	var out strings.Builder
	escapeInto(&out, s)
	return out.String()
}

func escapeInto(out *strings.Builder, s string) {
	for i := range len(s) {
		c := s[i]
		switch {
		case strings.IndexByte(`,+"\<>;=`, c) >= 0, c == '#' && i == 0, c == ' ' && (i == 0 || i == len(s)-1):
			out.WriteByte('\\')
			out.WriteByte(c)
		case c < ' ':
			out.WriteByte('\\')
			out.WriteString(strings.ToUpper(hex.EncodeToString([]byte{c})))
		default:
			out.WriteByte(c)
		}
	}
}

// parentDN cuts off the first component of a canonical name.
func parentDN(s string) string {
	_, parent, _ := cutUnescaped(s, ',')
	return parent
}
