package inventory

import "adbadge/model"

// Counts are the numbers of a View. The seven of the badges count each entity once: together they are All.
type Counts struct {
	All, Users, Computers int

	Alerts       int // open alerts of Defender for Endpoint
	Recognized   int // known, sensor reporting, no open alert
	Trouble      int // known, sensor in trouble, no open alert
	Discovered   int
	Unrecognized int
	Unknown      int // without the ambiguous ones
	Ambiguous    int

	// EnabledComputers and EnabledRecognized count computers whose account is not disabled, and of them those that
	// an onboarded machine record belongs to.
	EnabledComputers, EnabledRecognized int

	// OpenAlerts counts alerts, whether they count for an entity or not, by model.Product and model.Severity.
	OpenAlerts [3][6]int
	// Machines counts machine records, Unplaced those that belong to no entity, by UnplacedClass.
	Machines int
	Unplaced [unplacedClasses]int
}

// Open gives the number of open alerts of a product.
func (c *Counts) Open(p model.Product) int {
	sum := 0
	for _, n := range c.OpenAlerts[p] {
		sum += n
	}
	return sum
}

// Counts gives the numbers, which are computed once.
func (v *View) Counts() Counts { return v.counts }

// countAfter takes over what was counted before, but for some rows.
func (v *View) countAfter(before *View, rows []uint32) Counts {
	sum := before.counts
	for _, row := range rows {
		if int(row) < before.table.rows {
			before.countRow(int(row), -1, &sum)
		}
		if int(row) < v.table.rows {
			v.countRow(int(row), 1, &sum)
		}
	}
	return sum
}

// countRow adds one row, or with by = -1 takes it away.
func (v *View) countRow(row, by int, c *Counts) {
	c.All += by
	computer := v.table.kind(row) == model.Computer
	if computer {
		c.Computers += by
	} else {
		c.Users += by
	}
	*c.of(ClassOf(v.badges[row])) += by
	if computer && v.table.flags(row)&model.Disabled == 0 {
		c.EnabledComputers += by
		if f := v.machineFacts(row); f != nil && f.onboarding == model.Onboarded {
			c.EnabledRecognized += by
		}
	}
}

// countRecords counts alerts and machine records.
func (v *View) countRecords() {
	c := &v.counts
	c.OpenAlerts = [3][6]int{}
	for _, number := range v.alerts.order {
		if f := v.alerts.facts(number); f.isOpen() {
			c.OpenAlerts[f.product][f.severity]++
		}
	}
	c.Machines, c.Unplaced = len(v.place.owners), v.place.unplaced
}

func (c *Counts) add(o *Counts) {
	c.All += o.All
	c.Users += o.Users
	c.Computers += o.Computers
	for class := range BadgeClassCount {
		*c.of(class) += *o.of(class)
	}
	c.EnabledComputers += o.EnabledComputers
	c.EnabledRecognized += o.EnabledRecognized
}

// BadgeClass is a badge as people tell it apart: one of the texts of the legend.
type BadgeClass uint8

const (
	ClassAlerts BadgeClass = iota
	ClassRecognized
	ClassTrouble
	ClassDiscovered
	ClassUnrecognized
	ClassUnknown
	ClassAmbiguous
	BadgeClassCount
)

// String gives the word of queries.
func (c BadgeClass) String() string {
	return [...]string{"alerts", "recognized", "trouble", "discovered", "unrecognized", "unknown", "ambiguous"}[c]
}

// ClassOf tells which class a badge is of.
func ClassOf(b model.Badge) BadgeClass {
	switch b.State {
	case model.BadgeAlerts:
		return ClassAlerts
	case model.BadgeRecognized:
		if b.Trouble {
			return ClassTrouble
		}
		return ClassRecognized
	case model.BadgeDiscovered:
		return ClassDiscovered
	case model.BadgeUnrecognized:
		return ClassUnrecognized
	}
	if b.Reason == model.Ambiguous {
		return ClassAmbiguous
	}
	return ClassUnknown
}

// Badge gives the number of one class.
func (c *Counts) Badge(class BadgeClass) int { return *c.of(class) }

func (c *Counts) of(class BadgeClass) *int {
	return [...]*int{
		&c.Alerts, &c.Recognized, &c.Trouble, &c.Discovered, &c.Unrecognized, &c.Unknown, &c.Ambiguous,
	}[class]
}
