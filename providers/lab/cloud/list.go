package cloud

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"adbadge/providers/lab/odata"
)

// listing says how one collection is served.
type listing[T any] struct {
	about      odata.Type[T]
	context    string // what follows "$metadata#"
	encode     func(e *encoder, item T, p *page)
	options    []string // query options that it takes
	defaultTop int
	maxTop     int
	// linked: pages end with a link to the next. Where they do not, the client counts with $skip.
	linked bool
	// noContext: the vendor's samples of this collection have no @odata.context.
	noContext bool
	// found keeps which items a filter found, so that its later pages need no second search.
	found *searches
}

// items is a collection that is looked into by index.
type items[T any] struct {
	len int
	at  func(int) T
}

// itemsOf makes a slice a collection.
func itemsOf[T any](list []T) items[T] {
	return items[T]{len(list), func(i int) T { return list[i] }}
}

// page is what a client asked for.
type page struct {
	filter    string
	top, skip int
	count     bool
	expand    string
	names     []string // $select
}

// serve answers with one page.
func (l *listing[T]) serve(w http.ResponseWriter, r *request, all items[T]) error {
	p, err := l.parse(r.URL.Query())
	if err != nil {
		return err
	}
	hits, total, err := l.search(p, all)
	if err != nil {
		return err
	}
	from, to := min(p.skip, total), min(p.skip+p.top, total)
	records := encodeAll(to-from, func(e *encoder, i int) {
		at := from + i
		if hits != nil {
			at = int(hits[at])
		}
		l.encode(e, all.at(at), &p)
	})
	var e encoder
	e.out = make([]byte, 0, len(records)+1024)
	e.open("")
	if !l.noContext {
		e.text("@odata.context", r.self+l.metadata(p))
	}
	if p.count {
		e.number("@odata.count", int64(total))
	}
	e.openList("value")
	first := len(e.out)
	e.out = append(e.out, records...)
	last := len(e.out)
	e.closeList()
	if l.linked && to < total {
		e.text("@odata.nextLink", l.next(r, p, to))
	}
	e.close()
	sendList(w, r, e.out, first, last)
	return nil
}

// encodeAll encodes the records of a page, a large one in several parts at the same time: the client waits meanwhile.
func encodeAll(count int, encode func(e *encoder, i int)) []byte {
	parts := make([]encoder, max(1, min(runtime.GOMAXPROCS(0), count/partSize)))
	var encoding sync.WaitGroup
	for n := range parts {
		encoding.Go(func() {
			from, to := n*count/len(parts), (n+1)*count/len(parts)
			e := &parts[n]
			e.out = make([]byte, 0, (to-from)*recordSize)
			for i := from; i < to; i++ {
				encode(e, i)
			}
		})
	}
	encoding.Wait()
	bodies := make([][]byte, len(parts))
	for n := range parts {
		bodies[n] = parts[n].out
	}
	return bytes.Join(bodies, []byte{','})
}

// partSize is how many records are worth a part of their own, recordSize a guess at the bytes of one.
const (
	partSize   = 500
	recordSize = 1200
)

func (l *listing[T]) metadata(p page) string {
	if len(p.names) > 0 {
		return fmt.Sprintf(l.context, "("+strings.Join(p.names, ",")+")")
	}
	return strings.ReplaceAll(l.context, "%s", "")
}

// next is the link to the page that begins at skip.
func (l *listing[T]) next(r *request, p page, skip int) string {
	q := r.URL.Query()
	q.Set("$skip", strconv.Itoa(skip))
	q.Set("$top", strconv.Itoa(p.top))
	// The vendor writes "$" as it is.
	return r.self + r.RequestURI[:len(r.RequestURI)-len(requestQuery(r.RequestURI))] + "?" + strings.ReplaceAll(q.Encode(), "%24", "$")
}

// requestQuery is the part of a request's target from "?" on.
func requestQuery(target string) string {
	if at := strings.IndexByte(target, '?'); at >= 0 {
		return target[at:]
	}
	return ""
}

// parse reads the query options. Options without "$" belong to nobody and are ignored.
func (l *listing[T]) parse(q url.Values) (page, error) {
	p := page{top: l.defaultTop}
	for name, values := range q {
		if !strings.HasPrefix(name, "$") {
			continue
		}
		if !slices.Contains(l.options, name) {
			return p, fail(http.StatusBadRequest, "BadRequest", "The query specified in the URI is not valid. Query option '%s' is not allowed.", name)
		}
		value, err := values[0], error(nil)
		switch name {
		case "$filter":
			p.filter = value
		case "$top":
			p.top, err = l.natural(name, value, l.maxTop)
		case "$skip":
			p.skip, err = l.natural(name, value, 1<<31-1)
		case "$count":
			p.count = value == "true"
		case "$expand":
			p.expand = value
		case "$select":
			p.names = strings.Split(value, ",")
		}
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

func (l *listing[T]) natural(name, value string, limit int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return 0, fail(http.StatusBadRequest, "BadRequest", "Invalid value '%s' for %s query option found. The %s query option requires a non-negative integer value.", value, name, name)
	}
	if n > limit {
		return 0, fail(http.StatusBadRequest, "BadRequest", "The limit of '%d' for %s query has been exceeded. The value from the incoming request is '%d'.", limit, name, n)
	}
	return n, nil
}

// search gives the indexes of the items that the filter accepts, or nil for all of them.
func (l *listing[T]) search(p page, all items[T]) (hits []uint32, total int, err error) {
	if p.filter == "" {
		return nil, all.len, nil
	}
	accepts, err := odata.Compile(p.filter, l.about)
	if err != nil {
		return nil, 0, fail(http.StatusBadRequest, "BadRequest", "Invalid filter clause: %s", err)
	}
	find := func() []uint32 {
		hits := []uint32{}
		for i := range all.len {
			if accepts(all.at(i)) {
				hits = append(hits, uint32(i))
			}
		}
		return hits
	}
	if p.skip == 0 || l.found == nil {
		hits = find()
		l.found.put(p.filter, all.len, hits)
	} else if hits = l.found.get(p.filter, all.len); hits == nil {
		hits = find()
		l.found.put(p.filter, all.len, hits)
	}
	return hits, len(hits), nil
}

// searches remembers the hits of the last filters of one collection.
type searches struct {
	mu   sync.Mutex
	last [4]struct {
		filter string
		size   int // of the collection then: another size is another collection
		hits   []uint32
		at     time.Time
	}
}

// searchAge is for how long hits are good.
const searchAge = 5 * time.Minute

func (s *searches) get(filter string, size int) []uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.last {
		if l.filter == filter && l.size == size && time.Since(l.at) < searchAge {
			return l.hits
		}
	}
	return nil
}

func (s *searches) put(filter string, size int, hits []uint32) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	oldest := 0
	for i, l := range s.last {
		if l.filter == filter {
			oldest = i
			break
		}
		if l.at.Before(s.last[oldest].at) {
			oldest = i
		}
	}
	s.last[oldest].filter, s.last[oldest].size, s.last[oldest].hits, s.last[oldest].at = filter, size, hits, time.Now()
}
