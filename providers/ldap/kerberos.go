package ldap

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	kerberosclient "github.com/jcmturner/gokrb5/v8/client"
	kerberosconfig "github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"adbadge/model/config"
)

// kerberos gets tickets for the LDAP service of domain controllers: with a password, with the keys of a keytab, or with
// what the user's credential cache holds. It may be used by several goroutines at once.
type kerberos struct {
	user, realm string // realm may be empty: the one that the Kerberos configuration names as its default
	password    string
	keytab      string // file
	settings    string // file, krb5.conf; empty: the usual one
	now         func() time.Time

	mutex   sync.Mutex
	tickets map[string]serviceTicket // by service; not those of a credential cache, which others renew and destroy
}

// serviceTicket is what a server accepts in place of a password.
type serviceTicket struct {
	ticket messages.Ticket
	key    types.EncryptionKey
	realm  string
	client types.PrincipalName
	until  time.Time // when it is fetched anew, if it does not end before
}

// newKerberos gives nil when the configuration asks for no Kerberos.
func newKerberos(c config.Directory, password string, now func() time.Time) *kerberos {
	if c.Auth != config.AuthKerberos {
		return nil
	}
	user, realm, _ := strings.Cut(c.User, "@")
	k := &kerberos{user: user, realm: strings.ToUpper(realm), password: password, keytab: c.KeytabFile, settings: c.KerberosFile,
		now: now, tickets: map[string]serviceTicket{}}
	switch {
	case c.Realm != "":
		k.realm = c.Realm
	case k.realm == "":
		k.realm = strings.ToUpper(c.Domain)
	}
	return k
}

// principal names who signs in.
func (k *kerberos) principal() string {
	switch {
	case k.user == "":
		return "the owner of the credential cache"
	case k.realm == "":
		return show(k.user)
	}
	return show(k.user + "@" + k.realm)
}

// ticketFor gives a ticket for the LDAP service of a host. The library that talks to the key distribution centre cannot
// be interrupted, so that a wait which ends early leaves it behind for some seconds.
func (k *kerberos) ticketFor(ctx context.Context, host string) (serviceTicket, error) {
	if net.ParseIP(host) != nil {
		return serviceTicket{}, errNoHostName
	}
	service := serviceOf(host)
	k.mutex.Lock()
	kept, found := k.tickets[service]
	k.mutex.Unlock()
	if found && k.now().Before(kept.until) {
		return kept, nil
	}
	type answer struct {
		ticket serviceTicket
		err    error
	}
	done := make(chan answer, 1)
	go func() {
		t, err := k.fetch(service)
		done <- answer{t, err}
	}()
	select {
	case <-ctx.Done():
		return serviceTicket{}, fmt.Errorf("get a ticket for %s: %w", service, ctx.Err())
	case a := <-done:
		if a.err == nil && k.user != "" {
			k.mutex.Lock()
			k.tickets[service] = a.ticket
			k.mutex.Unlock()
		}
		return a.ticket, a.err
	}
}

// serviceOf names the LDAP service of a host.
func serviceOf(host string) string { return "ldap/" + strings.ToLower(host) }

// fetch asks the key distribution centre. The library panics on some answers and files that are cut off.
func (k *kerberos) fetch(service string) (t serviceTicket, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("an answer or a file of Kerberos is damaged")
		}
	}()
	conf, err := k.load()
	if err != nil {
		return t, err
	}
	c, end, err := k.login(conf)
	if err != nil {
		return t, err
	}
	defer c.Destroy()
	t = serviceTicket{realm: c.Credentials.Realm(), client: c.Credentials.CName(), until: k.now().Add(signInKept)}
	if !end.IsZero() && end.Before(t.until) {
		t.until = end
	}
	t.ticket, t.key, err = c.GetServiceTicket(service)
	return t, err
}

// login gives a client that holds a ticket-granting ticket, and when that ends; zero: not before signInKept has passed,
// since it is new, and no domain gives shorter ones.
func (k *kerberos) login(conf *kerberosconfig.Config) (c *kerberosclient.Client, end time.Time, err error) {
	realm := k.realm
	if realm == "" {
		realm = conf.LibDefaults.DefaultRealm
	}
	// AD does not know the pre-authentication by which FAST is negotiated.
	settings := kerberosclient.DisablePAFXFAST(true)
	switch {
	case k.keytab != "":
		keys, err := readKeytab(k.keytab)
		if err != nil {
			return nil, end, err
		}
		c = kerberosclient.NewWithKeytab(k.user, realm, keys, conf, settings)
	case k.user != "":
		c = kerberosclient.NewWithPassword(k.user, realm, k.password, conf, settings)
	default:
		return k.cached(conf, settings)
	}
	if realm == "" {
		return nil, end, errNoRealm
	}
	return c, end, c.Login()
}

// readKeytab leaves out what the library says of a damaged file: it repeats the keys.
func readKeytab(path string) (*keytab.Keytab, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKeytab, err)
	}
	keys := keytab.New()
	if keys.Unmarshal(data) != nil {
		return nil, errKeytab
	}
	return keys, nil
}

// cached gives a client with the tickets of the user's credential cache, and when they end.
func (k *kerberos) cached(conf *kerberosconfig.Config, settings func(*kerberosclient.Settings)) (c *kerberosclient.Client, end time.Time, err error) {
	path, err := cachePath()
	if err != nil {
		return nil, end, err
	}
	cache, err := credentials.LoadCCache(path)
	if err != nil {
		return nil, end, fmt.Errorf("%w: %w", errNoCache, err)
	}
	if c, err = kerberosclient.NewFromCCache(cache, conf, settings); err != nil {
		return nil, end, fmt.Errorf("%w: %w", errNoCache, err)
	}
	granting, found := cache.GetEntry(types.PrincipalName{NameString: []string{"krbtgt", cache.DefaultPrincipal.Realm}})
	if found && !k.now().Before(granting.EndTime) {
		return nil, end, errTicketExpired
	}
	return c, granting.EndTime, nil
}

// cachePath gives the file of the user's credential cache, as MIT Kerberos finds it.
func cachePath() (string, error) {
	name := os.Getenv("KRB5CCNAME")
	if name == "" {
		return "/tmp/krb5cc_" + strconv.Itoa(os.Getuid()), nil
	}
	kind, path, typed := strings.Cut(name, ":")
	switch {
	case !typed || strings.HasPrefix(name, "/"):
		return name, nil
	case kind == "FILE":
		return path, nil
	}
	return "", errCacheKind
}

// load reads the Kerberos configuration. Without one, key distribution centres are found by DNS.
func (k *kerberos) load() (*kerberosconfig.Config, error) {
	path := k.settings
	if path == "" {
		path, _, _ = strings.Cut(os.Getenv("KRB5_CONFIG"), ":")
	}
	named := path != ""
	if !named {
		path = "/etc/krb5.conf"
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		conf := kerberosconfig.New()
		conf.LibDefaults.DNSLookupKDC, conf.LibDefaults.DefaultRealm = true, k.realm
		conf.LibDefaults.UDPPreferenceLimit = 1 // tickets of AD are too long for UDP
		return conf, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKerberosFile, err)
	}
	defer file.Close()
	conf, err := kerberosconfig.NewFromReader(file)
	var unsupported kerberosconfig.UnsupportedDirective
	if err != nil && !errors.As(err, &unsupported) {
		return nil, fmt.Errorf("%w: %w", errKerberosFile, err)
	}
	return conf, nil
}
