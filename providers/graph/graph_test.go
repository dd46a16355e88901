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
	got, gaps := readAlerts(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(readSample(t, "alerts_v2-list-mdi-composed.json"))
	}))
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

func TestHealthIssues(t *testing.T) {
	var asked []string
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		if strings.HasPrefix(r.URL.Path, "/v1.0") {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":{"code":"BadRequest","message":"Resource not found for the segment 'healthIssues'."}}`)
			return
		}
		fmt.Fprint(w, `{"value":[
			{"id":"1","displayName":"A","healthIssueType":"Global","severity":"HIGH","status":"Open","sensorDNSNames":["dc1.contoso.test"],"recommendations":["Do\nit"],"createdDateTime":"2022-07-15T12:19:27.7211305Z"},
			{"id":"2","displayName":"B","healthIssueType":"sensor","severity":"severe","status":"open"},
			{"id":"3","status":"closed"},{"id":"4","status":"suppressed"},{"id":"5","severity":"low","status":"somethingNew"}]}`)
	})
	got, err := g.HealthIssues(t.Context())
	want := []model.HealthIssue{
		{ID: "1", Title: "A", Severity: model.High, Global: true, Sensors: []text.Line{"dc1.contoso.test"}, Remedies: []text.Line{"Do it"}, Created: at("2022-07-15T12:19:27.7211305Z")},
		{ID: "2", Title: "B", Severity: model.OtherSeverity},
		{ID: "5", Severity: model.Low},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, issues (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{"/v1.0/security/identities/healthIssues?$filter=Status%20eq%20%27open%27", "/v1.0/security/identities/healthIssues", "/beta/security/identities/healthIssues"}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	absent := say(t, http.StatusNotFound, []byte(`{"error":{"code":"NotFound","message":"x"}}`))
	if _, err := absent.HealthIssues(t.Context()); failureOf(t, err).Kind != model.NotSupported {
		t.Errorf("an absent API gives %v", err)
	}
	got, err = say(t, 200, readSample(t, "healthIssues-list.json")).HealthIssues(t.Context())
	if err != nil || len(got) != 1 || !got[0].Global || got[0].Severity != model.Medium || len(got[0].Sensors) != 2 || len(got[0].Domains) != 2 ||
		got[0].Title != "Directory Services Object Auditing is not configured as required" {
		t.Errorf("the sample gives %+v, %v", got, err)
	}
}

func TestSensors(t *testing.T) {
	got, err := say(t, 200, []byte(`{"value":[
		{"displayName":"DC1","domainName":"contoso.test","version":"3.0","healthStatus":"NotHealthyHigh","serviceStatus":"stopped","deploymentStatus":"disconnected","openHealthIssuesCount":2},
		{"displayName":"DC2","healthStatus":"sleepy","openHealthIssuesCount":"3"}]}`)).Sensors(t.Context())
	want := []model.Sensor{
		{Name: "DC1", Domain: "contoso.test", Version: "3.0", Health: "not healthy (high)", Service: "stopped", Deploy: "disconnected", Issues: 2},
		{Name: "DC2", Health: "sleepy"},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, sensors (-want +got):\n%s", err, diff)
	}
	got, err = say(t, 200, readSample(t, "sensors-list.json")).Sensors(t.Context())
	want = []model.Sensor{{Name: "DC1", Domain: "domain1.test.local", Version: "2.239.18124.58593", Healthy: true, Health: "healthy", Deploy: "upToDate"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, the sample (-want +got):\n%s", err, diff)
	}
	if got, err := say(t, 200, []byte(`{"value":[]}`)).Sensors(t.Context()); err != nil || got == nil || len(got) > 0 {
		t.Errorf("no sensors give %v, %v", got, err)
	}
}

func TestLicences(t *testing.T) {
	subscription := func(status string, plans ...string) string {
		var list []string
		for i := 0; i < len(plans); i += 2 {
			list = append(list, fmt.Sprintf(`{"servicePlanId":%q,"provisioningStatus":%q}`, plans[i], plans[i+1]))
		}
		return fmt.Sprintf(`{"capabilityStatus":%q,"servicePlans":[%s]}`, status, strings.Join(list, ","))
	}
	const identity, p2, p1, business = "14AB5DB5-E6C4-4B20-B4BC-13E36FD2227F", "871d91ec-ec1a-452b-a83f-bd76c7d770ef", "292cc034-7b7c-4950-aaf5-943befd3f1d4", "bfc1bbd9-981b-4f71-9b82-17c35fd0e2a4"
	missing := func(side model.Side) model.Licence { return model.Licence{Side: side, State: model.LicenceMissing} }
	for name, test := range map[string]struct {
		subscriptions []string
		want          [2]model.Licence
	}{
		"none":      {nil, [2]model.Licence{missing(model.IdentitySide), missing(model.EndpointSide)}},
		"unrelated": {[]string{subscription("Enabled", "f9646fb2-e3b2-4309-95de-dc4833737456", "Success")}, [2]model.Licence{missing(model.IdentitySide), missing(model.EndpointSide)}},
		"suspended": {[]string{subscription("Suspended", identity, "Success")},
			[2]model.Licence{missing(model.IdentitySide), missing(model.EndpointSide)}},
		"pending, and a lesser plan that works": {[]string{subscription("Enabled", p2, "PendingProvisioning", p1, "Success", identity, "PendingActivation")},
			[2]model.Licence{{Side: model.IdentitySide, State: model.LicencePending, Plan: "Defender for Identity", Hunting: true},
				{Side: model.EndpointSide, State: model.LicenceActive, Plan: "Defender for Endpoint P1"}}},
		"ends soon": {[]string{subscription("warning", p2, "success"), subscription("Enabled", business, "Success", identity, "Success")},
			[2]model.Licence{{Side: model.IdentitySide, State: model.LicenceActive, Plan: "Defender for Identity", Hunting: true},
				{Side: model.EndpointSide, State: model.LicenceWarning, Plan: "Defender for Endpoint P2", Hunting: true}}},
	} {
		got, err := say(t, 200, []byte(`{"value":[`+strings.Join(test.subscriptions, ",")+`]}`)).Licences(t.Context())
		if diff := cmp.Diff(test.want[:], got); diff != "" || err != nil {
			t.Errorf("%s: error %v, licences (-want +got):\n%s", name, err, diff)
		}
	}
	for name, want := range map[string][2]model.LicenceState{
		"subscribedSkus-mdi-mde-composed.json": {model.LicenceActive, model.LicenceActive},
		"subscribedSkus-none-composed.json":    {model.LicenceMissing, model.LicenceMissing},
		"subscribedSkus.json":                  {model.LicenceMissing, model.LicenceMissing},
	} {
		got, err := say(t, 200, readSample(t, name)).Licences(t.Context())
		if err != nil || got[0].State != want[0] || got[1].State != want[1] {
			t.Errorf("%s gives %+v, %v", name, got, err)
		}
	}
	_, err := say(t, 403, readSample(t, "error-403-composed.json")).Licences(t.Context())
	if f := failureOf(t, err); f.Kind != model.PermissionMissing || !strings.Contains(f.Seen, "LicenseAssignment.Read.All") {
		t.Errorf("no permission gives %v", f)
	}
}

func TestLogons(t *testing.T) {
	var query map[string]string
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&query); err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1.0/security/runHuntingQuery" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		fmt.Fprint(w, `{"Schema":[{"Name":"AccountSid","Type":"String"}],"Results":[
			{"accountSid":"s-1-5-21-1-2-3-1105","lastSeen":"2026-03-26T09:39:50.7688641Z","LASTDEVICE":"ws\u001b1.contoso.test","Devices":3},
			{"AccountSid":"S-1-5-18"},{"AccountSid":""},{"AccountSid":null},
			{"AccountSid":"S-1-5-21-1-2-3-1106","LastSeen":null,"LastDevice":null}]}`)
	})
	var got []model.Logon
	gaps, err := g.Logons(t.Context(), func(batch []model.Logon) error { got = append(got, batch...); return nil })
	want := []model.Logon{
		{SID: "S-1-5-21-1-2-3-1105", Machine: "ws␛1.contoso.test", At: at("2026-03-26T09:39:50.7688641Z")},
		{SID: "S-1-5-21-1-2-3-1106"},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil || len(gaps) > 0 {
		t.Errorf("gaps %+v, error %v, logons (-want +got):\n%s", gaps, err, diff)
	}
	if !strings.HasPrefix(query["Query"], "DeviceLogonEvents\n") || query["Timespan"] != "P30D" {
		t.Errorf("asked %v", query)
	}
}

func TestLogonsBeyondTheRowLimit(t *testing.T) {
	full := []byte(`{"results":[` + strings.Repeat(`{"AccountSid":"S-1-5-21-1-2-3-1105"},`, rowLimit-1) + `{"AccountSid":"S-1-5-21-1-2-3-1105"}]}`)
	queries := 0
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		queries++
		var query struct{ Query string }
		_ = json.NewDecoder(r.Body).Decode(&query)
		switch {
		case !strings.Contains(query.Query, "hash("), strings.Contains(query.Query, "== 3"):
			_, _ = w.Write(full)
		default:
			fmt.Fprintf(w, `{"results":[{"AccountSid":"S-1-5-21-1-2-3-%d"}]}`, 2000+queries)
		}
	})
	rows := 0
	gaps, err := g.Logons(t.Context(), func(batch []model.Logon) error { rows += len(batch); return nil })
	if err != nil || queries != 1+partitions || rows != rowLimit+partitions-1 {
		t.Errorf("%d queries, %d rows, error %v", queries, rows, err)
	}
	if len(gaps) != 1 || !gaps[0].Missing || !strings.Contains(gaps[0].What, "1 of 16 parts") {
		t.Errorf("gaps are %+v", gaps)
	}
	if _, err := g.Logons(t.Context(), func([]model.Logon) error { return nil }); err != nil || queries != 1+2*partitions {
		t.Errorf("%d queries after the second time, error %v", queries, err)
	}
}

func TestLogonsThatCannotBeAsked(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		kind   model.FailureKind
		seen   string
	}{
		"no table":      {400, `{"error":{"code":"BadRequest","message":"'where' operator: Failed to resolve table or column expression named 'DeviceLogonEvents'. Fix semantic errors in your query."}}`, model.LicenceAbsent, "no hunting data"},
		"no path":       {400, `{"error":{"code":"BadRequest","message":"Resource not found for the segment 'runHuntingQuery'."}}`, model.NotSupported, "segment"},
		"no permission": {403, `{"error":{"code":"Forbidden","message":"x"}}`, model.PermissionMissing, "ThreatHunting.Read.All"},
		"no licence":    {403, `{"error":{"code":"DisabledFeature","message":"x"}}`, model.LicenceAbsent, "DisabledFeature"},
		"no results":    {200, `{"schema":[]}`, model.Broken, "no results"},
	} {
		_, err := say(t, test.status, []byte(test.body)).Logons(t.Context(), nil)
		if f := failureOf(t, err); f.Kind != test.kind || !strings.Contains(f.Seen, test.seen) || f.Source != model.Identity || f.Remedy == "" {
			t.Errorf("%s gives %v %v", name, f.Kind, f)
		}
	}
	_, err := say(t, 400, readSample(t, "runHuntingQuery-error-400.json")).Logons(t.Context(), nil)
	if f := failureOf(t, err); f.Kind != model.LicenceAbsent {
		t.Errorf("the sample gives %v", f)
	}
	for _, name := range []string{"runHuntingQuery.json", "runHuntingQuery-pascal-case.json", "runHuntingQuery-badge-composed.json"} {
		// They answer other questions: no account, but an answer.
		if _, err := say(t, 200, readSample(t, name)).Logons(t.Context(), func([]model.Logon) error { t.Error("logons came"); return nil }); err != nil {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

func TestAutomation(t *testing.T) {
	for body, want := range map[string]bool{
		`{"value":{"activationMode":"automated"}}`: true, `{"activationMode":"Automated"}`: true,
		`{"value":{"activationMode":"manual"}}`: false, `{}`: false,
	} {
		if got, err := say(t, 200, []byte(body)).AutomaticActivation(t.Context()); err != nil || got != want {
			t.Errorf("%s gives %v, %v", body, got, err)
		}
	}
	if got, err := say(t, 200, readSample(t, "sensorCandidateActivationConfiguration.json")).AutomaticActivation(t.Context()); err != nil || got {
		t.Errorf("the sample gives %v, %v", got, err)
	}
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/beta/security/identities/settings/autoAuditingConfiguration" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(readSample(t, "autoAuditingConfiguration.json"))
	})
	if got, err := g.AutomaticAuditing(t.Context()); err != nil || !got {
		t.Errorf("the sample gives %v, %v", got, err)
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
