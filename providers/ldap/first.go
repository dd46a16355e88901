package ldap

import (
	"errors"
	"time"
)

// Bounds of the first rows: few enough that they cost next to nothing.
const (
	firstUnits    = 100
	firstPerUnit  = 200
	firstWanted   = 500
	firstPatience = 2 * time.Second
)

var errEnough = errors.New("enough rows to begin with")

// firstRows hands on the accounts of some organizational units before everything is asked for: a domain controller may
// compute the whole answer to a search of the domain before it sends any of it, and somebody waits for an empty screen
// to fill. It is for the first reading only. Nothing depends on it: all of it comes again, and a failure shows then as
// well.
func (r *reading) firstRows() {
	if r.directory.privileged.Load() != nil {
		return
	}
	converter := *r.converter
	defer func() { *r.converter = converter }() // what it counted comes again
	begin := time.Now()
	for _, base := range r.forest.bases {
		units, err := r.session.some(search{base: base, scope: subtree, most: firstUnits,
			filter: "(objectClass=organizationalUnit)", attributes: []string{"objectGUID"}})
		if err != nil {
			return
		}
		for i := range units {
			if r.batch.handedOn >= firstWanted || time.Since(begin) > firstPatience {
				return
			}
			if r.exclusion.is(units[i].dn) {
				continue
			}
			if r.firstOf(units[i].dn) != nil {
				return
			}
		}
	}
}

// firstOf hands on some accounts that lie directly in a unit.
func (r *reading) firstOf(unit string) error {
	for _, p := range partsOf(unit) {
		entries, err := r.session.some(search{base: p.base, scope: oneLevel, filter: p.filter, attributes: entityAttributes, most: firstPerUnit})
		if err != nil {
			return err
		}
		for i := range entries {
			if err := r.take(&entries[i]); err != nil {
				return err
			}
		}
	}
	return r.batch.flush()
}

// some runs a search that a limit of its own may end, and that the server may refuse.
func (s *session) some(q search) ([]entry, error) {
	var entries []entry
	_, err := s.search(q, func(e *entry) error {
		if len(entries) > q.most {
			return errEnough // the server does not keep to the limit
		}
		entries = append(entries, e.clone())
		return nil
	})
	return entries, unlessAnswered(err)
}
