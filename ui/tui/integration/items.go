package integration

import (
	"fmt"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/theme"
)

// item is one thing that the cursor can stand on.
type item struct {
	key     string // stays the same from one dashboard to the next
	section string
	mark    part   // a short word in front: the switch, the code, the state
	text    string // the line itself
	note    string // beside the text where there is room, muted
	more    []fact // shown beneath while the cursor is here
	toggle  *model.Toggle
	issue   *model.HealthIssue
	what    string // what the link leads to
	link    func() (string, error)
}

// part is text with its look.
type part struct {
	style theme.Style
	text  string
}

// fact is one line of what is known about an item.
type fact struct{ name, value string }

// toggleKey stays the same when a toggle that decides is read for the first time, and its owner becomes known.
func toggleKey(t model.Toggle) string {
	if t.Decides() {
		return "toggle " + t.Side.String()
	}
	return fmt.Sprintf("toggle %s %s %s", t.Owner, t.Setting, t.Side)
}

// items lists everything of a dashboard, in the order of the page. There are always the two toggles.
func items(env *page.Env) []item {
	all := toggles(env)
	all = append(all, findings(env)...)
	all = append(all, licences(env)...)
	all = append(all, sources(env)...)
	all = append(all, sensors(env)...)
	all = append(all, issues(env)...)
	return append(all, changes(env)...)
}

func toggles(env *page.Env) []item {
	var all []item
	for _, t := range shownToggles(env.Dashboard) {
		i := item{
			key: toggleKey(t), section: "TOGGLES", toggle: &t,
			mark: part{env.Theme.Toggle(t.State), [...]string{"[ ? ]", "[off]", "[ON ]"}[t.State]},
			text: fmt.Sprintf("%-13s  %s", t.Label(), t.Side.Product()),
			note: "owner: " + t.Owner.String(),
			what: "the settings page of " + t.Side.Product(),
			link: func() (string, error) { return env.Tenant.Links.Settings(t.Side) },
		}
		if !t.Decides() {
			i.section, i.text = "SETTINGS", fmt.Sprintf("%-34s  %s", t.Label(), t.Side.Product())
		}
		i.more = []fact{{"owner", t.Owner.Meaning()}}
		if t.Owner == model.OwnerPortal {
			if r := env.Dashboard.Portal.Reading; r != nil {
				i.note = r.Meaning()
			}
			i.more = append(i.more, portalFacts(env)...)
		}
		if t.Setting != model.IntegrationSetting {
			i.more = append(i.more, fact{"when on", t.Setting.Meaning()})
		}
		if !t.Changed.IsZero() {
			by := ""
			if t.By != "" {
				by = "by " + t.By.String() + " "
			}
			i.note += "   changed " + by + draw.Ago(t.Changed, env.Now())
			i.more = append(i.more, fact{"changed", by + draw.Ago(t.Changed, env.Now())})
		}
		if t.Problem != nil {
			i.more = append(i.more, failureFacts(t.Problem)...)
			i.note = "could not be read: " + t.Problem.Seen
		}
		all = append(all, i)
	}
	return all
}

// portalFacts tell what the session with the portal reads, and for how long it still does.
func portalFacts(env *page.Env) []fact {
	p := env.Dashboard.Portal
	facts := []fact{{"beware", model.PortalWarning}}
	if p.Open {
		facts = append(facts, fact{"session", fmt.Sprintf("%s in %s at %s, %s left", p.Actor, p.Tenant, p.Host, p.Left(env.Now()))})
	}
	if r := p.Reading; r != nil {
		facts = append(facts, fact{"means", r.Meaning()}, fact{"reads", r.Views()})
		if !r.Drift.IsZero() {
			facts = append(facts, fact{"form", r.Drift.String()})
		}
	}
	return facts
}

// shownToggles gives both that decide, also before they were read, and then the others.
func shownToggles(d *providers.Dashboard) []model.Toggle {
	all := []model.Toggle{d.Toggle(model.IdentitySide), d.Toggle(model.EndpointSide)}
	for _, t := range d.Toggles {
		if !t.Decides() {
			all = append(all, t)
		}
	}
	return all
}

func findings(env *page.Env) []item {
	var all []item
	for n, f := range env.Dashboard.Status.Findings {
		i := item{
			key: fmt.Sprintf("finding %s %s", f.Code, f.Title), section: "FINDINGS",
			mark: part{env.Theme.Level(f.Level), levelMark(f.Level) + " " + f.Code},
			text: f.Title,
			note: f.Remedy,
			more: []fact{{"checked", f.Checked}, {"seen", f.Seen}, {"to do", f.Remedy}, {"source", f.Source.String()}},
		}
		if f.Level == model.OK {
			i.section = "CHECKED, NOTHING TO DO"
		}
		if n == 0 && f.Level == model.OK {
			i.section = "CHECKED, NOTHING TO DO"
		}
		if f.Link != "" {
			i.what = "a page about " + f.Code
			i.link = func() (string, error) { return env.Tenant.Links.Check(f.Link) }
		}
		all = append(all, i)
	}
	return all
}

// levelMark says a level without colour.
func levelMark(l model.Level) string { return [...]string{" ", "!", "X", "?"}[l] }

func licences(env *page.Env) []item {
	var all []item
	for _, l := range env.Dashboard.Licences {
		style := env.Theme.Warning
		switch l.State {
		case model.LicenceActive:
			style = env.Theme.OK
		case model.LicenceMissing:
			style = env.Theme.Danger
		case model.LicenceUnknown:
			style = env.Theme.Muted
		}
		i := item{
			key: "licence " + l.Side.String(), section: "LICENCES", mark: part{style, fmt.Sprintf("%-8s", l.State)},
			text: l.Side.Product(), note: l.Plan.String(),
		}
		if l.Problem != nil {
			i.more, i.note = failureFacts(l.Problem), l.Problem.Seen
		}
		all = append(all, i)
	}
	return all
}

func sources(env *page.Env) []item {
	var all []item
	for _, s := range env.Dashboard.Sources {
		style := env.Theme.Muted
		switch s.State {
		case model.SourceOK:
			style = env.Theme.OK
		case model.SourceDegraded:
			style = env.Theme.Warning
		case model.SourceFailed:
			style = env.Theme.Danger
		}
		latency := "-"
		if s.Latency > 0 {
			latency = draw.Count(int(s.Latency.Milliseconds())) + " ms"
		}
		i := item{
			key: "source " + s.Source.String(), section: "SOURCES", mark: part{style, fmt.Sprintf("%-8s", s.State)},
			text: fmt.Sprintf("%-10s %7s items %9s   last good %s", s.Source, draw.Count(s.Items), latency, draw.Ago(s.LastGood, env.Now())),
			note: s.Host,
		}
		if s.Failure != nil {
			i.more = failureFacts(s.Failure)
		}
		if s.Accounts != "" {
			i.more = append(i.more, fact{"accounts", "seen on machines: " + s.Accounts})
		}
		if s.Limits != nil {
			i.more = append(i.more, fact{"limits", s.Limits.String()})
			if s.Limits.IsNear() {
				i.note = joined(s.Host, s.Limits.Brief())
			}
		}
		for _, g := range s.Gaps {
			i.more = append(i.more, fact{g.Code, strings.TrimSpace(g.What + " " + g.Remedy)})
		}
		all = append(all, i)
	}
	return all
}

func sensors(env *page.Env) []item {
	var all []item
	for _, s := range env.Dashboard.Sensors {
		i := item{
			key: "sensor " + s.Name.String(), section: "SENSORS", mark: part{env.Theme.OK, "healthy"},
			text: fmt.Sprintf("%-12s", s.Name), note: joined(s.Domain.String(), s.Version.String(), s.Deploy.String(), s.Service.String()),
			what: "the sensors of Defender for Identity", link: env.Tenant.Links.Health,
		}
		if !s.Healthy {
			i.mark = part{env.Theme.Warning, "trouble"}
		}
		i.more = []fact{{"health", s.Health.String()}, {"service", s.Service.String()}, {"deployed", s.Deploy.String()},
			{"version", s.Version.String()}, {"issues", fmt.Sprintf("%d open", s.Issues)}}
		all = append(all, i)
	}
	return all
}

func issues(env *page.Env) []item {
	var all []item
	for _, h := range env.Dashboard.Issues {
		i := item{
			key: "issue " + h.ID, section: "OPEN HEALTH ISSUES", issue: &h,
			mark: part{env.Theme.Severity(h.Severity), fmt.Sprintf(" %s ", severityLetter(h.Severity))},
			text: h.Title.String(), note: joined(draw.Ago(h.Created, env.Now()), lines(h.Sensors), lines(h.Domains)),
			what: "the health issues of Defender for Identity", link: env.Tenant.Links.Health,
		}
		severity := h.Severity.String()
		if h.Severity == model.OtherSeverity && h.SeverityText != "" {
			severity = h.SeverityText.String()
		}
		i.more = []fact{{"severity", severity}, {"about", h.Description.String()}}
		for n, remedy := range h.Remedies {
			name := ""
			if n == 0 {
				name = "to do"
			}
			i.more = append(i.more, fact{name, remedy.String()})
		}
		all = append(all, i)
	}
	return all
}

// changes lists what was changed from here last.
func changes(env *page.Env) []item {
	var all []item
	for _, c := range env.Dashboard.Changes {
		style, word := env.Theme.Warning, [...]string{"unknown", "applied", "unseen", "refused", "seen", "not seen"}[c.Outcome]
		if c.Outcome.IsMade() {
			style = env.Theme.OK
		}
		all = append(all, item{
			key: "change " + c.ID.String(), section: "LAST CHANGES", mark: part{style, fmt.Sprintf("%-8s", word)},
			text: fmt.Sprintf("%-13s  %s -> %s", changed(c), c.From, c.To), note: joined(draw.Ago(c.At, env.Now()), "by "+c.By.String()),
			more: []fact{{"issue", c.Title.String()}, {"outcome", c.Outcome.String()}, {"seen", c.Seen.String()}, {"at", c.At.UTC().Format(time.RFC3339)},
				{"by", c.By.String()}, {"tenant", c.Tenant.String()}, {"owner", c.Owner.String()}},
		})
	}
	return all
}

// changed says what was changed, in a few words.
func changed(c model.Change) string {
	if c.Setting == model.StatusOfIssue {
		return "health issue"
	}
	return c.Label()
}

func severityLetter(s model.Severity) string { return " iLMH?"[s : s+1] }

func failureFacts(f *model.Failure) []fact {
	facts := []fact{{"tried to", f.Doing}, {"seen", f.Seen}, {"to do", f.Remedy}}
	if !f.RetryAt.IsZero() {
		facts = append(facts, fact{"again at", f.RetryAt.Format("15:04:05")})
	}
	return facts
}

// joined sets what is known side by side.
func joined(parts ...string) string {
	var known []string
	for _, p := range parts {
		if p != "" {
			known = append(known, p)
		}
	}
	return strings.Join(known, "   ")
}

func lines[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, l := range list {
		words[i] = string(l)
	}
	return strings.Join(words, ", ")
}
