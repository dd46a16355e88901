package world

import (
	"slices"
	"time"
)

// Seen gives the newest sighting of the account at an index: where and when Defender for Endpoint saw it last. It is
// false when it did not see it within the 30 days that hunting looks back.
func (w *World) Seen(user int) (Sighting, bool) {
	all := w.Sightings(user)
	if len(all) == 0 {
		return Sighting{}, false
	}
	return all[0], true
}

// Sightings gives the sightings of the account at an index, newest first, one for each machine.
func (w *World) Sightings(user int) []Sighting {
	if special, ok := w.userCases[user]; ok && special.unseen {
		return nil
	}
	u := w.User(user)
	now := w.options.Now
	if u.LastLogon.Before(now.Add(-25*day)) || !u.Enabled() && u.LastLogon.Before(now.Add(-20*day)) {
		return nil
	}
	d := w.dice(sightingStream, user)
	home, extra := w.homeOf(user, &d)
	var seen []Sighting
	if s, ok := w.sighting(&u, home, &d, false); ok {
		seen = append(seen, s)
	}
	if extra >= 0 && extra != home {
		if s, ok := w.sighting(&u, extra, &d, len(seen) > 0); ok {
			seen = append(seen, s)
		}
	}
	slices.SortFunc(seen, func(a, b Sighting) int { return b.At.Compare(a.At) })
	return seen
}

func (w *World) sighting(u *User, computer int, d *dice, second bool) (Sighting, bool) {
	m := w.onboardedMachine(computer)
	if m < 0 {
		return Sighting{}, false
	}
	now := w.options.Now
	at := latest(u.LastLogon, now.Add(-6*day)).Add(d.span(0, 50*time.Minute))
	if second {
		at = u.LastLogon.Add(-d.span(time.Hour, 4*day))
	}
	var records [maxRecords]record
	w.recordsOf(computer, &records)
	t := w.records()
	if days := records[m-int(t.first[computer])].days; days > 0 {
		at = now.Add(-time.Duration(days)*day - d.span(0, 20*time.Hour))
	}
	if at.After(now) {
		at = now.Add(-d.span(20*time.Second, 4*time.Minute))
	}
	s := Sighting{User: u.Index, Machine: m, At: at, First: at.Add(-d.span(time.Hour, 28*day)), LogonType: "Interactive"}
	switch {
	case u.Role == ServiceAccount:
		s.LogonType = "Service"
	case u.Role == AdminAccount || u.Role == BuiltinAccount:
		s.LogonType, s.LocalAdmin = "RemoteInteractive", true
	case second:
		s.LogonType = "Network"
	}
	return s, true
}

// reach is how far from its place, in computers, an account is seen: the first servers that are no domain
// controllers stand that far away.
const reach = 20

// homeOf gives the computer that an account works on, and a second one where it is seen too, or -1.
func (w *World) homeOf(user int, d *dice) (home, extra int) {
	slot := homeSlot(user) % w.options.Computers
	onServer := userRole(user) != Person
	home, extra = w.near(slot, onServer), -1
	// Where the own computer has no sensor, many people have another that has one.
	if w.onboardedMachine(home) < 0 && d.chance(550) {
		extra = w.near((home+1)%w.options.Computers, onServer)
	}
	if extra < 0 && d.chance(200) {
		extra = w.near((home+1)%w.options.Computers, true)
	}
	return home, extra
}

// near gives the next computer from a place on that is a server, or a workstation.
func (w *World) near(slot int, server bool) int {
	for step := range reach {
		j := (slot + step) % w.options.Computers
		if role := computerRole(j); server == (role == Server) && role != DomainController {
			return j
		}
	}
	return slot
}

// LoggedOn gives the accounts that the machine record at an index reports, newest first.
func (w *World) LoggedOn(machine int) []Sighting {
	t := w.records()
	computer, _, stray := t.of(machine)
	if stray >= 0 {
		return nil
	}
	var seen []Sighting
	for _, user := range w.usersAround(computer) {
		for _, s := range w.Sightings(user) {
			if s.Machine == machine {
				seen = append(seen, s)
			}
		}
	}
	slices.SortFunc(seen, func(a, b Sighting) int { return b.At.Compare(a.At) })
	return seen
}

// mostRounds bounds how many times over the people are spread on too few computers when a machine is asked for its
// accounts.
const mostRounds = 20

// usersAround gives the accounts that may have been seen on a computer.
func (w *World) usersAround(computer int) []int {
	n := w.options.Computers
	var users []int
	for round := 0; round < mostRounds; round++ {
		low := max(0, (computer-reach+2+round*n)*usersPerPlace/perUser)
		if low >= w.options.Users {
			break
		}
		high := min(w.options.Users, (computer+1+round*n)*usersPerPlace/perUser+1)
		for i := low; i < high; i++ {
			users = append(users, i)
		}
	}
	// The last people sit at the last computers and are seen on the first ones.
	if computer < reach+2 {
		low := max(0, (n-reach+2)*usersPerPlace/perUser)
		for i := low; i < min(w.options.Users, n*usersPerPlace/perUser+1); i++ {
			users = append(users, i)
		}
	}
	slices.Sort(users)
	return slices.Compact(users)
}
