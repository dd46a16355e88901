package config

import (
	"slices"
	"strings"
)

// isLabel reports whether text can be one label of a name in the DNS.
func isLabel(text string) bool {
	if len(text) < 1 || len(text) > 63 || text[0] == '-' || text[len(text)-1] == '-' {
		return false
	}
	for _, r := range text {
		if !isLetter(r) && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}

func isLetter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }

// isDomainName reports whether text can be a verified domain of a tenant: labels, at least two, the last of which begins
// with a letter.
func isDomainName(text string) bool {
	labels := strings.Split(text, ".")
	last := labels[len(labels)-1]
	return len(labels) > 1 && !slices.ContainsFunc(labels, func(label string) bool { return !isLabel(label) }) && isLetter(rune(last[0]))
}
