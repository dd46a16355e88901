package profile

import (
	"strings"

	"adbadge/model"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/facts"
	"adbadge/ui/tui/peek"
)

// addIdentity adds who the entity is, as the list read it from the directory.
func (p *Page) addIdentity(b *builder, e *model.Entity) {
	now := p.env.Now()
	b.begin("Identity", -1, "")
	list := []facts.Fact{
		{Label: "Name", Value: e.Name.String(), Style: b.theme.Strong},
		{Label: "Kind", Value: e.Kind.String()},
		{Label: "Account is", Value: peek.Flags(e)},
		{Label: "SAM account", Value: e.SAM.String()},
	}
	if e.Kind == model.Computer {
		list = append(list, facts.Fact{Label: "DNS name", Value: e.DNSName.String()},
			facts.Fact{Label: "System", Value: words(e.OS.String(), e.OSVersion.String())})
	} else {
		list = append(list, facts.Fact{Label: "UPN", Value: e.UPN.String()}, facts.Fact{Label: "Department", Value: e.Department.String()},
			facts.Fact{Label: "Title", Value: e.Title.String()}, facts.Fact{Label: "Mail", Value: e.Mail.String()})
	}
	list = append(list,
		facts.Fact{Label: "Domain", Value: e.Domain.String()},
		facts.Fact{Label: "OU", Value: strings.ReplaceAll(e.OU.String(), "/", " / ")},
		facts.Fact{Label: "Last logon", Value: facts.Moment(e.LastLogon, now)},
		facts.Fact{Label: "Password set", Value: facts.Moment(e.PasswordSet, now)},
		facts.Fact{Label: "Created", Value: facts.Moment(e.Created, now)},
		facts.Fact{Label: "SID", Value: string(e.SID)},
		facts.Fact{Label: "objectGUID", Value: e.ID.String()},
	)
	b.texts(facts.Lines(b.theme, b.width, list))
}

// addDirectory adds where the entity is in the directory, and what that was asked for it alone.
func (p *Page) addDirectory(b *builder, e *model.Entity) {
	b.begin("Directory", -1, "")
	b.texts(facts.Lines(b.theme, b.width, []facts.Fact{{Label: "DN", Value: e.DN.String()}}))
	if !p.addState(b) {
		return
	}
	d := &p.detail.value
	b.texts(facts.Lines(b.theme, b.width, []facts.Fact{{Label: "Description", Value: d.Description.String()}}))
	b.texts(facts.Flow(b.theme, b.width, factWidth, []facts.Fact{
		{Label: "Manager", Value: d.Manager.String()},
		{Label: "Company", Value: d.Company.String()},
		{Label: "Office", Value: d.Office.String()},
		{Label: "Phone", Value: d.Phone.String()},
		{Label: "Delegation", Value: d.Delegation.String()},
	}))
	list := []facts.Fact{{Label: "Control", Value: facts.List(d.Control)}}
	for i, name := range d.ServiceNames {
		label := ""
		if i == 0 {
			label = "Services"
		}
		list = append(list, facts.Fact{Label: label, Value: name.String()})
	}
	if len(d.ServiceNames) == 0 {
		list = append(list, facts.Fact{Label: "Services"})
	}
	b.texts(facts.Lines(b.theme, b.width, list))
}

// addState says how the question to the directory stands, and whether there is an answer to show.
func (p *Page) addState(b *builder) bool {
	q := &p.detail
	if q.err != nil {
		b.say(b.theme.Warning, q.err.Error())
	}
	if q.at.IsZero() && q.err == nil {
		b.say(b.theme.Muted, "Asking the directory ...")
	}
	return !q.at.IsZero()
}

// groupWidth is the least width of a column of groups, in cells.
const groupWidth = 36

// addGroups adds the groups of which the entity is a direct member, in as many columns as there is room for.
func (p *Page) addGroups(b *builder) {
	groups := p.detail.value.Groups
	if p.detail.at.IsZero() {
		b.begin("Groups", -1, "")
		p.addState(b)
		return
	}
	b.begin("Groups", len(groups), "direct memberships")
	if len(groups) == 0 {
		b.say(b.theme.Muted, "None beside the primary group.")
	}
	columns := max(b.width/groupWidth, 1)
	rows := (len(groups) + columns - 1) / columns
	l := draw.NewLine(b.theme, b.width)
	for i := range rows {
		for at := i; at < len(groups); at += rows {
			l.Cell(b.theme.Text, groups[at].String(), b.width/columns-1).Space(1)
		}
		b.texts([]string{l.String()})
	}
}
