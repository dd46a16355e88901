package world_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers/lab/world"
)

func TestBaseAlerts(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	now := w.Options().Now
	ids, severities, statuses := make(map[string]int), make(map[string]int), make(map[string]int)
	for _, a := range w.BaseAlerts() {
		ids[a.ID]++
		severities[a.Severity]++
		statuses[a.Status]++
		if a.Created.After(now) || a.Created.Before(now.Add(-31*24*time.Hour)) || a.Updated.Before(a.Created) {
			t.Errorf("%s was created %v and updated %v", a.ID, a.Created, a.Updated)
		}
		switch prefix := a.ID[:2]; {
		case a.Product == model.DefenderForEndpoint && prefix != "da",
			a.Product == model.DefenderForIdentity && prefix != "aa" && prefix != "ri":
			t.Errorf("%s has the id %q", a.Product, a.ID)
		}
		if (a.Status == "Resolved") == a.Resolved.IsZero() {
			t.Errorf("%s is %s, resolved %v", a.ID, a.Status, a.Resolved)
		}
		if len(a.Evidence) == 0 {
			t.Errorf("%s has no evidence", a.ID)
		}
	}
	repeated := 0
	for _, n := range ids {
		if n > 1 {
			repeated++
		}
	}
	if repeated != 1 {
		t.Errorf("%d alerts come more than once, want one", repeated)
	}
	for _, severity := range []string{"Informational", "Low", "Medium", "High", "UnSpecified", "Critical"} {
		if severities[severity] == 0 {
			t.Errorf("no alert of severity %s", severity)
		}
	}
	if severities["Critical"] != 1 || statuses["AwaitingVendor"] != 1 || statuses["InProgress"] == 0 || statuses["Resolved"] == 0 {
		t.Errorf("severities %v, statuses %v", severities, statuses)
	}
}

func TestAnAttackUnfolds(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	epoch := w.Options().Epoch
	at := func(after time.Duration) []*world.Alert { return w.AttackAlerts(epoch.Add(after)) }
	if n := len(at(-time.Second)) + len(at(0)); n != 0 {
		t.Errorf("%d alerts before the attack", n)
	}
	if n := len(at(time.Minute)); n == 0 {
		t.Error("no alert within the first minute")
	}
	phases := make(map[model.Phase]bool)
	products := make(map[model.Product]bool)
	machines, accounts := make(map[string]model.Product), make(map[model.SID]model.Product)
	shared := 0
	for _, a := range at(12 * time.Minute) {
		phases[model.PhaseOf(a.Category, a.Product)] = true
		products[a.Product] = true
		for _, e := range a.Evidence {
			if e.Device != nil && e.Device.MachineID != "" {
				if p, ok := machines[e.Device.MachineID]; ok && p != a.Product {
					shared++
				}
				machines[e.Device.MachineID] = a.Product
			}
			if e.User != nil {
				if p, ok := accounts[e.User.SID]; ok && p != a.Product {
					shared++
				}
				accounts[e.User.SID] = a.Product
			}
		}
	}
	for _, phase := range []model.Phase{model.Reconnaissance, model.CredentialAccess, model.LateralMovement, model.DomainDominance} {
		if !phases[phase] {
			t.Errorf("no %s within twelve minutes: %v", phase, phases)
		}
	}
	if len(products) != 2 || shared < 4 {
		t.Errorf("products %v meet in %d places", products, shared)
	}
}

func TestAlertsOfAnAttackAreTakenOnAndResolved(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	epoch := w.Options().Epoch
	ids := make(map[string]string)
	var order = map[string]int{"New": 0, "InProgress": 1, "Resolved": 2}
	for after := time.Duration(0); after < 70*time.Minute; after += 30 * time.Second {
		for _, a := range w.AttackAlerts(epoch.Add(after)) {
			if a.Attack != 0 {
				continue
			}
			if before, ok := ids[a.ID]; ok && order[a.Status] < order[before] {
				t.Errorf("%s went from %s to %s", a.ID, before, a.Status)
			}
			ids[a.ID] = a.Status
		}
	}
	if len(ids) < 9 || len(ids) > 10 {
		t.Errorf("the first attack has %d alerts", len(ids))
	}
	for id, status := range ids {
		if status != "Resolved" {
			t.Errorf("%s is %s in the end", id, status)
		}
	}
	second := w.AttackAlerts(epoch.Add(26 * time.Minute))
	if second[0].Attack != 1 {
		t.Errorf("after 26 minutes the newest attack is %d", second[0].Attack)
	}
	// What was kept from one question is no different from what is computed anew.
	fresh := world.New(world.Options{Seed: 1})
	if week := epoch.Add(7 * 24 * time.Hour); !reflect.DeepEqual(w.AttackAlerts(week), fresh.AttackAlerts(week)) {
		t.Error("two worlds of one seed tell different attacks after a week")
	}
	later := world.New(world.Options{Seed: 1, Epoch: epoch.Add(time.Hour)})
	for _, a := range later.AttackAlerts(epoch.Add(90 * time.Minute)) {
		if _, ok := ids[a.ID]; ok {
			t.Errorf("%s comes in two runs", a.ID)
		}
	}
}

func TestAStillWorldHasAnAttackUnderWay(t *testing.T) {
	for seed := range uint64(20) {
		now := world.DefaultNow()
		w := world.New(world.Options{Seed: seed, Now: now, Epoch: now.Add(-9 * time.Minute)})
		open := 0
		for _, a := range w.AttackAlerts(now) {
			if a.Open() {
				open++
			}
		}
		if open < 5 || open > 9 {
			t.Errorf("seed %d: %d open alerts nine minutes into an attack", seed, open)
		}
	}
}

func TestIdentityAlertsHaveRealNames(t *testing.T) {
	w := world.New(world.Options{Seed: 1, Users: 3000, Computers: 2000})
	titles := make(map[string]bool)
	for _, a := range w.BaseAlerts() {
		if a.Product != model.DefenderForIdentity {
			continue
		}
		titles[a.Title] = true
		if (a.ExternalID == 0) != strings.HasPrefix(a.DetectorID, "xdr_") {
			t.Errorf("%s: external id %d, detector %q", a.Title, a.ExternalID, a.DetectorID)
		}
	}
	if len(titles) < 10 {
		t.Errorf("only %d kinds: %v", len(titles), maps.Keys(titles))
	}
}

func TestSensorsAndHealth(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	now := w.Options().Now
	unhealthy, controllers := 0, 0
	for _, s := range w.Sensors(w.HealthIssues(now)) {
		c := w.Computer(s.Computer)
		if c.DNSName != s.DNSName {
			t.Errorf("sensor %s sits on %s", s.DNSName, c.DNSName)
		}
		if s.Type == "domainControllerIntegrated" {
			controllers++
			if s.HealthStatus != "healthy" {
				unhealthy++
			}
		}
	}
	if controllers != 4 || unhealthy != 2 {
		t.Errorf("%d of %d sensors on domain controllers are unhealthy, want 2 of 4", unhealthy, controllers)
	}
	open := 0
	for _, issue := range w.HealthIssues(now) {
		if issue.Status == "open" {
			open++
		}
	}
	if open != 3 {
		t.Errorf("%d open health issues", open)
	}
}

func TestCloudOnlyUsersAreNobodyInAD(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	names := make(map[string]bool)
	for i := range w.Users() {
		names[w.User(i).UPN] = true
	}
	users := w.CloudUsers()
	if len(users) < 10 || len(w.CloudDevices()) < 4 {
		t.Errorf("%d cloud-only users, %d devices", len(users), len(w.CloudDevices()))
	}
	for _, u := range users {
		if names[u.UPN] || !u.SID.IsCloud() {
			t.Errorf("%s, %s", u.UPN, u.SID)
		}
	}
}

func BenchmarkUser(b *testing.B) {
	w := world.New(world.Options{Seed: 1, Users: 600_000, Computers: 400_000})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.User(i % w.Users())
	}
}

func BenchmarkMachine(b *testing.B) {
	w := world.New(world.Options{Seed: 1, Users: 600_000, Computers: 400_000})
	n := w.Machines()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.Machine(i % n)
	}
}

func BenchmarkBaseAlertsOfAMillion(b *testing.B) {
	for b.Loop() {
		w := world.New(world.Options{Seed: 1, Users: 600_000, Computers: 400_000})
		b.ReportMetric(float64(len(w.BaseAlerts())), "alerts")
	}
}
