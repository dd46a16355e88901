package ldap

import (
	"slices"
	"sync"
	"time"
)

const (
	// idleKept is how long a connection waits for its next call. Domain controllers close one after 15 minutes
	// (MaxConnIdleTime), and firewalls forget it sooner.
	idleKept = 2 * time.Minute
	// mostKept is how many connections wait at once.
	mostKept = 4
)

// kept are signed-in connections that wait for the next call. It may be used by several goroutines at once.
type kept struct {
	idleFor time.Duration

	mutex   sync.Mutex
	waiting []*waiting // the one that waits longest comes first
	closed  bool
	closing sync.WaitGroup
}

type waiting struct {
	client *client
	server server
	end    *time.Timer
}

// put lets a connection wait. It is false where that is not to be: then the connection is the caller's to close.
func (k *kept) put(c *client, at server) bool {
	wait := min(k.idleFor, time.Until(c.until))
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.closed || wait <= 0 {
		return false
	}
	if len(k.waiting) == mostKept {
		k.end(k.waiting[0])
	}
	w := &waiting{client: c, server: at}
	w.end = time.AfterFunc(wait, func() {
		k.mutex.Lock()
		defer k.mutex.Unlock()
		k.end(w)
	})
	k.waiting = append(k.waiting, w)
	return true
}

// take gives the connection to a server that was used last, or nil.
func (k *kept) take(at server) *client {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	for i, w := range slices.Backward(k.waiting) {
		if w.server == at {
			k.waiting = slices.Delete(k.waiting, i, i+1)
			w.end.Stop()
			return w.client
		}
	}
	return nil
}

// drop closes what waits for a server: one of its connections was found dead.
func (k *kept) drop(at server) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	for _, w := range slices.Clone(k.waiting) {
		if w.server == at {
			k.end(w)
		}
	}
}

// close closes all that wait, and those that would wait later.
func (k *kept) close() {
	k.mutex.Lock()
	k.closed = true
	for _, w := range slices.Clone(k.waiting) {
		k.end(w)
	}
	k.mutex.Unlock()
	k.closing.Wait()
}

// end closes a connection unless it was taken; the mutex is held. A server that takes nothing any more could hold up the
// goodbye.
func (k *kept) end(w *waiting) {
	i := slices.Index(k.waiting, w)
	if i < 0 {
		return
	}
	k.waiting = slices.Delete(k.waiting, i, i+1)
	w.end.Stop()
	k.closing.Go(w.client.close)
}
