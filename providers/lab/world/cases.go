package world

import (
	"maps"
	"slices"
)

// Case is something special that the data holds on purpose: tests and documentation name it by its code.
type Case struct {
	Kind  string // "user", "computer", "machine", "alert"
	Code  string // "reimaged"; several cases may share one
	Index int    // of the user, computer or machine; -1 for alerts
	ID    string // of the alert
	Name  string // account, computer, machine name, or title of the alert
	What  string // what is special, and what follows from it
}

// Cases lists what is special in this world: users, computers, machine records that belong to no computer, alerts.
func (w *World) Cases() []Case {
	var cases []Case
	for _, i := range slices.Sorted(maps.Keys(w.userCases)) {
		if i < w.options.Users {
			u, c := w.User(i), w.userCases[i]
			cases = append(cases, Case{Kind: "user", Code: c.code, Index: i, Name: u.SAM, What: c.what})
		}
	}
	for _, j := range slices.Sorted(maps.Keys(w.computerCases)) {
		if j < w.options.Computers {
			c, special := w.Computer(j), w.computerCases[j]
			cases = append(cases, Case{Kind: "computer", Code: special.code, Index: j, Name: c.Name, What: special.what})
		}
	}
	t := w.records()
	for n := range min(t.strays, len(strays)) {
		m := w.Machine(int(t.strayAt[n]))
		cases = append(cases, Case{Kind: "machine", Code: "stray", Index: m.Index, Name: m.DNSName, What: strays[n].what})
	}
	for _, c := range w.alertCases() {
		cases = append(cases, Case{Kind: "alert", Code: c.code, Index: -1, ID: c.alert.ID, Name: c.alert.Title, What: c.what})
	}
	return cases
}
