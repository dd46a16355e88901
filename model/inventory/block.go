package inventory

import (
	"slices"

	"adbadge/model"
	"adbadge/model/text"
)

const (
	// blockBits and blockRows size a block: large enough to scan fast, small enough to copy when an entity in it is
	// replaced after a Table was taken.
	blockBits = 15
	blockRows = 1 << blockBits
	blockMask = blockRows - 1

	// fieldEnd and rowEnd divide the search text. Clean text holds neither.
	fieldEnd = 0x1f
	rowEnd   = '\n'
)

// block holds the columns of up to blockRows entities. While the Builder fills it, Tables see a prefix of it.
type block struct {
	ids        []model.GUID
	kinds      []model.Kind
	flags      []model.EntityFlags
	sidDomains []uint32 // number of the SID's domain part
	rids       []uint32
	lastLogons []moment
	created    []moment
	passwords  []moment
	domains    []uint32
	places     []uint32 // distinguished name of the container, and OU
	jobs       []uint32 // department and title
	systems    []uint32 // operating system and version

	text   []byte   // records
	textAt []uint32 // where each begins

	search   []byte   // folded names, see appendSearch
	searchAt []uint32 // where each row begins; one more than there are rows
}

func newBlock(capacity int) *block {
	return &block{
		ids: make([]model.GUID, 0, capacity), kinds: make([]model.Kind, 0, capacity),
		flags: make([]model.EntityFlags, 0, capacity), sidDomains: make([]uint32, 0, capacity),
		rids: make([]uint32, 0, capacity), lastLogons: make([]moment, 0, capacity),
		created: make([]moment, 0, capacity), passwords: make([]moment, 0, capacity),
		domains: make([]uint32, 0, capacity), places: make([]uint32, 0, capacity),
		jobs: make([]uint32, 0, capacity), systems: make([]uint32, 0, capacity),
		textAt: make([]uint32, 0, capacity), searchAt: append(make([]uint32, 0, capacity+1), 0),
	}
}

func (b *block) len() int { return len(b.ids) }

// prefix gives the block as it is now: what is appended later does not show.
func (b *block) prefix() *block {
	c := *b
	return &c
}

// clone copies what a replacement would overwrite.
func (b *block) clone() *block {
	c := *b
	c.ids, c.kinds, c.flags = slices.Clone(b.ids), slices.Clone(b.kinds), slices.Clone(b.flags)
	c.sidDomains, c.rids = slices.Clone(b.sidDomains), slices.Clone(b.rids)
	c.lastLogons, c.created, c.passwords = slices.Clone(b.lastLogons), slices.Clone(b.created), slices.Clone(b.passwords)
	c.domains, c.places = slices.Clone(b.domains), slices.Clone(b.places)
	c.jobs, c.systems = slices.Clone(b.jobs), slices.Clone(b.systems)
	c.text, c.textAt = slices.Clone(b.text), slices.Clone(b.textAt)
	c.search, c.searchAt = slices.Clone(b.search), slices.Clone(b.searchAt)
	return &c
}

// trim gives back the room that the arenas of a full block do not need, where it is much.
func (b *block) trim() {
	if cap(b.text)-len(b.text) > len(b.text)/64 {
		b.text = append(make([]byte, 0, len(b.text)), b.text...)
	}
	if cap(b.search)-len(b.search) > len(b.search)/64 {
		b.search = append(make([]byte, 0, len(b.search)), b.search...)
	}
}

func (b *block) record(at int) record { return readRecord(b.text[b.textAt[at]:]) }

// searchText gives the folded names of one entity.
func (b *block) searchText(at int) []byte { return b.search[b.searchAt[at] : b.searchAt[at+1]-1] }

// appendSearch appends the folded names of an entity that people look for: display name, sAMAccountName, and UPN or
// DNS name, leaving out what another of them contains. Department, operating system and OU repeat so much that the
// query looks them up in their dictionaries.
func appendSearch(dst []byte, r *record, domain string) []byte {
	start := len(dst)
	add := func(parts ...string) {
		if len(dst) > start {
			dst = append(dst, fieldEnd)
		}
		for _, part := range parts {
			dst = text.AppendFold(dst, part)
		}
	}
	if r.name != "" {
		add(r.name)
	}
	if r.sam != "" && r.shape&upnFromSAM == 0 {
		add(r.sam)
	}
	if r.shape&upnFromSAM != 0 {
		add(r.sam, "@", domain)
	} else if r.upn != "" {
		add(r.upn)
	}
	if r.shape&(dnsFromSAM|dnsFromLower) != 0 {
		add(withoutDollar(r.sam), ".", domain)
	} else if r.dns != "" {
		add(r.dns)
	}
	return append(dst, rowEnd)
}
