package ldap

import (
	"crypto/x509"
	"testing"

	"adbadge/model"
	"adbadge/model/config"
)

// TestInsecure takes a certificate that nobody vouches for, but neither plain text nor an old TLS.
func TestInsecure(t *testing.T) {
	a := newAuthority(t)
	insecure := func(t *testing.T, c *controller) *Directory {
		return open(t, Options{Password: "secret", Roots: newAuthority(t).roots(),
			Config: config.Directory{Servers: []string{c.url()}, User: "reader@contoso.test", PageSize: 10, InsecureSkipVerify: true}})
	}
	t.Run("any certificate", func(t *testing.T) {
		c := newController(t, a, func(c *controller) {
			c.objects = people(3)
			c.certificate = a.sign(t, func(x *x509.Certificate) { x.IPAddresses, x.DNSNames = nil, []string{"dc9.fabrikam.test"} })
		})
		if entities, _ := readAll(t, insecure(t, c)); len(entities) != 4 {
			t.Errorf("%d entities, want 4", len(entities))
		}
	})
	t.Run("only when it is set", func(t *testing.T) {
		c := newController(t, a, nil)
		o := directory(t, newAuthority(t), c)
		if _, err := o.Domains(t.Context()); failureOf(t, err).Kind != model.Untrusted || c.signIns() != 0 {
			t.Errorf("got %v after %d sign-ins", err, c.signIns())
		}
	})
	t.Run("no plain text", func(t *testing.T) {
		c := newController(t, a, func(c *controller) { c.startTLS, c.refuseTLS = true, true })
		if _, err := insecure(t, c).Domains(t.Context()); failureOf(t, err).Kind != model.NotSupported || c.signIns() != 0 {
			t.Errorf("got %v after %d sign-ins", err, c.signIns())
		}
		expectNoPassword(t, c)
	})
}
