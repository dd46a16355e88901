package model

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"adbadge/model/text"
)

// count gives a number with its noun: "1 sensor", "4 sensors".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// some lists the first few of many names.
func some(names []text.Line) string {
	const few = 4
	var listed []string
	for _, name := range names[:min(few, len(names))] {
		listed = append(listed, name.String())
	}
	line := strings.Join(listed, ", ")
	if more := len(names) - few; more > 0 {
		line += fmt.Sprintf(" and %d more", more)
	}
	return line
}

// roughly gives a duration in its largest unit.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}

// lowerFirst makes "The directory ..." fit into the middle of a sentence; names of products stay.
func lowerFirst(s string) string {
	if !strings.HasPrefix(s, "The ") {
		return s
	}
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}

// upperFirst begins a sentence.
func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// trimStop takes the full stop from a sentence, for titles.
func trimStop(s string) string { return strings.TrimSuffix(s, ".") }
