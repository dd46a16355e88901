package graph

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"adbadge/model"
)

func TestSignals(t *testing.T) {
	const (
		absent = `{"error":{"code":"BadRequest","message":"'where' operator: Failed to resolve table or column expression named 'X'. Fix semantic errors in your query."}}`
		never  = `{"schema":[{"name":"Last","type":"DateTime"}],"results":[{"Last":null}]}`
		pascal = `{"Schema":[{"Name":"Last","Type":"DateTime"}],"Results":[{"last":"2026-03-26T09:39:50.7688641Z"}]}`
		none   = `{"schema":[],"results":[]}`
	)
	seen := model.Signal{Known: true, At: at("2026-03-26T09:39:50.7688641Z")}
	silent := model.Signal{Known: true}
	for name, test := range map[string]struct {
		identity, endpoint string
		want               model.Signals
	}{
		"both":               {pascal, pascal, model.Signals{Identity: seen, Endpoint: seen}},
		"one is silent":      {never, pascal, model.Signals{Identity: silent, Endpoint: seen}},
		"the other, no row":  {pascal, none, model.Signals{Identity: seen, Endpoint: silent}},
		"one has no table":   {absent, pascal, model.Signals{Endpoint: seen}},
		"the other has none": {pascal, absent, model.Signals{Identity: seen}},
	} {
		queries := 0
		g := serve(t, func(w http.ResponseWriter, r *http.Request) {
			var body struct{ Query, Timespan string }
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil || !strings.Contains(body.Query, "ago(1d)") || strings.Count(body.Query, "summarize") != 1 {
				t.Errorf("%s: asked %+v, %v", name, body, err)
			}
			queries++
			answer := test.endpoint
			if strings.HasPrefix(body.Query, "IdentityLogonEvents\n") {
				answer = test.identity
			}
			if answer == absent {
				w.WriteHeader(http.StatusBadRequest)
			}
			fmt.Fprint(w, answer)
		})
		got, err := g.Signals(t.Context())
		if err != nil || got != test.want || queries != 2 {
			t.Errorf("%s: %+v after %d queries, %v; want %+v", name, got, queries, err, test.want)
		}
	}
	for name, test := range map[string]struct {
		status int
		body   string
		kind   model.FailureKind
	}{
		"no tables":     {400, absent, model.LicenceAbsent},
		"no permission": {403, `{"error":{"code":"Forbidden","message":"x"}}`, model.PermissionMissing},
		"no path":       {400, `{"error":{"code":"BadRequest","message":"Resource not found for the segment 'runHuntingQuery'."}}`, model.NotSupported},
		"no results":    {200, `{"schema":[]}`, model.Broken},
		"quota":         {429, `{"error":{"code":"TooManyRequests","message":"CPU quota"}}`, model.Throttled},
	} {
		g := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(test.status)
			fmt.Fprint(w, test.body)
		})
		if _, err := g.Signals(t.Context()); failureOf(t, err).Kind != test.kind {
			t.Errorf("%s gives %v", name, err)
		}
	}
}
