package inventory

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"adbadge/model"
	"adbadge/model/text"
)

// smallWorld makes entities and answers out of so few names and ids that everything collides.
type smallWorld struct {
	r        *rand.Rand
	entities []model.Entity
	forest   []model.Domain
	k        Knowledge
	// What k holds, in the order in which it came, with all that was replaced since.
	machines []model.Machine
	alerts   [2][]model.Alert
	logons   []model.Logon
}

func pick[T any](w *smallWorld, values ...T) T { return values[w.r.IntN(len(values))] }

func (w *smallWorld) id() model.GUID {
	if w.r.IntN(3) == 0 {
		return model.GUID{}
	}
	return model.GUID{byte(1 + w.r.IntN(24))}
}

func (w *smallWorld) host() string {
	return pick(w, "ws1", "WS1", "ws2", "srv", "SRV", "münchen", "MÜNCHEN", "a.b", "")
}

func (w *smallWorld) domain() text.Line {
	return pick[text.Line](w, "contoso.test", "CONTOSO.test", "emea.contoso.test", "fabrikam.test")
}

func (w *smallWorld) account() text.Line {
	return pick[text.Line](w, "anna", "ANNA", "svc", "ws1", "karl")
}

func (w *smallWorld) sid() model.SID {
	return pick[model.SID](w, "", "", "S-1-5-21-1-2-3-1101", "S-1-5-21-1-2-3-1102", "S-1-5-21-4-5-6-1101", "S-1-5-21-9-9-9-1101",
		"S-1-12-1-1-2-3-4", "S-1-5-18")
}

func (w *smallWorld) entity(row int) model.Entity {
	e := model.Entity{ID: model.GUID{byte(row + 1)}, Kind: pick(w, model.Computer, model.User), Domain: w.domain(), LastLogon: w.logon()}
	if w.r.IntN(3) == 0 {
		e.Flags |= model.Disabled
	}
	if e.Kind == model.User {
		e.SAM, e.SID = w.account(), w.sid()
		e.UPN = pick(w, "", e.SAM+"@"+e.Domain, "anna@contoso.test", "karl.k@contoso.test")
		e.Name = "User " + e.SAM
		return e
	}
	host := w.host()
	e.SAM, e.Name, e.SID = text.Line(host+"$"), text.Line(host), w.sid()
	e.DNSName = pick[text.Line](w, "", text.Line(host+"."+string(e.Domain)), "ws1.contoso.test", "WS1.Contoso.test.", "ws1")
	return e
}

func (w *smallWorld) machine() model.Machine {
	return model.Machine{
		ID: fmt.Sprintf("%040x", w.r.IntN(10)), DeviceID: w.id(),
		Name: text.Line(pick(w, w.host(), w.host(), w.host()+"."+string(w.domain()), w.host()+"."+string(w.domain())+".", w.host()+".")),
		// Different times, since what comes first among equals is not in the rules.
		LastSeen: minutes(w.r.IntN(1 << 30)), Onboarding: model.Onboarding(w.r.IntN(5)), Health: model.Health(w.r.IntN(5)),
		Cloud: model.Cloud(w.r.IntN(4)), CloudJoined: w.r.IntN(4) == 0,
	}
}

func (w *smallWorld) alert() model.Alert {
	a := model.Alert{
		ID: fmt.Sprint("da", w.r.IntN(6)), Product: model.Product(w.r.IntN(3)), Severity: model.Severity(w.r.IntN(6)),
		Status: model.AlertStatus(w.r.IntN(4)), Created: minutes(w.r.IntN(50)), Updated: minutes(w.r.IntN(50)),
	}
	for range w.r.IntN(3) {
		a.Devices = append(a.Devices, model.DeviceRef{
			MachineID: pick(w, "", fmt.Sprintf("%040x", w.r.IntN(14))), DeviceID: w.id(), Name: w.machine().Name,
		})
	}
	for range w.r.IntN(3) {
		a.Accounts = append(a.Accounts, model.AccountRef{
			SID: w.sid(), Object: w.id(), Name: pick(w, "", w.account(), "SYSTEM"),
			Domain: pick(w, "", "CONTOSO", "emea", "WS1", "NT AUTHORITY", w.domain(), w.domain()+"."),
			UPN:    pick[text.Line](w, "", "ANNA@contoso.test", "karl.k@contoso.test", "nobody@contoso.test"),
		})
	}
	return a
}

func newSmallWorld(seed uint64) *smallWorld {
	w := &smallWorld{r: rand.New(rand.NewPCG(seed, 1))}
	w.forest = []model.Domain{{DNSName: "contoso.test", NetBIOS: "CONTOSO"}, {DNSName: "EMEA.contoso.test", NetBIOS: "EMEA"}}
	for row := range w.r.IntN(20) {
		w.entities = append(w.entities, w.entity(row))
	}
	for range w.r.IntN(14) {
		w.machines = append(w.machines, w.machine())
	}
	for range w.r.IntN(10) {
		list := w.r.IntN(2)
		w.alerts[list] = append(w.alerts[list], w.alert())
	}
	for range w.r.IntN(4) {
		w.logons = append(w.logons, model.Logon{
			SID: w.sid(), Name: w.account(), Domain: pick(w, "CONTOSO", "emea", "WS1", w.domain()), At: minutes(w.r.IntN(50)),
		})
	}
	w.fill()
	answered := Answer{State: Answered}
	w.k.MachinesAnswer, w.k.EndpointAlertsAnswer, w.k.IdentityAlertsAnswer, w.k.LogonsAnswer = answered, answered, answered, answered
	return w
}

// fill makes the lists anew.
func (w *smallWorld) fill() {
	w.k.Machines, w.k.Logons = NewMachines(w.machines), NewLogons(w.logons)
	w.k.EndpointAlerts, w.k.IdentityAlerts = NewAlerts(w.alerts[0]), NewAlerts(w.alerts[1])
}

func (w *smallWorld) naively(entities []model.Entity) *naive {
	return joinNaively(entities, w.forest, w.machines, slices.Concat(w.alerts[0], w.alerts[1]), w.logons)
}

func (w *smallWorld) join() *View {
	b := NewBuilder(0)
	b.SetDomains(w.forest)
	b.Add(w.entities)
	return Join(b.Table(), w.k)
}

// TestJoinAgreesWithTheRulesReadNaively compares the join with a slow one on thousands of small random worlds.
func TestJoinAgreesWithTheRulesReadNaively(t *testing.T) {
	worlds := 20000
	if testing.Short() {
		worlds = 2000
	}
	for seed := range worlds {
		w := newSmallWorld(uint64(seed))
		v, n := w.join(), w.naively(w.entities)
		if problem := compare(v, n); problem != "" {
			t.Fatalf("world %d: %s\nentities %+v\nmachines %+v\nalerts %+v\nlogons %+v",
				seed, problem, w.entities, w.machines, w.alerts, w.logons)
		}
	}
}

// FuzzJoin looks for further worlds in which the two differ.
func FuzzJoin(f *testing.F) {
	f.Add(uint64(1) << 40)
	f.Fuzz(func(t *testing.T, seed uint64) {
		w := newSmallWorld(seed)
		if problem := compare(w.join(), w.naively(w.entities)); problem != "" {
			t.Fatal(problem)
		}
	})
}

func compare(v *View, n *naive) string {
	counts, unplaced := v.Counts(), 0
	for i := range n.machines {
		row, ok := v.MachineRow(n.machines[i].ID)
		if !ok {
			row, unplaced = -1, unplaced+1
		}
		if row != n.owner[i] {
			return fmt.Sprintf("machine %s belongs to %d, want %d", n.machines[i].ID, row, n.owner[i])
		}
	}
	if counts.Machines != len(n.machines) || len(v.Unplaced()) != unplaced {
		return fmt.Sprintf("%d machines, %d unplaced, want %d and %d", counts.Machines, len(v.Unplaced()), len(n.machines), unplaced)
	}
	if len(v.AllAlerts()) != len(n.alerts) {
		return fmt.Sprintf("%d alerts, want %d", len(v.AllAlerts()), len(n.alerts))
	}
	for i := range n.alerts {
		if got := v.AlertRows(&n.alerts[i]); !slices.Equal(got, n.rows[i]) {
			return fmt.Sprintf("alert %s counts for %v, want %v", n.alerts[i].ID, got, n.rows[i])
		}
	}
	var classes [BadgeClassCount]int
	for row := range n.entities {
		b := v.Badge(row)
		classes[ClassOf(b)]++
		state, open, worst, ambiguous, trouble := n.badge(row)
		if b.State != state || int(b.Alerts) != open || b.Severity != worst || (b.Reason == model.Ambiguous) != ambiguous ||
			b.Trouble != trouble {
			return fmt.Sprintf("row %d has %+v, want %v %d %v ambiguous=%v trouble=%v", row, b, state, open, worst, ambiguous, trouble)
		}
		if v.Match(row) != n.match[row] {
			return fmt.Sprintf("row %d matched by %v, want %v", row, v.Match(row), n.match[row])
		}
		if ambiguous && n.entities[row].Kind == model.Computer && len(v.Candidates(row)) == 0 {
			return fmt.Sprintf("row %d is ambiguous without candidates", row)
		}
	}
	for class, want := range classes {
		if got := counts.Badge(BadgeClass(class)); got != want {
			return fmt.Sprintf("%d counted as %v, want %d", got, BadgeClass(class), want)
		}
	}
	return ""
}
