package ldap

import "hash/maphash"

// circle finds out whether a server gives the same pages again and again, and remembers a single page for that (the
// algorithm of Brent for finding cycles): the first, then the second, the fourth, the eighth, and so on. On a circle,
// one of them comes again before the next is taken.
type circle struct {
	page       maphash.Hash // names on the page at hand
	objects    int
	remembered uint64
	pages, due int
}

// add takes in an object of the page at hand.
func (c *circle) add(dn string) {
	_, _ = c.page.WriteString(dn) // it never fails
	c.objects++
}

// closes ends the page at hand, and reports whether it is the remembered one once more.
func (c *circle) closes() bool {
	if c.objects == 0 {
		return false
	}
	page := c.page.Sum64()
	c.page.Reset()
	c.objects = 0
	if c.pages++; c.pages > c.due {
		c.remembered, c.due = page, 2*c.pages
		return false
	}
	return page == c.remembered
}
