package query

import (
	"slices"
	"strings"
	"time"

	"adbadge/model/inventory"
	"adbadge/model/text"
)

// narrows reports whether every row that matches q on v is among those of r, so that only they need to be looked at.
// That is so while a person types on: words get longer, conditions are added.
func (r *Result) narrows(v *inventory.View, q Query, now time.Time) bool {
	if r.view != v || r.matches == nil || len(r.query.terms) > len(q.terms) {
		return false
	}
	for i := range r.query.terms {
		if !r.query.terms[i].impliedBy(&q.terms[i], now.Equal(r.now)) {
			return false
		}
	}
	return true
}

// impliedBy reports whether every row that matches other matches t.
func (t *term) impliedBy(other *term, sameMoment bool) bool {
	if t.not != other.not || t.kind != other.kind || t.field != other.field || t.op != other.op {
		return false
	}
	switch {
	case t.kind == fieldTerm:
		ages := t.field.kind == ageValue && t.op != is
		return slices.Equal(t.values, other.values) && (sameMoment || !ages)
	case t.not, t.kind == patternTerm:
		return t.text == other.text
	case t.kind == fuzzyTerm:
		return isSubsequence(text.Fold(t.text), text.Fold(other.text))
	}
	return impliedWord(t.text, other.text)
}

// impliedWord reports whether every row that holds the longer word holds the shorter one. A word with a domain before
// it is looked for in another way than one without.
func impliedWord(short, long string) bool {
	domain, _, qualified := strings.Cut(short, `\`)
	otherDomain, _, otherQualified := strings.Cut(long, `\`)
	if qualified != otherQualified || qualified && domain != otherDomain {
		return false
	}
	return strings.Contains(text.Fold(long), text.Fold(short))
}

func isSubsequence(short, long string) bool {
	for _, r := range short {
		at := strings.IndexRune(long, r)
		if at < 0 {
			return false
		}
		long = long[at+len(string(r)):]
	}
	return true
}
