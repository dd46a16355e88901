package query

import (
	"fmt"
	"strings"

	"adbadge/model/inventory"
)

// Order is what a list is sorted by. The usual direction of a column is the useful one: worst badge, newest time,
// highest number first, names from A to Z.
type Order struct {
	Column  inventory.Column
	Reverse bool
}

// AsksCounterpart reports whether the order follows from what neither the directory nor the badge tells.
func (o Order) AsksCounterpart() bool {
	switch o.Column {
	case inventory.ColumnSeen, inventory.ColumnHealth, inventory.ColumnRisk, inventory.ColumnIdentityAlerts:
		return true
	}
	return false
}

// String gives the form that ParseOrder reads.
func (o Order) String() string {
	if o.Reverse {
		return "-" + o.Column.String()
	}
	return o.Column.String()
}

// otherColumns are further names of columns.
var otherColumns = map[string]inventory.Column{
	"dept": inventory.ColumnGroup, "department": inventory.ColumnGroup, "os": inventory.ColumnGroup,
	"account": inventory.ColumnSAM,
}

// ParseOrder reads an order such as "badge" or "-name". The empty one is by badge.
func ParseOrder(s string) (Order, error) {
	name, reverse := strings.CutPrefix(strings.ToLower(strings.TrimSpace(s)), "-")
	if name == "" && !reverse {
		return Order{}, nil
	}
	var names []string
	for _, column := range inventory.Columns() {
		if column.String() == name {
			return Order{Column: column, Reverse: reverse}, nil
		}
		names = append(names, column.String())
	}
	if column, ok := otherColumns[name]; ok {
		return Order{Column: column, Reverse: reverse}, nil
	}
	return Order{}, &SyntaxError{Message: fmt.Sprintf("cannot sort by %q%s; there are %s, and with a minus sign the other way round",
		name, didYouMean(name, names), strings.Join(names, ", "))}
}
