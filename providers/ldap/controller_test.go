package ldap

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"

	"adbadge/model"
	"adbadge/model/config"
)

// controller is a domain controller for fault cases: real TLS on a real socket, and answers that a test can spoil.
type controller struct {
	t           *testing.T
	listener    net.Listener
	certificate tls.Certificate
	maxVersion  uint16
	// startTLS makes it begin in plain. refuseTLS and injection spoil the change to TLS.
	startTLS, refuseTLS bool
	injection           []byte
	// bindCode and bindText refuse the sign-in.
	bindCode int64
	bindText string
	// base, naming and references describe the forest.
	naming     []string
	references []object
	objects    []object
	// answer, when set, answers a search instead of the controller, and reports whether it did.
	answer func(c *exchange, q query) bool

	mutex     sync.Mutex
	exchanges []*exchange // those that are open
	over      int         // exchanges that have ended
	plain     [][]byte    // what arrived without TLS
	binds     []string
	queries   []query
}

// object is a directory object as a test writes it.
type object struct {
	dn         string
	attributes map[string][]string
}

// query is a search request as it arrived.
type query struct {
	base, filter string
	scope        int64
	attributes   []string
	page         int
	cookie       string
	sync         bool // by DirSync, from the cookie on
	flags        int64
}

// newController serves until the end of the test. change may set fields before.
func newController(t *testing.T, a *authority, change func(*controller)) *controller {
	t.Helper()
	c := &controller{t: t, certificate: a.sign(t, nil), naming: []string{"DC=contoso,DC=test", "CN=Configuration,DC=contoso,DC=test"}}
	c.references = []object{{"CN=CONTOSO,CN=Partitions,CN=Configuration,DC=contoso,DC=test", map[string][]string{
		"nCName": {"DC=contoso,DC=test"}, "nETBIOSName": {"CONTOSO"},
	}}}
	if change != nil {
		change(c)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.listener = listener
	var group sync.WaitGroup
	t.Cleanup(func() {
		c.leave()
		group.Wait()
	})
	group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			group.Go(func() { c.serve(conn) })
		}
	})
	return c
}

// leave makes the controller go away: nobody listens any more, and what is open is closed.
func (c *controller) leave() {
	_ = c.listener.Close()
	c.cut()
}

// cut closes what is open.
func (c *controller) cut() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, x := range c.exchanges {
		_ = x.raw.Close()
	}
}

// ended counts the connections that have ended.
func (c *controller) ended() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.over
}

func (c *controller) url() string {
	scheme := "ldaps"
	if c.startTLS {
		scheme = "ldap"
	}
	return scheme + "://" + c.listener.Addr().String()
}

func (c *controller) serve(conn net.Conn) {
	defer conn.Close()
	stop := time.AfterFunc(20*time.Second, func() { _ = conn.Close() })
	defer stop.Stop()
	x := &exchange{raw: conn, conn: conn}
	c.mutex.Lock()
	c.exchanges = append(c.exchanges, x)
	c.mutex.Unlock()
	defer func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.exchanges = slices.DeleteFunc(c.exchanges, func(open *exchange) bool { return open == x })
		c.over++
	}()
	if c.startTLS && !c.agreeOnTLS(x) {
		return
	}
	secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{c.certificate}, MinVersion: tls.VersionTLS10, MaxVersion: c.maxVersion})
	if secure.Handshake() != nil {
		return
	}
	c.mutex.Lock()
	x.conn = secure
	c.mutex.Unlock()
	reader := bufio.NewReader(secure)
	for {
		packet, err := ber.ReadPacket(reader)
		if err != nil || len(packet.Children) < 2 {
			return
		}
		x.id, _ = packet.Children[0].Value.(int64)
		if !c.handle(x, packet) {
			return
		}
	}
}

func (c *controller) agreeOnTLS(x *exchange) bool {
	buffer := make([]byte, 4096)
	n, err := x.conn.Read(buffer)
	c.mutex.Lock()
	c.plain = append(c.plain, buffer[:n])
	c.mutex.Unlock()
	if err != nil {
		return false
	}
	x.id = 1
	if c.refuseTLS {
		x.result(24, resultUnavailable, "no certificate")
		n, _ = x.conn.Read(buffer)
		c.mutex.Lock()
		c.plain = append(c.plain, buffer[:n])
		c.mutex.Unlock()
		return false
	}
	x.write(append(x.message(x.resultPacket(24, 0, "")).Bytes(), c.injection...))
	return true
}

func (c *controller) handle(x *exchange, packet *ber.Packet) bool {
	operation := packet.Children[1]
	switch operation.Tag {
	case 0:
		c.mutex.Lock()
		c.binds = append(c.binds, fmt.Sprint(operation.Children[1].Value)+" "+operation.Children[2].Data.String())
		code, words := c.bindCode, c.bindText
		c.mutex.Unlock()
		x.result(1, code, words)
		return true
	case 3:
		q := parseQuery(packet)
		c.mutex.Lock()
		c.queries = append(c.queries, q)
		c.mutex.Unlock()
		if c.answer == nil || !c.answer(x, q) {
			c.search(x, q)
		}
		return true
	}
	return false
}

func parseQuery(packet *ber.Packet) query {
	p := packet.Children[1].Children
	q := query{base: p[0].Value.(string), scope: p[1].Value.(int64)}
	filter := p[6]
	q.filter = string(filter.Bytes())
	for _, a := range p[7].Children {
		q.attributes = append(q.attributes, a.Value.(string))
	}
	if len(packet.Children) > 2 {
		control := packet.Children[2].Children[0]
		value := ber.DecodePacket(control.Children[2].Data.Bytes())
		n := value.Children[0].Value.(int64)
		if q.sync = control.Children[0].Value == dirSyncControl; q.sync {
			q.flags, q.cookie = n, value.Children[2].Data.String()
		} else {
			q.page, q.cookie = int(n), value.Children[1].Data.String()
		}
	}
	return q
}

// search answers as a small domain controller would: filters are told apart by what they hold.
func (c *controller) search(x *exchange, q query) {
	switch {
	case q.sync:
		x.result(5, resultUnavailableControl, "")
		return
	case q.base == "":
		x.entry(object{"", map[string][]string{
			"defaultNamingContext": c.naming[:1], "configurationNamingContext": {"CN=Configuration,DC=contoso,DC=test"}, "namingContexts": c.naming,
		}})
	case strings.HasPrefix(q.base, "CN=Partitions,"):
		for _, o := range c.references {
			x.entry(o)
		}
	case q.scope == int64(baseObject) && strings.HasPrefix(q.base, "DC="):
		x.entry(object{q.base, map[string][]string{"objectSid": {string(model.SID("S-1-5-21-1-2-3").Bytes())}, "lockoutDuration": {"-18000000000"}}})
	case q.page > 0:
		c.page(x, q, nil)
		return
	default:
		for _, o := range c.objects {
			if wanted(o, q) {
				x.entry(o)
			}
		}
	}
	x.result(5, 0, "")
}

// wanted is the filter language of this controller: one class, one identifier, or one DN.
func wanted(o object, q query) bool {
	if q.scope == int64(baseObject) {
		return strings.EqualFold(o.dn, q.base)
	}
	for _, name := range []string{"objectGUID", "objectSid"} {
		if strings.Contains(q.filter, name) {
			values := o.attributes[name]
			return len(values) > 0 && strings.Contains(q.filter, values[0])
		}
	}
	if strings.Contains(q.filter, "primaryGroupID") || strings.Contains(q.filter, "group") || strings.Contains(q.filter, "organizationalUnit") {
		return false // there are none
	}
	if o.attributes["dNSHostName"] != nil {
		return strings.Contains(q.filter, "computer")
	}
	return strings.Contains(q.filter, "person")
}

// page answers with one page. after, when set, is told the number of entries sent so far and may end the connection.
func (c *controller) page(x *exchange, q query, after func(sent int) (goOn bool)) {
	start, _ := strconv.Atoi(q.cookie)
	var all []object
	for _, o := range c.objects {
		if wanted(o, q) {
			all = append(all, o)
		}
	}
	end := min(start+q.page, len(all))
	for i := start; i < end; i++ {
		x.entry(all[i])
		if after != nil && !after(i+1) {
			return
		}
	}
	cookie := ""
	if end < len(all) {
		cookie = strconv.Itoa(end)
	}
	x.done(0, cookie)
}

// person and machine make objects with a number.
func person(n int) object {
	return object{fmt.Sprintf("CN=User %d,OU=Sales,DC=contoso,DC=test", n), map[string][]string{
		"objectClass": {"top", "person", "organizationalPerson", "user"}, "objectGUID": {guidBytes(n)}, "objectSid": {sidBytes(n)},
		"sAMAccountName": {fmt.Sprintf("user%d", n)}, "userAccountControl": {"512"}, "displayName": {fmt.Sprintf("User %d", n)},
	}}
}

func machine(n int) object {
	return object{fmt.Sprintf("CN=WS-%d,OU=Workstations,DC=contoso,DC=test", n), map[string][]string{
		"objectClass": {"top", "person", "organizationalPerson", "user", "computer"}, "objectGUID": {guidBytes(100_000 + n)},
		"objectSid": {sidBytes(100_000 + n)}, "sAMAccountName": {fmt.Sprintf("WS-%d$", n)}, "userAccountControl": {"4096"},
		"dNSHostName": {fmt.Sprintf("ws-%d.contoso.test", n)}, "operatingSystem": {"Windows 11 Enterprise"}, "operatingSystemVersion": {"10.0 (26100)"},
	}}
}

func people(n int) (objects []object) {
	for i := range n {
		objects = append(objects, person(i+1))
	}
	return append(objects, machine(1))
}

func guidBytes(n int) string {
	return fmt.Sprintf("%016d", n)
}

func sidBytes(n int) string {
	return string(model.SID(fmt.Sprintf("S-1-5-21-1-2-3-%d", 1000+n)).Bytes())
}

// directory makes the client for controllers.
func directory(t *testing.T, a *authority, controllers ...*controller) *Directory {
	t.Helper()
	o := Options{Config: config.Directory{User: "reader@contoso.test", PageSize: 10, Timeout: 20 * time.Second}, Password: "secret", Roots: a.roots()}
	for _, c := range controllers {
		o.Config.Servers = append(o.Config.Servers, c.url())
	}
	return open(t, o)
}
