package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"adbadge/model"
)

// resolve looks the name of a server up.
func (x *examination) resolve(s server) finding {
	if net.ParseIP(s.host) != nil {
		return passed("%s is an address and needs no name", show(s.host))
	}
	ctx, cancel := context.WithTimeout(x.ctx, x.directory.patience())
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(ctx, s.host)
	if err != nil {
		return x.failed(err, s)
	}
	return passed("%s is %s", show(s.host), show(strings.Join(addresses, ", ")))
}

// port opens a connection and closes it again.
func (x *examination) port(s server) finding {
	dialer := net.Dialer{Timeout: x.directory.patience()}
	conn, err := dialer.DialContext(x.ctx, "tcp", s.address())
	if err != nil {
		return x.failed(err, s)
	}
	remote := conn.RemoteAddr().String()
	_ = conn.Close() // nothing was said on it
	return passed("%s accepts connections", remote)
}

// certificateSoon is how long before the end of a certificate it is time to renew it.
const certificateSoon = 30 * 24 * time.Hour

// certificate begins TLS as every reading does, and describes the certificate, also one that is refused.
func (x *examination) certificate(s server) finding {
	now := x.directory.now()
	c, err := x.directory.dial(x.ctx, s)
	if err != nil {
		f := x.failed(err, s)
		if refused, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(refused.UnverifiedCertificates) > 0 {
			f.seen += "; " + describe(refused.UnverifiedCertificates, now)
		}
		return f
	}
	stop := c.closedBy(x.ctx)
	defer stop()
	defer c.close()
	secure, ok := c.conn.(*tls.Conn)
	if !ok {
		return finding{model.Failed, "the connection is not protected by TLS", "Use ldaps:// in servers under [directory]."}
	}
	state := secure.ConnectionState()
	if len(state.VerifiedChains) == 0 || len(state.PeerCertificates) == 0 {
		return finding{model.Doubtful, tls.VersionName(state.Version) + "; the certificate was not checked",
			"Check certificates: without that, anybody between here and the server can read the password."}
	}
	chain := state.VerifiedChains[0]
	f := passed("%s; %s", tls.VersionName(state.Version), describe(chain, now))
	for _, one := range chain {
		if left := one.NotAfter.Sub(now); left < certificateSoon {
			return f.doubtful(fmt.Sprintf("Renew the certificate of %s: it ends on %s.", subject(one), one.NotAfter.UTC().Format(time.DateOnly)))
		}
	}
	return f
}

// describe says for whom a certificate is, until when, and who signed it, up to the authority.
func describe(chain []*x509.Certificate, now time.Time) string {
	leaf := chain[0]
	names := strings.TrimPrefix(namesOf(leaf), " but ")
	if len(leaf.DNSNames)+len(leaf.IPAddresses) == 0 {
		names = "for no host at all"
	}
	var signers []string
	for _, signer := range chain[1:] {
		signers = append(signers, subject(signer))
	}
	if len(signers) == 0 {
		signers = []string{show(leaf.Issuer.String())}
	}
	return fmt.Sprintf("the certificate is %s, from %s until %s (%s), signed by %s", names, leaf.NotBefore.UTC().Format(time.DateOnly),
		leaf.NotAfter.UTC().Format(time.DateOnly), daysLeft(leaf.NotAfter.Sub(now)), strings.Join(signers, ", by "))
}

func subject(c *x509.Certificate) string { return show(c.Subject.String()) }

func daysLeft(left time.Duration) string {
	days := int(left / (24 * time.Hour))
	switch {
	case left < 0:
		return "expired"
	case days == 1:
		return "1 day left"
	}
	return fmt.Sprintf("%d days left", days)
}

// signIn opens the session that the other steps use. refused is set when the account itself is refused.
func (x *examination) signIn(server server, refused *bool) finding {
	s, err := x.directory.open(x.ctx, server)
	if err != nil {
		*refused = server.failure(err, "").Kind == model.SignInRefused
		return x.failed(err, server)
	}
	x.session = s
	switch {
	case x.directory.kerberos != nil && x.directory.user == "":
		return passed("signed in with Kerberos")
	case x.directory.kerberos != nil:
		return passed("signed in as %s with Kerberos", show(x.directory.user))
	case x.directory.user == "":
		return passed("no user is set: asked as anonymous").doubtful("Set user and its password under [directory], unless this server answers anonymous clients.")
	}
	return passed("signed in as %s", show(x.directory.user))
}
