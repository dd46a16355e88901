// Package hunting answers the part of the Kusto query language (KQL) that the lab's hunting endpoint understands: let,
// where, project, extend, summarize, distinct, count, join, top, sort and take over tables that are made while they
// are read. What it does not know is an *Error, in the words of the real service where those are known.
package hunting

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
)

// Type is the type of a column.
type Type uint8

const (
	Text Type = iota
	Number
	Real
	Boolean
	Instant
	Span // a length of time; never in an answer
)

// String gives the name that answers use.
func (t Type) String() string {
	return [...]string{"String", "Int64", "Double", "SByte", "DateTime", "TimeSpan"}[t]
}

// Column is one column of a table or answer.
type Column struct {
	Name string
	Type Type
}

// Value is one cell; which of the fields counts follows from the column's Type.
type Value struct {
	Null   bool
	Text   string
	Number float64 // Boolean: 0 or 1; Span: nanoseconds
	Nanos  int64   // Instant: nanoseconds since 1970
}

// TextOf, NumberOf, BooleanOf and InstantOf make cells.
func TextOf(s string) Value { return Value{Text: s} }

// NumberOf makes a cell of a Number column.
func NumberOf(n int64) Value { return Value{Number: float64(n)} }

// BooleanOf makes a cell of a Boolean column.
func BooleanOf(b bool) Value {
	if b {
		return Value{Number: 1}
	}
	return Value{}
}

// InstantOf makes a cell of an Instant column, null for the zero time.
func InstantOf(t time.Time) Value {
	if t.IsZero() {
		return Value{Null: true}
	}
	return Value{Nanos: t.UnixNano()}
}

// Time gives an Instant back.
func (v Value) Time() time.Time { return time.Unix(0, v.Nanos).UTC() }

func (v Value) true() bool { return !v.Null && v.Number != 0 }

// key tells values apart when rows are grouped.
func (v Value) key(t Type) string {
	switch {
	case v.Null:
		return "\x00"
	case t == Text:
		return v.Text
	case t == Instant:
		return strconv.FormatInt(v.Nanos, 36)
	}
	return strconv.FormatFloat(v.Number, 'g', -1, 64)
}

// Table is a source of rows.
type Table struct {
	Columns []Column
	// Scan hands every row to emit until that gives an error. Cells whose column is not wanted may be left empty. The row may be
	// used again after emit returns.
	Scan func(ctx context.Context, wanted []bool, emit func(row []Value) error) error
}

// MaxRows is how many rows an answer has at most, as at the vendor; the rest is cut off without a word.
const MaxRows = 100_000

// Answer is the result of a query.
type Answer struct {
	Columns []Column
	Rows    [][]Value
}

// Error says what is wrong with a query.
type Error struct{ Message string }

// Error gives one sentence.
func (e *Error) Error() string { return e.Message }

func failed(format string, args ...any) error { return &Error{fmt.Sprintf(format, args...)} }

// unresolved is how the service names a table or column that is not there.
func unresolved(operator, name string) error {
	return failed("'%s' operator: Failed to resolve table or column expression named '%s'. Fix semantic errors in your query.", operator, name)
}

// unknownOperator lists what can be answered.
func unknownOperator(name string) error {
	return failed("The lab's hunting cannot evaluate '%s'; it knows let, where, project, extend, summarize, distinct, count, join, top, sort and take.", name)
}

// Run answers a query over the tables that find gives, as of now.
func Run(ctx context.Context, query string, find func(name string) (Table, bool), now time.Time) (Answer, error) {
	tokens, err := scan(query)
	if err != nil {
		return Answer{}, err
	}
	p := &parser{tokens: tokens, find: find, now: now.UTC(), named: map[string]pipeline{}}
	for _, t := range tokens {
		p.mentioned(t)
	}
	pipe, err := p.statement()
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Columns: pipe.columns}
	err = pipe.run(ctx, func(row []Value) error {
		if len(answer.Rows) == MaxRows {
			return errEnough
		}
		answer.Rows = append(answer.Rows, append([]Value(nil), row...))
		return nil
	})
	if err != nil && err != errEnough {
		return Answer{}, err
	}
	return answer, nil
}

// hash spreads values over n groups. Which value falls where differs from the real service; that each falls into
// exactly one does not.
func hash(s string, n int64) int64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return int64(h.Sum64() % uint64(n))
}

// hasTerm looks for a whole term, as the operator has does.
func hasTerm(in, term string) bool {
	in, term = strings.ToLower(in), strings.ToLower(term)
	for from := 0; term != "" && from < len(in); {
		at := strings.Index(in[from:], term)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(term)
		if (at == 0 || !isTermByte(in[at-1])) && (end == len(in) || !isTermByte(in[end])) {
			return true
		}
		from = at + 1
	}
	return term == ""
}

func isTermByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80
}
