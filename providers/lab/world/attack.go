package world

import (
	"time"
)

// The campaign: an attack every 25 minutes, each over after about twelve, taken on after seven to ten and resolved
// within three quarters of an hour. Alerts of the campaign are forgotten after three days.
const (
	attackEvery = 25 * time.Minute
	attackKept  = 3 * day
	attackOver  = time.Hour // from then on nothing about it changes
)

// victims are who an attack goes through.
type victims struct {
	user    User     // whose computer was entered
	laptop  Computer // that computer
	machine Machine
	service User // whose password is guessed
	admin   User // whose hash is stolen
	server  Computer
	target  Machine // the machine record of the server
	dc      Computer
}

// stage is one alert of an attack.
type stage struct {
	after  time.Duration // since the attack began
	spread time.Duration
	make   func(*World, *victims, *dice, course, time.Time) *Alert
}

// attackStages unfold in this order. The first one comes within the first minute.
func attackStages(k int, d *dice) []stage {
	recon, theft, ticket := ldapRecon, spnExposure, goldenTicketTime
	if k%2 == 1 {
		recon, theft, ticket = samrRecon, kerberosBruteForce, goldenTicketForged
	}
	stages := []stage{
		{12 * time.Second, 20 * time.Second, fromLaptop(recon, false)},
		{75 * time.Second, 20 * time.Second, onLaptop(exploration)},
		{140 * time.Second, 25 * time.Second, onLaptop(powershell)},
		{215 * time.Second, 30 * time.Second, fromLaptop(theft, true)},
		{300 * time.Second, 25 * time.Second, onLaptop(lsassRead)},
		{390 * time.Second, 30 * time.Second, stolenHash},
		{465 * time.Second, 30 * time.Second, onServer(remoteService)},
		{560 * time.Second, 30 * time.Second, fromServer(dcSync)},
		{660 * time.Second, 45 * time.Second, fromServer(ticket)},
	}
	if d.chance(400) {
		stages = append(stages, stage{430 * time.Second, 20 * time.Second, onServer(droppedRemotely)})
	}
	return stages
}

func fromLaptop(kind int, service bool) func(*World, *victims, *dice, course, time.Time) *Alert {
	return func(w *World, v *victims, d *dice, c course, now time.Time) *Alert {
		targets := []Evidence{w.controllerEvidence(v.user.Domain)}
		if service {
			targets = append(targets, Evidence{User: w.account(&v.service), Roles: []string{"attacked"}})
		}
		return w.identityAlert(kind, d, &v.user, &v.laptop, c, now, targets...)
	}
}

func onLaptop(kind int) func(*World, *victims, *dice, course, time.Time) *Alert {
	return func(w *World, v *victims, d *dice, c course, now time.Time) *Alert {
		return w.endpointAlert(kind, d, &v.machine, w.account(&v.user), c, now)
	}
}

func stolenHash(w *World, v *victims, d *dice, c course, now time.Time) *Alert {
	return w.identityAlert(passTheHash, d, &v.admin, &v.laptop, c, now,
		Evidence{Device: w.computerEvidence(&v.server), Roles: []string{"destination"}})
}

func onServer(kind int) func(*World, *victims, *dice, course, time.Time) *Alert {
	return func(w *World, v *victims, d *dice, c course, now time.Time) *Alert {
		return w.endpointAlert(kind, d, &v.target, w.account(&v.admin), c, now)
	}
}

func fromServer(kind int) func(*World, *victims, *dice, course, time.Time) *Alert {
	return func(w *World, v *victims, d *dice, c course, now time.Time) *Alert {
		return w.identityAlert(kind, d, &v.admin, &v.server, c, now,
			Evidence{Device: w.computerEvidence(&v.dc), Roles: []string{"destination"}})
	}
}

// AttackAlerts gives the alerts of the campaign from Epoch up to an instant, in the state that they have then,
// the newest attack first. An alert keeps its id for as long as Seed and Epoch stay the same.
func (w *World) AttackAlerts(now time.Time) []*Alert {
	since := now.Sub(w.options.Epoch)
	if since < 0 {
		return nil
	}
	var alerts []*Alert
	last := int(since / attackEvery)
	k := last
	for ; k >= 0 && now.Sub(w.attackStart(k)) < attackKept; k-- {
		alerts = append(alerts, w.attack(k, now)...)
	}
	w.over.Delete(k)
	return alerts
}

// attack gives the alerts of one attack. Those of an attack that is over are kept until it is forgotten.
func (w *World) attack(k int, now time.Time) []*Alert {
	over := now.Sub(w.attackStart(k)) > attackOver
	if over {
		if kept, ok := w.over.Load(k); ok {
			return kept.([]*Alert)
		}
	}
	alerts := w.makeAttack(k, now)
	if over {
		w.over.Store(k, alerts)
	}
	return alerts
}

func (w *World) attackStart(k int) time.Time {
	return w.options.Epoch.Add(time.Duration(k) * attackEvery)
}

func (w *World) makeAttack(k int, now time.Time) []*Alert {
	start := w.attackStart(k)
	v, ok := w.victims(k)
	if !ok {
		return nil
	}
	var alerts []*Alert
	d := w.dice(attackStream, k)
	for n, s := range attackStages(k, &d) {
		// The Epoch is part of what ids are drawn from: an alert resolved in an earlier run is another alert.
		own := w.dice(attackStream, int(w.options.Epoch.Unix())*1000+k*32+n)
		at := start.Add(s.after + own.span(0, s.spread))
		if at.After(now) {
			continue
		}
		a := s.make(w, v, &own, course{
			at: at, taken: own.span(7*time.Minute, 10*time.Minute), resolved: own.span(32*time.Minute, 45*time.Minute),
			class: "TruePositive", resolution: "MultiStagedAttack",
		}, now)
		a.Attack, a.IncidentID = k, int64(4_000_000+k)
		a.Actor = pick(&d, []string{"", "Storm-9903"})
		alerts = append(alerts, a)
	}
	return alerts
}

// victims picks who the attack of a number goes through. It is false in a world without a fitting computer.
func (w *World) victims(k int) (*victims, bool) {
	d := w.dice(attackStream, -1-k)
	var v victims
	found := false
	w.around(d.n(w.options.Users), w.options.Users, func(i int) bool {
		if userRole(i) != Person {
			return false
		}
		if _, special := w.userCases[i]; special {
			return false
		}
		seen, ok := w.Seen(i)
		if !ok {
			return false
		}
		m := w.Machine(seen.Machine)
		_, special := w.computerCases[m.Computer]
		if special || computerRole(m.Computer) != Workstation || m.HealthStatus != active {
			return false
		}
		v.user, v.machine, v.laptop, found = w.User(i), m, w.Computer(m.Computer), true
		return true
	})
	if !found {
		return nil, false
	}
	v.service, v.admin = v.user, v.user
	w.around(v.user.Index, w.options.Users, func(i int) bool {
		if userRole(i) != ServiceAccount {
			return false
		}
		v.service = w.User(i)
		return len(v.service.ServiceNames) > 0
	})
	w.around(v.user.Index, w.options.Users, func(i int) bool {
		if userRole(i) == AdminAccount {
			v.admin = w.User(i)
		}
		return userRole(i) == AdminAccount
	})
	v.server, v.target = v.laptop, v.machine
	w.around(v.laptop.Index, w.options.Computers, func(j int) bool {
		_, special := w.computerCases[j]
		if special || computerRole(j) != Server || w.computerState(j) != inUse {
			return false
		}
		m := w.onboardedMachine(j)
		if m < 0 {
			return false
		}
		v.server, v.target = w.Computer(j), w.Machine(m)
		return v.target.HealthStatus == active
	})
	v.dc = w.controller(v.server.Domain)
	return &v, true
}

// around visits indexes from a start on, and from the beginning after the last one, until found says so; at most so
// many that a search never takes long.
func (w *World) around(start, size int, found func(int) bool) {
	const most = 500
	for step := range min(size, most) {
		if found((start + step) % size) {
			return
		}
	}
}
