package query

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

// Fields whose values are words, numbers and ages.

// holds compares a with b by an operator.
func holds[T cmp.Ordered](a T, op operator, b T) bool {
	switch op {
	case below:
		return a < b
	case atMost:
		return a <= b
	case above:
		return a > b
	case atLeast:
		return a >= b
	}
	return a == b
}

// anyNumber compares with each alternative of a term.
func anyNumber(t *term) func(n int) bool {
	var numbers []int
	for _, value := range t.values {
		n, err := strconv.Atoi(value)
		if err == nil {
			numbers = append(numbers, n)
		}
	}
	return func(n int) bool {
		return slices.ContainsFunc(numbers, func(wanted int) bool { return holds(n, t.op, wanted) })
	}
}

// anySeverity compares with each alternative of a term.
func anySeverity(t *term) func(model.Severity) bool {
	var levels []model.Severity
	for _, value := range t.values {
		if at := slices.Index(severities, value); at >= 0 {
			levels = append(levels, model.Severity(at))
		}
	}
	return func(s model.Severity) bool {
		return slices.ContainsFunc(levels, func(wanted model.Severity) bool { return holds(s, t.op, wanted) })
	}
}

func compileBadge(c *compiler, t *term) rowTest {
	var classes [inventory.BadgeClassCount]bool
	for class := range classes {
		classes[class] = t.op == is && slices.Contains(t.values, inventory.BadgeClass(class).String())
	}
	severe := anySeverity(t)
	return func(row int) bool {
		b := c.view.Badge(row)
		return classes[inventory.ClassOf(b)] || b.State == model.BadgeAlerts && severe(b.Severity)
	}
}

func compileAlerts(c *compiler, t *term) rowTest {
	wanted := anyNumber(t)
	return func(row int) bool {
		open, _ := c.view.OpenAlerts(row, model.DefenderForEndpoint)
		return wanted(open)
	}
}

func compileIdentityAlerts(c *compiler, t *term) rowTest {
	wanted := anyNumber(t)
	return func(row int) bool {
		open, _ := c.view.OpenAlerts(row, model.DefenderForIdentity)
		return wanted(open)
	}
}

// withAlert marks the rows that an open alert of either product counts for.
func (c *compiler) withAlert(wanted func(a *model.Alert) bool) rowTest {
	hits := newBitmap(c.view.Len())
	c.view.EachOpenAlert(func(a *model.Alert, rows []uint32) {
		if wanted(a) {
			for _, row := range rows {
				hits.set(int(row))
			}
		}
	})
	return hits.has
}

func compileAlertTitle(c *compiler, t *term) rowTest {
	wanted := contains(t)
	return c.withAlert(func(a *model.Alert) bool { return a.Product != model.OtherProduct && wanted(string(a.Title)) })
}

func compilePhase(c *compiler, t *term) rowTest {
	return c.withAlert(func(a *model.Alert) bool { return slices.Contains(t.values, a.Phase.String()) })
}

// compileTechnique lets T1003 find T1003.006, but not T10031.
func compileTechnique(c *compiler, t *term) rowTest {
	var wanted []string
	for _, value := range t.values {
		wanted = append(wanted, text.Fold(value))
	}
	return c.withAlert(func(a *model.Alert) bool {
		return slices.ContainsFunc(a.Techniques, func(technique text.Line) bool {
			id := text.Fold(string(technique))
			return slices.ContainsFunc(wanted, func(w string) bool { return id == w || strings.HasPrefix(id, w+".") })
		})
	})
}

func compileKind(c *compiler, t *term) rowTest {
	computers, users := slices.Contains(t.values, "computer"), slices.Contains(t.values, "user")
	return func(row int) bool {
		if c.view.Kind(row) == model.Computer {
			return computers
		}
		return users
	}
}

// compileFlag makes the compile function of a yes-or-no field: a flag that is set, or not set, means yes.
func compileFlag(flag model.EntityFlags, set bool) func(*compiler, *term) rowTest {
	return func(c *compiler, t *term) rowTest {
		yes, no := slices.Contains(t.values, "yes"), slices.Contains(t.values, "no")
		return func(row int) bool {
			if (c.view.Flags(row)&flag != 0) == set {
				return yes
			}
			return no
		}
	}
}

func compileStale(c *compiler, t *term) rowTest {
	yes, no := slices.Contains(t.values, "yes"), slices.Contains(t.values, "no")
	return func(row int) bool {
		if c.view.Badge(row).Stale {
			return yes
		}
		return no
	}
}

// age compares how long ago something was. What never was has no age: only "never" finds it.
func (c *compiler) age(t *term, read func(row int) (seconds int64, ok bool)) rowTest {
	if t.op == is {
		return func(row int) bool {
			_, ok := read(row)
			return !ok
		}
	}
	limit, err := parseAge(t.values[0])
	if err != nil { // Parse has checked it.
		return func(int) bool { return false }
	}
	now, wanted := c.now.Unix(), int64(limit.Seconds())
	return func(row int) bool {
		seconds, ok := read(row)
		return ok && holds(now-seconds, t.op, wanted)
	}
}

func compileLogon(c *compiler, t *term) rowTest    { return c.age(t, c.view.LastLogon) }
func compileCreated(c *compiler, t *term) rowTest  { return c.age(t, c.view.Created) }
func compilePassword(c *compiler, t *term) rowTest { return c.age(t, c.view.PasswordSet) }

func compileSeen(c *compiler, t *term) rowTest {
	return c.age(t, func(row int) (int64, bool) {
		seen := c.view.Seen(row)
		return seen.Unix(), !seen.IsZero()
	})
}

func compileHealth(c *compiler, t *term) rowTest {
	words := map[model.Health]string{
		model.HealthActive: "active", model.HealthInactive: "inactive", model.HealthImpaired: "impaired",
		model.HealthNoSensorData: "silent", model.HealthUnknown: "unknown",
	}
	wanted := map[model.Health]bool{}
	for health, word := range words {
		wanted[health] = slices.Contains(t.values, word)
	}
	return func(row int) bool {
		health, ok := c.view.Health(row)
		return ok && wanted[health]
	}
}

func compileRisk(c *compiler, t *term) rowTest {
	wanted := anySeverity(t)
	return func(row int) bool {
		level, ok := c.view.Risk(row)
		return ok && wanted(level)
	}
}

func compileExposure(c *compiler, t *term) rowTest {
	wanted := anySeverity(t)
	return func(row int) bool {
		level, ok := c.view.Exposure(row)
		return ok && wanted(level)
	}
}

func compileTag(c *compiler, t *term) rowTest {
	wanted := contains(t)
	return func(row int) bool {
		for _, m := range c.view.Machines(row) {
			for _, tag := range m.Tags {
				if wanted(string(tag)) {
					return true
				}
			}
		}
		return false
	}
}

func compileMatch(c *compiler, t *term) rowTest {
	var wanted [model.MatchLogon + 1]bool
	for m := range wanted {
		wanted[m] = slices.Contains(t.values, model.Match(m).String())
	}
	return func(row int) bool { return wanted[c.view.Match(row)] }
}
