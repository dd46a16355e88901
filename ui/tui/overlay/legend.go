package overlay

import (
	"adbadge/model"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/theme"
)

// legendEntry is one badge and what it means.
type legendEntry struct {
	badge model.Badge
	means string
}

// legendEntries has one badge of every state, in the order of DESIGN's table.
func legendEntries() []legendEntry {
	alerts := func(s model.Severity, n uint16) model.Badge {
		return model.Badge{State: model.BadgeAlerts, Severity: s, Alerts: n}
	}
	unknown := func(r model.Reason) model.Badge { return model.Badge{Reason: r} }
	return []legendEntry{
		{alerts(model.High, 3), "3 open alerts, worst: high"},
		{alerts(model.Medium, 12), "medium"},
		{alerts(model.Low, 1), "low"},
		{alerts(model.Informational, 4), "informational"},
		{model.Badge{State: model.BadgeRecognized}, "known, no open alert"},
		{model.Badge{State: model.BadgeRecognized, Trouble: true}, "known, sensor in trouble"},
		{model.Badge{State: model.BadgeDiscovered}, "seen, no sensor on it yet"},
		{model.Badge{State: model.BadgeUnrecognized}, "asked: not known there"},
		{unknown(model.NotAsked), "not asked yet"},
		{unknown(model.IntegrationOff), "integration or a side is off"},
		{unknown(model.EndpointFailed), "could not ask"},
		{unknown(model.Ambiguous), "ambiguous: never guessed"},
	}
}

// legend explains the badges, in as many columns as fit.
func legend(t *theme.Theme, w int) []string {
	columns := max(min((w-2)/39, 4), 1)
	width := (w - 2) / columns
	entries := legendEntries()
	head := draw.NewLine(t, w).Space(1).Add(t.Strong, "BADGES").Add(t.Muted, "  ~ after a badge: an answer older than one refresh interval")
	lines := []string{head.String()}
	rows := (len(entries) + columns - 1) / columns
	for row := range rows {
		l := draw.NewLine(t, w)
		for column := range columns {
			i := column*rows + row
			if i >= len(entries) {
				continue
			}
			e := entries[i]
			l.To(3+column*width).Add(t.Badge(e.badge), e.badge.Text()).Space(1)
			l.Add(t.Text, draw.Cut(e.means, width-8, t.Glyphs.Ellipsis))
		}
		lines = append(lines, l.String())
	}
	return lines
}
