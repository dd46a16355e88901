package world_test

import (
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/providers/lab/world"
)

// joined brings a world into an inventory, the way the providers would, and joins it at the world's instant.
func joined(w *world.World) *inventory.View {
	b := inventory.NewBuilder(w.Users() + w.Computers())
	var domains []model.Domain
	for _, d := range w.Domains() {
		domains = append(domains, model.Domain{DNSName: text.Line(d.DNSName), NetBIOS: text.Line(d.NetBIOS), SID: d.SID, BaseDN: text.Line(d.BaseDN)})
	}
	b.SetDomains(domains)
	for i := range w.Users() {
		u := w.User(i)
		e := model.Entity{ID: u.GUID, Kind: model.User, Name: text.Clean(u.DisplayName), SAM: text.Clean(u.SAM), Domain: domains[u.Domain].DNSName, DN: text.Clean(u.DN()), SID: u.SID, UPN: text.Clean(u.UPN)}
		if !u.Enabled() {
			e.Flags |= model.Disabled
		}
		b.Add([]model.Entity{e})
	}
	for j := range w.Computers() {
		c := w.Computer(j)
		e := model.Entity{ID: c.GUID, Kind: model.Computer, Name: text.Clean(c.Name), SAM: text.Clean(c.SAM), Domain: domains[c.Domain].DNSName, DN: text.Clean(c.DN()), SID: c.SID, DNSName: text.Clean(c.DNSName)}
		if !c.Enabled() {
			e.Flags |= model.Disabled
		}
		b.Add([]model.Entity{e})
	}
	answered := inventory.Answer{State: inventory.Answered, At: w.Options().Now}
	return inventory.Join(b.Table(), inventory.Knowledge{
		Machines: inventory.NewMachines(machines(w)), EndpointAlerts: inventory.NewAlerts(alerts(w)),
		Logons: inventory.NewLogons(logons(w)), MachinesAnswer: answered, EndpointAlertsAnswer: answered,
		IdentityAlertsAnswer: answered, LogonsAnswer: answered,
	})
}

func machines(w *world.World) []model.Machine {
	onboarding := map[string]model.Onboarding{"Onboarded": model.Onboarded, "CanBeOnboarded": model.CanBeOnboarded, "Unsupported": model.Unsupported, "InsufficientInfo": model.InsufficientInfo}
	health := map[string]model.Health{"Active": model.HealthActive, "Inactive": model.HealthInactive, "ImpairedCommunication": model.HealthImpaired, "NoSensorData": model.HealthNoSensorData, "NoSensorDataImpairedCommunication": model.HealthNoSensorData}
	var all []model.Machine
	for i := range w.Machines() {
		m := w.Machine(i)
		made := model.Machine{
			ID: m.ID, Name: text.Clean(m.DNSName), DeviceID: m.DeviceID, LastSeen: m.LastSeen, Onboarding: onboarding[m.OnboardingStatus],
			Health: health[m.HealthStatus], CloudJoined: m.CloudJoined, MergedInto: m.MergedInto,
		}
		switch {
		case m.VM == nil:
		case strings.Contains(m.VM.ResourceID, "Microsoft.HybridCompute/"):
			made.Cloud = model.AzureArc
		case strings.Contains(m.VM.ResourceID, "Microsoft.Compute/"):
			made.Cloud = model.AzureVM
		default:
			made.Cloud = model.OtherCloud
		}
		all = append(all, made)
	}
	return all
}

func alerts(w *world.World) []model.Alert {
	severity := map[string]model.Severity{"Informational": model.Informational, "Low": model.Low, "Medium": model.Medium, "High": model.High}
	status := map[string]model.AlertStatus{"New": model.StatusNew, "InProgress": model.StatusInProgress, "Resolved": model.StatusResolved}
	var all []model.Alert
	for _, a := range w.BaseAlerts() {
		made := model.Alert{ID: a.ID, Product: a.Product, Status: status[a.Status], Created: a.Created, Updated: a.Updated, Severity: model.OtherSeverity}
		if s, ok := severity[a.Severity]; ok {
			made.Severity = s
		}
		for _, e := range a.Evidence {
			if d := e.Device; d != nil {
				made.Devices = append(made.Devices, model.DeviceRef{MachineID: d.MachineID, DeviceID: d.DeviceID, Name: text.Clean(d.DNSName)})
			}
			if u := e.User; u != nil {
				made.Accounts = append(made.Accounts, model.AccountRef{SID: u.SID, Object: u.ObjectGUID, Name: text.Clean(u.Account), Domain: text.Clean(u.Domain), UPN: text.Clean(u.UPN)})
			}
		}
		all = append(all, made)
	}
	return all
}

func logons(w *world.World) []model.Logon {
	var all []model.Logon
	for i := range w.Users() {
		if s, ok := w.Seen(i); ok {
			all = append(all, model.Logon{SID: w.User(i).SID, Machine: text.Clean(w.Machine(s.Machine).DNSName), At: s.At})
		}
	}
	return all
}

// TestEachCaseShowsTheBadgeItIsThereFor joins the world and looks at the badges of the cases.
func TestEachCaseShowsTheBadgeItIsThereFor(t *testing.T) {
	for _, seed := range []uint64{1, 5} {
		w := world.New(world.Options{Seed: seed})
		v := joined(w)
		texts := make(map[string][]string)
		for _, c := range w.Cases() {
			var id model.GUID
			switch c.Kind {
			case "user":
				id = w.User(c.Index).GUID
			case "computer":
				id = w.Computer(c.Index).GUID
			default:
				continue
			}
			row, ok := v.Find(id)
			if !ok {
				t.Fatalf("%s is not in the inventory", c.Name)
			}
			texts[c.Kind+" "+c.Code] = append(texts[c.Kind+" "+c.Code], v.Badge(row).Text()+" "+v.Match(row).String())
		}
		for code, want := range map[string]string{
			"computer hybrid": "[ ok] deviceId", "computer hybrid-short": "[ ok] deviceId", "computer domain-joined": "[ ok] fullName",
			"computer reimaged": "[M 1] deviceId", "computer upper-case": "[ ok] fullName", "computer trailing-dot": "[ ok] fullName",
			"computer short-only": "[ ok] shortName", "computer same-name-enabled": "[ ok] fullName",
			"computer same-name-disabled": "[ - ] none", "computer same-short-name": "[ ? ] none", "computer same-name-both": "[ ? ] none",
			"computer same-short-name-apart": "[ ok] fullName", "computer discovered": "[ + ] fullName",
			"computer unsupported-short": "[ - ] none", "computer inactive": "[ ! ] fullName", "computer impaired": "[ ! ] fullName",
			"computer no-sensor-data": "[ ! ] fullName", "computer merged": "[ ok] fullName", "computer alert-only": "[L 1] none",
			"computer id-beats-name": "[ ok] deviceId", "computer name-lost-to-id": "[ - ] none", "computer joined-no-id": "[ ok] fullName",
			"computer no-dns-name": "[ ok] fullName", "computer prestaged": "[ - ] none", "computer azure-arc": "[ ok] fullName",
			"computer azure-twin": "[ - ] none", "computer cloud-twin": "[ - ] none", "computer legacy": "[ - ] none",
			"computer many-alerts": "[M12] fullName", "computer odd-severity": "[? 1] fullName", "computer repeated-alert": "[ ok] fullName",
			"computer server-discovered": "[ + ] fullName",
			"user alert-by-sid":          "[L 1] sid", "user alert-by-netbios": "[L 1] accountName",
			"user alert-by-dns-domain": "[L 1] accountName", "user alert-by-upn": "[i 1] upn", "user never": "[ - ] none", "user stale": "[ - ] none",
		} {
			for _, got := range texts[code] {
				if got != want {
					t.Errorf("seed %d: %s shows %q, want %q", seed, code, got, want)
				}
			}
		}
		for _, code := range []string{"user cloud-namesake", "user local-namesake", "user well-known-namesake"} {
			if strings.ContainsAny(texts[code][0][:5], "iLMH") {
				t.Errorf("seed %d: %s shows %q: an alert that is not its own", seed, code, texts[code])
			}
		}
	}
}

// TestEveryBadgeIsOnShow counts the badges of the default world.
func TestEveryBadgeIsOnShow(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	v := joined(w)
	counts := v.Counts()
	t.Logf("%+v", counts)
	shapes := make(map[string]int)
	for row := range v.Len() {
		badge := v.Badge(row).Text()
		if badge[1] != ' ' && badge[1] != '.' {
			badge = badge[:2]
		}
		shapes[badge]++
	}
	t.Log(shapes)
	for _, shape := range []string{"[H", "[M", "[L", "[i", "[?", "[ ok]", "[ ! ]", "[ + ]", "[ - ]", "[ ? ]"} {
		if shapes[shape] == 0 {
			t.Errorf("no badge %s: %v", shape, shapes)
		}
	}
}
