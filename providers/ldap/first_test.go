package ldap

import (
	"strings"
	"testing"
	"time"

	"adbadge/model"
)

// TestFirstRowsDoNotWaitForTheWholeAnswer: a controller that takes its time for a search of the domain is asked for some
// units meanwhile. What came early comes again.
func TestFirstRowsDoNotWaitForTheWholeAnswer(t *testing.T) {
	a := newAuthority(t)
	shown := make(chan struct{})
	answer := func(x *exchange, q query) bool {
		switch {
		case strings.Contains(q.filter, "organizationalUnit"):
			x.entry(object{"OU=Sales,DC=contoso,DC=test", map[string][]string{"objectGUID": {guidBytes(900)}}})
			x.done(0, "")
		case q.scope == int64(oneLevel) && strings.HasPrefix(q.base, "OU=Sales,"):
			for n := range 7 {
				x.entry(person(n + 1))
			}
			x.done(0, "there is more")
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
		return true
	}
	c := newController(t, a, func(c *controller) { c.objects, c.answer = people(30), answer })
	d := directory(t, a, c)
	count, first := map[model.GUID]int{}, 0
	gaps, err := d.Entities(t.Context(), func(batch []model.Entity) error {
		if first == 0 {
			first = len(batch)
			close(shown)
		}
		for _, e := range batch {
			count[e.ID]++
		}
		return nil
	})
	if err != nil || len(gaps) > 0 {
		t.Fatal(err, gaps)
	}
	if first != 7 || len(count) != 31 {
		t.Errorf("%d rows came first, %d in all", first, len(count))
	}
	for n := range 30 {
		want := 1
		if n < 7 {
			want = 2
		}
		if got := count[model.GUID([]byte(guidBytes(n+1)))]; got != want {
			t.Errorf("user %d came %d times, want %d", n+1, got, want)
		}
	}
}
