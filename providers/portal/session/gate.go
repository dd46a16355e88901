package session

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// route is a request that may be sent to the portal.
type route struct{ method, path, query string }

var (
	// startPage renews the cookie XSRF-TOKEN; nothing but the header of its answer is looked at.
	startPage     = route{http.MethodGet, "/", ""}
	contextRoute  = route{http.MethodGet, "/apiproxy/mtp/sccManagement/mgmt/TenantContext", "realTime=true"}
	featuresRoute = route{http.MethodGet, "/apiproxy/mtp/settings/GetAdvancedFeaturesSetting", ""}
)

// routes are all the requests there are. Each one reads.
var routes = []route{startPage, contextRoute, featuresRoute}

const (
	// maxBody is how much of an answer is read, in bytes; the context of a tenant has about 300 KB.
	maxBody = 2 << 20
	// maxHeader bounds the header of an answer, in bytes.
	maxHeader = 64 << 10
	// patience is how long one request may take.
	patience = 30 * time.Second
)

var errGate = errors.New("refused to send the cookies anywhere but to the portal's known addresses")

// gate is the way to the portal: it lets the known routes through and nothing else. A redirect is an answer like any other,
// since nothing here follows one.
type gate struct {
	base *url.URL
	next *http.Transport
}

// RoundTrip implements http.RoundTripper.
func (g *gate) RoundTrip(request *http.Request) (*http.Response, error) {
	u := request.URL
	to := route{request.Method, u.Path, u.RawQuery}
	if u.Scheme != g.base.Scheme || u.Host != g.base.Host || u.User != nil || u.Opaque != "" || u.RawPath != "" ||
		(request.Host != "" && request.Host != g.base.Host) || request.Body != nil || !slices.Contains(routes, to) {
		return nil, errGate
	}
	return g.next.RoundTrip(request)
}

func newGate(base *url.URL, roots *x509.CertPool) *gate {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	return &gate{base, &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    10 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        90 * time.Second,
	}}
}
