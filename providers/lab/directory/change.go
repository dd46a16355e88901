package directory

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"adbadge/model"
	"adbadge/providers/lab/world"
)

// What the methods that change the directory refuse.
var (
	// ErrNoObject is about an object, or a container, that does not exist.
	ErrNoObject = errors.New("directory: no such object")
	// ErrExists is about a name that is taken.
	ErrExists = errors.New("directory: an object of that name exists")
	// ErrFixed is about what stays as it is here: the names and places of groups and containers, and attributes
	// that the server keeps itself.
	ErrFixed = errors.New("directory: that cannot be changed")
)

// kept are the attributes that the server keeps itself.
var kept = [...]attr{
	objectClass, cn, name, member, memberOf, distinguishedName, instanceType, whenCreated, whenChanged, uSNCreated,
	uSNChanged, objectGUID, objectSid, sAMAccountType, objectCategory, isDeleted, lastKnownParent, invocationID,
	parentGUID, computedControl,
}

// HighestUSN gives highestCommittedUSN: that of the last change.
func (s *Server) HighestUSN() int64 { return s.store.highestUSN() }

// InvocationID identifies the domain controller's database: USNs mean something together with it only.
func (s *Server) InvocationID() model.GUID { return s.store.invocationID() }

// Restore does what clients see when the domain controller was restored from a backup or another one took its place:
// every connection is cut, the invocation id is another one, and the changes made so far have other, lower USNs. It
// gives the new invocation id.
func (s *Server) Restore() model.GUID {
	id := fixedGUID("invocation after " + s.store.invocationID().String())
	s.store.renumber(id)
	s.Disconnect()
	return id
}

// Set gives an attribute of an object other values; none removes it. Values may be anything that fits in memory,
// sensible or not.
func (s *Server) Set(id model.GUID, attribute string, values ...string) error {
	a := attributeNamed(attribute)
	if a == noAttr {
		return fmt.Errorf("directory: there is no attribute %q", attribute)
	}
	if slices.Contains(kept[:], a) {
		return fmt.Errorf("%w: %s", ErrFixed, attributes[a].name)
	}
	return s.store.change(id, func(r *record) error {
		r.set(a, values...)
		return nil
	})
}

// SetEnabled enables or disables an account.
func (s *Server) SetEnabled(id model.GUID, enabled bool) error {
	return s.store.change(id, func(r *record) error {
		flags, err := strconv.ParseInt(r.first(userAccountControl), 10, 64)
		if err != nil {
			return fmt.Errorf("%w: %s is no account", ErrFixed, r.name)
		}
		flags |= world.AccountDisabled
		if enabled {
			flags &^= world.AccountDisabled
		}
		r.set(userAccountControl, strconv.FormatInt(flags, 10))
		return nil
	})
}

// Rename gives a user, computer or other account another common name, and so another distinguished name. Display
// names stay: Set changes them.
func (s *Server) Rename(id model.GUID, commonName string) error {
	return s.store.move(id, func(r *record) (string, error) {
		_, parent, _ := cutUnescaped(r.name, ',')
		return commonName, s.store.place(r, commonName, parent)
	})
}

// Move puts a user, computer or other account into another container, which is named by its distinguished name.
func (s *Server) Move(id model.GUID, container string) error {
	return s.store.move(id, func(r *record) (string, error) {
		return r.first(name), s.store.place(r, r.first(name), container)
	})
}

// SetMember makes an object a direct member of a group, or no member of it any more. As in AD, that is a change of
// the group: the member's memberOf follows without another uSNChanged.
func (s *Server) SetMember(group, object model.GUID, in bool) error {
	return s.store.setMember(group, object, in)
}

// change edits one object and gives it the next USN.
func (s *store) change(id model.GUID, edit func(*record) error) error {
	s.overlay.changing.Lock()
	defer s.overlay.changing.Unlock()
	e, ok := s.identified(id)
	if !ok || e.deleted {
		return fmt.Errorf("%w: %s", ErrNoObject, id)
	}
	r := readRecord(&e)
	if err := edit(r); err != nil {
		return err
	}
	s.publish(e.number, r, false)
	return nil
}

// move edits the name of an object, and of what refers to it.
func (s *store) move(id model.GUID, edit func(*record) (commonName string, err error)) error {
	var before, after string
	err := s.change(id, func(r *record) error {
		before = r.name
		commonName, err := edit(r)
		if err != nil {
			return err
		}
		after = r.name
		r.set(name, commonName)
		r.set(cn, commonName)
		return nil
	})
	if err != nil {
		return err
	}
	s.overlay.changing.Lock()
	defer s.overlay.changing.Unlock()
	s.repoint(before, after)
	return nil
}

// place puts a record under a container by its name.
func (s *store) place(r *record, commonName, container string) error {
	if !r.is("person") { // users, computers, contacts and managed service accounts are persons
		return fmt.Errorf("%w: the name of %s", ErrFixed, r.name)
	}
	n, err := s.containerNamed(container)
	if err != nil {
		return err
	}
	parent := s.original(n)
	if commonName == "" {
		return errors.New("directory: an object needs a name")
	}
	full := "CN=" + escaped(commonName) + "," + string(parent.name)
	if _, taken := s.find(full); taken && !strings.EqualFold(r.name, full) {
		return fmt.Errorf("%w: %s", ErrExists, full)
	}
	r.name, r.parent = full, uint16(n)
	return nil
}

// containerNamed finds what may hold accounts: a domain, a unit or a container.
func (s *store) containerNamed(dn string) (uint32, error) {
	canonical, ok := canonicalDN(dn)
	n, found := s.byName[strings.ToLower(canonical)]
	if !ok || !found || slices.Contains(s.tombs, n) {
		return 0, fmt.Errorf("%w: %s", ErrNoObject, dn)
	}
	e := s.original(n)
	if r := readRecord(&e); !r.is("organizationalUnit") && !r.is("container") && !r.is("domain") && !r.is("builtinDomain") {
		return 0, fmt.Errorf("%w: %s holds nothing", ErrFixed, dn)
	}
	return n, nil
}

// identified finds an entry by its objectGUID.
func (s *store) identified(id model.GUID) (entry, bool) {
	for _, n := range s.candidates(objectGUID, id[:]) {
		e := s.entry(n)
		if held, _, _ := cut(e.values(objectGUID)); string(held) == string(id[:]) {
			return e, true
		}
	}
	return entry{}, false
}

// repoint makes the managers of others follow a new name; with none they have no manager any more. Nobody's USN
// changes by that.
func (s *store) repoint(before, after string) {
	if before == after {
		return
	}
	for n := range uint32(s.size()) {
		e := s.entry(n)
		if held, _, ok := cut(e.values(manager)); ok && strings.EqualFold(string(held), before) {
			r := readRecord(&e)
			r.put(manager, after)
			s.publish(n, r, true)
		}
	}
}

func (s *store) setMember(group, object model.GUID, in bool) error {
	s.overlay.changing.Lock()
	defer s.overlay.changing.Unlock()
	g, ok := s.identified(group)
	e, found := s.identified(object)
	at, isGroup := s.groupAt[g.number]
	if !ok || !found || !isGroup || e.deleted {
		return fmt.Errorf("%w: group %s or member %s", ErrNoObject, group, object)
	}
	members := slices.Clone(s.membersOf(at))
	if slices.Contains(members, e.number) == in {
		return nil
	}
	r := readRecord(&e)
	if in {
		members = append(members, e.number)
		r.values[memberOf] = append(r.values[memberOf], g.name)
	} else {
		members = slices.DeleteFunc(members, func(n uint32) bool { return n == e.number })
		r.values[memberOf] = slices.DeleteFunc(r.values[memberOf], func(v []byte) bool { return string(v) == string(g.name) })
	}
	s.replaceMembers(at, members)
	s.publish(e.number, r, true)
	of := readRecord(&g)
	of.touched[member] = true
	of.links = []link{{member: e.number, gone: !in}}
	s.publish(g.number, of, false)
	return nil
}

func (s *store) replaceMembers(group int, members []uint32) {
	s.overlay.mu.Lock()
	defer s.overlay.mu.Unlock()
	s.overlay.members[group] = members
}
