package inventory

import "time"

// A moment is a time in 32 bits: 0 is none, then seconds since 1970 up to the year 2097. Any other time (directories
// hold years 1601 and 9999) stands in a list of its own, and the moment is its place there. Parts of a second are lost.
type moment uint32

const oddMoments moment = 0xF000_0000

// packTime makes a moment, adding to odd when it has to.
func packTime(t time.Time, odd []int64) (moment, []int64) {
	if t.IsZero() {
		return 0, odd
	}
	seconds := t.Unix()
	if seconds > 0 && seconds < int64(oddMoments) {
		return moment(seconds), odd
	}
	return oddMoments + moment(len(odd)), append(odd, seconds)
}

// seconds gives Unix seconds, and false for none.
func (m moment) seconds(odd []int64) (int64, bool) {
	if m >= oddMoments {
		return odd[m-oddMoments], true
	}
	return int64(m), m != 0
}

// time gives the time in UTC, zero for none.
func (m moment) time(odd []int64) time.Time {
	seconds, ok := m.seconds(odd)
	if !ok {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
