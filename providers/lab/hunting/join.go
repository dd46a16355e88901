package hunting

import (
	"context"
	"slices"
)

// join reads "kind=inner (table or pipeline) on Column, ...". Kinds are inner and leftanti.
func (p *parser) join(left pipeline) (pipeline, error) {
	kind := "inner"
	if p.acceptName("kind") {
		if err := p.expect("="); err != nil {
			return left, err
		}
		k, err := p.expectName()
		if err != nil {
			return left, err
		}
		kind = k
	}
	if kind != "inner" && kind != "leftanti" {
		return left, failed("'join' operator: the lab's hunting knows the kinds inner and leftanti, not %s.", kind)
	}
	wrapped := p.accept("(")
	right, err := p.joined(wrapped)
	if err != nil {
		return left, err
	}
	if !p.acceptName("on") {
		return left, failed("'join' operator: 'on' expected.")
	}
	var a, b []named
	for {
		column, err := p.expectName()
		if err != nil {
			return left, err
		}
		x, y := left.index(column), right.index(column)
		if x < 0 || y < 0 {
			return left, unresolved("join", column)
		}
		a, b = append(a, columnOf(left, x)), append(b, columnOf(right, y))
		if !p.accept(",") {
			break
		}
	}
	if kind == "leftanti" {
		return without(left, right, a, b), nil
	}
	return matched(left, right, a, b), nil
}

// joined reads the right side: a pipeline in parentheses, or a name alone.
func (p *parser) joined(wrapped bool) (pipeline, error) {
	if wrapped {
		pipe, err := p.pipeline("join")
		if err != nil {
			return pipe, err
		}
		return pipe, p.expect(")")
	}
	called, err := p.expectName()
	if err != nil {
		return pipeline{}, err
	}
	if pipe, ok := p.named[called]; ok {
		return pipe, nil
	}
	table, ok := p.find(called)
	if !ok {
		return pipeline{}, unresolved("join", called)
	}
	return p.source(table), nil
}

func columnOf(in pipeline, at int) named {
	c := in.columns[at]
	return named{c, expression{kind: c.Type, name: c.Name, eval: func(row []Value) Value { return row[at] }}}
}

func keyFor(by []named, row []Value) string {
	values := make([]Value, len(by))
	for i, n := range by {
		values[i] = n.eval(row)
	}
	return keyOf(by, values)
}

// without keeps the rows on the left that have none on the right.
func without(left, right pipeline, a, b []named) pipeline {
	return pipeline{left.columns, func(ctx context.Context, out emit) error {
		there := map[string]bool{}
		if err := right.run(ctx, func(row []Value) error { there[keyFor(b, row)] = true; return nil }); err != nil {
			return err
		}
		return left.run(ctx, func(row []Value) error {
			if there[keyFor(a, row)] {
				return nil
			}
			return out(row)
		})
	}}
}

// matched gives every pair. Columns of the right side whose name is taken get a "1", as in the real service.
func matched(left, right pipeline, a, b []named) pipeline {
	columns := slices.Clone(left.columns)
	for _, c := range right.columns {
		if left.index(c.Name) >= 0 {
			c.Name += "1"
		}
		columns = append(columns, c)
	}
	return pipeline{columns, func(ctx context.Context, out emit) error {
		there := map[string][][]Value{}
		err := right.run(ctx, func(row []Value) error {
			key := keyFor(b, row)
			there[key] = append(there[key], slices.Clone(row))
			return nil
		})
		if err != nil {
			return err
		}
		return left.run(ctx, func(row []Value) error {
			for _, other := range there[keyFor(a, row)] {
				if err := out(slices.Concat(row, other)); err != nil {
					return err
				}
			}
			return nil
		})
	}}
}
