package endpoint

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
	"adbadge/providers/entra/entratest"
)

// samples holds the vendor's own answers; they are not part of the project.
const samples = "../../../shared/samples/mde"

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

// serve gives an endpoint whose API answers every request with the same bytes.
func serve(t *testing.T, status int, body []byte) (*Endpoint, *http.Request) {
	t.Helper()
	var last http.Request
	server := entratest.New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last = *r
		w.Header().Set("Content-Type", "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}))
	return New(server.API(t, model.Endpoint, "Defender for Endpoint API")), &last
}

func readMachines(t *testing.T, body []byte) ([]model.Machine, []model.Gap) {
	t.Helper()
	e, _ := serve(t, http.StatusOK, body)
	var list []model.Machine
	gaps, err := e.Machines(t.Context(), func(batch []model.Machine) error { list = append(list, batch...); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return list, gaps
}

func readAlerts(t *testing.T, body []byte) ([]model.Alert, []model.Gap) {
	t.Helper()
	e, _ := serve(t, http.StatusOK, body)
	var list []model.Alert
	gaps, err := e.Alerts(t.Context(), func(batch []model.Alert) error { list = append(list, batch...); return nil })
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

func TestMachines(t *testing.T) {
	body, err := os.ReadFile("testdata/machines.json")
	if err != nil {
		t.Fatal(err)
	}
	got, gaps := readMachines(t, body)
	want := []model.Machine{
		{
			ID: "1e5bc9d7e413ddd7902c2932e418702b84d0cc07", Name: "DC01.contoso.test.", DeviceID: guid(t, "6f1c2a54-0d0e-4c1c-9a7e-0f5f0d1b2c3d"),
			FirstSeen: at("2026-01-02T03:04:05.1234567Z"), LastSeen: at("2026-03-04T05:06:07Z"), OS: "WindowsServer2025", OSVersion: "24H2",
			Onboarding: model.Onboarded, Health: model.HealthImpaired, Risk: model.High, IP: "10.0.0.1", Tags: []text.Line{"tier 0", "␛[31mred"},
		},
		{ID: "2222222222222222222222222222222222222222", Name: "vm1", Onboarding: model.CanBeOnboarded, Health: model.HealthInactive, Cloud: model.AzureVM},
		{
			ID: "3333333333333333333333333333333333333333", Name: "arc1.contoso.test", LastSeen: at("2026-03-04T05:06:07Z"), Onboarding: model.Onboarded,
			Health: model.HealthNoSensorData, Risk: model.OtherSeverity, Cloud: model.AzureArc, MergedInto: "1e5bc9d7e413ddd7902c2932e418702b84d0cc07",
		},
		{ID: "4444444444444444444444444444444444444444", Name: "aws1", Onboarding: model.Onboarded, Health: model.HealthActive, Cloud: model.OtherCloud},
		{ID: "5555555555555555555555555555555555555555"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("machines (-want +got):\n%s", diff)
	}
	if len(gaps) != 1 || gaps[0].Count != 2 || !gaps[0].Missing {
		t.Errorf("gaps are %+v", gaps)
	}
}

func TestSampleMachines(t *testing.T) {
	listed, _ := readMachines(t, readSample(t, "machines-list.json"))
	want := model.Machine{
		ID: "1e5bc9d7e413ddd7902c2932e418702b84d0cc07", Name: "mymachine1.contoso.com", DeviceID: guid(t, "80fe8ff8-2624-418e-9591-41f0491218f9"),
		FirstSeen: at("2018-08-02T14:55:03.7791856Z"), LastSeen: at("2018-08-02T14:55:03.7791856Z"), OS: "Windows10", OSVersion: "1709",
		Onboarding: model.Onboarded, Health: model.HealthActive, Risk: model.Low, Exposure: model.Medium, CloudJoined: true,
		Tags: []text.Line{"test tag 1", "test tag 2"}, IP: "172.17.230.209",
	}
	if diff := cmp.Diff([]model.Machine{want}, listed); diff != "" {
		t.Errorf("machines-list (-want +got):\n%s", diff)
	}
	for _, name := range []string{"machine-get.json", "user-machines-composed.json"} {
		got, _ := readMachines(t, asList(readSample(t, name)))
		if diff := cmp.Diff([]model.Machine{want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	filtered, _ := readMachines(t, readSample(t, "machines-list-filtered.json"))
	if m := filtered[0]; m.LastSeen != at("2021-01-25T07:27:36.052313Z") || m.Risk != model.High || m.Exposure != model.Low || m.OSVersion != "1901" || m.CloudJoined {
		t.Errorf("machines-list-filtered: %+v", m)
	}
	observed, _ := readMachines(t, asList(readSample(t, "machine-get-observed.json")))
	if m := observed[0]; m.Name != "se-pov-desktop" || !m.CloudJoined || !m.DeviceID.IsZero() || m.Onboarding != model.Onboarded || m.Cloud != model.NotCloud ||
		m.MergedInto != "" || m.OSVersion != "21H2" || m.Exposure != model.High || m.Risk != model.Medium {
		t.Errorf("machine-get-observed: %+v", m)
	}
}

// asList makes a single object the only item of a list.
func asList(object []byte) []byte {
	if strings.Contains(string(object), `"value"`) {
		return object
	}
	return fmt.Appendf(nil, `{"value":[%s]}`, object)
}

func TestNoRecentMachines(t *testing.T) {
	e, _ := serve(t, http.StatusNotFound, []byte(`{"error":{"code":"ResourceNotFound","message":"No recent machines","target":"43f4cb08-8fac-4b65-9db1-745c2ae65f3a"}}`))
	gaps, err := e.Machines(t.Context(), func([]model.Machine) error { t.Error("machines came"); return nil })
	if err != nil || len(gaps) != 1 || gaps[0].Missing || !strings.Contains(gaps[0].What, "no machine has reported") {
		t.Errorf("gaps %+v, error %v", gaps, err)
	}
	e, _ = serve(t, http.StatusNotFound, []byte(`<html>`))
	if _, err := e.Machines(t.Context(), nil); err == nil {
		t.Error("a wrong address passes for an empty list")
	}
}

func TestAlerts(t *testing.T) {
	body := `{"value":[
		{"id":"da1_1","title":"T\u202ex","severity":"UnSpecified","status":"Paused","category":"LateralMovement","incidentId":"77","machineId":"zz","computerDnsName":"PC1",
		 "relatedUser":"CONTOSO\\anna","mitreTechniques":["T1021"],"evidence":[
			{"entityType":"user","accountName":"Anna","domainName":"contoso","userSid":"s-1-5-21-1-2-3-1105","userPrincipalName":"anna@contoso.test"},
			{"entityType":"Process","accountName":"SYSTEM","userSid":"S-1-5-18"},
			{"entityType":"User"}]},
		{"id":"636692391408655573_2010598859","severity":"hIGH","status":"inprogress","category":"Malware","machineId":"1E5BC9D7E413DDD7902C2932E418702B84D0CC07","relatedUser":null,"incidentId":null},
		{"id":"aa-1","category":"Persistence","relatedUser":{"userName":"bo","domainName":"PC1"},"evidence":null},
		{"id":"a/b"},
		{"id":"x","severity":3,"status":[],"relatedUser":7}]}`
	got, gaps := readAlerts(t, []byte(body))
	want := []model.Alert{
		{ID: "da1_1", Product: model.DefenderForEndpoint, Title: "T\uFFFDx", Category: "LateralMovement", Phase: model.LateralMovement, Severity: model.OtherSeverity,
			SeverityText: "UnSpecified", StatusText: "Paused", Incident: "77", Techniques: []text.Line{"T1021"}, Devices: []model.DeviceRef{{Name: "PC1"}},
			Accounts: []model.AccountRef{{SID: "S-1-5-21-1-2-3-1105", Name: "Anna", Domain: "contoso", UPN: "anna@contoso.test"}}},
		{ID: "636692391408655573_2010598859", Product: model.DefenderForEndpoint, Category: "Malware", Severity: model.High, Status: model.StatusInProgress,
			Devices: []model.DeviceRef{{MachineID: "1e5bc9d7e413ddd7902c2932e418702b84d0cc07"}}},
		{ID: "aa-1", Product: model.DefenderForIdentity, Category: "Persistence", Phase: model.DomainDominance, Severity: model.OtherSeverity,
			Accounts: []model.AccountRef{{Name: "bo", Domain: "PC1"}}},
		{ID: "x", Product: model.DefenderForEndpoint, Severity: model.OtherSeverity},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alerts (-want +got):\n%s", diff)
	}
	if len(gaps) != 1 || gaps[0].Count != 1 {
		t.Errorf("gaps are %+v", gaps)
	}
}

func TestAlertsAreAskedForWithEvidence(t *testing.T) {
	e, request := serve(t, http.StatusOK, []byte(`{"value":[]}`))
	if _, err := e.Alerts(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if want := "/api/alerts?$expand=evidence&$top=2000"; request.RequestURI != want {
		t.Errorf("asked for %s, want %s", request.RequestURI, want)
	}
}

func TestSampleAlerts(t *testing.T) {
	got, _ := readAlerts(t, readSample(t, "alerts-list-expand-evidence.json"))
	if len(got) != 1 {
		t.Fatalf("%d alerts", len(got))
	}
	a := got[0]
	want := model.Alert{
		ID: "da637472900382838869_1364969609", Product: model.DefenderForEndpoint, Title: "Low-reputation arbitrary code executed by signed executable",
		Description: a.Description, Category: "Execution", Phase: model.Execution, Severity: model.Low, Status: model.StatusNew,
		Techniques: []text.Line{"T1064", "T1085", "T1220"}, Source: "WindowsDefenderAtp", Incident: "1126093",
		Created: at("2021-01-26T20:33:57.7220239Z"), Updated: at("2021-01-26T20:33:59.2Z"), FirstActivity: at("2021-01-26T20:31:32.9562661Z"), LastActivity: at("2021-01-26T20:31:33.0577322Z"),
		Devices: []model.DeviceRef{{MachineID: "111e6dd8c833c8a052ea231ec1b19adaf497b625", Name: "temp123.middleeast.corp.microsoft.com"}},
		Accounts: []model.AccountRef{
			{SID: "S-1-5-21-11111607-1111760036-109187956-75141", Name: "name", Domain: "DOMAIN", UPN: "temp123@microsoft.com"},
			{Name: "temp123", Domain: "DOMAIN"},
		},
	}
	if diff := cmp.Diff(want, a); diff != "" || len(a.Description) < 100 {
		t.Errorf("alert (-want +got):\n%s", diff)
	}
	for name, check := range map[string]func(a model.Alert) bool{
		"alerts-list.json": func(a model.Alert) bool {
			return a.ThreatFamily == "Meterpreter" && a.AssignedTo == "secop123@contoso.com" && a.Incident == "7587" && a.Phase == model.NoPhase && len(a.Accounts) == 1
		},
		"alert-get-composed.json": func(a model.Alert) bool { return len(a.Accounts) == 2 },
		"alerts-by-machine-2018.json": func(a model.Alert) bool {
			return a.ID == "636692391408655573_2010598859" && len(a.Devices) == 1 && a.Incident == "" && a.Created.Year() == 2018
		},
		"alerts-by-machine-composed.json": func(a model.Alert) bool {
			return a.Devices[0] == model.DeviceRef{MachineID: "1e5bc9d7e413ddd7902c2932e418702b84d0cc07", Name: "mymachine1.contoso.com"}
		},
		"user-alerts-2018.json":     func(a model.Alert) bool { return a.Status == model.StatusInProgress && a.Incident == "8633" },
		"user-alerts-composed.json": func(a model.Alert) bool { return a.Severity == model.Low },
	} {
		list, gaps := readAlerts(t, asList(readSample(t, name)))
		if len(list) == 0 || len(gaps) > 0 || !check(list[0]) {
			t.Errorf("%s gives %+v", name, list)
		}
	}
	if list, gaps := readAlerts(t, readSample(t, "user-alerts-empty-composed.json")); len(list) > 0 || len(gaps) > 0 {
		t.Errorf("the empty list gives %+v", list)
	}
}

func TestSampleErrors(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		kind   model.FailureKind
		seen   string
	}{
		"error-400.json":          {400, model.Broken, "InvalidRequestBody"},
		"error-403-composed.json": {403, model.PermissionMissing, "does not have any of the required application permissions"},
		"error-404.json":          {404, model.NotSupported, "Machine 123123123 was not found"},
	} {
		e, _ := serve(t, test.status, readSample(t, name))
		_, err := e.Alerts(t.Context(), nil)
		f, ok := errors.AsType[*model.Failure](err)
		if !ok || f.Kind != test.kind || !strings.Contains(f.Seen, test.seen) || f.Source != model.Endpoint {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

func TestLoggedOn(t *testing.T) {
	const id = "1e5bc9d7e413ddd7902c2932e418702b84d0cc07"
	e, request := serve(t, http.StatusOK, []byte(`{"value":[
		{"id":"contoso\\old","accountName":"old","accountDomain":"contoso","lastSeen":"2020-01-06T08:01:48Z"},
		{"id":"contoso\\new","accountName":"new","accountDomain":"contoso","lastSeen":"2021-01-06T08:01:48Z"},{}]}`))
	got, err := e.LoggedOn(t.Context(), id)
	want := []model.Logon{
		{Name: "new", Domain: "contoso", At: at("2021-01-06T08:01:48Z")},
		{Name: "old", Domain: "contoso", At: at("2020-01-06T08:01:48Z")},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, logons (-want +got):\n%s", err, diff)
	}
	if request.RequestURI != "/api/machines/"+id+"/logonusers" {
		t.Errorf("asked for %s", request.RequestURI)
	}
	if _, err := e.LoggedOn(t.Context(), "../../alerts"); err == nil {
		t.Error("an id that is none was sent")
	}
	e, _ = serve(t, http.StatusOK, readSample(t, "machine-logonusers.json"))
	if got, err := e.LoggedOn(t.Context(), id); err != nil || len(got) != 1 || got[0].Name != "user1" || got[0].Domain != "contoso" {
		t.Errorf("the sample gives %+v, %v", got, err)
	}
}

// A machine and an account in one record serve both questions: which machines, and who on each of them.
func TestAccount(t *testing.T) {
	const record = `{"id":"%[1]d%039[2]d","computerDnsName":"ws%[1]d.contoso.test","accountName":"Anna","accountDomain":%[3]q,"lastSeen":"2021-01-0%[1]dT08:01:48Z"}`
	records := func(domain string, count int) []byte {
		var list []string
		for n := range count {
			list = append(list, fmt.Sprintf(record, n+1, 0, domain))
		}
		return []byte(`{"value":[` + strings.Join(list, ",") + `]}`)
	}
	notFound := []byte(`{"error":{"code":"ResourceNotFound","message":"User nobody was not found"}}`)
	for _, test := range []struct {
		about   string
		status  int
		body    []byte
		account text.Line
		count   int
		whole   bool
	}{
		{"seen", http.StatusOK, records("contoso", 2), "anna", 4, true},
		{"on more machines than are asked", http.StatusOK, records("contoso", 6), "anna", 30, false},
		{"on machines that do not name it", http.StatusOK, records("contoso", 2), "otto", 0, false},
		{"without a domain", http.StatusOK, records("", 1), "anna", 0, false},
		{"nowhere", http.StatusOK, []byte(`{"value":[]}`), "anna", 0, true},
		{"nowhere, as answered formerly", http.StatusNotFound, notFound, "nobody", 0, true},
	} {
		e, _ := serve(t, test.status, test.body)
		logons, whole, err := e.Account(t.Context(), test.account)
		if err != nil || len(logons) != test.count || whole != test.whole {
			t.Errorf("%s: %d logons, whole %v, %v; want %d, %v", test.about, len(logons), whole, err, test.count, test.whole)
		}
		for _, l := range logons {
			if l.Domain != "contoso" || l.Name != "Anna" || !strings.HasPrefix(l.Machine.String(), "ws") || l.At.IsZero() {
				t.Errorf("%s: %+v", test.about, l)
			}
		}
	}
	e, request := serve(t, http.StatusOK, []byte(`{"value":[]}`))
	if _, _, err := e.Account(t.Context(), "../a b"); err != nil || request.RequestURI != "/api/users/..%2Fa%20b/machines" {
		t.Errorf("%v, asked for %s", err, request.RequestURI)
	}
	if _, _, err := e.Account(t.Context(), ""); err == nil {
		t.Error("an account without a name was asked for")
	}
	e, _ = serve(t, http.StatusForbidden, []byte(`{"error":{"code":"Forbidden","message":"no"}}`))
	if _, whole, err := e.Account(t.Context(), "anna"); err == nil || whole {
		t.Errorf("whole %v, %v, want an error", whole, err)
	}
}

func FuzzRecords(f *testing.F) {
	machines, err := os.ReadFile("testdata/machines.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(machines)
	f.Add([]byte(`{"value":[{"id":"da1_1","relatedUser":"A\\b","incidentId":"7","evidence":[{"entityType":"User","userSid":"S-1-5-21-1"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var machines struct{ Value []machineRecord }
		var alerts struct{ Value []alertRecord }
		_ = json.Unmarshal(data, &machines) // what fits is filled in
		_ = json.Unmarshal(data, &alerts)
		mr, ar := machineReader{words: words{}, seen: map[[20]byte]struct{}{}}, alertReader{words: words{}}
		for i := range machines.Value {
			if m, ok := mr.read(&machines.Value[i]); ok && (len(m.ID) != 40 || strings.ToLower(m.ID) != m.ID || m.Name != text.Clean(m.Name.String())) {
				t.Errorf("machine %+v", m)
			}
		}
		for i := range alerts.Value {
			if a, ok := ar.read(&alerts.Value[i]); ok && (a.ID == "" || strings.ContainsAny(a.ID, "/?#\\ .") || a.Title != text.Clean(a.Title.String())) {
				t.Errorf("alert %+v", a)
			}
		}
	})
}

func BenchmarkDecodeMachines(b *testing.B) {
	const record = `{"id":"%040x","mergedIntoMachineId":null,"isPotentialDuplication":false,"isExcluded":false,"exclusionReason":null,"computerDnsName":"ws-%06d.emea.contoso.test","firstSeen":"2023-04-19T13:27:53.1618923Z","lastSeen":"2023-05-04T17:40:05.684607Z","osPlatform":"Windows10","osVersion":null,"osProcessor":"x64","version":"21H2","lastIpAddress":"172.20.10.4","lastExternalIpAddress":"174.209.205.235","agentVersion":"10.8470.19041.2788","osBuild":19044,"healthStatus":"Active","deviceValue":"Normal","rbacGroupId":0,"rbacGroupName":null,"riskScore":"Medium","exposureLevel":"High","isAadJoined":true,"aadDeviceId":"6f1c2a54-0d0e-4c1c-9a7e-0f5f0d1b2c3d","machineTags":["tier 1"],"defenderAvStatus":"Updated","onboardingStatus":"Onboarded","osArchitecture":"64-bit","managedBy":"Intune","managedByStatus":"Unknown","ipAddresses":[{"ipAddress":"172.20.10.5","macAddress":"000C2992A643","type":"Ethernet","operationalStatus":"Up"},{"ipAddress":"127.0.0.1","macAddress":null,"type":"SoftwareLoopback","operationalStatus":"Up"}],"vmMetadata":null}`
	const size = 10_000
	page := []byte(`{"value":[`)
	for i := range size {
		if i > 0 {
			page = append(page, ',')
		}
		page = fmt.Appendf(page, record, i, i)
	}
	page = append(page, "]}"...)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		var in struct{ Value []machineRecord }
		if err := json.Unmarshal(page, &in); err != nil {
			b.Fatal(err)
		}
		r := machineReader{words: words{}, seen: map[[20]byte]struct{}{}}
		read := 0
		for i := range in.Value {
			if _, ok := r.read(&in.Value[i]); ok {
				read++
			}
		}
		if read != size {
			b.Fatal(read)
		}
	}
	b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds(), "machines/s")
}
