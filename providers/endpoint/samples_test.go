package endpoint

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra/entratest"
)

// sampled says for every sample answer how it is read; those of calls that adbadge does not make say so.
var sampled = map[string]func(t *testing.T, data []byte){
	"machines-list.json":               sampleMachine,
	"machine-get.json":                 sampleMachine,
	"user-machines-composed.json":      sampleMachine,
	"machines-list-filtered.json":      sampleFilteredMachines,
	"machine-get-observed.json":        sampleObservedMachine,
	"alerts-list-expand-evidence.json": sampleEvidence,
	"alert-get-composed.json": sampleAlert(func(a model.Alert) bool {
		return len(a.Accounts) == 2 && a.Investigation == "queued" && len(a.Evidence) == 3
	}),
	"alerts-list.json": sampleAlert(func(a model.Alert) bool {
		return a.ThreatFamily == "Meterpreter" && a.AssignedTo == "secop123@contoso.com" && a.IncidentID == "7587" && a.Category == "SuspiciousActivity" && a.Phase == model.Execution &&
			a.Classification == "true positive" && len(a.Accounts) == 1
	}),
	"alerts-by-machine-2018.json": sampleAlert(func(a model.Alert) bool {
		return a.ID == "636692391408655573_2010598859" && len(a.Devices) == 1 && a.IncidentID == "" && a.Created.Year() == 2018
	}),
	"alerts-by-machine-composed.json": sampleAlert(func(a model.Alert) bool {
		return a.Devices[0] == model.DeviceRef{MachineID: "1e5bc9d7e413ddd7902c2932e418702b84d0cc07", Name: "mymachine1.contoso.com"}
	}),
	"user-alerts-2018.json":     sampleAlert(func(a model.Alert) bool { return a.Status == model.StatusInProgress && a.IncidentID == "8633" }),
	"user-alerts-composed.json": sampleAlert(func(a model.Alert) bool { return a.Severity == model.Low }),
	"user-alerts-empty-composed.json": func(t *testing.T, data []byte) {
		if list, gaps := readAlerts(t, data); len(list) > 0 || len(gaps) > 0 {
			t.Errorf("the empty list gives %+v", list)
		}
	},
	"machine-logonusers.json":      sampleLogons,
	"error-400.json":               sampleError(400, model.Broken, "InvalidRequestBody"),
	"error-403-composed.json":      sampleError(403, model.PermissionMissing, "does not have any of the required application permissions"),
	"error-404.json":               sampleError(404, model.NotSupported, "Machine 123123123 was not found"),
	"error-429-composed.json":      sampleError(429, model.Throttled, "429"),
	"machine-alerts-count.json":    nil, // alerts are counted from their list
	"advancedqueries-run.json":     nil, // hunting goes through Microsoft Graph: this API is being retired
	"advancedhunting-run-xdr.json": nil,
	"machineaction-isolate.json":   nil, // adbadge acts on no machine
}

func TestSamples(t *testing.T) { entratest.CheckShared(t, sampled, "samples", "mde") }

// asList makes a single object the only item of a list.
func asList(object []byte) []byte {
	if strings.Contains(string(object), `"value"`) {
		return object
	}
	return fmt.Appendf(nil, `{"value":[%s]}`, object)
}

func sampleMachine(t *testing.T, data []byte) {
	got, gaps := readMachines(t, asList(data))
	want := []model.Machine{{
		ID: "1e5bc9d7e413ddd7902c2932e418702b84d0cc07", Name: "mymachine1.contoso.com", DeviceID: guid(t, "80fe8ff8-2624-418e-9591-41f0491218f9"),
		FirstSeen: at("2018-08-02T14:55:03.7791856Z"), LastSeen: at("2018-08-02T14:55:03.7791856Z"), OS: "Windows10", OSVersion: "1709",
		Onboarding: model.Onboarded, Health: model.HealthActive, Risk: model.Low, Exposure: model.Medium, CloudJoined: true,
		Tags: []text.Line{"test tag 1", "test tag 2"}, IP: "172.17.230.209", Setup: &model.Setup{Group: "The-A-Team"},
	}}
	if diff := cmp.Diff(want, got); diff != "" || len(gaps) > 0 {
		t.Errorf("gaps %v, machines (-want +got):\n%s", gaps, diff)
	}
}

func sampleFilteredMachines(t *testing.T, data []byte) {
	got, _ := readMachines(t, data)
	if m := got[0]; m.LastSeen != at("2021-01-25T07:27:36.052313Z") || m.Risk != model.High || m.Exposure != model.Low || m.OSVersion != "1901" ||
		m.CloudJoined || *m.Setup != (model.Setup{Group: "The-A-Team", Value: "normal"}) {
		t.Errorf("got %+v", m)
	}
}

func sampleObservedMachine(t *testing.T, data []byte) {
	got, _ := readMachines(t, asList(data))
	if m := got[0]; m.Name != "se-pov-desktop" || !m.CloudJoined || !m.DeviceID.IsZero() || m.Onboarding != model.Onboarded || m.Cloud != model.NotCloud ||
		m.MergedInto != "" || m.PotentialDuplicate || m.Excluded || m.OSVersion != "21H2" || m.Exposure != model.High || m.Risk != model.Medium ||
		*m.Setup != (model.Setup{Value: "normal", Sensor: "10.8470.19041.2788", Antivirus: "updated", ManagedBy: "Intune"}) {
		t.Errorf("got %+v, %+v", m, m.Setup)
	}
}

func sampleEvidence(t *testing.T, data []byte) {
	got, _ := readAlerts(t, data)
	if len(got) != 1 {
		t.Fatalf("%d alerts", len(got))
	}
	a := got[0]
	want := model.Alert{
		ID: "da637472900382838869_1364969609", Product: model.DefenderForEndpoint, Title: "Low-reputation arbitrary code executed by signed executable",
		Description: a.Description, Category: "Execution", Phase: model.Execution, Severity: model.Low, Status: model.StatusNew,
		Techniques: []text.Line{"T1064", "T1085", "T1220"}, Source: "WindowsDefenderAtp", IncidentID: "1126093", Investigation: "queued",
		Created: at("2021-01-26T20:33:57.7220239Z"), Updated: at("2021-01-26T20:33:59.2Z"), FirstActivity: at("2021-01-26T20:31:32.9562661Z"), LastActivity: at("2021-01-26T20:31:33.0577322Z"),
		Devices: []model.DeviceRef{{MachineID: "111e6dd8c833c8a052ea231ec1b19adaf497b625", Name: "temp123.middleeast.corp.microsoft.com"}},
		Accounts: []model.AccountRef{
			{SID: "S-1-5-21-11111607-1111760036-109187956-75141", Name: "name", Domain: "DOMAIN", UPN: "temp123@microsoft.com"},
			{Name: "temp123", Domain: "DOMAIN"},
		},
		Evidence: []model.Evidence{
			{Kind: "user", Name: `DOMAIN\name`},
			{Kind: "process", Name: `rundll32.exe  c:\temp\suspicious.dll,RepeatAfterMe`, Detection: "detected"},
			{Kind: "file", Name: `c:\temp\suspicious.dll`, Detection: "detected"},
		},
	}
	if diff := cmp.Diff(want, a); diff != "" || len(a.Description) < 100 {
		t.Errorf("alert (-want +got):\n%s", diff)
	}
}

func sampleAlert(check func(a model.Alert) bool) func(*testing.T, []byte) {
	return func(t *testing.T, data []byte) {
		list, gaps := readAlerts(t, asList(data))
		if len(list) == 0 || len(gaps) > 0 || !check(list[0]) {
			t.Errorf("got %+v, gaps %v", list, gaps)
		}
	}
}

func sampleLogons(t *testing.T, data []byte) {
	e, _ := serve(t, http.StatusOK, data)
	got, err := e.LoggedOn(t.Context(), "1e5bc9d7e413ddd7902c2932e418702b84d0cc07")
	if err != nil || len(got) != 1 || got[0].Name != "user1" || got[0].Domain != "contoso" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// sampleError answers every question with an error.
func sampleError(status int, kind model.FailureKind, seen string) func(*testing.T, []byte) {
	return func(t *testing.T, data []byte) {
		server := entratest.New(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(status)
			_, _ = w.Write(data)
		}))
		_, err := New(server.API(t, model.Endpoint, "Defender for Endpoint API")).Alerts(t.Context(), time.Time{}, nil)
		f, ok := errors.AsType[*model.Failure](err)
		if !ok || f.Kind != kind || !strings.Contains(f.Seen, seen) || f.Source != model.Endpoint || f.Remedy == "" {
			t.Errorf("got %v", err)
		}
	}
}
