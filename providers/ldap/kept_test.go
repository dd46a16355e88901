package ldap

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"adbadge/model"
)

// waitFor waits until something holds, for much longer than it should take.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

// idle counts the connections that wait for a call.
func (d *Directory) idle() int {
	d.kept.mutex.Lock()
	defer d.kept.mutex.Unlock()
	return len(d.kept.waiting)
}

// refuse makes the controller refuse every sign-in from now on.
func (c *controller) refuse(words string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.bindCode, c.bindText = resultInvalidCredentials, words
}

var user1 = model.Entity{ID: model.GUID([]byte(guidBytes(1))), Name: "User 1", Domain: "contoso.test"}

func TestCallsShareAConnection(t *testing.T) {
	a := newAuthority(t)
	c := newController(t, a, func(c *controller) { c.objects = people(15) })
	d := directory(t, a, c)
	for range 3 {
		readAll(t, d)
		if _, err := d.Domains(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Detail(t.Context(), user1); err != nil {
			t.Fatal(err)
		}
	}
	if c.signIns() != 1 || d.idle() != 1 {
		t.Errorf("%d sign-ins for nine calls and %d connections left, want one", c.signIns(), d.idle())
	}
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	a := newAuthority(t)
	c := newController(t, a, func(c *controller) { c.objects = people(1) })
	d := directory(t, a, c)
	d.kept.idleFor = 20 * time.Millisecond
	if _, err := d.Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the connection is never closed", func() bool { return d.idle() == 0 && c.ended() == 1 })
	if _, err := d.Domains(t.Context()); err != nil || c.signIns() != 2 {
		t.Errorf("%d sign-ins (%v), want a second connection", c.signIns(), err)
	}
}

func TestSignInIsProvenAnew(t *testing.T) {
	a := newAuthority(t)
	c := newController(t, a, func(c *controller) { c.objects = people(1) })
	d := directory(t, a, c)
	s, err := d.connect(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(s.until); left <= 0 || left > signInKept {
		t.Errorf("the sign-in is relied on for %s", left)
	}
	s.until = time.Now()
	s.close()
	waitFor(t, "the connection is kept", func() bool { return d.idle() == 0 && c.ended() == 1 })
}

// TestDeadConnectionIsReplaced: nobody is told, whether the server closed it or said that it would.
func TestDeadConnectionIsReplaced(t *testing.T) {
	for name, kill := range map[string]func(*controller){
		"closed": (*controller).cut,
		"notice": func(c *controller) {
			c.mutex.Lock()
			defer c.mutex.Unlock()
			for _, x := range c.exchanges {
				notice := exchange{conn: x.conn}
				notice.result(24, resultStrongerAuth, "the session has expired")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAuthority(t)
			c := newController(t, a, func(c *controller) { c.objects = people(15) })
			d := directory(t, a, c)
			readAll(t, d)
			kill(c)
			if entities, gaps := readAll(t, d); len(entities) != 16 || len(gaps) != 0 || c.signIns() != 2 {
				t.Errorf("%d entities, gaps %v, %d sign-ins; want 16, none and 2", len(entities), gaps, c.signIns())
			}
		})
	}
}

// TestReplacementIsRefusedOnce: the password was changed while a connection waited.
func TestReplacementIsRefusedOnce(t *testing.T) {
	a := newAuthority(t)
	first, second := newController(t, a, nil), newController(t, a, nil)
	d := directory(t, a, first, second)
	if _, err := d.Domains(t.Context()); err != nil {
		t.Fatal(err)
	}
	first.cut()
	first.refuse("80090308: LdapErr: DSID-0C090439, data 52e, v4563")
	_, err := d.Domains(t.Context())
	if f := failureOf(t, err); f.Kind != model.SignInRefused || first.signIns() != 2 || second.signIns() != 0 {
		t.Errorf("%v after %d and %d sign-ins, want one refusal at the first server", err, first.signIns(), second.signIns())
	}
}

// TestRefusalInTheMiddleIsTriedOnce: a server breaks off in the middle of a read, and the account was disabled meanwhile.
func TestRefusalInTheMiddleIsTriedOnce(t *testing.T) {
	a := newAuthority(t)
	var second, third *controller
	first := newController(t, a, func(c *controller) {
		c.objects = people(40)
		c.answer = func(x *exchange, q query) bool {
			if q.cookie == "" {
				return false
			}
			second.refuse("80090308: LdapErr: DSID-0C090439, data 533, v4563")
			third.refuse("80090308: LdapErr: DSID-0C090439, data 533, v4563")
			_ = x.conn.Close()
			return true
		}
	})
	second, third = newController(t, a, nil), newController(t, a, nil)
	_, err := directory(t, a, first, second, third).Entities(t.Context(), func([]model.Entity) error { return nil })
	if f := failureOf(t, err); f.Kind != model.SignInRefused || second.signIns()+third.signIns() != 1 {
		t.Errorf("%v after %d and %d sign-ins, want one", err, second.signIns(), third.signIns())
	}
}

func TestWhatMakesAConnectionUseless(t *testing.T) {
	a := newAuthority(t)
	answer := func(code int64) func(*exchange, query) bool {
		return func(x *exchange, _ query) bool { x.result(5, code, "no"); return true }
	}
	for name, c := range map[string]struct {
		answer func(*exchange, query) bool
		kept   int
	}{
		"a refusal":            {answer(resultInsufficientAccess), 1},
		"a server that leaves": {answer(resultUnavailable), 0},
		"a server without time": {
			answer(resultBusy), 0},
		"nonsense": {func(x *exchange, _ query) bool { x.write([]byte("HTTP/1.1")); return true }, 0},
		"silence":  {func(*exchange, query) bool { return true }, 0},
		"too many": {func(x *exchange, _ query) bool {
			for range maxSmall + 1 {
				x.entry(person(1))
			}
			x.result(5, 0, "")
			return true
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			server := newController(t, a, func(s *controller) {
				s.answer = func(x *exchange, q query) bool { return q.scope == int64(subtree) && c.answer(x, q) }
			})
			d := directory(t, a, server)
			if name == "silence" {
				d.timeout = time.Second
			}
			if _, err := d.Detail(t.Context(), user1); err == nil {
				t.Error("no error at all")
			}
			if d.idle() != c.kept {
				t.Errorf("%d connections wait, want %d", d.idle(), c.kept)
			}
		})
	}
}

func TestCancelledCallLeavesNoConnection(t *testing.T) {
	a := newAuthority(t)
	ctx, cancel := context.WithCancel(t.Context())
	c := newController(t, a, func(c *controller) {
		c.objects = people(1)
		c.answer = func(_ *exchange, q query) bool {
			if ctx.Err() == nil && q.scope == int64(subtree) {
				cancel()
				return true
			}
			return false
		}
	})
	d := directory(t, a, c)
	if _, err := d.Detail(ctx, user1); !errors.Is(err, context.Canceled) || d.idle() != 0 {
		t.Errorf("%v, and %d connections wait", err, d.idle())
	}
	if _, err := d.Detail(t.Context(), user1); err != nil || c.signIns() != 2 {
		t.Errorf("%v after %d sign-ins", err, c.signIns())
	}
}

func TestFewConnectionsWait(t *testing.T) {
	a := newAuthority(t)
	var asked atomic.Int32
	all := make(chan struct{})
	const callers = 3 * mostKept
	c := newController(t, a, func(c *controller) {
		c.objects = people(1)
		c.answer = func(_ *exchange, q query) bool {
			if q.scope == int64(subtree) && asked.Add(1) == callers {
				close(all)
			}
			if q.scope == int64(subtree) {
				<-all // so that each call needs a connection to itself
			}
			return false
		}
	})
	d := directory(t, a, c)
	var callersDone sync.WaitGroup
	for range callers {
		callersDone.Go(func() {
			if _, err := d.Detail(t.Context(), user1); err != nil {
				t.Error(err)
			}
		})
	}
	callersDone.Wait()
	if c.signIns() != callers || d.idle() != mostKept {
		t.Errorf("%d sign-ins, %d connections wait", c.signIns(), d.idle())
	}
	if err := d.Close(); err != nil || d.idle() != 0 {
		t.Errorf("%d connections wait after the end (%v)", d.idle(), err)
	}
	waitFor(t, "connections stay open", func() bool { return c.ended() == callers })
	if _, err := d.Domains(t.Context()); err != nil || d.idle() != 0 {
		t.Errorf("a call after the end leaves %d connections (%v)", d.idle(), err)
	}
}
