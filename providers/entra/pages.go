package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"adbadge/model"
)

// List describes a collection that comes in pages.
type List struct {
	Path  string
	Query url.Values
	Top   int // page size to ask for; 0 leaves it to the API
	// Skip: the API pages with $skip where it gives no link to the next page.
	Skip bool
	// MaxPages ends a list that has no end; 0 stands for 2,000.
	MaxPages int
	// Began is called with the time of the service's clock at the first page; zero when it does not tell its time.
	Began func(at time.Time)
	// Name is what the items are called, for messages: "machines".
	Name string
}

// defaultMaxPages is far more than a tenant of 600,000 machines needs.
const defaultMaxPages = 2000

// smallestTop is the page size below which pages that are too large are not asked for in smaller ones.
const smallestTop = 50

// Pages reads a list page by page and hands the items of each to emit; the slice belongs to emit's caller again when
// it returns. Gaps say what is missing. An error means that the read ended early: it is of type *model.Failure, or
// what emit returned. Items that are on two pages come twice.
func Pages[T any](ctx context.Context, a *API, list List, emit func([]T) error) ([]model.Gap, error) {
	w := newWalk(a, list)
	var items []T // their memory is used again for the next page
	for w.next() {
		var link string
		var err error
		items, link, err = fetchPage(ctx, w, items)
		if err != nil {
			err = w.end(err)
			return w.finish(), err
		}
		if !w.accept(len(items), link) {
			break
		}
		if len(items) == 0 {
			continue
		}
		if err := emit(items); err != nil {
			return w.finish(), err
		}
	}
	return w.finish(), nil
}

// Pages reads a list as Pages[json.RawMessage] does, for callers that decode items themselves.
func (a *API) Pages(ctx context.Context, path string, query url.Values, page func(items []json.RawMessage) error) ([]model.Gap, error) {
	return Pages(ctx, a, List{Path: path, Query: query, Skip: query.Has("$top"), Name: "items"}, page)
}

// walk is the way through the pages of one list.
type walk struct {
	*API
	List
	gaps   []model.Gap
	target *url.URL // next page; nil at the end
	number int      // of the page being read, from 1
	skip   int
	linked bool // the API gives links, so that their absence is the end
	note   note
	seed   maphash.Seed
	links  map[string]bool
	pages  map[uint64]bool
	bad    int // items that could not be understood
}

func newWalk(a *API, list List) *walk {
	if list.MaxPages == 0 {
		list.MaxPages = defaultMaxPages
	}
	w := &walk{API: a, List: list, seed: maphash.MakeSeed(), links: map[string]bool{}, pages: map[uint64]bool{}}
	w.target = w.skipTo(0)
	return w
}

// skipTo gives the URL of the page that begins at the given item.
func (w *walk) skipTo(item int) *url.URL {
	query := url.Values{}
	for name, values := range w.Query {
		query[name] = values
	}
	if w.Top > 0 {
		query.Set("$top", strconv.Itoa(w.Top))
	}
	if item > 0 {
		query.Set("$skip", strconv.Itoa(item))
	}
	return w.locate(w.Path, query)
}

// next reports whether there is another page to read.
func (w *walk) next() bool {
	if w.target == nil {
		return false
	}
	if w.number == w.MaxPages {
		w.missing(fmt.Sprintf("The list of %s has more than %d pages; the rest was not read.", w.Name, w.MaxPages),
			"If the tenant is really that large, please report it.")
		return false
	}
	w.number++
	return true
}

// fetchPage reads one page. A page that is too large is asked for in smaller ones where the API lets us choose.
func fetchPage[T any](ctx context.Context, w *walk, room []T) (items []T, link string, err error) {
	for {
		w.note = note{wanted: true, body: w.note.body}
		err = w.send(ctx, &w.note, http.MethodGet, w.target, nil)
		if !errors.Is(err, errTooLarge) || !w.Skip || w.linked || w.Top/4 < smallestTop {
			break
		}
		w.Top /= 4
		w.target = w.skipTo(w.skip)
	}
	if err != nil {
		return nil, "", err
	}
	items, link, err = decodePage(w, w.note.body.Bytes(), room)
	if err != nil {
		return nil, "", w.failed(http.MethodGet, &w.note, err)
	}
	if w.number == 1 && w.Began != nil {
		w.Began(w.note.date)
	}
	return items, link, nil
}

// decodePage gives the items of a page and the link to the next, in the room of earlier items where it is large enough.
// Items that cannot be understood are counted.
func decodePage[T any](w *walk, raw []byte, room []T) (items []T, link string, err error) {
	var page struct {
		Value []T    `json:"value"`
		Next  string `json:"@odata.nextLink"`
	}
	clear(room[:cap(room)]) // or what an item does not say would be what an earlier one said
	page.Value = room[:0]
	if err = Decode(raw, &page); err != nil {
		page.Value, page.Next, err = salvage[T](w, raw, err)
	} else if len(page.Value) == 0 && room != nil {
		return decodePage[T](w, raw, nil) // without room an empty list differs from none
	}
	if err == nil && page.Value == nil {
		err = errors.New(`the answer has no list "value"`)
	}
	return page.Value, page.Next, err
}
