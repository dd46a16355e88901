package providers

import (
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers/entra"
)

func TestClocksApart(t *testing.T) {
	for apart, want := range map[time.Duration]model.Verdict{0: model.Passed, 4 * time.Minute: model.Passed, -4 * time.Minute: model.Passed,
		6 * time.Minute: model.Doubtful, -24 * time.Hour: model.Doubtful} {
		c := checkClock(model.Endpoint, entra.Stats{At: noon.Add(apart), Date: noon})
		if c.Verdict != want || (c.Remedy == "") != (want == model.Passed) {
			t.Errorf("%s apart: %+v", apart, c)
		}
	}
	if c := checkClock(model.Endpoint, entra.Stats{At: noon}); c.Verdict != model.Skipped {
		t.Errorf("without a date: %+v", c)
	}
}

// TestMissingGrantsAreNamed: exactly those, by the form that the app needs.
func TestMissingGrantsAreNamed(t *testing.T) {
	grant := Grant{API: "Microsoft Graph", Readable: true, Needs: []Need{
		{Feature: "sensors", AnyOf: []string{"Sensors.Read.All", "Sensors.ReadWrite.All"}, Held: true},
		{Feature: "alerts", AnyOf: []string{"Alert.Read.All"}}, {Feature: "more alerts", AnyOf: []string{"Alert.Read.All"}},
		{Feature: "elsewhere", AnyOf: []string{"Other.Read.All"}, Unavailable: true},
	}}
	c := checkPermissions(model.Identity, SignedIn{ConsentLink: "https://login.contoso.test/x"}, grant)
	const want = "Grant the app registration these application permissions of Microsoft Graph, as far as they are wanted: Alert.Read.All. " +
		"Then consent: https://login.contoso.test/x"
	if c.Verdict != model.Doubtful || c.Remedy != want || c.Seen != "it lacks Alert.Read.All for alerts; Alert.Read.All for more alerts" {
		t.Errorf("got %+v", c)
	}
	grant.Needs = grant.Needs[1:3]
	if c := checkPermissions(model.Identity, SignedIn{Delegated: true}, grant); c.Verdict != model.Failed {
		t.Errorf("nothing is granted, but the step is %s", c.Verdict)
	}
}
