package ldap

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"golang.org/x/time/rate"
)

// client speaks LDAP on one connection, one request at a time. It belongs to one goroutine. After an error that is no
// *resultError the connection is in an unknown state and must be closed.
type client struct {
	conn    net.Conn
	reader  *bufio.Reader
	timeout time.Duration // of one answer
	id      int64
	pace    *rate.Limiter
	until   time.Time       // when its sign-in has to be proven anew
	text    strings.Builder // of messages, many in one piece of memory, which lives as long as any of them is in use
	limited bool            // the wait for the message at hand has its time limit
}

const (
	// maxMessage bounds one answer, in bytes. Objects are some kilobytes; a group of 100,000 members comes in ranges.
	maxMessage = 16 << 20
	// textPiece is how much memory messages get at once. A longer one gets more as it arrives.
	textPiece = 32 << 10
	readAhead = 64 << 10
)

// Requests that one connection sends, at most: so many a second, and so many at once. Pages of a large directory come
// more slowly than that; it is small questions, such as who is in a group, that could come faster.
const (
	requestsPerSecond = 500
	requestsAtOnce    = 100
)

func newClient(conn net.Conn, timeout time.Duration) *client {
	return &client{conn: conn, reader: bufio.NewReaderSize(conn, readAhead), timeout: timeout,
		pace: rate.NewLimiter(requestsPerSecond, requestsAtOnce)}
}

// closedBy makes the end of a context close the connection, which ends every wait on it.
func (c *client) closedBy(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = c.conn.Close() })
}

// close says goodbye and closes the connection. Neither can fail in a way that matters.
func (c *client) close() {
	_ = c.conn.SetWriteDeadline(time.Now().Add(time.Second))
	c.id++
	_, _ = c.conn.Write([]byte{tagSequence, 5, tagInteger, 1, byte(c.id & 0x7F), opUnbind, 0})
	_ = c.conn.Close()
}

// send writes a request with its controls, as soon as the pace allows it.
func (c *client) send(operation *ber.Packet, controls ...*ber.Packet) error {
	time.Sleep(c.pace.Reserve().Delay())
	c.id++
	packet := ber.NewSequence("")
	packet.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, c.id, ""))
	packet.AppendChild(operation)
	if len(controls) > 0 {
		list := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
		for _, control := range controls {
			list.AppendChild(control)
		}
		packet.AppendChild(list)
	}
	if err := c.conn.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil {
		return err
	}
	_, err := c.conn.Write(packet.Bytes())
	return err
}

// receive reads the next answer to the request that was sent last.
func (c *client) receive() (message, error) {
	raw, err := c.readMessage()
	if err != nil {
		return message{}, err
	}
	m, err := parseMessage(raw)
	switch {
	case err != nil:
		return message{}, err
	case m.id == 0 && m.op == opExtendedResponse: // a notice of disconnection (RFC 4511, 4.4.1)
		if err := parseResult(m.body); err != nil {
			return message{}, disconnected{err}
		}
		return message{}, io.EOF
	case m.id != c.id:
		return message{}, protocolError(fmt.Sprintf("the server answered request %d instead of %d", m.id, c.id))
	}
	return m, nil
}

// disconnected is the reason that a server gives before it closes the connection. It answers no request.
type disconnected struct{ reason error }

func (d disconnected) Error() string { return "the server disconnected: " + d.reason.Error() }

// readMessage reads one message and gives the contents of its outer sequence. Memory grows only as bytes arrive.
func (c *client) readMessage() (string, error) {
	c.limited = false
	length, err := c.readHeader()
	if err != nil {
		return "", err
	}
	if c.text.Cap()-c.text.Len() < length {
		c.text.Reset()
		c.text.Grow(textPiece)
	}
	start := c.text.Len()
	for end := start + length; c.text.Len() < end; {
		piece, err := c.peek(min(end-c.text.Len(), textPiece))
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
		c.text.Write(piece)
		_, _ = c.reader.Discard(len(piece)) // it was peeked at
	}
	return c.text.String()[start:], nil
}

// readHeader reads the beginning of a message, up to its length. No message is shorter than the longest beginning.
func (c *client) readHeader() (length int, err error) {
	head, err := c.peek(maxHeader)
	if len(head) > 0 && errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return 0, err
	}
	tag, length, size, err := header(string(head))
	switch {
	case err != nil:
		return 0, err
	case tag != tagSequence:
		return 0, errElement
	case length > maxMessage:
		return 0, protocolError(fmt.Sprintf("the server announced an answer of %d bytes", length))
	}
	_, err = c.reader.Discard(size)
	return length, err
}

// peek gives the next n bytes of a message without taking them. All waiting for one message has one time limit.
func (c *client) peek(n int) ([]byte, error) {
	if c.reader.Buffered() < n && !c.limited {
		if err := c.conn.SetReadDeadline(time.Now().Add(c.timeout)); err != nil {
			return nil, err
		}
		c.limited = true
	}
	return c.reader.Peek(n)
}

// keepsWaiting reports whether nothing of an answer arrives within some time.
func (c *client) keepsWaiting(within time.Duration) bool {
	if c.conn.SetReadDeadline(time.Now().Add(within)) != nil {
		return false
	}
	_, err := c.reader.Peek(1)
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// single sends a request that has one answer.
func (c *client) single(operation *ber.Packet, answer byte) error {
	if err := c.send(operation); err != nil {
		return err
	}
	m, err := c.receive()
	if err != nil {
		return err
	}
	if m.op != answer {
		return protocolError(fmt.Sprintf("the server answered with an operation of tag %#x", m.op))
	}
	return parseResult(m.body)
}

// bind signs in with a name and a password.
func (c *client) bind(name, password string) error {
	return c.single(bindRequest(name, ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, password, "")), opBindResponse)
}

// bindRequest makes the request (RFC 4511, 4.2) for one of the ways to prove who one is.
func bindRequest(name string, proof *ber.Packet) *ber.Packet {
	request := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 0, nil, "")
	request.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 3, ""))
	request.AppendChild(octets(name))
	request.AppendChild(proof)
	return request
}

// askForTLS sends the StartTLS request (RFC 4511, 4.14). Nothing may have arrived after its answer, or it would be
// taken for something said under TLS.
func (c *client) askForTLS() error {
	request := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 23, nil, "")
	request.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, "1.3.6.1.4.1.1466.20037", ""))
	if err := c.single(request, opExtendedResponse); err != nil {
		return err
	}
	if c.reader.Buffered() > 0 {
		return protocolError("the server sent plain data after it agreed to TLS")
	}
	return nil
}

func octets(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}
