package inventory

import (
	"strings"
	"sync"
	"sync/atomic"

	"adbadge/model"
)

// lazyNames are the indexes over the names of a Table.
type lazyNames struct {
	full, short, account, principal, sid lazyIndex

	once       sync.Once
	domains    map[string]uint32 // class of each domain by its folded DNS or NetBIOS name
	classes    []uint32          // class of each domain number: domains that differ in case only are one
	sidDomains map[string]uint32
}

// lazyIndex is an index over one sort of name, made when it is first needed.
type lazyIndex struct {
	once  sync.Once
	index atomic.Pointer[index]
}

// nameForm says what names an index is over.
type nameForm struct {
	kind model.Kind
	// key gives the hash of a row's name, false when the row has none.
	key  func(t *Table, b *block, at int) (hash uint64, ok bool)
	same func(t *Table, a, b uint32) bool
}

// of gives the hash of the name of a row, false for one that is not in the index.
func (f *nameForm) of(t *Table, row uint32) (hash uint64, ok bool) {
	if int(row) >= t.rows {
		return 0, false
	}
	b, at := t.at(int(row))
	if b.kinds[at] != f.kind {
		return 0, false
	}
	return f.key(t, b, at)
}

// get makes the index at the first call.
func (l *lazyIndex) get(t *Table, form *nameForm) *index {
	l.once.Do(func() {
		type keyed struct {
			hash uint64
			row  uint32
		}
		var keys [][]keyed // of the parts of the table, in any order
		count := 0
		var lock sync.Mutex
		inParts(t.rows, func(from, to int) {
			part := make([]keyed, 0, to-from)
			for row := from; row < to; row++ {
				if hash, ok := form.of(t, uint32(row)); ok {
					part = append(part, keyed{hash, uint32(row)})
				}
			}
			lock.Lock()
			defer lock.Unlock()
			keys, count = append(keys, part), count+len(part)
		})
		x := newIndex(count, t.rows)
		x.seed = keySeed
		for _, part := range keys {
			for _, k := range part {
				x.addRepeated(k.hash, k.row, func(other uint32) bool { return form.same(t, other, k.row) })
			}
		}
		l.index.Store(x)
	})
	return l.index.Load()
}

// takeOver makes the index out of that of an earlier Table, if it is there and has room: only some rows have other names.
func (l *lazyIndex) takeOver(old *lazyIndex, form *nameForm, t, o *Table, named []uint32) {
	x := old.index.Load()
	if x == nil || !x.hasRoom(len(named), t.rows) {
		return
	}
	l.once.Do(func() {
		if len(named) > 0 {
			x = x.snapshot()
		}
		hashBefore := func(row uint32) uint64 {
			hash, _ := form.of(o, row)
			return hash
		}
		for _, row := range named {
			if hash, ok := form.of(o, row); ok {
				x.removeRepeated(hash, row, func(other uint32) bool { return form.same(o, other, row) }, hashBefore)
			}
		}
		for _, row := range named {
			if hash, ok := form.of(t, row); ok {
				x.addRepeated(hash, row, func(other uint32) bool { return form.same(t, other, row) })
			}
		}
		l.index.Store(x)
	})
}

// takeOver makes the indexes out of those of an earlier Table.
func (n *lazyNames) takeOver(t, o *Table, changes *rowChanges) {
	n.prepare(t)
	for _, x := range []struct {
		next, old *lazyIndex
		form      *nameForm
	}{
		{&n.full, &o.names.full, &fullNames}, {&n.short, &o.names.short, &shortNames}, {&n.account, &o.names.account, &accountNames},
		{&n.principal, &o.names.principal, &principalNames}, {&n.sid, &o.names.sid, &sids},
	} {
		x.next.takeOver(x.old, x.form, t, o, changes.named)
	}
}

// rowSet is some rows, the first apart from the others so that the usual single one needs no memory.
type rowSet struct {
	first  uint32
	others []uint32
	ok     bool
}

// all gives the rows as a slice.
func (s rowSet) all() []uint32 {
	if !s.ok {
		return nil
	}
	return append([]uint32{s.first}, s.others...)
}

// nameBuffer is room for a name that has to be put together; longer names work too.
type nameBuffer [256]byte

// fullNames are those of computers.
var fullNames = nameForm{
	kind: model.Computer,
	key: func(t *Table, b *block, at int) (uint64, bool) {
		var buffer nameBuffer
		r := b.record(at)
		return hashFolded(keySeed, r.fullName(t.domains[b.domains[at]], buffer[:0])), true
	},
	same: func(t *Table, a, b uint32) bool {
		var buffer nameBuffer
		r := t.record(int(a))
		return t.hasFullName(b, r.fullName(t.domain(int(a)), buffer[:0]))
	},
}

func (t *Table) hasFullName(row uint32, name string) bool {
	var buffer nameBuffer
	r := t.record(int(row))
	return strings.EqualFold(r.fullName(t.domain(int(row)), buffer[:0]), name)
}

// hashName gives the hash of a name of a computer as it is looked up. A trailing dot makes no difference.
func hashName(name string) uint64 { return hashFolded(keySeed, withoutTrailingDot(name)) }

// computersByFullName finds the computers with a full name, whose hash is that of hashName.
func (t *Table) computersByFullName(hash uint64, name string) rowSet {
	name = withoutTrailingDot(name)
	first, others, ok := t.names.full.get(t, &fullNames).all(hash, func(row uint32) bool { return t.hasFullName(row, name) })
	return rowSet{first, others, ok}
}

// shortNames are those of computers: sAMAccountName without "$".
var shortNames = nameForm{
	kind: model.Computer,
	key: func(_ *Table, b *block, at int) (uint64, bool) {
		r := b.record(at)
		return hashFolded(keySeed, withoutDollar(r.sam)), r.sam != ""
	},
	same: func(t *Table, a, b uint32) bool {
		r := t.record(int(a))
		return t.hasShortName(b, withoutDollar(r.sam))
	},
}

func (t *Table) hasShortName(row uint32, name string) bool {
	r := t.record(int(row))
	return strings.EqualFold(withoutDollar(r.sam), name)
}

// computersByShortName finds the computers whose sAMAccountName is the name and "$". The hash is that of hashName.
func (t *Table) computersByShortName(hash uint64, name string) rowSet {
	first, others, ok := t.names.short.get(t, &shortNames).all(hash, func(row uint32) bool { return t.hasShortName(row, name) })
	return rowSet{first, others, ok}
}

// sids are those of users.
var sids = nameForm{
	kind: model.User,
	key: func(_ *Table, b *block, at int) (uint64, bool) {
		return hashSID(b.sidDomains[at], b.rids[at]), b.sidDomains[at] != 0
	},
	same: func(t *Table, a, b uint32) bool {
		one, atOne := t.at(int(a))
		other, atOther := t.at(int(b))
		return one.sidDomains[atOne] == other.sidDomains[atOther] && one.rids[atOne] == other.rids[atOther]
	},
}

func hashSID(domain, rid uint32) uint64 { return mix(uint64(domain)<<32^uint64(rid)^keySeed, mixB) }

// usersBySID finds the users with a SID.
func (t *Table) usersBySID(sid model.SID) rowSet {
	t.names.prepare(t)
	prefix, rid, ok := sid.Split()
	if !ok {
		return rowSet{}
	}
	domain, ok := t.names.sidDomains[string(prefix)]
	if !ok {
		return rowSet{}
	}
	first, others, ok := t.names.sid.get(t, &sids).all(hashSID(domain, rid), func(row uint32) bool {
		b, at := t.at(int(row))
		return b.sidDomains[at] == domain && b.rids[at] == rid
	})
	return rowSet{first, others, ok}
}

// accountNames are those of users, with their domains.
var accountNames = nameForm{
	kind: model.User,
	key: func(t *Table, b *block, at int) (uint64, bool) {
		r := b.record(at)
		return hashAccount(t.names.classes[b.domains[at]], r.sam), r.sam != ""
	},
	same: func(t *Table, a, b uint32) bool {
		r := t.record(int(a))
		return t.hasAccount(b, t.class(int(a)), r.sam)
	},
}

func hashAccount(class uint32, name string) uint64 {
	return mix(hashFolded(keySeed, name)^uint64(class), mixA)
}

// usersByAccount finds the users with a sAMAccountName in a domain, which is named by its DNS or NetBIOS name.
// Any other "domain" (a machine, NT AUTHORITY) has no users.
func (t *Table) usersByAccount(domain, name string) rowSet {
	class, ok := t.domainClass(domain)
	if !ok {
		return rowSet{}
	}
	first, others, ok := t.names.account.get(t, &accountNames).all(hashAccount(class, name), func(row uint32) bool {
		return t.hasAccount(row, class, name)
	})
	return rowSet{first, others, ok}
}

func (t *Table) hasAccount(row, class uint32, name string) bool {
	r := t.record(int(row))
	return t.class(int(row)) == class && strings.EqualFold(r.sam, name)
}

// principalNames are those of users.
var principalNames = nameForm{
	kind: model.User,
	key: func(t *Table, b *block, at int) (uint64, bool) {
		var buffer nameBuffer
		r := b.record(at)
		name := r.principalName(t.domains[b.domains[at]], buffer[:0])
		return hashFolded(keySeed, name), name != ""
	},
	same: func(t *Table, a, b uint32) bool {
		var buffer nameBuffer
		r := t.record(int(a))
		return t.hasUPN(b, r.principalName(t.domain(int(a)), buffer[:0]))
	},
}

// usersByUPN finds the users with a user principal name.
func (t *Table) usersByUPN(upn string) rowSet {
	first, others, ok := t.names.principal.get(t, &principalNames).all(hashFolded(keySeed, upn), func(row uint32) bool {
		return t.hasUPN(row, upn)
	})
	return rowSet{first, others, ok}
}

func (t *Table) hasUPN(row uint32, upn string) bool {
	var buffer nameBuffer
	r := t.record(int(row))
	return strings.EqualFold(r.principalName(t.domain(int(row)), buffer[:0]), upn)
}
