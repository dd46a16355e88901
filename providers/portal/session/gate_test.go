package session

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/model/config"
)

func TestOnlyPortals(t *testing.T) {
	for _, address := range []string{"https://security.microsoft.com", "https://SECURITY.microsoft.com/", "https://security.microsoft.us", "https://security.apps.mil", "https://127.0.0.1:8443", "https://[::1]:1"} {
		if _, err := New(Options{URL: address, Tenant: tenantID}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{
		"", "http://security.microsoft.com", "https://security.microsoft.com.evil.test", "https://evil.test/security.microsoft.com",
		"https://security.microsoft.com@evil.test", "https://user@security.microsoft.com", "https://security.microsoft.com:8443",
		"https://security.microsoft.com:443", "https://sub.security.microsoft.com", "https://security.microsoft.com/path",
		"https://security.microsoft.com?x", "https://security.microsoft.com#x", "https://security.microsoft.com.", "https://localhost:1",
		"https://127.0.0.1.evil.test", "https://10.0.0.1", "https:security.microsoft.com", "https://mto.security.microsoft.com", "//security.microsoft.com",
	} {
		_, err := New(Options{URL: address, Tenant: tenantID})
		if f, ok := errors.AsType[*model.Failure](err); !ok || f.Kind != model.Misconfigured || f.Remedy == "" {
			t.Errorf("%q was taken: %v", address, err)
		}
	}
	for _, tenant := range []string{"", "contoso.test", "00000000-0000-0000-0000-000000000000"} {
		if _, err := New(Options{URL: "https://security.microsoft.com", Tenant: tenant}); err == nil || !strings.Contains(err.Error(), "GUID") {
			t.Errorf("tenant %q: %v", tenant, err)
		}
	}
}

// Whatever goes wrong elsewhere: no request but the known ones gets past the gate, and none of them writes.
func TestGate(t *testing.T) {
	for _, to := range routes {
		if to.method != http.MethodGet {
			t.Errorf("%+v is no reading", to)
		}
	}
	base, err := config.SessionPortal("https://security.microsoft.com")
	if err != nil {
		t.Fatal(err)
	}
	passed := 0
	g := newGate(base, nil)
	g.next.Proxy, g.next.DialContext = nil, func(context.Context, string, string) (net.Conn, error) {
		passed++
		return nil, errors.New("not dialled in a test")
	}
	try := func(method, address, body string, change func(*http.Request)) bool {
		t.Helper()
		before := passed
		request, err := http.NewRequest(method, address, nil)
		if body != "" {
			request, err = http.NewRequest(method, address, strings.NewReader(body))
		}
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(request)
		}
		_, err = g.RoundTrip(request)
		if through := passed > before; through != !errors.Is(err, errGate) {
			t.Errorf("%s: %v", address, err)
		}
		return passed > before
	}
	const portal = "https://security.microsoft.com"
	for _, to := range routes {
		address := portal + to.path
		if to.query != "" {
			address += "?" + to.query
		}
		if !try(to.method, address, "", nil) {
			t.Errorf("%s does not pass", address)
		}
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get"} {
			if try(method, address, "", nil) {
				t.Errorf("%s %s passes", method, address)
			}
		}
		if try(to.method, address, "{}", nil) {
			t.Error("a request with a body passes")
		}
		if try(to.method, address, "", func(r *http.Request) { r.Host = "evil.test" }) {
			t.Error("a request for another host passes")
		}
	}
	for _, address := range []string{
		portal + "/apiproxy/mtp/settings/SaveAdvancedFeaturesSetting", portal + "/apiproxy/mtp/settings/GetAdvancedFeaturesSetting?x=1",
		portal + "/apiproxy/mtp/sccManagement/mgmt/TenantContext", portal + "/apiproxy/mtp/settings/../settings/GetAdvancedFeaturesSetting",
		portal + "/apiproxy/mtp/settings%2FGetAdvancedFeaturesSetting", portal + "/apiproxy/aatp/api/workspace/sensorDeploymentAccessKey",
		"http://security.microsoft.com/", "https://security.microsoft.us/", "https://security.microsoft.com:8443/", "https://evil.test/",
		"https://user@security.microsoft.com/",
	} {
		if try(http.MethodGet, address, "", nil) {
			t.Errorf("%s passes", address)
		}
	}
}

// A portal that cannot prove itself gets no cookie.
func TestUntrustedPortal(t *testing.T) {
	p := newStandIn(t)
	s, err := New(Options{URL: p.URL, Tenant: tenantID})
	if err != nil {
		t.Fatal(err)
	}
	f, ok := errors.AsType[*model.Failure](s.Begin(t.Context(), parsed(t, pasted)))
	if !ok || f.Kind != model.Untrusted || p.requests() > 0 {
		t.Errorf("got %v after %d requests", f, p.requests())
	}
	dropped(t, s)
}

func TestUnreachablePortal(t *testing.T) {
	p := newStandIn(t)
	s := p.begun()
	p.Close()
	if f := failed(t, s); f.Kind != model.Unreachable {
		t.Errorf("got %v", f)
	}
	if !s.State().Open {
		t.Error("a connection that breaks costs the session")
	}
}
