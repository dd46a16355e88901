package providers

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers/endpoint"
	"adbadge/providers/entra"
	"adbadge/providers/graph"
	"adbadge/providers/lab"
)

// hurriedLab opens a lab in which three seconds pass whenever hurry is called, by a client that does not hold itself back:
// the limits of both would be reached soon.
func hurriedLab(t testing.TB) (tenant *Tenant, running *lab.Lab, hurry func()) {
	t.Helper()
	var passed atomic.Int64
	running, err := startLab(t.Context(), lab.Options{Now: func() time.Time {
		return noon.Add(time.Duration(passed.Load()))
	}})
	if err != nil {
		t.Fatal(err)
	}
	tenant, err = openRunning(running, OpenOptions{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tenant.Close(); err != nil {
			t.Error(err)
		}
	})
	c := running.Config()
	api := func(source model.Source, url, scope string, err error) *entra.API {
		if err != nil {
			t.Fatal(err)
		}
		api, err := tenant.SignIn.signIn.API(entra.APIOptions{Source: source, Name: "without limits", BaseURL: url, Scope: scope})
		if err != nil {
			t.Fatal(err)
		}
		return api
	}
	url, scope, err := c.EndpointAPI()
	tenant.SignIn.endpoint = api(model.Endpoint, url, scope, err)
	tenant.Endpoint = endpoint.New(tenant.SignIn.endpoint)
	url, scope, err = c.GraphAPI()
	tenant.SignIn.graph = api(model.Identity, url, scope, err)
	tenant.Identity = graph.New(tenant.SignIn.graph)
	return tenant, running, func() { passed.Add(int64(3 * time.Second)) }
}

// use is what a process holds.
type use struct {
	heap              uint64
	goroutines, files int
}

// inUse measures once what is not needed any more is gone.
func inUse(t *testing.T) use {
	t.Helper()
	runtime.GC()
	runtime.GC() // what finalizers let go in the first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u := use{heap: m.HeapAlloc, goroutines: runtime.NumGoroutine()}
	files, err := os.ReadDir("/proc/self/fd")
	if err == nil { // not every system tells
		u.files = len(files)
	}
	return u
}

// Refreshes leave nothing behind, however many there are: no memory, no goroutine, no open file. Everything is asked by
// sockets and changes from one to the next. ADBADGE_SOAK says how many there are to be (make soak).
func TestRefreshesLeaveNothingBehind(t *testing.T) {
	rounds := 60
	if text := os.Getenv("ADBADGE_SOAK"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("ADBADGE_SOAK is %q, want a number of refreshes", text)
		}
		rounds = n
	}
	if testing.Short() {
		rounds = 20
	}
	tenant, running, hurry := hurriedLab(t)
	r := NewRefresher(tenant)
	var d *Dashboard
	round := func(n int) {
		hurry()
		department := fmt.Sprintf("Department %d", n)
		for i := range 20 {
			if err := running.Directory().Set(running.World().User(100+i).GUID, "department", department); err != nil {
				t.Fatal(err)
			}
		}
		refresh := r.Refreshed
		if n%8 == 0 {
			refresh = r.Once
		}
		d = refresh(t.Context())
		for _, s := range d.Sources {
			if s.State != model.SourceOK && s.State != model.SourceDegraded {
				t.Fatalf("refresh %d: %s is %s: %v", n, s.Source, s.State, s.Failure)
			}
		}
		if row, ok := d.View.Find(running.World().User(100).GUID); !ok || d.View.Group(row).String() != department {
			t.Fatalf("refresh %d does not show the change before it", n)
		}
	}
	const warm = 10 // by then buffers have their size and connections are open
	for n := range warm {
		round(n)
	}
	before, generation := inUse(t), d.Generation
	for n := range rounds {
		round(warm + n)
	}
	after := inUse(t)
	t.Logf("%d refreshes, %d dashboards: %d kB to %d kB, %d to %d goroutines, %d to %d files", rounds, d.Generation-generation,
		before.heap>>10, after.heap>>10, before.goroutines, after.goroutines, before.files, after.files)
	if after.goroutines > before.goroutines+5 {
		t.Errorf("%d goroutines, %d before", after.goroutines, before.goroutines)
	}
	if after.files > before.files+5 {
		t.Errorf("%d open files, %d before", after.files, before.files)
	}
	if after.heap > before.heap+before.heap/4 {
		t.Errorf("%d kB of memory, %d kB before", after.heap>>10, before.heap>>10)
	}
}
