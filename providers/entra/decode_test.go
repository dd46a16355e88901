package entra_test

import (
	"encoding/json"
	"fmt"
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

// FuzzDecode compares with encoding/json.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"value":[{"id":"1","maybe":null,"tags":["a",null],"inner":{"id":"\ud800"},"list":[{},null],"scalar":7,"raw":[1,{"a":2}]}]}`,
		`{"VALUE":[{"ID":"1","Id":"2"}],"value":[{"number":1e2}]}`, `{"value":[{"scalar":{"a":1}},{"scalar":null},{"share":1e400}]}`, "{\"value\":[{\"id\":\"a\xffb\"}]}",
		`{"value":[{"number":"7","id":"later"},{"id":3}]}`, `{"value":[{"tags":["a","b"],"tags":[null],"inner":{"id":"x"},"inner":{"number":2}}]}`,
		`{"value":[{"@odata.dashname":"no","@ODATA.dash-NAME":"yes","iſFlag":true,"\u0069d":"escaped"}]} `, `{"value":null}`, `[]`, `{"value":[1]} x`, `{"value":[{"id":"a",}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var got, want struct {
			Value []sample `json:"value"`
		}
		gotErr, wantErr := entra.Decode(raw, &got), json.Unmarshal(raw, &want)
		if (gotErr == nil) != (wantErr == nil) || gotErr != nil && gotErr.Error() != wantErr.Error() {
			t.Fatalf("%q: %v, want %v", raw, gotErr, wantErr)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q (-want +got):\n%s", raw, diff)
		}
	})
}
