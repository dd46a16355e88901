package inventory

import (
	"strings"
	"sync"

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

type lazyIndex struct {
	once  sync.Once
	index *index
}

// keyOf gives the hash of a row's key, false when the row has none.
type keyOf func(seed uint64, row int, b *block, at int) (hash uint64, ok bool)

// get builds the index at the first call.
func (l *lazyIndex) get(t *Table, kind model.Kind, key keyOf, same func(a, b uint32) bool) *index {
	l.once.Do(func() {
		count := 0
		for _, b := range t.blocks {
			for _, k := range b.kinds {
				if k == kind {
					count++
				}
			}
		}
		x := newIndex(count, t.rows)
		x.seed = keySeed
		for n, b := range t.blocks {
			for at, k := range b.kinds {
				if k != kind {
					continue
				}
				row := n<<blockBits + at
				if hash, ok := key(x.seed, row, b, at); ok {
					x.addRepeated(hash, uint32(row), func(other uint32) bool { return same(other, uint32(row)) })
				}
			}
		}
		l.index = x
	})
	return l.index
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

// fullNames finds computers by full name.
func (t *Table) fullNames() *index {
	return t.names.full.get(t, model.Computer, func(seed uint64, row int, b *block, at int) (uint64, bool) {
		var buffer nameBuffer
		r := b.record(at)
		return hashFolded(seed, r.fullName(t.domains[b.domains[at]], buffer[:0])), true
	}, func(a, b uint32) bool {
		var buffer nameBuffer
		r := t.record(int(a))
		return t.hasFullName(b, r.fullName(t.domain(int(a)), buffer[:0]))
	})
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
	first, others, ok := t.fullNames().all(hash, func(row uint32) bool { return t.hasFullName(row, name) })
	return rowSet{first, others, ok}
}

// shortNames finds computers by sAMAccountName without "$".
func (t *Table) shortNames() *index {
	return t.names.short.get(t, model.Computer, func(seed uint64, row int, b *block, at int) (uint64, bool) {
		r := b.record(at)
		return hashFolded(seed, withoutDollar(r.sam)), r.sam != ""
	}, func(a, b uint32) bool {
		r := t.record(int(a))
		return t.hasShortName(b, withoutDollar(r.sam))
	})
}

func (t *Table) hasShortName(row uint32, name string) bool {
	r := t.record(int(row))
	return strings.EqualFold(withoutDollar(r.sam), name)
}

// computersByShortName finds the computers whose sAMAccountName is the name and "$". The hash is that of hashName.
func (t *Table) computersByShortName(hash uint64, name string) rowSet {
	first, others, ok := t.shortNames().all(hash, func(row uint32) bool { return t.hasShortName(row, name) })
	return rowSet{first, others, ok}
}

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
	hash := func(seed, domain, rid uint64) uint64 { return mix(domain<<32^rid^seed, mixB) }
	x := t.names.sid.get(t, model.User, func(seed uint64, row int, b *block, at int) (uint64, bool) {
		return hash(seed, uint64(b.sidDomains[at]), uint64(b.rids[at])), b.sidDomains[at] != 0
	}, t.sameSID)
	first, others, ok := x.all(hash(x.seed, uint64(domain), uint64(rid)), func(row uint32) bool {
		b, at := t.at(int(row))
		return b.sidDomains[at] == domain && b.rids[at] == rid
	})
	return rowSet{first, others, ok}
}

func (t *Table) sameSID(a, b uint32) bool {
	blockA, atA := t.at(int(a))
	blockB, atB := t.at(int(b))
	return blockA.sidDomains[atA] == blockB.sidDomains[atB] && blockA.rids[atA] == blockB.rids[atB]
}

// usersByAccount finds the users with a sAMAccountName in a domain, which is named by its DNS or NetBIOS name.
// Any other "domain" (a machine, NT AUTHORITY) has no users.
func (t *Table) usersByAccount(domain, name string) rowSet {
	class, ok := t.domainClass(domain)
	if !ok {
		return rowSet{}
	}
	x := t.names.account.get(t, model.User, func(seed uint64, row int, b *block, at int) (uint64, bool) {
		r := b.record(at)
		return mix(hashFolded(seed, r.sam)^uint64(t.names.classes[b.domains[at]]), mixA), r.sam != ""
	}, func(a, b uint32) bool {
		r := t.record(int(a))
		return t.hasAccount(b, t.class(int(a)), r.sam)
	})
	first, others, ok := x.all(mix(hashFolded(x.seed, name)^uint64(class), mixA), func(row uint32) bool {
		return t.hasAccount(row, class, name)
	})
	return rowSet{first, others, ok}
}

func (t *Table) hasAccount(row, class uint32, name string) bool {
	r := t.record(int(row))
	return t.class(int(row)) == class && strings.EqualFold(r.sam, name)
}

// usersByUPN finds the users with a user principal name.
func (t *Table) usersByUPN(upn string) rowSet {
	x := t.names.principal.get(t, model.User, func(seed uint64, row int, b *block, at int) (uint64, bool) {
		var buffer nameBuffer
		r := b.record(at)
		name := r.principalName(t.domains[b.domains[at]], buffer[:0])
		return hashFolded(seed, name), name != ""
	}, func(a, b uint32) bool {
		var buffer nameBuffer
		r := t.record(int(a))
		return t.hasUPN(b, r.principalName(t.domain(int(a)), buffer[:0]))
	})
	first, others, ok := x.all(hashFolded(x.seed, upn), func(row uint32) bool { return t.hasUPN(row, upn) })
	return rowSet{first, others, ok}
}

func (t *Table) hasUPN(row uint32, upn string) bool {
	var buffer nameBuffer
	r := t.record(int(row))
	return strings.EqualFold(r.principalName(t.domain(int(row)), buffer[:0]), upn)
}
