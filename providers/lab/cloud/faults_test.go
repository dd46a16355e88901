package cloud_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"adbadge/providers/lab/cloud"
	"adbadge/providers/lab/world"
)

func TestFaults(t *testing.T) {
	b := start(t, world.Options{})
	b.signIn(cloud.EndpointScope)
	b.signIn(cloud.GraphScope)
	machines := func() reply { return b.endpoint("/api/machines", "$top=20") }
	alerts := func() reply { return b.graph("/v1.0/security/alerts_v2", "$top=20") }

	b.fault("signin-refused")
	if status, answer := b.post(b.tokenURL(), url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {secret}, "scope": {cloud.GraphScope}}); status != 401 || !strings.Contains(text(answer, "error_description"), "AADSTS7000215") {
		t.Errorf("signin-refused: %d %v", status, answer)
	}
	b.fault("no-permission:endpoint")
	b.refusal(machines(), http.StatusForbidden, "Forbidden")
	b.list(alerts())
	b.fault("throttle:endpoint:2")
	for range 2 {
		r := machines()
		b.refusal(r, http.StatusTooManyRequests, "TooManyRequests")
		if r.header.Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
	}
	b.list(machines())
	b.fault("error:graph:1")
	b.refusal(alerts(), http.StatusServiceUnavailable, "ServiceUnavailable")
	b.list(alerts())
	b.fault("no-machines")
	b.refusal(machines(), http.StatusNotFound, "ResourceNotFound")
	b.fault("no-licence:endpoint")
	b.refusal(machines(), http.StatusForbidden, "DisabledFeature")
	b.fault("no-licence:identity")
	b.refusal(b.graph("/v1.0/security/identities/sensors"), http.StatusForbidden, "Forbidden")
	b.fault("no-hunting")
	r := b.call(cloud.GraphScope, http.MethodPost, b.GraphURL+"/v1.0/security/runHuntingQuery", `{"Query":"DeviceLogonEvents | count"}`)
	if message := b.refusal(r, http.StatusBadRequest, "BadRequest"); !strings.Contains(message, "Failed to resolve table or column expression named 'DeviceLogonEvents'") {
		t.Errorf("no-hunting: %q", message)
	}
	for name, ask := range map[string]func() reply{"truncated:endpoint": machines, "truncated:graph": alerts} {
		b.fault(name)
		if r := ask(); r.err == nil || json.Valid([]byte(r.body)) {
			t.Errorf("%s: the whole answer came", name)
		}
	}
	b.fault("slow:endpoint:150ms")
	begin := time.Now()
	b.list(machines())
	if took := time.Since(begin); took < 150*time.Millisecond {
		t.Errorf("slow: the answer took %v", took)
	}
	b.fault()
	b.list(machines())
}

// An endless page goes on for as long as somebody reads, and ends when the server does.
func TestEndlessPage(t *testing.T) {
	b := start(t, world.Options{})
	b.fault("endless:graph")
	r := b.graph("/v1.0/security/alerts_v2", "$top=20")
	if len(r.body) != 64<<20 || r.err != nil {
		t.Errorf("the page ended after %d bytes: %v", len(r.body), r.err)
	}
}

func TestPublishedLimitIsEnforced(t *testing.T) {
	b := start(t, world.Options{Users: 20, Computers: 20})
	for call := range 1001 {
		r := b.endpoint("/api/machines", "$top=1")
		if call < 1000 {
			b.list(r)
			continue
		}
		b.refusal(r, http.StatusTooManyRequests, "TooManyRequests")
		if r.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	b.list(b.endpoint("/api/alerts", "$top=1")) // each call has its own limit
}

func TestAnswersAreCompressed(t *testing.T) {
	b := start(t, world.Options{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.EndpointURL+"/api/machines?$top=500", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+b.signIn(cloud.EndpointScope))
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := b.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	unpacked, err := gzip.NewReader(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(unpacked)
	if err != nil || !json.Valid(raw) {
		t.Errorf("%v: %.100s", err, raw)
	}
	h := response.Header
	if h.Get("OData-Version") != "4.0" || !strings.HasPrefix(h.Get("Content-Type"), "application/json; odata.metadata=minimal") || h.Get("request-id") == "" {
		t.Errorf("headers: %v", h)
	}
}
