package entra

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"syscall"

	"adbadge/model"
	"adbadge/model/text"
)

// describeNetwork words what went wrong on the way or with the form of the answer.
func (a *API) describeNetwork(f *model.Failure, err error) {
	f.Cause = err
	var page *webPage
	var away *redirected
	var syntax *json.SyntaxError
	var odd *json.UnmarshalTypeError
	var dns *net.DNSError
	switch {
	case errors.Is(err, context.Canceled):
		f.Kind, f.Seen, f.Remedy = model.Broken, "stopped before the answer came", ""
	case errors.As(err, &away):
		f.Kind, f.Seen, f.Remedy = model.Untrusted, "the server redirects to "+text.CleanMax(away.host, 100).String()+", which was not followed", "Configure the address that answers itself."
	case isUntrusted(err):
		f.Kind, f.Seen, f.Remedy = model.Untrusted, certificateProblem(err), "Set ca_file under [signin] to the certificate authority to trust, or correct the address."
	case errors.As(err, &page):
		f.Kind, f.Seen, f.Remedy = model.Broken, page.Error(), "Check the address, and whether a proxy asks for a sign-in."
	case errors.As(err, &dns) && !dns.IsTimeout:
		f.Kind, f.Seen, f.Remedy = model.Unreachable, "the host name is not known", "Check the address and the DNS server."
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Kind, f.Seen, f.Remedy = model.Unreachable, "the connection was refused", "Check the address and the firewall."
	case isTimeout(err):
		f.Kind, f.Seen, f.Remedy = model.TimedOut, "no answer within the time limit", "Check the network, or raise the time limit."
	case errors.Is(err, errTooLarge), errors.Is(err, errTooDeep), errors.Is(err, errTruncated), errors.Is(err, errNotJSON), errors.Is(err, errEmptyAnswer):
		f.Kind, f.Seen, f.Remedy = model.Broken, plainCause(err), "Refresh; if it stays, the service or a proxy on the way has a fault."
	case errors.As(err, &syntax), errors.As(err, &odd):
		f.Kind, f.Seen, f.Remedy = model.Broken, "the answer is not in the form that is documented", "Refresh; if it stays, please report it."
		f.Cause = nil // it may quote the answer
	case isConnection(err):
		f.Kind, f.Seen, f.Remedy = model.Unreachable, "the connection broke: "+a.clean(innermost(err).Error()), "Check the network, the address and the proxy."
	default:
		f.Kind, f.Seen, f.Remedy = model.Broken, a.clean(innermost(err).Error()), "Refresh; if it stays, please report it."
	}
}

// isHopeless reports whether another try would fail in the same way. An address that never answered is most likely
// wrong; one that did has a bad moment.
func isHopeless(err error, answered bool) bool {
	if isUntrusted(err) {
		return true
	}
	var op *net.OpError
	return !answered && errors.As(err, &op) && op.Op == "dial"
}

func isUntrusted(err error) bool {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) || errors.As(err, &verification) || errors.As(err, &record)
}

// certificateProblem says what is wrong with the other end's certificate.
func certificateProblem(err error) string {
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &host):
		return "the certificate is for another name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has expired or is not valid yet"
	case errors.As(err, &invalid):
		return "the certificate may not be used for this"
	case errors.As(err, &record):
		return "the server does not speak TLS"
	}
	return "the certificate is signed by an authority that is not trusted here"
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errStalled) || errors.As(err, &timeout) && timeout.Timeout()
}

func isConnection(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// plainCause gives the text of the error that is one of ours.
func plainCause(err error) string {
	for _, known := range []error{errTooLarge, errTooDeep, errTruncated, errNotJSON, errEmptyAnswer} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return err.Error()
}

// innermost gives the error at the bottom, whose text names no URL.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
