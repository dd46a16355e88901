package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// maxShown bounds what is repeated of a server's words, in characters.
const maxShown = 200

func show(s string) string { return text.CleanMax(s, maxShown).String() }

// failure puts an error of this server into the user's words.
func (s server) failure(err error, doing string) *model.Failure {
	if f, ok := errors.AsType[*model.Failure](err); ok {
		return f
	}
	f := &model.Failure{
		Source: model.Directory, Kind: model.Unreachable, Doing: doing + " " + s.String(), Cause: err,
		Remedy: "Check the name, the port and the network; adbadge asks again by itself.",
	}
	var result *resultError
	if d, ok := errors.AsType[disconnected](err); ok {
		result, _ = errors.AsType[*resultError](d.reason)
	}
	var protocol protocolError
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case result != nil, errors.As(err, &result):
		f.Kind, f.Seen, f.Remedy = resultWords(result)
	case errors.As(err, &dns):
		f.Seen, f.Remedy = "the name "+show(dns.Name)+" could not be resolved", "Check the name in servers under [directory], and the DNS."
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		f.Kind, f.Seen = model.TimedOut, "no answer within the time limit"
		f.Remedy = "Check the network, or raise timeout under [directory]."
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Seen = "the connection was refused"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		f.Seen, f.Remedy = "the connection was closed", "adbadge asks again by itself; if it stays, look at the server's log."
	case errors.As(err, &protocol):
		f.Kind, f.Seen = model.Broken, string(protocol)
		f.Remedy = "Check that the address is the one of a domain controller."
	default:
		f.Seen = show(err.Error())
	}
	return f
}

// tlsFailure puts an error of the TLS handshake into words.
func tlsFailure(err error, s server, now time.Time) error {
	f := &model.Failure{Source: model.Directory, Kind: model.Untrusted, Doing: "check the certificate of " + s.String(), Cause: err}
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &unknown):
		f.Seen = "it is signed by an authority that is not trusted here"
		f.Remedy = "Set ca_file under [directory] to the certificate of the authority (PEM)."
	case errors.As(err, &name):
		f.Seen = "it is not valid for the name " + show(name.Host) + namesOf(name.Certificate)
		f.Remedy = "Use a name of the certificate in servers under [directory]."
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		f.Seen, f.Remedy = expiry(invalid.Cert, now)
	case errors.As(err, &invalid):
		f.Seen, f.Remedy = show(invalid.Error()), "Give the domain controller another certificate."
	case errors.As(err, &record):
		f.Kind, f.Seen = model.Misconfigured, "the server does not speak TLS on this port"
		f.Remedy = "Use ldaps:// with the port for TLS (636), or ldap:// with the plain port (389)."
	case errors.As(err, &alert), strings.Contains(err.Error(), "protocol version"), strings.Contains(err.Error(), "handshake failure"):
		f.Seen, f.Remedy = "the server offers no safe version of TLS", "Enable TLS 1.2 or later on the domain controller."
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		f.Kind, f.Seen = model.Unreachable, "the server closed the connection when TLS began"
		f.Remedy = "Check that the domain controller has a certificate for LDAP over TLS."
	default:
		return err
	}
	return f
}

func namesOf(c *x509.Certificate) string {
	if c == nil || len(c.DNSNames)+len(c.IPAddresses) == 0 {
		return " (it names no host)"
	}
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names[:len(names):len(names)], ip.String())
	}
	return " but for " + show(strings.Join(names, ", "))
}

func expiry(c *x509.Certificate, now time.Time) (seen, remedy string) {
	if c != nil && now.Before(c.NotBefore) {
		return "it becomes valid only on " + c.NotBefore.UTC().Format(time.DateOnly), "Check the clock of this machine."
	}
	seen = "it has expired"
	if c != nil {
		seen = "it expired on " + c.NotAfter.UTC().Format(time.DateOnly)
	}
	return seen, "Renew the certificate of the domain controller, or check the clock of this machine."
}

// startTLSFailure explains why nothing was said to a server that does not switch to TLS.
func startTLSFailure(err error, s server) error {
	if result, ok := errors.AsType[*resultError](err); ok {
		return &model.Failure{
			Source: model.Directory, Kind: model.NotSupported, Doing: "begin TLS with " + s.String(),
			Seen:   fmt.Sprintf("the server refused (result code %d %s)", result.code, show(result.diagnostic)),
			Remedy: "Give the domain controller a certificate for LDAP over TLS; adbadge sends no password without it.", Cause: err,
		}
	}
	return err
}
