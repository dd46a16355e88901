package odata

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

type tokenKind uint8

const (
	end tokenKind = iota
	word
	literal
	punctuation // one of ( ) , : /
)

// token is one piece of a filter.
type token struct {
	kind  tokenKind
	at    int
	text  string // of words and punctuation
	of    Kind   // of literals
	value Value
}

type lexer struct {
	in    string
	pos   int
	token token
}

// A bare word may be a GUID, an instant, a number or a name; the first three are told by their form.
var (
	guidForm    = form(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	instantForm = form(`^\d{4}-\d\d-\d\d(T.*)?Z?$`)
	numberForm  = form(`^[-+]?\d+(\.\d+)?$`)
	nameForm    = form(`^[A-Za-z_@$][A-Za-z0-9_.@$]*$`)
)

// form compiles an expression when it is needed first: most starts of the program need none of the lab.
func form(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

func (l *lexer) fail(format string, args ...any) error {
	return &Error{Position: l.token.at, Message: fmt.Sprintf(format, args...)}
}

// next reads the token that follows into l.token.
func (l *lexer) next() error {
	for l.pos < len(l.in) && (l.in[l.pos] == ' ' || l.in[l.pos] == '\t') {
		l.pos++
	}
	l.token = token{at: l.pos}
	if l.pos == len(l.in) {
		return nil
	}
	switch c := l.in[l.pos]; {
	case c == '\'':
		return l.quoted()
	case strings.IndexByte("(),/:", c) >= 0:
		l.token.kind, l.token.text = punctuation, l.in[l.pos:l.pos+1]
		l.pos++
		return nil
	}
	return l.bare()
}

// quoted reads a text in single quotes; two of them stand for one.
func (l *lexer) quoted() error {
	var b strings.Builder
	for i := l.pos + 1; i < len(l.in); i++ {
		if l.in[i] != '\'' {
			b.WriteByte(l.in[i])
			continue
		}
		if i+1 < len(l.in) && l.in[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		l.pos = i + 1
		l.token.kind, l.token.of, l.token.value = literal, Text, Value{Text: b.String()}
		return nil
	}
	return l.fail("There is an unterminated string literal at position %d in '%s'.", len(l.in), l.in)
}

// bare reads a word up to white space or punctuation. A colon belongs to it only in a time of day.
func (l *lexer) bare() error {
	start := l.pos
	for l.pos < len(l.in) {
		c := l.in[l.pos]
		if c == ' ' || c == '\t' || strings.IndexByte("(),/'", c) >= 0 {
			break
		}
		if c == ':' && (l.in[start] < '0' || l.in[start] > '9') {
			break
		}
		l.pos++
	}
	text := l.in[start:l.pos]
	l.token.text = text
	switch {
	case guidForm().MatchString(text):
		l.token.kind, l.token.of, l.token.value = literal, Text, Value{Text: text}
	case instantForm().MatchString(text):
		at, err := instant(text)
		if err != nil {
			return l.fail("Unrecognized 'Edm.DateTimeOffset' literal '%s' at '%d' in '%s'.", text, start, l.in)
		}
		l.token.kind, l.token.of, l.token.value = literal, Instant, InstantOf(at)
	case numberForm().MatchString(text):
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return l.fail("Unrecognized number '%s' at '%d' in '%s'.", text, start, l.in)
		}
		l.token.kind, l.token.of, l.token.value = literal, Number, Value{Number: n}
	case text == "true", text == "false":
		l.token.kind, l.token.of, l.token.value = literal, Boolean, BooleanOf(text == "true")
	case text == "null":
		l.token.kind, l.token.of, l.token.value = literal, Nothing, Value{Null: true}
	case nameForm().MatchString(text):
		l.token.kind = word
	default:
		return l.fail("Syntax error at position %d in '%s'.", start, l.in)
	}
	return nil
}

// instant reads a date with or without a time of day. The documentation of Defender for Endpoint writes
// "2018-08-01Z" for a bare date.
func instant(text string) (time.Time, error) {
	for _, form := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z", "2006-01-02Z", "2006-01-02"} {
		if t, err := time.Parse(form, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("not a time: %q", text)
}
