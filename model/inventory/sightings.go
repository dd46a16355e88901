package inventory

import "maps"

// sightings say where users were seen.
type sightings struct {
	logons    Logons
	rows      []uint32            // row of each logon, or noRow
	newest    []uint32            // number of the newest logon of each row plus one, or 0
	doubts    map[uint32][]*doubt // by logon
	contested map[uint32]bool     // rows that they are about
}

// logonChanges says what differs between one sightings and the next.
type logonChanges struct {
	whole bool     // everything may
	rows  []uint32 // whose newest logon or doubts may be other ones
}

// next gives the sightings for other logons, or after entities have changed.
func (s *sightings) next(t *Table, logons Logons, rows *rowChanges) (*sightings, *logonChanges) {
	changed, comparable := logons.changedSince(&s.logons.list)
	if !comparable || rows.whole || isMuch(len(changed), logons.Len()) {
		all := &sightings{logons: logons, rows: make([]uint32, logons.Len()), newest: make([]uint32, t.rows)}
		all.lookAt(t, allNumbers(logons.Len()))
		all.findNewest(func(uint32) bool { return true })
		return all, &logonChanges{whole: true}
	}
	looked := union(changed, logons.touched(&rows.keys))
	if len(looked) == 0 && t.rows == len(s.newest) {
		return s, &logonChanges{}
	}
	next := &sightings{logons: logons, rows: make([]uint32, logons.Len()), newest: make([]uint32, t.rows), doubts: maps.Clone(s.doubts)}
	copy(next.rows, s.rows)
	copy(next.newest, s.newest)
	var affected []uint32
	for _, number := range looked {
		delete(next.doubts, number)
		if int(number) < len(s.rows) {
			affected = append(affected, s.rows[number])
		}
	}
	affected = append(affected, next.lookAt(t, looked)...)
	affected = union(affected)
	for _, row := range affected {
		if int(row) < t.rows {
			next.newest[row] = 0
		}
	}
	next.findNewest(func(row uint32) bool { return contains(affected, row) })
	return next, &logonChanges{rows: union(affected, differing(s.contested, next.contested))}
}

// lookAt finds the users of logons, and gives their rows.
func (s *sightings) lookAt(t *Table, numbers []uint32) (rows []uint32) {
	e := newEvidence(t, nil, s.doubts)
	for _, number := range numbers {
		if int(number) >= s.logons.Len() {
			continue
		}
		l := s.logons.logon(number)
		row, ok := e.logon(&l)
		if !ok {
			row = noRow
		}
		s.rows[number] = row
		rows = append(rows, row)
		if len(e.doubts) > 0 {
			if s.doubts == nil {
				s.doubts = map[uint32][]*doubt{}
			}
			s.doubts[number] = e.doubts
		}
	}
	s.contested = doubtful(s.doubts)
	return rows
}

// findNewest finds the newest logons of some rows. Of several at the same time it is the first.
func (s *sightings) findNewest(wanted func(row uint32) bool) {
	for i, row := range s.rows {
		if row == noRow || !wanted(row) {
			continue
		}
		number := uint32(i)
		if have := s.newest[row]; have == 0 || s.logons.facts(have-1).at.before(s.logons.facts(number).at) {
			s.newest[row] = number + 1
		}
	}
}
