// Package odata reads the $filter option of OData V4 (OASIS, "URL Conventions", 5.1.1) and turns it into a test of
// records, for the lab's servers: comparison, and, or, not, in, startswith, endswith, contains and any() over lists
// of text. What it does not know is an *Error that says so, as the real services answer with status 400.
package odata

import (
	"fmt"
	"strings"
	"time"
)

// Kind is the type of a property or expression.
type Kind uint8

const (
	// Text is compared with its case.
	Text Kind = iota
	// Enum is text compared without regard to case.
	Enum
	Number
	Boolean
	Instant
	// List is a collection of text, for any().
	List
	// Nothing is the literal null.
	Nothing
)

// String gives the name that OData uses in messages.
func (k Kind) String() string {
	return [...]string{
		"Edm.String", "Edm.String", "Edm.Int64", "Edm.Boolean", "Edm.DateTimeOffset", "Collection(Edm.String)", "<null>",
	}[k]
}

// Value is what a property holds; which of the fields counts follows from the property's Kind.
type Value struct {
	Null   bool
	Text   string
	Number float64 // also Boolean: 0 or 1
	Nanos  int64   // Instant: nanoseconds since 1970
	List   []string
}

// TextOf gives a text that is null when it is empty.
func TextOf(s string) Value { return Value{Text: s, Null: s == ""} }

// NumberOf gives a number.
func NumberOf(n int64) Value { return Value{Number: float64(n)} }

// BooleanOf gives a truth value.
func BooleanOf(b bool) Value {
	if b {
		return Value{Number: 1}
	}
	return Value{}
}

// InstantOf gives a time that is null when it is zero.
func InstantOf(t time.Time) Value {
	if t.IsZero() {
		return Value{Null: true}
	}
	return Value{Nanos: t.UnixNano()}
}

// ListOf gives a list of text.
func ListOf(list []string) Value { return Value{List: list} }

// Property is one thing that a record can be filtered by.
type Property[T any] struct {
	Kind Kind
	Get  func(T) Value
}

// Type describes records: the name that messages give, and the properties by their names in lower case.
type Type[T any] struct {
	Name       string
	Properties map[string]Property[T]
}

// Error says what is wrong with a filter, and where.
type Error struct {
	Position int // byte offset in the filter
	Message  string
}

// Error gives one sentence.
func (e *Error) Error() string { return e.Message }

// Limits keep a filter from using up the server.
const (
	maxLength = 8 << 10
	maxDepth  = 64
)

// Compile turns a filter into a test. Every error is an *Error. The test may be used by many goroutines at once.
func Compile[T any](filter string, about Type[T]) (func(T) bool, error) {
	if len(filter) > maxLength {
		return nil, &Error{Message: fmt.Sprintf("The $filter is longer than %d bytes.", maxLength)}
	}
	p := parser[T]{lexer: lexer{in: filter}, about: about}
	if err := p.next(); err != nil {
		return nil, err
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.token.kind != end {
		return nil, p.fail("Syntax error at position %d in '%s'.", p.token.at, filter)
	}
	if e.kind != Boolean {
		return nil, p.fail("The $filter expression must evaluate to a single boolean value.")
	}
	return func(record T) bool { return truth(e.eval(&scope[T]{record: record})) }, nil
}

func truth(v Value) bool { return !v.Null && v.Number != 0 }

// compare orders two values of the kind; it must not be called with nulls.
func compare(kind Kind, a, b Value) int {
	switch kind {
	case Number, Boolean:
		return order(a.Number, b.Number)
	case Instant:
		return order(a.Nanos, b.Nanos)
	case Enum:
		if strings.EqualFold(a.Text, b.Text) {
			return 0
		}
		return strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text))
	}
	return strings.Compare(a.Text, b.Text)
}

func order[N int64 | float64](a, b N) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
