package query

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// check reads a value and gives its canonical form, or an error in one sentence.
func (f *field) check(value string, op operator) (string, error) {
	if text.Fold(value) == "" {
		return "", fmt.Errorf("%s needs a value, such as %s", f.Name, f.Example)
	}
	switch f.kind {
	case wordValue:
		return f.word(value, f.Values)
	case severityValue:
		return f.word(value, f.Values)
	case badgeValue:
		if op != is {
			return f.word(value, severities[1:])
		}
		return f.word(value, slices.Concat(f.Values, severities[1:]))
	case numberValue:
		n, err := strconv.ParseUint(value, 10, 31)
		if err != nil {
			return "", fmt.Errorf("%s takes a number, such as %s", f.Name, f.Example)
		}
		return strconv.FormatUint(n, 10), nil
	case ageValue:
		return f.age(value, op)
	case guidValue:
		id, err := model.ParseGUID(value)
		if err != nil {
			return "", fmt.Errorf("%s takes a whole GUID, such as %s", f.Name, f.Example)
		}
		return id.String(), nil
	}
	return value, nil
}

// word finds one of the words that a field takes. The beginning of a single one is enough.
func (f *field) word(value string, words []string) (string, error) {
	found := ""
	for _, word := range words {
		if strings.EqualFold(word, value) {
			return word, nil
		}
	}
	for _, word := range words {
		if len(value) <= len(word) && strings.EqualFold(word[:len(value)], value) {
			if found != "" {
				found = ""
				break
			}
			found = word
		}
	}
	if found != "" {
		return found, nil
	}
	return "", fmt.Errorf("%s takes %s, not %q%s", f.Name, strings.Join(words, ", "), value, didYouMean(value, words))
}

func (f *field) age(value string, op operator) (string, error) {
	if op == is {
		if strings.EqualFold(value, "never") {
			return "never", nil
		}
		return "", fmt.Errorf("%s takes never, or < or > and an age, such as %s", f.Name, f.Example)
	}
	if _, err := parseAge(value); err != nil {
		return "", fmt.Errorf("%s takes an age in m, h, d, w or y, such as %s", f.Name, f.Example)
	}
	return strings.ToLower(value), nil
}

// parseAge reads a number and a unit: m(inutes), h(ours), d(ays), w(eeks) or y(ears) of 365 days.
func parseAge(s string) (time.Duration, error) {
	const day = 24 * time.Hour
	if s == "" {
		return 0, fmt.Errorf("an age is missing")
	}
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': day, 'w': 7 * day, 'y': 365 * day}
	unit, ok := units[s[len(s)-1]|0x20]
	if !ok {
		return 0, fmt.Errorf("the unit of %q is not one of m, h, d, w, y", s)
	}
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 31)
	if err != nil || n > uint64(math.MaxInt64/unit) {
		return 0, fmt.Errorf("%q is no age", s)
	}
	return time.Duration(n) * unit, nil
}
