package inventory

import (
	"testing"

	"adbadge/model"
)

// TestBadgesSayWhatIsKnown: what an answer lacks proves something only if the answer came whole.
func TestBadgesSayWhatIsKnown(t *testing.T) {
	machines := []model.Machine{
		{ID: "1", DeviceID: guid(3), Onboarding: model.Onboarded, Health: model.HealthActive},
		{ID: "2", DeviceID: guid(4), Onboarding: model.CanBeOnboarded},
		{ID: "3", DeviceID: guid(5), Onboarding: model.Onboarded, Health: model.HealthImpaired},
		{ID: "4", DeviceID: guid(8), Onboarding: model.Onboarded, Health: model.HealthNoSensorData},
	}
	resolved := endpointAlert("r", nil, model.AccountRef{SID: "S-1-5-21-1-2-3-1101"})
	resolved.Status = model.StatusResolved
	type want struct {
		row    int
		text   string
		reason model.Reason
	}
	set := func(change func(k *Knowledge)) Knowledge {
		k := whole(machines, resolved)
		change(&k)
		return k
	}
	for _, test := range []struct {
		name string
		k    Knowledge
		want []want
	}{
		{"all answered", whole(machines, resolved), []want{
			{ws1, "[ ok]", model.SensorActive}, {ws2, "[ + ]", model.NotOnboarded}, {kioskHQ, "[ ! ]", model.SensorImpaired},
			{newSrv, "[ ! ]", model.SensorSilent}, {twinA, "[ - ]", model.NoMachine},
			{anna, "[ ok]", model.SeenInAlert}, {annaEMEA, "[ - ]", model.NoLogon},
		}},
		{"nothing asked", Knowledge{}, []want{{ws1, "[...]", model.NotAsked}, {anna, "[...]", model.NotAsked}}},
		{"machines ended early", set(func(k *Knowledge) { k.MachinesAnswer.State = Incomplete }), []want{
			{ws1, "[ ok]", model.SensorActive}, {twinA, "[err]", model.AnswerIncomplete},
		}},
		{"machines failed", set(func(k *Knowledge) { k.MachinesAnswer.State, k.Machines = Failed, Machines{} }), []want{{ws1, "[err]", model.EndpointFailed}}},
		{"machines denied", set(func(k *Knowledge) { k.MachinesAnswer.State, k.Machines = Denied, Machines{} }), []want{{ws1, "[err]", model.EndpointDenied}}},
		{"alerts failed: nothing says that there is none", set(func(k *Knowledge) { k.EndpointAlertsAnswer.State, k.EndpointAlerts = Failed, Alerts{} }), []want{
			{ws1, "[err]", model.EndpointFailed}, {ws2, "[ + ]", model.NotOnboarded}, {twinA, "[ - ]", model.NoMachine}, {anna, "[err]", model.EndpointFailed},
		}},
		{"alerts ended early", set(func(k *Knowledge) { k.EndpointAlertsAnswer.State = Incomplete }), []want{
			{ws1, "[ ok]", model.SensorActive}, {annaEMEA, "[err]", model.AnswerIncomplete},
		}},
		{"logons not asked", set(func(k *Knowledge) { k.LogonsAnswer.State = NotAnswered }), []want{
			{anna, "[ ok]", model.SeenInAlert}, {annaEMEA, "[...]", model.AccountsNotAsked}, {ws1, "[ ok]", model.SensorActive},
		}},
		{"logons denied, one asked for", set(func(k *Knowledge) {
			k.LogonsAnswer.State, k.Asked = Denied, map[model.GUID]bool{guid(2): true}
		}), []want{{annaEMEA, "[ - ]", model.NoLogon}}},
		{"logons denied, one asked for, alerts failed", set(func(k *Knowledge) {
			k.LogonsAnswer.State, k.EndpointAlertsAnswer.State, k.Asked = Denied, Failed, map[model.GUID]bool{guid(2): true}
		}), []want{{annaEMEA, "[err]", model.EndpointFailed}}},
		{"logons denied", set(func(k *Knowledge) { k.LogonsAnswer.State = Denied }), []want{{annaEMEA, "[...]", model.AccountsNotAsked}}},
		{"logons ended early", set(func(k *Knowledge) { k.LogonsAnswer.State = Incomplete }), []want{{annaEMEA, "[err]", model.AnswerIncomplete}}},
		{"logons failed", set(func(k *Knowledge) { k.LogonsAnswer.State = Failed }), []want{{annaEMEA, "[err]", model.EndpointFailed}}},
		{"integration off", set(func(k *Knowledge) { k.Off = model.IntegrationOff }), []want{
			{ws1, "[off]", model.IntegrationOff}, {twinA, "[off]", model.IntegrationOff}, {anna, "[off]", model.IntegrationOff},
		}},
		{"endpoint side off", set(func(k *Knowledge) { k.Off = model.EndpointSideOff }), []want{{ws1, "[off]", model.EndpointSideOff}}},
		{"not configured", set(func(k *Knowledge) { k.Off = model.NotConfigured }), []want{{ws1, "[off]", model.NotConfigured}}},
	} {
		v := joinForest(test.k)
		for _, w := range test.want {
			if b := v.Badge(w.row); b.Text() != w.text || b.Reason != w.reason {
				t.Errorf("%s: row %d has %s (%s), want %s (%s)", test.name, w.row, b.Text(), b.Reason.Code(), w.text, w.reason.Code())
			}
		}
	}
}

func TestOnlyAnswersAreStale(t *testing.T) {
	k := whole([]model.Machine{{ID: "1", DeviceID: guid(3), Onboarding: model.Onboarded}})
	k.Stale, k.LogonsAnswer.State = true, NotAnswered
	v := joinForest(k)
	if !v.Badge(ws1).Stale || !v.Badge(ws2).Stale || !v.IdentityBadge(ws1).Stale {
		t.Error("an old answer is not marked")
	}
	if v.Badge(anna).Stale {
		t.Error("what was never asked cannot be old")
	}
}

func TestIdentityBadgeSaysWhyItIsUnknown(t *testing.T) {
	for state, want := range map[AnswerState]model.Reason{
		NotAnswered: model.IdentityNotAsked, Incomplete: model.AnswerIncomplete, Failed: model.IdentityFailed,
		Denied: model.IdentityDenied, NotConfigured: model.IdentityNotConfigured,
	} {
		k := whole(nil)
		k.IdentityAlertsAnswer.State = state
		if b := joinForest(k).IdentityBadge(ws1); b.State != model.BadgeUnknown || b.Reason != want {
			t.Errorf("%v: got %+v", state, b)
		}
	}
	k := whole(nil)
	k.Off = model.IdentitySideOff
	if b := joinForest(k).IdentityBadge(ws1); b.Reason != model.IdentitySideOff {
		t.Errorf("off: got %+v", b)
	}
}

func TestCounts(t *testing.T) {
	a := endpointAlert("1", []model.DeviceRef{{DeviceID: guid(3)}})
	c := joinForest(whole([]model.Machine{
		{ID: "1", DeviceID: guid(3), Onboarding: model.Onboarded}, {ID: "2", Name: "twin.contoso.test", Onboarding: model.Onboarded},
		{ID: "3", Name: "azure", Cloud: model.AzureVM}, {ID: "1", DeviceID: guid(3), Onboarding: model.Onboarded, LastSeen: minutes(1)},
		{ID: "4", DeviceID: guid(11), Onboarding: model.Onboarded},
	}, a, a)).Counts()
	want := Counts{All: 11, Users: 2, Computers: 9, Alerts: 1, Recognized: 1, Unrecognized: 7, Ambiguous: 2,
		EnabledComputers: 7, EnabledRecognized: 1, Machines: 4}
	want.OpenAlerts[model.DefenderForEndpoint][model.Medium] = 1
	want.Unplaced[UnplacedAmbiguous], want.Unplaced[UnplacedCloudVM] = 1, 1
	if c != want {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	if c.Open(model.DefenderForEndpoint) != 1 || c.Open(model.DefenderForIdentity) != 0 {
		t.Error("open alerts by product are wrong")
	}
}

func TestLookup(t *testing.T) {
	entities, domains := forest()
	entities = append(entities,
		model.Entity{ID: guid(20), Name: "anna", SAM: "otto", Domain: "contoso.test", SID: "S-1-5-21-1-2-3-2000"},
		model.Entity{ID: guid(21), Name: "Name only", SAM: "x", Domain: "contoso.test"},
		model.Entity{ID: guid(22), Name: "WS1 user", SAM: "ws1", Domain: "emea.contoso.test"})
	b := NewBuilder(0)
	b.SetDomains(domains)
	b.Add(entities)
	v := Join(b.Table(), Knowledge{})
	for name, want := range map[string][]int{
		"anna": {anna, annaEMEA}, `CONTOSO\Anna`: {anna}, `emea.contoso.test\anna`: {annaEMEA}, `nowhere\anna`: nil,
		"Anna@contoso.test": {anna}, "S-1-5-21-4-5-6-1101": {annaEMEA}, guid(3).String(): {ws1}, guid(99).String(): nil,
		"ws1": {ws1, 13}, "WS1$": {ws1}, `contoso\ws1`: {ws1}, "ws1.CONTOSO.test.": {ws1}, "ws2.contoso.test": {ws2},
		"twin.contoso.test": {twinA, twinB}, "name ONLY": {12}, "": nil, "  srv ": {newSrv}, "s-1-5-21-1-2-3-2000": {11},
	} {
		got := v.Lookup(name)
		if len(got) != len(want) {
			t.Errorf("%q: got %v, want %v", name, got, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%q: got %v, want %v", name, got, want)
			}
		}
	}
}
