package entra_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

type item struct {
	ID int `json:"id"`
}

// listed serves a collection of the given size with the options $top and $skip.
func listed(size int, largest int, link bool, self *string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		top, _ := strconv.Atoi(query.Get("$top"))
		skip, _ := strconv.Atoi(query.Get("$skip"))
		if top == 0 || top > largest {
			top = largest
		}
		page := map[string]any{"value": []item{}}
		items := []item{}
		for i := skip; i < min(size, skip+top); i++ {
			items = append(items, item{i})
		}
		page["value"] = items
		if next := skip + top; link && next < size {
			page["@odata.nextLink"] = fmt.Sprintf("%s%s?$skip=%d&$filter=a eq 'b'", *self, r.URL.Path, next)
		}
		entratest.WriteJSON(w, page)
	}
}

func TestPages(t *testing.T) {
	for name, test := range map[string]struct {
		size, largest int
		link          bool
		list          entra.List
	}{
		"by links":                {250, 100, true, entra.List{}},
		"by links, asked for":     {250, 100, true, entra.List{Top: 30, Skip: true}},
		"by counting":             {250, 1000, false, entra.List{Top: 60, Skip: true}},
		"a hidden limit":          {250, 100, false, entra.List{Top: 1000, Skip: true}},
		"exactly full pages":      {120, 1000, false, entra.List{Top: 60, Skip: true}},
		"empty":                   {0, 100, false, entra.List{Top: 60, Skip: true}},
		"one page without limits": {70, 100, false, entra.List{}},
	} {
		t.Run(name, func(t *testing.T) {
			var self string
			api, server := ask(t, func(w http.ResponseWriter, r *http.Request) { listed(test.size, test.largest, test.link, &self)(w, r) })
			self = server.URL
			test.list.Path, test.list.Name = "/api/machines", "machines"
			var got []int
			gaps, err := entra.Pages(t.Context(), api, test.list, func(page []item) error {
				for _, i := range page {
					got = append(got, i.ID)
				}
				return nil
			})
			if err != nil || len(gaps) > 0 {
				t.Fatalf("gaps %+v, error %v", gaps, err)
			}
			if len(got) != test.size || !slices.IsSorted(got) {
				t.Errorf("got %d items, want %d", len(got), test.size)
			}
		})
	}
}

func TestPagesWithoutEnd(t *testing.T) {
	for name, test := range map[string]struct {
		page  func(number int, self string) (items []item, link string)
		list  entra.List
		what  string
		items int
	}{
		"new links for ever": {func(n int, self string) ([]item, string) { return []item{{n}}, fmt.Sprintf("%s/x?page=%d", self, n+1) },
			entra.List{MaxPages: 7}, "more than 7 pages", 7},
		"a circle": {func(n int, self string) ([]item, string) { return []item{{n}}, fmt.Sprintf("%s/x?page=%d", self, n%3) },
			entra.List{}, "leads back", 4},
		"one page again and again": {func(n int, self string) ([]item, string) { return []item{{1}}, fmt.Sprintf("%s/x?page=%d", self, n) },
			entra.List{}, "more than 5 pages", 5},
		"$skip is ignored": {func(int, string) ([]item, string) { return []item{{1}, {2}}, "" },
			entra.List{Top: 2, Skip: true}, "a second time", 2},
		"empty pages for ever": {func(n int, self string) ([]item, string) { return []item{}, fmt.Sprintf("%s/x?page=%d", self, n) },
			entra.List{MaxPages: 5}, "more than 5 pages", 0},
	} {
		t.Run(name, func(t *testing.T) {
			var self string
			number := 0
			api, server := ask(t, func(w http.ResponseWriter, _ *http.Request) {
				number++
				items, link := test.page(number, self)
				page := map[string]any{"value": items}
				if link != "" {
					page["@odata.nextLink"] = link
				}
				entratest.WriteJSON(w, page)
			})
			self = server.URL
			test.list.Path, test.list.Name = "/x", "machines"
			if name == "one page again and again" {
				test.list.MaxPages = 5 // the links differ, and so do the pages
			}
			items := 0
			gaps, err := entra.Pages(t.Context(), api, test.list, func(page []item) error { items += len(page); return nil })
			if err != nil {
				t.Fatal(err)
			}
			if len(gaps) != 1 || !gaps[0].Missing || !strings.Contains(gaps[0].What, test.what) || gaps[0].Source != model.Endpoint {
				t.Errorf("gaps are %+v", gaps)
			}
			if items != test.items {
				t.Errorf("%d items, want %d", items, test.items)
			}
		})
	}
}

func TestPageFailsInTheMiddle(t *testing.T) {
	var self string
	tries := 0
	api, server := ask(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("$skip") == "60" {
			tries++
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		listed(250, 30, true, &self)(w, r)
	})
	self = server.URL
	items := 0
	gaps, err := entra.Pages(t.Context(), api, entra.List{Path: "/x", Name: "machines"}, func(page []item) error { items += len(page); return nil })
	f := failureOf(t, err)
	if f.Kind != model.Broken || !strings.Contains(f.Seen, "502") || tries != 4 || items != 60 {
		t.Errorf("failure %q after %d tries with %d items", f, tries, items)
	}
	if len(gaps) != 1 || gaps[0].What != "Page 3 of machines could not be read." || !gaps[0].Missing {
		t.Errorf("gaps are %+v", gaps)
	}
}

func TestOddItemsDoNotCostTheOthers(t *testing.T) {
	api, _ := ask(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"value":[{"id":1},{"id":"two","name":"b"},7,{"id":3},null]}`)
	})
	var got []item
	gaps, err := entra.Pages(t.Context(), api, entra.List{Path: "/x", Name: "machines"}, func(page []item) error { got = append(got, page...); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if want := []item{{1}, {0}, {3}, {0}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if len(gaps) != 1 || gaps[0].Count != 1 || gaps[0].Code != "ADB-210" {
		t.Errorf("gaps are %+v", gaps)
	}
}

func TestTooLargePagesAreAskedForInSmallerOnes(t *testing.T) {
	pad := strings.Repeat("x", 1<<20)
	api, _ := ask(t, func(w http.ResponseWriter, r *http.Request) {
		top, _ := strconv.Atoi(r.URL.Query().Get("$top"))
		skip, _ := strconv.Atoi(r.URL.Query().Get("$skip"))
		type wide struct {
			ID  int    `json:"id"`
			Pad string `json:"pad"`
		}
		var items []wide
		for i := skip; i < min(90, skip+top); i++ {
			items = append(items, wide{i, pad})
		}
		entratest.WriteJSON(w, map[string]any{"value": items})
	})
	items := 0
	gaps, err := entra.Pages(t.Context(), api, entra.List{Path: "/x", Name: "alerts", Top: 200, Skip: true}, func(page []item) error { items += len(page); return nil })
	if err != nil || len(gaps) > 0 || items != 90 {
		t.Errorf("%d items, gaps %+v, error %v", items, gaps, err)
	}
}

func TestPagesStopsWithItsReader(t *testing.T) {
	var self string
	api, server := ask(t, func(w http.ResponseWriter, r *http.Request) { listed(250, 10, true, &self)(w, r) })
	self = server.URL
	enough := errors.New("enough")
	pages := 0
	_, err := api.Pages(t.Context(), "/x", url.Values{}, func([]json.RawMessage) error {
		if pages++; pages == 2 {
			return enough
		}
		return nil
	})
	if err != enough || pages != 2 {
		t.Errorf("error %v after %d pages", err, pages)
	}
}

func TestRequestLimit(t *testing.T) {
	for _, test := range []struct{ perMinute, perHour, most int }{{100, 1500, 90}, {150, 0, 135}, {45, 0, 41}} {
		if n := entra.RequestsAllowed(test.perMinute, test.perHour); n > test.most || n < test.most*9/10 {
			t.Errorf("%d a minute allow %d requests in the first one, want close to %d", test.perMinute, n, test.most)
		}
	}
	server := entratest.New(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { entratest.WriteJSON(w, item{}) }))
	signIn, err := entra.New(server.Options())
	if err != nil {
		t.Fatal(err)
	}
	api, err := signIn.API(entra.APIOptions{Name: "API", BaseURL: server.URL, Scope: entratest.Scope, PerMinute: 300})
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for range 62 { // the bucket holds 60, then one comes every 286 ms
		if err := api.Get(t.Context(), "/x", nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun); took < 200*time.Millisecond {
		t.Errorf("62 requests took only %v", took)
	}
	if room := api.Stats().Room; room > 0.1 {
		t.Errorf("room is %v", room)
	}
}

func FuzzCheckShape(f *testing.F) {
	for _, s := range []string{`{"a":[1,"\\\"",{}]}`, `[`, `"`, `{"a":"\"}`, `{}x`, ``, `4`, strings.Repeat("[", 101)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		err := entra.CheckShape(data)
		if json.Valid(data) && err != nil && !strings.Contains(err.Error(), "deeper") {
			t.Errorf("%q is valid JSON, but: %v", data, err)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"1", "2.128", "-1", "1e309", "NaN", "Wed, 21 Oct 2015 07:28:00 GMT", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		wait, ok := entra.RetryAfter(http.Header{"Retry-After": {raw}})
		if ok && (wait < 0 || wait > 24*time.Hour) {
			t.Errorf("%q gives %v", raw, wait)
		}
	})
}

// Whatever a page holds: it is refused or read, and the next one is asked for at the same server and path or not at all.
func FuzzPage(f *testing.F) {
	server := entratest.New(f, http.NotFoundHandler())
	api := server.API(f, model.Endpoint, "API")
	for _, s := range []string{
		`{"value":[{"id":1},{"id":"two"},7,null],"@odata.nextLink":"SELF/api/machines?$skip=1"}`, `{"value":{}}`, `{"value":[],"@odata.nextLink":7}`,
		`{"value":[],"@odata.nextLink":"SELF/api/machines/../x"}`, `{"value":[],"@odata.nextLink":"SELF@evil.test/api/machines"}`, `[]`, `null`,
	} {
		f.Add(strings.ReplaceAll(s, "SELF", server.URL))
	}
	f.Fuzz(func(t *testing.T, raw string) {
		items, bad, next, err := api.DecodePage([]byte(raw))
		if err == nil && items+bad > strings.Count(raw, ",")+1 {
			t.Errorf("%d items and %d bad ones in %q", items, bad, raw)
		}
		if next != "" && next != server.URL+"/api/machines" && !strings.HasPrefix(next, server.URL+"/api/machines?") {
			t.Errorf("%q leads to %q", raw, next)
		}
	})
}
