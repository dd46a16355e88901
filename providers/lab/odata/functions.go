package odata

import "strings"

// textTests are the functions that look for one text in another.
var textTests = map[string]func(in, what string) bool{
	"startswith": strings.HasPrefix,
	"endswith":   strings.HasSuffix,
	"contains":   strings.Contains,
}

// call reads the arguments of a function; the token is the opening parenthesis. Texts are compared without regard
// to case, as the real services do in these functions.
func (p *parser[T]) call(name string) (expression[T], error) {
	test, known := textTests[name]
	if !known {
		return expression[T]{}, p.fail("An unknown function with name '%s' was found.", name)
	}
	if err := p.next(); err != nil {
		return expression[T]{}, err
	}
	in, err := p.textArgument(name)
	if err != nil {
		return in, err
	}
	if err := p.expect(","); err != nil {
		return in, err
	}
	what, err := p.textArgument(name)
	if err != nil {
		return what, err
	}
	return expression[T]{Boolean, func(s *scope[T]) Value {
		a, b := in.eval(s), what.eval(s)
		return BooleanOf(!a.Null && !b.Null && test(strings.ToLower(a.Text), strings.ToLower(b.Text)))
	}}, p.expect(")")
}

func (p *parser[T]) textArgument(function string) (expression[T], error) {
	e, err := p.operand()
	if err == nil && e.kind != Text && e.kind != Enum {
		err = p.fail("No function signature for the function with name '%s' matches the specified arguments.", function)
	}
	return e, err
}

// any reads what follows the word: "()" is true for a list that is not empty, "(x: ...)" tests its elements.
func (p *parser[T]) any(list expression[T]) (expression[T], error) {
	if err := p.expect("("); err != nil {
		return list, err
	}
	if p.isMark(")") {
		return expression[T]{Boolean, func(s *scope[T]) Value { return BooleanOf(len(list.eval(s).List) > 0) }}, p.next()
	}
	if p.variable != "" {
		return list, p.fail("any() inside any() is not supported.")
	}
	if p.token.kind != word {
		return list, p.fail("Syntax error: a range variable expected at position %d in '%s'.", p.token.at, p.in)
	}
	p.variable = p.token.text
	defer func() { p.variable = "" }()
	if err := p.next(); err != nil {
		return list, err
	}
	if err := p.expect(":"); err != nil {
		return list, err
	}
	test, err := p.or()
	if err != nil {
		return test, err
	}
	if test.kind != Boolean {
		return test, p.fail("The any() expression must evaluate to a single boolean value.")
	}
	return expression[T]{Boolean, func(s *scope[T]) Value {
		for _, element := range list.eval(s).List {
			if truth(test.eval(&scope[T]{record: s.record, element: element})) {
				return BooleanOf(true)
			}
		}
		return BooleanOf(false)
	}}, p.expect(")")
}
