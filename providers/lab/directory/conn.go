package directory

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// Tags of the requests and answers (RFC 4511, 4.2 to 4.12).
const (
	requestBind     ber.Tag = 0
	requestUnbind   ber.Tag = 2
	requestSearch   ber.Tag = 3
	requestModify   ber.Tag = 6
	requestAdd      ber.Tag = 8
	requestDelete   ber.Tag = 10
	requestModifyDN ber.Tag = 12
	requestCompare  ber.Tag = 14
	requestAbandon  ber.Tag = 16
	requestExtended ber.Tag = 23

	answerBind      = 0x61
	answerEntry     = 0x64
	answerDone      = 0x65
	answerReference = 0x73
	answerExtended  = 0x78
)

// conn is one client's connection. Its requests are read one after the other; searches run beside the reading, so
// that they can be abandoned.
type conn struct {
	server  *Server
	context context.Context
	cancel  context.CancelFunc

	socket  atomic.Pointer[net.Conn] // what carries the messages: TLS once that is on
	reader  *bufio.Reader
	secure  bool // only touched by the reading goroutine
	writing sync.Mutex

	account  atomic.Pointer[account] // who is signed in; nil: nobody
	sent     atomic.Int64            // entries
	searches sync.WaitGroup
	slots    chan struct{}

	mu      sync.Mutex
	active  map[int64]context.CancelFunc // by message id
	cookies map[string]*cursor
	nextID  uint64
}

func newConn(s *Server, raw net.Conn) *conn {
	c := &conn{
		server: s, reader: bufio.NewReaderSize(raw, 8<<10), slots: make(chan struct{}, maxOperations),
		active: make(map[int64]context.CancelFunc), cookies: make(map[string]*cursor),
	}
	c.context, c.cancel = context.WithCancel(s.context)
	c.socket.Store(&raw)
	return c
}

// cut ends the connection from another goroutine.
func (c *conn) cut() {
	c.cancel()
	(*c.socket.Load()).Close()
}

func (c *conn) run(secure bool) {
	defer func() {
		c.cut()
		c.searches.Wait()
	}()
	if secure && !c.startTLS() {
		return
	}
	for {
		message, err := c.read()
		if err != nil {
			if err == errMalformed || err == errTooLarge {
				c.write(disconnection(err.Error()))
			}
			return
		}
		if !c.handle(message) {
			return
		}
	}
}

// read waits for a message, and then not long for its end.
func (c *conn) read() ([]byte, error) {
	socket := *c.socket.Load()
	socket.SetReadDeadline(time.Now().Add(maxIdle))
	if _, err := c.reader.Peek(1); err != nil {
		return nil, err
	}
	socket.SetReadDeadline(time.Now().Add(messageTime))
	return readMessage(c.reader)
}

// startTLS puts TLS on the connection.
func (c *conn) startTLS() bool {
	raw := *c.socket.Load()
	secured := tls.Server(raw, c.server.options.TLS)
	ctx, done := context.WithTimeout(c.context, handshakeTime)
	defer done()
	if err := secured.HandshakeContext(ctx); err != nil {
		return false
	}
	var socket net.Conn = secured
	c.writing.Lock()
	c.socket.Store(&socket)
	c.writing.Unlock()
	c.reader.Reset(secured)
	c.secure = true
	return true
}

// write sends whole messages. A client that takes nothing for long is cut off.
func (c *conn) write(messages []byte) bool {
	c.writing.Lock()
	defer c.writing.Unlock()
	socket := *c.socket.Load()
	socket.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := socket.Write(messages); err != nil {
		c.cut()
		return false
	}
	return true
}

// request is one decoded message.
type request struct {
	id       int64
	op       *ber.Packet
	controls []control
}

// decode takes a well-formed message apart.
func decode(message []byte) (*request, error) {
	p, err := ber.DecodePacketErr(message)
	if err != nil || len(p.Children) < 2 || len(p.Children) > 3 {
		return nil, errMalformed
	}
	id, ok := integer(p.Children[0])
	if !ok || id < 0 || id > 1<<31-1 || p.Children[1].ClassType != ber.ClassApplication {
		return nil, errMalformed
	}
	r := &request{id: id, op: p.Children[1]}
	if len(p.Children) == 3 {
		if r.controls, err = decodeControls(p.Children[2]); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// integer reads an integer or enumerated value of at most eight bytes.
func integer(p *ber.Packet) (int64, bool) {
	b := content(p)
	if len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	n := int64(int8(b[0]))
	for _, x := range b[1:] {
		n = n<<8 | int64(x)
	}
	return n, true
}

// handle answers one request. It is false when the connection is to end.
func (c *conn) handle(message []byte) bool {
	r, err := decode(message)
	if err != nil {
		c.write(disconnection(err.Error()))
		return false
	}
	switch r.op.Tag {
	case requestUnbind:
		return false
	case requestAbandon:
		if id, ok := integer(r.op); ok {
			c.abandon(id)
		}
		return true
	case requestBind:
		c.abandonAll()
		return c.bind(r)
	case requestSearch:
		return c.startSearch(r)
	case requestExtended:
		return c.extended(r)
	case requestModify, requestAdd, requestDelete, requestModifyDN, requestCompare:
		return c.refuseWrite(r)
	}
	c.write(disconnection("unknown request"))
	return false
}

func (c *conn) startSearch(r *request) bool {
	select {
	case c.slots <- struct{}{}:
	case <-c.context.Done():
		return false
	}
	ctx, cancel := context.WithCancel(c.context)
	c.mu.Lock()
	_, taken := c.active[r.id]
	if !taken {
		c.active[r.id] = cancel
	}
	c.mu.Unlock()
	if taken {
		<-c.slots
		cancel()
		c.write(disconnection("message id in use"))
		return false
	}
	c.searches.Go(func() {
		defer func() {
			c.mu.Lock()
			delete(c.active, r.id)
			c.mu.Unlock()
			cancel()
			<-c.slots
		}()
		c.search(ctx, r)
	})
	return true
}

func (c *conn) abandon(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cancel := c.active[id]; cancel != nil {
		cancel()
	}
}

// abandonAll ends every search, as a bind does, and forgets the paged ones.
func (c *conn) abandonAll() {
	c.mu.Lock()
	for _, cancel := range c.active {
		cancel()
	}
	c.mu.Unlock()
	c.searches.Wait()
	c.mu.Lock()
	clear(c.cookies)
	c.mu.Unlock()
}

// refuseWrite answers what would change the directory: nobody may.
func (c *conn) refuseWrite(r *request) bool {
	answer := byte(r.op.Tag+1) | 0x60
	if c.account.Load() == nil {
		return c.write(result(r.id, answer, operationsError, "", notBound))
	}
	if r.op.Tag == requestCompare {
		return c.write(result(r.id, answer, unwillingToPerform, "", "00002035: LdapErr: DSID-0C090E16, comment: Operation not allowed through this port, data 0, v4563"))
	}
	return c.write(result(r.id, answer, insufficientAccessRights, "", "00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0\n"))
}

const (
	oidStartTLS = "1.3.6.1.4.1.1466.20037"
	oidWhoAmI   = "1.3.6.1.4.1.4203.1.11.3"
	oidNotice   = "1.3.6.1.4.1.1466.20036"
)

func (c *conn) extended(r *request) bool {
	var name string
	for _, child := range r.op.Children {
		if child.Tag == 0 {
			name = string(content(child))
		}
	}
	switch name {
	case oidStartTLS:
		return c.extendedTLS(r)
	case oidWhoAmI:
		value := ""
		if who := c.account.Load(); who != nil {
			value = "u:" + who.name
		}
		return c.write(extendedResult(r.id, success, "", "", &value))
	}
	return c.write(extendedResult(r.id, protocolError, "0000203D: LdapErr: DSID-0C090E07, comment: Unknown extended request OID, data 0, v4563", "", nil))
}

// extendedTLS turns TLS on. Nothing may be under way, and nothing may have been sent ahead in clear text.
func (c *conn) extendedTLS(r *request) bool {
	c.mu.Lock()
	busy := len(c.active) > 0
	c.mu.Unlock()
	switch {
	case c.secure, busy:
		return c.write(extendedResult(r.id, operationsError, "00002042: LdapErr: DSID-0C0910D8, comment: TLS is in use already, or requests are under way, data 0, v4563", oidStartTLS, nil))
	case c.server.options.TLS == nil:
		return c.write(extendedResult(r.id, unavailable, "00000000: LdapErr: DSID-0C091065, comment: Error initializing SSL/TLS, data 0, v4563", oidStartTLS, nil))
	case c.reader.Buffered() > 0:
		return false
	}
	return c.write(extendedResult(r.id, success, "", oidStartTLS, nil)) && c.startTLS()
}
