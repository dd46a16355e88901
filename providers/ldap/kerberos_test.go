package ldap

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"adbadge/model"
	"adbadge/model/config"
)

// realKerberos gives the options of a directory at the real AD, found under its own name and asked with Kerberos.
func realKerberos(t *testing.T) Options {
	t.Helper()
	o := realAD(t)
	host, found := strings.CutPrefix(os.Getenv("AD_LAB_SPN"), "ldap/")
	if !found || os.Getenv("KRB5_CONFIG") == "" {
		t.Skip("no Kerberos here: AD_LAB_SPN and KRB5_CONFIG are not set")
	}
	n := newNameServer(t)
	n.host(host)
	o.Config.Servers, o.Resolver = []string{"ldaps://" + host}, n.resolver()
	o.Config.Auth, o.Config.User = config.AuthKerberos, os.Getenv("AD_LAB_BIND_USER")+"@"+os.Getenv("AD_LAB_REALM")
	t.Setenv("KRB5CCNAME", "FILE:"+filepath.Join(t.TempDir(), "none"))
	return o
}

func TestRealKerberos(t *testing.T) {
	for name, change := range map[string]func(*testing.T, *Options){
		"password": func(*testing.T, *Options) {},
		"password, realm of its own": func(_ *testing.T, o *Options) {
			o.Config.User, o.Config.Realm = os.Getenv("AD_LAB_BIND_USER"), os.Getenv("AD_LAB_REALM")
		},
		"password, default realm": func(_ *testing.T, o *Options) { o.Config.User = os.Getenv("AD_LAB_BIND_USER") },
		"password, file": func(t *testing.T, o *Options) {
			o.Config.KerberosFile = os.Getenv("KRB5_CONFIG")
			t.Setenv("KRB5_CONFIG", "/nonexistent")
		},
		"StartTLS": func(_ *testing.T, o *Options) {
			o.Config.Servers = []string{strings.Replace(o.Config.Servers[0], "ldaps:", "ldap:", 1)}
		},
		"keytab":           func(_ *testing.T, o *Options) { o.Password, o.Config.KeytabFile = "", os.Getenv("AD_LAB_KEYTAB") },
		"credential cache": func(t *testing.T, o *Options) { kinit(t, o, "1h"); o.Config.User, o.Password = "", "" },
	} {
		t.Run(name, func(t *testing.T) {
			o := realKerberos(t)
			change(t, &o)
			d := open(t, o)
			for range 2 { // with a fresh ticket, and with one that is kept
				if entities, _ := readAll(t, d); len(entities) < 300 {
					t.Errorf("%d entities", len(entities))
				}
			}
		})
	}
}

// TestRealKerberosTicketEnds: a connection is not kept for longer than the ticket that opened it.
func TestRealKerberosTicketEnds(t *testing.T) {
	o := realKerberos(t)
	kinit(t, &o, "3m")
	o.Config.User, o.Password = "", ""
	d := open(t, o)
	s, err := d.connect(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(s.until); left <= 0 || left > 3*time.Minute {
		t.Errorf("the connection is relied on for %s, with a ticket of 3 minutes", left)
	}
	s.close()
	if d.idle() != 1 {
		t.Error("the connection is not kept at all")
	}
}

// kinit fills a credential cache of its own with MIT Kerberos' tool.
func kinit(t *testing.T, o *Options, life string) {
	t.Helper()
	if _, err := exec.LookPath("kinit"); err != nil {
		t.Skip("kinit is not installed")
	}
	path := filepath.Join(t.TempDir(), "cache")
	cmd := exec.Command("kinit", "-l", life, "-c", "FILE:"+path, o.Config.User)
	cmd.Stdin = strings.NewReader(o.Password + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("kinit: %v: %s", err, out)
	}
	t.Setenv("KRB5CCNAME", "FILE:"+path)
}

func TestRealKerberosRefusals(t *testing.T) {
	realm := "@" + os.Getenv("AD_LAB_REALM")
	for name, c := range map[string]struct {
		change func(*testing.T, *Options)
		kind   model.FailureKind
		seen   string
	}{
		"wrong password": {func(_ *testing.T, o *Options) { o.Password = "Wrong-Passw0rd" }, model.SignInRefused, "the password or the key is wrong"},
		"unknown user":   {func(_ *testing.T, o *Options) { o.Config.User = "nobody" + realm }, model.SignInRefused, "no such account"},
		"disabled":       {func(_ *testing.T, o *Options) { o.Config.User = "lab-disabled" + realm }, model.SignInRefused, "disabled, locked or expired"},
		"expired":        {func(_ *testing.T, o *Options) { o.Config.User = "lab-expired" + realm }, model.SignInRefused, "expired"},
		"must change":    {func(_ *testing.T, o *Options) { o.Config.User = "lab-mustchange" + realm }, model.SignInRefused, "must be changed first"},
		"unknown realm":  {func(_ *testing.T, o *Options) { o.Config.Realm = "FABRIKAM.TEST" }, model.Misconfigured, "the realm is unknown"},
		"address":        {func(_ *testing.T, o *Options) { o.Config.Servers = []string{os.Getenv("AD_LAB_LDAPS_URL")} }, model.Misconfigured, "name, not its address"},
		"no cache":       {func(_ *testing.T, o *Options) { o.Config.User, o.Password = "", "" }, model.SignInRefused, "holds no ticket"},
		"cache elsewhere": {func(t *testing.T, o *Options) {
			o.Config.User, o.Password = "", ""
			t.Setenv("KRB5CCNAME", "KEYRING:persistent:0")
		}, model.NotSupported, "is no file"},
		"no keytab": {func(t *testing.T, o *Options) { o.Config.KeytabFile = filepath.Join(t.TempDir(), "none") }, model.Misconfigured, "the keytab cannot be read"},
		"keytab of another": {func(_ *testing.T, o *Options) {
			o.Config.User, o.Config.KeytabFile = "administrator"+realm, os.Getenv("AD_LAB_KEYTAB")
		}, model.SignInRefused, "the keytab holds no key of this account"},
	} {
		t.Run(name, func(t *testing.T) {
			o := realKerberos(t)
			c.change(t, &o)
			_, err := open(t, o).Domains(t.Context())
			f := failureOf(t, err)
			if f.Kind != c.kind || !strings.Contains(f.Seen, c.seen) {
				t.Errorf("got %s: %v (%v), want %q", f.Kind, f, f.Cause, c.seen)
			}
			if strings.Contains(fmt.Sprint(f, f.Cause), "Passw0rd") {
				t.Error("a password is part of the error")
			}
		})
	}
}

// centre is a key distribution centre on loopback that refuses every request with one error, as a domain controller
// encodes it. It gives the path of a Kerberos configuration that names it.
func centre(t *testing.T, code int32) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	refusal := messages.NewKRBError(types.NewPrincipalName(2, "krbtgt/CONTOSO.TEST"), "CONTOSO.TEST", code, "")
	answer, err := refusal.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			var size [4]byte
			if _, err := io.ReadFull(conn, size[:]); err == nil {
				_, _ = io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint32(size[:])))
				_, _ = conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(answer))), answer...))
			}
			_ = conn.Close()
		}
	}()
	return kerberosFile(t, listener.Addr().String())
}

func kerberosFile(t *testing.T, address string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "krb5.conf")
	content := "includedir /etc/krb5.conf.d/\n[libdefaults]\n default_realm = CONTOSO.TEST\n dns_lookup_kdc = false\n udp_preference_limit = 1\n" +
		"[realms]\n CONTOSO.TEST = {\n  kdc = " + address + "\n }\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// kerberosDirectory makes a client for a controller that goes by the name dc1.contoso.test.
func kerberosDirectory(t *testing.T, file string) (*Directory, *controller) {
	t.Helper()
	a := newAuthority(t)
	c := newController(t, a, func(c *controller) {
		c.certificate = a.sign(t, func(x *x509.Certificate) { x.DNSNames = []string{"dc1.contoso.test"} })
	})
	n := newNameServer(t)
	n.host("dc1.contoso.test")
	return open(t, Options{
		Config: config.Directory{Servers: []string{fmt.Sprintf("ldaps://dc1.contoso.test:%d", portOf(c))}, Auth: config.AuthKerberos,
			User: "reader", KerberosFile: file, Timeout: 5 * time.Second},
		Password: "secret", Roots: a.roots(), Resolver: n.resolver(),
	}), c
}

func TestKerberosRefusals(t *testing.T) {
	for code, want := range map[int32]string{
		errorcode.KRB_AP_ERR_SKEW:             "the clocks of this machine and of the domain controller differ too much",
		errorcode.KDC_ERR_CLIENT_REVOKED:      "the account is disabled, locked or expired",
		errorcode.KDC_ERR_KEY_EXPIRED:         "the password has expired",
		errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN: "there is no such account in the realm",
		errorcode.KDC_ERR_ETYPE_NOSUPP:        "no encryption that adbadge knows",
		errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN: "the realm knows no LDAP service of this name",
		errorcode.KDC_ERR_WRONG_REALM:         "the realm is not the account's",
		errorcode.KRB_AP_ERR_TKT_EXPIRED:      "the ticket has expired",
		errorcode.KDC_ERR_POLICY:              "the domain's policy",
	} {
		t.Run(errorcode.Lookup(code), func(t *testing.T) {
			d, c := kerberosDirectory(t, centre(t, code))
			_, err := d.Domains(t.Context())
			if f := failureOf(t, err); f.Kind == model.Broken || !strings.Contains(f.Seen, want) || !strings.Contains(f.Doing, "reader") {
				t.Errorf("got %s: %v, want %q", f.Kind, f, want)
			}
			if strings.Contains(err.Error(), "secret") || c.signIns() != 0 {
				t.Errorf("%d sign-ins and the error %v", c.signIns(), err)
			}
		})
	}
}

func TestExchangeRefusals(t *testing.T) {
	s := server{host: "dc1.contoso.test", port: "636"}
	for name, c := range map[string]struct {
		err  error
		kind model.FailureKind
		seen string
	}{
		"signing required": {&resultError{resultStrongerAuth, "SASL:[GSSAPI]: Sign or Seal are required."}, model.NotSupported, "its own protection beside TLS"},
		"sealing only":     {errNoPlainLayer, model.NotSupported, "its own protection beside TLS"},
		"channel binding": {&resultError{resultInvalidCredentials, "80090346: LdapErr: DSID-0C090597, comment: AcceptSecurityContext error, data 80090346, v4563"},
			model.Untrusted, "refuses the channel binding"},
		"disabled": {&resultError{resultInvalidCredentials, "80090308: LdapErr: DSID-0C09, comment: AcceptSecurityContext error, data 533, v4563"},
			model.SignInRefused, "the account is disabled"},
		"skew":          {kerberosCode{messages.NewKRBError(types.PrincipalName{}, "", errorcode.KRB_AP_ERR_SKEW, "")}, model.SignInRefused, "the clocks"},
		"another's key": {kerberosCode{messages.NewKRBError(types.PrincipalName{}, "", errorcode.KRB_AP_ERR_MODIFIED, "")}, model.Untrusted, "another machine answers"},
	} {
		t.Run(name, func(t *testing.T) {
			if f := failureOf(t, exchangeFailure(c.err, s, "reader")); f.Kind != c.kind || !strings.Contains(f.Seen, c.seen) {
				t.Errorf("got %s: %v, want %q", f.Kind, f, c.seen)
			}
		})
	}
	if err := exchangeFailure(io.EOF, s, "reader"); !errors.Is(err, io.EOF) {
		t.Errorf("a closed connection became %v", err)
	}
}

func TestKerberosWithoutCentre(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	d, _ := kerberosDirectory(t, kerberosFile(t, listener.Addr().String()))
	_, err = d.Domains(t.Context())
	if f := failureOf(t, err); f.Kind != model.Unreachable || !strings.Contains(f.Seen, "no key distribution centre of the realm answers") {
		t.Errorf("got %s: %v", f.Kind, f)
	}
}

// TestDamagedCache feeds a credential cache that ends early, which makes the library panic.
func TestDamagedCache(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	if err := os.WriteFile(path, []byte{5, 4, 0, 12, 0, 1, 0, 8, 0, 0}, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KRB5CCNAME", path)
	k := newKerberos(config.Directory{Auth: config.AuthKerberos}, "", time.Now)
	if _, err := k.ticketFor(t.Context(), "dc1.contoso.test"); err == nil {
		t.Error("a damaged cache gave a ticket")
	}
}

func TestDamagedKeytab(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keytab")
	if err := os.WriteFile(path, []byte("\x05\x02\x00\x00\x00\x40hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := readKeytab(path)
	if !errors.Is(err, errKeytab) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "104") {
		t.Errorf("got %v, want an error that repeats nothing of the file", err)
	}
}

// TestChannelBinding writes the structure of RFC 2744, 3.11 out: two absent addresses of type and length, then the data
// with its length, all numbers with the lowest byte first.
func TestChannelBinding(t *testing.T) {
	raw := []byte("a certificate")
	for name, c := range map[string]struct {
		algorithm x509.SignatureAlgorithm
		digest    []byte
	}{
		"SHA-256": {x509.SHA256WithRSA, sum256(raw)},
		"SHA-1":   {x509.SHA1WithRSA, sum256(raw)}, // RFC 5929: SHA-256 in its place
		"SHA-384": {x509.ECDSAWithSHA384, sum384(raw)},
	} {
		t.Run(name, func(t *testing.T) {
			data := append([]byte("tls-server-end-point:"), c.digest...)
			structure := append(bytes.Repeat([]byte{0}, 16), byte(len(data)), 0, 0, 0)
			want := md5Of(append(structure, data...))
			got := channelBinding(&x509.Certificate{Raw: raw, SignatureAlgorithm: c.algorithm})
			if hex.EncodeToString(got[:]) != want {
				t.Errorf("got %x, want %s", got, want)
			}
			if checksum := contextChecksum(got); len(checksum) != 24 || checksum[0] != 16 || checksum[20] != 2|8 || !bytes.Equal(checksum[4:20], got[:]) {
				t.Errorf("checksum %x", checksum)
			}
		})
	}
}

func md5Of(b []byte) string  { s := md5.Sum(b); return hex.EncodeToString(s[:]) }
func sum256(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
func sum384(b []byte) []byte { s := sha512.Sum384(b); return s[:] }

// FuzzTokens sees to it that no token of a server makes the client panic or believe it.
func FuzzTokens(f *testing.F) {
	f.Add([]byte("\x60\x0d\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x02\x00"))
	f.Add([]byte("\x05\x04\x05\xff\x00\x0c\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x07\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, token []byte) {
		s := &securityContext{ticket: serviceTicket{key: types.EncryptionKey{KeyType: 18, KeyValue: make([]byte, 32)}}}
		s.key = s.ticket.key
		if s.accept(token) == nil {
			t.Error("a made-up proof was believed")
		}
		if _, err := s.agree(token); err == nil {
			t.Error("a made-up offer was believed")
		}
		if len(serverCredentials(string(token))) > len(token) {
			t.Error("more came out than went in")
		}
	})
}
