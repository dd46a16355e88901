// Package export writes entities and alerts for other programs: JSON with stable keys, CSV and TSV that a spreadsheet
// takes for data and never for formulas. The commands and the screen's export share it.
package export

import (
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

// Entity is one entity as JSON has it. The keys are a promise to scripts: they stay as they are. What is not known is
// null or an empty text; keys that only users or only computers have are left out for the other kind.
type Entity struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Name   text.Line `json:"name"`
	SAM    text.Line `json:"sam"`
	Domain text.Line `json:"domain"`
	DN     text.Line `json:"dn"`
	OU     text.Line `json:"ou"`
	SID    string    `json:"sid"`

	UPN        *text.Line `json:"upn,omitempty"`
	Department *text.Line `json:"department,omitempty"`
	Title      *text.Line `json:"title,omitempty"`
	Mail       *text.Line `json:"mail,omitempty"`

	DNSName   *text.Line `json:"dnsName,omitempty"`
	OS        *text.Line `json:"os,omitempty"`
	OSVersion *text.Line `json:"osVersion,omitempty"`

	Enabled          bool `json:"enabled"`
	Sensitive        bool `json:"sensitive"`
	Service          bool `json:"service"`
	DomainController bool `json:"domainController"`
	Locked           bool `json:"locked"`
	Expired          bool `json:"expired"`

	LastLogon   *time.Time `json:"lastLogon"`
	Created     *time.Time `json:"created"`
	PasswordSet *time.Time `json:"passwordSet"`

	Badge         Badge        `json:"badge"`
	IdentityBadge Badge        `json:"identityBadge"`
	Counterpart   *Counterpart `json:"counterpart"`
	MatchedBy     string       `json:"matchedBy"`
	Links         Links        `json:"links"`
	AsOf          *time.Time   `json:"asOf"`
}

// Badge is a badge as JSON has it.
type Badge struct {
	State    string `json:"state"`
	Alerts   int    `json:"alerts"`
	Severity string `json:"severity"` // of the worst open alert; "none" without one
	Reason   string `json:"reason"`   // a stable word, empty when there is nothing to say
	Trouble  bool   `json:"trouble"`
	Stale    bool   `json:"stale"`
	Text     string `json:"text"` // the five cells of the screen
}

// Counterpart is what Defender for Endpoint knows of the entity.
type Counterpart struct {
	IDs        []string   `json:"ids"` // of the machine records, the one seen last first
	LastSeen   *time.Time `json:"lastSeen"`
	Health     string     `json:"health,omitempty"`
	Risk       string     `json:"risk,omitempty"`
	Exposure   string     `json:"exposure,omitempty"`
	Onboarding string     `json:"onboarding,omitempty"`
	Machine    text.Line  `json:"machine,omitempty"` // of a user: where the account was seen last
}

// Links are the pages of both portals; null where there is nothing to open.
type Links struct {
	Identity *string `json:"identity"`
	Endpoint *string `json:"endpoint"`
}

// Linker gives the page of a portal for an entity, or an error that says why there is none.
type Linker func(side model.Side, entity model.Entity, machines []*model.Machine) (string, error)

// NewEntity gathers what is known of one row.
func NewEntity(v *inventory.View, row int, link Linker) Entity {
	entity := v.Entity(row)
	machines := v.Machines(row)
	e := Entity{
		ID: entity.ID.String(), Kind: entity.Kind.String(), Name: entity.Name, SAM: entity.SAM, Domain: entity.Domain,
		DN: entity.DN, OU: entity.OU, SID: string(entity.SID),
		Enabled:          !entity.Has(model.Disabled),
		Sensitive:        entity.Has(model.Sensitive),
		Service:          entity.Has(model.Service),
		DomainController: entity.Has(model.DomainController),
		Locked:           entity.Has(model.Locked),
		Expired:          entity.Has(model.Expired),
		LastLogon:        Time(entity.LastLogon), Created: Time(entity.Created), PasswordSet: Time(entity.PasswordSet),
		Badge: NewBadge(v.Badge(row)), IdentityBadge: NewBadge(v.IdentityBadge(row)),
		Counterpart: counterpart(v, row, machines), MatchedBy: v.Match(row).String(),
		Links: Links{
			Identity: page(link, model.IdentitySide, entity, machines), Endpoint: page(link, model.EndpointSide, entity, machines),
		},
		AsOf: Time(asOf(v, entity.Kind)),
	}
	if entity.Kind == model.Computer {
		e.DNSName, e.OS, e.OSVersion = &entity.DNSName, &entity.OS, &entity.OSVersion
	} else {
		e.UPN, e.Department, e.Title, e.Mail = &entity.UPN, &entity.Department, &entity.Title, &entity.Mail
	}
	return e
}

// NewBadge puts a badge into words.
func NewBadge(b model.Badge) Badge {
	return Badge{
		State: b.State.String(), Alerts: int(b.Alerts), Severity: b.Severity.String(), Reason: b.Reason.Code(),
		Trouble: b.Trouble, Stale: b.Stale, Text: b.Text(),
	}
}

// counterpart gives nil where Defender for Endpoint knows nothing of the entity, or was not asked.
func counterpart(v *inventory.View, row int, machines []*model.Machine) *Counterpart {
	if len(machines) > 0 {
		last := machines[0]
		c := &Counterpart{
			IDs: make([]string, len(machines)), LastSeen: Time(last.LastSeen), Health: last.Health.String(),
			Risk: last.Risk.String(), Exposure: last.Exposure.String(), Onboarding: last.Onboarding.String(),
		}
		for i, m := range machines {
			c.IDs[i] = m.ID
		}
		return c
	}
	if logon, ok := v.Logon(row); ok {
		return &Counterpart{IDs: []string{}, LastSeen: Time(logon.At), Machine: logon.Machine}
	}
	return nil
}

// page gives nil where there is no page to open.
func page(link Linker, side model.Side, entity model.Entity, machines []*model.Machine) *string {
	if link == nil {
		return nil
	}
	address, err := link(side, entity, machines)
	if err != nil || address == "" {
		return nil
	}
	return &address
}

// asOf says when the answer behind a badge came: that about machines for computers, about logons or else alerts for users.
func asOf(v *inventory.View, kind model.Kind) time.Time {
	k := v.Knowledge()
	switch {
	case kind == model.Computer:
		return k.MachinesAnswer.At
	case !k.LogonsAnswer.At.IsZero():
		return k.LogonsAnswer.At
	}
	return k.EndpointAlertsAnswer.At
}

// Time gives a time in UTC to the second, or nil, which JSON writes as null, for the zero time.
func Time(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}
