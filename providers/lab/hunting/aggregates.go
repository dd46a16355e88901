package hunting

// aggregates are the functions of summarize that give one column.
var aggregates = map[string]struct {
	args      int
	condition bool // the last argument decides whether a row counts
	keepsType bool // the result has the type of the first argument; a number else
	start     func(args []expression) gather
}{
	"count":    {start: func([]expression) gather { return counting(func([]Value) bool { return true }) }},
	"countif":  {args: 1, condition: true, start: func(a []expression) gather { return counting(holds(a[0])) }},
	"dcount":   {args: 1, start: distinctValues},
	"sum":      {args: 1, keepsType: true, start: sum},
	"max":      {args: 1, keepsType: true, start: func(a []expression) gather { return best(a[0], 1, always) }},
	"min":      {args: 1, keepsType: true, start: func(a []expression) gather { return best(a[0], -1, always) }},
	"maxif":    {args: 2, condition: true, keepsType: true, start: func(a []expression) gather { return best(a[0], 1, holds(a[1])) }},
	"minif":    {args: 2, condition: true, keepsType: true, start: func(a []expression) gather { return best(a[0], -1, holds(a[1])) }},
	"take_any": {args: 1, keepsType: true, start: func(a []expression) gather { return best(a[0], 0, always) }},
	"any":      {args: 1, keepsType: true, start: func(a []expression) gather { return best(a[0], 0, always) }},
}

func always([]Value) bool { return true }

func holds(e expression) func([]Value) bool {
	return func(row []Value) bool { return e.eval(row).true() }
}

func counting(counts func([]Value) bool) gather {
	n := int64(0)
	return gather{
		add: func(row []Value) {
			if counts(row) {
				n++
			}
		},
		result: func() []Value { return []Value{NumberOf(n)} },
	}
}

func distinctValues(args []expression) gather {
	seen := map[string]bool{}
	return gather{
		add:    func(row []Value) { seen[args[0].eval(row).key(args[0].kind)] = true },
		result: func() []Value { return []Value{NumberOf(int64(len(seen)))} },
	}
}

func sum(args []expression) gather {
	total := 0.0
	return gather{
		add:    func(row []Value) { total += args[0].eval(row).Number },
		result: func() []Value { return []Value{{Number: total}} },
	}
}

// best keeps the largest (1), the smallest (-1) or any (0) of the values that count.
func best(e expression, direction int, counts func([]Value) bool) gather {
	kept := Value{Null: true}
	return gather{
		add: func(row []Value) {
			v := e.eval(row)
			if v.Null || !counts(row) || !kept.Null && order(e.kind, v, kept)*direction <= 0 {
				return
			}
			kept = v
		},
		result: func() []Value { return []Value{kept} },
	}
}
