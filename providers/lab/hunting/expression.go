package hunting

import (
	"slices"
	"strings"
)

// expression is a part of a query that gives a value for a row.
type expression struct {
	kind Type
	name string // of a plain column; empty for others
	eval func(row []Value) Value
}

func constant(kind Type, v Value) expression {
	return expression{kind: kind, eval: func([]Value) Value { return v }}
}

// scope is what names mean while an expression is read.
type scope struct {
	in       pipeline
	operator string // for messages
}

func (p *parser) expression(s scope) (expression, error) {
	if err := p.enter(); err != nil {
		return expression{}, err
	}
	defer func() { p.depth-- }()
	return p.logic(s, "or", func() (expression, error) {
		return p.logic(s, "and", func() (expression, error) { return p.comparison(s) })
	})
}

// logic reads operands joined by "and" or "or".
func (p *parser) logic(s scope, word string, operand func() (expression, error)) (expression, error) {
	left, err := operand()
	for err == nil && p.acceptName(word) {
		var right expression
		if right, err = operand(); err != nil {
			break
		}
		if left.kind != Boolean || right.kind != Boolean {
			return left, failed("'%s' operator: '%s' needs boolean operands.", s.operator, word)
		}
		a, b, decisive := left.eval, right.eval, word == "or"
		left = expression{kind: Boolean, eval: func(row []Value) Value {
			if a(row).true() == decisive {
				return BooleanOf(decisive)
			}
			return BooleanOf(b(row).true())
		}}
	}
	return left, err
}

// relations compare two values of one kind.
var relations = map[string]func(order int) bool{
	"==": func(o int) bool { return o == 0 }, "!=": func(o int) bool { return o != 0 },
	"<": func(o int) bool { return o < 0 }, "<=": func(o int) bool { return o <= 0 },
	">": func(o int) bool { return o > 0 }, ">=": func(o int) bool { return o >= 0 },
}

// textRelations compare texts without regard to case. Each has a negation with "!" before it.
var textRelations = map[string]func(a, b string) bool{
	"contains":   func(a, b string) bool { return strings.Contains(strings.ToLower(a), strings.ToLower(b)) },
	"startswith": func(a, b string) bool { return strings.HasPrefix(strings.ToLower(a), strings.ToLower(b)) },
	"endswith":   func(a, b string) bool { return strings.HasSuffix(strings.ToLower(a), strings.ToLower(b)) },
	"has":        hasTerm,
	"=~":         strings.EqualFold,
	"!~":         func(a, b string) bool { return !strings.EqualFold(a, b) },
}

func (p *parser) comparison(s scope) (expression, error) {
	left, err := p.sum(s)
	if err != nil {
		return left, err
	}
	negated := p.isMark("!") && p.tokens[p.at+1].kind == name
	if negated {
		p.at++
	}
	t := p.peek()
	switch {
	case t.kind == name && (t.text == "in" || t.text == "has_any"):
		return p.among(s, left, negated)
	case t.kind == name || t.kind == mark:
		if test, ok := textRelations[t.text]; ok {
			p.at++
			return p.textComparison(s, left, test, negated)
		}
	}
	accepts, ok := relations[t.text]
	if !ok || t.kind != mark || negated {
		if negated {
			return left, failed("'%s' operator: '!%s' is not understood.", s.operator, t.text)
		}
		return left, nil
	}
	p.at++
	right, err := p.sum(s)
	if err != nil {
		return right, err
	}
	if numeric(left.kind) != numeric(right.kind) || !numeric(left.kind) && left.kind != right.kind {
		return left, failed("'%s' operator: Cannot compare values of types %s and %s. Try adding explicit casts.", s.operator, left.kind, right.kind)
	}
	kind, a, b := left.kind, left.eval, right.eval
	return expression{kind: Boolean, eval: func(row []Value) Value {
		x, y := a(row), b(row)
		return BooleanOf(!x.Null && !y.Null && accepts(order(kind, x, y)))
	}}, nil
}

func numeric(t Type) bool { return t == Number || t == Real || t == Boolean }

func (p *parser) textComparison(s scope, left expression, test func(a, b string) bool, negated bool) (expression, error) {
	right, err := p.sum(s)
	if err != nil {
		return right, err
	}
	if left.kind != Text || right.kind != Text {
		return left, failed("'%s' operator: a text comparison needs texts, not %s and %s.", s.operator, left.kind, right.kind)
	}
	return expression{kind: Boolean, eval: func(row []Value) Value {
		return BooleanOf(test(left.eval(row).Text, right.eval(row).Text) != negated)
	}}, nil
}

// among reads "in (...)", "in~ (...)" and "has_any (...)".
func (p *parser) among(s scope, left expression, negated bool) (expression, error) {
	terms := p.take().text == "has_any"
	// The scanner gives "in~" as "in" and what follows; "~" is part of no other operator here.
	fold := !terms && p.accept("~")
	if err := p.expect("("); err != nil {
		return left, err
	}
	list, err := p.arguments(s)
	if err != nil {
		return left, err
	}
	for _, e := range list {
		if e.kind != left.kind && !(numeric(e.kind) && numeric(left.kind)) {
			return left, failed("'%s' operator: Cannot compare values of types %s and %s.", s.operator, left.kind, e.kind)
		}
	}
	kind := left.kind
	return expression{kind: Boolean, eval: func(row []Value) Value {
		v := left.eval(row)
		found := slices.ContainsFunc(list, func(e expression) bool {
			w := e.eval(row)
			switch {
			case terms:
				return hasTerm(v.Text, w.Text)
			case fold:
				return strings.EqualFold(v.Text, w.Text)
			}
			return order(kind, v, w) == 0
		})
		return BooleanOf(found != negated)
	}}, nil
}

// arguments reads expressions up to the closing parenthesis.
func (p *parser) arguments(s scope) ([]expression, error) {
	var list []expression
	if p.accept(")") {
		return nil, nil
	}
	for {
		e, err := p.expression(s)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
		if !p.accept(",") {
			return list, p.expect(")")
		}
	}
}

// sum reads values joined by plus and minus: numbers, and times with lengths of time.
func (p *parser) sum(s scope) (expression, error) {
	left, err := p.value(s)
	for err == nil && (p.isMark("+") || p.isMark("-")) {
		sign := 1.0
		if p.take().text == "-" {
			sign = -1
		}
		var right expression
		if right, err = p.value(s); err != nil {
			break
		}
		a, b := left.eval, right.eval
		switch {
		case left.kind == Instant && right.kind == Span:
			left = expression{kind: Instant, eval: func(row []Value) Value {
				v := a(row)
				v.Nanos += int64(sign * b(row).Number)
				return v
			}}
		case numeric(left.kind) && numeric(right.kind), left.kind == Span && right.kind == Span:
			left = expression{kind: max(left.kind, right.kind), eval: func(row []Value) Value {
				x, y := a(row), b(row)
				return Value{Null: x.Null || y.Null, Number: x.Number + sign*y.Number}
			}}
		default:
			return left, failed("'%s' operator: cannot add or subtract %s and %s.", s.operator, left.kind, right.kind)
		}
	}
	return left, err
}

// value reads a literal, a column, a call, or an expression in parentheses.
func (p *parser) value(s scope) (expression, error) {
	t := p.take()
	switch {
	case t.kind == text:
		return constant(Text, TextOf(t.text)), nil
	case t.kind == number && t.whole:
		return constant(Number, Value{Number: t.number}), nil
	case t.kind == number:
		return constant(Real, Value{Number: t.number}), nil
	case t.kind == span:
		return constant(Span, Value{Number: t.number}), nil
	case t.kind == mark && t.text == "(":
		e, err := p.expression(s)
		if err != nil {
			return e, err
		}
		return e, p.expect(")")
	case t.kind == name && (t.text == "true" || t.text == "false"):
		return constant(Boolean, BooleanOf(t.text == "true")), nil
	case t.kind == name && p.accept("("):
		return p.call(s, t.text)
	case t.kind == name:
		at := s.in.index(t.text)
		if at < 0 {
			return expression{}, unresolved(s.operator, t.text)
		}
		return expression{kind: s.in.columns[at].Type, name: t.text, eval: func(row []Value) Value { return row[at] }}, nil
	}
	return expression{}, failed("Syntax error: '%s' is not expected here.", t.text)
}

// order compares two values that are not null.
func order(kind Type, a, b Value) int {
	switch kind {
	case Text:
		return strings.Compare(a.Text, b.Text)
	case Instant:
		return compare(a.Nanos, b.Nanos)
	}
	return compare(a.Number, b.Number)
}

func compare[N int64 | float64](a, b N) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
