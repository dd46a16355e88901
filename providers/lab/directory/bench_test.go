package directory_test

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"adbadge/providers/lab/directory"
	"adbadge/providers/lab/world"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// BenchmarkServe measures how many entries a second the server sends in pages of 1000, over plain TCP and TLS, to
// a client that only counts them.
func BenchmarkServe(b *testing.B) {
	s := serve(b, world.Options{Seed: 1, Users: 30_000, Computers: 20_000})
	attributes := []string{
		"objectGUID", "objectSid", "sAMAccountName", "userAccountControl", "displayName", "distinguishedName",
		"userPrincipalName", "mail", "department", "title", "dNSHostName", "operatingSystem", "operatingSystemVersion",
		"lastLogonTimestamp", "whenCreated", "adminCount",
	}
	socket, err := tls.Dial("tcp", s.secure, &tls.Config{RootCAs: s.roots, ServerName: "127.0.0.1"})
	if err != nil {
		b.Fatal(err)
	}
	defer socket.Close()
	c := rawClient{socket: socket, reader: bufio.NewReaderSize(socket, 64<<10)}
	c.bind(b)
	c.readAll(b, attributes) // encodes what is not encoded yet
	entries := 0
	b.ResetTimer()
	for b.Loop() {
		entries += c.readAll(b, attributes)
	}
	b.ReportMetric(float64(entries)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkEncode measures how fast entries are encoded for the first time.
func BenchmarkEncode(b *testing.B) {
	for b.Loop() {
		s := directory.New(directory.Options{World: world.New(world.Options{Seed: 1, Users: 12_000, Computers: 8_000}), Password: password})
		s.EncodeAll()
		s.Close()
	}
	b.ReportMetric(float64(20_000*b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkStart measures how long a small lab takes until it can serve everything.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s := directory.New(directory.Options{World: world.New(world.Options{Seed: 1}), Password: password})
		s.EncodeAll()
		s.Close()
	}
}

// rawClient reads messages without decoding what is in them.
type rawClient struct {
	socket net.Conn
	reader *bufio.Reader
	id     int64
}

func (c *rawClient) send(b *testing.B, op *ber.Packet, controls ...ldap.Control) {
	c.id++
	p := ber.NewSequence("")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, c.id, ""))
	p.AppendChild(op)
	if len(controls) > 0 {
		list := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
		for _, control := range controls {
			list.AppendChild(control.Encode())
		}
		p.AppendChild(list)
	}
	if _, err := c.socket.Write(p.Bytes()); err != nil {
		b.Fatal(err)
	}
}

// next reads one message and gives its content from the operation's tag on.
func (c *rawClient) next(b *testing.B) []byte {
	header := make([]byte, 6)
	if _, err := io.ReadFull(c.reader, header); err != nil {
		b.Fatal(err)
	}
	body := make([]byte, binary.BigEndian.Uint32(header[2:])) // the server takes four bytes for lengths
	if _, err := io.ReadFull(c.reader, body); err != nil {
		b.Fatal(err)
	}
	return body[2+int(body[1]):]
}

func (c *rawClient) bind(b *testing.B) {
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 0, nil, "")
	op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 3, ""))
	op.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, `CONTOSO\svc-sql`, ""))
	op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, password, ""))
	c.send(b, op)
	c.next(b)
}

func (c *rawClient) readAll(b *testing.B, attributes []string) (entries int) {
	filter, err := ldap.CompileFilter("(|(sAMAccountType=805306368)(sAMAccountType=805306369))")
	if err != nil {
		b.Fatal(err)
	}
	paging := ldap.NewControlPaging(1000)
	for {
		op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 3, nil, "")
		op.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, contosoDN, ""))
		for _, n := range []int64{2, 0} {
			op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, n, ""))
		}
		for range 2 {
			op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, int64(0), ""))
		}
		op.AppendChild(ber.NewBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, false, ""))
		op.AppendChild(filter)
		names := ber.NewSequence("")
		for _, a := range attributes {
			names.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, a, ""))
		}
		op.AppendChild(names)
		c.send(b, op, paging)
		var done []byte
		for done == nil {
			switch message := c.next(b); message[0] {
			case 0x64:
				entries++
			case 0x65:
				done = message
			}
		}
		tail := ber.DecodePacket(done[6+int(binary.BigEndian.Uint32(done[2:])):])
		control, err := ldap.DecodeControl(tail.Children[0])
		if err != nil {
			b.Fatal(err)
		}
		cookie := control.(*ldap.ControlPaging).Cookie
		if len(cookie) == 0 {
			return entries
		}
		paging.SetCookie(cookie)
	}
}
