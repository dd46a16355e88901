package directory

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"adbadge/model"
	"adbadge/providers/lab/world"
)

// Addition is an object to add.
type Addition struct {
	// Class is "user", "computer" or "contact"; empty: "user".
	Class string
	// Container is the distinguished name of what holds it.
	Container string
	// Name is its common name.
	Name string
	// Attributes are further ones by name. An account gets a sAMAccountName, a userAccountControl and the like by
	// itself where they are missing.
	Attributes map[string][]string
}

// addedRID is the relative identifier of the first account that is added; the made-up world's lie far below it.
const addedRID = 600_000_000

// Add adds an object and gives its objectGUID.
func (s *Server) Add(a Addition) (model.GUID, error) {
	st := s.store
	st.overlay.changing.Lock()
	defer st.overlay.changing.Unlock()
	n := uint32(st.size())
	r := &record{added: true}
	class := cmp.Or(a.Class, "user")
	classes := map[string][]string{
		"user":     {"top", "person", "organizationalPerson", "user"},
		"computer": {"top", "person", "organizationalPerson", "user", "computer"},
		"contact":  {"top", "person", "organizationalPerson", "contact"},
	}[class]
	if classes == nil {
		return model.GUID{}, fmt.Errorf("directory: objects of class %q cannot be added", class)
	}
	r.set(objectClass, classes...)
	if err := st.place(r, a.Name, a.Container); err != nil {
		return model.GUID{}, err
	}
	id := fixedGUID(strconv.Itoa(int(n)) + " " + r.name)
	r.set(cn, a.Name)
	r.set(name, a.Name)
	r.set(instanceType, strconv.Itoa(writable))
	r.set(whenCreated, s.options.Now().UTC().Format(stampLayout))
	r.set(objectGUID, string(id[:]))
	if class != "contact" {
		st.setAccount(r, class, n)
	}
	r.set(objectCategory, "CN="+categories[class]+",CN=Schema,CN=Configuration,"+st.root)
	for given, values := range a.Attributes {
		known := attributeNamed(given)
		if known == noAttr || slices.Contains(kept[:], known) {
			return model.GUID{}, fmt.Errorf("%w: %s", ErrFixed, given)
		}
		r.set(known, values...)
	}
	st.publish(n, r, false)
	return id, nil
}

// setAccount gives a new record what makes it an account.
func (s *store) setAccount(r *record, class string, n uint32) {
	sid := slices.Clone(s.sids[s.domainOf(uint32(r.parent))])
	binary.LittleEndian.PutUint32(sid[len(sid)-4:], addedRID+n)
	account, kind, group, flags := r.first(cn), typeUser, 513, world.NormalAccount
	if class == "computer" {
		account, kind, group, flags = account+"$", typeMachine, 515, world.WorkstationTrustAccount
	}
	r.set(objectSid, string(sid))
	r.set(sAMAccountName, account)
	r.set(sAMAccountType, strconv.Itoa(kind))
	r.set(userAccountControl, strconv.Itoa(flags))
	r.set(primaryGroupID, strconv.Itoa(group))
	r.set(accountExpires, strconv.Itoa(neverExpires))
	r.set(pwdLastSet, strconv.FormatInt(fileTime(s.now()), 10))
}

// domainOf tells which domain a fixed entry lies in: the heads of the domains are the first entries.
func (s *store) domainOf(fixed uint32) int {
	for s.fixed.parents[fixed] != noParent {
		fixed = uint32(s.fixed.parents[fixed])
	}
	return int(fixed)
}
