package world

import (
	"slices"
	"strings"
	"time"

	"adbadge/model"
)

// In so many of a thousand computers, or users, there was an incident in the last 30 days; of these so many are open.
const (
	endpointIncidents, endpointOpen = 240, 105
	identityIncidents, identityOpen = 40, 16
)

// quieterFrom is the computer from which on there are two fifths fewer incidents, so that the largest world has some
// 100,000 alerts.
const quieterFrom = 10_000

// incident is what happened on one computer before Now.
type incident struct {
	scenario int
	open     bool
	ago      time.Duration
}

// endpointIncident tells what Defender for Endpoint raised about the computer at an index, if anything.
func (w *World) endpointIncident(j int) (incident, bool) {
	d := w.dice(endpointAlertStream, j)
	chance := d.n(1000)
	if chance >= endpointIncidents || j >= quieterFrom && chance%5 >= 3 {
		return incident{}, false
	}
	if _, special := w.computerCases[j]; special || w.computerState(j) != inUse {
		return incident{}, false
	}
	i := incident{scenario: d.n(len(endpointScenarios)), open: chance < endpointOpen}
	for computerRole(j) != Workstation && !endpointScenarios[i.scenario].server {
		i.scenario = (i.scenario + 1) % len(endpointScenarios)
	}
	switch {
	case !i.open:
		i.ago = d.span(30*time.Hour, 29*day)
	case d.chance(650):
		i.ago = d.span(4*time.Minute, 2*day)
	default:
		i.ago = d.span(2*day, 26*day)
	}
	return i, true
}

// riskOf gives the riskScore that open alerts cause.
func (w *World) riskOf(j int) string {
	i, ok := w.endpointIncident(j)
	switch {
	case j == manyAlertsAt:
		return medium
	case !ok:
		return "None"
	case !i.open:
		return low
	}
	worst := informational
	rank := []string{informational, low, medium, high}
	for _, kind := range endpointScenarios[i.scenario].kinds {
		if s := endpointKinds[kind].severity; slices.Index(rank, s) > slices.Index(rank, worst) {
			worst = s
		}
	}
	return worst
}

// BaseAlerts gives the alerts of the 30 days before Now, newest first. The slice and its alerts are shared: do not
// change them. One of them comes twice.
func (w *World) BaseAlerts() []*Alert { return w.base() }

// Alerts gives the alerts of both products at an instant: those of before and those of the campaign.
func (w *World) Alerts(now time.Time) []*Alert {
	return append(w.AttackAlerts(now), w.BaseAlerts()...)
}

func (w *World) makeBaseAlerts() []*Alert {
	var alerts []*Alert
	for j := range w.options.Computers {
		if i, ok := w.endpointIncident(j); ok {
			alerts = w.addEndpointIncident(alerts, j, i)
		}
	}
	for i := range w.options.Users {
		d := w.dice(identityAlertStream, i)
		if chance := d.n(1000); chance < identityIncidents {
			alerts = w.addIdentityIncident(alerts, i, chance < identityOpen, &d)
		}
	}
	for _, c := range w.alertCases() {
		alerts = append(alerts, c.alert)
	}
	slices.SortStableFunc(alerts, func(a, b *Alert) int {
		if c := b.Created.Compare(a.Created); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return alerts
}

func (w *World) addEndpointIncident(alerts []*Alert, j int, i incident) []*Alert {
	index := w.onboardedMachine(j)
	if index < 0 {
		return alerts
	}
	now, m := w.options.Now, w.Machine(index)
	d := w.dice(endpointAlertStream, -1-j)
	var user *UserEvidence
	if at := w.accountOn(j); at >= 0 && d.chance(900) {
		u := w.User(at)
		if u.Enabled() {
			user = w.account(&u)
			d.thin(user, w.domains[u.Domain].DNSName)
		}
	}
	start := now.Add(-i.ago)
	s := &endpointScenarios[i.scenario]
	for n, kind := range s.kinds {
		c := course{at: start.Add(time.Duration(n) * d.span(20*time.Second, 3*time.Minute))}
		if c.at.After(now) {
			break
		}
		c.decide(i.open, i.ago, &d)
		a := w.endpointAlert(kind, &d, &m, user, c, now)
		a.IncidentID, a.Actor = int64(1000+j), s.actor
		alerts = append(alerts, a)
	}
	return alerts
}

// decide lets an alert of so long ago be open, taken on or resolved.
func (c *course) decide(open bool, ago time.Duration, d *dice) {
	if open {
		if d.chance(300) {
			c.taken = ago / time.Duration(d.between(2, 6))
		}
		return
	}
	c.taken = d.span(3*time.Minute, 2*time.Hour)
	c.resolved = c.taken + d.span(10*time.Minute, 20*time.Hour)
	c.class, c.resolution = "TruePositive", "Malware"
	switch d.n(4) {
	case 0:
		c.class, c.resolution = "FalsePositive", "Clean"
	case 1:
		c.class, c.resolution = "InformationalExpectedActivity", "SecurityTesting"
	}
}

// thin leaves out what alerts often lack: a third name the account without its SID.
func (d *dice) thin(u *UserEvidence, dnsName string) {
	switch d.n(6) {
	case 0:
		u.SID, u.ObjectGUID = "", model.GUID{}
	case 1:
		u.SID, u.ObjectGUID, u.Domain = "", model.GUID{}, dnsName
	case 2:
		u.ObjectGUID = model.GUID{}
	}
}

// accountOn gives an account that works on the computer at an index, or -1.
func (w *World) accountOn(j int) int {
	server := computerRole(j) != Workstation
	from := j
	if server {
		from = max(0, j-serverEvery+1)
	}
	for i := (from*usersPerPlace + perUser - 1) / perUser; i < w.options.Users && homeSlot(i) <= j; i++ {
		if (userRole(i) != Person) != server || userRole(i) == BuiltinAccount {
			continue
		}
		if _, special := w.userCases[i]; !special && w.near(homeSlot(i)%w.options.Computers, server) == j {
			return i
		}
	}
	return -1
}

func (w *World) addIdentityIncident(alerts []*Alert, i int, open bool, d *dice) []*Alert {
	if _, special := w.userCases[i]; special || userRole(i) == BuiltinAccount {
		return alerts
	}
	u := w.User(i)
	if !u.Enabled() {
		return alerts
	}
	now, ago := w.options.Now, d.span(20*time.Minute, 28*day)
	if open {
		ago = d.span(6*time.Minute, 9*day)
	}
	var from *Computer
	if seen, ok := w.Seen(i); ok && d.chance(850) {
		m := w.Machine(seen.Machine)
		c := w.Computer(m.Computer)
		from = &c
	}
	c := course{at: now.Add(-ago)}
	c.decide(open, ago, d)
	if c.resolution == "Malware" {
		c.resolution = "CompromisedUser"
	}
	a := w.identityAlert(pick(d, quietIdentityKinds[:]), d, &u, from, c, now, w.controllerEvidence(u.Domain))
	a.IncidentID = int64(2_000_000 + i)
	return append(alerts, a)
}

// controllerEvidence names the first domain controller of a domain as the target.
func (w *World) controllerEvidence(domain int) Evidence {
	c := w.controller(domain)
	return Evidence{Device: w.computerEvidence(&c), Roles: []string{"destination"}}
}

func (w *World) controller(domain int) Computer {
	for _, c := range controllers {
		if c.domain == domain {
			return w.Computer(c.at)
		}
	}
	return w.Computer(controllers[0].at)
}
