// Package directory is the lab's on-premises Active Directory: an LDAP server over the made-up forest of package
// world, with the attributes, the limits and the error texts of a Windows domain controller.
//
// It differs from one in that it holds both domains of the forest itself instead of referring to the other's domain
// controllers, that every account has the same password, and that nothing can be written by LDAP: changes are made
// with the methods of Server.
package directory

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"adbadge/providers/lab/world"
)

// Limits of a domain controller (its default LDAP policies, learn.microsoft.com: "View and set LDAP policy").
const (
	maxPageSize    = 1000
	maxValRange    = 1500
	maxSearchTime  = 120 * time.Second
	maxIdle        = 15 * time.Minute
	maxConnections = 1000
)

// Limits of our own, so that no client can wedge the server.
const (
	handshakeTime = 10 * time.Second
	messageTime   = 30 * time.Second // from the first byte of a message to its last
	writeTime     = 60 * time.Second // for a client to take what it asked for
	maxOperations = 8                // at once on one connection
	maxCookies    = 64               // paged searches at once on one connection
)

// Options say what the server serves.
type Options struct {
	World *world.World
	// Password is that of every account.
	Password string
	// TLS has the certificate, for ServeTLS and for StartTLS. Without it there is neither, and nobody can sign in.
	TLS *tls.Config
	// Now is the clock for account expiry and currentTime; nil: the world's instant.
	Now func() time.Time
}

// Faults are troubles to make, for people and tests. The zero value makes none.
type Faults struct {
	// CutAfterEntries cuts a connection, without a word, when it has had so many entries; 0: never.
	CutAfterEntries int
	// Slow is how long each search, or page of one, waits before it answers.
	Slow time.Duration
	// RefuseBind answers every sign-in as if the password were wrong.
	RefuseBind bool
	// RefuseDirSync answers DirSync as a server that does not know it.
	RefuseDirSync bool
	// LosePagingCookie forgets where paged searches are.
	LosePagingCookie bool
}

// ErrClosed comes from Serve after Close.
var ErrClosed = errors.New("directory: server closed")

// Server is the directory. Its methods may be called at the same time.
type Server struct {
	options Options
	store   *store
	faults  atomic.Pointer[Faults]

	context context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	listeners map[net.Listener]struct{}
	conns     map[*conn]struct{}
}

// New makes a server and begins to encode the entries in the background; searches need not wait for that.
func New(o Options) *Server {
	if o.Now == nil {
		now := o.World.Options().Now
		o.Now = func() time.Time { return now }
	}
	s := &Server{
		options: o, store: newStore(o.World),
		listeners: make(map[net.Listener]struct{}), conns: make(map[*conn]struct{}),
	}
	s.store.now = o.Now
	s.context, s.cancel = context.WithCancel(context.Background())
	s.faults.Store(&Faults{})
	s.running.Go(func() { s.store.encodeAll(s.context) })
	return s
}

// SetFaults changes the troubles that are made, for connections that are open too.
func (s *Server) SetFaults(f Faults) { s.faults.Store(&f) }

// Disconnect cuts every connection, as a domain controller does that starts anew.
func (s *Server) Disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.cut()
	}
}

// Serve accepts connections without TLS, which may turn it on by StartTLS, until Close.
func (s *Server) Serve(l net.Listener) error { return s.serve(l, false) }

// ServeTLS accepts connections that begin with TLS (LDAPS), until Close.
func (s *Server) ServeTLS(l net.Listener) error {
	if s.options.TLS == nil {
		return errors.New("directory: LDAPS needs a certificate")
	}
	return s.serve(l, true)
}

func (s *Server) serve(l net.Listener, secure bool) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		l.Close()
		return ErrClosed
	}
	s.listeners[l] = struct{}{}
	s.mu.Unlock()
	wait := time.Millisecond
	for {
		raw, err := l.Accept()
		switch {
		case s.context.Err() != nil:
			if raw != nil {
				raw.Close()
			}
			return ErrClosed
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // out of file descriptors, most likely: wait and go on
			select {
			case <-s.context.Done():
			case <-time.After(wait):
			}
			wait = min(2*wait, time.Second)
			continue
		}
		wait = time.Millisecond
		s.take(raw, secure)
	}
}

// take runs a connection, unless there are too many or the server is closed.
func (s *Server) take(raw net.Conn, secure bool) {
	c := newConn(s, raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.conns) >= maxConnections {
		raw.Close()
		return
	}
	s.conns[c] = struct{}{}
	s.running.Go(func() {
		c.run(secure)
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
	})
}

// Close stops listening, cuts every connection, and waits until all has ended.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.cancel()
	for l := range s.listeners {
		l.Close()
	}
	for c := range s.conns {
		c.cut()
	}
	s.mu.Unlock()
	s.running.Wait()
	return nil
}
