// Package query is the language in which screen and commands ask for entities: words, fields, patterns and an order.
//
//	anna finance            both words, in a name, department, operating system or OU
//	!svc  ~klpz  /^ws-\d+/  not; letters in this order; a regular expression
//	badge:alerts os:"server 2019" logon>90d
//
// A Query is parsed once and run on any number of inventory views. Fields lists what can be asked for; help,
// completion and README are made from it.
package query

import (
	"slices"
	"strings"
)

// Query is a parsed question. The zero Query asks for everything.
type Query struct {
	terms []term
}

// IsEmpty reports whether everything matches.
func (q Query) IsEmpty() bool { return len(q.terms) == 0 }

// IsFuzzy reports whether the best matches come first, whatever the order.
func (q Query) IsFuzzy() bool {
	return slices.ContainsFunc(q.terms, func(t term) bool { return t.kind == fuzzyTerm && !t.not })
}

// Asks reports whether one of these fields, by their first names, is asked for.
func (q Query) Asks(fields ...string) bool {
	return slices.ContainsFunc(q.terms, func(t term) bool {
		return t.kind == fieldTerm && slices.Contains(fields, t.field.Name)
	})
}

// AsksCounterpart reports whether a field is asked for that neither the directory nor the badge tells.
func (q Query) AsksCounterpart() bool {
	return q.Asks("alerts", "mdi", "alert", "phase", "technique", "seen", "health", "risk", "exposure", "tag", "matched")
}

// String gives the canonical form, which Parse reads back as the same Query.
func (q Query) String() string {
	parts := make([]string, len(q.terms))
	for i := range q.terms {
		parts[i] = q.terms[i].String()
	}
	return strings.Join(parts, " ")
}

// And gives a query that asks for both.
func (q Query) And(other Query) Query {
	return Query{terms: slices.Concat(q.terms, other.terms)}
}

type termKind uint8

const (
	wordTerm termKind = iota
	fuzzyTerm
	patternTerm
	fieldTerm
)

// operator stands between a field and its value.
type operator uint8

const (
	is operator = iota
	below
	atMost
	above
	atLeast
)

var operatorTexts = [...]string{":", "<", "<=", ">", ">="}

// term is one condition. All terms of a query must hold.
type term struct {
	not    bool
	kind   termKind
	text   string // of words, fuzzy words and patterns
	field  *field
	op     operator
	values []string // alternatives, in canonical form
}

func (t *term) String() string {
	var b strings.Builder
	if t.not {
		b.WriteByte('!')
	}
	switch t.kind {
	case wordTerm:
		b.WriteString(quoteWord(t.text))
	case fuzzyTerm:
		b.WriteString("~" + quoteValue(t.text))
	case patternTerm:
		b.WriteString("/" + strings.ReplaceAll(t.text, "/", `\/`) + "/")
	case fieldTerm:
		b.WriteString(t.field.Name + operatorTexts[t.op])
		for i, value := range t.values {
			if i > 0 {
				b.WriteByte('|')
			}
			b.WriteString(quoteValue(value))
		}
	}
	return b.String()
}

// quoteWord quotes a word that would be read as something else.
func quoteWord(word string) string {
	if word == "" || strings.ContainsAny(word[:1], "!~/") {
		return quoted(word)
	}
	if name, _ := splitField(word); name != "" {
		return quoted(word)
	}
	return quoteValue(word)
}

// quoteValue quotes a value that does not stand for itself.
func quoteValue(value string) string {
	if value == "" || strings.ContainsAny(value, "\"|,\\") || strings.ContainsFunc(value, isSpace) {
		return quoted(value)
	}
	return value
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
