package hunting

import (
	"context"
	"errors"
	"time"
)

// errEnough ends a read whose answer is complete.
var errEnough = errors.New("enough rows")

// emit takes one row. The row may be used again when it returns.
type emit func(row []Value) error

// pipeline is a table with what was done to it.
type pipeline struct {
	columns []Column
	run     func(ctx context.Context, out emit) error
}

func (p pipeline) index(column string) int {
	for i, c := range p.columns {
		if c.Name == column {
			return i
		}
	}
	return -1
}

type parser struct {
	tokens []token
	at     int
	find   func(string) (Table, bool)
	now    time.Time
	named  map[string]pipeline // by let
	depth  int

	// names are all that the query mentions, so that other columns need not be made; everything: it needs them all.
	names      map[string]bool
	everything bool
}

// mentioned notes a token for the choice of columns. A star, or an answer with whatever columns a table has, needs all.
func (p *parser) mentioned(t token) {
	if p.names == nil {
		p.names, p.everything = map[string]bool{}, true
	}
	if t.kind == name {
		p.names[t.text] = true
	}
	if t.kind == name && (t.text == "project" || t.text == "summarize" || t.text == "distinct" || t.text == "count") {
		p.everything = false
	}
	if t.kind == mark && t.text == "*" {
		p.names["*"] = true
	}
}

func (p *parser) peek() token { return p.tokens[p.at] }

// take moves on and gives the token that was passed. It stays at the end.
func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

func (p *parser) isMark(s string) bool { t := p.peek(); return t.kind == mark && t.text == s }
func (p *parser) isName(s string) bool { t := p.peek(); return t.kind == name && t.text == s }

// accept passes a mark if it is next.
func (p *parser) accept(s string) bool {
	if p.isMark(s) {
		p.at++
		return true
	}
	return false
}

// acceptName passes a word if it is next.
func (p *parser) acceptName(s string) bool {
	if p.isName(s) {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(s string) error {
	if !p.accept(s) {
		return failed("Syntax error: '%s' expected before '%s'.", s, p.peek().text)
	}
	return nil
}

func (p *parser) expectName() (string, error) {
	if t := p.peek(); t.kind != name {
		return "", failed("Syntax error: a name expected before '%s'.", t.text)
	}
	return p.take().text, nil
}

// statement reads the whole query: let statements, and one pipeline.
func (p *parser) statement() (pipeline, error) {
	for p.acceptName("let") {
		called, err := p.expectName()
		if err != nil {
			return pipeline{}, err
		}
		if err := p.expect("="); err != nil {
			return pipeline{}, err
		}
		pipe, err := p.pipeline("let")
		if err != nil {
			return pipeline{}, err
		}
		if err := p.expect(";"); err != nil {
			return pipeline{}, err
		}
		p.named[called] = pipe
	}
	pipe, err := p.pipeline("where")
	if err != nil {
		return pipe, err
	}
	p.accept(";")
	if t := p.peek(); t.kind != end {
		return pipe, failed("Syntax error: '%s' is too much.", t.text)
	}
	return pipe, nil
}

// maxDepth keeps a query from nesting without end.
const maxDepth = 50

func (p *parser) enter() error {
	if p.depth++; p.depth > maxDepth {
		return failed("The query is nested deeper than %d levels.", maxDepth)
	}
	return nil
}

// pipeline reads a table and its operators. The operator is named when the table is not there.
func (p *parser) pipeline(operator string) (pipeline, error) {
	if err := p.enter(); err != nil {
		return pipeline{}, err
	}
	defer func() { p.depth-- }()
	called, err := p.expectName()
	if err != nil {
		return pipeline{}, err
	}
	pipe, ok := p.named[called]
	if !ok {
		table, ok := p.find(called)
		if !ok {
			return pipe, unresolved(operator, called)
		}
		pipe = p.source(table)
	}
	for p.accept("|") {
		if pipe, err = p.operator(pipe); err != nil {
			return pipe, err
		}
	}
	return pipe, nil
}

// source reads from a table only what the query mentions.
func (p *parser) source(table Table) pipeline {
	wanted := make([]bool, len(table.Columns))
	for i, c := range table.Columns {
		wanted[i] = p.everything || p.names["*"] || p.names[c.Name]
	}
	return pipeline{table.Columns, func(ctx context.Context, out emit) error {
		rows := 0
		return table.Scan(ctx, wanted, func(row []Value) error {
			if rows++; rows%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			return out(row)
		})
	}}
}

// operator reads one operator and applies it.
func (p *parser) operator(in pipeline) (pipeline, error) {
	operator, err := p.expectName()
	if err != nil {
		return in, err
	}
	switch operator {
	case "where", "filter":
		return p.where(in)
	case "project":
		return p.project(in, false)
	case "extend":
		return p.project(in, true)
	case "summarize":
		return p.summarize(in)
	case "distinct":
		return p.distinct(in)
	case "count":
		return counted(in), nil
	case "join":
		return p.join(in)
	case "take", "limit":
		return p.limit(in)
	case "top":
		return p.top(in)
	case "sort", "order":
		return p.sort(in, -1)
	}
	return in, unknownOperator(operator)
}
