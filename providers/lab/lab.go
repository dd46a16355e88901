// Package lab is the embedded tenant: an on-premises directory, Defender for Endpoint, Microsoft Graph and the portals
// of both products behind real sockets on loopback, with made-up data. The ordinary providers talk to it as they talk to a real
// tenant; its configuration is an ordinary one.
package lab

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"adbadge/model/config"
	"adbadge/providers/lab/authority"
	"adbadge/providers/lab/cloud"
	"adbadge/providers/lab/directory"
	"adbadge/providers/lab/fault"
	"adbadge/providers/lab/state"
	"adbadge/providers/lab/world"
)

// Options say what lab to start. The zero value is a lab of the default size that keeps its state in memory.
type Options struct {
	Seed             uint64
	Users, Computers int // 0: the default size
	// Still freezes the lab at the instant of its start, for tests and pictures.
	Still bool
	// StateDir is the folder that the state is kept in; empty: memory only.
	StateDir string
	// Now is the clock; nil: the system's.
	Now func() time.Time
	// Faults are what goes wrong from the start, as fault.Parse reads them.
	Faults []string
	// Listen says where the servers listen; empty addresses get free ports on 127.0.0.1.
	Listen Addresses
}

// Addresses are "host:port" of the servers.
type Addresses struct{ Directory, SignIn, Endpoint, Graph, Portal string }

// Lab is a running lab. Its methods are safe for concurrent use.
type Lab struct {
	options   Options
	now       func() time.Time
	world     *world.World
	state     *state.Store
	faults    fault.Set
	authority *authority.Authority
	cloud     *cloud.Cloud
	directory *directory.Server
	ldap      net.Listener
	serving   sync.WaitGroup
	password  string // of every account of the directory
	secret    string // of the application that signs in
	folder    string // where files for other tools go; empty: a temporary one, made when it is needed
	temporary struct {
		sync.Mutex
		path string
	}
}

// story is how long before the first start the first attack began, so that there is something to see.
const story = 9 * time.Minute

// MaxEntities is how many users, and how many computers, a lab is meant to have at most; more want too much memory.
const MaxEntities = 10_000_000

// clientID is the application that signs in.
const clientID = "1ab0ad6e-ba6d-4e1a-9c0d-ad0bad6e1ab0"

// Start brings up all servers. What it started is stopped again when it fails.
func Start(ctx context.Context, o Options) (*Lab, error) {
	l := &Lab{options: o, now: o.Now, password: rand.Text(), secret: rand.Text(), folder: o.StateDir}
	if l.now == nil {
		l.now = time.Now
	}
	if o.Still {
		base := l.now().UTC().Truncate(time.Second)
		l.now = func() time.Time { return base }
	}
	if err := l.faults.Replace(o.Faults); err != nil {
		return nil, err
	}
	begin := l.now().UTC()
	var err error
	if l.state, err = state.Open(o.StateDir, begin.Add(-story).Truncate(time.Second)); err != nil {
		return nil, err
	}
	if !l.state.Kept() {
		l.folder = ""
	}
	epoch := l.state.Read().Epoch
	if o.Still || epoch.After(begin) { // a story that begins in the future comes from a clock that was wrong
		epoch = begin.Add(-story)
	}
	l.world = world.New(world.Options{Seed: o.Seed, Users: o.Users, Computers: o.Computers, Now: begin, Epoch: epoch})
	if err := l.serve(ctx, o.Listen); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// serve starts the servers.
func (l *Lab) serve(ctx context.Context, at Addresses) error {
	var err error
	if l.authority, err = authority.New(); err != nil {
		return err
	}
	certificate, err := l.authority.Issue()
	if err != nil {
		return err
	}
	l.cloud, err = cloud.Start(cloud.Options{
		World: l.world, State: l.state, Faults: &l.faults, Certificate: certificate, ClientID: clientID, Secret: l.secret, Now: l.now,
		Addresses: cloud.Addresses{SignIn: at.SignIn, Endpoint: at.Endpoint, Graph: at.Graph, Portal: at.Portal},
	})
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", cmp.Or(at.Directory, "127.0.0.1:0"))
	if err != nil {
		return fmt.Errorf("start the lab's directory server: %w", err)
	}
	l.ldap = &refusing{listener, &l.faults}
	l.directory = directory.New(directory.Options{World: l.world, Password: l.password, Now: l.now,
		TLS: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}})
	l.applyFaults()
	l.serving.Go(func() { _ = l.directory.ServeTLS(l.ldap) }) // it ends when the directory is closed
	return nil
}

// Config gives the configuration of the lab: an ordinary one. Secrets and certificates, which are never part of a
// configuration, come from Secret, DirectoryPassword and Roots.
func (l *Lab) Config() config.Config {
	c := config.Default()
	domains := l.world.Domains()
	c.Tenant = config.Tenant{Name: domains[0].DNSName, ID: l.world.TenantID().String(), Cloud: "public", Write: true}
	d := &c.Directories[0]
	d.Source = config.SourceLDAP
	d.Servers = []string{"ldaps://" + l.ldap.Addr().String()}
	d.User = l.DirectoryUser()
	for _, domain := range domains {
		d.BaseDNs = append(d.BaseDNs, domain.BaseDN)
	}
	c.SignIn.Method, c.SignIn.ClientID, c.SignIn.Authority = config.MethodClientSecret, clientID, l.cloud.SignInURL
	c.Endpoint = config.Endpoint{Enabled: true, URL: l.cloud.EndpointURL, Scope: cloud.EndpointScope}
	c.Graph = config.Graph{Enabled: true, URL: l.cloud.GraphURL, Scope: cloud.GraphScope}
	c.Portal.URL = l.cloud.PortalURL
	c.Refresh.Interval, c.Refresh.DirectoryInterval = l.options.Intervals()
	return c
}

// Intervals says how often a lab is refreshed, and how often read from end to end.
func (o Options) Intervals() (refresh, directory time.Duration) {
	if cmp.Or(o.Users, world.DefaultUsers)+cmp.Or(o.Computers, world.DefaultComputers) <= lively {
		return livelyInterval, livelyDirectoryInterval
	}
	usual := config.Default().Refresh
	return usual.Interval, usual.DirectoryInterval
}

// A lab of up to so many entities is refreshed more often than a tenant, since something happens in it every minute.
const (
	lively                  = 10_000
	livelyInterval          = 20 * time.Second
	livelyDirectoryInterval = 5 * time.Minute
)

// Now is the lab's clock.
func (l *Lab) Now() time.Time { return l.now() }

// World gives the data, for tests that compare.
func (l *Lab) World() *world.World { return l.world }

// Secret is the client secret of the application that signs in.
func (l *Lab) Secret() string { return l.secret }

// DirectoryPassword is the password of every account of the directory.
func (l *Lab) DirectoryPassword() string { return l.password }

// DirectoryUser is an account that may read the directory: a service account in good standing, or else, in a lab too
// small to have one, any account in good standing.
func (l *Lab) DirectoryUser() string {
	now, name := l.now(), "Administrator@"+l.world.Domains()[0].DNSName
	found := false
	for i := range l.world.Users() {
		u := l.world.User(i)
		usable := u.Enabled() && u.Locked.IsZero() && !u.PasswordSet.IsZero() && (u.Expires.IsZero() || u.Expires.After(now))
		if !usable || found && u.Role != world.ServiceAccount {
			continue
		}
		name, found = u.SAM+"@"+l.world.Domains()[u.Domain].DNSName, true
		if u.Role == world.ServiceAccount {
			break
		}
	}
	return name
}

// CAPEM gives the certificate of the lab's authority.
func (l *Lab) CAPEM() []byte { return l.authority.PEM() }

// Directory gives the directory server, to change what it holds.
func (l *Lab) Directory() *directory.Server { return l.directory }

// Roots gives a pool that trusts the lab's authority and no other.
func (l *Lab) Roots() *x509.CertPool { return l.authority.Roots() }

// Problem says what was wrong with the state, or is empty.
func (l *Lab) Problem() string { return l.state.Problem() }

// Forgets reports that toggles and resolved alerts last only as long as the lab runs.
func (l *Lab) Forgets() bool { return !l.state.Kept() }

// Reset makes the lab of a state folder start over. Labs that run see it at once.
func Reset(stateDir string) error { return state.Reset(stateDir) }

// Close stops all servers and removes temporary files.
func (l *Lab) Close() error {
	var errs []error
	if l.directory != nil {
		errs = append(errs, l.directory.Close())
	}
	if l.cloud != nil {
		errs = append(errs, l.cloud.Close())
	}
	l.serving.Wait()
	return errors.Join(append(errs, l.removeTemporary())...)
}
