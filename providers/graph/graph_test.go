package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

// samples holds the vendor's own answers; they are not part of the project.
const samples = "../../../shared/samples/graph"

func readSample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(samples, name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the vendor's samples are not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// serve gives a Graph whose requests go to a handler.
func serve(t *testing.T, handler http.HandlerFunc) *Graph {
	t.Helper()
	server := entratest.New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
		handler(w, r)
	}))
	return New(server.API(t, model.Identity, "Microsoft Graph"))
}

// say answers every request with the same bytes.
func say(t *testing.T, status int, body []byte) *Graph {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write(body)
	})
}

func readAlerts(t *testing.T, g *Graph) ([]model.Alert, []model.Gap) {
	t.Helper()
	var list []model.Alert
	gaps, err := g.Alerts(t.Context(), func(batch []model.Alert) error { list = append(list, batch...); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return list, gaps
}

func guid(t *testing.T, s string) model.GUID {
	t.Helper()
	g, err := model.ParseGUID(s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func at(s string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return at
}

func failureOf(t *testing.T, err error) *model.Failure {
	t.Helper()
	f, ok := errors.AsType[*model.Failure](err)
	if !ok {
		t.Fatalf("error %v is no failure", err)
	}
	return f
}

func TestAlerts(t *testing.T) {
	body, err := os.ReadFile("testdata/alerts.json")
	if err != nil {
		t.Fatal(err)
	}
	got, gaps := readAlerts(t, say(t, 200, body))
	want := []model.Alert{
		{
			ID: "ri638902031621033333_-1204856731", Product: model.DefenderForIdentity, Title: "Possible NetSync attack", Category: "SuspiciousActivity",
			Phase: model.CredentialAccess, Severity: model.OtherSeverity, SeverityText: "critical", StatusText: "paused",
			Techniques: []text.Line{"T9999", "T1003.006"}, Source: "somethingNew", Incident: "28284",
			URL:     "https://security.microsoft.com/alerts/ri638902031621033333_-1204856731?tid=1",
			Created: at("2026-08-11T09:12:41.1033333Z"), Updated: at("2026-08-11T09:20:07.45Z"),
			Devices: []model.DeviceRef{
				{Name: "srv1.contoso.test", DeviceID: guid(t, "80fe8ff8-2624-418e-9591-41f0491218f9")},
				{Name: "wks-0042.contoso.test", MachineID: "1e5bc9d7e413ddd7902c2932e418702b84d0cc07"},
			},
			Accounts: []model.AccountRef{
				{SID: "S-1-5-21-1-2-3-1105", Object: guid(t, "6f1c2a54-0d0e-4c1c-9a7e-0f5f0d1b2c3d"), Name: "jdoe", Domain: "contoso.test", UPN: "jdoe@contoso.test"},
				{Name: "svc", Domain: "CONTOSO"},
			},
		},
		{ID: "aa1", Product: model.DefenderForIdentity, Category: "PrivilegeEscalation", Phase: model.DomainDominance, Severity: model.High, Status: model.StatusInProgress},
		{ID: "aa2", Product: model.DefenderForIdentity, Severity: model.Low, Status: model.StatusResolved},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alerts (-want +got):\n%s", diff)
	}
	if len(gaps) != 1 || gaps[0].Count != 1 || gaps[0].Source != model.Identity {
		t.Errorf("gaps are %+v", gaps)
	}
}

func TestAlertsAreAskedForInAnyWayThatIsUnderstood(t *testing.T) {
	const alert = `{"value":[{"id":"aa1","serviceSource":"microsoftDefenderForIdentity"},{"id":"da1","serviceSource":"microsoftDefenderForEndpoint"}]}`
	for name, test := range map[string]struct {
		refuse func(r *http.Request) bool
		last   string
	}{
		"everything":   {func(*http.Request) bool { return false }, "$filter=serviceSource%20eq%20%27microsoftDefenderForIdentity%27&$top=500"},
		"no page size": {func(r *http.Request) bool { return r.URL.Query().Has("$top") }, "$filter=serviceSource%20eq%20%27microsoftDefenderForIdentity%27"},
		"no filter":    {func(r *http.Request) bool { return r.URL.Query().Has("$filter") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var last *http.Request
			g := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if last = r; test.refuse(r) {
					w.WriteHeader(http.StatusBadRequest)
					fmt.Fprint(w, `{"error":{"code":"BadRequest","message":"not allowed"}}`)
					return
				}
				fmt.Fprint(w, alert)
			})
			got, _ := readAlerts(t, g)
			if len(got) != 1 || got[0].ID != "aa1" {
				t.Errorf("got %+v", got)
			}
			if last.URL.RawQuery != test.last || last.URL.Path != "/v1.0/security/alerts_v2" || last.Header.Get("Prefer") != "include-unknown-enum-members" {
				t.Errorf("asked for %s, Prefer %q", last.RequestURI, last.Header.Get("Prefer"))
			}
		})
	}
}

func TestSampleAlerts(t *testing.T) {
	sample := readSample(t, "alerts_v2-list-mdi-composed.json")
	got, gaps := readAlerts(t, serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(sample) }))
	if len(got) != 2 {
		t.Fatalf("%d alerts of Defender for Identity, want 2", len(got))
	}
	a, b := got[0], got[1]
	if a.ID != "aa5f3c1e2b-7d84-4b0e-9a61-2f6c0de81a37" || a.Phase != model.CredentialAccess || a.Severity != model.High || a.Status != model.StatusNew || a.Incident != "28283" {
		t.Errorf("the classic alert is %+v", a)
	}
	wantAccount := model.AccountRef{SID: "S-1-5-21-1111111111-2222222222-3333333333-1105", Object: guid(t, "6f1c2a54-0d0e-4c1c-9a7e-0f5f0d1b2c3d"), Name: "jdoe", Domain: "contoso.com", UPN: "jdoe@contoso.com"}
	if diff := cmp.Diff([]model.AccountRef{wantAccount}, a.Accounts); diff != "" {
		t.Errorf("its accounts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]model.DeviceRef{{Name: "wks-0042.contoso.com"}}, a.Devices); diff != "" {
		t.Errorf("its devices (-want +got):\n%s", diff)
	}
	if b.ID != "ri638902031621033333_-1204856731" || b.Status != model.StatusInProgress || b.Severity != model.Medium || len(b.Accounts)+len(b.Devices) == 0 {
		t.Errorf("the alert in the newer form is %+v", b)
	}
	// The sample links to Microsoft's own server, which is not the one that was asked.
	if len(gaps) != 1 || !strings.Contains(gaps[0].What, "graph.microsoft.com") {
		t.Errorf("gaps are %+v", gaps)
	}
	for _, name := range []string{"alerts_v2-list.json", "alerts_v2-get.json"} { // of Defender for Endpoint
		var list struct{ Value []alertRecord }
		data := readSample(t, name)
		if !strings.Contains(string(data), `"value": [`) {
			data = fmt.Appendf(nil, `{"value":[%s]}`, data)
		}
		if err := json.Unmarshal(data, &list); err != nil {
			t.Fatal(err)
		}
		a, ok := list.Value[0].alert()
		if !ok || list.Value[0].isIdentity() || a.Devices[0].MachineID != "73e7e2de709dff64ef64b1d0c30e67fab63279db" || len(a.Devices) != 1 || a.Phase != model.DefenseEvasion || a.URL == "" {
			t.Errorf("%s gives %+v", name, a)
		}
	}
	var incidents struct {
		Value []struct{ Alerts []alertRecord }
	}
	if err := json.Unmarshal(readSample(t, "incidents-list-expand-alerts.json"), &incidents); err != nil {
		t.Fatal(err)
	}
	if a, ok := incidents.Value[0].Alerts[0].alert(); !ok || a.ID != "da637551227677560813_-961444813" {
		t.Errorf("the alert of an incident is %+v", a)
	}
}

// TestSchema reads every type of evidence and every word of the published schema.
func TestSchema(t *testing.T) {
	data, err := os.ReadFile("../../../shared/reference/graph-security-types.json")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the published schema is not here")
	}
	var schema struct {
		Types map[string]struct {
			Base       string
			Properties []struct {
				Name, Type string
				Collection bool
			}
		}
		Enums map[string]json.RawMessage
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	kinds := 0
	for name, kind := range schema.Types {
		if !strings.HasSuffix(kind.Base, ".alertEvidence") {
			continue
		}
		kinds++
		object := map[string]any{"@odata.type": "#" + name}
		for _, p := range kind.Properties {
			var value any
			switch {
			case strings.HasPrefix(p.Type, "Edm.Int"):
				value = 7
			case p.Type == "Edm.Boolean":
				value = true
			case p.Type == "Edm.Guid":
				value = "6f1c2a54-0d0e-4c1c-9a7e-0f5f0d1b2c3d"
			case strings.HasPrefix(p.Type, "Edm."):
				value = "x"
			case len(schema.Enums[p.Type]) > 0:
				value = "unknownFutureValue"
			default:
				value = map[string]any{}
			}
			if p.Collection {
				value = []any{value}
			}
			object[p.Name] = value
		}
		raw, _ := json.Marshal(map[string]any{"id": "ri1", "evidence": []any{object}})
		var record alertRecord
		if err := json.Unmarshal(raw, &record); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, ok := record.alert(); !ok {
			t.Errorf("%s: the alert was not read", name)
		}
	}
	if kinds < 20 {
		t.Errorf("only %d types of evidence were tried", kinds)
	}
}

func TestPhases(t *testing.T) {
	for _, test := range []struct {
		category   string
		techniques []string
		want       model.Phase
	}{
		{"CredentialAccess", []string{"T1021"}, model.CredentialAccess},
		{"Discovery", nil, model.Reconnaissance},
		{"", []string{"T1087.002"}, model.Reconnaissance},
		{"", []string{"T1558.001"}, model.DomainDominance},
		{"", []string{"t1558.003"}, model.CredentialAccess},
		{"Unknown", []string{"T1550.002"}, model.LateralMovement},
		{"Malware", []string{"nonsense"}, model.NoPhase},
	} {
		if got := phaseOf(&alertRecord{Category: test.category, Techniques: test.techniques}); got != test.want {
			t.Errorf("%q %v gives %q, want %q", test.category, test.techniques, got, test.want)
		}
	}
}

func FuzzRecords(f *testing.F) {
	alerts, err := os.ReadFile("testdata/alerts.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(alerts)
	f.Add([]byte(`{"value":{"activationMode":"automated"}}`))
	f.Add([]byte(`{"results":[{"AccountSid":"S-1-5-21-1-2-3-4","LastSeen":"2026-01-01T00:00:00Z"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var list struct{ Value []alertRecord }
		_ = json.Unmarshal(data, &list) // what fits is filled in
		for i := range list.Value {
			a, ok := list.Value[i].alert()
			if !ok {
				continue
			}
			if _, valid := entra.ReadAlertID(a.ID); !valid || a.Title != text.Clean(a.Title.String()) {
				t.Errorf("alert %+v", a)
			}
			for _, d := range a.Devices {
				if d.Name != text.Clean(d.Name.String()) {
					t.Errorf("device %+v", d)
				}
			}
		}
		var setting struct{ ActivationMode string }
		_ = unwrap(data, &setting) // must not panic
		var answer struct{ Results []logonRow }
		_ = json.Unmarshal(data, &answer)
		_ = emitLogons(answer.Results, func(batch []model.Logon) error {
			for _, l := range batch {
				if !l.SID.IsAccount() {
					t.Errorf("logon %+v", l)
				}
			}
			return nil
		})
	})
}
