package hunting

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// aggregate gathers one or more columns from the rows of a group.
type aggregate struct {
	columns []Column
	start   func() gather
}

// gather is one aggregate at work on one group.
type gather struct {
	add    func(row []Value)
	result func() []Value
}

// summarize reads "name = aggregate(...), ... [by expressions]".
func (p *parser) summarize(in pipeline) (pipeline, error) {
	s := scope{in, "summarize"}
	var list []aggregate
	for !p.isName("by") {
		a, err := p.aggregate(s)
		if err != nil {
			return in, err
		}
		list = append(list, a)
		if !p.accept(",") {
			break
		}
	}
	var by []named
	var err error
	if p.acceptName("by") {
		if by, err = p.list(s, nil); err != nil {
			return in, err
		}
	}
	if len(by)+len(list) == 0 {
		return in, failed("'summarize' operator: there is nothing to summarize.")
	}
	var columns []Column
	for _, n := range by {
		columns = append(columns, n.column)
	}
	for i := range list {
		columns = append(columns, list[i].columns...)
	}
	// arg_max(x, *) repeats the columns that rows are grouped by; the real service leaves them out.
	return dropRepeated(pipeline{columns, func(ctx context.Context, out emit) error { return grouped(ctx, in, by, list, out) }}), nil
}

// dropRepeated keeps the first of columns with the same name.
func dropRepeated(in pipeline) pipeline {
	var keep []int
	var columns []Column
	for i, c := range in.columns {
		if !slices.ContainsFunc(columns, func(o Column) bool { return o.Name == c.Name }) {
			keep, columns = append(keep, i), append(columns, c)
		}
	}
	if len(keep) == len(in.columns) {
		return in
	}
	return pipeline{columns, func(ctx context.Context, out emit) error {
		made := make([]Value, len(keep))
		return in.run(ctx, func(row []Value) error {
			for i, at := range keep {
				made[i] = row[at]
			}
			return out(made)
		})
	}}
}

// grouped reads everything, then gives the groups in the order in which they were met.
func grouped(ctx context.Context, in pipeline, by []named, list []aggregate, out emit) error {
	type group struct {
		key     []Value
		gathers []gather
	}
	begin := func(key []Value) *group {
		g := &group{key: key, gathers: make([]gather, len(list))}
		for i, a := range list {
			g.gathers[i] = a.start()
		}
		return g
	}
	var all []*group
	found := map[string]*group{}
	if len(by) == 0 { // one group, also without any row
		all = append(all, begin(nil))
		found[""] = all[0]
	}
	key := make([]Value, len(by))
	err := in.run(ctx, func(row []Value) error {
		for i, n := range by {
			key[i] = n.eval(row)
		}
		text := ""
		if len(by) > 0 {
			text = keyOf(by, key)
		}
		g := found[text]
		if g == nil {
			g = begin(slices.Clone(key))
			found[text] = g
			all = append(all, g)
		}
		for _, gather := range g.gathers {
			gather.add(row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, g := range all {
		row := g.key
		for _, gather := range g.gathers {
			row = append(row, gather.result()...)
		}
		if err := out(row); err != nil {
			return err
		}
	}
	return nil
}

// aggregate reads one aggregate function.
func (p *parser) aggregate(s scope) (aggregate, error) {
	called := ""
	if p.tokens[p.at].kind == name && p.tokens[p.at+1].kind == mark && p.tokens[p.at+1].text == "=" {
		called = p.take().text
		p.at++
	}
	function, err := p.expectName()
	if err != nil {
		return aggregate{}, err
	}
	if err := p.expect("("); err != nil {
		return aggregate{}, err
	}
	switch function {
	case "arg_max", "arg_min":
		return p.extreme(s, called, function == "arg_max")
	case "tolower", "toupper":
		return p.folded(s, called, function)
	}
	args, err := p.arguments(s)
	if err != nil {
		return aggregate{}, err
	}
	made, ok := aggregates[function]
	if !ok {
		return aggregate{}, failed("'summarize' operator: the lab's hunting does not know the aggregate '%s'.", function)
	}
	if len(args) != made.args || made.condition && args[len(args)-1].kind != Boolean {
		return aggregate{}, failed("'summarize' operator: the arguments of %s() are not understood.", function)
	}
	column := Column{called, Number}
	if made.keepsType {
		column.Type = args[0].kind
	}
	if column.Name == "" {
		column.Name = function + "_"
		if len(args) > 0 {
			column.Name += args[0].name
		}
	}
	return aggregate{[]Column{column}, func() gather { return made.start(args) }}, nil
}

// folded reads the rest of tolower or toupper around an aggregate.
func (p *parser) folded(s scope, called, function string) (aggregate, error) {
	if err := p.enter(); err != nil {
		return aggregate{}, err
	}
	defer func() { p.depth-- }()
	inner, err := p.aggregate(s)
	if err != nil {
		return inner, err
	}
	if len(inner.columns) != 1 || inner.columns[0].Type != Text {
		return inner, failed("'summarize' operator: the arguments of %s() are not understood.", function)
	}
	fold := strings.ToLower
	if function == "toupper" {
		fold = strings.ToUpper
	}
	column := inner.columns[0]
	column.Name = cmp.Or(called, column.Name)
	return aggregate{[]Column{column}, func() gather {
		g := inner.start()
		return gather{g.add, func() []Value {
			v := g.result()[0]
			v.Text = fold(v.Text)
			return []Value{v}
		}}
	}}, p.expect(")")
}

// extreme reads the rest of arg_max or arg_min: the value that decides, and the columns that go with it.
func (p *parser) extreme(s scope, called string, largest bool) (aggregate, error) {
	what, err := p.expression(s)
	if err != nil {
		return aggregate{}, err
	}
	if called == "" {
		called = what.name
	}
	a := aggregate{columns: []Column{{called, what.kind}}}
	parts := []expression{what}
	for p.accept(",") {
		if p.accept("*") {
			for i, c := range s.in.columns {
				if c.Name != what.name {
					a.columns = append(a.columns, c)
					parts = append(parts, expression{kind: c.Type, name: c.Name, eval: func(row []Value) Value { return row[i] }})
				}
			}
			continue
		}
		e, err := p.expression(s)
		if err != nil {
			return a, err
		}
		a.columns = append(a.columns, Column{e.name, e.kind})
		parts = append(parts, e)
	}
	a.start = func() gather {
		best := make([]Value, len(parts))
		best[0].Null = true
		return gather{
			add: func(row []Value) {
				v := what.eval(row)
				if o := order(what.kind, v, best[0]); v.Null || !best[0].Null && (o == 0 || (o > 0) != largest) {
					return
				}
				for i, e := range parts {
					best[i] = e.eval(row)
				}
			},
			result: func() []Value { return best },
		}
	}
	return a, p.expect(")")
}
