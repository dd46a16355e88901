package inventory

import (
	"slices"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// A forest with two domains, for the matching rules.
const (
	anna      = 0 // user, CONTOSO\anna
	annaEMEA  = 1 // user, EMEA\anna
	ws1       = 2 // computer with a DNS name
	ws2       = 3 // computer without one
	kioskHQ   = 4 // the same short name in both domains
	kioskEMEA = 5
	oldSrv    = 6 // disabled, same DNS name as newSrv
	newSrv    = 7
	twinA     = 8 // both enabled, same DNS name
	twinB     = 9
	gone      = 10 // disabled, and nobody else has its name
)

func forest() (entities []model.Entity, domains []model.Domain) {
	user := func(n byte, sam, domain string, sid model.SID) model.Entity {
		return model.Entity{ID: guid(n), Name: text.Line("User " + sam), SAM: text.Line(sam), Domain: text.Line(domain), SID: sid,
			UPN: text.Line(sam + "@" + domain)}
	}
	computer := func(n byte, name, domain, dns string, flags model.EntityFlags) model.Entity {
		return model.Entity{ID: guid(n), Kind: model.Computer, Name: text.Line(name), SAM: text.Line(name + "$"),
			Domain: text.Line(domain), DNSName: text.Line(dns), Flags: flags}
	}
	return []model.Entity{
			user(1, "anna", "contoso.test", "S-1-5-21-1-2-3-1101"),
			user(2, "anna", "emea.contoso.test", "S-1-5-21-4-5-6-1101"),
			computer(3, "WS1", "contoso.test", "WS1.contoso.test", 0),
			computer(4, "WS2", "contoso.test", "", 0),
			computer(5, "KIOSK", "contoso.test", "kiosk.contoso.test", 0),
			computer(6, "KIOSK", "emea.contoso.test", "kiosk.emea.contoso.test", 0),
			computer(7, "SRV-OLD", "contoso.test", "srv.contoso.test", model.Disabled),
			computer(8, "SRV", "contoso.test", "srv.contoso.test", 0),
			computer(9, "TWIN-A", "contoso.test", "twin.contoso.test", 0),
			computer(10, "TWIN-B", "contoso.test", "twin.contoso.test", 0),
			computer(11, "GONE", "contoso.test", "gone.contoso.test", model.Disabled),
		}, []model.Domain{
			{DNSName: "contoso.test", NetBIOS: "CONTOSO", SID: "S-1-5-21-1-2-3"},
			{DNSName: "emea.contoso.test", NetBIOS: "EMEA", SID: "S-1-5-21-4-5-6"},
		}
}

// whole gives Knowledge whose answers came whole.
func whole(machines []model.Machine, alerts ...model.Alert) Knowledge {
	answered := Answer{State: Answered}
	return Knowledge{Machines: NewMachines(machines), EndpointAlerts: NewAlerts(alerts), MachinesAnswer: answered, EndpointAlertsAnswer: answered,
		IdentityAlertsAnswer: answered, LogonsAnswer: answered}
}

func joinForest(k Knowledge) *View {
	entities, domains := forest()
	b := NewBuilder(0)
	b.SetDomains(domains)
	b.Add(entities)
	return Join(b.Table(), k)
}

func TestMachineMatching(t *testing.T) {
	const none = -1
	type machine = model.Machine
	cloud := machine{Name: "KIOSK"}
	for _, test := range []struct {
		name     string
		machines []machine // the first is asked about
		want     int
		match    model.Match
		class    UnplacedClass
		texts    map[int]string // badges
	}{
		{name: "rule 1: the device id beats every name", machines: []machine{{DeviceID: guid(4), Name: "ws1.contoso.test"}}, want: ws2, match: model.MatchDeviceID},
		{name: "rule 1: the id of a user is no computer's", machines: []machine{{DeviceID: guid(1), Name: "ws1.contoso.test"}}, want: ws1, match: model.MatchFullName},
		{name: "rule 2: an id that nobody has leaves the full name", machines: []machine{{DeviceID: guid(99), Name: "ws1.contoso.test"}}, want: ws1, match: model.MatchFullName},
		{name: "rule 2: case is folded", machines: []machine{{Name: "Ws1.CONTOSO.Test"}}, want: ws1, match: model.MatchFullName},
		{name: "rule 2: one trailing dot is removed", machines: []machine{{Name: "ws1.contoso.test."}}, want: ws1, match: model.MatchFullName},
		{name: "rule 2: a second trailing dot is not", machines: []machine{{Name: "ws1.contoso.test.."}}, want: none, class: UnplacedOther},
		{name: "rule 2: without dNSHostName the account name and the domain", machines: []machine{{Name: "ws2.contoso.test"}}, want: ws2, match: model.MatchFullName},
		{name: "rule 2: another domain is another name", machines: []machine{{Name: "ws1.emea.contoso.test"}}, want: none, class: UnplacedOther},
		{name: "rule 2: the only enabled one has the name", machines: []machine{{Name: "srv.contoso.test"}}, want: newSrv, match: model.MatchFullName, texts: map[int]string{newSrv: "[ ok]", oldSrv: "[ - ]"}},
		{name: "rule 2: two enabled ones are ambiguous", machines: []machine{{Name: "twin.contoso.test"}}, want: none, class: UnplacedAmbiguous, texts: map[int]string{twinA: "[ ? ]", twinB: "[ ? ]"}},
		{name: "rule 2: the one with a record of its own is not ambiguous", machines: []machine{{Name: "twin.contoso.test"}, {DeviceID: guid(9)}}, want: none, class: UnplacedAmbiguous, texts: map[int]string{twinA: "[ ok]", twinB: "[ ? ]"}},
		{name: "rule 2: a single disabled one has its name", machines: []machine{{Name: "gone.contoso.test"}}, want: gone, match: model.MatchFullName},
		{name: "rule 3: short name", machines: []machine{{Name: "ws1"}}, want: ws1, match: model.MatchShortName},
		{name: "rule 3: not with a device id", machines: []machine{{Name: "ws1", DeviceID: guid(99)}}, want: none, class: UnplacedOther},
		{name: "rule 3: not a VM of Azure", machines: []machine{{Name: "ws1", Cloud: model.AzureVM}}, want: none, class: UnplacedCloudVM},
		{name: "rule 3: not a VM of another cloud", machines: []machine{{Name: "ws1", Cloud: model.OtherCloud}}, want: none, class: UnplacedCloudVM},
		{name: "rule 4: a server connected through Azure Arc takes part", machines: []machine{{Name: "ws1", Cloud: model.AzureArc}}, want: ws1, match: model.MatchShortName},
		{name: "rule 3: not a cloud-joined one", machines: []machine{{Name: "ws1", CloudJoined: true}}, want: none, class: UnplacedCloudOnly},
		{name: "rule 3: not an unsupported one", machines: []machine{{Name: "ws1", Onboarding: model.Unsupported}}, want: none, class: UnplacedUnsupported},
		{name: "rule 3: several with that name are ambiguous", machines: []machine{cloud}, want: none, class: UnplacedAmbiguous, texts: map[int]string{kioskHQ: "[ ? ]", kioskEMEA: "[ ? ]"}},
		{name: "rule 3: several, one of them matched above, is nobody's", machines: []machine{cloud, {Name: "kiosk.emea.contoso.test"}}, want: none, class: UnplacedOther, texts: map[int]string{kioskHQ: "[ - ]", kioskEMEA: "[ ok]"}},
		{name: "rule 3: a user's name is no computer's", machines: []machine{{Name: "anna"}}, want: none, class: UnplacedOther},
		{name: "rule 4: a printer", machines: []machine{{Name: "PRN-7", Onboarding: model.Unsupported}}, want: none, class: UnplacedUnsupported},
		{name: "rule 4: a name is needed", machines: []machine{{}}, want: none, class: UnplacedOther},
	} {
		t.Run(test.name, func(t *testing.T) {
			for i := range test.machines {
				m := &test.machines[i]
				m.ID = string(rune('a' + i))
				if m.Onboarding == model.OnboardingUnknown {
					m.Onboarding = model.Onboarded
				}
			}
			v := joinForest(whole(test.machines))
			row, ok := v.MachineRow("a")
			if !ok {
				row = none
			}
			if row != test.want {
				t.Fatalf("belongs to row %d, want %d", row, test.want)
			}
			if test.want == none {
				if list := v.Unplaced(); len(list) != 1 || list[0].Class != test.class {
					t.Errorf("unplaced: %+v, want class %v", list, test.class)
				}
			} else if v.Match(row) != test.match || len(v.Machines(row)) != 1 {
				t.Errorf("matched by %v with %d records, want %v with 1", v.Match(row), len(v.Machines(row)), test.match)
			}
			for row, want := range test.texts {
				if got := v.Badge(row).Text(); got != want {
					t.Errorf("row %d has %s, want %s", row, got, want)
				}
				if want == "[ ? ]" && (len(v.Candidates(row)) == 0 || v.Candidates(row)[0].ID != "a") {
					t.Errorf("row %d has no candidate", row)
				}
			}
		})
	}
}

// TestRule5NewestRecordDecides: health, risk and onboarding of the record seen last, alerts of all, each once.
func TestRule5NewestRecordDecides(t *testing.T) {
	both := []model.DeviceRef{{MachineID: "old"}, {MachineID: "new"}}
	v := joinForest(whole([]model.Machine{
		{ID: "old", DeviceID: guid(3), LastSeen: minutes(1), Onboarding: model.Onboarded, Health: model.HealthActive},
		{ID: "new", Name: "ws1.contoso.test", LastSeen: minutes(9), Onboarding: model.Onboarded, Health: model.HealthInactive},
	}, endpointAlert("1", both[:1]), endpointAlert("2", both[1:]), endpointAlert("3", both)))
	if b := v.Badge(ws1); b.State != model.BadgeAlerts || b.Alerts != 3 || !b.Trouble || b.Reason != model.SensorInactive {
		t.Errorf("badge %+v", b)
	}
	if records := v.Machines(ws1); len(records) != 2 || records[0].ID != "new" || v.Match(ws1) != model.MatchDeviceID {
		t.Errorf("records %v, matched by %v", records, v.Match(ws1))
	}
}

func endpointAlert(id string, devices []model.DeviceRef, accounts ...model.AccountRef) model.Alert {
	return model.Alert{ID: id, Product: model.DefenderForEndpoint, Status: model.StatusNew, Severity: model.Medium,
		Devices: devices, Accounts: accounts}
}

func TestRule6RepeatedAlertsCountOnce(t *testing.T) {
	open := endpointAlert("1", []model.DeviceRef{{Name: "ws1.contoso.test"}})
	open.Updated = minutes(1)
	resolved := open
	resolved.Status, resolved.Updated = model.StatusResolved, minutes(2)
	for _, order := range [][]model.Alert{{open, resolved}, {resolved, open}} {
		v := joinForest(whole(nil, order...))
		if got := v.Alerts(ws1); len(got) != 1 || got[0].IsOpen() {
			t.Errorf("the newer update should win: %+v", got)
		}
		if v.Badge(ws1).Alerts != 0 || len(v.AllAlerts()) != 1 {
			t.Error("a resolved alert counts")
		}
	}
}

func TestRule6MachinesThatAreNotInTheList(t *testing.T) {
	for _, test := range []struct {
		name   string
		device model.DeviceRef
		want   []int
	}{
		{"full name", model.DeviceRef{MachineID: "gone", Name: "WS1.contoso.test."}, []int{ws1}},
		{"device id before name", model.DeviceRef{DeviceID: guid(4), Name: "ws1.contoso.test"}, []int{ws2}},
		{"short name says too little", model.DeviceRef{Name: "ws1"}, []int{}},
		{"ambiguous full name", model.DeviceRef{Name: "twin.contoso.test"}, []int{}},
		{"a listed machine that is nobody's stays nobody's", model.DeviceRef{MachineID: "vm", Name: "ws1.contoso.test"}, []int{}},
		{"the listed machine decides, not the alert's name for it", model.DeviceRef{MachineID: "ws2", Name: "ws1.contoso.test"}, []int{ws2}},
	} {
		a := endpointAlert("1", []model.DeviceRef{test.device})
		v := joinForest(whole([]model.Machine{{ID: "vm", Name: "ws1", Cloud: model.AzureVM}, {ID: "ws2", Name: "ws2"}}, a))
		if got := v.AlertRows(&a); !slices.Equal(got, test.want) {
			t.Errorf("%s: counts for %v, want %v", test.name, got, test.want)
		}
	}
}

func TestRule7Users(t *testing.T) {
	for _, test := range []struct {
		name    string
		account model.AccountRef
		want    []int
		match   model.Match
	}{
		{"the SID", model.AccountRef{SID: "S-1-5-21-4-5-6-1101", Domain: "CONTOSO", Name: "anna"}, []int{annaEMEA}, model.MatchSID},
		{"a SID that nobody has is nobody's name", model.AccountRef{SID: "S-1-5-21-7-7-7-1101", Domain: "CONTOSO", Name: "anna", UPN: "anna@contoso.test"}, []int{}, 0},
		{"a cloud SID", model.AccountRef{SID: "S-1-12-1-1-2-3-4", Domain: "CONTOSO", Name: "anna", UPN: "anna@contoso.test"}, []int{}, 0},
		{"a well-known account", model.AccountRef{SID: "S-1-5-18", Name: "anna", Domain: "CONTOSO"}, []int{}, 0},
		{"object GUID", model.AccountRef{Object: guid(2), Name: "anna", Domain: "CONTOSO"}, []int{annaEMEA}, model.MatchObjectGUID},
		{"NetBIOS domain and name", model.AccountRef{Domain: "emea", Name: "ANNA"}, []int{annaEMEA}, model.MatchAccountName},
		{"DNS domain and name", model.AccountRef{Domain: "EMEA.Contoso.test", Name: "anna", UPN: "anna@contoso.test"}, []int{annaEMEA}, model.MatchAccountName},
		{"a local account", model.AccountRef{Domain: "WS1", Name: "anna"}, []int{}, 0},
		{"a local account by full name", model.AccountRef{Domain: "ws1.contoso.test", Name: "anna", UPN: "anna@contoso.test"}, []int{}, 0},
		{"NT AUTHORITY", model.AccountRef{Domain: "NT AUTHORITY", Name: "SYSTEM"}, []int{}, 0},
		{"a name without a domain", model.AccountRef{Name: "anna"}, []int{}, 0},
		{"the UPN", model.AccountRef{Name: "anna", UPN: "Anna@EMEA.contoso.test"}, []int{annaEMEA}, model.MatchUPN},
		{"a computer is no user", model.AccountRef{Domain: "CONTOSO", Name: "WS1$"}, []int{}, 0},
	} {
		a := endpointAlert("1", nil, test.account)
		v := joinForest(whole(nil, a))
		if got := v.AlertRows(&a); !slices.Equal(got, test.want) {
			t.Errorf("%s: counts for %v, want %v", test.name, got, test.want)
		}
		if len(test.want) > 0 && v.Match(test.want[0]) != test.match {
			t.Errorf("%s: matched by %v, want %v", test.name, v.Match(test.want[0]), test.match)
		}
	}
}

func TestRule8UnknownSeverityAndStatus(t *testing.T) {
	high, odd := endpointAlert("1", []model.DeviceRef{{DeviceID: guid(3)}}), endpointAlert("2", []model.DeviceRef{{DeviceID: guid(3)}})
	high.Severity = model.High
	odd.Severity, odd.Status = model.OtherSeverity, model.StatusOther
	if got := joinForest(whole(nil, high, odd)).Badge(ws1).Text(); got != "[? 2]" {
		t.Errorf("got %s", got)
	}
	odd.Severity, odd.Status = model.NoSeverity, model.StatusInProgress
	if got := joinForest(whole(nil, high, odd)).Badge(ws1).Text(); got != "[? 2]" {
		t.Errorf("without a severity: got %s", got)
	}
}

func TestIdentityAlertsMakeTheOtherBadge(t *testing.T) {
	a := model.Alert{ID: "aa1", Product: model.DefenderForIdentity, Status: model.StatusNew, Severity: model.High,
		Devices: []model.DeviceRef{{Name: "WS1"}, {Name: "kiosk"}}, Accounts: []model.AccountRef{{SID: "S-1-5-21-1-2-3-1101"}}}
	other := endpointAlert("x", []model.DeviceRef{{DeviceID: guid(3)}})
	other.Product = model.OtherProduct
	v := joinForest(whole(nil, a, other))
	if got := v.AlertRows(&a); !slices.Equal(got, []int{anna, ws1}) {
		t.Errorf("counts for %v", got)
	}
	if v.Badge(ws1).Text() != "[ - ]" || v.IdentityBadge(ws1).Text() != "[H 1]" || v.IdentityBadge(ws2).Text() != "[ ok]" {
		t.Errorf("endpoint %s, identity %s and %s", v.Badge(ws1).Text(), v.IdentityBadge(ws1).Text(), v.IdentityBadge(ws2).Text())
	}
	if len(v.Alerts(ws1)) != 2 {
		t.Error("the alert of another product should be listed")
	}
}

func TestLogonsAreNewestFirst(t *testing.T) {
	k := whole(nil)
	k.Logons = NewLogons([]model.Logon{
		{SID: "S-1-5-21-1-2-3-1101", Machine: "old", At: minutes(1)},
		{Domain: "CONTOSO", Name: "anna", Machine: "new", At: minutes(5)},
		{SID: "S-1-5-21-1-2-3-1101", Machine: "older", At: time.Time{}},
	})
	v := joinForest(k)
	if l, ok := v.Logon(anna); !ok || l.Machine != "new" {
		t.Errorf("got %+v", l)
	}
	if b := v.Badge(anna); b.State != model.BadgeRecognized || b.Reason != model.SeenOnMachine || v.Match(anna) != model.MatchLogon {
		t.Errorf("badge %+v matched by %v", b, v.Match(anna))
	}
	if _, ok := v.Logon(annaEMEA); ok {
		t.Error("the other Anna was not seen")
	}
}

func TestIncidentsOfAnEntity(t *testing.T) {
	device := []model.DeviceRef{{Name: "ws1.contoso.test"}}
	alert := func(id string, incident text.Line, day int, status model.AlertStatus) model.Alert {
		a := endpointAlert(id, device)
		a.IncidentID, a.Status = incident, status
		a.Created = time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC)
		return a
	}
	k := whole(nil,
		alert("a", "1", 1, model.StatusResolved), alert("b", "2", 2, model.StatusNew), alert("c", "1", 3, model.StatusNew),
		alert("d", "3", 4, model.StatusResolved), alert("e", "", 5, model.StatusNew),
	)
	k.Incidents = map[text.Line]*model.Incident{"1": {ID: "1", Title: "Multi-stage incident"}}
	v := joinForest(k)
	rows := v.Lookup("ws1.contoso.test")
	if len(rows) != 1 {
		t.Fatalf("rows %v", rows)
	}
	var got []string
	for _, i := range v.Incidents(rows[0]) {
		line := i.ID.String() + ":"
		for _, a := range i.Alerts {
			line += " " + a.ID
		}
		if (i.Incident == nil) != (i.ID != "1") {
			t.Errorf("incident %s is %v", i.ID, i.Incident)
		}
		got = append(got, line)
	}
	if want := []string{"1: c a", "2: b"}; !slices.Equal(got, want) {
		t.Errorf("incidents are %q, want %q", got, want)
	}
}
