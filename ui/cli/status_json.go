package cli

import (
	"math"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/ui/export"
)

// statusReport is the answer of "status --json". Its keys stay as they are.
type statusReport struct {
	Integration string          `json:"integration"`
	Level       string          `json:"level"`
	Reason      string          `json:"reason"`
	Tenant      string          `json:"tenant"`
	Lab         bool            `json:"lab"`
	ReadOnly    bool            `json:"readOnly"`
	Toggles     []toggleReport  `json:"toggles"`  // those that decide about badges
	Settings    []toggleReport  `json:"settings"` // the others
	Portal      *portalReport   `json:"portal"`
	Licences    []licenceReport `json:"licences"`
	Sources     []sourceReport  `json:"sources"`
	Counts      countsReport    `json:"counts"`
	Findings    []findingReport `json:"findings"`
	AsOf        *time.Time      `json:"asOf"`
	Cached      bool            `json:"cached"` // from the snapshot
}

type toggleReport struct {
	Side    string         `json:"side"`
	Setting string         `json:"setting"`
	State   string         `json:"state"`
	Owner   string         `json:"owner"`
	By      text.Line      `json:"by"`
	Changed *time.Time     `json:"changed"`
	Read    *time.Time     `json:"read"`
	Problem *failureReport `json:"problem"`
}

type licenceReport struct {
	Side    string         `json:"side"`
	State   string         `json:"state"`
	Plan    text.Line      `json:"plan"`
	Hunting bool           `json:"hunting"`
	Problem *failureReport `json:"problem"`
}

type sourceReport struct {
	Source              string         `json:"source"`
	State               string         `json:"state"`
	Host                string         `json:"host"`
	Items               int            `json:"items"`
	LatencyMilliseconds int64          `json:"latencyMilliseconds"`
	LastGood            *time.Time     `json:"lastGood"`
	Problem             *failureReport `json:"problem"`
	Gaps                []gapReport    `json:"gaps"`
	Accounts            string         `json:"accounts"`
	Requests            *uint64        `json:"requests"`
	Throttled           *uint64        `json:"throttled"`
	Room                *float64       `json:"room"`
	RetryAt             *time.Time     `json:"retryAt"`
}

type gapReport struct {
	Code    string `json:"code"`
	What    string `json:"what"`
	Remedy  string `json:"remedy"`
	Count   int    `json:"count"`
	Missing bool   `json:"missing"`
}

type failureReport struct {
	Kind   string `json:"kind"`
	Doing  string `json:"doing"`
	Seen   string `json:"seen"`
	Remedy string `json:"remedy"`
}

type countsReport struct {
	All        int            `json:"all"`
	Users      int            `json:"users"`
	Computers  int            `json:"computers"`
	Badges     map[string]int `json:"badges"`     // by the word of queries
	OpenAlerts map[string]int `json:"openAlerts"` // by side
	Machines   int            `json:"machines"`
	Unplaced   int            `json:"unplaced"` // machine records that belong to no entity
}

type findingReport struct {
	Code    string     `json:"code"`
	Level   string     `json:"level"`
	Source  string     `json:"source"`
	Title   string     `json:"title"`
	Checked string     `json:"checked"`
	Seen    string     `json:"seen"`
	Remedy  string     `json:"remedy"`
	Link    string     `json:"link"`
	At      *time.Time `json:"at"`
}

func newStatusReport(s *session) statusReport {
	d := s.dashboard
	r := statusReport{
		Integration: d.Status.Integration.String(), Level: d.Status.Level.String(), Reason: d.Status.Reason,
		Tenant: s.name(), Lab: s.config.IsLab(), ReadOnly: s.tenant.ReadOnly != "",
		Toggles: []toggleReport{}, Settings: []toggleReport{}, Licences: []licenceReport{}, Findings: []findingReport{},
		Counts: newCountsReport(d.View.Counts()), AsOf: export.Time(s.statusAt()), Cached: s.cached, Portal: newPortalReport(d.Portal),
	}
	for _, t := range d.Toggles {
		if t.Decides() {
			r.Toggles = append(r.Toggles, newToggleReport(t))
		} else {
			r.Settings = append(r.Settings, newToggleReport(t))
		}
	}
	for _, l := range d.Licences {
		r.Licences = append(r.Licences, licenceReport{
			Side: l.Side.String(), State: l.State.String(), Plan: l.Plan, Hunting: l.Hunting, Problem: newFailureReport(l.Problem),
		})
	}
	for _, source := range d.Sources {
		r.Sources = append(r.Sources, newSourceReport(source))
	}
	for _, f := range d.Status.Findings {
		r.Findings = append(r.Findings, findingReport{
			Code: f.Code, Level: f.Level.String(), Source: f.Source.String(), Title: f.Title, Checked: f.Checked, Seen: f.Seen,
			Remedy: f.Remedy, Link: f.Link, At: export.Time(f.At),
		})
	}
	return r
}

func newToggleReport(t model.Toggle) toggleReport {
	return toggleReport{
		Side: t.Side.String(), Setting: t.Setting.String(), State: t.State.String(), Owner: t.Owner.String(), By: t.By,
		Changed: export.Time(t.Changed), Read: export.Time(t.Read), Problem: newFailureReport(t.Problem),
	}
}

func newSourceReport(s model.SourceStatus) sourceReport {
	r := sourceReport{
		Source: s.Source.String(), State: s.State.String(), Host: s.Host, Items: s.Items,
		LatencyMilliseconds: s.Latency.Milliseconds(), LastGood: export.Time(s.LastGood), Problem: newFailureReport(s.Failure),
		Gaps: []gapReport{}, Accounts: s.Accounts,
	}
	if l := s.Limits; l != nil {
		room := math.Round(100*l.Room) / 100
		r.Requests, r.Throttled, r.Room, r.RetryAt = &l.Requests, &l.Throttled, &room, export.Time(l.RetryAt)
	}
	for _, g := range s.Gaps {
		r.Gaps = append(r.Gaps, gapReport{Code: g.Code, What: g.What, Remedy: g.Remedy, Count: g.Count, Missing: g.Missing})
	}
	return r
}

func newFailureReport(f *model.Failure) *failureReport {
	if f == nil {
		return nil
	}
	return &failureReport{Kind: f.Kind.String(), Doing: f.Doing, Seen: f.Seen, Remedy: f.Remedy}
}

func newCountsReport(c inventory.Counts) countsReport {
	r := countsReport{
		All: c.All, Users: c.Users, Computers: c.Computers, Badges: map[string]int{}, Machines: c.Machines,
		OpenAlerts: map[string]int{
			model.IdentitySide.String(): c.Open(model.DefenderForIdentity), model.EndpointSide.String(): c.Open(model.DefenderForEndpoint),
		},
	}
	for class := range inventory.BadgeClassCount {
		r.Badges[class.String()] = c.Badge(class)
	}
	for _, n := range c.Unplaced {
		r.Unplaced += n
	}
	return r
}
