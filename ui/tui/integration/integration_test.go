package integration_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers"
	"adbadge/providers/portal"
	"adbadge/ui/tui/integration"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/pagetest"
	"adbadge/ui/tui/theme"
)

// dashboard is one on which something of every section is to be seen.
func dashboard(generation uint64) *providers.Dashboard {
	f := pagetest.NewForest()
	d := pagetest.Dashboard(f.Entities, f.Knowledge, generation)
	now := pagetest.Now()
	d.Toggles = []model.Toggle{
		{Side: model.IdentitySide, State: model.ToggleOn, Owner: model.OwnerLab, By: "j.doe", Changed: now.Add(-8 * time.Minute)},
		{Side: model.EndpointSide, Owner: model.OwnerLab, Problem: &model.Failure{Doing: "read the endpoint side's toggle",
			Seen: "409 Conflict", Remedy: "Look at the portal's settings page."}},
		{Side: model.IdentitySide, Setting: model.AutomaticAuditing, State: model.ToggleOn, Owner: model.OwnerGraph},
		{Side: model.IdentitySide, Setting: model.SensorActivation, Owner: model.OwnerGraph, Problem: &model.Failure{Doing: "read automatic activation of sensors",
			Kind: model.PermissionMissing, Seen: "403 Forbidden", Remedy: "Grant SecurityIdentitiesSensors.Read.All."}},
	}
	d.Licences = []model.Licence{
		{Side: model.IdentitySide, State: model.LicenceActive, Plan: "Defender for Identity"},
		{Side: model.EndpointSide, State: model.LicenceMissing},
	}
	d.Sources = []model.SourceStatus{
		{Source: model.Directory, State: model.SourceOK, Host: "dc1.contoso.test", Items: 12481, Latency: 12 * time.Millisecond, LastGood: now},
		{Source: model.Endpoint, State: model.SourceFailed, Host: "api.contoso.test", LastGood: now.Add(-time.Hour), Failure: &model.Failure{
			Doing: "read machines", Seen: "503 Service Unavailable", Remedy: "Wait.", RetryAt: now.Add(time.Minute)},
			Limits: &model.Limits{Requests: 1207, Throttled: 3, Room: 0.12}},
		{Source: model.Identity, State: model.SourceOK, Host: "graph.contoso.test", Items: 37, Latency: 210 * time.Millisecond, LastGood: now,
			Accounts: model.AccountsByHunting, Limits: &model.Limits{Requests: 42, Room: 0.97}},
	}
	d.Sensors = []model.Sensor{{Name: "DC01", Domain: "contoso.test", Version: "2.254", Healthy: true, Health: "healthy", Service: "running"},
		{Name: "DC02", Domain: "contoso.test", Health: "notHealthyHigh", Service: "stopped", Issues: 2}}
	d.Issues = []model.HealthIssue{{ID: "1", Title: "Sensor stopped communicating", Severity: model.Medium, Created: now.Add(-6 * time.Hour),
		Description: "The sensor has not been heard of for a while.", Sensors: []text.Line{"DC02"}, Remedies: []text.Line{"Start the service.", "Check the firewall."}}}
	d.Changes = []model.Change{
		{ID: model.GUID{1}, At: now.Add(-time.Minute), By: "j.doe@soc", Tenant: "contoso.test", Side: model.IdentitySide, Owner: model.OwnerLab,
			From: "off", To: "on", Outcome: model.Applied, Seen: "read back on"},
		{ID: model.GUID{2}, At: now.Add(-time.Hour), By: "j.doe@soc", Side: model.EndpointSide, From: "on", To: "off",
			Outcome: model.NotVisible, Seen: "still reads on"},
		{ID: model.GUID{3}, At: now.Add(-2 * time.Hour), By: "j.doe@soc", Tenant: "contoso.test", Setting: model.StatusOfIssue, Owner: model.OwnerGraph,
			Issue: "7", Title: "Sensor outdated", From: "open", To: "suppressed", Outcome: model.Applied, Seen: "read back suppressed"},
	}
	d.Status = model.Judge(model.Facts{Now: now, Toggles: d.Toggles, Licences: d.Licences, Sources: d.Sources, Sensors: d.Sensors, Issues: d.Issues})
	return d
}

func open(t *testing.T, mode theme.Mode) *pagetest.Program {
	t.Helper()
	links, err := portal.New("https://security.contoso.test", "")
	if err != nil {
		t.Fatal(err)
	}
	p := pagetest.New(t, mode, pagetest.NewForest(), links)
	p.Env.Dashboard = dashboard(1)
	return p.Show(integration.New(p.Env, page.Place{Kind: page.Integration, Side: model.EndpointSide}))
}

func TestFrames(t *testing.T) {
	for _, size := range [][2]int{{80, 21}, {120, 33}, {200, 47}} {
		for _, mode := range []theme.Mode{theme.Dark, theme.Light, theme.Mono} {
			t.Run(fmt.Sprintf("%dx%d-%s", size[0], size[1], mode), func(t *testing.T) {
				golden.RequireEqual(t, open(t, mode).Frame(size[0], size[1]))
			})
		}
	}
}

func TestEverySize(t *testing.T) {
	p := open(t, theme.Dark)
	for w := 0; w <= 200; w += 3 {
		for h := 0; h <= 50; h++ {
			p.Frame(w, h)
		}
	}
}

func TestEveryItemCanBeReachedAndReadWhole(t *testing.T) {
	p := open(t, theme.Mono)
	p.Press("g")
	var seen strings.Builder
	for last := ""; ; {
		now := p.Text(80, 21)
		if now == last {
			break
		}
		seen.WriteString(now)
		last = now
		p.Press("j")
	}
	for _, want := range []string{"by j.doe 8 min ago", "409 Conflict", "Look at the portal's settings page.", "automatic auditing", "sets up the auditing",
		"automatic activation of sensors", "Grant SecurityIdentitiesSensors.Read.All.", "ADB-107", "missing",
		"503 Service Unavailable", "again at", "3 of them throttled", "12% of", "seen on machines: by hunting", "DC02", "stopped", "Start the service.", "Check the firewall.", "12,481 items", "health issue   open -> suppressed", "Sensor outdated"} {
		if !strings.Contains(seen.String(), want) {
			t.Errorf("%q is nowhere on the page", want)
		}
	}
}

func TestSpaceFlipsOnlyOnAToggle(t *testing.T) {
	p := open(t, theme.Mono)
	p.Press("space")
	if len(p.Said) != 0 || len(p.Asked) != 1 || p.Asked[0].Side != model.EndpointSide {
		t.Fatalf("asked %v, said %q: the page opens on the toggle that it was asked for", p.Asked, p.Said)
	}
	p.Press("G", "space")
	if len(p.Asked) != 1 || len(p.Said) != 1 || !strings.Contains(p.Said[0], "not on a toggle") {
		t.Errorf("asked %v, said %q", p.Asked, p.Said)
	}
}

func TestIssuesAreChangedOnTheirLineOnly(t *testing.T) {
	p := open(t, theme.Mono)
	p.Press("c")
	if len(p.Issues) != 0 || len(p.Said) != 1 || !strings.Contains(p.Said[0], "not on an open health issue") {
		t.Fatalf("asked %v, said %q", p.Issues, p.Said)
	}
	p.Press("G", "k", "k", "k", "c", "s")
	if len(p.Issues) != 2 || p.Issues[0] != "1 closed" || p.Issues[1] != "1 suppressed" {
		t.Errorf("asked %q", p.Issues)
	}
}

func TestEnterOpensThePageOfTheLine(t *testing.T) {
	p := open(t, theme.Mono)
	p.Press("enter", "G", "k", "k", "k", "enter")
	if len(p.Links) != 2 || p.Links[0] != "https://security.contoso.test/securitysettings/endpoints/integration" ||
		p.Links[1] != "https://security.contoso.test/settings/identities" {
		t.Errorf("opened %q", p.Links)
	}
}

func TestCursorStaysOnItsItem(t *testing.T) {
	p := open(t, theme.Mono)
	p.Press("G", "k", "k", "k")
	before := p.Page.State()
	d := dashboard(2)
	d.Sensors = d.Sensors[:1] // the lines above move
	p.Refresh(d)
	if p.Page.State() != before || !strings.Contains(p.Text(80, 21), "> ") || !strings.Contains(p.Text(80, 21), "Start the service.") {
		t.Errorf("the cursor left the health issue:\n%s", p.Text(80, 21))
	}
}

// Every outcome of a change has its word.
func TestOutcomesOfChanges(t *testing.T) {
	p := open(t, theme.Mono)
	d := dashboard(2)
	d.Changes = nil
	for i, outcome := range model.Outcomes {
		d.Changes = append(d.Changes, model.Change{ID: model.GUID{byte(i + 1)}, Side: model.EndpointSide, Owner: model.OwnerPortal, Outcome: outcome})
	}
	p.Refresh(d)
	p.Press("G")
	shown := p.Text(120, 80)
	for _, word := range []string{"unknown", "applied", "unseen", "refused", "seen", "not seen"} {
		if !strings.Contains(shown, " "+word+" ") {
			t.Errorf("%q is not shown:\n%s", word, shown)
		}
	}
}
