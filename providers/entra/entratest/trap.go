package entratest

import (
	"net"
	"sync/atomic"
	"testing"
)

// Trap is a server that must never be asked. It counts connections, so that also a handshake is noticed.
func Trap(t testing.TB) (address string, visits *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	visits = new(atomic.Int32)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			visits.Add(1)
			c.Close()
		}
	}()
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String(), visits
}
