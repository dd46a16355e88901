// Package peek draws the mini-profile: what one wants to know of an entity before deciding whether to look closer.
package peek

import (
	"fmt"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/theme"
)

// Profile is a mini-profile to draw.
type Profile struct {
	Theme *theme.Theme
	View  *inventory.View
	Row   int
	Now   time.Time
}

// label is the width of the column of names.
const label = 12

// Heading gives the line that names the entity, with its badge.
func (p Profile) Heading() string {
	b := p.View.Badge(p.Row)
	stale := " "
	if b.Stale {
		stale = "~"
	}
	return p.View.Name(p.Row).String() + "  " + b.Text() + stale + " " + p.View.Kind(p.Row).String()
}

// Lines gives at most h lines of at most w cells, the most important first.
func (p Profile) Lines(w, h int) []string {
	if w < 10 || h <= 0 {
		return nil
	}
	e := p.View.Entity(p.Row)
	lines := p.directory(&e, w)
	lines = append(lines, "")
	lines = append(lines, p.badge(w)...)
	lines = append(lines, p.counts(w)...)
	lines = append(lines, p.counterpart(w)...)
	lines = append(lines, "")
	lines = append(lines, p.titles(w, h-len(lines))...)
	return lines[:min(len(lines), h)]
}

func (p Profile) fact(w int, name, value string) string {
	if value == "" {
		value = "-"
	}
	l := draw.NewLine(p.Theme, w).Cell(p.Theme.Muted, name, label)
	return l.Add(p.Theme.Text, value).String()
}

// directory is what AD says.
func (p Profile) directory(e *model.Entity, w int) []string {
	var lines []string
	if e.Kind == model.Computer {
		lines = append(lines, p.fact(w, "Name", first(e.DNSName.String(), e.SAM.String())),
			p.fact(w, "System", strings.TrimSpace(e.OS.String()+"  "+e.OSVersion.String())))
	} else {
		lines = append(lines, p.fact(w, "Account", join("  ", e.SAM.String(), e.UPN.String())),
			p.fact(w, "Works in", join(", ", e.Title.String(), e.Department.String())))
		if e.Mail != "" && e.Mail != e.UPN {
			lines = append(lines, p.fact(w, "Mail", e.Mail.String()))
		}
	}
	lines = append(lines, p.fact(w, "OU", strings.ReplaceAll(e.OU.String(), "/", " / ")),
		p.fact(w, "Account is", Flags(e)),
		p.fact(w, "Last logon", draw.Ago(e.LastLogon, p.Now)))
	return lines
}

// Flags says in words what is special about an account.
func Flags(e *model.Entity) string {
	words := []string{"enabled"}
	if e.Has(model.Disabled) {
		words[0] = "disabled"
	}
	for _, f := range []struct {
		flag model.EntityFlags
		word string
	}{
		{model.DomainController, "domain controller"}, {model.Sensitive, "sensitive"}, {model.Service, "service account"},
		{model.Locked, "locked"}, {model.Expired, "expired"}, {model.PasswordNeverExpires, "password never expires"},
	} {
		if e.Has(f.flag) {
			words = append(words, f.word)
		}
	}
	return strings.Join(words, ", ")
}

// badge says what the badge is and why.
func (p Profile) badge(w int) []string {
	b, t := p.View.Badge(p.Row), p.Theme
	l := draw.NewLine(t, w).Cell(t.Muted, "Endpoint", label).Add(t.Badge(b), b.Text())
	if b.Stale {
		l.Add(t.Muted, "~")
	} else {
		l.Space(1)
	}
	reason := b.Reason.String()
	lines := []string{}
	for i, part := range draw.Wrap(reason, max(w-label-7, 1)) {
		if i > 0 {
			l.Space(label + 7)
		} else {
			l.Space(1)
		}
		lines = append(lines, l.Add(t.Text, part).String())
	}
	if len(lines) == 0 {
		lines = append(lines, l.String())
	}
	return lines
}

// counterpart is what Defender for Endpoint knows of the entity, and how that was found.
func (p Profile) counterpart(w int) []string {
	var lines []string
	if m := p.View.Match(p.Row); m != model.MatchNone {
		lines = append(lines, p.fact(w, "Matched by", MatchWords(m)))
	}
	if machine := p.View.Machine(p.Row); machine != nil {
		lines = append(lines, p.machine(machine, w)...)
	}
	if logon, ok := p.View.Logon(p.Row); ok {
		lines = append(lines, p.fact(w, "Seen on", logon.Machine.String()+", "+draw.Ago(logon.At, p.Now)))
	}
	if candidates := p.View.Candidates(p.Row); len(candidates) > 0 {
		lines = append(lines, p.fact(w, "Candidates", fmt.Sprintf("%d records, the last one %s", len(candidates), candidates[0].Name)))
	}
	return lines
}

func (p Profile) machine(m *model.Machine, w int) []string {
	lines := []string{
		p.fact(w, "Sensor", m.Health.String()+", "+m.Onboarding.String()),
		p.fact(w, "Risk", fmt.Sprintf("%s    exposure %s", m.Risk, m.Exposure)),
		p.fact(w, "Last seen", draw.Ago(m.LastSeen, p.Now)),
	}
	if n := len(p.View.Machines(p.Row)); n > 1 {
		lines = append(lines, p.fact(w, "Records", fmt.Sprintf("%d, this is the one seen last", n)))
	}
	return lines
}

// MatchWords says by what an entity and its counterpart were brought together.
func MatchWords(m model.Match) string {
	switch m {
	case model.MatchDeviceID:
		return "device id equals objectGUID"
	case model.MatchFullName:
		return "full DNS name"
	case model.MatchShortName:
		return "short name, unique in the forest"
	case model.MatchSID:
		return "SID"
	case model.MatchObjectGUID:
		return "objectGUID"
	case model.MatchAccountName:
		return "domain and account name"
	case model.MatchUPN:
		return "UPN"
	case model.MatchLogon:
		return "logon on an onboarded machine"
	}
	return m.String()
}

// counts gives the open alerts of both products by severity.
func (p Profile) counts(w int) []string {
	t := p.Theme
	var counts [3][model.OtherSeverity + 1]int
	for _, a := range p.open() {
		counts[a.Product][a.Severity]++
	}
	var lines []string
	for _, product := range []model.Product{model.DefenderForEndpoint, model.DefenderForIdentity} {
		l := draw.NewLine(t, w).Cell(t.Muted, product.String()+" alerts", label)
		for s := model.OtherSeverity; s > model.NoSeverity; s-- {
			if n := counts[product][s]; n > 0 {
				l.Add(t.Severity(s), fmt.Sprintf(" %d %s ", n, s)).Space(1)
			}
		}
		if l.Used() == label {
			l.Add(t.Muted, p.noneOpen(product))
		}
		lines = append(lines, l.String())
	}
	return lines
}

// noneOpen says what the absence of alerts proves: nothing, unless the product was asked and has answered.
func (p Profile) noneOpen(product model.Product) string {
	k := p.View.Knowledge()
	answer := k.EndpointAlertsAnswer
	if product == model.DefenderForIdentity {
		answer = k.IdentityAlertsAnswer
	}
	if k.Off != model.NoReason || answer.State != inventory.Answered {
		return "not known"
	}
	return "none open"
}

// open gives the open alerts of both products, newest first.
func (p Profile) open() []*model.Alert {
	var open []*model.Alert
	for _, a := range p.View.Alerts(p.Row) {
		if a.IsOpen() {
			open = append(open, a)
		}
	}
	return open
}

// titles names the newest open alerts, one on a line.
func (p Profile) titles(w, h int) []string {
	t, open := p.Theme, p.open()
	var lines []string
	for _, a := range open[:max(min(len(open), h), 0)] {
		l := draw.NewLine(t, w).CellRight(t.Muted, draw.Age(a.LastActivity, p.Now), 4).Space(1)
		lines = append(lines, l.Add(t.Severity(a.Severity), " "+severityLetter(a.Severity)+" ").Space(1).
			Add(t.Muted, a.Product.String()+" ").Add(t.Text, a.Title.String()).String())
	}
	return lines
}

func severityLetter(s model.Severity) string { return [...]string{" ", "i", "L", "M", "H", "?"}[s] }

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func join(separator string, parts ...string) string {
	var have []string
	for _, part := range parts {
		if part != "" {
			have = append(have, part)
		}
	}
	return strings.Join(have, separator)
}
