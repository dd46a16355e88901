package directory

import (
	"fmt"
	"slices"

	"adbadge/model"
)

// tombstoned are the attributes that a deleted object keeps (MS-ADTS 3.1.1.5.5.1.1). Category and account type go, so
// that a filter on them finds no deleted object.
var tombstoned = [...]attr{
	objectClass, cn, name, instanceType, whenCreated, whenChanged, uSNCreated, uSNChanged, objectGUID, objectSid,
	sAMAccountName, userAccountControl, dNSHostName, groupType, systemFlags, isDeleted, lastKnownParent,
}

// Delete deletes a user, computer or other account. What is left of it lies in Deleted Objects, where only those see
// it who may and ask.
func (s *Server) Delete(id model.GUID) error {
	var before string
	st := s.store
	err := st.change(id, func(r *record) error {
		if !r.is("person") {
			return fmt.Errorf("%w: %s", ErrFixed, r.name)
		}
		before = r.name
		holder := st.original(uint32(r.parent))
		for a := range attrCount {
			if !slices.Contains(tombstoned[:], a) {
				r.values[a] = nil
			}
		}
		head := st.domainOf(uint32(r.parent))
		tomb := st.original(st.tombs[head])
		commonName := r.first(name) + "\nDEL:" + id.String()
		r.name, r.parent, r.deleted = "CN="+escaped(commonName)+","+string(tomb.name), uint16(st.tombs[head]), true
		r.set(isDeleted, "TRUE")
		r.set(lastKnownParent, string(holder.name))
		r.set(name, commonName)
		r.set(cn, commonName)
		return nil
	})
	if err != nil {
		return err
	}
	st.forget(id, before)
	return nil
}

// forget takes a deleted object out of groups and out of what refers to it. Groups do not change by that.
func (s *store) forget(id model.GUID, before string) {
	s.overlay.changing.Lock()
	defer s.overlay.changing.Unlock()
	if e, ok := s.identified(id); ok {
		for g := range s.groups {
			if members := s.membersOf(g); slices.Contains(members, e.number) {
				s.replaceMembers(g, slices.DeleteFunc(slices.Clone(members), func(n uint32) bool { return n == e.number }))
			}
		}
	}
	s.repoint(before, "")
}

// encodeTombs encodes the container of the deleted objects of a domain.
func (s *store) encodeTombs(e *encoder, base string) {
	dn := "CN=Deleted Objects," + base
	n := s.addFixed(e, dn, base)
	s.tombs = append(s.tombs, n)
	e.strings(objectClass, "top", "container")
	e.strings(cn, "Deleted Objects")
	e.strings(description, "Default container for deleted objects")
	e.identity("Deleted Objects", fixedUSN(int(n)), "20160321091240.0Z", "20160321091240.0Z")
	guid := fixedGUID(dn)
	e.bytes(objectGUID, guid[:])
	e.category("Container")
	e.strings(isCriticalSystemObject, "TRUE")
	e.strings(isDeleted, "TRUE")
}
