package ldap

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer is a DNS server on loopback, over UDP and TCP.
type nameServer struct {
	udp net.PacketConn
	tcp net.Listener

	mutex sync.Mutex
	// services are the service records of a name; every other name is an address of this machine if it is in hosts.
	services map[string][]dnsmessage.SRVResource
	hosts    map[string]bool
	// truncate makes every answer over UDP too long for it. silent makes it answer nothing.
	truncate, silent bool
	asked            []string
}

func newNameServer(t *testing.T) *nameServer {
	t.Helper()
	n := &nameServer{services: map[string][]dnsmessage.SRVResource{}, hosts: map[string]bool{}}
	var err error
	if n.tcp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	if n.udp, err = net.ListenPacket("udp", n.tcp.Addr().String()); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	t.Cleanup(func() {
		_, _ = n.tcp.Close(), n.udp.Close()
		group.Wait()
	})
	group.Go(func() {
		buffer := make([]byte, 4096)
		for {
			length, from, err := n.udp.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer := n.answer(buffer[:length], true); answer != nil {
				_, _ = n.udp.WriteTo(answer, from)
			}
		}
	})
	group.Go(func() {
		for {
			conn, err := n.tcp.Accept()
			if err != nil {
				return
			}
			n.serve(conn)
		}
	})
	return n
}

// serve answers one question over TCP (RFC 1035, 4.2.2).
func (n *nameServer) serve(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return
	}
	question := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, question); err != nil {
		return
	}
	answer := n.answer(question, false)
	_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
}

func (n *nameServer) answer(question []byte, short bool) []byte {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	var m dnsmessage.Message
	if n.silent || m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	name := strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))
	if short {
		n.asked = append(n.asked, name)
	}
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true}, Questions: m.Questions}
	header := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 60}
	switch {
	case short && n.truncate:
		reply.Truncated = true
	case n.services[name] != nil:
		for _, s := range n.services[name] {
			reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: header, Body: &s})
		}
	case n.hosts[name] && q.Type == dnsmessage.TypeA:
		reply.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
	case !n.hosts[name]:
		reply.RCode = dnsmessage.RCodeNameError
	}
	packed, err := reply.Pack()
	if err != nil {
		return nil
	}
	return packed
}

// offer adds a service record, and the address of its host.
func (n *nameServer) offer(name, host string, port, priority, weight int) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.hosts[host] = true
	n.services[name] = append(n.services[name], dnsmessage.SRVResource{
		Priority: uint16(priority), Weight: uint16(weight), Port: uint16(port), Target: dnsmessage.MustNewName(host + "."),
	})
}

// host gives a name the address of this machine.
func (n *nameServer) host(name string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.hosts[name] = true
}

func (n *nameServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, n.tcp.Addr().String())
	}}
}
