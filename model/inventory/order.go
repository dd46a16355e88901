package inventory

import (
	"math"
	"sync"

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

// lazyOrder is an order of rows and its inverse, each made when it is first needed.
type lazyOrder struct {
	once, rankOnce sync.Once
	rows, ranks    []uint32
}

// Order gives the rows sorted by a column. Rows that are equal there go by name, and then as the directory gave them,
// in both directions. It is made at the first call and must not be changed. For a million rows that takes up to half a
// second; the screen does not wait for it.
func (v *View) Order(column Column, reverse bool) []uint32 {
	l := v.lazyOrder(column, reverse)
	l.once.Do(func() {
		if column == ColumnName && !reverse {
			l.rows = v.table.nameOrder()
			return
		}
		l.rows = sortByKey(v.table.nameOrder(), v.keys(column), reverse)
	})
	return l.rows
}

// Rank gives the place of each row in the order of a column: row r is the Rank[r]-th. It is made at the first call and
// must not be changed.
func (v *View) Rank(column Column) []uint32 {
	order := v.Order(column, false)
	l := v.lazyOrder(column, false)
	l.rankOnce.Do(func() { l.ranks = inverse(order) })
	return l.ranks
}

// lazyOrder keeps orders that depend on the directory alone with the Table, so that the next View need not make them.
func (v *View) lazyOrder(column Column, reverse bool) *lazyOrder {
	direction := 0
	if reverse {
		direction = 1
	}
	switch column {
	case ColumnName, ColumnSAM, ColumnKind, ColumnGroup, ColumnOU, ColumnDomain, ColumnLogon, ColumnCreated:
		return &v.table.orders[column][direction]
	}
	return v.orders[column][direction]
}

// takeOrders takes over the orders of a View that sorts by the same things.
func (v *View) takeOrders(o *View) {
	sameBadges := isSame(v.badges, o.badges)
	for column := range columnCount {
		same := false
		switch column {
		case ColumnBadge, ColumnAlerts:
			same = sameBadges
		case ColumnIdentityAlerts:
			same = v.alerts == o.alerts
		case ColumnSeen:
			same = v.place == o.place && v.logons == o.logons
		case ColumnHealth, ColumnRisk:
			same = v.place == o.place
		default: // with the Table
			continue
		}
		if v.orders[column] = o.orders[column]; !same || v.orders[column][0] == nil {
			v.orders[column] = [2]*lazyOrder{{}, {}}
		}
	}
}

// inverse turns an order into ranks.
func inverse(order []uint32) []uint32 {
	ranks := make([]uint32, len(order))
	for rank, row := range order {
		ranks[row] = uint32(rank)
	}
	return ranks
}

// nameOrder gives the rows by folded name.
func (t *Table) nameOrder() []uint32 {
	t.byName.once.Do(func() {
		t.byName.order = sortTexts(t.rows, t.readName)
	})
	return t.byName.order
}

// readName and readSAM append what rows are sorted by.
func (t *Table) readName(row int, dst []byte) []byte {
	r := t.record(row)
	return appendFoldedName(dst, r.displayName())
}

func (t *Table) readSAM(row int, dst []byte) []byte { return appendFoldedName(dst, t.record(row).sam) }

// keys gives a number for each row by which a column sorts: the smallest goes first.
func (v *View) keys(column Column) []uint32 {
	t := v.table
	keys := make([]uint32, t.rows)
	switch column {
	case ColumnBadge:
		for row := range keys {
			keys[row] = v.badges[row].Rank()
		}
	case ColumnAlerts:
		for row := range keys {
			keys[row] = math.MaxUint16 - uint32(v.badges[row].Alerts)
		}
	case ColumnIdentityAlerts:
		for row := range keys {
			open, _ := v.OpenAlerts(row, model.DefenderForIdentity)
			keys[row] = math.MaxUint32 - uint32(open)
		}
	case ColumnSeen:
		for row := range keys {
			keys[row] = math.MaxUint32
			if seen := v.seen(row); !seen.isZero() {
				keys[row] = newestKey(seen.seconds)
			}
		}
	case ColumnHealth, ColumnRisk:
		for row := range keys {
			keys[row] = machineKey(v.machineFacts(row), column)
		}
	case ColumnName:
		return rankTexts(t.rows, t.readName)
	case ColumnSAM:
		return rankTexts(t.rows, t.readSAM)
	default:
		t.columnKeys(column, keys)
	}
	return keys
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

// columnKeys fills in the keys of columns that the blocks hold.
func (t *Table) columnKeys(column Column, keys []uint32) {
	var domains, paths, departments, systems []uint32
	switch column {
	case ColumnDomain:
		domains = rankValues(t.domains)
	case ColumnOU:
		paths = rankValues(t.paths)
	case ColumnGroup:
		departments, systems = rankValues2(t.departments, t.systems)
	}
	for n, b := range t.blocks {
		part := keys[n<<blockBits : n<<blockBits+b.len()]
		for at := range part {
			switch column {
			case ColumnDomain:
				part[at] = domains[b.domains[at]]
			case ColumnOU:
				part[at] = paths[b.places[at]]
			case ColumnGroup:
				part[at] = departments[b.jobs[at]]
				if b.kinds[at] == model.Computer {
					part[at] = systems[b.systems[at]]
				}
			case ColumnKind:
				part[at] = uint32(b.kinds[at])
			case ColumnLogon:
				part[at] = t.momentKey(b.lastLogons[at])
			case ColumnCreated:
				part[at] = t.momentKey(b.created[at])
			}
		}
	}
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
