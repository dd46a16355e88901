package ldap

import (
	"math"
	"strconv"
	"time"
)

// filetimeOf1970 is the Unix epoch in units of 100 ns since 1601, which is how AD counts (MS-DTYP 2.3.3).
const (
	filetimeOf1970     = 116444736000000000
	filetimesPerSecond = 10_000_000
)

// filetime reads a FILETIME. Never (0 and the greatest number), the year 1601 and times that no calendar of Go has a
// use for come as the zero time.
func filetime(s string) (time.Time, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	if n <= 0 || n == math.MaxInt64 {
		return time.Time{}, true
	}
	n -= filetimeOf1970
	t := time.Unix(n/filetimesPerSecond, n%filetimesPerSecond*100).UTC()
	if t.Year() <= 1601 || t.Year() > 9999 {
		return time.Time{}, true
	}
	return t, true
}

// interval reads a length of time, which AD stores as a negative number of 100 ns. Zero and the smallest number mean
// "without end", which comes as zero, as does one that is longer than a time.Duration.
func interval(s string) (time.Duration, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		return 0, false
	case n > 0 || n < -math.MaxInt64/100:
		return 0, true
	}
	return time.Duration(-n * 100), true
}

// generalizedTime reads whenCreated: "20260102030405.0Z" (RFC 4517, 3.3.13, in the form that AD writes).
func generalizedTime(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	for _, layout := range []string{"20060102150405.0Z", "20060102150405Z", "20060102150405.000Z"} {
		if t, err := time.Parse(layout, s); err == nil {
			if t.Year() <= 1601 {
				return time.Time{}, true
			}
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
