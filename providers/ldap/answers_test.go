package ldap

import (
	"slices"
	"strings"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"

	"adbadge/model"
	"adbadge/model/text"
)

// TestReferralsAreNotFollowed: a server must not send the sign-in elsewhere. What lives elsewhere is said to be missing.
func TestReferralsAreNotFollowed(t *testing.T) {
	a := newAuthority(t)
	elsewhere := newController(t, a, nil)
	d := directory(t, a, newController(t, a, func(c *controller) {
		c.objects = people(5)
		c.answer = func(x *exchange, q query) bool {
			switch {
			case q.page > 0 && strings.HasPrefix(q.base, "DC=emea,"):
				x.result(5, resultReferral, "0000202B: RefErr: DSID-0310082F, data 0, 1 access points")
				return true
			case q.page > 0:
				reference := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 19, nil, "")
				reference.AppendChild(octets(elsewhere.url() + "/CN=Configuration,DC=contoso,DC=test"))
				x.write(x.message(reference).Bytes())
			}
			return false
		}
	}))
	d.bases = []string{"DC=contoso,DC=test", "DC=emea,DC=contoso,DC=test"}
	entities, gaps := readAll(t, d)
	if len(entities) != 6 || !slices.Equal(codes(gaps), []string{"ADB-413"}) {
		t.Errorf("%d entities and the gaps %v", len(entities), gaps)
	}
	if elsewhere.signIns()+elsewhere.ended() != 0 {
		t.Error("the client went where it was sent")
	}
}

// TestLongValues: a value takes no more room than a line of text may, however long the server sends it.
func TestLongValues(t *testing.T) {
	a := newAuthority(t)
	long := person(1)
	for _, name := range []string{"displayName", "department", "userPrincipalName", "sAMAccountName", "mail", "title"} {
		long.attributes[name] = []string{strings.Repeat("x", 1<<20)}
	}
	entities, _ := readAll(t, directory(t, a, newController(t, a, func(c *controller) { c.objects = []object{long} })))
	for _, e := range entities {
		for _, line := range []text.Line{e.Name, e.Department, e.UPN, e.SAM, e.Mail, e.Title} {
			if len(line) > 4*text.DefaultRunes {
				t.Errorf("a value has %d bytes", len(line))
			}
		}
	}
	if len(entities) != 1 {
		t.Errorf("%d entities", len(entities))
	}
}

// TestEndlessSweep: a server that repeats its pages does not hold up a sweep for ever either.
func TestEndlessSweep(t *testing.T) {
	a := newAuthority(t)
	d := directory(t, a, newController(t, a, func(c *controller) {
		c.answer = func(x *exchange, q query) bool {
			if q.page > 0 {
				for n := range 10 {
					x.entry(person(n + 1))
				}
				x.done(0, "again")
			}
			return q.page > 0
		}
	}))
	err := d.Present(t.Context(), func([]model.GUID) error { return nil })
	if f := failureOf(t, err); f.Kind != model.Broken || !strings.Contains(f.Seen, "without end") {
		t.Errorf("got %v", err)
	}
}
