package inventory

import (
	"slices"
	"strings"

	"adbadge/model"
)

// Builder collects the entities of a directory. One goroutine at a time may use it; the Tables that it gives are free.
type Builder struct {
	blocks []*block
	rows   int
	// shared is how many rows the last Table shows. A block that holds one of them is copied before it is changed.
	shared    int
	owned     map[int]bool  // blocks copied since the last Table
	rewritten map[int][]int // blocks whose texts no longer fit their rows, and the replaced rows of each

	rowsByID *index
	limit    int // rows that rowsByID has room for

	odd        []int64
	sidDomains *dictionary
	domains    *dictionary
	places     *pairs // as the columns of a block
	jobs       *pairs
	systems    *pairs
	forest     []model.Domain
}

// NewBuilder makes a Builder with room for about hint entities; zero is allowed.
func NewBuilder(hint int) *Builder {
	limit := min(max(hint, 1024), 1<<24)
	return &Builder{
		owned: map[int]bool{}, rewritten: map[int][]int{},
		rowsByID: newIndex(limit, limit), limit: limit,
		sidDomains: newDictionary(), domains: newDictionary(), places: newPairs(),
		jobs: newPairs(), systems: newPairs(),
	}
}

// SetDomains names the domains of the forest, in place of those before. They translate NetBIOS names.
func (b *Builder) SetDomains(domains []model.Domain) { b.forest = slices.Clone(domains) }

// Add takes a batch in. It copies what it keeps, so the caller may use the batch again. An entity with an ID that is
// known already takes the earlier one's row. Entities without an ID are never taken for one another.
func (b *Builder) Add(entities []model.Entity) {
	for i := range entities {
		b.add(&entities[i])
	}
}

func (b *Builder) add(e *model.Entity) {
	if b.rows >= b.limit {
		b.grow()
	}
	if !e.ID.IsZero() {
		hash := hashGUID(b.rowsByID.seed, &e.ID)
		row, known := b.rowsByID.add(hash, uint32(b.rows), func(row uint32) bool {
			return b.blocks[row>>blockBits].ids[row&blockMask] == e.ID
		})
		if known {
			b.replace(int(row), e)
			return
		}
	}
	b.append(e)
}

// grow makes room for twice as many ids.
func (b *Builder) grow() {
	b.limit *= 2
	old := b.rowsByID
	b.rowsByID = newIndex(b.limit, b.limit)
	b.rowsByID.seed = old.seed
	b.rowsByID.addIDs(b.blocks)
}

// addIDs adds the rows of blocks, whose ids are different or none.
func (x *index) addIDs(blocks []*block) {
	var hashes [batch]uint64
	var rows [batch]uint32
	count := 0
	for n, block := range blocks {
		for at := range block.ids {
			if block.ids[at].IsZero() {
				continue
			}
			hashes[count], rows[count] = hashGUID(x.seed, &block.ids[at]), uint32(n<<blockBits+at)
			if count++; count == batch {
				x.addNew(hashes[:], rows[:])
				count = 0
			}
		}
	}
	x.addNew(hashes[:count], rows[:count])
}

func (b *Builder) append(e *model.Entity) {
	n := b.rows >> blockBits
	if n == len(b.blocks) {
		next := newBlock(min(blockRows, max(b.limit-b.rows, 64)))
		if n > 0 {
			full := b.blocks[n-1]
			full.trim()
			next.text = make([]byte, 0, len(full.text)+len(full.text)/16)
			next.search = make([]byte, 0, len(full.search)+len(full.search)/16)
		}
		b.blocks = append(b.blocks, next)
	}
	block := b.blocks[n]
	parts := b.take(e)
	block.ids = append(block.ids, e.ID)
	block.kinds = append(block.kinds, parts.kind)
	block.flags = append(block.flags, parts.flags)
	block.sidDomains = append(block.sidDomains, parts.sidDomain)
	block.rids = append(block.rids, parts.rid)
	block.lastLogons = append(block.lastLogons, parts.lastLogon)
	block.created = append(block.created, parts.created)
	block.passwords = append(block.passwords, parts.password)
	block.domains = append(block.domains, parts.domain)
	block.places = append(block.places, parts.place)
	block.jobs = append(block.jobs, parts.job)
	block.systems = append(block.systems, parts.system)
	block.textAt = append(block.textAt, uint32(len(block.text)))
	block.text = parts.record.appendTo(block.text)
	block.search = appendSearch(block.search, &parts.record, string(e.Domain))
	block.searchAt = append(block.searchAt, uint32(len(block.search)))
	b.rows++
}

// mostText is how much text a block may hold before replaced records are cleared out of it. The text of a block with
// the longest possible names stays below it, and the places of records have 32 bits.
const mostText = 1 << 31

// replace puts an entity in the row of an earlier one.
func (b *Builder) replace(row int, e *model.Entity) {
	n, at := row>>blockBits, row&blockMask
	parts := b.take(e)
	if b.blocks[n].parts(at) == parts {
		return // it says nothing new
	}
	b.set(n, at, &parts)
}

// set puts what an entity has become over what an earlier one had become.
func (b *Builder) set(n, at int, p *parts) {
	b.own(n)
	block := b.blocks[n]
	block.kinds[at], block.flags[at] = p.kind, p.flags
	block.sidDomains[at], block.rids[at] = p.sidDomain, p.rid
	block.lastLogons[at], block.created[at], block.passwords[at] = p.lastLogon, p.created, p.password
	block.domains[at], block.places[at] = p.domain, p.place
	block.jobs[at], block.systems[at] = p.job, p.system
	block.textAt[at] = uint32(len(block.text))
	block.text = p.record.appendTo(block.text)
	b.rewritten[n] = append(b.rewritten[n], at)
	if len(block.text) > mostText {
		b.rewrite(n)
	}
}

// parts is what an entity becomes in a block, but for its id.
type parts struct {
	record                       record
	kind                         model.Kind
	flags                        model.EntityFlags
	sidDomain, rid               uint32
	lastLogon, created, password moment
	domain, place, job, system   uint32
}

// parts gives what an entity has become. Its record shares the memory of the block.
func (b *block) parts(at int) parts {
	return parts{
		record: b.record(at), kind: b.kinds[at], flags: b.flags[at], sidDomain: b.sidDomains[at], rid: b.rids[at],
		lastLogon: b.lastLogons[at], created: b.created[at], password: b.passwords[at],
		domain: b.domains[at], place: b.places[at], job: b.jobs[at], system: b.systems[at],
	}
}

func (b *Builder) take(e *model.Entity) parts {
	rdn, parent := splitDN(string(e.DN))
	p := parts{
		record: recordOf(e, rdn), kind: e.Kind, flags: e.Flags,
		domain: b.domains.number(string(e.Domain)),
		place:  b.places.number(parent, string(e.OU)),
		job:    b.jobs.number(string(e.Department), string(e.Title)),
		system: b.systems.number(string(e.OS), string(e.OSVersion)),
	}
	p.sidDomain, p.rid = b.sidParts(e.SID)
	p.lastLogon, b.odd = packTime(e.LastLogon, b.odd)
	p.created, b.odd = packTime(e.Created, b.odd)
	p.password, b.odd = packTime(e.PasswordSet, b.odd)
	return p
}

// sidParts divides a SID into the number of its domain and the last part. What has no such parts is kept whole,
// with an equals sign before it.
func (b *Builder) sidParts(sid model.SID) (domain, rid uint32) {
	if sid == "" {
		return 0, 0
	}
	if prefix, rid, ok := sid.Split(); ok {
		if digits := sid[len(prefix)+1:]; digits[0] != '0' || len(digits) == 1 {
			return b.sidDomains.number(string(prefix)), rid
		}
	}
	return b.sidDomains.number("=" + string(sid)), 0
}

// splitDN cuts a distinguished name behind its first part. Without a second part, all of it is the first.
func splitDN(dn string) (rdn, parent string) {
	for i := 0; i < len(dn); i++ {
		switch dn[i] {
		case '\\':
			i++
		case ',':
			if i+1 < len(dn) {
				return dn[:i], dn[i+1:]
			}
		}
	}
	return dn, ""
}

// Table gives what has been added so far. It costs little, so that a screen can show rows as they come.
func (b *Builder) Table() *Table {
	for n := range b.rewritten {
		b.rewrite(n)
	}
	clear(b.owned)
	b.shared = b.rows
	t := &Table{
		rows: b.rows, blocks: make([]*block, len(b.blocks)), odd: b.odd[:len(b.odd):len(b.odd)],
		sidDomains: b.sidDomains.snapshot(), domains: b.domains.snapshot(),
		forest: b.forest, rowsByID: b.rowsByID.snapshot(), limit: b.limit,
	}
	t.parents, t.paths = b.places.snapshot()
	t.departments, t.titles = b.jobs.snapshot()
	t.systems, t.versions = b.systems.snapshot()
	for n, block := range b.blocks {
		t.blocks[n] = block.prefix()
	}
	return t
}

// rewrite writes the texts of a block anew after rows in it were replaced: the search text in the order of the rows,
// and the records without those that nobody reads any more.
func (b *Builder) rewrite(n int) {
	old := b.blocks[n]
	block := *old
	block.text, block.textAt = make([]byte, 0, len(old.text)), make([]uint32, 0, cap(old.textAt))
	block.search, block.searchAt = make([]byte, 0, len(old.search)), append(make([]uint32, 0, cap(old.searchAt)), 0)
	replaced := make([]bool, len(old.ids))
	for _, at := range b.rewritten[n] {
		if at < len(replaced) { // else it was removed since
			replaced[at] = true
		}
	}
	for at, begin := range old.textAt {
		block.textAt = append(block.textAt, uint32(len(block.text)))
		block.text = append(block.text, old.text[begin:begin+recordLength(old.text[begin:])]...)
		if replaced[at] {
			r := old.record(at)
			block.search = appendSearch(block.search, &r, b.domains.values[old.domains[at]])
		} else {
			block.search = append(block.search, old.search[old.searchAt[at]:old.searchAt[at+1]]...)
		}
		block.searchAt = append(block.searchAt, uint32(len(block.search)))
	}
	b.blocks[n] = &block
	delete(b.rewritten, n)
}

// withoutTrailingDot is for full names, where it says "this is all of it".
func withoutTrailingDot(name string) string { return strings.TrimSuffix(name, ".") }
