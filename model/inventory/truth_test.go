package inventory

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/model/text"
)

// tenant is a generated directory with what both products know of it, and with the truth, which is known because every
// record is made for the entity that it belongs to.
type tenant struct {
	r        *rand.Rand
	entities []model.Entity
	class    []BadgeClass  // of each entity
	match    []model.Match // of each entity
	machines []model.Machine
	owner    []int // of each machine record, -1 for none
	alerts   []model.Alert
	logons   []model.Logon
}

var truthDomains = []model.Domain{
	{DNSName: "contoso.test", NetBIOS: "CONTOSO"}, {DNSName: "emea.contoso.test", NetBIOS: "EMEA"}, {DNSName: "fabrikam.test", NetBIOS: "FABRIKAM"},
}

func (n *tenant) add(e model.Entity, class BadgeClass, match model.Match) int {
	row := len(n.entities)
	binary.LittleEndian.PutUint64(e.ID[:], n.r.Uint64())
	binary.LittleEndian.PutUint64(e.ID[8:], uint64(row)+1)
	e.SID = model.SID(fmt.Sprintf("S-1-5-21-1-2-%d-%d", 3+row%3, 1000+row))
	n.entities, n.class, n.match = append(n.entities, e), append(n.class, class), append(n.match, match)
	return row
}

// machine makes a record that belongs to an entity, or to none.
func (n *tenant) machine(owner int, name string, seen int, m model.Machine) {
	m.ID, m.Name, m.LastSeen = fmt.Sprintf("%040x", len(n.machines)+1), text.Line(name), minutes(seen)
	if m.Onboarding == model.OnboardingUnknown {
		m.Onboarding, m.Health = model.Onboarded, model.HealthActive
	}
	n.machines, n.owner = append(n.machines, m), append(n.owner, owner)
}

// anyCase spells a name as some part of the service would.
func (n *tenant) anyCase(name string) string {
	switch n.r.IntN(4) {
	case 0:
		return strings.ToUpper(name)
	case 1:
		return name + "."
	}
	return name
}

func (n *tenant) computer(i int) {
	domain := truthDomains[i%3].DNSName
	bare := fmt.Sprintf("ws-%07d", i)
	full := bare + "." + string(domain)
	e := model.Entity{Kind: model.Computer, SAM: text.Line(strings.ToUpper(bare) + "$"), Name: text.Line(bare), Domain: domain, DNSName: text.Line(full)}
	computer := func(class BadgeClass, match model.Match) (int, model.GUID) {
		row := n.add(e, class, match)
		return row, n.entities[row].ID
	}
	none := func(m model.Machine) { // a record with the short name that is not the computer's
		computer(ClassUnrecognized, model.MatchNone)
		n.machine(-1, bare, i, m)
	}
	switch i % 16 {
	default:
		row, id := computer(ClassRecognized, model.MatchDeviceID)
		n.machine(row, full, i, model.Machine{DeviceID: id, CloudJoined: i%2 == 0})
	case 4, 5: // the directory may have no DNS name
		if i%3 == 0 {
			e.DNSName = ""
		}
		row, _ := computer(ClassRecognized, model.MatchFullName)
		n.machine(row, n.anyCase(full), i, model.Machine{})
	case 6:
		row, _ := computer(ClassRecognized, model.MatchShortName)
		n.machine(row, strings.ToUpper(bare), i, model.Machine{Cloud: model.AzureArc})
	case 7: // reimaged: the newer record has a fault
		row, id := computer(ClassTrouble, model.MatchDeviceID)
		n.machine(row, full, i, model.Machine{})
		n.machine(row, full, i+1, model.Machine{DeviceID: id, Onboarding: model.Onboarded, Health: model.HealthInactive})
	case 8: // renamed since it was seen
		row, id := computer(ClassRecognized, model.MatchDeviceID)
		n.machine(row, "old-"+full, i, model.Machine{DeviceID: id})
	case 9: // the id of one, the name of another
		row, id := computer(ClassRecognized, model.MatchDeviceID)
		e.SAM, e.DNSName = "OTHER-"+e.SAM, "other-"+e.DNSName
		n.add(e, ClassUnrecognized, model.MatchNone)
		n.machine(row, "other-"+full, i, model.Machine{DeviceID: id})
	case 10: // two forests have the short name
		computer(ClassAmbiguous, model.MatchNone)
		e.Domain, e.DNSName = truthDomains[(i+1)%3].DNSName, text.Line(bare+"."+string(truthDomains[(i+1)%3].DNSName))
		n.add(e, ClassAmbiguous, model.MatchNone)
		n.machine(-1, bare, i, model.Machine{})
	case 11: // two accounts have the full name, of which one is disabled
		old := e
		old.SAM, old.Flags = "OLD-"+e.SAM, model.Disabled
		n.add(old, ClassUnrecognized, model.MatchNone)
		row, _ := computer(ClassRecognized, model.MatchFullName)
		n.machine(row, n.anyCase(full), i, model.Machine{})
	case 12:
		none(model.Machine{Cloud: model.AzureVM})
	case 13:
		none(model.Machine{CloudJoined: true})
	case 14:
		none(model.Machine{Onboarding: model.Unsupported})
	case 15:
		row, _ := computer(ClassDiscovered, model.MatchFullName)
		n.machine(row, full, i, model.Machine{Onboarding: model.CanBeOnboarded})
	}
}

func (n *tenant) user(i int) {
	domain := truthDomains[i%3]
	name := text.Line(fmt.Sprintf("user%07d", i))
	e := model.Entity{SAM: name, Name: "User " + name, Domain: domain.DNSName, UPN: name + "@" + domain.DNSName}
	named := func(class BadgeClass, match model.Match, account func(e model.Entity) model.AccountRef) {
		row := n.add(e, class, match)
		n.alerts = append(n.alerts, model.Alert{ID: fmt.Sprint("da", len(n.alerts)), Product: model.DefenderForEndpoint, Status: model.StatusNew,
			Severity: model.High, Updated: minutes(i), Accounts: []model.AccountRef{account(n.entities[row])}})
	}
	switch i % 10 {
	case 0:
		row := n.add(e, ClassRecognized, model.MatchLogon)
		n.logons = append(n.logons, model.Logon{SID: n.entities[row].SID, At: minutes(i)})
	case 1:
		n.add(e, ClassRecognized, model.MatchLogon)
		n.logons = append(n.logons, model.Logon{Name: text.Line(strings.ToUpper(string(name))), Domain: domain.NetBIOS, At: minutes(i)})
	case 2:
		named(ClassAlerts, model.MatchSID, func(e model.Entity) model.AccountRef { return model.AccountRef{SID: e.SID, Name: "somebody"} })
	case 3:
		named(ClassAlerts, model.MatchAccountName, func(model.Entity) model.AccountRef { return model.AccountRef{Domain: domain.NetBIOS, Name: name} })
	case 4:
		named(ClassAlerts, model.MatchUPN, func(e model.Entity) model.AccountRef {
			return model.AccountRef{UPN: text.Line(strings.ToUpper(string(e.UPN)))}
		})
	case 5: // in the cloud
		named(ClassUnrecognized, model.MatchNone, func(e model.Entity) model.AccountRef {
			return model.AccountRef{SID: "S-1-12-1-1-2-3-4", Domain: domain.NetBIOS, Name: name, UPN: e.UPN}
		})
	case 6: // of a machine
		named(ClassUnrecognized, model.MatchNone, func(model.Entity) model.AccountRef { return model.AccountRef{Domain: "WS-0000001", Name: name} })
	case 7: // of every machine
		named(ClassUnrecognized, model.MatchNone, func(model.Entity) model.AccountRef { return model.AccountRef{SID: "S-1-5-18", Name: name} })
	case 8:
		e.UPN = "shared" + e.UPN
		n.add(e, ClassAmbiguous, model.MatchNone)
		e.SAM += "-2"
		named(ClassAmbiguous, model.MatchNone, func(e model.Entity) model.AccountRef { return model.AccountRef{UPN: e.UPN} })
	default:
		n.add(e, ClassUnrecognized, model.MatchNone)
	}
}

// newTenant makes about so many entities, half of them computers, and shuffles all lists.
func newTenant(size int, seed uint64) *tenant {
	n := &tenant{r: rand.New(rand.NewPCG(seed, 5))}
	for i := range size / 2 {
		n.computer(i)
		n.user(i)
	}
	n.r.Shuffle(len(n.machines), func(i, j int) {
		n.machines[i], n.machines[j], n.owner[i], n.owner[j] = n.machines[j], n.machines[i], n.owner[j], n.owner[i]
	})
	n.r.Shuffle(len(n.alerts), func(i, j int) { n.alerts[i], n.alerts[j] = n.alerts[j], n.alerts[i] })
	return n
}

func (n *tenant) table() *Table {
	b := NewBuilder(len(n.entities))
	b.SetDomains(truthDomains)
	b.Add(n.entities)
	return b.Table()
}

func (n *tenant) knowledge(machines []model.Machine, alerts []model.Alert) Knowledge {
	k := whole(machines, alerts...)
	k.Logons = NewLogons(n.logons)
	return k
}

// differing counts the rows and the records for which a View does not say the truth.
func (n *tenant) differing(v *View) (rows, records int) {
	for row := range n.entities {
		if ClassOf(v.Badge(row)) != n.class[row] || v.Match(row) != n.match[row] {
			rows++
		}
	}
	for i := range n.machines {
		if row, ok := v.MachineRow(n.machines[i].ID); ok != (n.owner[i] >= 0) || ok && row != n.owner[i] {
			records++
		}
	}
	return rows, records
}

// TestTheTruthAtSize joins many entities whose truth is known: at once, and with a part of the records coming later.
func TestTheTruthAtSize(t *testing.T) {
	size := 100_000
	if testing.Short() {
		size = 10_000
	}
	for seed := range uint64(2) {
		n := newTenant(size, seed+1)
		table := n.table()
		if rows, records := n.differing(Join(table, n.knowledge(n.machines, n.alerts))); rows+records > 0 {
			t.Errorf("seed %d: %d rows and %d records differ from the truth", seed, rows, records)
		}
		some := n.knowledge(slices.Clone(n.machines[:len(n.machines)*9/10]), n.alerts[:len(n.alerts)/2])
		v := Join(table, some)
		some.Machines, some.EndpointAlerts = some.Machines.With(n.machines[len(n.machines)*9/10:]), some.EndpointAlerts.With(n.alerts[len(n.alerts)/2:])
		if rows, records := n.differing(v.Next(table, some)); rows+records > 0 {
			t.Errorf("seed %d: %d rows and %d records differ from the truth when some come later", seed, rows, records)
		}
		if rows, _ := n.differing(v); rows == 0 {
			t.Errorf("seed %d: what came later makes no difference", seed)
		}
	}
}

// BenchmarkTruth reports how many rows and records differ from the truth at a million: none.
func BenchmarkTruth(b *testing.B) {
	sizes(b, func(b *testing.B, size int) {
		n := newTenant(size, 1)
		table, k := n.table(), n.knowledge(n.machines, n.alerts)
		var v *View
		for b.Loop() {
			v = Join(table, k)
		}
		rows, records := n.differing(v)
		b.ReportMetric(float64(rows+records), "differing")
		if rows+records > 0 {
			b.Errorf("%d rows and %d records differ from the truth", rows, records)
		}
	})
}
