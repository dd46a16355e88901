package world_test

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"adbadge/model"
	"adbadge/providers/lab/world"
)

func TestEntitiesDoNotDependOnTheSize(t *testing.T) {
	small := world.New(world.Options{Seed: 3})
	again := world.New(world.Options{Seed: 3})
	large := world.New(world.Options{Seed: 3, Users: 60_000, Computers: 40_000})
	for i := range small.Users() {
		if a := small.User(i); !reflect.DeepEqual(a, again.User(i)) || !reflect.DeepEqual(a, large.User(i)) {
			t.Fatalf("user %d differs: %+v", i, a)
		}
	}
	for j := range small.Computers() {
		if a := small.Computer(j); !reflect.DeepEqual(a, again.Computer(j)) || !reflect.DeepEqual(a, large.Computer(j)) {
			t.Fatalf("computer %d differs: %+v", j, a)
		}
	}
	for m := range small.Machines() {
		if a := small.Machine(m); !reflect.DeepEqual(a, again.Machine(m)) || !reflect.DeepEqual(a, large.Machine(m)) {
			t.Fatalf("machine %d differs: %+v and %+v", m, a, large.Machine(m))
		}
	}
	if !reflect.DeepEqual(small.BaseAlerts(), again.BaseAlerts()) {
		t.Error("the alerts of one seed differ")
	}
	other := world.New(world.Options{Seed: 4})
	if small.User(0).SAM == other.User(0).SAM && small.User(1).SAM == other.User(1).SAM {
		t.Error("another seed makes the same people")
	}
}

func TestNothingMeets(t *testing.T) {
	w := world.New(world.Options{Seed: 1, Users: 30_000, Computers: 20_000})
	containers := make(map[string]bool)
	for _, c := range w.Containers() {
		containers[c.DN()] = true
	}
	seen := make(map[string]string)
	once := func(what, value, owner string) {
		if other, ok := seen[what+value]; ok {
			t.Errorf("%s %q of %s is that of %s too", what, value, owner, other)
		}
		seen[what+value] = owner
	}
	for i := range w.Users() {
		u := w.User(i)
		domain := w.Domains()[u.Domain].NetBIOS
		once("account", domain+`\`+strings.ToLower(u.SAM), u.SAM)
		once("DN", strings.ToLower(u.DN()), u.SAM)
		once("GUID", u.GUID.String(), u.SAM)
		once("SID", string(u.SID), u.SAM)
		if _, err := model.ParseSID(string(u.SID)); err != nil {
			t.Errorf("%s: %v", u.SAM, err)
		}
		if !containers[u.Parent] {
			t.Errorf("%s lies in %s, which is no container", u.SAM, u.Parent)
		}
		if u.Manager >= i {
			t.Errorf("%s has manager %d", u.SAM, u.Manager)
		}
		if kind, at, ok := w.AccountOf(u.SID); kind != world.UserAccount || at != i || !ok {
			t.Errorf("the SID of user %d is that of %d", i, at)
		}
		for _, g := range w.UserGroups(i) {
			if w.Groups()[g].Domain != u.Domain {
				t.Errorf("%s is in %s of the other domain", u.SAM, w.Groups()[g].Name)
			}
		}
	}
	for j := range w.Computers() {
		c := w.Computer(j)
		once("account", w.Domains()[c.Domain].NetBIOS+`\`+strings.ToLower(c.SAM), c.SAM)
		once("DN", strings.ToLower(c.DN()), c.SAM)
		once("GUID", c.GUID.String(), c.SAM)
		once("SID", string(c.SID), c.SAM)
		if !containers[c.Parent] {
			t.Errorf("%s lies in %s, which is no container", c.SAM, c.Parent)
		}
		if len(c.Name) > 15 {
			t.Errorf("%s is too long for a NetBIOS name", c.Name)
		}
		if kind, at, ok := w.AccountOf(c.SID); kind != world.ComputerAccount || at != j || !ok {
			t.Errorf("the SID of computer %d is that of %d", j, at)
		}
	}
	for m := range w.Machines() {
		machine := w.Machine(m)
		once("machine", machine.ID, machine.DNSName)
		if len(machine.ID) != 40 || strings.Trim(machine.ID, "0123456789abcdef") != "" {
			t.Errorf("machine id %q", machine.ID)
		}
	}
}

func TestAMillionEntitiesTakeNoTime(t *testing.T) {
	start := time.Now()
	w := world.New(world.Options{Seed: 1, Users: 600_000, Computers: 400_000})
	last := w.User(w.Users() - 1)
	if took := time.Since(start); took > 100*time.Millisecond {
		t.Errorf("took %v", took)
	}
	if last.SAM == "" || w.Computer(w.Computers()-1).Name == "" {
		t.Error("the last entities have no names")
	}
	for i := 0; i < 1_500_000; i += 997 {
		if u := w.User(i); len(u.SAM) > 20 || !utf8.ValidString(u.CN) {
			t.Errorf("account %q of user %d", u.SAM, i)
		}
	}
	if n := w.Machines(); n < 400_000 || n > 500_000 {
		t.Errorf("%d machine records", n)
	}
}

// TestAGoodMix counts roughly what badges would show.
func TestAGoodMix(t *testing.T) {
	for _, seed := range []uint64{1, 2, 42} {
		w := world.New(world.Options{Seed: seed})
		seen, recognized, alerted := 0, 0, make(map[string]bool)
		for i := range w.Users() {
			if _, ok := w.Seen(i); ok {
				seen++
			}
		}
		onboarded := make(map[string]bool)
		for j := range w.Computers() {
			known := false
			for _, m := range w.ComputerMachines(j) {
				machine := w.Machine(m)
				known = known || machine.OnboardingStatus == "Onboarded"
				onboarded[machine.ID] = true
			}
			if known {
				recognized++
			}
		}
		for _, a := range w.BaseAlerts() {
			if a.Open() && a.Product == model.DefenderForEndpoint {
				alerted[a.MachineID] = onboarded[a.MachineID]
				if a.RelatedUser != nil && a.RelatedUser.SID.IsAccount() {
					alerted[string(a.RelatedUser.SID)] = true
				}
			}
		}
		entities := w.Users() + w.Computers()
		share := 100 * (seen + recognized) / entities
		alerts := 100 * len(alerted) / entities
		t.Logf("seed %d: %d of %d users seen, %d of %d computers recognised (%d %%), %d %% with alerts, %d alerts",
			seed, seen, w.Users(), recognized, w.Computers(), share, alerts, len(w.BaseAlerts()))
		if share < 74 || share > 86 || alerts < 4 || alerts > 9 {
			t.Errorf("seed %d: %d %% recognised, %d %% with alerts", seed, share, alerts)
		}
	}
}

func TestCasesAreThere(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	codes := make(map[string]world.Case)
	for _, c := range w.Cases() {
		codes[c.Kind+" "+c.Code] = c
		if c.Name == "" || c.What == "" {
			t.Errorf("case %+v says too little", c)
		}
		if c.Kind == "user" {
			if u := w.User(c.Index); u.Role != world.Person || u.SAM != c.Name {
				t.Errorf("case %s is no person: %s", c.Code, u.SAM)
			}
		}
	}
	for _, code := range strings.Fields(`hybrid hybrid-short domain-joined reimaged upper-case trailing-dot short-only
		same-name-enabled same-name-disabled same-short-name same-name-both discovered unsupported unsupported-short
		insufficient inactive impaired no-sensor-data no-sensor-data-impaired merged alert-only id-beats-name name-lost-to-id
		joined-no-id no-dns-name same-short-name-apart disabled prestaged excluded duplicate mac linux many-alerts no-risk
		azure-arc legacy odd-severity odd-status repeated-alert azure-twin cloud-twin server-discovered hostile-escape
		hostile-record-name hostile-system wide-name adfs pki entra-connect session-host`) {
		if _, ok := codes["computer "+code]; !ok {
			t.Errorf("no computer %q", code)
		}
	}
	for _, code := range strings.Fields(`leaver never stale locked expired must-change smartcard not-synced no-upn alert-by-sid
		alert-by-netbios alert-by-dns-domain alert-by-upn cloud-namesake local-namesake well-known-namesake same-account-name
		no-display-name twins comma nested-admin roastable hostile-escape hostile-override long-description newline wide-name
		rtl-name emoji-name zero-width specials formula`) {
		if _, ok := codes["user "+code]; !ok {
			t.Errorf("no user %q", code)
		}
	}
	first := func(code string) world.Machine {
		return w.Machine(w.ComputerMachines(codes["computer "+code].Index)[0])
	}
	computer := func(code string) world.Computer { return w.Computer(codes["computer "+code].Index) }
	if first("hybrid").DeviceID != computer("hybrid").GUID {
		t.Error("hybrid: the device id is not the objectGUID")
	}
	if m := first("domain-joined"); !m.DeviceID.IsZero() || m.DNSName != computer("domain-joined").DNSName {
		t.Errorf("domain-joined: %+v", m)
	}
	if n := len(w.ComputerMachines(codes["computer reimaged"].Index)); n != 3 {
		t.Errorf("reimaged: %d records", n)
	}
	if !strings.HasSuffix(first("trailing-dot").DNSName, ".test.") {
		t.Errorf("trailing-dot: %q", first("trailing-dot").DNSName)
	}
	if strings.Contains(first("short-only").DNSName, ".") {
		t.Errorf("short-only: %q", first("short-only").DNSName)
	}
	if m := first("merged"); m.MergedInto != w.Machine(m.Index+1).ID {
		t.Errorf("merged: into %q", m.MergedInto)
	}
	if m := first("id-beats-name"); m.DeviceID != computer("id-beats-name").GUID || m.DNSName != computer("name-lost-to-id").DNSName {
		t.Errorf("id-beats-name: %+v", m)
	}
	if m := first("azure-arc"); m.VM == nil || !strings.Contains(m.VM.ResourceID, "Microsoft.HybridCompute") {
		t.Errorf("azure-arc: %+v", m.VM)
	}
	if enabled, disabled := computer("same-name-enabled"), computer("same-name-disabled"); enabled.DNSName != disabled.DNSName || !enabled.Enabled() || disabled.Enabled() {
		t.Errorf("same-name: %s %s", enabled.DNSName, disabled.DNSName)
	}
	stray := make(map[string]world.Machine)
	for _, c := range w.Cases() {
		if c.Kind == "machine" {
			stray[c.What] = w.Machine(c.Index)
		}
	}
	for what, m := range stray {
		if m.Computer != -1 {
			t.Errorf("%s belongs to computer %d", what, m.Computer)
		}
		if strings.Contains(what, "managed in Azure") && (m.VM == nil || !strings.Contains(m.VM.ResourceID, "Microsoft.Compute/")) {
			t.Errorf("%s: %+v", what, m.VM)
		}
	}
}

func TestAccountsThatAMachineReports(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	reported := 0
	for i := range w.Users() {
		for _, s := range w.Sightings(i) {
			if s.At.After(w.Options().Now) {
				t.Errorf("user %d was seen in the future", i)
			}
			found := false
			for _, other := range w.LoggedOn(s.Machine) {
				found = found || other.User == i
			}
			if !found {
				t.Errorf("user %d was seen on machine %d, which does not say so", i, s.Machine)
			}
			reported++
		}
	}
	if reported < w.Users()/2 {
		t.Errorf("only %d sightings", reported)
	}
}
