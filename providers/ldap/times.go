package ldap

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// The beginnings of years in units of 100 ns since 1601, which is how AD counts (MS-DTYP 2.3.3).
const (
	filetimeOf1602     = 315360000000000
	filetimeOf1970     = 116444736000000000
	filetimeOf10000    = 2650467744000000000
	filetimesPerSecond = 10_000_000
)

// never is how nearly all accounts say that they do not expire.
const never = "9223372036854775807"

// filetime reads a FILETIME. Never (0 and the greatest number), the year 1601 and times that no calendar of Go has a
// use for come as the zero time.
func filetime(s string) (time.Time, bool) {
	if s == never {
		return time.Time{}, true
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	if n < filetimeOf1602 || n >= filetimeOf10000 {
		return time.Time{}, true
	}
	n -= filetimeOf1970
	return time.Unix(n/filetimesPerSecond, n%filetimesPerSecond*100).UTC(), true
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
	if len(s) < 15 || s[14:] != ".0Z" && s[14:] != "Z" && (s[14] != '.' || len(s) < 17 || strings.TrimLeft(s[15:], "0123456789") != "Z") {
		return time.Time{}, false
	}
	var parts [7]int // the century, then two digits each
	for i := range parts {
		tens, ones := s[2*i]-'0', s[2*i+1]-'0'
		if tens > 9 || ones > 9 {
			return time.Time{}, false
		}
		parts[i] = int(tens)*10 + int(ones)
	}
	year, month, day, hour, minute, second := parts[0]*100+parts[1], time.Month(parts[2]), parts[3], parts[4], parts[5], parts[6]
	t := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	switch {
	case t.Month() != month || t.Day() != day || hour > 23 || minute > 59 || second > 59:
		return time.Time{}, false // there is no such day or time
	case year <= 1601:
		return time.Time{}, true
	}
	return t, true
}
