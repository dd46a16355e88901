package entities

import (
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/layout"
	"adbadge/ui/tui/theme"
)

// column is one column of the list: its place, what it sorts by, and how a cell of it is written.
type column struct {
	layout.Column
	sort inventory.Column
	cell func(r *row) (string, theme.Style)
	chip bool // the cell keeps its style in a row with a new alert
}

// row is what cells are written from. The entity is put together only for columns that need it.
type row struct {
	view  *inventory.View
	at    int
	now   time.Time
	theme *theme.Theme
	flags model.EntityFlags
}

// lead is the width before the columns: mark, cursor, badge and its age mark.
const lead = 3 + 5 + 1

// groupFrom is the least width for departments and systems: a list beside a pane has it on 120 columns already.
const groupFrom = 72 - lead

// columns gives those of a side. They are the same for every row, so they are made once per frame.
func columns(side model.Side) []column {
	if side == model.EndpointSide {
		return endpointColumns()
	}
	return []column{
		nameColumn(),
		kindColumn(),
		{layout.Column{Title: "DEPARTMENT / OS", Min: 14, Grow: 3, Max: 38, From: groupFrom, Gap: 1}, inventory.ColumnGroup, groupCell, false},
		{layout.Column{Title: "OU", Min: 12, Grow: 4, Max: 48, From: layout.OUWidth - lead, Gap: 1}, inventory.ColumnOU, ouCell, false},
		{layout.Column{Title: "MDI", Min: 5, From: 118, Gap: 1}, inventory.ColumnIdentityAlerts, identityCell, true},
		{layout.Column{Title: "SEEN", Min: 6, From: 108, Right: true, Gap: 1}, inventory.ColumnSeen, seenCell, false},
		{layout.Column{Title: "LOGON", Min: 6, From: layout.KindWidth - lead, Right: true, Gap: 1}, inventory.ColumnLogon, logonCell, false},
	}
}

// endpointColumns list computers as Defender for Endpoint knows them.
func endpointColumns() []column {
	return []column{
		nameColumn(),
		{layout.Column{Title: "SENSOR", Min: 9, From: layout.KindWidth - lead, Gap: 1}, inventory.ColumnHealth, healthCell, false},
		{layout.Column{Title: "RISK", Min: 6, Max: 14, From: layout.KindWidth - lead, Gap: 1}, inventory.ColumnRisk, riskCell, false},
		{layout.Column{Title: "OS", Min: 14, Grow: 3, Max: 38, From: groupFrom, Gap: 1}, inventory.ColumnGroup, groupCell, false},
		{layout.Column{Title: "OU", Min: 12, Grow: 3, Max: 48, From: layout.OUWidth - lead, Gap: 1}, inventory.ColumnOU, ouCell, false},
		{layout.Column{Title: "MDE", Min: 5, From: 118, Gap: 1}, inventory.ColumnBadge, endpointCell, true},
		{layout.Column{Title: "SEEN", Min: 6, From: layout.KindWidth - lead, Right: true, Gap: 1}, inventory.ColumnSeen, seenCell, false},
	}
}

func nameColumn() column {
	return column{layout.Column{Title: "NAME", Min: 12, Grow: 4, Max: 44, Gap: 1}, inventory.ColumnName, nameCell, false}
}

func kindColumn() column {
	return column{layout.Column{Title: "KIND", Min: 4, From: layout.KindWidth - lead, Gap: 1}, inventory.ColumnKind, kindCell, false}
}

func nameCell(r *row) (string, theme.Style) {
	name := r.view.Name(r.at).String()
	if r.flags&model.Disabled != 0 {
		return name + " (disabled)", r.theme.Muted
	}
	return name, r.theme.Text
}

func kindCell(r *row) (string, theme.Style) {
	if r.view.Kind(r.at) == model.Computer {
		return "comp", r.theme.Muted
	}
	return "user", r.theme.Muted
}

func groupCell(r *row) (string, theme.Style) {
	group := dash(r.view.Group(r.at).String())
	if r.view.Kind(r.at) != model.Computer {
		return group, r.theme.Text
	}
	group = shortSystem(group)
	if r.flags&model.DomainController != 0 {
		group += "  (DC)"
	}
	return group, r.theme.Text
}

// shortSystem leaves out what is the same for most systems.
func shortSystem(name string) string {
	name = strings.Replace(name, "Windows Server", "Server", 1)
	for _, edition := range []string{" Standard", " Datacenter", " Enterprise", " Pro", " Professional"} {
		if rest, ok := strings.CutSuffix(name, edition); ok {
			return rest
		}
	}
	return name
}

func ouCell(r *row) (string, theme.Style) { return dash(r.view.OU(r.at).String()), r.theme.Muted }

func logonCell(r *row) (string, theme.Style) {
	seconds, ok := r.view.LastLogon(r.at)
	if !ok {
		return "never", r.theme.Muted
	}
	return draw.Age(time.Unix(seconds, 0), r.now), r.theme.Text
}

func seenCell(r *row) (string, theme.Style) {
	return draw.Age(r.view.Seen(r.at), r.now), r.theme.Text
}

func identityCell(r *row) (string, theme.Style) {
	b := r.view.IdentityBadge(r.at)
	return b.Text(), r.theme.Badge(b)
}

func endpointCell(r *row) (string, theme.Style) {
	b := r.view.Badge(r.at)
	return b.Text(), r.theme.Badge(b)
}

func healthCell(r *row) (string, theme.Style) {
	m := r.view.Machine(r.at)
	if m == nil {
		return "-", r.theme.Muted
	}
	switch {
	case m.Onboarding != model.Onboarded:
		return "no sensor", r.theme.Muted
	case m.Health == model.HealthActive:
		return "active", r.theme.OK
	case m.Health == model.HealthImpaired:
		return "impaired", r.theme.Warning
	case m.Health == model.HealthNoSensorData:
		return "no data", r.theme.Warning
	}
	return m.Health.String(), r.theme.Warning
}

func riskCell(r *row) (string, theme.Style) {
	m := r.view.Machine(r.at)
	if m == nil || m.Risk == model.NoSeverity {
		return "-", r.theme.Muted
	}
	if m.Risk == model.Informational {
		return "info", r.theme.Text
	}
	if m.Risk >= model.High {
		return m.Risk.String(), r.theme.Danger
	}
	return m.Risk.String(), r.theme.Text
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
