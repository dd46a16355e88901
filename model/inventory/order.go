package inventory

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"adbadge/model"
)

// Column is what a list can be sorted by. The usual direction puts first what people look for first: the worst badge,
// the newest time, the highest number; names go from A to Z. What a row does not have goes last in that direction.
type Column uint8

const (
	ColumnBadge Column = iota
	ColumnName
	ColumnSAM
	ColumnKind
	ColumnGroup // department of a user, operating system of a computer
	ColumnOU
	ColumnDomain
	ColumnLogon
	ColumnCreated
	ColumnSeen // when the counterpart was seen last
	ColumnHealth
	ColumnRisk
	ColumnAlerts         // open alerts of Defender for Endpoint
	ColumnIdentityAlerts // open alerts of Defender for Identity
	columnCount
)

// String gives the word of queries and settings.
func (c Column) String() string {
	return [...]string{
		"badge", "name", "sam", "kind", "group", "ou", "domain", "logon", "created", "seen", "health", "risk",
		"alerts", "mdi",
	}[c]
}

// Columns lists all of them.
func Columns() []Column {
	columns := make([]Column, columnCount)
	for i := range columns {
		columns[i] = Column(i)
	}
	return columns
}

// lazyOrder is an order of rows, made when it is first needed.
type lazyOrder struct {
	once   sync.Once
	made   atomic.Pointer[[]uint32]
	source atomic.Pointer[orderSource]
}

// orderSource is an earlier order, and the rows that have changed since.
type orderSource struct{ order, changed []uint32 }

// get makes the order at the first call: out of an earlier one if there is one, or else anew.
func (l *lazyOrder) get(amend func(*orderSource) []uint32, anew func() []uint32) []uint32 {
	l.once.Do(func() {
		var order []uint32
		if source := l.source.Load(); source != nil {
			order = amend(source)
		} else {
			order = anew()
		}
		l.made.Store(&order)
		l.source.Store(nil)
	})
	return *l.made.Load()
}

// follow lets an order that has not been made yet follow from that of a View or Table before it, in which some rows were
// different. It does nothing where that has not been made, or too many were.
func (l *lazyOrder) follow(o *lazyOrder, changed []uint32, rows int) {
	if l.made.Load() != nil {
		return
	}
	source := o.source.Load()
	if made := o.made.Load(); made != nil {
		source = &orderSource{*made, changed}
	} else if source != nil {
		source = &orderSource{source.order, union(source.changed, changed)}
	}
	if source != nil && !isMuch(len(source.changed), rows) {
		l.source.Store(source)
	}
}

// Order gives the rows sorted by a column. Rows that are equal there go by name, and then as the directory gave them,
// in both directions. It is made at the first call and must not be changed. For a million rows that takes up to half a
// second; the screen does not wait for it.
func (v *View) Order(column Column, reverse bool) []uint32 {
	if column == ColumnName && !reverse {
		return v.table.nameOrder()
	}
	return v.lazyOrder(column, reverse).get(func(s *orderSource) []uint32 {
		return v.table.amend(s, v.comparison(column, reverse))
	}, func() []uint32 {
		return sortByKey(v.table.nameOrder(), v.keys(column), reverse)
	})
}

// isOfTable reports whether a column depends on the directory alone, so that its orders are kept with the Table.
func (c Column) isOfTable() bool {
	switch c {
	case ColumnName, ColumnSAM, ColumnKind, ColumnGroup, ColumnOU, ColumnDomain, ColumnLogon, ColumnCreated:
		return true
	}
	return false
}

func (v *View) lazyOrder(column Column, reverse bool) *lazyOrder {
	direction := 0
	if reverse {
		direction = 1
	}
	if column.isOfTable() {
		return &v.table.orders[column][direction]
	}
	return v.orders[column][direction]
}

// takeOrders lets the orders of a View follow from those of the one before.
func (v *View) takeOrders(before *View, changed *viewChanges) {
	for column := range columnCount {
		rows, whole := changed.entities, changed.whole
		switch column {
		case ColumnBadge, ColumnAlerts:
			rows, whole = union(rows, changed.badges), whole || changed.allBadges
		case ColumnIdentityAlerts:
			rows = union(rows, changed.alerts)
		case ColumnSeen:
			rows = union(rows, changed.places, changed.logons)
		case ColumnHealth, ColumnRisk:
			rows = union(rows, changed.places)
		default:
			continue
		}
		for direction := range v.orders[column] {
			old := before.orders[column][direction]
			if !whole && len(rows) == 0 {
				v.orders[column][direction] = old
				continue
			}
			next := &lazyOrder{}
			if !whole {
				next.follow(old, rows, v.table.rows)
			}
			v.orders[column][direction] = next
		}
	}
}

// nameOrder gives the rows by folded name.
func (t *Table) nameOrder() []uint32 {
	return t.byName.get(func(s *orderSource) []uint32 {
		return t.amend(s, func(a, b uint32) int { return cmp.Or(t.compareTexts(t.readName, a, b), cmp.Compare(a, b)) })
	}, func() []uint32 {
		return sortTexts(t.rows, t.readName)
	})
}

// amend makes an order out of an earlier one.
func (t *Table) amend(s *orderSource, compare func(a, b uint32) int) []uint32 {
	changed := make([]bool, t.rows)
	var added []uint32
	for _, row := range s.changed {
		if int(row) < t.rows {
			changed[row] = true
			added = append(added, row)
		}
	}
	kept := make([]uint32, 0, len(s.order))
	for _, row := range s.order {
		if int(row) < t.rows && !changed[row] {
			kept = append(kept, row)
		}
	}
	slices.SortFunc(added, compare)
	return insertSorted(kept, added, compare)
}

// comparison gives the comparison of rows by which a column sorts.
func (v *View) comparison(column Column, reverse bool) func(a, b uint32) int {
	t := v.table
	var first func(a, b uint32) int
	switch column {
	case ColumnName:
		first = func(a, b uint32) int { return t.compareTexts(t.readName, a, b) }
	case ColumnSAM:
		first = func(a, b uint32) int { return t.compareTexts(t.readSAM, a, b) }
	default:
		key := v.key(column)
		first = func(a, b uint32) int { return cmp.Compare(key(int(a)), key(int(b))) }
	}
	return func(a, b uint32) int {
		c := first(a, b)
		if reverse {
			c = -c
		}
		return cmp.Or(c, t.compareTexts(t.readName, a, b), cmp.Compare(a, b))
	}
}

func (t *Table) compareTexts(read func(row int, dst []byte) []byte, a, b uint32) int {
	var one, other nameBuffer
	return bytes.Compare(read(int(a), one[:0]), read(int(b), other[:0]))
}

// readName and readSAM append what rows are sorted by.
func (t *Table) readName(row int, dst []byte) []byte {
	r := t.record(row)
	return appendFoldedName(dst, r.displayName())
}

func (t *Table) readSAM(row int, dst []byte) []byte { return appendFoldedName(dst, t.record(row).sam) }

// keys gives a number for each row by which a column sorts: the smallest goes first.
func (v *View) keys(column Column) []uint32 {
	switch column {
	case ColumnName:
		return rankTexts(v.table.rows, v.table.readName)
	case ColumnSAM:
		return rankTexts(v.table.rows, v.table.readSAM)
	}
	keys, key := make([]uint32, v.table.rows), v.key(column)
	inParts(len(keys), func(from, to int) {
		for row := from; row < to; row++ {
			keys[row] = key(row)
		}
	})
	return keys
}

// key gives the function that finds the number of one row.
func (v *View) key(column Column) func(row int) uint32 {
	switch column {
	case ColumnBadge:
		return func(row int) uint32 { return v.badges[row].Rank() }
	case ColumnAlerts:
		return func(row int) uint32 { return math.MaxUint16 - uint32(v.badges[row].Alerts) }
	case ColumnIdentityAlerts:
		return func(row int) uint32 {
			open, _ := v.OpenAlerts(row, model.DefenderForIdentity)
			return math.MaxUint32 - uint32(open)
		}
	case ColumnSeen:
		return func(row int) uint32 {
			if seen := v.seen(row); !seen.isZero() {
				return newestKey(seen.seconds)
			}
			return math.MaxUint32
		}
	case ColumnHealth, ColumnRisk:
		return func(row int) uint32 { return machineKey(v.machineFacts(row), column) }
	}
	return v.table.key(column)
}

// machineKey puts what is worst first and what has no record last.
func machineKey(f *machineFacts, column Column) uint32 {
	switch {
	case f == nil:
		return math.MaxUint32
	case column == ColumnRisk:
		return uint32(model.OtherSeverity - f.risk)
	}
	switch f.health {
	case model.HealthNoSensorData:
		return 0
	case model.HealthImpaired:
		return 1
	case model.HealthInactive:
		return 2
	case model.HealthActive:
		return 3
	}
	return 4
}

// key gives the function that finds the number of one row for columns that the blocks hold.
func (t *Table) key(column Column) func(row int) uint32 {
	of := t.blockKey(column)
	return func(row int) uint32 {
		b, at := t.at(row)
		return of(b, at)
	}
}

func (t *Table) blockKey(column Column) func(b *block, at int) uint32 {
	switch column {
	case ColumnDomain:
		ranks := rankValues(t.domains)
		return func(b *block, at int) uint32 { return ranks[b.domains[at]] }
	case ColumnOU:
		ranks := rankValues(t.paths)
		return func(b *block, at int) uint32 { return ranks[b.places[at]] }
	case ColumnGroup:
		departments, systems := rankValues2(t.departments, t.systems)
		return func(b *block, at int) uint32 {
			if b.kinds[at] == model.Computer {
				return systems[b.systems[at]]
			}
			return departments[b.jobs[at]]
		}
	case ColumnLogon:
		return func(b *block, at int) uint32 { return t.momentKey(b.lastLogons[at]) }
	case ColumnCreated:
		return func(b *block, at int) uint32 { return t.momentKey(b.created[at]) }
	}
	return func(b *block, at int) uint32 { return uint32(b.kinds[at]) } // ColumnKind
}

// momentKey puts the newest first and none last.
func (t *Table) momentKey(m moment) uint32 {
	seconds, ok := m.seconds(t.odd)
	if !ok {
		return math.MaxUint32
	}
	return newestKey(seconds)
}

// newestKey squeezes Unix seconds into 32 bits, newest first: exact from 1970 to 2106, and equal beyond.
func newestKey(seconds int64) uint32 {
	return uint32(math.MaxUint32 - 1 - min(max(seconds, 0), math.MaxUint32-1))
}
