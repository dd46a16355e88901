package entra_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

// sample has members of all kinds that records have.
type sample struct {
	ID     string       `json:"id"`
	Dash   string       `json:"@odata.dash-name"`
	Flag   bool         `json:"isFlag"`
	Number int          `json:"number"`
	Share  float64      `json:"share"`
	Maybe  *string      `json:"maybe"`
	Tags   []string     `json:"tags"`
	Inner  *sample      `json:"inner"`
	List   []sample     `json:"list"`
	Scalar entra.Scalar `json:"scalar"`
	Raw    json.RawMessage
}

// TestPagesShareNoMemory: what a page does not say is not what the page before said.
func TestPagesShareNoMemory(t *testing.T) {
	pages := []string{
		`{"value":[{"id":"1","tags":["a","b"],"maybe":"x","isFlag":true,"inner":{"id":"i"}},{"id":"2"}]`, `{"value":[{"number":7}]`,
		`{"value":[]`, `{"value":[{"id":"3","id":"4","tags":["c"]},{"ID":"5"}]`, `{"nothing":1`,
	}
	served := 0
	server := entratest.New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := pages[served]
		served++
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `%s,"@odata.nextLink":"https://%s%s?page=%d"}`, body, r.Host, r.URL.Path, served)
	}))
	var got [][]sample
	_, err := entra.Pages(t.Context(), server.API(t, model.Endpoint, "API"), entra.List{Path: "/api/machines", Name: "machines"}, func(page []sample) error {
		got = append(got, append([]sample(nil), page...))
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), `no list "value"`) {
		t.Errorf("the last page has no list, but: %v", err)
	}
	x := "x"
	want := [][]sample{
		{{ID: "1", Tags: []string{"a", "b"}, Maybe: &x, Flag: true, Inner: &sample{ID: "i"}}, {ID: "2"}}, {{Number: 7}}, {{ID: "4", Tags: []string{"c"}}, {ID: "5"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

// list is what a page or an answer is read into.
type list struct {
	Value []sample `json:"value"`
	Next  string   `json:"@odata.nextLink"`
}

// decodesAsBefore compares with encoding/json, and reports whether that has understood it.
func decodesAsBefore(t *testing.T, raw []byte) bool {
	t.Helper()
	var got, want list
	gotErr, wantErr := entra.Decode(raw, &got), json.Unmarshal(raw, &want)
	if (gotErr == nil) != (wantErr == nil) || gotErr != nil && gotErr.Error() != wantErr.Error() {
		t.Fatalf("%q: %v, want %v", raw, gotErr, wantErr)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%q (-want +got):\n%s", raw, diff)
	}
	return wantErr == nil
}

// readsAsAlone compares a page in the memory of another with the same page alone.
func readsAsAlone(t *testing.T, api *entra.API, before, raw []byte) {
	t.Helper()
	after, alone, afterErr, aloneErr := entra.PageAfter[sample](api, before, raw)
	if (afterErr == nil) != (aloneErr == nil) || afterErr != nil && afterErr.Error() != aloneErr.Error() {
		t.Fatalf("%q after %q: %v, alone %v", raw, before, afterErr, aloneErr)
	}
	if diff := cmp.Diff(alone, after); diff != "" {
		t.Fatalf("%q after %q (-alone +after):\n%s", raw, before, diff)
	}
}

// writer makes answers of the members of sample in all kinds of order, number, case and form, most of them right.
type writer struct{ *rand.Rand }

func (w writer) oneOf(list ...string) string { return list[w.IntN(len(list))] }

func (w writer) text() string {
	return w.oneOf(`""`, `"a"`, `"contoso"`, `"\u00e9\n\/"`, `"\ud83d\ude00"`, `"\ud800"`, "\"\xff\"", "\"\u2028<&>\"", `"  "`, `"7"`)
}

func (w writer) listOf(item func() string) string {
	items := make([]string, w.IntN(4))
	for i := range items {
		items[i] = item()
	}
	return "[" + strings.Join(items, w.oneOf(",", " , ")) + "]"
}

func (w writer) member(depth int) string {
	value, name := "null", ""
	deeper := func() string { return w.record(depth + 1) }
	switch w.IntN(11) {
	case 0:
		name, value = "id", w.text()
	case 1:
		name, value = "@odata.dash-name", w.text()
	case 2:
		name, value = "isFlag", w.oneOf("true", "false")
	case 3:
		name, value = "number", w.oneOf("0", "-1", "1e2", "1.5", "9223372036854775808", "07")
	case 4:
		name, value = "share", w.oneOf("0", "-0.5", "1E400", "2e-3")
	case 5:
		name, value = "maybe", w.text()
	case 6:
		name, value = "tags", w.listOf(func() string { return w.oneOf(w.text(), "null") })
	case 7:
		name, value = "scalar", w.oneOf(w.text(), "7", "1.50", "{}", "true")
	case 8:
		name, value = w.oneOf("raw", "other", ""), w.oneOf(w.text(), "[1,{}]", `{"id":1,"id":2}`)
	case 9:
		if name = "inner"; depth < 2 {
			value = deeper()
		}
	case 10:
		if name = "list"; depth < 2 {
			value = w.listOf(deeper)
		}
	}
	switch w.IntN(40) {
	case 0:
		value = w.oneOf("7", "[]", "{}", `"x"`, "true", "[null]")
	case 1, 2, 3:
		value = "null"
	case 4:
		name = strings.ToUpper(name)
	case 5:
		name = w.oneOf("iſFlag", "\\u0069d", "@odata.dashname", "TAGS", "\xffid")
	}
	return `"` + name + `":` + value
}

func (w writer) record(depth int) string {
	members := make([]string, w.IntN(7))
	for i := range members {
		members[i] = w.member(depth)
	}
	return "{" + strings.Join(members, w.oneOf(",", ",\n")) + "}"
}

func (w writer) answer() []byte {
	page := `{"value":` + w.listOf(func() string { return w.record(0) })
	if w.IntN(5) == 0 {
		page += w.oneOf(`,"value":[{}]`, `,"value":null`, `,"VALUE":[null,{"number":3}]`, `,"@odata.nextLink":"x"`, `,"@odata.nextLink":1`, `,`, `}`)
	}
	return []byte(page + "}")
}

// TestDecodesAsBefore: answers that are right, odd or broken are read as encoding/json reads them, and in the memory of any
// other as alone.
func TestDecodesAsBefore(t *testing.T) {
	api := entratest.New(t, http.NotFoundHandler()).API(t, model.Endpoint, "API")
	w := writer{rand.New(rand.NewPCG(1, 2))}
	understood, before := 0, []byte(nil)
	for range 2_000 {
		raw := w.answer()
		if decodesAsBefore(t, raw) {
			understood++
		}
		readsAsAlone(t, api, before, raw)
		before = raw
	}
	if understood < 700 || understood > 1_900 {
		t.Errorf("%d of 2000 answers were understood", understood)
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"value":[{"id":"1","maybe":null,"tags":["a",null],"inner":{"id":"\ud800"},"list":[{},null],"scalar":7,"raw":[1,{"a":2}]}]}`,
		`{"VALUE":[{"ID":"1","Id":"2"}],"value":[{"number":1e2}]}`, `{"value":[{"scalar":{"a":1}},{"scalar":null},{"share":1e400}]}`, "{\"value\":[{\"id\":\"a\xffb\"}]}",
		`{"value":[{"number":"7","id":"later"},{"id":3}]}`, `{"value":[{"tags":["a","b"],"tags":[null],"inner":{"id":"x"},"inner":{"number":2}}]}`,
		`{"value":[{"@odata.dashname":"no","@ODATA.dash-NAME":"yes","iſFlag":true,"\u0069d":"escaped"}]} `, `{"value":null}`, `[]`, `{"value":[1]} x`, `{"value":[{"id":"a",}]}`,
	} {
		f.Add([]byte(`{"value":[{"id":"before","tags":["b"]},{}]}`), []byte(s))
	}
	api := entratest.New(f, http.NotFoundHandler()).API(f, model.Endpoint, "API")
	f.Fuzz(func(t *testing.T, before, raw []byte) {
		decodesAsBefore(t, raw)
		readsAsAlone(t, api, before, raw)
	})
}
