package cloud_test

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"adbadge/providers/lab/authority"
	"adbadge/providers/lab/cloud"
	"adbadge/providers/lab/fault"
	"adbadge/providers/lab/state"
	"adbadge/providers/lab/world"
)

const (
	clientID = "6e6f6d65-7461-4c61-8000-000000000001"
	secret   = "not so secret & needs=escaping"
)

// noon is the instant that the servers of these tests live in.
var noon = time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)

// bench is a cloud with a client that trusts it.
type bench struct {
	*cloud.Cloud
	testing.TB
	world  *world.World
	state  *state.Store
	faults *fault.Set
	client *http.Client
	tokens map[string]string
}

func start(t testing.TB, o world.Options) *bench {
	t.Helper()
	ca, err := authority.New()
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := ca.Issue()
	if err != nil {
		t.Fatal(err)
	}
	remembered, err := state.Open("", noon)
	if err != nil {
		t.Fatal(err)
	}
	o.Now, o.Epoch = noon, noon.Add(-9*time.Minute)
	b := &bench{TB: t, world: world.New(o), state: remembered, faults: &fault.Set{}, tokens: map[string]string{}}
	b.Cloud, err = cloud.Start(cloud.Options{World: b.world, State: remembered, Faults: b.faults, Certificate: certificate,
		ClientID: clientID, Secret: secret, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: ca.Roots()}}
	b.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// post sends a form and gives the JSON that comes back.
func (b *bench) post(address string, form url.Values) (int, map[string]any) {
	b.Helper()
	response, err := b.client.PostForm(address, form)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		b.Fatal(err)
	}
	return response.StatusCode, answer
}

func (b *bench) tokenURL() string {
	return b.SignInURL + "/" + b.world.TenantID().String() + "/oauth2/v2.0/token"
}

// signIn gives a token for the scope.
func (b *bench) signIn(scope string) string {
	b.Helper()
	if token := b.tokens[scope]; token != "" {
		return token
	}
	status, answer := b.post(b.tokenURL(), url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {secret}, "scope": {scope}})
	token, ok := answer["access_token"].(string)
	if status != http.StatusOK || !ok {
		b.Fatalf("sign-in for %s: status %d, %v", scope, status, answer)
	}
	b.tokens[scope] = token
	return token
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   string
	err    error // of reading the body
}

// call sends a request with a token for the scope, or without one for an empty scope.
func (b *bench) call(scope, method, address, body string) reply {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), method, address, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	if scope != "" {
		request.Header.Set("Authorization", "Bearer "+b.signIn(scope))
	}
	response, err := b.client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, 64<<20))
	return reply{response.StatusCode, response.Header, string(raw), err}
}

// endpoint and graph ask the two APIs. Filters are given as they are read.
func (b *bench) endpoint(path string, query ...string) reply {
	b.Helper()
	return b.call(cloud.EndpointScope, http.MethodGet, b.EndpointURL+path+encode(query), "")
}

func (b *bench) graph(path string, query ...string) reply {
	b.Helper()
	return b.call(cloud.GraphScope, http.MethodGet, b.GraphURL+path+encode(query), "")
}

// encode makes "name=value" pairs a query.
func encode(pairs []string) string {
	q := url.Values{}
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		q.Set(name, value)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// list is an OData collection.
type list struct {
	Context string           `json:"@odata.context"`
	Count   int              `json:"@odata.count"`
	Next    string           `json:"@odata.nextLink"`
	Value   []map[string]any `json:"value"`
}

func (b *bench) list(r reply) list {
	b.Helper()
	var l list
	if r.status != http.StatusOK || r.err != nil {
		b.Fatalf("status %d, %v: %.300s", r.status, r.err, r.body)
	}
	if err := json.Unmarshal([]byte(r.body), &l); err != nil {
		b.Fatalf("%v: %.300s", err, r.body)
	}
	return l
}

func (b *bench) object(r reply) map[string]any {
	b.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(r.body), &o); err != nil || r.status != http.StatusOK {
		b.Fatalf("status %d, %v: %.300s", r.status, err, r.body)
	}
	return o
}

// refusal checks that an answer is an error with this status and code, and gives its message.
func (b *bench) refusal(r reply, status int, code string) string {
	b.Helper()
	var body struct {
		Error struct{ Code, Message, Target string }
	}
	if err := json.Unmarshal([]byte(r.body), &body); err != nil || r.status != status || body.Error.Code != code || body.Error.Message == "" {
		b.Fatalf("want status %d %s, got %d: %.300s", status, code, r.status, r.body)
	}
	return body.Error.Message
}

func (b *bench) fault(names ...string) {
	b.Helper()
	if err := b.faults.Replace(names); err != nil {
		b.Fatal(err)
	}
}

func text(item map[string]any, member string) string {
	if item[member] == nil {
		return ""
	}
	return fmt.Sprint(item[member])
}
