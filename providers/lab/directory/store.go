package directory

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"adbadge/model"
	"adbadge/providers/lab/world"
)

// store holds the directory's entries, encoded once. Entries have numbers: first the fixed ones (domains,
// containers, groups, configuration), each after the one that holds it, then users, then computers. Users and
// computers are encoded a chunk at a time, by workers in the background or by the first search that comes there.
type store struct {
	world    *world.World
	root     string            // DN of the forest's first domain
	fixed    chunk             // entries 0 up to len(fixed.at)-1
	byName   map[string]uint32 // fixed entries by canonical DN in small letters
	groups   []uint32          // entry of each group
	groupAt  map[uint32]int    // and back
	sids     []domainSID
	chunks   []*chunk
	users    int               // number of the first user
	total    int               // number of entries at the start
	members  func() [][]uint32 // of each group: the entries that were direct members at the start
	index    func() *index     // built when somebody first asks for one entry
	tombs    []uint32          // the Deleted Objects of each domain
	settings uint32            // the domain controller's NTDS Settings
	now      func() time.Time
	overlay  overlay
}

// noParent is the parent of what heads a naming context.
const noParent = 1<<16 - 1

// chunkSize is how many entries are encoded together.
const chunkSize = 2048

// chunk is a run of entries in one arena.
type chunk struct {
	once    sync.Once
	first   int      // number of the first entry
	count   int      // number of entries
	data    []byte   // the entries
	at      []uint32 // where each begins; one more for the end
	parents []uint16 // the fixed entry that holds each
}

// entry is one encoded entry: a view into an arena.
type entry struct {
	number     uint32
	parent     uint16
	deleted    bool   // it is a tombstone, or holds them
	name       []byte // distinguished name
	encoded    []byte // the same as an octet string
	attributes []byte
}

func newStore(w *world.World) *store {
	s := &store{world: w, root: w.Domains()[0].BaseDN, byName: make(map[string]uint32), groupAt: make(map[uint32]int)}
	for _, d := range w.Domains() {
		s.sids = append(s.sids, newDomainSID(d.SID))
	}
	s.encodeFixed()
	s.users = s.fixed.count
	s.total = s.users + w.Users() + w.Computers()
	for first := s.users; first < s.total; first += chunkSize {
		s.chunks = append(s.chunks, &chunk{first: first, count: min(chunkSize, s.total-first)})
	}
	now := w.Options().Now
	s.now = func() time.Time { return now }
	o := &s.overlay
	o.highest = max(userUSN(w.Users()), computerUSN(w.Computers())) + 1
	o.start = o.highest
	o.keys, o.members = make(map[overlayKey][]uint32), make(map[int][]uint32)
	o.count.Store(uint32(s.total))
	// A lab that starts later holds other times: a client that goes on from what it saw before must read everything.
	o.invocation = fixedGUID("invocation of " + w.TenantID().String() + " at " + now.UTC().String())
	s.members = sync.OnceValue(s.listMembers)
	s.index = sync.OnceValue(s.buildIndex)
	return s
}

// Update sequence numbers depend on the index alone, so that they stay the same when a world grows.
func userUSN(i int) int64     { return 20_000 + 4*int64(i) }
func computerUSN(j int) int64 { return 20_002 + 4*int64(j) }
func fixedUSN(n int) int64    { return 8_200 + 2*int64(n) }

// encodeAll encodes every chunk, on as many cores as there are, until ctx ends.
func (s *store) encodeAll(ctx context.Context) {
	next := make(chan *chunk)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(s.chunks)) {
		workers.Go(func() {
			for c := range next {
				s.ready(c)
			}
		})
	}
	for _, c := range s.chunks {
		select {
		case next <- c:
		case <-ctx.Done():
			close(next)
			workers.Wait()
			return
		}
	}
	close(next)
	workers.Wait()
}

// ready encodes a chunk unless that has been done.
func (s *store) ready(c *chunk) *chunk {
	c.once.Do(func() {
		e := encoder{data: make([]byte, 0, c.count*1100), root: s.root}
		c.at = make([]uint32, 0, c.count+1)
		c.parents = make([]uint16, 0, c.count)
		for n := c.first; n < c.first+c.count; n++ {
			c.at = append(c.at, uint32(len(e.data)))
			var parent string
			if i := n - s.users; i < s.world.Users() {
				parent = s.encodeUser(&e, i)
			} else {
				parent = s.encodeComputer(&e, i-s.world.Users())
			}
			c.parents = append(c.parents, s.parent(parent))
		}
		c.at = append(c.at, uint32(len(e.data)))
		c.data = append(make([]byte, 0, len(e.data)), e.data...)
	})
	return c
}

func (s *store) parent(name string) uint16 {
	if n, ok := s.byName[strings.ToLower(name)]; ok {
		return uint16(n)
	}
	return noParent
}

// entry gives the entry of a number, as it is now.
func (s *store) entry(n uint32) entry {
	if v := s.version(n); v != nil {
		return v.entry
	}
	return s.original(n)
}

// original gives the entry of a number as it was at the start.
func (s *store) original(n uint32) entry {
	if int(n) < s.fixed.count {
		e := s.fixed.entry(int(n))
		e.deleted = slices.Contains(s.tombs, n)
		return e
	}
	c := s.chunks[(int(n)-s.users)/chunkSize]
	return s.ready(c).entry(int(n) - c.first)
}

func (c *chunk) entry(i int) entry {
	b := c.data[c.at[i]:c.at[i+1]]
	name, size, _ := cut(b)
	return entry{number: uint32(c.first + i), parent: c.parents[i], name: name, encoded: b[:size], attributes: b[size:]}
}

// values gives the content of the set of values of an attribute, or nil.
func (e *entry) values(a attr) []byte {
	if a == distinguishedName {
		return e.encoded
	}
	for b := e.attributes; len(b) > 0; {
		content, size, _ := cut(b[1:])
		if attr(b[0]) == a {
			return content
		}
		b = b[1+size:]
	}
	return nil
}

// listMembers finds the direct members of each group.
func (s *store) listMembers() [][]uint32 {
	w := s.world
	members := make([][]uint32, len(s.groups))
	for g, group := range w.Groups() {
		for _, nested := range group.Nested {
			members[g] = append(members[g], s.groups[nested])
		}
	}
	for i := range w.Users() {
		for _, g := range w.UserGroups(i) {
			members[g] = append(members[g], uint32(s.users+i))
		}
	}
	for j := range w.Computers() {
		for _, g := range w.ComputerGroups(j) {
			members[g] = append(members[g], uint32(s.users+w.Users()+j))
		}
	}
	return members
}

// accountOf finds the entry of a binary SID if it is an account's or a group's.
func (s *store) accountOf(sid []byte) (uint32, bool) {
	for n := range s.fixed.count {
		e := s.fixed.entry(n)
		if value, _, ok := cut(e.values(objectSid)); ok && string(value) == string(sid) {
			return e.number, true
		}
	}
	for _, n := range s.noted(objectSid, sid) {
		return n, true
	}
	text, err := model.SIDFromBytes(sid)
	if err != nil {
		return 0, false
	}
	kind, i, ok := s.world.AccountOf(text)
	if kind == world.ComputerAccount {
		i += s.world.Users()
	}
	return uint32(s.users + i), ok
}
