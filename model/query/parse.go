package query

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"adbadge/model/text"
)

const (
	// maxQuery, maxTerms and maxPattern keep a query from being more work than a screen may do.
	maxQuery   = 4096
	maxTerms   = 64
	maxPattern = 200
)

// SyntaxError says what is wrong with a query and where.
type SyntaxError struct {
	Pos     int // in bytes from the start of the query
	Message string
}

// Error gives the message and the place.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s (at character %d)", e.Message, e.Pos+1) }

// Parse reads a query. The empty one asks for everything. The error is always a *SyntaxError.
func Parse(s string) (Query, error) {
	if len(s) > maxQuery {
		return Query{}, &SyntaxError{Pos: maxQuery, Message: fmt.Sprintf("the query is longer than %d bytes", maxQuery)}
	}
	if !utf8.ValidString(s) {
		return Query{}, &SyntaxError{Pos: len(strings.ToValidUTF8(s, "")), Message: "the query is not UTF-8"}
	}
	p := parser{input: s}
	var q Query
	for p.skipSpace(); p.at < len(s); p.skipSpace() {
		start := p.at
		t, err := p.term()
		if err != nil {
			return Query{}, err
		}
		if len(q.terms) == maxTerms {
			return Query{}, &SyntaxError{Pos: start, Message: fmt.Sprintf("more than %d conditions", maxTerms)}
		}
		q.terms = append(q.terms, t)
	}
	return q, nil
}

func isSpace(r rune) bool { return unicode.IsSpace(r) }

type parser struct {
	input string
	at    int
}

func (p *parser) fail(pos int, format string, args ...any) error {
	return &SyntaxError{Pos: pos, Message: fmt.Sprintf(format, args...)}
}

func (p *parser) rest() string { return p.input[p.at:] }

func (p *parser) skipSpace() {
	p.at = len(p.input) - len(strings.TrimLeftFunc(p.rest(), isSpace))
}

// take moves over a prefix if it is there.
func (p *parser) take(prefix string) bool {
	if !strings.HasPrefix(p.rest(), prefix) {
		return false
	}
	p.at += len(prefix)
	return true
}

func (p *parser) term() (term, error) {
	var t term
	start := p.at
	for p.take("!") {
		t.not = !t.not
	}
	var err error
	switch {
	case p.take("~"):
		t.kind = fuzzyTerm
		t.text, err = p.value(start, "")
	case p.take("/"):
		t.kind = patternTerm
		t.text, err = p.pattern(start)
	default:
		if name, op := splitField(p.rest()); name != "" {
			return p.fieldTerm(t, name, op)
		}
		t.text, err = p.value(start, "")
	}
	if err == nil && t.kind != patternTerm && text.Fold(t.text) == "" {
		err = p.fail(start, "nothing to look for here")
	}
	return t, err
}

// splitField finds a field's name and the operator behind it at the start of s.
func splitField(s string) (name, op string) {
	end := strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) })
	if end <= 0 {
		return "", ""
	}
	for _, op := range [...]string{"<=", ">=", "!=", ":", "=", "<", ">"} {
		if strings.HasPrefix(s[end:], op) {
			return s[:end], op
		}
	}
	return "", ""
}

// value reads a quoted or a bare value. A bare one ends at white space or at one of the characters of stop.
func (p *parser) value(start int, stop string) (string, error) {
	if p.take(`"`) {
		return p.quoted(start)
	}
	rest := p.rest()
	end := strings.IndexFunc(rest, func(r rune) bool { return isSpace(r) || strings.ContainsRune(stop, r) })
	if end < 0 {
		end = len(rest)
	}
	p.at += end
	return rest[:end], nil
}

// quoted reads up to the closing quotation mark; a backslash takes the next character as it is.
func (p *parser) quoted(start int) (string, error) {
	var b strings.Builder
	for i := p.at; i < len(p.input); i++ {
		switch c := p.input[i]; {
		case c == '"':
			p.at = i + 1
			return b.String(), nil
		case c == '\\' && i+1 < len(p.input):
			i++
			b.WriteByte(p.input[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail(start, "the quotation mark is not closed")
}

// pattern reads up to the closing slash.
func (p *parser) pattern(start int) (string, error) {
	var b strings.Builder
	for i := p.at; i < len(p.input); i++ {
		switch c := p.input[i]; {
		case c == '/':
			p.at = i + 1
			return b.String(), p.checkPattern(start, b.String())
		case c == '\\' && i+1 < len(p.input):
			i++
			if p.input[i] != '/' {
				b.WriteByte('\\')
			}
			b.WriteByte(p.input[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail(start, "close the pattern with a slash")
}

func (p *parser) checkPattern(start int, pattern string) error {
	if pattern == "" {
		return p.fail(start, "the pattern is empty")
	}
	if len(pattern) > maxPattern {
		return p.fail(start, "the pattern is longer than %d characters", maxPattern)
	}
	if _, err := compilePattern(pattern); err != nil {
		if _, asTyped := regexp.Compile(pattern); asTyped != nil {
			err = asTyped // without what compilePattern puts around it
		}
		message, _ := strings.CutPrefix(err.Error(), "error parsing regexp: ")
		return p.fail(start, "not a regular expression: %s", message)
	}
	return nil
}

// compilePattern makes a pattern that does not tell upper from lower case. Its time is linear in the text (RE2).
func compilePattern(pattern string) (*regexp.Regexp, error) {
	return regexp.Compile("(?i:" + pattern + ")")
}

// fieldTerm reads the value of a field.
func (p *parser) fieldTerm(t term, name, op string) (term, error) {
	start := p.at
	f := fieldNamed(name)
	if f == nil {
		return t, p.fail(start, "unknown field %q%s; quote it to look for the text", name, didYouMean(name, fieldNames()))
	}
	p.at += len(name) + len(op)
	t.kind, t.field = fieldTerm, f
	switch op {
	case "!=":
		t.not = !t.not
	case "<":
		t.op = below
	case "<=":
		t.op = atMost
	case ">":
		t.op = above
	case ">=":
		t.op = atLeast
	}
	if t.op != is && !f.Compare {
		return t, p.fail(start, "%s cannot be compared with %s; write %s", f.Name, op, f.Example)
	}
	for {
		valueAt := p.at
		value, err := p.value(valueAt, "|,")
		if err != nil {
			return t, err
		}
		if value, err = f.check(value, t.op); err != nil {
			return t, p.fail(valueAt, "%s", err.Error())
		}
		t.values = append(t.values, value)
		if !p.take("|") && !p.take(",") {
			break
		}
	}
	if p.at < len(p.input) && !strings.ContainsFunc(p.input[p.at:p.at+1], isSpace) && p.input[p.at-1] == '"' {
		if r, _ := utf8.DecodeRuneInString(p.rest()); !isSpace(r) {
			return t, p.fail(p.at, "a space is missing behind the quotation mark")
		}
	}
	if t.op != is && len(t.values) > 1 {
		return t, p.fail(start, "%s takes one value here", f.Name+op)
	}
	return t, nil
}
