package ldap

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
)

func failureOf(t *testing.T, err error) *model.Failure {
	t.Helper()
	f, ok := errors.AsType[*model.Failure](err)
	if !ok {
		t.Fatalf("want a failure in the user's words, not %v", err)
	}
	if f.Remedy == "" || f.Source != model.Directory {
		t.Errorf("want a remedy and the directory as source, not %+v", f)
	}
	return f
}

func codes(gaps []model.Gap) (codes []string) {
	for _, gap := range gaps {
		codes = append(codes, gap.Code)
	}
	return codes
}

func TestEntities(t *testing.T) {
	a := newAuthority(t)
	c := newController(t, a, func(c *controller) { c.objects = people(35) })
	d := directory(t, a, c)
	entities, gaps := readAll(t, d)
	if len(entities) != 36 || len(gaps) != 0 {
		t.Errorf("%d entities and the gaps %v, want 36 and none", len(entities), gaps)
	}
	want := model.Entity{
		ID: model.GUID([]byte(guidBytes(100_001))), Kind: model.Computer, Name: "WS-1", SAM: "WS-1$", Domain: "contoso.test",
		DN: "CN=WS-1,OU=Workstations,DC=contoso,DC=test", OU: "Workstations", SID: "S-1-5-21-1-2-3-101001",
		DNSName: "ws-1.contoso.test", OS: "Windows 11 24H2", OSVersion: "10.0 (26100)",
	}
	if diff := cmp.Diff(want, entities[want.ID]); diff != "" {
		t.Errorf("the computer (-want +got):\n%s", diff)
	}
	pages := 0
	for _, q := range c.queries {
		if q.page > 0 {
			pages++
			if q.page != 10 || slices.Contains(q.attributes, "*") || len(q.attributes) != 20 {
				t.Errorf("asked for a page of %d with %v", q.page, q.attributes)
			}
		}
	}
	if pages != 4 {
		t.Errorf("%d pages of 10 for 36 objects", pages)
	}
	domains, err := d.Domains(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]model.Domain{{DNSName: "contoso.test", NetBIOS: "CONTOSO", SID: "S-1-5-21-1-2-3", BaseDN: "DC=contoso,DC=test"}}, domains); diff != "" {
		t.Errorf("domains (-want +got):\n%s", diff)
	}
}

func TestRowsComeWhileReading(t *testing.T) {
	a := newAuthority(t)
	handedOn := make(chan struct{})
	c := newController(t, a, func(c *controller) {
		c.objects = people(20)
		c.answer = func(x *exchange, q query) bool {
			if q.cookie == "10" {
				<-handedOn // the second page waits until the first one is on the screen
			}
			return false
		}
	})
	var once atomic.Bool
	_, err := directory(t, a, c).Entities(t.Context(), func([]model.Entity) error {
		if once.CompareAndSwap(false, true) {
			close(handedOn)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFailoverInTheMiddle(t *testing.T) {
	a := newAuthority(t)
	objects := people(40)
	broken := newController(t, a, func(c *controller) {
		c.objects = objects
		c.answer = func(x *exchange, q query) bool {
			if q.cookie == "" {
				return false
			}
			c.page(x, q, func(sent int) bool {
				if sent == 25 {
					_ = x.conn.Close()
				}
				return sent < 25
			})
			return true
		}
	})
	whole := newController(t, a, func(c *controller) {
		c.objects = append(slices.Clone(objects[20:]), objects[:20]...) // another order
	})
	d := directory(t, a, broken, whole)
	entities, gaps := readAll(t, d)
	if len(entities) != 41 {
		t.Errorf("%d entities, want 41", len(entities))
	}
	if diff := cmp.Diff([]string{"ADB-414"}, codes(gaps)); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	if !strings.Contains(gaps[0].What, "the connection was closed") || gaps[0].Missing {
		t.Errorf("gap %+v", gaps[0])
	}
	if d.Host() != whole.listener.Addr().String() {
		t.Errorf("the next call asks %s, want the server that works", d.Host())
	}
}

func TestOneServerBreaks(t *testing.T) {
	a := newAuthority(t)
	for name, c := range map[string]struct {
		breaks int64
		fails  bool
	}{"once": {1, false}, "always": {1 << 30, true}} {
		t.Run(name, func(t *testing.T) {
			var count atomic.Int64
			server := newController(t, a, func(s *controller) {
				s.objects = people(15)
				s.objects[0].attributes["displayName"] = []string{"First", "Second"}
				s.answer = func(x *exchange, q query) bool {
					if q.cookie != "10" || count.Add(1) > c.breaks {
						return false
					}
					s.page(x, q, func(sent int) bool {
						if sent == 13 {
							_ = x.conn.Close()
						}
						return sent < 13
					})
					return true
				}
			})
			entities := map[model.GUID]bool{}
			gaps, err := directory(t, a, server).Entities(t.Context(), func(batch []model.Entity) error {
				for _, e := range batch {
					entities[e.ID] = true
				}
				return nil
			})
			if !c.fails && (err != nil || len(entities) != 16) {
				t.Errorf("%d entities (%v), want 16", len(entities), err)
			}
			if c.fails {
				if f := failureOf(t, err); f.Kind != model.Unreachable || len(entities) != 13 {
					t.Errorf("%d entities, then %v; want 13 and a closed connection", len(entities), f)
				}
			}
			if odd := slices.IndexFunc(gaps, func(g model.Gap) bool { return g.Code == "ADB-410" }); odd < 0 || gaps[odd].Count != 1 {
				t.Errorf("gaps %+v, want the odd object counted once", gaps)
			}
		})
	}
}

func TestFirstServerDown(t *testing.T) {
	a := newAuthority(t)
	down := newController(t, a, nil)
	down.leave()
	up := newController(t, a, func(c *controller) { c.objects = people(3) })
	if entities, _ := readAll(t, directory(t, a, down, up)); len(entities) != 4 {
		t.Errorf("%d entities, want 4", len(entities))
	}
	_, err := directory(t, a, down, down).Domains(t.Context())
	if f := failureOf(t, err); f.Kind != model.Unreachable || strings.Count(f.Seen, "the connection was refused") != 2 {
		t.Errorf("want both servers named, not %v", f)
	}
}

func TestSpoiltAnswers(t *testing.T) {
	a := newAuthority(t)
	raw := func(bytes ...byte) func(*exchange, query) bool {
		return func(x *exchange, q query) bool {
			if q.page > 0 {
				x.write(bytes)
			}
			return q.page > 0
		}
	}
	deep := func(x *exchange, q query) bool {
		if q.page > 0 {
			nested := strings.Repeat("\x30\x80", 100_000)
			x.write([]byte(string([]byte{0x30, 0x83, 0x03, 0x0D, 0x40}) + nested))
		}
		return q.page > 0
	}
	for name, c := range map[string]struct {
		answer func(*exchange, query) bool
		kind   model.FailureKind
		seen   string
	}{
		"one gigabyte":      {raw(0x30, 0x84, 0x40, 0, 0, 0, 2, 1, 9), model.Broken, "announced an answer of 1073741824 bytes"},
		"indefinite length": {raw(0x30, 0x80, 2, 1, 9, 0, 0), model.Broken, "not valid BER"},
		"no sequence":       {raw('H', 'T', 'T', 'P', '/', '1'), model.Broken, "not valid BER"},
		"deep":              {deep, model.Broken, "not valid BER"},
		"wrong id": {func(x *exchange, q query) bool {
			if q.page > 0 {
				x.id += 100
				x.result(5, 0, "")
			}
			return q.page > 0
		}, model.Broken, "instead of"},
		"disconnection": {func(x *exchange, q query) bool {
			if q.page > 0 {
				x.id = 0
				x.result(24, resultUnavailable, "shutting down")
			}
			return q.page > 0
		}, model.Unreachable, "too busy"},
		"no answer": {func(_ *exchange, q query) bool { return q.page > 0 }, model.TimedOut, "no answer within the time limit"},
		"cookie lost": {func(x *exchange, q query) bool {
			if q.cookie != "" {
				x.result(5, 0, "")
			}
			return q.cookie != ""
		}, model.Broken, "lost its place between two pages"},
		"endless empty pages": {func(x *exchange, q query) bool {
			if q.page > 0 {
				x.done(0, "again")
			}
			return q.page > 0
		}, model.Broken, "repeats its pages without end"},
		"endless full pages": {func(x *exchange, q query) bool {
			if q.page > 0 {
				for range 500 {
					x.entry(person(1))
				}
				x.done(0, "again")
			}
			return q.page > 0
		}, model.Broken, "repeats its pages without end"},
		"no pages": {func(x *exchange, q query) bool {
			if q.page > 0 {
				x.result(5, resultUnavailableControl, "")
			}
			return q.page > 0
		}, model.NotSupported, "cannot answer in pages"},
	} {
		t.Run(name, func(t *testing.T) {
			d := directory(t, a, newController(t, a, func(s *controller) { s.objects, s.answer = people(15), c.answer }))
			d.timeout = time.Second
			_, err := d.Entities(t.Context(), func([]model.Entity) error { return nil })
			f := failureOf(t, err)
			if f.Kind != c.kind || !strings.Contains(f.Seen, c.seen) {
				t.Errorf("got %s: %v, want %s: %q", f.Kind, f, c.kind, c.seen)
			}
		})
	}
}

func TestSizeLimit(t *testing.T) {
	a := newAuthority(t)
	d := directory(t, a, newController(t, a, func(c *controller) {
		c.objects = people(30)
		c.answer = func(x *exchange, q query) bool {
			if q.cookie == "10" {
				x.result(5, resultSizeLimit, "")
			}
			return q.cookie == "10"
		}
	}))
	entities, gaps := readAll(t, d)
	if len(entities) != 10 || len(gaps) != 1 || gaps[0].Code != "ADB-412" || !gaps[0].Missing {
		t.Errorf("%d entities, gaps %+v; want the first page and a gap that says so", len(entities), gaps)
	}
}

func TestOddObjects(t *testing.T) {
	a := newAuthority(t)
	change := func(n int, change func(map[string][]string)) object {
		o := person(n)
		change(o.attributes)
		return o
	}
	d := directory(t, a, newController(t, a, func(c *controller) {
		c.objects = []object{
			person(1),
			change(2, func(m map[string][]string) { delete(m, "objectGUID") }),
			change(3, func(m map[string][]string) { m["objectGUID"] = []string{"short"} }),
			change(4, func(m map[string][]string) { delete(m, "objectSid") }),
			change(5, func(m map[string][]string) { m["displayName"] = []string{"First", "Second"} }),
			change(6, func(m map[string][]string) { m["lastLogonTimestamp"] = []string{"yesterday"} }),
			change(7, func(m map[string][]string) { m["displayName"] = []string{"\xff\xfe\x1b[2J"} }),
			change(8, func(m map[string][]string) { m["userAccountControl"] = []string{"2048"} }),
			person(1),
		}
	}))
	entities, gaps := readAll(t, d)
	if len(entities) != 5 {
		t.Errorf("%d entities, want 5: neither those without an identity nor a trust account", len(entities))
	}
	if e := entities[model.GUID([]byte(guidBytes(7)))]; e.Name != "\uFFFD\uFFFD␛[2J" {
		t.Errorf("the name is %q", e.Name)
	}
	if diff := cmp.Diff([]string{"ADB-410", "ADB-411"}, codes(gaps)); diff != "" {
		t.Fatalf("gaps (-want +got):\n%s", diff)
	}
	if gaps[0].Count != 4 || gaps[0].Missing || gaps[1].Count != 2 || !gaps[1].Missing {
		t.Errorf("gaps %+v", gaps)
	}
}

func TestMalformedEntryIsLeftOut(t *testing.T) {
	a := newAuthority(t)
	d := directory(t, a, newController(t, a, func(c *controller) {
		c.objects = people(3)
		c.answer = func(x *exchange, q query) bool {
			if q.page > 0 {
				x.write([]byte{0x30, 9, 2, 1, byte(x.id), opSearchEntry, 4, tagOctetString, 9, 'x', 'y'})
			}
			return false
		}
	}))
	entities, gaps := readAll(t, d)
	if len(entities) != 4 || len(gaps) != 1 || gaps[0].Code != "ADB-415" || gaps[0].Count != 1 {
		t.Errorf("%d entities, gaps %+v", len(entities), gaps)
	}
}

func TestEmitFails(t *testing.T) {
	a := newAuthority(t)
	stop := errors.New("enough")
	calls := 0
	_, err := directory(t, a, newController(t, a, func(c *controller) { c.objects = people(40) })).
		Entities(t.Context(), func([]model.Entity) error {
			calls++
			return stop
		})
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%v after %d calls, want the error of emit after the first", err, calls)
	}
}

func TestCancelEndsTheWait(t *testing.T) {
	a := newAuthority(t)
	ctx, cancel := context.WithCancel(t.Context())
	d := directory(t, a, newController(t, a, func(c *controller) {
		c.answer = func(_ *exchange, q query) bool {
			if q.page > 0 {
				cancel()
			}
			return q.page > 0
		}
	}))
	d.timeout = time.Hour
	began := time.Now()
	if _, err := d.Entities(ctx, func([]model.Entity) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the cancellation", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the wait took %v", took)
	}
}
