package providers

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/entra/entratest"
	"adbadge/providers/settings"
)

// hostileTenant is a tenant whose directory is honest, and whose cloud is a second server, independent of the lab. What
// the server is not told to do otherwise it does well.
type hostileTenant struct {
	*testing.T
	server *entratest.Server
	tenant *Tenant
	// instead answers for paths that begin so.
	instead map[string]http.HandlerFunc
}

const (
	firstMachine  = `{"id":"1111111111111111111111111111111111111111","computerDnsName":"ws1.contoso.test","lastSeen":"2026-03-03T10:00:00Z","healthStatus":"Active","onboardingStatus":"Onboarded","riskScore":"None"}`
	secondMachine = `{"id":"2222222222222222222222222222222222222222","computerDnsName":"ws2.contoso.test","lastSeen":"2026-03-03T10:00:00Z","healthStatus":"Active","onboardingStatus":"Onboarded","riskScore":"None"}`
	endpointAlert = `{"id":"da1","title":"T","severity":"High","status":"New","category":"Execution","machineId":"1111111111111111111111111111111111111111","alertCreationTime":"2026-03-03T10:00:00Z","lastUpdateTime":"2026-03-03T10:00:00Z","evidence":[]}`
	identityAlert = `{"id":"aa1","title":"U","severity":"low","status":"new","serviceSource":"microsoftDefenderForIdentity","createdDateTime":"2026-03-03T10:00:00Z","lastUpdateDateTime":"2026-03-03T10:00:00Z","evidence":[{"@odata.type":"#microsoft.graph.security.deviceEvidence","deviceDnsName":"ws2.contoso.test"}]}`
)

// honest are the answers of a tenant that means well.
var honest = map[string]string{
	"/api/machines":                          `{"value":[` + firstMachine + `,` + secondMachine + `]}`,
	"/api/alerts":                            `{"value":[` + endpointAlert + `]}`,
	"/v1.0/security/alerts_v2":               `{"value":[` + identityAlert + `]}`,
	"/v1.0/security/incidents":               `{"value":[]}`,
	"/v1.0/security/identities/healthIssues": `{"value":[]}`,
	"/v1.0/security/identities/sensors":      `{"value":[{"displayName":"DC1","healthStatus":"healthy","deploymentStatus":"upToDate"}]}`,
	"/v1.0/subscribedSkus":                   `{"value":[{"capabilityStatus":"Enabled","servicePlans":[{"servicePlanId":"14ab5db5-e6c4-4b20-b4bc-13e36fd2227f","provisioningStatus":"Success"},{"servicePlanId":"871d91ec-ec1a-452b-a83f-bd76c7d770ef","provisioningStatus":"Success"}]}]}`,
	"/v1.0/security/runHuntingQuery":         `{"schema":[],"results":[]}`,
}

func newHostileTenant(t *testing.T) *hostileTenant {
	t.Helper()
	h := &hostileTenant{T: t, instead: map[string]http.HandlerFunc{}}
	h.server = entratest.New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for prefix, handler := range h.instead {
			if strings.HasPrefix(r.URL.Path, prefix) {
				handler(w, r)
				return
			}
		}
		answer, ok := honest[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		writeJSON(w, answer)
	}))
	c := config.Default()
	c.Tenant.ID = entratest.TenantID
	c.SignIn = config.SignIn{Method: config.MethodClientSecret, ClientID: entratest.ClientID, Authority: h.server.URL, Timeout: 2 * time.Second}
	c.Endpoint = config.Endpoint{Enabled: true, URL: h.server.URL, Scope: entratest.Scope}
	c.Graph = config.Graph{Enabled: true, URL: h.server.URL, Scope: entratest.Scope}
	c.Directories = []config.Directory{{Source: config.SourceLDIF, LDIFFile: writeDump(t)}}
	opened, err := connect(c, OpenOptions{Version: "test"}, secrets{directories: make([]directorySecrets, 1), signIn: entratest.Secret, cloudRoots: h.server.Roots()})
	if err != nil {
		t.Fatal(err)
	}
	h.tenant = opened
	h.tenant.Settings = []Settings{settings.New(t.TempDir(), entratest.TenantID)}
	return h
}

// writeDump writes a directory of three computers and a user.
func writeDump(t *testing.T) string {
	t.Helper()
	var dump strings.Builder
	dump.WriteString("dn: DC=contoso,DC=test\nobjectClass: domainDNS\nobjectGUID:: EBAQEBAQEBAQEBAQEBAQEA==\n\n")
	object := func(number byte, class, name, account, more string) {
		sid := []byte{1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, number, 4, 0, 0}
		fmt.Fprintf(&dump, "dn: CN=%[1]s,DC=contoso,DC=test\nobjectClass: %[2]s\nobjectGUID:: %[3]s\nobjectSid:: %[4]s\ncn: %[1]s\n"+
			"sAMAccountName: %[5]s\nwhenCreated: 20200101000000.0Z\n%[6]s\n\n", name, class,
			base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{number}, 16)), base64.StdEncoding.EncodeToString(sid), account, more)
	}
	for i, name := range []string{"ws1", "ws2", "ws3"} {
		object(byte(i+1), "computer", name, name+"$", "dNSHostName: "+name+".contoso.test\nuserAccountControl: 4096")
	}
	object(9, "user", "Anna", "anna", "userAccountControl: 512")
	file := filepath.Join(t.TempDir(), "dump.ldif")
	if err := os.WriteFile(file, []byte(dump.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func writeJSON(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, body) // the client may have had enough
}

// ask refreshes once, within a limit of time.
func (h *hostileTenant) ask(limit time.Duration) *Dashboard {
	h.Helper()
	ctx, cancel := context.WithTimeout(h.Context(), limit)
	defer cancel()
	return NewRefresher(h.tenant).Once(ctx)
}

func TestHonestTenant(t *testing.T) {
	d := newHostileTenant(t).ask(patience)
	for _, s := range d.Sources {
		if s.State != model.SourceOK || s.Failure != nil {
			t.Errorf("%s is %v: %v %v", s.Source, s.State, s.Failure, s.Gaps)
		}
	}
	if got := badgesOf(d); got != "ws1 [H 1] ws2 [ ok] ws3 [ - ] Anna [ - ]" {
		t.Errorf("badges are %s", got)
	}
}

// badgesOf lists name and badge of every entity.
func badgesOf(d *Dashboard) string {
	var list []string
	for row := range d.View.Len() {
		list = append(list, d.View.Name(row).String()+" "+d.View.Badge(row).Text())
	}
	return strings.Join(list, " ")
}

// A tenant that plays foul is told apart from one that has nothing: whatever it does, the screen says which source is
// wrong, what was seen and what to do, and no badge claims to know what was not answered.
func TestHostileTenant(t *testing.T) {
	elsewhere, visits := entratest.Trap(t)
	plain := func(contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, body)
		}
	}
	const machines, endpointAlerts, identityAlerts = "/api/machines", "/api/alerts", "/v1.0/security/alerts_v2"
	for name, test := range map[string]struct {
		path    string
		handler func(h *hostileTenant) http.HandlerFunc
		limit   time.Duration
		source  model.Source
		state   model.SourceState
		code    string // of the finding
		seen    string // in it
		badges  string
	}{
		"next page elsewhere": {path: machines, handler: func(*hostileTenant) http.HandlerFunc {
			return plain("application/json", `{"value":[`+firstMachine+`],"@odata.nextLink":"https://`+elsewhere+`/api/machines?$skip=1"}`)
		}, source: model.Endpoint, state: model.SourceDegraded, code: "ADB-210", seen: "on another server (" + elsewhere + "); it was not followed",
			badges: "ws1 [H 1] ws2 [err] ws3 [err] Anna [ - ]"},
		"next page of identity alerts elsewhere": {path: identityAlerts, handler: func(*hostileTenant) http.HandlerFunc {
			return plain("application/json", `{"value":[`+identityAlert+`],"@odata.nextLink":"https://`+elsewhere+`/v1.0/security/alerts_v2"}`)
		}, source: model.Identity, state: model.SourceDegraded, code: "ADB-311", seen: "it was not followed"},
		"redirects in a circle": {path: endpointAlerts, handler: func(h *hostileTenant) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, h.server.URL+r.URL.Path+"?again", http.StatusTemporaryRedirect)
			}
		}, source: model.Endpoint, state: model.SourceDegraded, code: "ADB-227", seen: "the server redirects to 127.0.0.1"},
		"redirect elsewhere": {path: "/v1.0/", handler: func(*hostileTenant) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://"+elsewhere+"/", http.StatusFound)
			}
		}, source: model.Identity, state: model.SourceFailed, code: "ADB-327", seen: "which was not followed"},
		"a hundred megabytes": {path: machines, handler: func(*hostileTenant) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, `{"value":["`)
				chunk := []byte(strings.Repeat("x", 1<<20))
				for range 100 {
					if _, err := w.Write(chunk); err != nil {
						return
					}
				}
				_, _ = io.WriteString(w, `"]}`)
			}
		}, source: model.Endpoint, state: model.SourceDegraded, code: "ADB-220", seen: "larger than 64 MiB", badges: "ws1 [err] ws2 [err] ws3 [err] Anna [ - ]"},
		"a million brackets": {path: identityAlerts, handler: func(*hostileTenant) http.HandlerFunc {
			return plain("application/json", `{"value":`+strings.Repeat("[", 1_000_000))
		}, source: model.Identity, state: model.SourceDegraded, code: "ADB-320", seen: "nested deeper than 100 levels"},
		"the wrong type": {path: "/v1.0/subscribedSkus", handler: func(*hostileTenant) http.HandlerFunc { return plain("application/octet-stream", `{"value":[]}`) },
			source: model.Identity, state: model.SourceDegraded, code: "ADB-320", seen: "something other than JSON"},
		"the page of a sign-in": {path: machines, handler: func(*hostileTenant) http.HandlerFunc {
			return plain("text/html; charset=utf-8", "<!doctype html><title>Sign in to your account</title>")
		}, source: model.Endpoint, state: model.SourceDegraded, code: "ADB-220", seen: "a web page instead of JSON", badges: "ws1 [err] ws2 [err] ws3 [err] Anna [ - ]"},
		"a token that expires between two pages": {path: machines, handler: func(h *hostileTenant) http.HandlerFunc {
			stale := ""
			return func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Query().Get("page") {
				case "":
					stale = r.Header.Get("Authorization")
					writeJSON(w, fmt.Sprintf(`{"value":[%s],"@odata.nextLink":"%s/api/machines?page=2"}`, firstMachine, h.server.URL))
				default:
					if r.Header.Get("Authorization") == stale {
						w.WriteHeader(http.StatusUnauthorized)
						return
					}
					writeJSON(w, `{"value":[`+secondMachine+`]}`)
				}
			}
		}, source: model.Endpoint, state: model.SourceOK, badges: "ws1 [H 1] ws2 [ ok] ws3 [ - ] Anna [ - ]"},
		"a clock three days ahead": {path: machines, handler: func(*hostileTenant) http.HandlerFunc {
			asked := 0
			return func(w http.ResponseWriter, _ *http.Request) {
				there := time.Now().Add(72 * time.Hour).UTC()
				w.Header().Set("Date", there.Format(http.TimeFormat))
				if asked++; asked == 1 {
					w.Header().Set("Retry-After", there.Add(time.Second).Format(http.TimeFormat))
					w.WriteHeader(http.StatusTooManyRequests)
					return
				}
				writeJSON(w, honest[machines])
			}
		}, source: model.Endpoint, state: model.SourceOK, badges: "ws1 [H 1] ws2 [ ok] ws3 [ - ] Anna [ - ]"},
		"429 for minutes": {path: machines, handler: func(*hostileTenant) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "120")
				w.WriteHeader(http.StatusTooManyRequests)
			}
		}, limit: 3 * time.Second, source: model.Endpoint, state: model.SourceDegraded, code: "ADB-226", seen: "asks to be asked less often",
			badges: "ws1 [err] ws2 [err] ws3 [err] Anna [ - ]"},
		"429 for hours": {path: "/v1.0/security/", handler: func(*hostileTenant) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "7200")
				w.WriteHeader(http.StatusTooManyRequests)
			}
		}, source: model.Identity, state: model.SourceDegraded, code: "ADB-326", seen: "429 Too Many Requests"},
		"one page again and again": {path: endpointAlerts, handler: func(*hostileTenant) http.HandlerFunc {
			page := `{"value":[` + strings.TrimSuffix(strings.Repeat(endpointAlert+",", 2000), ",") + `]}`
			return func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, page) } // $skip is ignored
		}, source: model.Endpoint, state: model.SourceDegraded, code: "ADB-210", seen: "came a second time", badges: "ws1 [H 1] ws2 [ ok] ws3 [ - ] Anna [err]"},
		"a list in a circle": {path: identityAlerts, handler: func(h *hostileTenant) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				page := map[string]string{"": "2", "2": "3", "3": "2"}[r.URL.Query().Get("page")]
				alert := strings.Replace(identityAlert, "aa1", "aa0"+r.URL.Query().Get("page"), 1)
				writeJSON(w, fmt.Sprintf(`{"value":[%s],"@odata.nextLink":"%s%s?page=%s"}`, alert, h.server.URL, r.URL.Path, page))
			}
		}, source: model.Identity, state: model.SourceDegraded, code: "ADB-311", seen: "leads back to an earlier page"},
		"a list without end": {path: machines, handler: func(h *hostileTenant) http.HandlerFunc {
			page := 0
			return func(w http.ResponseWriter, _ *http.Request) {
				page++
				writeJSON(w, fmt.Sprintf(`{"value":[{"id":"%040x","computerDnsName":"x%d.contoso.test"}],"@odata.nextLink":"%s/api/machines?page=%d"}`, page, page, h.server.URL, page))
			}
		}, limit: 3 * time.Second, source: model.Endpoint, state: model.SourceDegraded, code: "ADB-222", seen: "no answer within the time limit",
			badges: "ws1 [err] ws2 [err] ws3 [err] Anna [ - ]"},
		"an answer without end": {path: machines, handler: func(*hostileTenant) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, `{"value":[`)
				for r.Context().Err() == nil { // a byte now and then, so that nothing stalls
					_, _ = io.WriteString(w, " ")
					_ = http.NewResponseController(w).Flush()
					select {
					case <-r.Context().Done():
					case <-time.After(50 * time.Millisecond):
					}
				}
			}
		}, limit: 3 * time.Second, source: model.Endpoint, state: model.SourceDegraded, code: "ADB-222", seen: "no answer within the time limit",
			badges: "ws1 [err] ws2 [err] ws3 [err] Anna [ - ]"},
		"an error that draws on the screen": {path: machines, handler: func(*hostileTenant) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, `{"error":{"code":"For\u001b[31mbidden","message":"\u001b]0;owned\u0007\u202eno\n\n\nline"}}`)
			}
		}, source: model.Endpoint, state: model.SourceDegraded, code: "ADB-224", seen: "403 Forbidden", badges: "ws1 [err] ws2 [err] ws3 [err] Anna [ - ]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHostileTenant(t)
			h.instead[test.path] = test.handler(h)
			d := h.ask(within(test.limit))
			s := d.Source(test.source)
			if s.State != test.state {
				t.Errorf("%s is %v, want %v; failure %v, gaps %v", s.Source, s.State, test.state, s.Failure, s.Gaps)
			}
			if test.badges != "" && badgesOf(d) != test.badges {
				t.Errorf("badges are %s, want %s", badgesOf(d), test.badges)
			}
			found := test.code == ""
			for _, f := range d.Status.Findings {
				if f.Code == test.code && strings.Contains(f.Seen, test.seen) && f.Remedy != "" && f.Level != model.OK {
					found = true
				}
				for _, words := range []string{f.Title, f.Checked, f.Seen, f.Remedy} {
					if strings.ContainsFunc(words, unicode.IsControl) || strings.ContainsRune(words, '\u202e') {
						t.Errorf("finding %s draws on the screen: %q", f.Code, words)
					}
				}
			}
			if !found {
				t.Errorf("no finding %s says %q: %+v", test.code, test.seen, d.Status.Findings)
			}
		})
	}
	t.Cleanup(func() {
		if n := visits.Load(); n != 0 {
			t.Errorf("the other server was visited %d times", n)
		}
	})
}

// within is the limit of a test without one of its own.
func within(limit time.Duration) time.Duration {
	if limit == 0 {
		return patience
	}
	return limit
}

// While a source is left alone for minutes, the screen says so at once, and shows the others.
func TestWaitsAreShownWhileTheyLast(t *testing.T) {
	h := newHostileTenant(t)
	h.instead["/api/"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r := NewRefresher(h.tenant)
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	defer func() { cancel(); <-done }()
	d := r.Current()
	for !hasFinding(d, "ADB-226") {
		var err error
		if d, err = r.Wait(ctx, d.Generation); err != nil {
			t.Fatalf("nothing says that Defender for Endpoint is left alone: %+v", r.Current().Status.Findings)
		}
	}
	s := d.Source(model.Endpoint)
	if !d.Refreshing || s.State != model.SourceLoading || s.Limits.Throttled == 0 || !s.Limits.RetryAt.After(time.Now().Add(time.Minute)) {
		t.Errorf("refreshing %v, the source is %v, its limits %+v", d.Refreshing, s.State, s.Limits)
	}
	if d.View.Len() != 4 || d.Source(model.Identity).State != model.SourceOK || d.View.Counts().Unrecognized > 0 {
		t.Errorf("%d entities, identity %v, %d grey", d.View.Len(), d.Source(model.Identity).State, d.View.Counts().Unrecognized)
	}
}

func hasFinding(d *Dashboard, code string) bool {
	return slices.ContainsFunc(d.Status.Findings, func(f model.Finding) bool { return f.Code == code })
}
