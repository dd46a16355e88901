package endpoint

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra/entratest"
)

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
	reading, err := e.Machines(t.Context(), time.Time{}, func(batch []model.Machine) error { list = append(list, batch...); return nil })
	gaps := reading.Gaps
	if err != nil {
		t.Fatal(err)
	}
	return list, gaps
}

func readAlerts(t *testing.T, body []byte) ([]model.Alert, []model.Gap) {
	t.Helper()
	e, _ := serve(t, http.StatusOK, body)
	var list []model.Alert
	reading, err := e.Alerts(t.Context(), time.Time{}, func(batch []model.Alert) error { list = append(list, batch...); return nil })
	gaps := reading.Gaps
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
			PotentialDuplicate: true, Excluded: true,
			Setup: &model.Setup{Group: "Servers", Value: "high", Sensor: "10.8780", Antivirus: "not updated", ManagedBy: "Intune", Exclusion: "Test machine"},
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

func TestNoRecentMachines(t *testing.T) {
	e, _ := serve(t, http.StatusNotFound, []byte(`{"error":{"code":"ResourceNotFound","message":"No recent machines","target":"43f4cb08-8fac-4b65-9db1-745c2ae65f3a"}}`))
	reading, err := e.Machines(t.Context(), time.Time{}, func([]model.Machine) error { t.Error("machines came"); return nil })
	gaps := reading.Gaps
	if err != nil || len(gaps) != 1 || gaps[0].Missing || !strings.Contains(gaps[0].What, "no machine has reported") {
		t.Errorf("gaps %+v, error %v", gaps, err)
	}
	e, _ = serve(t, http.StatusNotFound, []byte(`<html>`))
	if _, err := e.Machines(t.Context(), time.Time{}, nil); err == nil {
		t.Error("a wrong address passes for an empty list")
	}
}

func TestAlerts(t *testing.T) {
	body := `{"value":[
		{"id":"da1_1","title":"T\u202ex","severity":"UnSpecified","status":"Paused","category":"LateralMovement","incidentId":"77","classification":"TruePositive","determination":"SomethingElse Entirely","investigationState":"PendingApproval","machineId":"zz","computerDnsName":"PC1",
		 "relatedUser":"CONTOSO\\anna","mitreTechniques":["T1021"],"evidence":[
			{"entityType":"user","accountName":"Anna","domainName":"contoso","userSid":"s-1-5-21-1-2-3-1105","userPrincipalName":"anna@contoso.test"},
			{"entityType":"Process","processCommandLine":"cmd.exe /c \u001b","fileName":"cmd.exe","accountName":"SYSTEM","userSid":"S-1-5-18","detectionStatus":"Prevented"},
			{"entityType":"User"},
			{"entityType":"Process","fileName":"a.exe","filePath":"C:\\Temp"},{"entityType":"File","sha256":"ab12","sha1":"cd"},{"entityType":"Ip","ipAddress":"203.0.113.7"},
			{"entityType":"Url","url":"http://fabrikam.test"},{"entityType":"RegistryKeyValue","registryHive":"HKLM","registryKey":"SOFTWARE\\Run","registryValue":"u.vbs"},
			{"entityType":"Mailbox","userPrincipalName":"anna@contoso.test"},{"entityType":"SomethingNew","evidenceCreationTime":null},{"evidenceCreationTime":null}]},
		{"id":"636692391408655573_2010598859","severity":"hIGH","status":"inprogress","category":"Malware","machineId":"1E5BC9D7E413DDD7902C2932E418702B84D0CC07","relatedUser":null,"incidentId":null},
		{"id":"aa-1","category":"Persistence","relatedUser":{"userName":"bo","domainName":"PC1"},"evidence":null},
		{"id":"a/b"},
		{"id":"x","severity":3,"status":[],"relatedUser":7}]}`
	got, gaps := readAlerts(t, []byte(body))
	want := []model.Alert{
		{ID: "da1_1", Product: model.DefenderForEndpoint, Title: "T\uFFFDx", Category: "LateralMovement", Phase: model.LateralMovement, Severity: model.OtherSeverity,
			SeverityText: "UnSpecified", StatusText: "Paused", IncidentID: "77", Techniques: []text.Line{"T1021"}, Devices: []model.DeviceRef{{Name: "PC1"}},
			Classification: "true positive", Determination: "SomethingElse Entirely", Investigation: "pending approval",
			Accounts: []model.AccountRef{{SID: "S-1-5-21-1-2-3-1105", Name: "Anna", Domain: "contoso", UPN: "anna@contoso.test"}},
			Evidence: []model.Evidence{
				{Kind: "user", Name: `contoso\Anna`}, {Kind: "process", Name: "cmd.exe /c ␛", Detection: "prevented"}, {Kind: "user"},
				{Kind: "process", Name: `C:\Temp\a.exe`}, {Kind: "file", Name: "ab12"}, {Kind: "IP address", Name: "203.0.113.7"}, {Kind: "URL", Name: "http://fabrikam.test"},
				{Kind: "registry key value", Name: `HKLM\SOFTWARE\Run\u.vbs`}, {Kind: "mailbox", Name: "anna@contoso.test"}, {Kind: "something new"},
			}},
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
	if _, err := e.Alerts(t.Context(), time.Time{}, nil); err != nil {
		t.Fatal(err)
	}
	if want := "/api/alerts?$expand=evidence&$top=2000"; request.RequestURI != want {
		t.Errorf("asked for %s, want %s", request.RequestURI, want)
	}
}

// Changes are asked for by the clock of the service; where it does not tell them apart, callers read everything.
func TestChanges(t *testing.T) {
	since := time.Date(2026, 3, 3, 13, 0, 0, 999, time.FixedZone("", 3600))
	status, body := http.StatusOK, `{"value":[]}`
	var last http.Request
	server := entratest.New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last = *r
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Date", "Tue, 03 Mar 2026 15:00:00 GMT")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	e := New(server.API(t, model.Endpoint, "Defender for Endpoint API"))
	reading, err := e.Machines(t.Context(), since, func([]model.Machine) error { return nil })
	if want := "/api/machines?$filter=lastSeen%20ge%202026-03-03T12%3A00%3A00Z&$top=10000"; err != nil || last.RequestURI != want {
		t.Errorf("asked for %s, want %s; error %v", last.RequestURI, want, err)
	}
	if !reading.At.Equal(at("2026-03-03T15:00:00Z")) {
		t.Errorf("the reading is of %v", reading.At)
	}
	reading, err = e.Alerts(t.Context(), since, func([]model.Alert) error { return nil })
	if want := "/api/alerts?$expand=evidence&$filter=lastUpdateTime%20ge%202026-03-03T12%3A00%3A00Z&$top=2000"; err != nil || last.RequestURI != want || reading.At.IsZero() {
		t.Errorf("asked for %s, want %s; read at %v, error %v", last.RequestURI, want, reading.At, err)
	}
	for _, refusal := range []int{http.StatusBadRequest, http.StatusNotFound, http.StatusNotImplemented} {
		status, body = refusal, `{"error":{"code":"ResourceNotFound","message":"x"}}`
		if _, err := e.Machines(t.Context(), since, nil); err != model.ErrChangesRefused {
			t.Errorf("status %d about machines gives %v", refusal, err)
		}
		if _, err := e.Alerts(t.Context(), since, nil); err != model.ErrChangesRefused {
			t.Errorf("status %d about alerts gives %v", refusal, err)
		}
		if _, err := e.Alerts(t.Context(), time.Time{}, nil); errors.Is(err, model.ErrChangesRefused) || err == nil {
			t.Errorf("status %d about all alerts gives %v", refusal, err)
		}
	}
	status = http.StatusForbidden
	if _, err := e.Machines(t.Context(), since, nil); errors.Is(err, model.ErrChangesRefused) || err == nil {
		t.Errorf("no permission gives %v", err)
	}
}

// A list that never ends is cut off, and says so. What came is used.
func TestListsWithoutEnd(t *testing.T) {
	var asked atomic.Int32
	server := entratest.New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"value":[{"id":"%040x"}],"@odata.nextLink":"https://%s%s?page=%d"}`, page, r.Host, r.URL.Path, page)
	}))
	e := New(server.API(t, model.Endpoint, "Defender for Endpoint API"))
	machines, alerts := 0, 0
	reading, err := e.Machines(t.Context(), time.Time{}, func(batch []model.Machine) error { machines += len(batch); return nil })
	gaps := reading.Gaps
	if err != nil || machines != machinePages || len(gaps) != 1 || !gaps[0].Missing || !strings.Contains(gaps[0].What, "more than 200 pages") {
		t.Errorf("%d machines, gaps %+v, error %v", machines, gaps, err)
	}
	reading, err = e.Alerts(t.Context(), time.Time{}, func(batch []model.Alert) error { alerts += len(batch); return nil })
	gaps = reading.Gaps
	if err != nil || alerts != alertPages || len(gaps) != 1 || !gaps[0].Missing {
		t.Errorf("%d alerts, gaps %+v, error %v", alerts, gaps, err)
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
	cut, _ := serve(t, http.StatusOK, []byte(`{"value":[{"accountName":"new"},7]}`))
	if got, err := cut.LoggedOn(t.Context(), id); err == nil || got != nil || !strings.Contains(err.Error(), "could not be understood") {
		t.Errorf("a list of which a part is lost gives %v, %v", got, err)
	}
	if _, err := e.LoggedOn(t.Context(), "../../alerts"); err == nil {
		t.Error("an id that is none was sent")
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
