package ldap

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf16"

	"adbadge/model"
)

// remove deletes objects of the real AD at the end of a test, the last one first.
func remove(t *testing.T, names ...string) {
	t.Cleanup(func() {
		for _, dn := range slices.Backward(names) {
			modify(t, "dn: "+dn+"\nchangetype: delete\n")
		}
	})
}

// TestRealKinds: only users, managed service accounts among them, and computers are listed.
func TestRealKinds(t *testing.T) {
	o := realAD(t)
	unit := fmt.Sprintf("OU=kinds-%d,OU=Contoso,%s", os.Getpid(), os.Getenv("AD_LAB_BASE_DN"))
	names := []string{unit}
	modify(t, "dn: "+unit+"\nchangetype: add\nobjectClass: organizationalUnit\n")
	for _, c := range []struct{ name, rest string }{
		{"contact", "objectClass: contact\ndisplayName: Contact\n"},
		{"group", "objectClass: group\nsAMAccountName: kinds-group\n"},
		{"person", "objectClass: inetOrgPerson\nsAMAccountName: kinds-person\n"},
		{"user", "objectClass: user\nsAMAccountName: kinds-user\n"},
		{"computer", "objectClass: computer\nsAMAccountName: kinds-pc$\nuserAccountControl: 4096\n"},
		{"managed", "objectClass: msDS-ManagedServiceAccount\nsAMAccountName: kinds-msa$\nuserAccountControl: 4096\n"},
		{"group managed", "objectClass: msDS-GroupManagedServiceAccount\nsAMAccountName: kinds-gmsa$\nmsDS-ManagedPasswordInterval: 30\n" +
			"userAccountControl: 4096\ndNSHostName: gmsa.contoso.test\n"},
	} {
		modify(t, "dn: CN="+c.name+","+unit+"\nchangetype: add\n"+c.rest)
		names = append(names, "CN="+c.name+","+unit)
	}
	remove(t, names...)
	o.Config.BaseDNs = []string{unit}
	entities, gaps := readAll(t, open(t, o))
	got := map[string]string{}
	for _, e := range entities {
		got[string(e.SAM)] = e.Kind.String()
		if e.Has(model.Service) {
			got[string(e.SAM)] += " of a service"
		}
	}
	want := map[string]string{"kinds-person": "user", "kinds-user": "user", "kinds-pc$": "computer",
		"kinds-msa$": "user of a service", "kinds-gmsa$": "user of a service"}
	if fmt.Sprint(got) != fmt.Sprint(want) || len(gaps) != 0 {
		t.Errorf("got %v and the gaps %v, want %v", got, gaps, want)
	}
}

// TestRealOddNames: names that mean something in filters and distinguished names are found, marked and left out as others.
func TestRealOddNames(t *testing.T) {
	o := realAD(t)
	base := os.Getenv("AD_LAB_BASE_DN")
	unit := fmt.Sprintf(`OU=R&D (old)*\, %d,OU=Contoso,%s`, os.Getpid(), base)
	user := `CN=a*(b)\, \\ \"c\" #\;\<d\>,` + unit
	modify(t, "dn: "+unit+"\nchangetype: add\nobjectClass: organizationalUnit\n")
	modify(t, "dn: "+user+"\nchangetype: add\nobjectClass: user\nsAMAccountName: odd-name\n\n"+
		"dn: "+user+"\nchangetype: modify\nreplace: manager\nmanager: "+user+"\n")
	remove(t, unit, user)
	modify(t, "dn: CN=Domain Admins,CN=Users,"+base+"\nchangetype: modify\nadd: member\nmember: "+user+"\n")
	find := func(change func(*Options)) (e model.Entity, d *Directory) {
		t.Helper()
		o := o
		change(&o)
		d = open(t, o)
		entities, _ := readAll(t, d)
		for _, one := range entities {
			if one.SAM == "odd-name" {
				e = one
			}
		}
		return e, d
	}
	for name, change := range map[string]func(*Options){
		"everything": func(*Options) {}, "its unit": func(o *Options) { o.Config.BaseDNs = []string{unit} },
	} {
		e, d := find(change)
		if e.Name != `a*(b), \ "c" #;<d>` || !e.Has(model.Sensitive) {
			t.Errorf("%s: the user is %+v", name, e)
			continue
		}
		detail, err := d.Detail(t.Context(), e)
		if err != nil || !slices.Contains(detail.Groups, "Domain Admins") || detail.Manager != e.Name {
			t.Errorf("%s: detail %+v (%v)", name, detail, err)
		}
	}
	if e, _ := find(func(o *Options) { o.Config.ExcludeOUs = []string{unit} }); e.SAM != "" {
		t.Errorf("%s is not left out", e.DN)
	}
}

// TestRealLockedAccount: the directory's own words for an account that is locked, with and without Kerberos.
func TestRealLockedAccount(t *testing.T) {
	o := realKerberos(t)
	base := os.Getenv("AD_LAB_BASE_DN")
	name := fmt.Sprintf("locked-%d", os.Getpid())
	dn := "CN=" + name + ",OU=Users,OU=Contoso," + base
	var quoted []byte // as AD takes a password: in quotes, in UTF-16
	for _, unit := range utf16.Encode([]rune(`"` + o.Password + `"`)) {
		quoted = append(quoted, byte(unit), byte(unit>>8))
	}
	modify(t, "dn: "+dn+"\nchangetype: add\nobjectClass: user\nsAMAccountName: "+name+"\nuserPrincipalName: "+name+
		"@contoso.test\nuserAccountControl: 512\nunicodePwd:: "+base64.StdEncoding.EncodeToString(quoted)+"\n")
	remove(t, dn)
	const threshold = 10 // high enough that no other test locks an account meanwhile
	lockAfter := func(n int) {
		modify(t, fmt.Sprintf("dn: %s\nchangetype: modify\nreplace: lockoutThreshold\nlockoutThreshold: %d\n", base, n))
	}
	lockAfter(threshold)
	t.Cleanup(func() { lockAfter(0) })
	simple, ticket := realAD(t), o
	simple.Config.User, ticket.Config.User = name+"@contoso.test", name+"@"+os.Getenv("AD_LAB_REALM")
	if _, err := open(t, simple).Domains(t.Context()); err != nil {
		t.Fatalf("before it is locked: %v", err)
	}
	wrong := simple
	wrong.Password = "wrong"
	for range threshold {
		if _, err := open(t, wrong).Domains(t.Context()); err == nil {
			t.Fatal("a wrong password is taken")
		}
	}
	for seen, o := range map[string]Options{"the account is locked": simple, "the account is disabled, locked or expired": ticket} {
		_, err := open(t, o).Domains(t.Context())
		if f := failureOf(t, err); f.Kind != model.SignInRefused || !strings.Contains(f.Seen, seen) {
			t.Errorf("got %v, want %q", f, seen)
		}
	}
}

// TestRealFailover: the connection to one domain controller breaks in the middle of a read; the next one goes on.
func TestRealFailover(t *testing.T) {
	o := realAD(t)
	whole, _ := readAll(t, open(t, o))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	var cuts atomic.Int32
	real := strings.TrimPrefix(o.Config.Servers[0], "ldaps://")
	go func() { // it breaks every connection in the middle of the users
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", real)
			if err == nil {
				go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
				_, _ = io.CopyN(in, out, 100<<10)
				cuts.Add(1)
				_ = out.Close()
			}
			_ = in.Close()
		}
	}()
	o.Config.Servers = append([]string{"ldaps://" + listener.Addr().String()}, o.Config.Servers...)
	d := open(t, o)
	entities, gaps := readAll(t, d)
	if len(entities) != len(whole) || len(gaps) != 1 || gaps[0].Code != "ADB-414" || gaps[0].Missing || cuts.Load() != 1 {
		t.Errorf("%d entities of %d, gaps %v, %d connections were cut", len(entities), len(whole), gaps, cuts.Load())
	}
	if d.Host() != "127.0.0.1" {
		t.Errorf("the next call asks %s", d.Host())
	}
}
