package ldap

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/config"
)

func TestSubCodes(t *testing.T) {
	a := newAuthority(t)
	for code, want := range map[string]string{
		"525": "there is no such account", "52e": "the name or the password is wrong", "530": "at this time of day",
		"531": "from this machine", "532": "the password has expired", "533": "the account is disabled",
		"701": "the account has expired", "773": "the password must be changed first", "775": "the account is locked",
		"52E": "the name or the password is wrong", "8009": "the sign-in was refused (data 8009)",
	} {
		t.Run(code, func(t *testing.T) {
			refuse := func(c *controller) {
				c.bindCode = resultInvalidCredentials
				c.bindText = "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data " + code + ", v4563\x00"
			}
			first, second := newController(t, a, refuse), newController(t, a, refuse)
			_, err := directory(t, a, first, second).Domains(t.Context())
			f := failureOf(t, err)
			if f.Kind != model.SignInRefused || !strings.Contains(f.Seen, want) || !strings.Contains(f.Doing, "reader@contoso.test") {
				t.Errorf("got %v, want %q", f, want)
			}
			if strings.Contains(fmt.Sprint(f, f.Cause), "secret") {
				t.Error("the password is part of the error")
			}
			if len(first.binds) != 1 || len(second.binds) != 0 {
				t.Errorf("%d and %d sign-ins: a refused password must not be tried at every server", len(first.binds), len(second.binds))
			}
		})
	}
}

func TestBusyServerIsPassedOver(t *testing.T) {
	a := newAuthority(t)
	busy := newController(t, a, func(c *controller) { c.bindCode = resultBusy })
	if entities, _ := readAll(t, directory(t, a, busy, newController(t, a, func(c *controller) { c.objects = people(2) }))); len(entities) != 3 {
		t.Errorf("%d entities, want 3", len(entities))
	}
}

func TestCertificates(t *testing.T) {
	a := newAuthority(t)
	for name, c := range map[string]struct {
		change     func(*x509.Certificate)
		unknown    bool
		maxVersion uint16
		seen       string
	}{
		"expired":     {func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, false, 0, "it expired on "},
		"not yet":     {func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }, false, 0, "it becomes valid only on "},
		"other name":  {func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"dc1.contoso.test"} }, false, 0, "127.0.0.1 but for dc1.contoso.test"},
		"common name": {func(c *x509.Certificate) { c.IPAddresses, c.Subject = nil, pkix.Name{CommonName: "127.0.0.1"} }, false, 0, "it names no host"},
		"for clients": {func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, false, 0, "incompatible key usage"},
		"unknown CA":  {nil, true, 0, "signed by an authority that is not trusted here"},
		"TLS 1.1":     {nil, false, tls.VersionTLS11, "no safe version of TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			server := newController(t, a, func(s *controller) { s.certificate, s.maxVersion = a.sign(t, c.change), c.maxVersion })
			client := a
			if c.unknown {
				client = newAuthority(t)
			}
			_, err := directory(t, client, server).Domains(t.Context())
			if f := failureOf(t, err); f.Kind != model.Untrusted || !strings.Contains(f.Seen, c.seen) {
				t.Errorf("got %s: %v, want %q", f.Kind, f, c.seen)
			}
			if len(server.binds) > 0 {
				t.Error("the password was sent to a server that is not trusted")
			}
		})
	}
}

func TestStartTLS(t *testing.T) {
	a := newAuthority(t)
	t.Run("agreed", func(t *testing.T) {
		c := newController(t, a, func(c *controller) { c.startTLS, c.objects = true, people(3) })
		if entities, _ := readAll(t, directory(t, a, c)); len(entities) != 4 {
			t.Errorf("%d entities, want 4", len(entities))
		}
		expectNoPassword(t, c)
		if len(c.binds) != 1 || c.binds[0] != "reader@contoso.test secret" {
			t.Errorf("signed in with %q", c.binds)
		}
	})
	t.Run("refused", func(t *testing.T) {
		c := newController(t, a, func(c *controller) { c.startTLS, c.refuseTLS = true, true })
		_, err := directory(t, a, c).Domains(t.Context())
		if f := failureOf(t, err); f.Kind != model.NotSupported || !strings.Contains(f.Seen, "no certificate") {
			t.Errorf("got %v", f)
		}
		expectNoPassword(t, c)
	})
	t.Run("data slipped in", func(t *testing.T) {
		c := newController(t, a, func(c *controller) {
			c.startTLS, c.injection = true, []byte{0x30, 0x0C, 2, 1, 1, 0x61, 7, 0x0A, 1, 0, 4, 0, 4, 0}
		})
		_, err := directory(t, a, c).Domains(t.Context())
		if f := failureOf(t, err); f.Kind == model.SignInRefused || len(c.binds) > 0 {
			t.Errorf("got %v, want no sign-in at all", f)
		}
		expectNoPassword(t, c)
	})
	t.Run("untrusted", func(t *testing.T) {
		c := newController(t, a, func(c *controller) { c.startTLS = true })
		_, err := directory(t, newAuthority(t), c).Domains(t.Context())
		if f := failureOf(t, err); f.Kind != model.Untrusted || len(c.binds) > 0 {
			t.Errorf("got %v, want an untrusted certificate and no sign-in", f)
		}
		expectNoPassword(t, c)
	})
}

func expectNoPassword(t *testing.T, c *controller) {
	t.Helper()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(c.plain) == 0 {
		t.Error("nothing arrived at all")
	}
	for _, b := range c.plain {
		if bytes.Contains(b, []byte("secret")) || bytes.Contains(b, []byte("reader")) {
			t.Errorf("the sign-in travelled without TLS: %q", b)
		}
	}
}

func TestNew(t *testing.T) {
	good := config.Directory{Servers: []string{"ldaps://dc1.contoso.test"}, User: "a@b"}
	for name, c := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"good":         {func(*Options) {}, ""},
		"no server":    {func(o *Options) { o.Config.Servers = nil }, "no server is named"},
		"http":         {func(o *Options) { o.Config.Servers = []string{"http://dc1"} }, `begins with "http"`},
		"path":         {func(o *Options) { o.Config.Servers = []string{"ldaps://dc1/dc=x"} }, "not an address"},
		"user in it":   {func(o *Options) { o.Config.Servers = []string{"ldaps://u:hunter2@dc1"} }, "not an address"},
		"port":         {func(o *Options) { o.Config.Servers = []string{"ldaps://dc1:70000"} }, "port"},
		"no password":  {func(o *Options) { o.Password = "" }, "its password is empty"},
		"base":         {func(o *Options) { o.Config.BaseDNs = []string{"contoso.test"} }, "not a distinguished name"},
		"IPv6 address": {func(o *Options) { o.Config.Servers = []string{"ldap://[::1]:3389"} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{Config: good, Password: "x"}
			c.change(&o)
			_, err := New(o)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Error("a password is part of the error")
			}
		})
	}
}

// TestReadOnly keeps the promise that this package cannot change a directory: it makes no request but bind, search,
// StartTLS and unbind, and uses nothing of go-ldap that sends one.
func TestReadOnly(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"ParseDN": true, "DN": true, "EscapeDN": true, "EscapeFilter": true, "CompileFilter": true}
	uses, requests := 0, 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		requests += bytes.Count(source, []byte("ber.ClassApplication"))
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && x.Name == "goldap" {
				uses++
				if !allowed[selector.Sel.Name] {
					t.Errorf("%s uses %s of go-ldap", file, selector.Sel.Name)
				}
			}
			return true
		})
	}
	if requests != 3 {
		t.Errorf("%d kinds of request, want 3: bind, search and StartTLS", requests)
	}
	if uses == 0 {
		t.Error("no use of go-ldap was found: this test looks at nothing")
	}
}
