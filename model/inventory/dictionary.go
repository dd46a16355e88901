package inventory

import "strings"

// dictionary gives each text that repeats a small number. Number 0 is the empty text.
type dictionary struct {
	numbers map[string]uint32
	values  []string
	last    uint32 // number that was given last: neighbours are often alike
}

func newDictionary() *dictionary {
	return &dictionary{numbers: map[string]uint32{"": 0}, values: []string{""}}
}

// dictionaryOf makes a dictionary that goes on from a snapshot; without one it begins anew.
func dictionaryOf(values []string) *dictionary {
	if len(values) == 0 {
		return newDictionary()
	}
	d := &dictionary{numbers: make(map[string]uint32, len(values)), values: values}
	for n, value := range values {
		d.numbers[value] = uint32(n)
	}
	return d
}

// number finds or makes the number of a text. It keeps a copy of its own.
func (d *dictionary) number(value string) uint32 {
	if d.values[d.last] == value {
		return d.last
	}
	if n, ok := d.numbers[value]; ok {
		d.last = n
		return n
	}
	value = strings.Clone(value)
	n := uint32(len(d.values))
	d.numbers[value] = n
	d.values = append(d.values, value)
	return n
}

// snapshot gives the values so far. Later ones do not touch them.
func (d *dictionary) snapshot() []string { return d.values[:len(d.values):len(d.values)] }

// pairs is a dictionary of two texts that go together, such as an operating system and its version.
type pairs struct {
	numbers       map[[2]string]uint32
	first, second []string
	last          uint32 // number that was given last: neighbours are often alike
}

func newPairs() *pairs {
	return &pairs{numbers: map[[2]string]uint32{{}: 0}, first: []string{""}, second: []string{""}}
}

// pairsOf makes pairs that go on from a snapshot.
func pairsOf(first, second []string) *pairs {
	p := &pairs{numbers: make(map[[2]string]uint32, len(first)), first: first, second: second}
	for n := range first {
		p.numbers[[2]string{first[n], second[n]}] = uint32(n)
	}
	return p
}

// number finds or makes the number of a pair. It keeps copies of its own.
func (p *pairs) number(first, second string) uint32 {
	if p.first[p.last] == first && p.second[p.last] == second {
		return p.last
	}
	if n, ok := p.numbers[[2]string{first, second}]; ok {
		p.last = n
		return n
	}
	first, second = strings.Clone(first), strings.Clone(second)
	n := uint32(len(p.first))
	p.numbers[[2]string{first, second}] = n
	p.first = append(p.first, first)
	p.second = append(p.second, second)
	return n
}

// snapshot gives the values so far. Later ones do not touch them.
func (p *pairs) snapshot() (first, second []string) {
	n := len(p.first)
	return p.first[:n:n], p.second[:n:n]
}
