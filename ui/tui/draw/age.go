package draw

import (
	"strconv"
	"time"
)

// Age says how long ago something was, in at most five cells: "8m", "6h", "212d", "3y"; "-" for the zero time.
func Age(then, now time.Time) string {
	if then.IsZero() {
		return "-"
	}
	switch age := max(now.Sub(then), 0); {
	case age < time.Minute:
		return "now"
	case age < time.Hour:
		return strconv.Itoa(int(age/time.Minute)) + "m"
	case age < 48*time.Hour:
		return strconv.Itoa(int(age/time.Hour)) + "h"
	case age < 1000*24*time.Hour:
		return strconv.Itoa(int(age/(24*time.Hour))) + "d"
	default:
		return strconv.Itoa(int(age/(365*24*time.Hour))) + "y"
	}
}

// Ago is Age in a sentence: "31 s ago", "8 min ago", "never".
func Ago(then, now time.Time) string {
	if then.IsZero() {
		return "never"
	}
	switch age := max(now.Sub(then), 0); {
	case age < time.Minute:
		return strconv.Itoa(int(age/time.Second)) + " s ago"
	case age < time.Hour:
		return strconv.Itoa(int(age/time.Minute)) + " min ago"
	case age < 48*time.Hour:
		return strconv.Itoa(int(age/time.Hour)) + " h ago"
	default:
		return strconv.Itoa(int(age/(24*time.Hour))) + " days ago"
	}
}

// Count writes a number with commas between its thousands.
func Count(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0 && s[at-1] != '-'; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
