package inventory

import "strings"

// dictionary gives each text that repeats a small number. Number 0 is the empty text.
type dictionary struct {
	numbers map[string]uint32
	values  []string
}

func newDictionary() *dictionary {
	return &dictionary{numbers: map[string]uint32{"": 0}, values: []string{""}}
}

// number finds or makes the number of a text. It keeps a copy of its own.
func (d *dictionary) number(value string) uint32 {
	if n, ok := d.numbers[value]; ok {
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

// places are the containers that entities lie in: the distinguished name and the path that screens show.
type places struct {
	numbers map[[2]string]uint32
	parents []string // distinguished name
	paths   []string // OU as model.Entity has it
}

func newPlaces() *places {
	return &places{numbers: map[[2]string]uint32{{}: 0}, parents: []string{""}, paths: []string{""}}
}

func (p *places) number(parent, path string) uint32 {
	if n, ok := p.numbers[[2]string{parent, path}]; ok {
		return n
	}
	parent, path = strings.Clone(parent), strings.Clone(path)
	n := uint32(len(p.parents))
	p.numbers[[2]string{parent, path}] = n
	p.parents = append(p.parents, parent)
	p.paths = append(p.paths, path)
	return n
}
