package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"adbadge/model"
)

// session is a signed-in connection for the duration of one call.
type session struct {
	*client
	ctx    context.Context // of the call: its end closes the connection
	server server
	index  int // of server among those that were known
	stop   func() bool
	about  entry // what the server said about itself at the beginning (root DSE)
	broken bool  // nobody can tell what the server would answer next
	kept   *kept // where the connection goes when the call ends
}

// close ends the call's use of the connection.
func (s *session) close() {
	if !s.stop() || s.broken || !s.kept.put(s.client, s.server) {
		s.client.close()
	}
}

// search asks and reads the answers.
func (s *session) search(q search, each func(*entry) error) (outcome, error) {
	if err := s.ask(q); err != nil {
		return outcome{}, err
	}
	return s.answers(each)
}

// ask sends a request. Until its answers are read the connection is of no use for another one.
func (s *session) ask(q search) error {
	s.broken = true
	return s.client.ask(q)
}

// answers reads what comes of the request. Everything but a whole answer makes the connection useless, and so do the words
// of a server that is about to leave.
func (s *session) answers(each func(*entry) error) (outcome, error) {
	o, err := s.client.answers(each)
	result, whole := err.(*resultError) // one within another error was no answer to this
	s.broken = err != nil && (!whole || result.code == resultBusy || result.code == resultUnavailable)
	return o, err
}

// connect signs in to the first server that answers, beginning with the one at index from. It does not go on to the
// next server when the account is refused: that would count as several wrong passwords.
func (d *Directory) connect(ctx context.Context, from int) (*session, error) {
	servers, err := d.locator.servers(ctx, d.now(), int(d.good.Load()))
	if err != nil {
		return nil, err
	}
	var first *model.Failure
	var seen []string
	for i := range servers {
		index := (from + i) % len(servers)
		s, err := d.begin(ctx, servers[index])
		if err == nil {
			s.index = index
			d.good.Store(int64(index))
			return s, nil
		}
		if ctxErr := ctx.Err(); ctxErr != nil {
			return nil, ctxErr
		}
		f := servers[index].failure(err, "connect to")
		if f.Kind == model.SignInRefused {
			return nil, f
		}
		if first == nil {
			first = f
		}
		seen = append(seen, servers[index].String()+": "+f.Seen)
	}
	d.locator.forget()
	if len(servers) == 1 {
		return nil, first
	}
	return nil, &model.Failure{
		Source: model.Directory, Kind: first.Kind, Doing: fmt.Sprintf("connect to one of %d servers", len(servers)),
		Seen: strings.Join(seen, "; "), Remedy: first.Remedy, Cause: first.Cause,
	}
}

// begin gives a connection to one server: one that waits for its next call, or a new one. That it is alive shows when the
// server describes itself; one that is not is replaced, once.
func (d *Directory) begin(ctx context.Context, server server) (*session, error) {
	if c := d.kept.take(server); c != nil {
		s := d.session(ctx, c, server)
		c.timeout = d.patience()
		err := s.greet()
		if c.timeout = d.timeout; err == nil {
			return s, nil
		}
		s.broken = true
		s.close()
		d.kept.drop(server)
	}
	s, err := d.open(ctx, server)
	if err != nil {
		return nil, err
	}
	if err := s.greet(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// greet lets the server describe itself.
func (s *session) greet() (err error) {
	s.about, err = s.root(rootAttributes)
	return err
}

func (d *Directory) session(ctx context.Context, c *client, server server) *session {
	return &session{client: c, ctx: ctx, server: server, stop: c.closedBy(ctx), kept: &d.kept}
}

// open connects to one server and signs in. The password is sent only under TLS with a checked certificate.
func (d *Directory) open(ctx context.Context, server server) (*session, error) {
	c, err := d.dial(ctx, server)
	if err != nil {
		return nil, err
	}
	s := d.session(ctx, c, server)
	if err := d.signIn(ctx, c, server); err != nil {
		s.broken = true
		s.close()
		return nil, err
	}
	return s, nil
}

// connectPatience is how long one server has to accept a connection, or to show that one still works; answers have the
// configured time limit.
const connectPatience = 10 * time.Second

func (d *Directory) patience() time.Duration { return min(d.timeout, connectPatience) }

// dial connects to one server, with TLS. TCP keeps the connection alive, as is the way of Go's dialer.
func (d *Directory) dial(ctx context.Context, server server) (*client, error) {
	patience := d.patience()
	dialer := net.Dialer{Timeout: patience, Resolver: d.locator.resolver}
	conn, err := dialer.DialContext(ctx, "tcp", server.address())
	if err != nil {
		return nil, err
	}
	if server.startTLS {
		plain := newClient(conn, patience)
		stop := plain.closedBy(ctx)
		err := plain.askForTLS()
		stop()
		if err != nil {
			return nil, errors.Join(startTLSFailure(err, server), conn.Close())
		}
	}
	secure := tls.Client(conn, &tls.Config{ServerName: server.host, RootCAs: d.roots, MinVersion: tls.VersionTLS12, InsecureSkipVerify: d.insecure})
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(tlsFailure(err, server, d.now()), conn.Close())
	}
	return newClient(secure, d.timeout), nil
}

// small runs a search with few results and gives them all.
func (s *session) small(q search) ([]entry, error) {
	var entries []entry
	_, err := s.search(q, func(e *entry) error {
		if len(entries) == maxSmall {
			return protocolError(fmt.Sprintf("more than %d objects came where one or a few were asked for", maxSmall))
		}
		entries = append(entries, e.clone())
		return nil
	})
	return entries, err
}

// maxSmall bounds searches that are kept in memory: the domains of a forest, the one object that an identifier names.
const maxSmall = 1000
