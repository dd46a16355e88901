package odata

import "strings"

// scope is what an expression is evaluated on: a record, and the element that any() looks at.
type scope[T any] struct {
	record  T
	element string
}

// expression is a part of a filter, ready to be evaluated.
type expression[T any] struct {
	kind Kind
	eval func(*scope[T]) Value
}

type parser[T any] struct {
	lexer
	about    Type[T]
	variable string // of the any() that is being read
	depth    int
}

// isWord reports whether the token is this word. Operators of OData are in lower case.
func (p *parser[T]) isWord(text string) bool { return p.token.kind == word && p.token.text == text }

func (p *parser[T]) isMark(text string) bool {
	return p.token.kind == punctuation && p.token.text == text
}

// expect takes a punctuation mark.
func (p *parser[T]) expect(mark string) error {
	if !p.isMark(mark) {
		return p.fail("Syntax error: '%s' expected at position %d in '%s'.", mark, p.token.at, p.in)
	}
	return p.next()
}

func (p *parser[T]) or() (expression[T], error) { return p.chain("or", p.and, true) }

func (p *parser[T]) and() (expression[T], error) { return p.chain("and", p.not, false) }

// chain reads operands joined by one operator; the first that is equal to decisive decides.
func (p *parser[T]) chain(operator string, operand func() (expression[T], error), decisive bool) (expression[T], error) {
	first, err := operand()
	if err != nil || !p.isWord(operator) {
		return first, err
	}
	parts := []expression[T]{first}
	for p.isWord(operator) {
		if err := p.next(); err != nil {
			return first, err
		}
		e, err := operand()
		if err != nil {
			return first, err
		}
		parts = append(parts, e)
	}
	for _, e := range parts {
		if e.kind != Boolean {
			return first, p.fail("A binary operator with incompatible types was detected. Found operand type '%s' for operator kind '%s'.", e.kind, operator)
		}
	}
	return expression[T]{Boolean, func(s *scope[T]) Value {
		for _, e := range parts {
			if truth(e.eval(s)) == decisive {
				return BooleanOf(decisive)
			}
		}
		return BooleanOf(!decisive)
	}}, nil
}

func (p *parser[T]) not() (expression[T], error) {
	if !p.isWord("not") {
		return p.comparison()
	}
	if err := p.enter(); err != nil {
		return expression[T]{}, err
	}
	defer p.leave()
	if err := p.next(); err != nil {
		return expression[T]{}, err
	}
	e, err := p.not()
	if err != nil {
		return e, err
	}
	if e.kind != Boolean {
		return e, p.fail("A unary operator with an incompatible type was detected. Found operand type '%s' for operator kind 'Not'.", e.kind)
	}
	return expression[T]{Boolean, func(s *scope[T]) Value { return BooleanOf(!truth(e.eval(s))) }}, nil
}

func (p *parser[T]) enter() error {
	if p.depth++; p.depth > maxDepth {
		return p.fail("The recursion limit of %d has been exceeded.", maxDepth)
	}
	return nil
}

func (p *parser[T]) leave() { p.depth-- }

// operators say which results of compare they accept.
var operators = map[string]func(int) bool{
	"eq": func(c int) bool { return c == 0 },
	"ne": func(c int) bool { return c != 0 },
	"gt": func(c int) bool { return c > 0 },
	"ge": func(c int) bool { return c >= 0 },
	"lt": func(c int) bool { return c < 0 },
	"le": func(c int) bool { return c <= 0 },
}

func (p *parser[T]) comparison() (expression[T], error) {
	left, err := p.operand()
	if err != nil || p.token.kind != word {
		return left, err
	}
	if p.token.text == "in" {
		return p.membership(left)
	}
	operator := p.token.text
	accepts, known := operators[operator]
	if !known {
		return left, nil
	}
	if err := p.next(); err != nil {
		return left, err
	}
	right, err := p.operand()
	if err != nil {
		return left, err
	}
	kind, ok := common(left.kind, right.kind)
	if !ok {
		return left, p.fail("A binary operator with incompatible types was detected. Found operand types '%s' and '%s' for operator kind '%s'.", left.kind, right.kind, operator)
	}
	return expression[T]{Boolean, func(s *scope[T]) Value {
		a, b := left.eval(s), right.eval(s)
		if a.Null || b.Null { // null equals only null, and has no order
			return BooleanOf(operator == "eq" && a.Null && b.Null || operator == "ne" && a.Null != b.Null)
		}
		return BooleanOf(accepts(compare(kind, a, b)))
	}}, nil
}

// common gives the kind in which two operands are compared.
func common(a, b Kind) (Kind, bool) {
	switch {
	case a == List || b == List:
		return a, false
	case a == Nothing:
		return b, true
	case b == Nothing, a == b:
		return a, true
	case a <= Enum && b <= Enum:
		return Enum, true
	}
	return a, false
}

// membership reads "in ('a','b')".
func (p *parser[T]) membership(left expression[T]) (expression[T], error) {
	if err := p.next(); err != nil {
		return left, err
	}
	if err := p.expect("("); err != nil {
		return left, err
	}
	var members []Value
	kind := left.kind
	for {
		if p.token.kind != literal {
			return left, p.fail("Syntax error: a literal expected at position %d in '%s'.", p.token.at, p.in)
		}
		k, ok := common(kind, p.token.of)
		if !ok {
			return left, p.fail("A list with incompatible types was detected. Found types '%s' and '%s' for operator kind 'in'.", left.kind, p.token.of)
		}
		kind = k
		members = append(members, p.token.value)
		if err := p.next(); err != nil {
			return left, err
		}
		if !p.isMark(",") {
			break
		}
		if err := p.next(); err != nil {
			return left, err
		}
	}
	return expression[T]{Boolean, func(s *scope[T]) Value {
		v := left.eval(s)
		for _, m := range members {
			if v.Null && m.Null || !v.Null && !m.Null && compare(kind, v, m) == 0 {
				return BooleanOf(true)
			}
		}
		return BooleanOf(false)
	}}, p.expect(")")
}

func (p *parser[T]) operand() (expression[T], error) {
	if err := p.enter(); err != nil {
		return expression[T]{}, err
	}
	defer p.leave()
	switch {
	case p.token.kind == literal:
		kind, value := p.token.of, p.token.value
		return expression[T]{kind, func(*scope[T]) Value { return value }}, p.next()
	case p.isMark("("):
		if err := p.next(); err != nil {
			return expression[T]{}, err
		}
		e, err := p.or()
		if err != nil {
			return e, err
		}
		return e, p.expect(")")
	case p.token.kind == word:
		name := p.token.text
		at := p.token
		if err := p.next(); err != nil {
			return expression[T]{}, err
		}
		if p.isMark("(") {
			return p.call(name)
		}
		return p.property(name, at)
	}
	return expression[T]{}, p.fail("Syntax error at position %d in '%s'.", p.token.at, p.in)
}

// property reads a name, and what may follow it: "/any(...)".
func (p *parser[T]) property(name string, at token) (expression[T], error) {
	if p.variable != "" && name == p.variable {
		return expression[T]{Text, func(s *scope[T]) Value { return Value{Text: s.element} }}, nil
	}
	property, ok := p.about.Properties[strings.ToLower(name)]
	if !ok {
		p.token = at
		return expression[T]{}, p.fail("Could not find a property named '%s' on type '%s'.", name, p.about.Name)
	}
	get := property.Get
	e := expression[T]{property.Kind, func(s *scope[T]) Value { return get(s.record) }}
	if !p.isMark("/") {
		return e, nil
	}
	if err := p.next(); err != nil {
		return e, err
	}
	if property.Kind != List || !p.isWord("any") {
		return e, p.fail("The path '%s/%s' is not supported in $filter.", name, p.token.text)
	}
	if err := p.next(); err != nil {
		return e, err
	}
	return p.any(e)
}
