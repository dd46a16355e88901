package hunting

import (
	"strconv"
	"strings"
	"time"
)

// call reads the arguments of a function and gives its value. The parenthesis is open already.
func (p *parser) call(s scope, function string) (expression, error) {
	if function == "datetime" {
		return p.datetime()
	}
	args, err := p.arguments(s)
	if err != nil {
		return expression{}, err
	}
	wrong := func() (expression, error) {
		return expression{}, failed("'%s' operator: the arguments of %s() are not understood.", s.operator, function)
	}
	has := func(kinds ...Type) bool {
		if len(args) != len(kinds) {
			return false
		}
		for i, k := range kinds {
			if args[i].kind != k {
				return false
			}
		}
		return true
	}
	switch function {
	case "now":
		if len(args) != 0 {
			return wrong()
		}
		return constant(Instant, InstantOf(p.now)), nil
	case "ago":
		if !has(Span) {
			return wrong()
		}
		return constant(Instant, InstantOf(p.now.Add(-time.Duration(args[0].eval(nil).Number)))), nil
	case "tolower", "toupper":
		if !has(Text) {
			return wrong()
		}
		change := strings.ToLower
		if function == "toupper" {
			change = strings.ToUpper
		}
		return expression{kind: Text, eval: func(row []Value) Value { return TextOf(change(args[0].eval(row).Text)) }}, nil
	case "not":
		if !has(Boolean) {
			return wrong()
		}
		return expression{kind: Boolean, eval: func(row []Value) Value { return BooleanOf(!args[0].eval(row).true()) }}, nil
	case "isempty", "isnotempty", "isnull", "isnotnull":
		if len(args) != 1 {
			return wrong()
		}
		return emptiness(args[0], function == "isempty" || function == "isnull"), nil
	case "tostring", "strcat":
		if len(args) == 0 || function == "tostring" && len(args) != 1 {
			return wrong()
		}
		return joined(args), nil
	case "hash":
		if len(args) != 2 || !numeric(args[1].kind) {
			return wrong()
		}
		return expression{kind: Number, eval: func(row []Value) Value {
			return NumberOf(hash(textual(args[0], row), max(1, int64(args[1].eval(row).Number))))
		}}, nil
	case "iff", "iif", "case":
		if len(args) < 3 || len(args)%2 == 0 || function != "case" && len(args) != 3 {
			return wrong()
		}
		return choice(args), nil
	}
	return expression{}, failed("'%s' operator: the lab's hunting does not know the function '%s'.", s.operator, function)
}

// datetime reads the literal of a time, which is not quoted.
func (p *parser) datetime() (expression, error) {
	var b strings.Builder
	for !p.isMark(")") {
		t := p.take()
		switch t.kind {
		case end:
			return expression{}, failed("Syntax error: ')' expected.")
		case number:
			digits := strconv.FormatFloat(t.number, 'f', -1, 64)
			if len(digits) == 1 { // "2026-03-01" came as three numbers
				b.WriteByte('0')
			}
			b.WriteString(digits)
		default:
			b.WriteString(t.text)
		}
	}
	p.at++
	for _, form := range [...]string{time.DateOnly, time.RFC3339Nano} {
		if t, err := time.Parse(form, b.String()); err == nil {
			return constant(Instant, InstantOf(t)), nil
		}
	}
	return expression{}, failed("datetime(%s) is not understood; quote the time: datetime(\"2026-03-01T12:00:00Z\").", b.String())
}

func emptiness(e expression, wanted bool) expression {
	return expression{kind: Boolean, eval: func(row []Value) Value {
		v := e.eval(row)
		return BooleanOf((v.Null || e.kind == Text && v.Text == "") == wanted)
	}}
}

func joined(args []expression) expression {
	return expression{kind: Text, eval: func(row []Value) Value {
		if len(args) == 1 {
			return TextOf(textual(args[0], row))
		}
		var b strings.Builder
		for _, e := range args {
			b.WriteString(textual(e, row))
		}
		return TextOf(b.String())
	}}
}

// textual gives any value as text.
func textual(e expression, row []Value) string {
	v := e.eval(row)
	switch {
	case v.Null:
		return ""
	case e.kind == Text:
		return v.Text
	case e.kind == Instant:
		return v.Time().Format("2006-01-02T15:04:05.0000000Z")
	case e.kind == Boolean:
		return strconv.FormatBool(v.true())
	}
	return strconv.FormatFloat(v.Number, 'f', -1, 64)
}

// choice takes conditions and values by turns, and what is given otherwise.
func choice(args []expression) expression {
	return expression{kind: args[1].kind, eval: func(row []Value) Value {
		for i := 0; i+1 < len(args); i += 2 {
			if args[i].eval(row).true() {
				return args[i+1].eval(row)
			}
		}
		return args[len(args)-1].eval(row)
	}}
}
