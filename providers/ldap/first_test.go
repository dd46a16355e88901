package ldap

import (
	"slices"
	"strings"
	"testing"
	"time"

	"adbadge/model"
)

// TestFirstRowsDoNotWaitForTheWholeAnswer: a controller that takes its time for a search of the domain, and for its
// groups, is asked for some units before. What came early comes again, and then with all that is known of it.
func TestFirstRowsDoNotWaitForTheWholeAnswer(t *testing.T) {
	a := newAuthority(t)
	shown := make(chan struct{})
	answer := func(x *exchange, q query) bool {
		isGroups := strings.Contains(q.filter, "objectSid")
		if q.page > 0 || isGroups {
			select {
			case <-shown:
			case <-time.After(10 * time.Second):
				t.Error("nothing was shown before the search of the domain")
			}
		}
		switch {
		case isGroups:
			x.entry(object{"CN=Domain Admins,DC=contoso,DC=test", map[string][]string{
				"objectClass": {"group"}, "objectGUID": {guidBytes(901)}, "member": {person(1).dn},
			}})
		case strings.Contains(q.filter, "distinguishedName"):
			x.entry(person(1))
		case strings.Contains(q.filter, "organizationalUnit"):
			x.entry(object{"OU=Sales,DC=contoso,DC=test", map[string][]string{"objectGUID": {guidBytes(900)}}})
		case q.scope == int64(oneLevel) && strings.HasPrefix(q.base, "OU=Sales,"):
			for n := range 7 {
				x.entry(person(n + 1))
			}
			x.result(5, resultSizeLimit, "")
			return true
		default:
			return false
		}
		x.result(5, 0, "")
		return true
	}
	c := newController(t, a, func(c *controller) { c.objects, c.answer = people(30), answer })
	last := map[model.GUID]model.Entity{}
	var first []model.Entity
	_, err := directory(t, a, c).Entities(t.Context(), func(batch []model.Entity) error {
		if first == nil {
			first = slices.Clone(batch)
			close(shown)
		}
		for _, e := range batch {
			last[e.ID] = e
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(first) != 7 || len(last) != 31 {
		t.Errorf("%d rows came first, %d in all", len(first), len(last))
	}
	for _, before := range first {
		after, privileged := last[before.ID], before.ID == model.GUID([]byte(guidBytes(1)))
		if before.Has(model.Sensitive) || after.Has(model.Sensitive) != privileged {
			t.Errorf("%s is sensitive: %t, then %t; want false, then %t", before.Name, before.Has(model.Sensitive), after.Has(model.Sensitive), privileged)
		}
	}
}
