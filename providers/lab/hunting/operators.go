package hunting

import (
	"context"
	"slices"
	"strings"
)

func (p *parser) where(in pipeline) (pipeline, error) {
	e, err := p.expression(scope{in, "where"})
	if err != nil {
		return in, err
	}
	if e.kind != Boolean {
		return in, failed("'where' operator: the condition is not boolean.")
	}
	return pipeline{in.columns, func(ctx context.Context, out emit) error {
		return in.run(ctx, func(row []Value) error {
			if !e.eval(row).true() {
				return nil
			}
			return out(row)
		})
	}}, nil
}

// named is an expression with the name of the column that it makes.
type named struct {
	column Column
	expression
}

// list reads "Name = expression, Column, ...". Expressions without a name get one by their place.
func (p *parser) list(s scope, stop func() bool) ([]named, error) {
	var all []named
	for {
		var n named
		if p.peek().kind == name && p.tokens[p.at+1].kind == mark && p.tokens[p.at+1].text == "=" {
			n.column.Name = p.take().text
			p.at++
		}
		e, err := p.expression(s)
		if err != nil {
			return nil, err
		}
		n.expression = e
		if n.column.Name == "" {
			n.column.Name = e.name
		}
		if n.column.Name == "" {
			n.column.Name = "Column" + string(rune('1'+len(all)%9))
		}
		n.column.Type = e.kind
		all = append(all, n)
		if !p.accept(",") || stop != nil && stop() {
			return all, nil
		}
	}
}

// project keeps the named columns; with keep (extend) also all that were there.
func (p *parser) project(in pipeline, keep bool) (pipeline, error) {
	operator := "project"
	if keep {
		operator = "extend"
	}
	list, err := p.list(scope{in, operator}, nil)
	if err != nil {
		return in, err
	}
	out := pipeline{}
	if keep {
		out.columns = slices.Clone(in.columns)
	}
	places := make([]int, len(list))
	for i, n := range list {
		if places[i] = out.index(n.column.Name); places[i] >= 0 {
			out.columns[places[i]] = n.column
			continue
		}
		places[i] = len(out.columns)
		out.columns = append(out.columns, n.column)
	}
	width := len(out.columns)
	out.run = func(ctx context.Context, next emit) error {
		made := make([]Value, width)
		return in.run(ctx, func(row []Value) error {
			if keep {
				copy(made, row)
			}
			for i, n := range list {
				made[places[i]] = n.eval(row)
			}
			return next(made)
		})
	}
	return out, nil
}

// counted is the operator count.
func counted(in pipeline) pipeline {
	return pipeline{[]Column{{"Count", Number}}, func(ctx context.Context, out emit) error {
		rows := int64(0)
		if err := in.run(ctx, func([]Value) error { rows++; return nil }); err != nil {
			return err
		}
		return out([]Value{NumberOf(rows)})
	}}
}

func (p *parser) limit(in pipeline) (pipeline, error) {
	t := p.take()
	if t.kind != number || !t.whole {
		return in, failed("'take' operator: a number of rows expected.")
	}
	return head(in, int(min(t.number, MaxRows))), nil
}

func head(in pipeline, rows int) pipeline {
	return pipeline{in.columns, func(ctx context.Context, out emit) error {
		left := rows
		if left == 0 {
			return nil
		}
		err := in.run(ctx, func(row []Value) error {
			left--
			if err := out(row); err != nil || left > 0 {
				return err
			}
			return errStop
		})
		if err == errStop {
			return nil
		}
		return err
	}}
}

// errStop ends the reading of the input of one take.
var errStop = failed("stop")

func (p *parser) top(in pipeline) (pipeline, error) {
	t := p.take()
	if t.kind != number || !t.whole {
		return in, failed("'top' operator: a number of rows expected.")
	}
	return p.sort(in, int(min(t.number, MaxRows)))
}

// sort reads "by column [asc|desc], ..."; a number of rows that is not negative keeps only that many.
func (p *parser) sort(in pipeline, rows int) (pipeline, error) {
	if !p.acceptName("by") {
		return in, failed("'sort' operator: 'by' expected.")
	}
	type key struct {
		expression
		ascending bool
	}
	var keys []key
	for {
		e, err := p.expression(scope{in, "sort"})
		if err != nil {
			return in, err
		}
		k := key{e, p.acceptName("asc")}
		if !k.ascending {
			p.acceptName("desc")
		}
		keys = append(keys, k)
		if !p.accept(",") {
			break
		}
	}
	sorted := pipeline{in.columns, func(ctx context.Context, out emit) error {
		var all [][]Value
		if err := in.run(ctx, func(row []Value) error { all = append(all, slices.Clone(row)); return nil }); err != nil {
			return err
		}
		slices.SortStableFunc(all, func(a, b []Value) int {
			for _, k := range keys {
				o := order(k.kind, k.eval(a), k.eval(b))
				if !k.ascending {
					o = -o
				}
				if o != 0 {
					return o
				}
			}
			return 0
		})
		for _, row := range all {
			if err := out(row); err != nil {
				return err
			}
		}
		return nil
	}}
	if rows < 0 {
		return sorted, nil
	}
	return head(sorted, rows), nil
}

// distinct keeps the first of rows that are the same in the columns named.
func (p *parser) distinct(in pipeline) (pipeline, error) {
	list, err := p.list(scope{in, "distinct"}, nil)
	if err != nil {
		return in, err
	}
	columns := make([]Column, len(list))
	for i, n := range list {
		columns[i] = n.column
	}
	return pipeline{columns, func(ctx context.Context, out emit) error {
		seen := map[string]bool{}
		return in.run(ctx, func(row []Value) error {
			made := make([]Value, len(list))
			for i, n := range list {
				made[i] = n.eval(row)
			}
			key := keyOf(list, made)
			if seen[key] {
				return nil
			}
			seen[key] = true
			return out(made)
		})
	}}, nil
}

// keyOf joins the values by which rows are grouped.
func keyOf(by []named, values []Value) string {
	if len(by) == 1 {
		return values[0].key(by[0].kind)
	}
	var b strings.Builder
	for i, n := range by {
		b.WriteString(values[i].key(n.kind))
		b.WriteByte(0x1f)
	}
	return b.String()
}
