package ldap

import (
	"slices"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"
)

// exclusion knows the containers whose users and computers are left out. It belongs to one reading. A filter cannot say
// where an object lies, so that it is looked at when it comes.
type exclusion struct {
	names []*goldap.DN
	known map[string]bool // by DN of the container
}

func (d *Directory) exclusion() *exclusion {
	x := &exclusion{known: map[string]bool{}}
	for _, name := range d.excluded {
		if parsed, err := goldap.ParseDN(name); err == nil { // as New has seen
			x.names = append(x.names, parsed)
		}
	}
	return x
}

// holds reports whether an object lies in such a container. Most objects share their container with others.
func (x *exclusion) holds(dn string) bool {
	if len(x.names) == 0 {
		return false
	}
	_, container := splitDN(dn)
	held, known := x.known[container]
	if !known {
		held = x.is(container)
		if len(x.known) >= maxPlaces {
			clear(x.known)
		}
		x.known[strings.Clone(container)] = held
	}
	return held
}

// is reports whether a container is such a one, or lies in one.
func (x *exclusion) is(container string) bool {
	parsed, err := goldap.ParseDN(container)
	return err == nil && slices.ContainsFunc(x.names, func(name *goldap.DN) bool {
		return name.EqualFold(parsed) || name.AncestorOfFold(parsed)
	})
}
