package inventory

import (
	"slices"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// naive is a second implementation of the matching rules and of the badge, written for reading: loops over everything.
// Rows are the positions of entities with different ids, as the test makes them.
type naive struct {
	entities []model.Entity
	forest   []model.Domain
	logons   []model.Logon

	machines []model.Machine // the newest of those with the same id
	owner    []int           // of machines; -1 none
	match    []model.Match   // of rows
	rivals   map[int][]int   // machine -> rows
	alerts   []model.Alert
	rows     [][]int // of alerts
	inDoubt  map[int]bool
}

// joinNaively takes the machines and alerts in the order in which they came.
func joinNaively(entities []model.Entity, forest []model.Domain, machines []model.Machine, alerts []model.Alert, logons []model.Logon) *naive {
	n := &naive{entities: entities, forest: forest, logons: logons, match: make([]model.Match, len(entities)),
		rivals: map[int][]int{}, inDoubt: map[int]bool{}}
	for i, m := range machines {
		newer := slices.ContainsFunc(machines[i+1:], func(o model.Machine) bool {
			return o.ID == m.ID && !o.LastSeen.Before(m.LastSeen)
		}) || slices.ContainsFunc(machines[:i], func(o model.Machine) bool { return o.ID == m.ID && o.LastSeen.After(m.LastSeen) })
		if !newer {
			n.machines = append(n.machines, m)
		}
	}
	for i, a := range alerts {
		same := func(o model.Alert) bool { return o.ID == a.ID && o.Product == a.Product }
		newer := slices.ContainsFunc(alerts[i+1:], func(o model.Alert) bool { return same(o) && !o.Updated.Before(a.Updated) }) ||
			slices.ContainsFunc(alerts[:i], func(o model.Alert) bool { return same(o) && o.Updated.After(a.Updated) })
		if !newer {
			n.alerts = append(n.alerts, a)
		}
	}
	n.place()
	n.attribute()
	return n
}

func (n *naive) computers(wanted func(e *model.Entity) bool) (rows []int) {
	for row := range n.entities {
		if e := &n.entities[row]; e.Kind == model.Computer && wanted(e) {
			rows = append(rows, row)
		}
	}
	return rows
}

func naiveFullName(e *model.Entity) string {
	if e.DNSName != "" {
		return strings.TrimSuffix(string(e.DNSName), ".")
	}
	return strings.TrimSuffix(string(e.SAM), "$") + "." + string(e.Domain)
}

func (n *naive) byDeviceID(id model.GUID) (int, bool) {
	rows := n.computers(func(e *model.Entity) bool { return !id.IsZero() && e.ID == id })
	if len(rows) == 1 {
		return rows[0], true
	}
	return 0, false
}

func (n *naive) byFullName(name text.Line) (row int, rivals []int, ok bool) {
	bare := strings.TrimSuffix(string(name), ".")
	rows := n.computers(func(e *model.Entity) bool { return strings.EqualFold(naiveFullName(e), bare) })
	if len(rows) == 1 {
		return rows[0], nil, true
	}
	var enabled []int
	for _, row := range rows {
		if !n.entities[row].Has(model.Disabled) {
			enabled = append(enabled, row)
		}
	}
	switch len(enabled) {
	case 0:
		return 0, rows, false
	case 1:
		return enabled[0], nil, true
	}
	return 0, enabled, false
}

func (n *naive) place() {
	n.owner = make([]int, len(n.machines))
	var short []int
	for i, m := range n.machines {
		n.owner[i] = -1
		if row, ok := n.byDeviceID(m.DeviceID); ok {
			n.owner[i], n.match[row] = row, model.MatchDeviceID
		}
	}
	for i, m := range n.machines {
		if n.owner[i] >= 0 {
			continue
		}
		if strings.Contains(string(m.Name), ".") {
			row, rivals, ok := n.byFullName(m.Name)
			if ok {
				n.owner[i] = row
				if n.match[row] == model.MatchNone {
					n.match[row] = model.MatchFullName
				}
			}
			n.rivals[i] = rivals
		} else if m.Name != "" && m.DeviceID.IsZero() && (m.Cloud == model.NotCloud || m.Cloud == model.AzureArc) &&
			!m.CloudJoined && m.Onboarding != model.Unsupported {
			short = append(short, i)
		}
	}
	above := slices.Clone(n.match)
	for _, i := range short {
		rows := n.computers(func(e *model.Entity) bool {
			return strings.EqualFold(strings.TrimSuffix(string(e.SAM), "$"), string(n.machines[i].Name))
		})
		switch {
		case len(rows) == 1:
			n.owner[i] = rows[0]
			if n.match[rows[0]] == model.MatchNone {
				n.match[rows[0]] = model.MatchShortName
			}
		case !slices.ContainsFunc(rows, func(row int) bool { return above[row] != model.MatchNone }):
			n.rivals[i] = rows
		}
	}
}

func (n *naive) attribute() {
	for _, a := range n.alerts {
		var rows []int
		for _, d := range a.Devices {
			if row, ok := n.device(d, a.Product); ok {
				rows = append(rows, row)
			}
		}
		for _, account := range a.Accounts {
			if row, rule, ok := n.user(account); ok {
				rows = append(rows, row)
				n.note(row, rule)
			}
		}
		slices.Sort(rows)
		n.rows = append(n.rows, slices.Compact(rows))
	}
	for _, l := range n.logons {
		if row, _, ok := n.user(model.AccountRef{SID: l.SID, Name: l.Name, Domain: l.Domain}); ok {
			n.note(row, model.MatchLogon)
		}
	}
}

func (n *naive) note(row int, rule model.Match) {
	if n.match[row] == model.MatchNone || rule < n.match[row] {
		n.match[row] = rule
	}
}

func (n *naive) device(d model.DeviceRef, product model.Product) (int, bool) {
	listed := slices.IndexFunc(n.machines, func(m model.Machine) bool { return d.MachineID != "" && m.ID == d.MachineID })
	if listed >= 0 && n.owner[listed] >= 0 {
		return n.owner[listed], true
	}
	if row, ok := n.byDeviceID(d.DeviceID); ok {
		return row, true
	}
	if listed >= 0 || d.Name == "" {
		return 0, false
	}
	if strings.Contains(string(d.Name), ".") {
		row, _, ok := n.byFullName(d.Name)
		return row, ok
	}
	if product != model.DefenderForIdentity {
		return 0, false
	}
	rows := n.computers(func(e *model.Entity) bool {
		return strings.EqualFold(strings.TrimSuffix(string(e.SAM), "$"), strings.TrimSuffix(string(d.Name), "$"))
	})
	if len(rows) == 1 {
		return rows[0], true
	}
	return 0, false
}

func (n *naive) user(a model.AccountRef) (row int, rule model.Match, ok bool) {
	users := func(wanted func(e *model.Entity) bool) (rows []int) {
		for row := range n.entities {
			if e := &n.entities[row]; e.Kind == model.User && wanted(e) {
				rows = append(rows, row)
			}
		}
		return rows
	}
	only := func(rows []int, rule model.Match) (int, model.Match, bool) {
		if len(rows) == 1 {
			return rows[0], rule, true
		}
		for _, row := range rows {
			n.inDoubt[row] = true
		}
		return 0, 0, false
	}
	if a.SID != "" {
		if a.SID.IsCloud() || !a.SID.IsAccount() {
			return 0, 0, false
		}
		if rows := users(func(e *model.Entity) bool { return e.SID == a.SID }); len(rows) > 0 {
			return only(rows, model.MatchSID)
		}
	}
	if rows := users(func(e *model.Entity) bool { return !a.Object.IsZero() && e.ID == a.Object }); len(rows) > 0 {
		return only(rows, model.MatchObjectGUID)
	}
	switch {
	case a.SID != "":
		return 0, 0, false
	case a.Domain != "" && a.Name != "":
		return only(users(func(e *model.Entity) bool {
			return strings.EqualFold(string(e.SAM), string(a.Name)) && n.isDomain(string(e.Domain), string(a.Domain))
		}), model.MatchAccountName)
	case a.UPN != "":
		return only(users(func(e *model.Entity) bool { return strings.EqualFold(string(e.UPN), string(a.UPN)) }), model.MatchUPN)
	}
	return 0, 0, false
}

// isDomain reports whether a name is that of a domain; the test's forest has different NetBIOS names.
func (n *naive) isDomain(dnsName, name string) bool {
	if strings.EqualFold(dnsName, strings.TrimSuffix(name, ".")) {
		return true
	}
	return slices.ContainsFunc(n.forest, func(d model.Domain) bool {
		return strings.EqualFold(string(d.DNSName), dnsName) && strings.EqualFold(string(d.NetBIOS), name)
	})
}

// badge is DESIGN's table for answers that came whole.
func (n *naive) badge(row int) (state model.BadgeState, open int, worst model.Severity, ambiguous, trouble bool) {
	named := false
	for i, a := range n.alerts {
		if a.Product != model.DefenderForEndpoint || !slices.Contains(n.rows[i], row) {
			continue
		}
		named = true
		if a.Status != model.StatusResolved {
			open++
			severity := a.Severity
			if severity == model.NoSeverity {
				severity = model.OtherSeverity
			}
			worst = max(worst, severity)
		}
	}
	var newest *model.Machine
	contested := false
	for i := range n.machines {
		m := &n.machines[i]
		if n.owner[i] == row && (newest == nil || m.LastSeen.After(newest.LastSeen)) {
			newest = m
		}
		contested = contested || slices.Contains(n.rivals[i], row)
	}
	onboarded := newest != nil && newest.Onboarding == model.Onboarded
	trouble = onboarded && newest.Health != model.HealthActive && newest.Health != model.HealthUnknown
	logon := slices.ContainsFunc(n.logons, func(l model.Logon) bool {
		found, _, ok := n.user(model.AccountRef{SID: l.SID, Name: l.Name, Domain: l.Domain})
		return ok && found == row
	})
	user := n.entities[row].Kind == model.User
	switch {
	case open > 0:
		return model.BadgeAlerts, open, worst, false, trouble
	case newest != nil && !onboarded:
		return model.BadgeDiscovered, 0, 0, false, false
	case onboarded, user && (logon || named):
		return model.BadgeRecognized, 0, 0, false, trouble
	case newest == nil && contested, user && n.inDoubt[row]:
		return model.BadgeUnknown, 0, 0, true, false
	}
	return model.BadgeUnrecognized, 0, 0, false, false
}

// minutes makes different times that are easy to read.
func minutes(n int) time.Time { return time.Unix(1_700_000_000+int64(n)*60, 0).UTC() }
