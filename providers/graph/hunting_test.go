package graph

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
)

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
		"no table":      {400, `{"error":{"code":"BadRequest","message":"'where' operator: Failed to resolve table or column expression named 'DeviceLogonEvents'. Fix semantic errors in your query."}}`, model.LicenceAbsent, "no such hunting data"},
		"no path":       {400, `{"error":{"code":"BadRequest","message":"Resource not found for the segment 'runHuntingQuery'."}}`, model.NotSupported, "segment"},
		"no permission": {403, `{"error":{"code":"Forbidden","message":"x"}}`, model.PermissionMissing, "403 Forbidden: x"},
		"no licence":    {403, `{"error":{"code":"DisabledFeature","message":"x"}}`, model.LicenceAbsent, "DisabledFeature"},
		"no results":    {200, `{"schema":[]}`, model.Broken, "no results"},
	} {
		_, err := say(t, test.status, []byte(test.body)).Logons(t.Context(), nil)
		if f := failureOf(t, err); f.Kind != test.kind || !strings.Contains(f.Seen, test.seen) || f.Source != model.Identity || f.Remedy == "" {
			t.Errorf("%s gives %v %v", name, f.Kind, f)
		}
	}
}
