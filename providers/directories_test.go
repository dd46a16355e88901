package providers

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/inventory"
	"adbadge/providers/lab"
)

// gate stands before a server and can be shut.
type gate struct {
	net.Listener
	server string
	mutex  sync.Mutex
	shut   bool
	open   map[net.Conn]bool
}

func newGate(t *testing.T, server string) *gate {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{Listener: listener, server: server, open: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = listener.Close() })
	go g.serve()
	return g
}

func (g *gate) serve() {
	for {
		in, err := g.Accept()
		if err != nil {
			return
		}
		g.mutex.Lock()
		out, err := net.Dial("tcp", g.server)
		if err != nil || g.shut {
			_ = in.Close()
			if out != nil {
				_ = out.Close()
			}
			g.mutex.Unlock()
			continue
		}
		g.open[in], g.open[out] = true, true
		g.mutex.Unlock()
		for _, pair := range [][2]net.Conn{{in, out}, {out, in}} {
			go func() {
				_, _ = io.Copy(pair[0], pair[1])
				_ = pair[0].Close()
			}()
		}
	}
}

func (g *gate) setShut(shut bool) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.shut = shut; shut {
		for conn := range g.open {
			_ = conn.Close()
		}
		clear(g.open)
	}
}

// twoDirectories is a lab whose domains are two directories, the second of them behind a gate.
func twoDirectories(t *testing.T) (*Tenant, *lab.Lab, *gate) {
	t.Helper()
	running, err := startLab(t.Context(), lab.Options{Still: true, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	c := running.Config()
	first := c.Directories[0]
	second := first
	first.BaseDNs, second.BaseDNs = first.BaseDNs[:1], first.BaseDNs[1:]
	g := newGate(t, strings.TrimPrefix(first.Servers[0], "ldaps://"))
	second.Servers = []string{"ldaps://" + g.Addr().String()}
	c.Directories = []config.Directory{first, second}
	secret := directorySecrets{running.DirectoryPassword(), running.Roots()}
	opened, err := connect(c, OpenOptions{Version: "test", Now: running.Now},
		secrets{directories: []directorySecrets{secret, secret}, signIn: running.Secret(), cloudRoots: running.Roots()})
	if err != nil {
		t.Fatal(err)
	}
	portals, err := running.Settings(opened.SignIn.signIn)
	if err != nil {
		t.Fatal(err)
	}
	opened.Settings = []Settings{portals}
	t.Cleanup(func() { _ = opened.Close() })
	return opened, running, g
}

// inDomain counts the entities of a domain.
func inDomain(v *inventory.View, domain string) (n int) {
	for row := range v.Len() {
		if v.Domain(row).String() == domain {
			n++
		}
	}
	return n
}

const child = "emea.contoso.test"

func TestSeveralDirectoriesAreOneInventory(t *testing.T) {
	whole, _ := stillLab(t)
	want := once(t, whole)
	tenant, _, _ := twoDirectories(t)
	d := once(t, tenant)
	if d.View.Counts() != want.View.Counts() {
		t.Errorf("counts are %+v, want %+v as in one directory", d.View.Counts(), want.View.Counts())
	}
	if s := d.Source(model.Directory); len(s.Gaps) != len(want.Source(model.Directory).Gaps) || s.Failure != nil {
		t.Errorf("gaps %+v, failure %v", s.Gaps, s.Failure)
	}
	for row := range d.View.Len() {
		if d.View.Domain(row) != child {
			continue
		}
		if detail, err := tenant.Detail(t.Context(), d.View.Entity(row)); err != nil || len(detail.Groups) == 0 {
			t.Errorf("details of %s: %+v, %v", d.View.Entity(row).Name, detail, err)
		}
		break
	}
}

// TestOneDirectoryOfSeveralFails: its entities stay, the others are renewed, and the status says so.
func TestOneDirectoryOfSeveralFails(t *testing.T) {
	tenant, running, g := twoDirectories(t)
	r := NewRefresher(tenant)
	before := r.Once(t.Context()).View
	g.setShut(true)
	var other []model.GUID
	for row := range before.Len() {
		if before.Domain(row) != child && before.Kind(row) == model.User {
			other = append(other, before.Entity(row).ID)
		}
	}
	user, gone := other[0], other[1]
	for _, err := range []error{running.Directory().Set(user, "department", "Abroad"), running.Directory().Delete(gone)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, due := range []bool{false, true} { // changes only, then from end to end
		if due {
			for i := range r.facts.directories {
				r.facts.directories[i].whole = time.Time{}
			}
		}
		d := r.Once(t.Context())
		if got, want := inDomain(d.View, child), inDomain(before, child); got != want || want == 0 {
			t.Errorf("due %v: %d entities of %s, want the %d from before", due, got, child, want)
		}
		if row, ok := d.View.Find(user); !ok || d.View.Entity(row).Department != "Abroad" {
			t.Errorf("due %v: a change in the other directory is not seen", due)
		}
		if _, ok := d.View.Find(gone); ok {
			t.Errorf("due %v: an entity that was deleted in the other directory is still there", due)
		}
		s := d.Source(model.Directory)
		if s.State != model.SourceDegraded || s.Failure != nil || len(s.Gaps) == 0 || s.Gaps[0].Code != "ADB-413" || !strings.Contains(s.Gaps[0].What, g.Addr().String()) {
			t.Errorf("due %v: the directory is %s with failure %v and gaps %+v", due, s.State, s.Failure, s.Gaps)
		}
	}
	g.setShut(false)
	d := r.Once(t.Context())
	if s := d.Source(model.Directory); strings.Contains(gapCodes(s.Gaps), "ADB-413") {
		t.Errorf("still %+v after the server is back", s.Gaps)
	}
	if got, want := d.View.Len(), before.Len()-1; got != want {
		t.Errorf("%d entities at the end, want %d", got, want)
	}
}

func gapCodes(gaps []model.Gap) string {
	var codes []string
	for _, gap := range gaps {
		codes = append(codes, gap.Code)
	}
	return strings.Join(codes, " ")
}

// TestAllDirectoriesFail: then the source has failed, and all is as it was.
func TestAllDirectoriesFail(t *testing.T) {
	tenant, running, g := twoDirectories(t)
	r := NewRefresher(tenant)
	before := r.Once(t.Context()).View.Counts()
	g.setShut(true)
	if err := running.SetFaults("ldap-refused"); err != nil {
		t.Fatal(err)
	}
	d := r.Once(t.Context())
	if d.View.Counts() != before {
		t.Errorf("counts are %+v, were %+v", d.View.Counts(), before)
	}
	if s := d.Source(model.Directory); s.Failure == nil || s.State != model.SourceFailed {
		t.Errorf("the directory is %s, %v", s.State, s.Failure)
	}
}

// TestHungDirectoryDoesNotHideTheOthers: the first rows come while another directory is waited for.
func TestHungDirectoryDoesNotHideTheOthers(t *testing.T) {
	tenant, _, g := twoDirectories(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	g.mutex.Lock()
	g.server = silent.Addr().String() // takes connections and says nothing
	g.mutex.Unlock()
	r := NewRefresher(tenant)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	ended := make(chan struct{})
	go func() { r.Run(ctx); close(ended) }()
	for d := r.Current(); inDomain(d.View, "contoso.test") == 0; {
		if d, err = r.Wait(ctx, d.Generation); err != nil {
			t.Fatal("no rows of the directory that answers")
		}
	}
	cancel()
	<-ended
}
