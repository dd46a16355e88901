package ldap

import "time"

// Bounds of the first rows: few enough that they cost next to nothing.
const (
	firstUnits    = 100
	firstPerUnit  = 200
	firstWanted   = 500
	firstPatience = 2 * time.Second
	// promptly is how soon the first page comes from a server that does not compute the whole answer before.
	promptly = 500 * time.Millisecond
)

// firstRows asks for the first page. Where it takes the server long to compute, another connection hands on the accounts
// of some organizational units meanwhile: somebody waits for an empty screen to fill. It is for the first reading only.
// Nothing depends on it: all of it comes again, and a failure shows then as well.
func (r *reading) firstRows(p part) {
	if r.directory.privileged.Load() != nil || r.ask(p, "") != nil || !r.session.keepsWaiting(promptly) {
		return
	}
	other, err := r.directory.connect(r.ctx, r.session.index)
	if err != nil {
		return
	}
	defer other.close()
	converter := *r.converter
	defer func() { *r.converter = converter }() // what it counted comes again
	begin := time.Now()
	for _, base := range r.forest.bases {
		units, err := other.some(search{base: base, scope: subtree, pageSize: firstUnits,
			filter: "(objectClass=organizationalUnit)", attributes: []string{"objectGUID"}})
		if err != nil {
			return
		}
		for i := range units {
			if r.batch.handedOn >= firstWanted || time.Since(begin) > firstPatience {
				return
			}
			if !r.exclusion.is(units[i].dn) && r.firstOf(other, units[i].dn) != nil {
				return
			}
		}
	}
}

// firstOf hands on some accounts that lie directly in a unit.
func (r *reading) firstOf(s *session, unit string) error {
	entries, err := s.some(search{base: unit, scope: oneLevel, pageSize: firstPerUnit, filter: accountFilter, attributes: entityAttributes})
	if err != nil {
		return err
	}
	for i := range entries {
		if err := r.take(&entries[i]); err != nil {
			return err
		}
	}
	return r.batch.flush()
}

// some gives the first page of a search, which the server may refuse.
func (s *session) some(q search) ([]entry, error) {
	var entries []entry
	_, err := s.search(q, func(e *entry) error {
		if len(entries) == q.pageSize {
			return protocolError("a page holds more than was asked for")
		}
		entries = append(entries, e.clone())
		return nil
	})
	return entries, unlessAnswered(err)
}
