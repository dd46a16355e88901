package inventory

import (
	"slices"

	"adbadge/model"
	"adbadge/model/text"
)

// Continue makes a Builder that holds what the Table shows, for changes. It shares the Table's memory until it changes
// something, so it costs little; the Table stays as it is.
func Continue(t *Table) *Builder {
	b := &Builder{
		blocks: slices.Clone(t.blocks), rows: t.rows, shared: t.rows,
		owned: map[int]bool{}, rewritten: map[int][]int{},
		rowsByID: t.rowsByID.snapshot(), limit: t.limit,
		odd: slices.Clip(t.odd), forest: slices.Clip(t.forest),
		sidDomains: dictionaryOf(t.sidDomains), domains: dictionaryOf(t.domains),
		places: pairsOf(t.parents, t.paths), jobs: pairsOf(t.departments, t.titles), systems: pairsOf(t.systems, t.versions),
	}
	if last := len(b.blocks) - 1; last >= 0 {
		b.own(last) // others may continue the same Table: what is appended must not lie in memory that it shares
	}
	return b
}

// Remove takes entities out, and gives how many of the ids there were. The last row takes the place of a removed one, so
// the numbers of rows mean nothing from one Table to the next.
func (b *Builder) Remove(ids []model.GUID) (removed int) {
	for i := range ids {
		if b.remove(&ids[i]) {
			removed++
		}
	}
	return removed
}

func (b *Builder) remove(id *model.GUID) bool {
	if id.IsZero() {
		return false
	}
	hashRow := func(row uint32) uint64 {
		return hashGUID(b.rowsByID.seed, &b.blocks[row>>blockBits].ids[row&blockMask])
	}
	hole, known := b.rowsByID.remove(hashGUID(b.rowsByID.seed, id), func(row uint32) bool {
		return b.blocks[row>>blockBits].ids[row&blockMask] == *id
	}, hashRow)
	if !known {
		return false
	}
	if last := uint32(b.rows - 1); hole != last {
		b.moveRow(last, hole)
	}
	b.dropLast()
	return true
}

// moveRow copies one row over another.
func (b *Builder) moveRow(from, to uint32) {
	source, n, at := b.blocks[from>>blockBits], int(to>>blockBits), int(to&blockMask)
	id := source.ids[from&blockMask]
	if !id.IsZero() {
		b.rowsByID.change(hashGUID(b.rowsByID.seed, &id), to, func(row uint32) bool { return row == from })
	}
	parts := source.parts(int(from & blockMask))
	b.set(n, at, &parts)
	b.blocks[n].ids[at] = id
}

// dropLast takes the last row off. Its texts go when the block is written anew.
func (b *Builder) dropLast() {
	b.rows--
	n, at := b.rows>>blockBits, b.rows&blockMask
	if at == 0 {
		b.blocks = b.blocks[:n]
		delete(b.owned, n)
		delete(b.rewritten, n)
		return
	}
	b.own(n)
	block := b.blocks[n]
	block.ids, block.kinds, block.flags = block.ids[:at], block.kinds[:at], block.flags[:at]
	block.sidDomains, block.rids = block.sidDomains[:at], block.rids[:at]
	block.lastLogons, block.created, block.passwords = block.lastLogons[:at], block.created[:at], block.passwords[:at]
	block.domains, block.places = block.domains[:at], block.places[:at]
	block.jobs, block.systems = block.jobs[:at], block.systems[:at]
	block.textAt = block.textAt[:at]
	block.search, block.searchAt = block.search[:block.searchAt[at]], block.searchAt[:at+1]
	b.rewritten[n] = append(b.rewritten[n], at)
}

// own makes sure that no Table shares the rows of a block.
func (b *Builder) own(n int) {
	if n<<blockBits < b.shared && !b.owned[n] {
		b.blocks[n] = b.blocks[n].clone()
		b.owned[n] = true
	}
}

// Missing gives the ids of the rows that are not found, of the domains that are asked for.
func (t *Table) Missing(found func(model.GUID) bool, within func(domain text.Line) bool) (missing []model.GUID) {
	wanted := make([]bool, len(t.domains))
	for number, name := range t.domains {
		wanted[number] = within(text.Line(name))
	}
	for _, block := range t.blocks {
		for at, id := range block.ids {
			if wanted[block.domains[at]] && !id.IsZero() && !found(id) {
				missing = append(missing, id)
			}
		}
	}
	return missing
}
