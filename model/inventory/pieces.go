package inventory

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"unsafe"

	"adbadge/model"
	"adbadge/model/text"
)

// A Table lies on disk as it lies in memory: a head with what repeats, the index, the order by names, and then every block with its columns
// one after the other, numbers in the byte order of this machine. So it is opened rather than parsed. What is read is
// looked through all the same: no number leads outside, and every text is clean.

// head is the first piece of a Table, in JSON.
type head struct {
	Rows, Limit int
	Seed        uint64 // of the index
	Odd         []int64
	Forest      []model.Domain

	SIDDomains, Domains, Parents, Paths, Departments, Titles, Systems, Versions []string
}

// blockHead is how many bytes stand before the columns of a block: its rows, and the lengths of its two arenas.
const blockHead = 16

// Pieces hands the table on, in pieces that ReadTable takes. A piece is overwritten when emit returns.
func (t *Table) Pieces(emit func(piece []byte) error) error {
	first, err := json.Marshal(head{
		Rows: t.rows, Limit: t.limit, Seed: t.rowsByID.seed, Odd: t.odd, Forest: t.forest,
		SIDDomains: t.sidDomains, Domains: t.domains, Parents: t.parents, Paths: t.paths,
		Departments: t.departments, Titles: t.titles, Systems: t.systems, Versions: t.versions,
	})
	if err != nil {
		return err
	}
	if err := emit(first); err != nil {
		return err
	}
	if err := emit(bytesOf(t.rowsByID.slots)); err != nil {
		return err
	}
	if err := emit(bytesOf(t.nameOrder())); err != nil {
		return err
	}
	var piece []byte
	for _, b := range t.blocks {
		piece = b.appendTo(piece[:0])
		if err := emit(piece); err != nil {
			return err
		}
	}
	return nil
}

// appendTo writes a block.
func (b *block) appendTo(dst []byte) []byte {
	for _, n := range []int{b.len(), len(b.text), len(b.search), 0} {
		dst = binary.NativeEndian.AppendUint32(dst, uint32(n))
	}
	dst = append(dst, bytesOf(b.ids)...)
	for _, column := range b.numberColumns() {
		dst = append(dst, bytesOf(*column)...)
	}
	dst = append(append(append(dst, bytesOf(b.lastLogons)...), bytesOf(b.created)...), bytesOf(b.passwords)...)
	dst = append(dst, bytesOf(b.searchAt)...)
	dst = append(append(dst, bytesOf(b.kinds)...), bytesOf(b.flags)...)
	return append(append(dst, b.text...), b.search...)
}

// numberColumns are the columns with a number for each row, but for the times.
func (b *block) numberColumns() []*[]uint32 {
	return []*[]uint32{&b.sidDomains, &b.rids, &b.domains, &b.places, &b.jobs, &b.systems, &b.textAt}
}

// ReadTable makes a table of the pieces of Table.Pieces, whose memory it keeps. An error says that they are no such pieces.
func ReadTable(pieces [][]byte) (*Table, error) {
	if len(pieces) < 3 {
		return nil, errors.New("a table has three pieces at least")
	}
	var h head
	if err := json.Unmarshal(pieces[0], &h); err != nil {
		return nil, fmt.Errorf("the head of a table: %w", err)
	}
	blocks := pieces[3:]
	if h.Rows < 0 || h.Limit < h.Rows || h.Limit > maxRows || len(blocks) != (h.Rows+blockMask)>>blockBits {
		return nil, errors.New("the rows of a table do not fit its blocks")
	}
	t := &Table{
		rows: h.Rows, limit: h.Limit, odd: slices.Clip(h.Odd), forest: h.Forest, blocks: make([]*block, len(blocks)),
		sidDomains: h.SIDDomains, domains: h.Domains, parents: h.Parents, paths: h.Paths,
		departments: h.Departments, titles: h.Titles, systems: h.Systems, versions: h.Versions,
	}
	if err := t.checkHead(); err != nil {
		return nil, err
	}
	if err := t.readIndex(&h, pieces[1]); err != nil {
		return nil, err
	}
	if err := t.readOrder(pieces[2]); err != nil {
		return nil, err
	}
	return t, t.readBlocks(blocks)
}

// maxRows is the most that the index of a Table has numbers for.
const maxRows = 1<<31 - 2

// checkHead looks through what repeats.
func (t *Table) checkHead() error {
	if len(t.parents) != len(t.paths) || len(t.departments) != len(t.titles) || len(t.systems) != len(t.versions) {
		return errors.New("values of a table that belong together differ in number")
	}
	for _, values := range [][]string{t.sidDomains, t.domains, t.parents, t.paths, t.departments, t.titles, t.systems, t.versions} {
		if len(values) == 0 || values[0] != "" {
			return errors.New("the values of a table do not begin with the empty one")
		}
		for _, value := range values {
			if !text.IsClean(value) {
				return errUnclean
			}
		}
	}
	for _, d := range t.forest {
		if !text.IsClean(d.DNSName.String()) || !text.IsClean(d.NetBIOS.String()) || !text.IsClean(string(d.SID)) || !text.IsClean(d.BaseDN.String()) {
			return errUnclean
		}
	}
	return nil
}

var errUnclean = errors.New("a text is not clean")

// readIndex takes the index over ids.
func (t *Table) readIndex(h *head, piece []byte) error {
	if len(piece) != 4*slotsFor(t.limit) {
		return errors.New("the index of a table has a wrong size")
	}
	x := &index{seed: h.Seed, slots: numbersOf[uint32](piece, slotsFor(t.limit)), rowBits: rowBits(t.limit)}
	used, mask := 0, uint32(1)<<x.rowBits-1
	for _, slot := range x.slots {
		if slot == 0 {
			continue
		}
		used++
		if row := slot & mask; row == 0 || row > uint32(t.rows) {
			return errors.New("the index of a table leads outside")
		}
	}
	if used > t.rows || used == len(x.slots) {
		return errors.New("the index of a table is too full")
	}
	t.rowsByID = x
	return nil
}

// readOrder takes the order by names, which takes longest to make.
func (t *Table) readOrder(piece []byte) error {
	if len(piece) != 4*t.rows {
		return errors.New("the order of a table has a wrong size")
	}
	order, seen := numbersOf[uint32](piece, t.rows), make([]bool, t.rows)
	for _, row := range order {
		if int(row) >= t.rows || seen[row] {
			return errors.New("the order of a table is damaged")
		}
		seen[row] = true
	}
	t.byName.get(nil, func() []uint32 { return order })
	return nil
}

// readBlocks takes the blocks over, several at a time.
func (t *Table) readBlocks(pieces [][]byte) error {
	errs := make([]error, len(pieces))
	next := make(chan int)
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(pieces)) {
		wait.Go(func() {
			for n := range next {
				rows := min(blockRows, t.rows-n<<blockBits)
				t.blocks[n], errs[n] = readBlock(pieces[n], rows)
				if errs[n] == nil {
					errs[n] = t.checkBlock(t.blocks[n])
				}
			}
		})
	}
	for n := range pieces {
		next <- n
	}
	close(next)
	wait.Wait()
	return errors.Join(errs...)
}

// readBlock cuts a piece into columns.
func readBlock(piece []byte, rows int) (*block, error) {
	if len(piece) < blockHead {
		return nil, errors.New("a block is too short")
	}
	var sizes [3]int
	for i := range sizes {
		sizes[i] = int(binary.NativeEndian.Uint32(piece[4*i:]))
	}
	b := &block{}
	rest := piece[blockHead:]
	perRow := len(model.GUID{}) + 4*(len(b.numberColumns())+3) + 4 + 2
	if sizes[0] != rows || len(rest) != rows*perRow+4+sizes[1]+sizes[2] {
		return nil, errors.New("a block has a wrong size")
	}
	b.ids, rest = numbersOf[model.GUID](rest, rows), rest[rows*len(model.GUID{}):]
	for _, column := range b.numberColumns() {
		*column, rest = numbersOf[uint32](rest, rows), rest[4*rows:]
	}
	for _, column := range []*[]moment{&b.lastLogons, &b.created, &b.passwords} {
		*column, rest = numbersOf[moment](rest, rows), rest[4*rows:]
	}
	b.searchAt, rest = numbersOf[uint32](rest, rows+1), rest[4*(rows+1):]
	b.kinds, rest = numbersOf[model.Kind](rest, rows), rest[rows:]
	b.flags, rest = numbersOf[model.EntityFlags](rest, rows), rest[rows:]
	b.text, b.search = slices.Clip(rest[:sizes[1]]), slices.Clip(rest[sizes[1]:])
	return b, nil
}

// checkBlock makes sure that nothing in a block leads outside.
func (t *Table) checkBlock(b *block) error {
	for _, column := range []struct {
		numbers []uint32
		values  []string
	}{{b.sidDomains, t.sidDomains}, {b.domains, t.domains}, {b.places, t.parents}, {b.jobs, t.departments}, {b.systems, t.systems}} {
		for _, number := range column.numbers {
			if int(number) >= len(column.values) {
				return errors.New("a column of a block leads outside")
			}
		}
	}
	for _, times := range [][]moment{b.lastLogons, b.created, b.passwords} {
		for _, m := range times {
			if m >= oddMoments && int(m-oddMoments) >= len(t.odd) {
				return errors.New("a time of a block leads outside")
			}
		}
	}
	end := uint32(0)
	for at, begin := range b.searchAt[:b.len()] {
		end = b.searchAt[at+1]
		if begin >= end || int(end) > len(b.search) || at == 0 && begin != 0 || b.search[end-1] != rowEnd {
			return errors.New("the search text of a block is damaged")
		}
	}
	if int(end) != len(b.search) {
		return errors.New("the search text of a block is damaged")
	}
	for at, kind := range b.kinds {
		if kind > model.Computer {
			return errors.New("an entity of a block is neither user nor computer")
		}
		if err := checkRecord(b.text, b.textAt[at]); err != nil {
			return err
		}
	}
	return nil
}

// checkRecord makes sure that readRecord finds a record of clean texts.
func checkRecord(arena []byte, at uint32) error {
	if uint64(at) >= uint64(len(arena)) {
		return errors.New("a record of a block lies outside")
	}
	rest := arena[at+1:]
	for range recordStrings {
		n, size := binary.Uvarint(rest)
		if size <= 0 || n > uint64(len(rest)-size) {
			return errors.New("a record of a block is damaged")
		}
		if !text.IsClean(sharedString(rest[size : size+int(n)])) {
			return errUnclean
		}
		rest = rest[size+int(n):]
	}
	return nil
}

// badgeBytes is how many bytes a badge has on disk.
const badgeBytes = 8

// Badges gives the badges as ReadBadges takes them.
func (v *View) Badges() []byte {
	data := make([]byte, 0, badgeBytes*len(v.badges))
	for _, b := range v.badges {
		data = appendBadge(data, b)
	}
	return data
}

func appendBadge(data []byte, b model.Badge) []byte {
	data = append(data, byte(b.State), byte(b.Reason), byte(b.Severity), byteOf(b.Trouble), 0, 0)
	return binary.LittleEndian.AppendUint16(data, b.Alerts)
}

// First gives a table of its own of the first rows in the usual order, and their badges as Badges gives them: as much as a
// screen shows, for a start that does not wait for the rest.
func (v *View) First(rows int) (*Table, []byte) {
	var entities []model.Entity
	var badges []byte
	order := v.Order(ColumnBadge, false)
	for _, row := range order[:min(rows, len(order))] {
		entities = append(entities, v.Entity(int(row)))
		badges = appendBadge(badges, v.badges[row])
	}
	b := NewBuilder(len(entities))
	b.SetDomains(v.table.forest)
	b.Add(entities)
	return b.Table(), badges
}

func byteOf(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// Preview gives a View of badges that a View gave, and of its counts, as long as what they follow from is not there: the
// rows can be seen, sorted by what the directory knows, and searched, but have neither counterparts nor alerts. Of k the
// answers count, not the lists.
func Preview(t *Table, badges []byte, counts Counts, k Knowledge) (*View, error) {
	if len(badges) != badgeBytes*t.rows {
		return nil, errors.New("the badges do not fit the rows")
	}
	v := Join(t, k)
	for row := range v.badges {
		b := badges[badgeBytes*row:]
		badge := model.Badge{State: model.BadgeState(b[0]), Reason: model.Reason(b[1]), Severity: model.Severity(b[2]),
			Trouble: b[3] == 1, Alerts: binary.LittleEndian.Uint16(b[6:])}
		if !badge.IsValid() {
			return nil, errors.New("a badge is damaged")
		}
		badge.Stale = k.Stale && isAnswer(badge.Reason)
		v.badges[row] = badge
	}
	v.counts, v.preview = counts, true
	return v, nil
}

// bytesOf gives the memory of numbers.
func bytesOf[T any](numbers []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(numbers))), len(numbers)*int(unsafe.Sizeof(one)))
}

// numbersOf takes memory for numbers; it copies where these would not lie as the machine wants them.
func numbersOf[T any](data []byte, count int) []T {
	var one T
	if count == 0 {
		return []T{}
	}
	if start := unsafe.Pointer(unsafe.SliceData(data)); uintptr(start)%unsafe.Alignof(one) == 0 {
		return unsafe.Slice((*T)(start), count)[:count:count]
	}
	numbers := make([]T, count)
	copy(bytesOf(numbers), data)
	return numbers
}
