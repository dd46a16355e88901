// Package entra signs in to Entra ID and carries authorised requests to one API each. A token goes to the origin that
// the configuration names and to nowhere else: redirects are refused, and links in answers are followed only where
// they stay there. Every answer has a limit of size, depth and time, every list a limit of pages, and every error
// comes out as a model.Failure without secrets.
package entra

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"adbadge/model"
	"adbadge/model/config"
)

// Options say how to sign in. Secrets come as values; New never reads them from the command line.
type Options struct {
	Config    config.SignIn
	Authority string // base URL of the token service, as config.Config.Authority gives it
	TenantID  string // GUID or verified domain
	Secret    string // client secret, or the password of the certificate file
	// Roots are the certificate authorities to trust for every request, sign-in included; nil: the system's.
	Roots *x509.CertPool
	// Prompt shows a person how to finish a sign-in and returns at once; the context ends when that is done or given up.
	// nil: nobody can be asked, so that a method that needs a person goes on from what the last sign-in left, or not at all.
	Prompt func(context.Context, Prompt)
	// OpenPage opens a page in the browser of this desktop; nil where there is none, and NoBrowser says why.
	OpenPage  func(ctx context.Context, page string) error
	NoBrowser string
	// Cache keeps what a person's sign-in left; nil: until the end of the program.
	Cache *Cache
	// Version is adbadge's own, for the User-Agent header.
	Version string
}

// SignIn is one identity at one tenant. It is safe for concurrent use.
type SignIn struct {
	options    Options
	credential azcore.TokenCredential
	person     *person // nil for methods that need none
	transport  *transport
	tokens     *tokens
}

// defaultTimeout stands for a configuration without one.
const defaultTimeout = 30 * time.Second

// New prepares a sign-in; nothing is asked before the first request. Its errors are of type *model.Failure.
func New(o Options) (*SignIn, error) {
	if o.Config.Timeout <= 0 {
		o.Config.Timeout = defaultTimeout
	}
	s := &SignIn{options: o, tokens: newTokens(o.Secret), transport: newTransport(o.Roots, o.Config.Timeout)}
	credential, err := newCredential(o, s.transport, s.tokens)
	if err != nil {
		return nil, err
	}
	s.person, _ = credential.(*person)
	s.credential = s.tokens.watch(credential)
	return s, nil
}

// Forget lets go of what a person's sign-in left here. Entra ID does not hear of it: tokens that were given out last
// until they end.
func (s *SignIn) Forget() error {
	s.tokens.forget()
	if s.options.Cache == nil {
		return nil
	}
	return s.options.Cache.Forget()
}

// APIOptions describe one API.
type APIOptions struct {
	Source  model.Source
	Name    string // for messages: "Microsoft Graph"
	BaseURL string // https; requests go to this scheme, host and port only
	Scope   string // of the token, such as "https://graph.microsoft.com/.default"
	// Cloud is the one whose API it is, as config.Clouds names it; empty: one that has all features.
	Cloud string
	// PerMinute and PerHour are the published limits of requests; adbadge stays below them. 0: none.
	PerMinute, PerHour int
}

// API carries requests to one origin. It is safe for concurrent use.
type API struct {
	*server
	purpose Purpose
}

// Purpose says what a request is for. It makes messages precise and changes nothing about who may be asked.
type Purpose struct {
	// Doing completes messages: "read machines".
	Doing string
	// Feature is what the answer is needed for. A request for one that the token does not permit is not sent.
	Feature Feature
	// Change: the request changes something, whatever its method. It is sent again only when the API said that it did nothing.
	Change bool
	// Header is sent along.
	Header http.Header
	// Patience is how long the answer may take to begin, where that is longer than usual.
	Patience time.Duration
}

// For gives the same API for one purpose.
func (a *API) For(p Purpose) *API { return &API{server: a.server, purpose: p} }

// Proxy gives the proxy that leads to the API, as the environment names it, without what it may hold of a user; empty when
// there is none.
func (a *API) Proxy() (string, error) {
	choose := a.signIn.transport.client.Transport.(*http.Transport).Proxy
	if choose == nil {
		return "", nil
	}
	proxy, err := choose(&http.Request{URL: a.base})
	if err != nil || proxy == nil {
		return "", err
	}
	return (&url.URL{Scheme: proxy.Scheme, Host: proxy.Host}).String(), nil
}

// Host names where the API is asked, for the status page.
func (a *API) Host() string { return a.base.Host }

// API prepares requests to one API. Its errors are of type *model.Failure.
func (s *SignIn) API(o APIOptions) (*API, error) {
	base, err := parseBase(o.BaseURL)
	if err == nil && o.Scope == "" {
		err = errNoScope
	}
	if err != nil {
		return nil, &model.Failure{Source: o.Source, Kind: model.Misconfigured, Doing: "set up " + o.Name,
			Seen: err.Error(), Remedy: "Correct the address or the scope in the configuration.", Cause: err}
	}
	return &API{server: newServer(s, o, base)}, nil
}

// parseBase checks the URL that an API is reached at.
func parseBase(raw string) (*url.URL, error) {
	base, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, errBadURL
	case base.Scheme != "https":
		return nil, errNotHTTPS
	case base.Hostname() == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" || base.Opaque != "":
		return nil, errBadURL
	}
	return &url.URL{Scheme: "https", Host: canonicalHost(base), Path: strings.TrimRight(base.Path, "/")}, nil
}

// canonicalHost gives host and port in lower case, without the port that https has anyway.
func canonicalHost(u *url.URL) string {
	return strings.TrimSuffix(strings.ToLower(u.Host), ":443")
}
