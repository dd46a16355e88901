package inventory

import (
	"maps"
	"slices"
)

// with gives the list in which each record stands in the place of the one with its id, unless it is older than that one;
// new records are at the end.
func with[T any, F facts](l list[F], f *form[T, F], records []T) list[F] {
	if len(records) == 0 {
		return l
	}
	m := merge[T, F]{form: f, old: &l, next: list[F]{pages: slices.Clone(l.pages), count: l.count, ids: l.ids, room: l.room},
		replaced: map[uint32]*T{}, writer: pageWriter[T, F]{form: f, shared: dictionaryOf(l.shared)}}
	m.sortOut(records)
	m.index()
	m.write()
	return m.next
}

// merge makes one list out of another.
type merge[T any, F facts] struct {
	form     *form[T, F]
	old      *list[F]
	next     list[F]
	writer   pageWriter[T, F]
	replaced map[uint32]*T // by number
	added    []*T
}

// sortOut divides records into those that take another's place and new ones.
func (m *merge[T, F]) sortOut(records []T) {
	if m.form.name == nil {
		for i := range records {
			m.added = append(m.added, &records[i])
		}
		return
	}
	added := make(map[recordName]int, len(records))
	for i := range records {
		record := &records[i]
		name := m.form.name(record)
		if name.id == "" {
			m.added = append(m.added, record)
			continue
		}
		if number, known := m.old.find(name); known {
			age := (*m.old.facts(number)).age()
			if earlier := m.replaced[number]; earlier != nil {
				age = instantOf(m.form.age(earlier))
			}
			if !instantOf(m.form.age(record)).before(age) {
				m.replaced[number] = record
			}
			continue
		}
		at, again := added[name]
		if !again {
			added[name] = len(m.added)
			m.added = append(m.added, record)
		} else if !m.form.age(record).Before(m.form.age(m.added[at])) {
			m.added[at] = record
		}
	}
}

// index makes the index of the next list, which new records are added to.
func (m *merge[T, F]) index() {
	if m.form.name == nil || len(m.added) == 0 {
		return
	}
	count := m.old.count + len(m.added)
	if count <= m.next.room {
		m.next.ids = m.next.ids.snapshot()
	} else {
		m.next.room = 2 * count
		m.next.ids = newIndex(m.next.room, m.next.room)
		for number := range uint32(m.old.count) {
			r := m.old.text(number)
			m.addID(recordName{r.text(), (*m.old.facts(number)).kind()}, number)
		}
	}
	for i, record := range m.added {
		m.addID(m.form.name(record), uint32(m.old.count+i))
	}
}

func (m *merge[T, F]) addID(name recordName, number uint32) {
	if name.id != "" {
		m.next.ids.add(name.hash(m.next.ids.seed), number, func(uint32) bool { return false })
	}
}

// write writes the pages that are not those of the old list.
func (m *merge[T, F]) write() {
	w := &m.writer
	numbers := slices.Sorted(maps.Keys(m.replaced))
	for len(numbers) > 0 {
		n := numbers[0] >> pageBits
		old := m.old.pages[n]
		for at := range old.facts {
			if number := n<<pageBits | uint32(at); len(numbers) > 0 && numbers[0] == number {
				w.add(m.replaced[number])
				numbers = numbers[1:]
			} else {
				w.copy(old, at)
			}
		}
		m.next.pages[n] = w.done()
	}
	if last := len(m.next.pages) - 1; last >= 0 && len(m.added) > 0 && len(m.next.pages[last].facts) < pageRecords {
		for at := range m.next.pages[last].facts {
			w.copy(m.next.pages[last], at)
		}
		m.next.pages = m.next.pages[:last]
	}
	for _, record := range m.added {
		w.add(record)
		if len(w.facts) == pageRecords {
			m.next.pages = append(m.next.pages, w.done())
		}
	}
	if len(w.facts) > 0 {
		m.next.pages = append(m.next.pages, w.done())
	}
	m.next.count += len(m.added)
	m.next.shared = w.shared.snapshot()
}

// pageWriter fills one page after the other.
type pageWriter[T any, F facts] struct {
	form   *form[T, F]
	shared *dictionary
	page[F]
}

func (w *pageWriter[T, F]) add(record *T) {
	w.begin()
	w.facts = append(w.facts, w.form.facts(record))
	w.text = w.form.write(record, w.shared, w.text)
	w.keys = w.form.keys(record, w.keys)
	w.end()
}

// copy takes a record over from another page.
func (w *pageWriter[T, F]) copy(p *page[F], at int) {
	w.begin()
	w.facts = append(w.facts, p.facts[at])
	w.text = append(w.text, p.text[p.textAt[at]:p.textAt[at+1]]...)
	w.keys = append(w.keys, p.keys[p.keysAt[at]:p.keysAt[at+1]]...)
	w.end()
}

func (w *pageWriter[T, F]) begin() {
	if len(w.textAt) == 0 {
		w.textAt, w.keysAt = append(w.textAt, 0), append(w.keysAt, 0)
	}
}

func (w *pageWriter[T, F]) end() {
	w.textAt, w.keysAt = append(w.textAt, uint32(len(w.text))), append(w.keysAt, uint32(len(w.keys)))
}

// done gives the page, with no more room than it takes, and begins the next one.
func (w *pageWriter[T, F]) done() *page[F] {
	p := &page[F]{exact(w.facts), exact(w.text), exact(w.textAt), exact(w.keys), exact(w.keysAt), noInstant}
	for i := range p.facts {
		if age := p.facts[i].age(); p.newest.before(age) {
			p.newest = age
		}
	}
	w.facts, w.text, w.textAt, w.keys, w.keysAt = w.facts[:0], w.text[:0], w.textAt[:0], w.keys[:0], w.keysAt[:0]
	return p
}

// exact copies a slice without spare room.
func exact[T any](s []T) []T { return append(make([]T, 0, len(s)), s...) }
