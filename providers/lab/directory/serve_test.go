package directory_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"adbadge/providers/lab/directory"
	"adbadge/providers/lab/world"
)

const password = "Lab-Pass-1!"

// served is a running directory with an LDAPS and a plain listener.
type served struct {
	*directory.Server
	world         *world.World
	secure, plain string // addresses
	roots         *x509.CertPool
}

// certificate makes a certificate for 127.0.0.1 that nobody else trusts.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "dc01.contoso.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func serve(t testing.TB, o world.Options) *served {
	t.Helper()
	cert, roots := certificate(t)
	w := world.New(o)
	s := &served{
		Server: directory.New(directory.Options{
			World: w, Password: password, TLS: &tls.Config{Certificates: []tls.Certificate{cert}},
		}),
		world: w, roots: roots,
	}
	listen := func(run func(net.Listener) error) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go run(l)
		return l.Addr().String()
	}
	s.secure, s.plain = listen(s.ServeTLS), listen(s.Serve)
	t.Cleanup(func() { s.Close() })
	return s
}

// dial connects by LDAPS without signing in.
func (s *served) dial(t testing.TB) *ldap.Conn {
	t.Helper()
	c, err := ldap.DialURL("ldaps://"+s.secure, ldap.DialWithTLSConfig(&tls.Config{RootCAs: s.roots, ServerName: "127.0.0.1"}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// signIn connects by LDAPS and signs in as a service account.
func (s *served) signIn(t testing.TB) *ldap.Conn {
	t.Helper()
	c := s.dial(t)
	if err := c.Bind("CONTOSO\\svc-sql", password); err != nil {
		t.Fatal(err)
	}
	return c
}

func query(base string, scope int, filter string, attributes ...string) *ldap.SearchRequest {
	return ldap.NewSearchRequest(base, scope, ldap.NeverDerefAliases, 0, 0, false, filter, attributes, nil)
}

const (
	contosoDN = "DC=contoso,DC=test"
	emeaDN    = "DC=emea,DC=contoso,DC=test"
)
