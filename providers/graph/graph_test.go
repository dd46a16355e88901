package graph

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra/entratest"
)

// readSample reads one of the vendor's own answers; they are not part of the project.
func readSample(t *testing.T, name string) []byte {
	t.Helper()
	return entratest.ReadShared(t, "samples", "graph", name)
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
	reading, err := g.Alerts(t.Context(), time.Time{}, func(batch []model.Alert) error { list = append(list, batch...); return nil })
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
			Techniques: []text.Line{"T9999", "T1003.006"}, Source: "somethingNew", IncidentID: "28284",
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
			Evidence: []model.Evidence{
				{Kind: "user", Name: `contoso.test\jdoe`},
				{Kind: "host logon session", Name: `CONTOSO\svc on srv1.contoso.test`},
				{Kind: "device", Name: "wks-0042.contoso.test"},
				{Kind: "process", Name: `contoso.test\jdoe`},
				{Kind: "mailbox"},
				{Kind: "something new"},
				{Kind: "IP address", Name: "10.0.4.42"},
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

// Changes are asked for by the clock of the service; where it does not tell them apart, callers read everything.
func TestChanges(t *testing.T) {
	since := at("2026-03-03T12:00:00Z")
	var asked []string
	refuse := func(*http.Request) bool { return false }
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		w.Header().Set("Date", "Tue, 03 Mar 2026 15:00:00 GMT")
		if refuse(r) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":{"code":"BadRequest","message":"not allowed"}}`)
			return
		}
		fmt.Fprint(w, `{"value":[]}`)
	})
	questions := map[string]func(time.Time) (model.Reading, error){
		"/v1.0/security/alerts_v2?$filter=serviceSource%20eq%20%27microsoftDefenderForIdentity%27%20and%20lastUpdateDateTime%20ge%202026-03-03T12%3A00%3A00Z&$top=500": func(since time.Time) (model.Reading, error) {
			return g.Alerts(t.Context(), since, func([]model.Alert) error { return nil })
		},
		"/v1.0/security/incidents?$filter=lastUpdateDateTime%20ge%202026-03-03T12%3A00%3A00Z&$top=50": func(since time.Time) (model.Reading, error) {
			return g.Incidents(t.Context(), since, func([]model.Incident) error { return nil })
		},
	}
	for want, ask := range questions {
		asked = nil
		if reading, err := ask(since); err != nil || len(asked) != 1 || asked[0] != want || !reading.At.Equal(at("2026-03-03T15:00:00Z")) {
			t.Errorf("asked for %q, want %s; read at %v, error %v", asked, want, reading.At, err)
		}
		refuse = func(r *http.Request) bool { return r.URL.Query().Has("$top") }
		if _, err := ask(since); err != nil {
			t.Errorf("without a page size: %v", err)
		}
		refuse = func(*http.Request) bool { return true }
		if _, err := ask(since); err != model.ErrChangesRefused {
			t.Errorf("a refused filter gives %v", err)
		}
		if _, err := ask(time.Time{}); err == nil || errors.Is(err, model.ErrChangesRefused) {
			t.Errorf("when everything is refused: %v", err)
		}
		refuse = func(*http.Request) bool { return false }
	}
}
