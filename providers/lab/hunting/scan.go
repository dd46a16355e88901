package hunting

import (
	"strconv"
	"strings"
	"time"
)

type tokenKind uint8

const (
	end tokenKind = iota
	name
	text
	number
	span
	mark // an operator or punctuation
)

type token struct {
	kind   tokenKind
	text   string
	number float64 // span: nanoseconds
	whole  bool    // number without a point
}

// maxQuery is the longest query in bytes.
const maxQuery = 64 << 10

// marks are the operators, longer ones first. "!in~" and the like are put together from their parts.
var marks = []string{"==", "!=", "=~", "!~", "<=", ">=", "!", "<", ">", "=", "(", ")", ",", "|", ";", "+", "-", "*", "~"}

// units of lengths of time, as in "30d".
var units = map[string]time.Duration{
	"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second, "ms": time.Millisecond,
}

// scan cuts a query into tokens; the last is an end.
func scan(query string) ([]token, error) {
	if len(query) > maxQuery {
		return nil, failed("The query is longer than %d bytes.", maxQuery)
	}
	var tokens []token
	for i := 0; i < len(query); {
		c := query[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case strings.HasPrefix(query[i:], "//"):
			for i < len(query) && query[i] != '\n' {
				i++
			}
		case c == '"' || c == '\'' || c == '@' && i+1 < len(query) && (query[i+1] == '"' || query[i+1] == '\''):
			t, n, err := scanText(query[i:])
			if err != nil {
				return nil, err
			}
			tokens, i = append(tokens, t), i+n
		case isNameByte(c):
			n := i
			for n < len(query) && (isNameByte(query[n]) || query[n] == '.' && c >= '0' && c <= '9') {
				n++
			}
			t, err := scanWord(query[i:n])
			if err != nil {
				return nil, err
			}
			tokens, i = append(tokens, t), n
		default:
			m := scanMark(query[i:])
			if m == "" {
				return nil, failed("Syntax error: the character %q at position %d is not understood.", c, i)
			}
			tokens, i = append(tokens, token{kind: mark, text: m}), i+len(m)
		}
	}
	return append(tokens, token{}), nil
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func scanMark(s string) string {
	for _, m := range marks {
		if strings.HasPrefix(s, m) {
			return m
		}
	}
	return ""
}

// scanWord tells names, numbers and lengths of time apart.
func scanWord(s string) (token, error) {
	if s[0] < '0' || s[0] > '9' {
		return token{kind: name, text: s}, nil
	}
	digits := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return token{}, failed("Syntax error: '%s' is not a number.", s)
	}
	if digits == s {
		return token{kind: number, number: n, whole: !strings.Contains(s, ".")}, nil
	}
	unit, ok := units[s[len(digits):]]
	if !ok {
		return token{}, failed("Syntax error: '%s' is neither a number nor a length of time.", s)
	}
	return token{kind: span, number: n * float64(unit)}, nil
}

// scanText reads a quoted text; a "@" before the quote switches backslashes off.
func scanText(s string) (token, int, error) {
	i, verbatim := 0, s[0] == '@'
	if verbatim {
		i++
	}
	quote := s[i]
	var b strings.Builder
	for i++; i < len(s); i++ {
		switch {
		case s[i] == quote:
			return token{kind: text, text: b.String()}, i + 1, nil
		case s[i] == '\\' && !verbatim && i+1 < len(s):
			i++
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return token{}, 0, failed("Syntax error: a text is not closed.")
}
