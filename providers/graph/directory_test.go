package graph

import (
	"net/http"
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/providers/entra/entratest"
)

// serveDirectory gives a Directory whose requests go to a handler.
func serveDirectory(t testing.TB, handler http.HandlerFunc) *Directory {
	t.Helper()
	server := entratest.New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		handler(w, r)
	}))
	return NewDirectory(server.API(t, model.Directory, "Microsoft Graph"))
}

func readEntities(t *testing.T, d *Directory) ([]model.Entity, []model.Gap) {
	t.Helper()
	var list []model.Entity
	gaps, err := d.Entities(t.Context(), func(batch []model.Entity) error { list = append(list, batch...); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return list, gaps
}

// sampleDirectory reads the vendor's users and devices together: the users tell the domains of the devices.
func sampleDirectory(t *testing.T, _ []byte) {
	users, devices := readSample(t, "users-list-composed.json"), readSample(t, "devices-list-composed.json")
	d := serveDirectory(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1.0/users" {
			_, _ = w.Write(users)
			return
		}
		_, _ = w.Write(devices)
	})
	list, _ := readEntities(t, d)
	if len(list) != 2 {
		t.Fatalf("%d entities, want the synced user and the hybrid-joined computer: %+v", len(list), list)
	}
	user, computer := list[0], list[1]
	if user.ID.String() != "6f1c2a54-0d0e-4c1c-9a7e-0f5f0d1b2c3d" || user.SAM != "jdoe" || user.Domain != "contoso.com" || user.OU != "Staff" {
		t.Errorf("user %+v", user)
	}
	if computer.ID.String() != "80fe8ff8-2624-418e-9591-41f0491218f9" || computer.SAM != "MYMACHINE1$" || computer.Domain != "contoso.com" ||
		computer.LastLogon.IsZero() {
		t.Errorf("computer %+v", computer)
	}
	domains, err := d.Domains(t.Context())
	if err != nil || len(domains) != 1 || domains[0].NetBIOS != "CONTOSO" || domains[0].SID != "S-1-5-21-1111111111-2222222222-3333333333" {
		t.Errorf("domains %+v, %v", domains, err)
	}
}

// Objects that are odd are listed as well as they can be, and counted; a service that does not understand the filter is
// asked without it.
func TestOddSyncedObjects(t *testing.T) {
	d := serveDirectory(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Query().Has("$filter"):
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":{"code":"Request_UnsupportedQuery","message":"Unsupported or invalid query filter clause."}}`))
		case r.URL.Path == "/v1.0/users":
			_, _ = w.Write([]byte(`{"value":[
				{"id":"11118379-2a59-1111-ac3c-a51eb4a3c627","onPremisesSyncEnabled":true,"onPremisesImmutableId":"bm90IGEgR1VJRA==",
				 "onPremisesSamAccountName":"moved\u001b[2J","accountEnabled":false,"userPrincipalName":"moved@contoso.test"},
				{"id":"no id","onPremisesSyncEnabled":true,"onPremisesImmutableId":null},
				{"id":"6a1f4e3c-9d0b-4a43-9a1e-8b0d9b9c7f10","onPremisesSyncEnabled":false,"onPremisesSamAccountName":"once"},
				{"id":"7a1f4e3c-9d0b-4a43-9a1e-8b0d9b9c7f10","displayName":"Cloud Only"}]}`))
		default:
			_, _ = w.Write([]byte(`{"value":[{"deviceId":"","displayName":"X","trustType":"ServerAd"},
				{"deviceId":"80fe8ff8-2624-418e-9591-41f0491218f9","displayName":"CLOUD","trustType":"AzureAd"},
				{"deviceId":"90fe8ff8-2624-418e-9591-41f0491218f9","displayName":"WS1","trustType":"serverad","onPremisesSecurityIdentifier":"S-1-5-21-9-9-9-1"}]}`))
		}
	})
	list, gaps := readEntities(t, d)
	if len(list) != 2 || list[0].SAM != `moved\x1b[2J` && strings.ContainsRune(string(list[0].SAM), '\x1b') || !list[0].Has(model.Disabled) ||
		list[0].UPN != "moved@contoso.test" || list[1].Name != "WS1" || list[1].Domain != "" {
		t.Errorf("got %+v", list)
	}
	counts := map[string]int{}
	for _, gap := range gaps {
		counts[gap.Code] = gap.Count
	}
	if counts["ADB-410"] != 1 || counts["ADB-411"] != 2 {
		t.Errorf("gaps %+v", gaps)
	}
}

func FuzzSyncedObjects(f *testing.F) {
	f.Add("VCocbw4NHEyafg9fDRssPQ==", "S-1-5-21-1-2-3-4", "CN=A\\,B,OU=X,DC=contoso,DC=test", "contoso.test", "ServerAd")
	f.Add("\x00", "S-1", "=,=", "\x1b[2J", "")
	f.Fuzz(func(t *testing.T, anchor, sid, dn, domain, trust string) {
		yes := true
		r := &syncedReader{directory: NewDirectory(nil), emit: func(batch []model.Entity) error {
			for _, e := range batch {
				if e.ID.IsZero() {
					t.Error("an entity without an id")
				}
				for _, line := range []string{string(e.DN), string(e.OU), string(e.Domain), string(e.Name), string(e.SID)} {
					if strings.ContainsAny(line, "\x1b\n\x00") {
						t.Errorf("control characters in %q", line)
					}
				}
			}
			return nil
		}}
		_ = r.users([]syncedUser{{ID: anchor, Anchor: anchor, SID: sid, DN: dn, Domain: domain, Name: domain, Synced: &yes}})
		_ = r.devices([]joinedDevice{{DeviceID: anchor, Name: dn, SID: sid, Trust: trust}})
	})
}
