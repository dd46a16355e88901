package config

import (
	"fmt"
	"strings"
)

// didYouMean gives ` (did you mean "refresh"?)` for the word nearest to a mistyped one, or nothing when none is near.
func didYouMean(word string, words []string) string {
	if len(word) > 64 {
		return ""
	}
	best, nearest := "", len(word)/3+1
	for _, candidate := range words {
		if d := distance(strings.ToLower(word), candidate); d <= nearest && d < len(candidate) {
			if best == "" || d < nearest {
				best, nearest = candidate, d
			}
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// distance counts the bytes to insert, delete, replace or swap with a neighbour that make b of a.
func distance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := before
		before, row = row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(before[j+1]+1, row[j]+1, before[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], last[j-1]+1)
			}
		}
	}
	return row[len(b)]
}

// oneOf lists words in a message: `"auto", "dark" or "light"`.
func oneOf(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	last := len(quoted) - 1
	if last == 0 {
		return quoted[0]
	}
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
