package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// signIn proves who asks, in the way that the configuration names. It must only be called on a connection under TLS.
func (d *Directory) signIn(ctx context.Context, c *client, server server) error {
	switch {
	case d.kerberos != nil:
		return d.kerberos.signIn(ctx, c, server)
	case d.user != "":
		if err := c.bind(d.user, d.password); err != nil {
			return bindFailure(err, server, d.user)
		}
	}
	c.until = time.Now().Add(signInKept)
	return nil
}

// signInKept is how long a sign-in is relied on. Domain controllers do so for hours; proving it more often notices a
// changed password or a disabled account.
const signInKept = 10 * time.Minute

// signIn shows the server a ticket. Each side proves itself to the other.
func (k *kerberos) signIn(ctx context.Context, c *client, server server) error {
	secure, ok := c.conn.(*tls.Conn)
	if !ok || len(secure.ConnectionState().PeerCertificates) == 0 {
		return protocolError("no sign-in without TLS")
	}
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	ticket, err := k.ticketFor(limited, server.host)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return ticketFailure(err, server, k.principal())
	}
	s := &securityContext{ticket: ticket}
	if err := s.exchange(c, channelBinding(secure.ConnectionState().PeerCertificates[0])); err != nil {
		k.drop(server.host)
		return exchangeFailure(err, server, k.principal())
	}
	c.until = ticket.until
	return nil
}

// exchange runs the three steps of SASL's GSSAPI (RFC 4752, 3.1): request and proof, an empty answer for the server's
// offer of security layers, and the choice of none.
func (s *securityContext) exchange(c *client, binding [16]byte) error {
	request, err := s.begin(binding)
	if err != nil {
		return err
	}
	answer, done, err := c.bindStep(request)
	if err != nil {
		return explainRefusal(err, s, answer)
	}
	if err := s.accept(answer); err != nil {
		return err
	}
	if done {
		return protocolError("the server ended the sign-in too early")
	}
	if answer, done, err = c.bindStep(nil); err != nil {
		return err
	}
	if done {
		return protocolError("the server ended the sign-in too early")
	}
	choice, err := s.agree(answer)
	if err != nil {
		return err
	}
	if _, done, err = c.bindStep(choice); err == nil && !done {
		err = protocolError("the server never ends the sign-in")
	}
	return err
}

// explainRefusal prefers what Kerberos says to the result code of a refusal.
func explainRefusal(err error, s *securityContext, token []byte) error {
	if len(token) > 0 {
		if code, ok := errors.AsType[kerberosCode](s.accept(token)); ok {
			return code
		}
	}
	return err
}

const (
	// resultSASLInProgress asks for the next step of a sign-in (RFC 4511, 4.2.2).
	resultSASLInProgress = 14
	tagServerCredentials = 0x87
)

// bindStep sends one token and gives the server's, also one that comes with a refusal. done: there are no more steps.
func (c *client) bindStep(token []byte) (answer []byte, done bool, err error) {
	proof := ber.Encode(ber.ClassContext, ber.TypeConstructed, 3, nil, "")
	proof.AppendChild(octets("GSSAPI"))
	proof.AppendChild(octets(string(token)))
	if err := c.send(bindRequest("", proof)); err != nil {
		return nil, false, err
	}
	m, err := c.receive()
	if err != nil {
		return nil, false, err
	}
	if m.op != opBindResponse {
		return nil, false, protocolError("the server answered a sign-in with something else")
	}
	err = parseResult(m.body)
	if result, ok := errors.AsType[*resultError](err); ok && result.code == resultSASLInProgress {
		return serverCredentials(m.body), false, nil
	}
	return serverCredentials(m.body), err == nil, err
}

// serverCredentials finds the server's token in a bind response; nil when there is none.
func serverCredentials(body string) []byte {
	for body != "" {
		tag, value, rest, err := element(body)
		if err != nil {
			return nil
		}
		if tag == tagServerCredentials {
			return []byte(value)
		}
		body = rest
	}
	return nil
}

// drop forgets the ticket for a host that did not accept it.
func (k *kerberos) drop(host string) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	delete(k.tickets, serviceOf(host))
}
