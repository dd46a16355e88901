package query

import (
	"regexp/syntax"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

// rowTest answers a condition for one row.
type rowTest func(row int) bool

// condition is a term made ready for one view.
type condition struct {
	not   bool
	test  rowTest
	words *words // set for words and patterns, which sort out many rows at once
	fuzzy *fuzzy // set for fuzzy words, which also score
	cost  int    // what is cheap is asked first
}

// compiler makes conditions for a view at a moment.
type compiler struct {
	view *inventory.View
	now  time.Time
}

const (
	cheap = iota
	moderate
	scanning
	dear
)

func (c *compiler) compile(t *term) condition {
	cond := condition{not: t.not}
	switch t.kind {
	case wordTerm:
		if test := c.qualified(t.text); test != nil {
			cond.test, cond.cost = test, moderate
			break
		}
		cond.words = newWord(c.view, t.text)
		cond.test, cond.cost = cond.words.matches, scanning
	case fuzzyTerm:
		cond.fuzzy = newFuzzy(t.text)
		cond.test, cond.cost = func(row int) bool { return cond.fuzzy.score(c.view.SearchText(row)) > 0 }, dear
	case patternTerm:
		cond.words = c.pattern(t.text)
		cond.test, cond.cost = cond.words.matches, dear
	case fieldTerm:
		cond.test = t.field.compile(c, t)
		cond.cost = cheap
		if t.field.kind == textValue {
			cond.cost = moderate
		}
	}
	return cond
}

// qualified reads a word such as CONTOSO\anna, which people paste from alerts: the domain whole, the account name in
// part. It gives nil when there is no such domain.
func (c *compiler) qualified(word string) rowTest {
	domain, account, ok := strings.Cut(word, `\`)
	if !ok {
		return nil
	}
	dnsName, ok := c.view.DomainOf(domain)
	if !ok {
		return nil
	}
	inDomain := c.values(inventory.DomainNames, func(s string) bool { return strings.EqualFold(s, dnsName) })
	named := c.named(&term{values: []string{account}}, func(row int) string { return string(c.view.SAM(row)) })
	return func(row int) bool { return inDomain(row) && named(row) }
}

// pattern looks at every text that words look at, as it is shown.
func (c *compiler) pattern(pattern string) *words {
	expression, err := compilePattern(pattern)
	if err != nil { // Parse has checked it.
		return &words{view: c.view, named: func(int) bool { return false }}
	}
	v, found := c.view, expression.MatchString // the length of every text was bounded when it came in
	w := &words{view: v, named: func(row int) bool {
		if found(string(v.Name(row))) || found(string(v.SAM(row))) {
			return true
		}
		if v.Kind(row) == model.Computer {
			return found(v.DNSName(row))
		}
		return found(v.UPN(row))
	}}
	w.findValues(func(value string) bool { return value != "" && found(value) })
	if parsed, err := syntax.Parse(expression.String(), syntax.Perl); err == nil {
		w.letters = requiredLetters(parsed)
	}
	return w
}

// values looks at each value of a dictionary once.
func (c *compiler) values(d inventory.Dictionary, wanted func(string) bool) rowTest {
	list := c.view.Values(d)
	hits := make([]bool, len(list))
	for number, value := range list {
		hits[number] = value != "" && wanted(value)
	}
	return func(row int) bool { return hits[c.view.ValueNumber(d, row)] }
}

// contains gives a test for a text that holds any of the values of a term.
func contains(t *term) func(string) bool {
	var wanted []string
	for _, value := range t.values {
		wanted = append(wanted, text.Fold(value))
	}
	return func(s string) bool {
		s = text.Fold(s)
		for _, value := range wanted {
			if strings.Contains(s, value) {
				return true
			}
		}
		return false
	}
}

// named tests a text that the search text holds too, so that most rows are sorted out without folding it.
func (c *compiler) named(t *term, read func(row int) string) rowTest {
	wanted := contains(t)
	var needles [][]byte
	for _, value := range t.values {
		needles = append(needles, []byte(text.Fold(value)))
	}
	return func(row int) bool {
		return containsAny(c.view.SearchText(row), needles) && wanted(read(row))
	}
}

func compileName(c *compiler, t *term) rowTest {
	return c.named(t, func(row int) string { return string(c.view.Name(row)) })
}

func compileSAM(c *compiler, t *term) rowTest {
	return c.named(t, func(row int) string { return string(c.view.SAM(row)) })
}

func compileUPN(c *compiler, t *term) rowTest { return c.named(t, c.view.UPN) }

func compileDNS(c *compiler, t *term) rowTest { return c.named(t, c.view.DNSName) }

func compileMail(c *compiler, t *term) rowTest {
	wanted := contains(t)
	return func(row int) bool { return wanted(c.view.Mail(row)) }
}

func compileSID(c *compiler, t *term) rowTest {
	wanted := contains(t)
	return func(row int) bool { return wanted(string(c.view.SID(row))) }
}

func compileID(c *compiler, t *term) rowTest {
	var ids []model.GUID
	for _, value := range t.values {
		if id, err := model.ParseGUID(value); err == nil {
			ids = append(ids, id)
		}
	}
	rows := map[int]bool{}
	for _, id := range ids {
		if row, ok := c.view.Find(id); ok {
			rows[row] = true
		}
	}
	return func(row int) bool { return rows[row] }
}

func compileDomain(c *compiler, t *term) rowTest {
	wanted := contains(t)
	named := map[string]bool{}
	for _, value := range t.values {
		if dnsName, ok := c.view.DomainOf(value); ok {
			named[strings.ToLower(dnsName)] = true
		}
	}
	return c.values(inventory.DomainNames, func(s string) bool { return wanted(s) || named[strings.ToLower(s)] })
}

func compileOU(c *compiler, t *term) rowTest { return c.values(inventory.OUs, contains(t)) }

func compileDepartment(c *compiler, t *term) rowTest {
	return c.values(inventory.Departments, contains(t))
}

func compileTitle(c *compiler, t *term) rowTest { return c.values(inventory.Titles, contains(t)) }

func compileSystem(c *compiler, t *term) rowTest {
	system := c.values(inventory.Systems, contains(t))
	version := c.values(inventory.SystemVersions, contains(t))
	return func(row int) bool { return system(row) || version(row) }
}
