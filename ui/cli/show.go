package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/providers"
	"adbadge/ui/export"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/timeline"
)

// profile is one entity with its alerts and what only the directory tells of it, as "show --json" has it.
type profile struct {
	export.Entity
	BadgeReason string         `json:"badgeReason"` // for people; badge.reason is for programs
	Machines    []machine      `json:"machines"`
	Candidates  []machine      `json:"candidates"`
	Alerts      []export.Alert `json:"alerts"`
	Directory   *detail        `json:"directory"` // null when it could not be asked
}

// machine is one machine record as JSON has it.
type machine struct {
	ID         string      `json:"id"`
	Name       text.Line   `json:"name"`
	OS         text.Line   `json:"os"`
	OSVersion  text.Line   `json:"osVersion"`
	FirstSeen  *time.Time  `json:"firstSeen"`
	LastSeen   *time.Time  `json:"lastSeen"`
	Health     string      `json:"health"`
	Risk       string      `json:"risk"`
	Exposure   string      `json:"exposure"`
	Onboarding string      `json:"onboarding"`
	IP         text.Line   `json:"ip"`
	Tags       []text.Line `json:"tags"`
	MergedInto string      `json:"mergedInto"`
	Duplicate  bool        `json:"potentialDuplicate"`
	Excluded   bool        `json:"excluded"`
	Exclusion  text.Line   `json:"exclusionReason"`
	Group      text.Line   `json:"group"`
	Value      text.Line   `json:"value"`
	Sensor     text.Line   `json:"sensorVersion"`
	Antivirus  text.Line   `json:"antivirus"`
	ManagedBy  text.Line   `json:"managedBy"`
}

// detail is model.Detail as JSON has it.
type detail struct {
	Groups       []text.Line `json:"groups"`
	Manager      text.Line   `json:"manager"`
	Phone        text.Line   `json:"phone"`
	Office       text.Line   `json:"office"`
	Company      text.Line   `json:"company"`
	Description  text.Line   `json:"description"`
	Control      []text.Line `json:"userAccountControl"`
	ServiceNames []text.Line `json:"servicePrincipalNames"`
	Delegation   text.Line   `json:"delegation"`
}

func (a *app) showCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show entity",
		Short:   "Show all that is known about one entity",
		Long:    "Shows the identity of an entity, its badge with the reason, its machine records, and its alerts of both products. " + entityHelp,
		Example: "adbadge show 'CONTOSO\\ingrid.eklund'\nadbadge show DC01 --json",
		Args:    oneEntity,
		RunE: a.do(func(cmd *cobra.Command, arguments []string) error {
			return a.show(cmd.Context(), arguments[0], asJSON)
		}),
	}
	a.allowCached(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

func (a *app) show(ctx context.Context, name string, asJSON bool) error {
	s, err := a.askEntities(ctx, providers.CachedAll)
	if err != nil {
		return err
	}
	defer a.close(s)
	row, err := a.find(s.dashboard, name)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usualLimit))
	defer cancel()
	var known model.Detail
	var accountErr, detailErr error
	if !s.cached {
		accountErr = a.askAlone(limited, s, row)
		known, detailErr = s.tenant.Detail(limited, s.dashboard.View.Entity(row))
	}
	if detailErr != nil {
		fmt.Fprintf(a.err, "adbadge: incomplete: %s\n", sentence(detailErr.Error()))
		detailErr = &exitError{code: exitIncomplete}
	}
	if asJSON {
		err = export.WriteJSON(a.out, newProfile(s, row, known, detailErr == nil && !s.cached))
	} else {
		err = a.printProfile(s, row, known)
	}
	return errors.Join(err, a.missing(s.dashboard, model.Sources[:]...), accountErr, detailErr)
}

// askAlone asks for a user whose account could not be asked for together with all others.
func (a *app) askAlone(ctx context.Context, s *session, row int) error {
	if !s.dashboard.AskAlone(row) {
		return nil
	}
	if err := s.refresher.AskAccount(ctx, s.dashboard.View.Entity(row)); err != nil {
		fmt.Fprintf(a.err, "adbadge: incomplete: %s\n", sentence(err.Error()))
		return &exitError{code: exitIncomplete}
	}
	s.dashboard = s.refresher.Current()
	return nil
}

func newProfile(s *session, row int, known model.Detail, asked bool) profile {
	v := s.dashboard.View
	p := profile{
		Entity: export.NewEntity(v, row, s.tenant.Links.Entity), BadgeReason: v.Badge(row).Reason.String(),
		Machines: machines(v.Machines(row)), Candidates: machines(v.Candidates(row)), Alerts: []export.Alert{},
	}
	for _, alert := range v.Alerts(row) {
		p.Alerts = append(p.Alerts, export.NewAlert(v, alert, alertLinks(s)))
	}
	if asked {
		p.Directory = &detail{
			Groups: listed(known.Groups), Manager: known.Manager, Phone: known.Phone, Office: known.Office, Company: known.Company,
			Description: known.Description, Control: listed(known.Control), ServiceNames: listed(known.ServiceNames),
			Delegation: known.Delegation,
		}
	}
	return p
}

func machines(records []*model.Machine) []machine {
	list := make([]machine, len(records))
	for i, m := range records {
		list[i] = machine{
			ID: m.ID, Name: m.Name, OS: m.OS, OSVersion: m.OSVersion, FirstSeen: export.Time(m.FirstSeen), LastSeen: export.Time(m.LastSeen),
			Health: m.Health.String(), Risk: m.Risk.String(), Exposure: m.Exposure.String(), Onboarding: m.Onboarding.String(),
			IP: m.IP, Tags: listed(m.Tags), MergedInto: m.MergedInto, Duplicate: m.PotentialDuplicate, Excluded: m.Excluded,
		}
		if s := m.Setup; s != nil {
			list[i].Exclusion, list[i].Group, list[i].Value = s.Exclusion, s.Group, s.Value
			list[i].Sensor, list[i].Antivirus, list[i].ManagedBy = s.Sensor, s.Antivirus, s.ManagedBy
		}
	}
	return list
}

// listed makes the list of nothing empty, not null.
func listed(lines []text.Line) []text.Line { return append([]text.Line{}, lines...) }

// printProfile writes the page for people.
func (a *app) printProfile(s *session, row int, known model.Detail) error {
	p := a.paper(s.config.Screen.Theme)
	v, now := s.dashboard.View, s.tenant.Now()
	e := v.Entity(row)
	p.line(span{p.theme.Strong, e.Name.String()}, span{p.theme.Muted, "  " + e.Kind.String() + marks(&e)})
	p.printBadges(s, row)
	p.heading("IDENTITY")
	p.printIdentity(&e, known, now)
	p.printMachines(v, row, now)
	p.printAlerts(v, v.Alerts(row), now, "ALERTS OF BOTH PRODUCTS")
	p.printIncidents(v.Incidents(row), s.tenant.Links.Incident)
	p.printEvidence(v.Alerts(row))
	p.heading("PORTALS")
	for _, side := range []model.Side{model.IdentitySide, model.EndpointSide} {
		link, err := s.tenant.Links.Entity(side, e, v.Machines(row))
		if err != nil {
			link = "(" + err.Error() + ")"
		}
		p.fact(side.String(), link)
	}
	return p.flush()
}

// printIncidents says which incidents the entity has to do with.
func (p *paper) printIncidents(incidents []inventory.Involvement, link func(*model.Alert) (string, error)) {
	if len(incidents) == 0 {
		return
	}
	p.heading("INCIDENTS")
	for _, i := range incidents {
		p.fact(i.ID.String(), timeline.Involvement(&i))
		if address, err := link(i.Alerts[0]); err == nil {
			p.fact("", address)
		}
	}
}

// printEvidence says what the open alerts are about.
func (p *paper) printEvidence(alerts []*model.Alert) {
	begun := false
	for _, a := range alerts {
		if !a.IsOpen() || len(a.Evidence) == 0 {
			continue
		}
		if !begun {
			p.heading("EVIDENCE OF THE OPEN ALERTS")
			begun = true
		}
		p.line(span{p.theme.Strong, a.Title.String()})
		for _, e := range a.Evidence {
			p.line(span{p.theme.Text, "  " + e.String()})
		}
		if a.MoreEvidence > 0 {
			p.line(span{p.theme.Muted, fmt.Sprintf("  and %d more", a.MoreEvidence)})
		}
	}
}

// marks are what an analyst must not overlook about an account.
func marks(e *model.Entity) string {
	line := ""
	for _, mark := range []struct {
		flag model.EntityFlags
		word string
	}{
		{model.Disabled, "disabled"}, {model.Sensitive, "sensitive"}, {model.Service, "service account"},
		{model.DomainController, "domain controller"}, {model.Locked, "locked"}, {model.Expired, "expired"},
		{model.PasswordNeverExpires, "password never expires"},
	} {
		if e.Has(mark.flag) {
			line += ", " + mark.word
		}
	}
	return line
}

func (p *paper) printBadges(s *session, row int) {
	v := s.dashboard.View
	b := v.Badge(row)
	p.line(p.badge(b), span{p.theme.Text, " " + model.EndpointSide.Product() + ": " + b.Reason.String() + staleNote(b)})
	if match := v.Match(row); match != model.MatchNone {
		p.line(span{p.theme.Muted, "       matched by " + match.String()})
	}
	identity := v.IdentityBadge(row)
	p.line(p.badge(identity), span{p.theme.Text, " " + model.IdentitySide.Product() + ": " + identityWords(identity) + staleNote(identity)})
}

// identityWords says what an identity badge means.
func identityWords(b model.Badge) string {
	switch {
	case b.State == model.BadgeAlerts && b.Alerts == 1:
		return "1 open alert"
	case b.State == model.BadgeAlerts:
		return fmt.Sprintf("%d open alerts, the worst is %s", b.Alerts, b.Severity)
	case b.State == model.BadgeRecognized:
		return "no open alert"
	}
	return b.Reason.String()
}

func staleNote(b model.Badge) string {
	if b.Stale {
		return " (an old answer)"
	}
	return ""
}

func (p *paper) printIdentity(e *model.Entity, known model.Detail, now time.Time) {
	for _, fact := range []struct{ name, value string }{
		{"account", e.SAM.String()}, {"domain", e.Domain.String()}, {"upn", e.UPN.String()}, {"dns name", e.DNSName.String()},
		{"system", strings.TrimSpace(e.OS.String() + " " + e.OSVersion.String())}, {"department", e.Department.String()},
		{"title", e.Title.String()}, {"mail", e.Mail.String()}, {"manager", known.Manager.String()}, {"ou", e.OU.String()},
		{"dn", e.DN.String()}, {"sid", string(e.SID)}, {"id", e.ID.String()}, {"last logon", when(e.LastLogon, now)},
		{"password set", when(e.PasswordSet, now)}, {"created", when(e.Created, now)}, {"description", known.Description.String()},
		{"groups", joined(known.Groups)}, {"delegation", known.Delegation.String()}, {"service names", joined(known.ServiceNames)},
	} {
		p.fact(fact.name, fact.value)
	}
}

func (p *paper) printMachines(v *inventory.View, row int, now time.Time) {
	records, title := v.Machines(row), "MACHINE RECORDS"
	if candidates := v.Candidates(row); len(candidates) > 0 {
		records, title = candidates, "CANDIDATES (ambiguous: none of them is taken)"
	}
	if logon, ok := v.Logon(row); ok {
		p.heading("SEEN ON")
		p.fact("machine", logon.Machine.String())
		p.fact("last", when(logon.At, now))
	}
	if len(records) == 0 {
		return
	}
	p.heading(title)
	columns := []column{
		{head: "NAME", least: 12}, {head: "HEALTH"}, {head: "RISK"}, {head: "EXPOSURE"}, {head: "ONBOARDING"}, {head: "SEEN", right: true}, {head: "ID"},
	}
	p.table(columns, len(records), func(i int) []span {
		m := records[i]
		return plainCells(p.theme.Text, m.Name.String(), m.Health.String(), m.Risk.String(), m.Exposure.String(), m.Onboarding.String(),
			draw.Age(m.LastSeen, now), m.ID)
	})
}

// when gives a time and how long ago it was.
func when(t, now time.Time) string {
	if t.IsZero() {
		return "never or not known"
	}
	return t.UTC().Format("2006-01-02 15:04 MST") + " (" + draw.Ago(t, now) + ")"
}

func joined(lines []text.Line) string {
	words := make([]string, len(lines))
	for i, line := range lines {
		words[i] = line.String()
	}
	return strings.Join(words, ", ")
}
