// Package ldap reads users and computers from an on-premises AD: from its domain controllers over LDAP with TLS, or from
// a dump in LDIF. It only ever reads: it has no code for any other request than bind, search and StartTLS.
//
// The connection is a small synchronous client of its own, because reading a large directory needs answers that are
// handed on one by one, within bounds of memory and time, and errors that say exactly where an answer ended. The
// library go-ldap compiles filters and takes distinguished names apart.
package ldap

import (
	"crypto/x509"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/text"
)

// Options is what a directory needs.
type Options struct {
	Config config.Directory
	// Password belongs to Config.User.
	Password string
	// Roots are the certificates that servers are checked against; nil means the system's.
	Roots *x509.CertPool
	// Resolver asks the DNS; nil means the system's.
	Resolver *net.Resolver
}

// Directory is an AD behind one or several equal servers. Calls may run at the same time; each has a connection to itself,
// which waits for the next call afterwards.
type Directory struct {
	locator  *locator
	kerberos *kerberos // nil: user and password sign in themselves
	user     string
	password string
	roots    *x509.CertPool
	// insecure takes any certificate. Whoever switches it on is told on every screen (providers.Tenant.Warning).
	insecure bool
	bases    []string
	excluded []string
	pageSize int
	timeout  time.Duration // of one answer
	now      func() time.Time
	kept     kept
	// good is the index of the server that answered last, which is asked first next time.
	good atomic.Int64
	// syncFailures counts how often DirSync began and failed.
	syncFailures atomic.Int32
	// privileged is who belonged to protected groups when that was asked last; nil before.
	privileged atomic.Pointer[privileged]
}

const (
	defaultPageSize = 1000
	defaultTimeout  = 30 * time.Second
)

// New checks the options. It asks no server yet.
func New(o Options) (*Directory, error) {
	c := o.Config
	d := &Directory{
		locator: newLocator(c.Domain, c.Site, o.Resolver),
		user:    c.User, password: o.Password, roots: o.Roots, bases: c.BaseDNs, excluded: c.ExcludeOUs,
		insecure: c.InsecureSkipVerify,
		pageSize: c.PageSize, timeout: c.Timeout, now: time.Now, kept: kept{idleFor: idleKept},
	}
	if d.pageSize <= 0 {
		d.pageSize = defaultPageSize
	}
	if d.timeout <= 0 {
		d.timeout = defaultTimeout
	}
	if err := d.locator.name(c.Servers); err != nil {
		return nil, err
	}
	d.kerberos = newKerberos(c, o.Password, d.now)
	needsPassword := d.user != "" && (d.kerberos == nil || c.KeytabFile == "")
	if needsPassword && d.password == "" {
		// A bind without a password succeeds as anonymous (RFC 4513, 5.1.2) and would look like a sign-in.
		return nil, misconfigured("user is set, but its password is empty", "Set password_env, password_file or password_keyring under [directory].")
	}
	for setting, names := range map[string][]string{"base_dns": d.bases, "exclude_ous": d.excluded} {
		for _, name := range names {
			if parsed, err := goldap.ParseDN(name); err != nil || len(parsed.RDNs) == 0 {
				return nil, misconfigured(fmt.Sprintf("%s in %s is not a distinguished name", text.Clean(name), setting),
					`Write it like "OU=Sales,DC=contoso,DC=test".`)
			}
		}
	}
	return d, nil
}

// Close closes the connections that wait for a call. Later calls still work, and leave none behind.
func (d *Directory) Close() error {
	d.kept.close()
	return nil
}

// Host gives the server that answered last, or the first one; the domain as long as no server of it is known.
func (d *Directory) Host() string {
	servers := d.locator.known()
	if len(servers) == 0 {
		return d.locator.domain
	}
	return servers[int(d.good.Load())%len(servers)].String()
}

func misconfigured(seen, remedy string) error {
	return &model.Failure{Source: model.Directory, Kind: model.Misconfigured, Doing: "set up the directory", Seen: seen, Remedy: remedy}
}
