package graph

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

// sampled says for every sample answer how it is read; those of calls that adbadge does not make say so.
var sampled = map[string]func(t *testing.T, data []byte){
	"alerts_v2-list-mdi-composed.json":                sampleIdentityAlerts,
	"alerts_v2-list.json":                             sampleEndpointAlert,
	"alerts_v2-get.json":                              sampleEndpointAlert,
	"incidents-list.json":                             sampleIncidents,
	"incidents-list-expand-alerts.json":               sampleIncidents,
	"healthIssues-list.json":                          sampleHealthIssues,
	"healthIssue-update-response.json":                sampleHealthIssues,
	"sensors-list.json":                               sampleSensors,
	"sensorCandidateActivationConfiguration.json":     sampleActivation,
	"autoAuditingConfiguration.json":                  sampleAuditing,
	"runHuntingQuery.json":                            sampleOtherHunting,
	"runHuntingQuery-pascal-case.json":                sampleOtherHunting,
	"runHuntingQuery-badge-composed.json":             sampleOtherHunting,
	"runHuntingQuery-error-400.json":                  sampleAbsentTable,
	"subscribedSkus-mdi-mde-composed.json":            sampleLicences(model.LicenceActive, model.LicenceActive),
	"subscribedSkus-none-composed.json":               sampleLicences(model.LicenceMissing, model.LicenceMissing),
	"subscribedSkus.json":                             sampleLicences(model.LicenceMissing, model.LicenceMissing),
	"error-403-composed.json":                         sampleError(http.StatusForbidden, model.PermissionMissing, "Missing application roles"),
	"error-generic.json":                              sampleError(http.StatusBadRequest, model.NotSupported, "invalidRange"),
	"error-429.json":                                  sampleError(http.StatusTooManyRequests, model.Throttled, "Please retry again later"),
	"devices-list-composed.json":                      sampleDirectory,
	"users-list-composed.json":                        sampleDirectory,
	"sensorCandidates-list.json":                      sampleCandidates,
	"identityAccounts-list.json":                      nil, // accounts are read from the directory
	"identityAccounts-list-composed.json":             nil,
	"identityAccounts-invokeAction-response.json":     nil, // adbadge changes no account
	"token-response.json":                             nil, // the sign-in library reads it
	"token-error-authorization-pending-composed.json": nil,
}

func TestSamples(t *testing.T) { entratest.CheckShared(t, sampled, "samples", "graph") }

func sampleIdentityAlerts(t *testing.T, sample []byte) {
	got, gaps := readAlerts(t, say(t, 200, sample))
	if len(got) != 2 {
		t.Fatalf("%d alerts of Defender for Identity, want 2", len(got))
	}
	a, b := got[0], got[1]
	if a.ID != "aa5f3c1e2b-7d84-4b0e-9a61-2f6c0de81a37" || a.Phase != model.CredentialAccess || a.Severity != model.High || a.Status != model.StatusNew || a.IncidentID != "28283" {
		t.Errorf("the classic alert is %+v", a)
	}
	wantAccount := model.AccountRef{SID: "S-1-5-21-1111111111-2222222222-3333333333-1105", Object: guid(t, "6f1c2a54-0d0e-4c1c-9a7e-0f5f0d1b2c3d"), Name: "jdoe", Domain: "contoso.com", UPN: "jdoe@contoso.com"}
	if diff := cmp.Diff([]model.AccountRef{wantAccount}, a.Accounts); diff != "" {
		t.Errorf("its accounts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]model.DeviceRef{{Name: "wks-0042.contoso.com"}}, a.Devices); diff != "" {
		t.Errorf("its devices (-want +got):\n%s", diff)
	}
	want := []model.Evidence{
		{Kind: "user", Name: `contoso.com\jdoe`, Verdict: "suspicious", Roles: "attacker"},
		{Kind: "device", Name: "wks-0042.contoso.com", Verdict: "suspicious", Roles: "source"},
		{Kind: "IP address", Name: "10.0.4.42", Verdict: "suspicious", Roles: "source"},
	}
	if diff := cmp.Diff(want, a.Evidence); diff != "" {
		t.Errorf("its evidence (-want +got):\n%s", diff)
	}
	if b.ID != "ri638902031621033333_-1204856731" || b.Status != model.StatusInProgress || b.Severity != model.Medium || len(b.Accounts)+len(b.Devices) == 0 || b.Phase != model.CredentialAccess {
		t.Errorf("the alert in the newer form is %+v", b)
	}
	// The sample links to Microsoft's own server, which is not the one that was asked.
	if len(gaps) != 1 || !strings.Contains(gaps[0].What, "graph.microsoft.com") {
		t.Errorf("gaps are %+v", gaps)
	}
}

// sampleEndpointAlert is one of Defender for Endpoint, which is left to its own API; here only its form counts.
func sampleEndpointAlert(t *testing.T, data []byte) {
	var list struct{ Value []alertRecord }
	if err := json.Unmarshal(asList(data), &list); err != nil {
		t.Fatal(err)
	}
	a, ok := list.Value[0].alert(entra.NewTexts())
	if !ok || list.Value[0].isIdentity() || a.Devices[0].MachineID != "73e7e2de709dff64ef64b1d0c30e67fab63279db" || len(a.Devices) != 1 ||
		a.Phase != model.DefenseEvasion || a.URL == "" || a.Classification != "" || a.Created != at("2021-04-27T12:19:27.7211305Z") {
		t.Errorf("it is read as %+v", a)
	}
	var lines []string
	for _, e := range a.Evidence[1:] {
		lines = append(lines, e.String())
	}
	want := []string{
		`file C:\Program Files\temp\MsSense.exe: detected`, `process "MsSense.exe": detected`,
		`registry key HKEY_LOCAL_MACHINE\SYSTEM\CONTROLSET001\CONTROL\WMI\AUTOLOGGER\SENSEAUDITLOGGER`,
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("its evidence (-want +got):\n%s", diff)
	}
	if device := a.Evidence[0]; device.Kind != "device" || device.Roles != "compromised" {
		t.Errorf("the device is %v", device)
	}
}

// asList makes a single object the only item of a list.
func asList(data []byte) []byte {
	if strings.Contains(string(data), `"value": [`) {
		return data
	}
	return fmt.Appendf(nil, `{"value":[%s]}`, data)
}

func sampleIncidents(t *testing.T, data []byte) {
	want := []model.Incident{{
		ID: "2972395", Title: "Multi-stage incident involving Initial access & Command and control on multiple endpoints reported by multiple sources",
		Severity: model.Medium, Status: "active", AssignedTo: "KaiC@contoso.onmicrosoft.com", Updated: at("2021-09-30T09:35:45.1133333Z"),
		URL: "https://security.microsoft.com/incidents/2972395?tid=12f988bf-16f1-11af-11ab-1d7cd011db47",
	}}
	if diff := cmp.Diff(want, readIncidents(t, say(t, 200, data))); diff != "" {
		t.Errorf("incidents (-want +got):\n%s", diff)
	}
}

func sampleHealthIssues(t *testing.T, data []byte) {
	got, err := say(t, 200, asList(data)).HealthIssues(t.Context(), false)
	if strings.Contains(string(data), `"closed"`) {
		if err != nil || len(got) != 0 {
			t.Errorf("a closed issue gives %+v, %v", got, err)
		}
		return
	}
	if err != nil || len(got) != 1 || !got[0].Global || got[0].Severity != model.Medium || len(got[0].Sensors) != 2 || len(got[0].Domains) != 2 ||
		got[0].Title != "Directory Services Object Auditing is not configured as required" || len(got[0].Remedies) == 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func sampleSensors(t *testing.T, data []byte) {
	got, err := say(t, 200, data).Sensors(t.Context())
	want := []model.Sensor{{Name: "DC1", Domain: "domain1.test.local", Version: "2.239.18124.58593", Healthy: true, Health: "healthy", Deploy: "upToDate"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, sensors (-want +got):\n%s", err, diff)
	}
}

func sampleCandidates(t *testing.T, data []byte) {
	got, err := say(t, 200, data).SensorCandidates(t.Context())
	want := []model.SensorCandidate{{Name: "win-11.def.defensor.local", LastSeen: at("2024-10-29T19:55:10.9452778Z")}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, candidates (-want +got):\n%s", err, diff)
	}
}

func sampleActivation(t *testing.T, data []byte) {
	if got := readSettings(t, say(t, 200, data)); got[1].State != model.ToggleOff || got[0].State != model.ToggleUnknown {
		t.Errorf("got %+v", got)
	}
}

func sampleAuditing(t *testing.T, data []byte) {
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/beta/security/identities/settings/autoAuditingConfiguration" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(data)
	})
	if got := readSettings(t, g); got[0].State != model.ToggleOn || got[1].State != model.ToggleUnknown {
		t.Errorf("got %+v", got)
	}
}

// sampleOtherHunting answers other questions: no account, but an answer.
func sampleOtherHunting(t *testing.T, data []byte) {
	if _, err := say(t, 200, data).Logons(t.Context(), func([]model.Logon) error { t.Error("logons came"); return nil }); err != nil {
		t.Error(err)
	}
}

func sampleAbsentTable(t *testing.T, data []byte) {
	_, err := say(t, 400, data).Logons(t.Context(), nil)
	if f := failureOf(t, err); f.Kind != model.LicenceAbsent {
		t.Errorf("got %v", f)
	}
}

func sampleLicences(identity, endpoint model.LicenceState) func(*testing.T, []byte) {
	return func(t *testing.T, data []byte) {
		got, err := say(t, 200, data).Licences(t.Context())
		if err != nil || got[0].State != identity || got[1].State != endpoint {
			t.Errorf("got %+v, %v", got, err)
		}
		if endpoint == model.LicenceActive && (got[0].Plan != text.Line("Defender for Identity") || got[1].Plan != "Defender for Endpoint P2" || !got[1].Hunting) {
			t.Errorf("the plans are %+v", got)
		}
	}
}

// sampleError answers every question with an error.
func sampleError(status int, kind model.FailureKind, seen string) func(*testing.T, []byte) {
	return func(t *testing.T, data []byte) {
		g := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(status)
			_, _ = w.Write(data)
		})
		_, err := g.Alerts(t.Context(), time.Time{}, nil)
		f := failureOf(t, err)
		if f.Kind != kind || !strings.Contains(f.Seen, seen) || f.Source != model.Identity || f.Remedy == "" {
			t.Errorf("got %v %v", f.Kind, f)
		}
	}
}
