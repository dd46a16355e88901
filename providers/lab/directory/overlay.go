package directory

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"adbadge/model"
)

// overlay holds what has changed since the start: newer versions of entries, over those that were encoded once. A
// search sees each entry as it is when it comes there, as in AD; numbers never change, so that a search which takes
// long neither misses an object that exists all the while nor meets it twice.
type overlay struct {
	changing sync.Mutex    // one change at a time
	any      atomic.Bool   // whether anything has changed
	versions sync.Map      // number of an entry -> *version
	count    atomic.Uint32 // entries, with those added

	mu         sync.RWMutex // guards what follows
	highest    int64        // the highest USN that was given out
	start      int64        // what it was before the first change
	log        []logged     // changes in order of their USN
	changed    []uint32     // what is in versions
	keys       map[overlayKey][]uint32
	members    map[int][]uint32 // of groups whose members changed
	invocation model.GUID
}

// version is an entry as it is since its last change.
type version struct {
	entry
	usn     int64            // of the last change; 0: only values that follow others have changed
	created int64            // the USN that it was added with; 0: it was there at the start
	stamps  [attrCount]int64 // the USN that each attribute changed with; 0: not since the start
	links   []link           // changes to the members of a group, in order
}

// link is a member that came or went.
type link struct {
	usn    int64
	member uint32
	gone   bool
}

type logged struct {
	usn    int64
	number uint32
}

type overlayKey struct {
	attr  attr
	value string // in small letters, but for binary values
}

func keyOf(a attr, value []byte) overlayKey {
	if attributes[a].syntax == octets {
		return overlayKey{a, string(value)}
	}
	return overlayKey{a, strings.ToLower(string(value))}
}

// version gives the newest version of an entry, or nil when it is as it was at the start.
func (s *store) version(n uint32) *version {
	if !s.overlay.any.Load() {
		return nil
	}
	if v, ok := s.overlay.versions.Load(n); ok {
		return v.(*version)
	}
	return nil
}

// size is the number of entries, with those added and the tombstones.
func (s *store) size() int { return int(s.overlay.count.Load()) }

// highestUSN is the USN of the last change. Every change up to it can be seen.
func (s *store) highestUSN() int64 {
	s.overlay.mu.RLock()
	defer s.overlay.mu.RUnlock()
	return s.overlay.highest
}

func (s *store) invocationID() model.GUID {
	s.overlay.mu.RLock()
	defer s.overlay.mu.RUnlock()
	return s.overlay.invocation
}

// publish makes a record the newest version of an entry. A silent one takes no USN: it only follows what changed
// elsewhere, as back links do. The caller holds changing.
func (s *store) publish(n uint32, r *record, silent bool) {
	o := &s.overlay
	v := &version{}
	old := s.version(n)
	if old != nil {
		v.usn, v.created, v.stamps, v.links = old.usn, old.created, old.stamps, old.links
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !silent {
		usn := o.highest + 1
		v.usn = usn
		if r.added {
			v.created = usn
			r.put(uSNCreated, strconv.FormatInt(usn, 10))
		}
		r.put(uSNChanged, strconv.FormatInt(usn, 10))
		r.put(whenChanged, s.now().UTC().Format(stampLayout))
		for a, touched := range r.touched {
			if touched {
				v.stamps[a] = usn
			}
		}
		for _, l := range r.links {
			v.links = append(slices.Clip(v.links), link{usn, l.member, l.gone})
		}
		o.log = append(o.log, logged{usn, n})
		o.highest = usn
	}
	v.entry = r.encode(n)
	o.versions.Store(n, v)
	o.any.Store(true)
	if old == nil {
		o.changed = append(o.changed, n)
	}
	o.note(distinguishedName, v.name, n)
	for _, a := range [...]attr{sAMAccountName, objectGUID, objectSid, primaryGroupID} {
		if value, _, ok := cut(v.values(a)); ok && isKey(a, value) {
			o.note(a, value, n)
		}
	}
	if n >= o.count.Load() {
		o.count.Store(n + 1)
	}
}

// note makes an entry findable by a value that it now has.
func (o *overlay) note(a attr, value []byte, n uint32) {
	key := keyOf(a, value)
	if !slices.Contains(o.keys[key], n) {
		o.keys[key] = append(o.keys[key], n)
	}
}

// noted gives the changed entries that have, or once had, a value.
func (s *store) noted(a attr, value []byte) []uint32 {
	s.overlay.mu.RLock()
	defer s.overlay.mu.RUnlock()
	return slices.Clone(s.overlay.keys[keyOf(a, value)])
}

// changedEntries gives every entry that has a newer version.
func (s *store) changedEntries() []uint32 {
	s.overlay.mu.RLock()
	defer s.overlay.mu.RUnlock()
	return slices.Clone(s.overlay.changed)
}

// changedAfter gives the objects whose last change came after a USN, in the order of those changes, and the highest
// USN of that moment.
func (s *store) changedAfter(usn int64) (changes []logged, highest int64) {
	s.overlay.mu.RLock()
	defer s.overlay.mu.RUnlock()
	log := s.overlay.log
	at, _ := slices.BinarySearchFunc(log, usn+1, func(l logged, usn int64) int { return compare(l.usn, usn) })
	for _, l := range log[at:] {
		if v := s.version(l.number); v.usn == l.usn {
			changes = append(changes, l)
		}
	}
	return changes, s.overlay.highest
}

// changedSince gives the entries whose uSNChanged may be at least usn. It is false where that is most of them.
func (s *store) changedSince(usn int64) ([]uint32, bool) {
	if usn <= fixedUSN(s.fixed.count)+1 {
		return nil, false
	}
	var found []uint32
	w := s.world
	// userUSN and computerUSN rise by 4 for each account, and what was not changed since has one more.
	for i := max(0, (usn-1-userUSN(0)+3)/4); i < int64(w.Users()); i++ {
		found = append(found, uint32(s.users)+uint32(i))
	}
	for j := max(0, (usn-1-computerUSN(0)+3)/4); j < int64(w.Computers()); j++ {
		found = append(found, uint32(s.users+w.Users())+uint32(j))
	}
	changes, _ := s.changedAfter(usn - 1)
	for _, l := range changes {
		found = append(found, l.number)
	}
	slices.Sort(found)
	return slices.Compact(found), true
}

// membersOf gives the entries that are direct members of a group. The slice is shared.
func (s *store) membersOf(group int) []uint32 {
	s.overlay.mu.RLock()
	members, changed := s.overlay.members[group]
	s.overlay.mu.RUnlock()
	if changed {
		return members
	}
	return s.members()[group]
}

// nestedIn gives the groups that are direct members of a group.
func (s *store) nestedIn(group int) []int {
	s.overlay.mu.RLock()
	members, changed := s.overlay.members[group]
	s.overlay.mu.RUnlock()
	if !changed {
		return s.world.Groups()[group].Nested
	}
	var nested []int
	for _, n := range members {
		if g, ok := s.groupAt[n]; ok {
			nested = append(nested, g)
		}
	}
	return nested
}

// renumber gives the objects that were changed USNs that follow each other, as they get on a domain controller that
// was restored and takes the changes from another one, and a new invocation id.
func (s *store) renumber(invocation model.GUID) {
	o := &s.overlay
	o.changing.Lock()
	defer o.changing.Unlock()
	o.mu.Lock()
	defer o.mu.Unlock()
	usn := o.start
	var log []logged
	for _, l := range o.log {
		old := s.version(l.number)
		if old.usn != l.usn {
			continue
		}
		usn++
		v := &version{usn: usn}
		r := readRecord(&old.entry)
		if old.created > 0 {
			v.created = usn
			r.put(uSNCreated, strconv.FormatInt(usn, 10))
		}
		r.put(uSNChanged, strconv.FormatInt(usn, 10))
		for a, stamp := range old.stamps {
			if stamp > 0 {
				v.stamps[a] = usn
			}
		}
		for _, k := range old.links {
			v.links = append(v.links, link{usn, k.member, k.gone})
		}
		v.entry = r.encode(l.number)
		o.versions.Store(l.number, v)
		log = append(log, logged{usn, l.number})
	}
	o.log, o.highest, o.invocation = log, usn, invocation
}
