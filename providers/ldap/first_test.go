package ldap

import (
	"strings"
	"testing"
	"time"

	"adbadge/model"
)

// TestFirstRowsDoNotWaitForTheWholeAnswer: a controller that takes its time for a search of the domain is asked for some
// units before. What came early does not come again.
func TestFirstRowsDoNotWaitForTheWholeAnswer(t *testing.T) {
	a := newAuthority(t)
	shown := make(chan struct{})
	answer := func(x *exchange, q query) bool {
		switch {
		case strings.Contains(q.filter, "organizationalUnit"):
			x.entry(object{"OU=Sales,DC=contoso,DC=test", map[string][]string{"objectGUID": {guidBytes(900)}}})
		case q.scope == int64(oneLevel) && strings.HasPrefix(q.base, "OU=Sales,"):
			for n := range 7 {
				if o := person(n + 1); wanted(o, q) {
					x.entry(o)
				}
			}
			x.result(5, resultSizeLimit, "")
			return true
		case q.page > 0:
			select {
			case <-shown:
			case <-time.After(10 * time.Second):
				t.Error("nothing was shown before the search of the domain")
			}
			return false
		default:
			return false
		}
		x.result(5, 0, "")
		return true
	}
	c := newController(t, a, func(c *controller) { c.objects, c.answer = people(30), answer })
	count := map[model.GUID]int{}
	first := 0
	_, err := directory(t, a, c).Entities(t.Context(), func(batch []model.Entity) error {
		if first == 0 {
			first = len(batch)
			close(shown)
		}
		for _, e := range batch {
			count[e.ID]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if first != 7 || len(count) != 31 {
		t.Errorf("%d rows came first, %d in all", first, len(count))
	}
	for id, times := range count {
		if times != 1 {
			t.Errorf("%s came %d times", id, times)
		}
	}
}
