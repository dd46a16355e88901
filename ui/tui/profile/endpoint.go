package profile

import (
	"fmt"
	"strconv"

	"adbadge/model"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/facts"
	"adbadge/ui/tui/peek"
	"adbadge/ui/tui/theme"
)

// factWidth is the least width of a column of facts in which values are still readable, in cells.
const factWidth = 38

// addEndpoint adds what Defender for Endpoint knows: why the badge is what it is, and its records or logons.
func (p *Page) addEndpoint(b *builder, row int, entity *model.Entity) {
	view := p.dashboard().View
	machines := view.Machines(row)
	count := -1
	if len(machines) > 1 {
		count = len(machines)
	}
	b.begin("Endpoint", count, "")
	p.addBadge(b, row)
	for i, m := range machines {
		if len(machines) > 1 {
			b.still("")
			b.say(b.theme.Strong, fmt.Sprintf("Record %d of %d, %s", i+1, len(machines), order(i)))
		}
		b.texts(facts.Flow(b.theme, b.width, factWidth, p.machine(m)))
		b.texts(facts.Lines(b.theme, b.width, marks(m)))
	}
	p.addCandidates(b, row)
	switch {
	case entity.Kind == model.User:
		p.addSeen(b, row)
	case len(machines) > 0:
		p.addLoggedOn(b, machines[0])
	}
}

func order(i int) string {
	if i == 0 {
		return "seen last, so it is the one that counts"
	}
	return "older"
}

// addBadge says why the badge is what it is, how it was matched, and how old the answer is.
func (p *Page) addBadge(b *builder, row int) {
	view := p.dashboard().View
	badge := view.Badge(row)
	list := []facts.Fact{{Label: "Badge", Value: badge.Text() + "  " + badge.State.String(), Style: b.theme.Strong},
		{Label: "Because", Value: badge.Reason.String()}}
	if m := view.Match(row); m != model.MatchNone {
		list = append(list, facts.Fact{Label: "Matched by", Value: peek.MatchWords(m)})
	}
	list = append(list, facts.Fact{Label: "Answered", Value: p.answered(badge.Stale)})
	b.texts(facts.Lines(b.theme, b.width, list))
}

// answered says when the machines were read, and marks an answer that is too old.
func (p *Page) answered(stale bool) string {
	at := p.dashboard().View.Knowledge().MachinesAnswer.At
	if at.IsZero() {
		return ""
	}
	words := draw.Ago(at, p.env.Now())
	if stale {
		words += ", older than one refresh interval (~)"
	}
	return words
}

// machine gives the facts of one record.
func (p *Page) machine(m *model.Machine) []facts.Fact {
	t, now := p.env.Theme, p.env.Now()
	health := t.Text
	if m.Health == model.HealthInactive || m.Health == model.HealthImpaired || m.Health == model.HealthNoSensorData {
		health = t.Warning
	}
	return []facts.Fact{
		{Label: "Health", Value: m.Health.String(), Style: health},
		{Label: "Risk", Value: grade(m.Risk), Style: gradeStyle(t, m.Risk)},
		{Label: "Exposure", Value: grade(m.Exposure), Style: gradeStyle(t, m.Exposure)},
		{Label: "Onboarding", Value: m.Onboarding.String()},
		{Label: "First seen", Value: facts.Moment(m.FirstSeen, now)},
		{Label: "Last seen", Value: facts.Moment(m.LastSeen, now)},
		{Label: "Record", Value: m.Name.String()},
		{Label: "System", Value: words(m.OS.String(), m.OSVersion.String())},
		{Label: "IP address", Value: m.IP.String()},
		{Label: "Tags", Value: facts.List(m.Tags)},
	}
}

// marks gives what is long or rare of a record: its ids, and where it is managed.
func marks(m *model.Machine) []facts.Fact {
	list := []facts.Fact{{Label: "Device id", Value: guid(m.DeviceID)}, {Label: "Machine id", Value: m.ID}}
	if place := cloud(m); place != "" {
		list = append(list, facts.Fact{Label: "Managed in", Value: place})
	}
	if m.MergedInto != "" {
		list = append(list, facts.Fact{Label: "Merged into", Value: m.MergedInto})
	}
	if m.PotentialDuplicate {
		list = append(list, facts.Fact{Label: "Duplicate", Value: "perhaps, of another record"})
	}
	return append(list, setup(m)...)
}

// setup gives how the machine is set up and looked after, as far as the record says.
func setup(m *model.Machine) []facts.Fact {
	s := m.Setup
	if s == nil {
		s = &model.Setup{}
	}
	excluded := ""
	if m.Excluded {
		excluded = words("yes", s.Exclusion.String())
	}
	var list []facts.Fact
	for _, f := range []facts.Fact{
		{Label: "Device group", Value: s.Group.String()}, {Label: "Device value", Value: s.Value.String()},
		{Label: "Sensor", Value: s.Sensor.String()}, {Label: "Antivirus", Value: s.Antivirus.String()},
		{Label: "Managed by", Value: s.ManagedBy.String()}, {Label: "Excluded", Value: excluded},
	} {
		if f.Value != "" {
			list = append(list, f)
		}
	}
	return list
}

// grade gives the word of a risk or an exposure; what the record does not say is not known.
func grade(s model.Severity) string {
	if s == model.NoSeverity {
		return ""
	}
	return s.String()
}

func gradeStyle(t *theme.Theme, s model.Severity) theme.Style {
	switch s {
	case model.High, model.OtherSeverity:
		return t.Danger
	case model.Medium:
		return t.Warning
	}
	return t.Text
}

func cloud(m *model.Machine) string {
	switch m.Cloud {
	case model.AzureVM:
		return "Azure"
	case model.AzureArc:
		return "Azure Arc (on-premises)"
	case model.OtherCloud:
		return "another cloud"
	}
	return ""
}

func guid(id model.GUID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

// words joins what is there with a blank.
func words(parts ...string) string {
	joined := ""
	for _, part := range parts {
		if joined != "" && part != "" {
			joined += " "
		}
		joined += part
	}
	return joined
}

// addCandidates lists the records that an ambiguous badge is about.
func (p *Page) addCandidates(b *builder, row int) {
	candidates := p.dashboard().View.Candidates(row)
	if len(candidates) == 0 {
		return
	}
	b.still("")
	b.say(b.theme.Strong, "Candidates: records that could be this computer")
	for i, m := range candidates {
		b.texts(facts.Lines(b.theme, b.width, []facts.Fact{{Label: "Candidate " + strconv.Itoa(i+1),
			Value: fmt.Sprintf("%s, %s, last seen %s, device id %s, machine id %s", m.Name, m.Onboarding,
				facts.OrDash(facts.Moment(m.LastSeen, p.env.Now())), facts.OrDash(guid(m.DeviceID)), m.ID)}}))
	}
}

// addSeen says where the account of a user was seen.
func (p *Page) addSeen(b *builder, row int) {
	value := ""
	if logon, ok := p.dashboard().View.Logon(row); ok {
		value = logon.Machine.String() + ", " + facts.Moment(logon.At, p.env.Now())
	}
	b.texts(facts.Lines(b.theme, b.width, []facts.Fact{{Label: "Seen on", Value: value}}))
	switch {
	case !p.dashboard().AskAlone(row):
	case p.seen.err != nil:
		b.say(b.theme.Warning, p.seen.err.Error())
	case p.seen.at.IsZero():
		b.say(b.theme.Muted, "Asking Defender for Endpoint for this account ...")
	default:
		b.say(b.theme.Muted, "Asked for alone "+draw.Ago(p.seen.at, p.env.Now())+".")
	}
}

// addLoggedOn lists who logged on to a computer, as its newest record reports it.
func (p *Page) addLoggedOn(b *builder, m *model.Machine) {
	b.still("")
	b.say(b.theme.Strong, "Logged on to "+m.Name.String())
	q := &p.logons
	switch {
	case p.env.Tenant.Endpoint == nil:
		b.say(b.theme.Muted, "Not asked: no Defender for Endpoint is configured.")
	case p.dashboard().View.Knowledge().Off != model.NoReason:
		b.say(b.theme.Muted, "Not asked: "+p.dashboard().View.Knowledge().Off.String()+".")
	case q.err != nil:
		b.say(b.theme.Warning, q.err.Error())
	case q.at.IsZero():
		b.say(b.theme.Muted, "Asking Defender for Endpoint ...")
	case len(q.value) == 0:
		b.say(b.theme.Muted, "The record reports no logons.")
	}
	var list []facts.Fact
	for _, logon := range q.value {
		name := logon.Name.String()
		if logon.Domain != "" {
			name = logon.Domain.String() + `\` + name
		}
		list = append(list, facts.Fact{Label: draw.Ago(logon.At, p.env.Now()), Value: name})
	}
	b.texts(facts.Flow(b.theme, b.width, factWidth, list))
}
