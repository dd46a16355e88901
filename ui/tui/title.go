package tui

import (
	"slices"
	"time"

	"adbadge/model"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/theme"
)

// part is a piece of the title. Where they do not all fit, those with the lowest rank go first; 0 never goes.
type part struct {
	text  string
	short string // tried before the part goes; empty for none
	style theme.Style
	rank  int
	right bool // belongs to the right half
	kept  bool // its short form never goes
}

// title draws the line on top: what is looked at, how the sources are, and when they were asked.
func (a *App) title(width int) string {
	parts := a.titleParts()
	if width < 60 {
		parts = a.shortParts()
	}
	fitted := fitParts(parts, width-2)
	left, right := 0, 0
	for _, p := range fitted {
		if p.right {
			right += draw.Width(p.text) + 2
		} else {
			left += draw.Width(p.text) + 2
		}
	}
	l := draw.NewLine(a.env.Theme, width).Space(1)
	started := false
	for _, p := range fitted {
		if p.right && !started {
			l.To(width - 1 - (right - 2))
			started = true
		}
		l.Add(p.style, p.text)
		l.Space(2)
	}
	return l.Fill(a.env.Theme.Text).String()
}

// fitParts leaves out what does not fit, the least important first.
func fitParts(parts []part, width int) []part {
	size := func() int {
		n := 0
		for _, p := range parts {
			n += draw.Width(p.text) + 2
		}
		return n // with a wider gap in the middle
	}
	for size() > width && len(parts) > 1 {
		least := -1
		for i, p := range parts {
			if p.rank > 0 && (least < 0 || p.rank < parts[least].rank) {
				least = i
			}
		}
		if least < 0 {
			break
		}
		if p := &parts[least]; p.short != "" {
			p.text, p.short = p.short, ""
			if p.kept {
				p.rank = 0
			}
		} else {
			parts = slices.Delete(parts, least, least+1)
		}
	}
	return parts
}

func (a *App) titleParts() []part {
	t, d, tenant := a.env.Theme, a.env.Dashboard, a.env.Tenant
	parts := []part{{text: "adbadge", style: t.Strong, rank: 60}, {text: a.tenantName(), style: t.Accent, rank: 70}}
	for _, p := range a.stack[1:] {
		parts = append(parts, part{text: "> " + p.Title(), style: t.Strong})
	}
	if tenant.Mark != "" {
		parts = append(parts, part{text: " " + tenant.Mark + " ", style: t.Mark})
	}
	parts = append(parts, a.modePart())
	if tenant.Warning != "" {
		parts = append(parts, part{text: " " + tenant.Warning + " ", short: " UNSAFE ", style: t.Alarm, rank: 95})
	}
	if p, ok := a.portalPart(); ok {
		parts = append(parts, p)
	}
	for _, s := range d.Sources {
		if p, ok := a.sourcePart(s); ok {
			parts = append(parts, p)
		}
	}
	now := a.env.Now()
	if !d.At.IsZero() { // a clock would be right for a second only, or cost a line each second
		at := d.At.In(now.Location()).Format("15:04:05")
		if now.Sub(d.At) > 12*time.Hour { // the snapshot's
			at = d.At.In(now.Location()).Format("2006-01-02")
		}
		if a.width >= 100 {
			at = "refreshed " + at
		}
		parts = append(parts, part{text: at, style: t.Text, rank: 40, right: true})
	}
	if c := countdown(d, now); c != "" {
		style := t.Muted
		if d.Paused {
			style = t.Warning
		}
		parts = append(parts, part{text: c, style: style, rank: 50, right: true})
	}
	return parts
}

// shortParts is the title of a narrow screen: "RO AD ok MDE ok".
func (a *App) shortParts() []part {
	t := a.env.Theme
	var parts []part
	if mark := a.env.Tenant.Mark; mark != "" {
		parts = append(parts, part{text: mark, style: t.Mark})
	}
	mode := a.modePart()
	mode.text, mode.short = mode.short, ""
	parts = append(parts, mode)
	if p, ok := a.portalPart(); ok {
		p.text, p.short, p.rank = " UNSUPPORTED "+a.env.Dashboard.Portal.Left(a.env.Now())+" ", "", 0
		parts = append(parts, p)
	}
	for _, p := range a.stack[1:] {
		parts = append(parts, part{text: "> " + p.Title(), style: t.Strong, rank: 90})
	}
	for _, s := range a.env.Dashboard.Sources {
		if p, ok := a.sourcePart(s); ok {
			p.text, p.short = p.short, ""
			p.right = false
			parts = append(parts, p)
		}
	}
	return parts
}

// portalPart says on every screen that an interface is in use that its vendor does not support, and for how long still.
func (a *App) portalPart() (part, bool) {
	p := a.env.Dashboard.Portal
	if !p.Open {
		return part{}, false
	}
	left := p.Left(a.env.Now())
	return part{text: " PORTAL SESSION: UNSUPPORTED INTERFACE, " + left + " LEFT ", short: " UNSUPPORTED PORTAL " + left + " ", style: a.env.Theme.Alarm,
		rank: 32, kept: true}, true
}

func (a *App) modePart() part {
	if a.env.Tenant.ReadOnly != "" {
		return part{text: "READ-ONLY", short: "RO", style: a.env.Theme.Muted, rank: 65}
	}
	if a.env.Tenant.Mark != "" { // a lab is there to be changed: nothing to warn of
		return part{text: "WRITE", short: "RW", style: a.env.Theme.Muted, rank: 35}
	}
	return part{text: " WRITE ", short: "RW", style: a.env.Theme.Write, rank: 90}
}

// sourcePart shows how a source is. The toggles' source shows only when something is wrong with it.
func (a *App) sourcePart(s model.SourceStatus) (part, bool) {
	t := a.env.Theme
	long := [...]string{"AD", "identity", "endpoint", "settings"}[s.Source]
	short := [...]string{"AD", "MDI", "MDE", "set"}[s.Source]
	p := part{style: t.Text, rank: 30, right: true}
	switch s.State {
	case model.SourceOff:
		return p, false
	case model.SourceFailed:
		p.text, p.short, p.style, p.rank = " "+long+" DOWN"+a.since(s)+" ", " "+short+" DOWN ", t.Alarm, 99
		return p, true
	case model.SourceDegraded:
		p.text, p.short, p.style, p.rank = long+" degraded", short+" degraded", t.Warning, 85
		return p, true
	case model.SourceWaiting:
		p.text, p.short, p.style, p.rank = long+" ...", short+" ...", t.Muted, 25
	case model.SourceLoading:
		p.text, p.short, p.style, p.rank = long+" loading", short+" ...", t.Muted, 80
	case model.SourceOK:
		if age, old := a.age(s); old {
			p.text, p.short, p.style, p.rank = long+" "+age+" old", short+" "+age, t.Warning, 85
			break
		}
		p.text, p.short, p.style, p.rank = long+" ok", short+" ok", t.OK, 80
		if s.Source == model.Identity {
			p.rank = 30
		}
	}
	return p, s.Source != model.Settings
}

// age gives the age of a source's last answer, and whether that is more than two of its intervals: after a start from the
// snapshot, or when nobody refreshes.
func (a *App) age(s model.SourceStatus) (age string, old bool) {
	interval := a.env.Tenant.Interval
	if s.Source == model.Directory {
		interval = a.env.Tenant.DirectoryInterval
	}
	now := a.env.Now()
	old = interval > 0 && !s.LastGood.IsZero() && now.Sub(s.LastGood) > 2*interval
	return draw.Age(s.LastGood, now), old
}

// since says from when on a source has not answered.
func (a *App) since(s model.SourceStatus) string {
	if s.LastGood.IsZero() {
		return ""
	}
	if a.env.Now().Sub(s.LastGood) > 12*time.Hour { // a time alone would be taken for one of today
		return " for " + draw.Age(s.LastGood, a.env.Now())
	}
	return " since " + s.LastGood.In(a.env.Now().Location()).Format("15:04")
}

// tenantName is what the configuration calls the tenant, else the first domain of the directory.
func (a *App) tenantName() string {
	if a.env.Tenant.Name != "" {
		return a.env.Tenant.Name
	}
	if v := a.env.Dashboard.View; v.Len() > 0 {
		return v.Domain(0).String()
	}
	return a.env.Dashboard.Source(model.Directory).Host
}
