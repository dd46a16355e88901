// Package cloud is the lab's cloud: HTTPS servers on loopback that behave as Entra ID's sign-in, the Defender for
// Endpoint API, Microsoft Graph and the portals do, as far as adbadge and its users' own tools need them. Paths, OData
// options, paging, limits, error bodies and answers follow the vendor's pages; /lab marks what is the lab's own.
package cloud

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"adbadge/providers/lab/fault"
	"adbadge/providers/lab/state"
	"adbadge/providers/lab/world"
)

// The token scopes that the servers accept, as in the public cloud. The Defender for Endpoint API is asked at another
// host than the one that its audience names (see the vendor's page on the native application sign-in).
const (
	EndpointScope = "https://api.securitycenter.microsoft.com/.default"
	GraphScope    = "https://graph.microsoft.com/.default"
	PortalScope   = "https://security.microsoft.com/.default"
)

// Addresses are where the servers listen, "host:port". Empty ones get a free port on 127.0.0.1.
type Addresses struct{ SignIn, Endpoint, Graph, Portal string }

// Options say what the servers serve.
type Options struct {
	World       *world.World
	State       *state.Store
	Faults      *fault.Set
	Certificate tls.Certificate
	Addresses   Addresses
	ClientID    string // of the application that may sign in
	Secret      string // its client secret
	// Now is the clock of the data. Tokens and limits go by the real clock.
	Now func() time.Time
}

// Cloud is the running servers. Its methods are safe for concurrent use.
type Cloud struct {
	SignInURL, EndpointURL, GraphURL, PortalURL string

	tenant  *tenant
	servers []*http.Server
	running errgroup.Group
}

// Start listens at all addresses and serves until Close.
func Start(o Options) (*Cloud, error) {
	tenant := newTenant(o)
	c := &Cloud{tenant: tenant}
	parts := [...]struct {
		name    string
		address string
		url     *string
		handler func(self string) http.Handler
	}{
		{"sign-in", o.Addresses.SignIn, &c.SignInURL, tenant.signInHandler},
		{"Defender for Endpoint API", o.Addresses.Endpoint, &c.EndpointURL, tenant.endpointHandler},
		{"Microsoft Graph", o.Addresses.Graph, &c.GraphURL, tenant.graphHandler},
		{"portal", o.Addresses.Portal, &c.PortalURL, tenant.portalHandler},
	}
	listeners := make([]net.Listener, 0, len(parts))
	for _, part := range parts {
		listener, err := net.Listen("tcp", cmp.Or(part.address, "127.0.0.1:0"))
		if err != nil {
			for _, l := range listeners {
				_ = l.Close() // nothing has used it
			}
			return nil, fmt.Errorf("start the lab's %s server: %w", part.name, err)
		}
		*part.url = "https://" + listener.Addr().String()
		listeners = append(listeners, listener)
	}
	tenant.portalURL = c.PortalURL
	for i, part := range parts {
		c.serve(listeners[i], part.handler(*part.url), o.Certificate)
	}
	return c, nil
}

func (c *Cloud) serve(listener net.Listener, handler http.Handler, certificate tls.Certificate) {
	server := &http.Server{
		Handler:           onlyHost(listener.Addr().String(), handler),
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12},
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // the lab must not write over the screen
	}
	c.servers = append(c.servers, server)
	c.running.Go(func() error {
		if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
}

// SessionCookies gives the cookies of the person who is signed in to the portal, as a Cookie header.
func (c *Cloud) SessionCookies() string { return c.tenant.browser.cookies(time.Now()) }

// Close stops the servers at once; requests that run are cut off.
func (c *Cloud) Close() error {
	var errs []error
	for _, s := range c.servers {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, c.running.Wait())...)
}

// onlyHost refuses requests that were sent to another name, so that a web page elsewhere cannot reach the lab
// through a name that it makes resolve to this address.
func onlyHost(address string, next http.Handler) http.Handler {
	_, port, err := net.SplitHostPort(address)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err == nil && r.Host != address && r.Host != "localhost:"+port && r.Host != "127.0.0.1:"+port {
			http.Error(w, "This server answers only to its own address.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// wait lets time pass, unless the request ends first.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
