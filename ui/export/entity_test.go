package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

var now = time.Date(2026, 3, 3, 14, 2, 0, 0, time.UTC)

// view is a computer with a machine record and an alert of each product, and a user that was never seen.
func view(t *testing.T) *inventory.View {
	t.Helper()
	computer := model.Entity{
		ID: model.GUID{1}, Kind: model.Computer, Name: "HR-LT-114", SAM: "HR-LT-114$", Domain: "contoso.test",
		DN: "CN=HR-LT-114,OU=HR,DC=contoso,DC=test", OU: "HR", SID: "S-1-5-21-1-2-3-1105", DNSName: "hr-lt-114.contoso.test",
		OS: "Windows 11 Enterprise", LastLogon: now.Add(-time.Hour),
	}
	user := model.Entity{
		ID: model.GUID{2}, Name: "Anna <Berg> & \"Co\"", SAM: "aberg", Domain: "contoso.test", UPN: "aberg@contoso.test",
		Department: "Finance", Flags: model.Disabled | model.Sensitive, SID: "S-1-5-21-1-2-3-1106",
	}
	b := inventory.NewBuilder(2)
	b.SetDomains([]model.Domain{{DNSName: "contoso.test", NetBIOS: "CONTOSO", SID: "S-1-5-21-1-2-3"}})
	b.Add([]model.Entity{computer, user})
	machine := strings.Repeat("ab", 20)
	answered := inventory.Answer{State: inventory.Answered, At: now}
	return inventory.Join(b.Table(), inventory.Knowledge{
		Machines: inventory.NewMachines([]model.Machine{{ID: machine, Name: "hr-lt-114.contoso.test", LastSeen: now.Add(-time.Minute),
			Onboarding: model.Onboarded, Health: model.HealthActive, Risk: model.High, Exposure: model.Low}}),
		EndpointAlerts: inventory.NewAlerts([]model.Alert{
			{ID: "da1", Product: model.DefenderForEndpoint, Title: "Mimikatz", Severity: model.High, Status: model.StatusNew,
				Created: now, Devices: []model.DeviceRef{{MachineID: machine}}},
			{ID: "mdi1", Product: model.DefenderForIdentity, Title: "Remote code", Severity: model.OtherSeverity, SeverityText: "Extreme",
				Status: model.StatusInProgress, Created: now, Devices: []model.DeviceRef{{Name: "hr-lt-114.contoso.test"}}},
		}),
		MachinesAnswer: answered, EndpointAlertsAnswer: answered, IdentityAlertsAnswer: answered, LogonsAnswer: answered,
	})
}

func testLink(side model.Side, entity model.Entity, machines []*model.Machine) (string, error) {
	if side == model.EndpointSide && len(machines) == 0 {
		return "", errors.New("nothing to open")
	}
	return "https://" + side.String() + ".test/" + entity.SAM.String(), nil
}

// decoded gives the JSON of a value as a script sees it.
func decoded(t *testing.T, value any) map[string]any {
	t.Helper()
	var out bytes.Buffer
	if err := WriteJSON(&out, value); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestComputerJSON(t *testing.T) {
	v := view(t)
	row := v.Lookup("hr-lt-114")[0]
	got := decoded(t, NewEntity(v, row, testLink))
	want := map[string]any{
		"id": model.GUID{1}.String(), "kind": "computer", "name": "HR-LT-114", "sam": "HR-LT-114$",
		"domain": "contoso.test", "dn": "CN=HR-LT-114,OU=HR,DC=contoso,DC=test", "ou": "HR", "sid": "S-1-5-21-1-2-3-1105",
		"dnsName": "hr-lt-114.contoso.test", "os": "Windows 11 Enterprise", "osVersion": "",
		"enabled": true, "sensitive": false, "service": false, "domainController": false, "locked": false, "expired": false,
		"lastLogon": "2026-03-03T13:02:00Z", "created": nil, "passwordSet": nil,
		"badge": map[string]any{"state": "alerts", "alerts": 1.0, "severity": "high", "reason": "sensorActive", "trouble": false,
			"stale": false, "text": "[H 1]"},
		"identityBadge": map[string]any{"state": "alerts", "alerts": 1.0, "severity": "other", "reason": "seenInAlert", "trouble": false,
			"stale": false, "text": "[? 1]"},
		"counterpart": map[string]any{"ids": []any{strings.Repeat("ab", 20)}, "lastSeen": "2026-03-03T14:01:00Z",
			"health": "active", "risk": "high", "exposure": "low", "onboarding": "onboarded"},
		"matchedBy": "fullName",
		"links":     map[string]any{"identity": "https://identity.test/HR-LT-114$", "endpoint": "https://endpoint.test/HR-LT-114$"},
		"asOf":      "2026-03-03T14:02:00Z",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("- want, + got:\n%s", diff)
	}
}

func TestUserJSON(t *testing.T) {
	v := view(t)
	row := v.Lookup("aberg")[0]
	got := decoded(t, NewEntity(v, row, testLink))
	if _, ok := got["dnsName"]; ok {
		t.Error("a user has a dnsName")
	}
	for key, want := range map[string]any{
		"kind": "user", "name": `Anna <Berg> & "Co"`, "upn": "aberg@contoso.test", "department": "Finance", "enabled": false,
		"sensitive": true, "lastLogon": nil, "counterpart": nil, "matchedBy": "none",
		"links": map[string]any{"identity": "https://identity.test/aberg", "endpoint": nil},
	} {
		if diff := cmp.Diff(want, got[key]); diff != "" {
			t.Errorf("%s: - want, + got:\n%s", key, diff)
		}
	}
	if badge := got["badge"].(map[string]any); badge["state"] != "unrecognized" || badge["reason"] != "noLogon" {
		t.Errorf("badge %v, want unrecognized, noLogon", badge)
	}
}

func TestAlertJSON(t *testing.T) {
	v := view(t)
	for _, a := range v.AllAlerts() {
		got := decoded(t, NewAlert(v, a, AlertLinks{Alert: func(a *model.Alert) (string, error) { return "https://portal.test/" + a.ID, nil }}))
		want := map[string]any{"da1": "high", "mdi1": "Extreme"}[a.ID]
		if got["severity"] != want || got["link"] != "https://portal.test/"+a.ID || got["open"] != true {
			t.Errorf("alert %s: %v", a.ID, got)
		}
		entities, ok := got["entities"].([]any)
		if !ok || len(entities) != 1 || entities[0].(map[string]any)["name"] != "HR-LT-114" {
			t.Errorf("alert %s counts for %v, want HR-LT-114", a.ID, got["entities"])
		}
		if techniques, ok := got["techniques"].([]any); !ok || len(techniques) != 0 {
			t.Errorf("techniques %v, want an empty list", got["techniques"])
		}
	}
}

func TestAlertJSONOfIncidentAndEvidence(t *testing.T) {
	a := model.Alert{ID: "aa1", IncidentID: "77", Classification: "true positive", MoreEvidence: 3,
		Incident: &model.Incident{Title: "Multi-stage incident", Severity: model.OtherSeverity, SeverityText: "severe", Status: "in progress"},
		Evidence: []model.Evidence{
			{Kind: "process", Name: "cmd.exe", Verdict: "malicious", Remediation: "prevented", Detection: "blocked", Roles: "source, compromised"},
			{Kind: "file"},
		}}
	page := func(form string) func(*model.Alert) (string, error) {
		return func(a *model.Alert) (string, error) { return fmt.Sprintf(form, a.IncidentID), nil }
	}
	got := decoded(t, NewAlert(view(t), &a, AlertLinks{Incident: page("https://portal.test/incidents/%s")}))
	for key, want := range map[string]any{
		"incident": "77", "incidentTitle": "Multi-stage incident", "incidentSeverity": "severe", "incidentStatus": "in progress",
		"incidentLink": "https://portal.test/incidents/77", "classification": "true positive", "determination": "", "moreEvidence": 3.0, "link": nil,
		"evidence": []any{
			map[string]any{"kind": "process", "name": "cmd.exe", "verdict": "malicious", "remediation": "prevented", "detection": "blocked", "roles": []any{"source", "compromised"}},
			map[string]any{"kind": "file", "name": "", "verdict": "", "remediation": "", "detection": "", "roles": []any{}},
		},
	} {
		if diff := cmp.Diff(want, got[key]); diff != "" {
			t.Errorf("%s: - want, + got:\n%s", key, diff)
		}
	}
	alone := decoded(t, NewAlert(view(t), &model.Alert{ID: "aa1"}, AlertLinks{Incident: page("https://portal.test/%s")}))
	if alone["incident"] != "" || alone["incidentTitle"] != "" || alone["incidentSeverity"] != "" || alone["incidentLink"] != nil {
		t.Errorf("an alert without an incident: %v", alone)
	}
}

func TestArrayAndLines(t *testing.T) {
	for _, c := range []struct {
		values []text.Line
		array  string
		lines  string
	}{
		{nil, "[]\n", ""},
		{[]text.Line{"<a>"}, "[\n\"<a>\"\n]\n", "\"<a>\"\n"},
		{[]text.Line{"a", "b\u2028"}, "[\n\"a\",\n\"b\\u2028\"\n]\n", "\"a\"\n\"b\\u2028\"\n"},
	} {
		var array, lines bytes.Buffer
		if err := WriteArray(&array, slices.Values(c.values)); err != nil || array.String() != c.array {
			t.Errorf("array %q, error %v; want %q", array.String(), err, c.array)
		}
		if err := WriteLines(&lines, slices.Values(c.values)); err != nil || lines.String() != c.lines {
			t.Errorf("lines %q, error %v; want %q", lines.String(), err, c.lines)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteErrorsAreReported(t *testing.T) {
	many := slices.Repeat([]text.Line{"a long name that fills the buffer at some time"}, 1000)
	if WriteArray(failing{}, slices.Values(many)) == nil || WriteLines(failing{}, slices.Values(many)) == nil {
		t.Error("a failed write was not reported")
	}
	if (Table{Separator: Comma}).WriteEntities(failing{}, slices.Values([]Entity{})) == nil {
		t.Error("a failed write of a table was not reported")
	}
}
