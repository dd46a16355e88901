package ldap

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/config"
)

const (
	everyController  = "_ldap._tcp.dc._msdcs.contoso.test"
	berlinController = "_ldap._tcp.berlin._sites.dc._msdcs.contoso.test"
)

// located makes a client that finds its servers by DNS.
func located(t *testing.T, a *authority, n *nameServer, site string) *Directory {
	t.Helper()
	return open(t, Options{
		Config:   config.Directory{Domain: "contoso.test", Site: site, User: "reader@contoso.test", PageSize: 10, Timeout: 5 * time.Second},
		Password: "secret", Roots: a.roots(), Resolver: n.resolver(),
	})
}

// namedController is a controller with a certificate for a name rather than an address.
func namedController(t *testing.T, a *authority, name string) *controller {
	t.Helper()
	return newController(t, a, func(c *controller) {
		c.startTLS, c.objects = true, people(3)
		c.certificate = a.sign(t, func(x *x509.Certificate) { x.IPAddresses, x.DNSNames = nil, []string{name} })
	})
}

func portOf(c *controller) int { return c.listener.Addr().(*net.TCPAddr).Port }

// signIns gives the number of sign-ins that a controller has seen.
func (c *controller) signIns() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return len(c.binds)
}

func TestDiscovery(t *testing.T) {
	a := newAuthority(t)
	for name, truncate := range map[string]bool{"over UDP": false, "over TCP": true} {
		t.Run(name, func(t *testing.T) {
			n := newNameServer(t)
			n.mutex.Lock()
			n.truncate = truncate
			n.mutex.Unlock()
			second, first := namedController(t, a, "dc2.contoso.test"), namedController(t, a, "dc1.contoso.test")
			n.offer(everyController, "dc2.contoso.test", portOf(second), 10, 100)
			n.offer(everyController, "dc1.contoso.test", portOf(first), 5, 0)
			d := located(t, a, n, "")
			if d.Host() != "contoso.test" {
				t.Errorf("before the first answer the host is %q", d.Host())
			}
			if entities, _ := readAll(t, d); len(entities) != 4 {
				t.Errorf("%d entities, want 4", len(entities))
			}
			if first.signIns() != 1 || second.signIns() != 0 {
				t.Errorf("%d and %d sign-ins, want the one of the lower priority number to be asked", first.signIns(), second.signIns())
			}
			if !strings.HasPrefix(d.Host(), "dc1.contoso.test") {
				t.Errorf("asked at %s", d.Host())
			}
			expectNoPassword(t, first)
		})
	}
}

func TestDiscoveryFailsOver(t *testing.T) {
	a := newAuthority(t)
	n := newNameServer(t)
	gone, alive := namedController(t, a, "dc1.contoso.test"), namedController(t, a, "dc2.contoso.test")
	gone.leave()
	n.offer(everyController, "dc1.contoso.test", portOf(gone), 0, 100)
	n.offer(everyController, "dc2.contoso.test", portOf(alive), 1, 100)
	d := located(t, a, n, "")
	for range 2 {
		if entities, _ := readAll(t, d); len(entities) != 4 {
			t.Errorf("%d entities, want 4", len(entities))
		}
	}
	if !strings.HasPrefix(d.Host(), "dc2.contoso.test") {
		t.Errorf("asked at %s", d.Host())
	}
	if lookups := count(n, everyController); lookups != 1 {
		t.Errorf("%d lookups for two readings, want 1", lookups)
	}
}

// TestDiscoveryAsksAgain lets all known servers go away: the next attempt must see the ones that came instead.
func TestDiscoveryAsksAgain(t *testing.T) {
	a := newAuthority(t)
	n := newNameServer(t)
	old, replacement := namedController(t, a, "dc1.contoso.test"), namedController(t, a, "dc9.contoso.test")
	n.offer(everyController, "dc1.contoso.test", portOf(old), 0, 100)
	d := located(t, a, n, "")
	readAll(t, d)
	old.leave()
	if _, err := d.Domains(t.Context()); err == nil {
		t.Fatal("a server that is gone answered")
	}
	n.mutex.Lock()
	delete(n.services, everyController)
	n.mutex.Unlock()
	n.offer(everyController, "dc9.contoso.test", portOf(replacement), 0, 100)
	if entities, _ := readAll(t, d); len(entities) != 4 || replacement.signIns() != 1 {
		t.Errorf("%d entities, %d sign-ins at the new server", len(entities), replacement.signIns())
	}
}

func TestDiscoveryOfASite(t *testing.T) {
	a := newAuthority(t)
	n := newNameServer(t)
	far, near := namedController(t, a, "dc1.contoso.test"), namedController(t, a, "dc2.contoso.test")
	n.offer(everyController, "dc1.contoso.test", portOf(far), 0, 100)
	n.offer(everyController, "dc2.contoso.test", portOf(near), 0, 0)
	n.offer(berlinController, "dc2.contoso.test", portOf(near), 0, 100)
	d := located(t, a, n, "Berlin")
	readAll(t, d)
	if near.signIns() != 1 || far.signIns() != 0 {
		t.Errorf("%d sign-ins in the site and %d elsewhere", near.signIns(), far.signIns())
	}
	near.leave()
	if entities, _ := readAll(t, d); len(entities) != 4 || far.signIns() != 1 {
		t.Errorf("%d entities and %d sign-ins elsewhere after the site's server went away", len(entities), far.signIns())
	}
	unknown := located(t, a, n, "Paris")
	if entities, _ := readAll(t, unknown); len(entities) != 4 {
		t.Errorf("%d entities in a site without servers, want those of the domain's", len(entities))
	}
}

func TestWeights(t *testing.T) {
	n := newNameServer(t)
	n.offer(everyController, "light.contoso.test", 389, 0, 1)
	n.offer(everyController, "heavy.contoso.test", 389, 0, 65_000)
	heavy := 0
	for range 20 {
		servers, err := newLocator("contoso.test", "", n.resolver()).servers(t.Context(), time.Now(), 0)
		if err != nil || len(servers) != 2 {
			t.Fatalf("servers %v (%v)", servers, err)
		}
		if servers[0].host == "heavy.contoso.test" {
			heavy++
		}
	}
	if heavy < 18 {
		t.Errorf("the server with nearly all the weight came first only %d times of 20", heavy)
	}
}

func TestKeepPlace(t *testing.T) {
	one, two, three := server{host: "one"}, server{host: "two"}, server{host: "three"}
	for name, c := range map[string]struct {
		found, before []server
		good          int
		want          []server
	}{
		"first time":   {[]server{two, one}, nil, 0, []server{two, one}},
		"shuffled":     {[]server{three, two, one}, []server{one, two, three}, 0, []server{one, three, two}},
		"not the good": {[]server{three, two}, []server{one, two, three}, 0, []server{three, two}},
		"fewer":        {[]server{three, two}, []server{one, two, three}, 2, []server{three, two}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := keepPlace(slices.Clone(c.found), c.before, c.good); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestDiscoveryFailures(t *testing.T) {
	a := newAuthority(t)
	for name, c := range map[string]struct {
		change func(*nameServer)
		kind   model.FailureKind
		seen   string
	}{
		"no records": {func(*nameServer) {}, model.Unreachable, "the DNS knows none"},
		"outside of the domain": {func(n *nameServer) { n.offer(everyController, "dc1.contoso.test.evil.test", 389, 0, 0) },
			model.Untrusted, "the DNS names dc1.contoso.test.evil.test, which is outside of the domain"},
		"looks alike": {func(n *nameServer) { n.offer(everyController, "evilcontoso.test", 389, 0, 0) },
			model.Untrusted, "outside of the domain"},
		"no service": {func(n *nameServer) { n.offer(everyController, "dc1.contoso.test", 0, 0, 0) },
			model.Unreachable, "the DNS names no server that could be used"},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNameServer(t)
			c.change(n)
			_, err := located(t, a, n, "").Domains(t.Context())
			if f := failureOf(t, err); f.Kind != c.kind || !strings.Contains(f.Seen, c.seen) {
				t.Errorf("got %s: %v, want %q", f.Kind, f, c.seen)
			}
		})
	}
}

// TestSilentDNS keeps what was known when the DNS stops answering.
func TestSilentDNS(t *testing.T) {
	n := newNameServer(t)
	n.offer(everyController, "dc1.contoso.test", 389, 0, 0)
	l := newLocator("contoso.test", "", n.resolver())
	if _, err := l.servers(t.Context(), time.Now(), 0); err != nil {
		t.Fatal(err)
	}
	n.mutex.Lock()
	delete(n.services, everyController)
	n.mutex.Unlock()
	servers, err := l.servers(t.Context(), time.Now().Add(2*locatedFor), 0)
	if err != nil || len(servers) != 1 {
		t.Errorf("servers %v (%v), want the one that was known", servers, err)
	}
}

// TestPatienceOfOthers lets one call wait for the DNS: nobody else may wait longer than it wants.
func TestPatienceOfOthers(t *testing.T) {
	n := newNameServer(t)
	n.mutex.Lock()
	n.silent = true
	n.mutex.Unlock()
	l := newLocator("contoso.test", "", n.resolver())
	slow, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := l.servers(slow, time.Now(), 0)
		ended <- err
	}()
	for len(l.asking) == 0 { // until it asks
		runtime.Gosched()
	}
	impatient, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := l.servers(impatient, time.Now(), 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the end of the time limit", err)
	}
	if servers := l.known(); len(servers) != 0 {
		t.Errorf("servers %v", servers)
	}
	stop()
	began := time.Now()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the call to be cancelled", err)
	}
	if late := time.Since(began); late > 2*time.Second {
		t.Errorf("the call ended only %s after it was cancelled", late)
	}
}

func count(n *nameServer, name string) (times int) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for _, asked := range n.asked {
		if asked == name {
			times++
		}
	}
	return times
}

// TestRealDiscovery finds a real domain controller by a DNS of our own, and signs in by StartTLS under its name.
func TestRealDiscovery(t *testing.T) {
	o := realAD(t)
	n := newNameServer(t)
	host, found := strings.CutPrefix(os.Getenv("AD_LAB_SPN"), "ldap/")
	if !found {
		t.Skip("no Active Directory here: AD_LAB_SPN is not set")
	}
	_, domain, _ := strings.Cut(host, ".")
	n.offer("_ldap._tcp.dc._msdcs."+domain, host, 389, 0, 100)
	o.Config.Servers, o.Config.Domain, o.Resolver = nil, domain, n.resolver()
	d := open(t, o)
	if entities, _ := readAll(t, d); len(entities) < 300 || d.Host() != host {
		t.Errorf("%d entities from %s", len(entities), d.Host())
	}
}
