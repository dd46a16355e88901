package ldap

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"

	"adbadge/model"
)

// Groups that AD protects because their members can take a domain or the forest over ("Appendix C: Protected Accounts
// and Groups in Active Directory", Microsoft). Domain controllers are left out: they are marked as such.
var (
	protectedBuiltin = [...]model.SID{ // the same in every domain
		"S-1-5-32-544", // Administrators
		"S-1-5-32-548", // Account Operators
		"S-1-5-32-549", // Server Operators
		"S-1-5-32-550", // Print Operators
		"S-1-5-32-551", // Backup Operators
		"S-1-5-32-552", // Replicator
	}
	protectedRIDs = [...]uint32{ // below the SID of a domain
		512, // Domain Admins
		518, // Schema Admins
		519, // Enterprise Admins
		526, // Key Admins
		527, // Enterprise Key Admins
	}
)

// privileged are the objects that belong to protected groups, directly or through other groups.
type privileged struct {
	groups  map[model.GUID]struct{} // the protected groups and those nested in them
	members map[model.GUID]struct{}
	// cut: there were more than maxPrivileged, and the rest was left out.
	cut bool
}

// maxPrivileged bounds how many groups and members are asked for: a directory where more accounts than that are
// privileged has no use for the mark.
const maxPrivileged = 5000

// walk finds privileged objects by small searches for objects that are named: the rule that makes the server
// follow groups itself (LDAP_MATCHING_RULE_IN_CHAIN) takes it tens of seconds in a large domain.
type walk struct {
	session *session
	found   *privileged
	asked   map[string]bool // distinguished names, in lower case
	queue   []string
}

var walkAttributes = []string{"objectClass", "objectGUID", "member"}

// privileged walks the protected groups of the domains that the server holds.
func (s *session) privileged(f *forest) (*privileged, error) {
	w := &walk{session: s, asked: map[string]bool{},
		found: &privileged{groups: map[model.GUID]struct{}{}, members: map[model.GUID]struct{}{}}}
	for i := range f.domains {
		d := &f.domains[i]
		if !d.held {
			continue
		}
		if err := w.domain(d); err != nil {
			return nil, err
		}
	}
	for len(w.queue) > 0 && !w.found.cut {
		queue := w.queue
		w.queue = nil
		if err := w.next(f, queue); err != nil {
			return nil, err
		}
	}
	return w.found, nil
}

// namesPerSearch bounds the length of a filter.
const namesPerSearch = 50

// next asks for objects by their names, some at a time. Those of domains that the server does not hold are left out.
func (w *walk) next(f *forest, queue []string) error {
	byDomain := map[string][]string{}
	for _, dn := range queue {
		at := placeOf(dn).domain
		byDomain[at] = append(byDomain[at], dn)
	}
	for i := range f.domains {
		d := &f.domains[i]
		if !d.held {
			continue
		}
		for some := range slices.Chunk(byDomain[d.DNSName.String()], namesPerSearch) {
			var filter strings.Builder
			for _, dn := range some {
				filter.WriteString("(distinguishedName=" + goldap.EscapeFilter(dn) + ")")
			}
			err := w.search(search{base: domainDN(d.DNSName.String()), scope: subtree, filter: "(|" + filter.String() + ")", attributes: walkAttributes})
			if err := unlessAnswered(err); err != nil {
				return err
			}
		}
	}
	return nil
}

// domain begins with the protected groups of a domain, and those whose primary group is one: member leaves them out.
func (w *walk) domain(d *domain) error {
	var groups, primary strings.Builder
	for _, sid := range protectedBuiltin {
		groups.WriteString(byBytes("objectSid", sid.Bytes()))
	}
	for _, rid := range protectedRIDs {
		number := strconv.FormatUint(uint64(rid), 10)
		if d.SID != "" {
			groups.WriteString(byBytes("objectSid", model.SID(string(d.SID)+"-"+number).Bytes()))
		}
		primary.WriteString("(primaryGroupID=" + number + ")")
	}
	base := domainDN(d.DNSName.String())
	for _, filter := range []string{"(&(objectClass=group)(|" + groups.String() + "))", "(|" + primary.String() + ")"} {
		err := w.search(search{base: base, scope: subtree, filter: filter, attributes: walkAttributes})
		if err := unlessAnswered(err); err != nil {
			return err
		}
	}
	return nil
}

// search takes the objects in that a search finds, and remembers the members of groups for later.
func (w *walk) search(q search) error {
	entries, err := w.session.small(q)
	if err != nil {
		return err
	}
	for i := range entries {
		e := &entries[i]
		w.asked[strings.ToLower(e.dn)] = true
		id, err := guidOf(e.first("objectGUID"))
		if err != nil || id.IsZero() {
			continue
		}
		if !slices.ContainsFunc(e.all("objectClass"), func(class string) bool { return strings.EqualFold(class, "group") }) {
			w.found.members[id] = struct{}{}
			continue
		}
		if _, again := w.found.groups[id]; again {
			continue
		}
		w.found.groups[id] = struct{}{}
		if err := w.session.complete(e); err != nil {
			return err
		}
		w.remember(e.all("member"))
	}
	return nil
}

func (w *walk) remember(members []string) {
	for _, dn := range members {
		key := strings.ToLower(dn)
		if w.asked[key] {
			continue
		}
		if len(w.asked) >= maxPrivileged {
			w.found.cut = true
			return
		}
		w.asked[key] = true
		w.queue = append(w.queue, dn)
	}
}

// isGroup reports whether a group is protected; of none that is known, none is.
func (p *privileged) isGroup(id model.GUID) bool {
	if p == nil {
		return false
	}
	_, protected := p.groups[id]
	return protected
}

// gap says that some privileged accounts are not marked.
func (p *privileged) gap() (model.Gap, bool) {
	return model.Gap{Source: model.Directory, Code: "ADB-418",
		What:   fmt.Sprintf("More than %d objects are in protected groups; the others are marked as sensitive only where adminCount says so.", maxPrivileged),
		Remedy: "Take accounts out of groups such as Domain Admins and Administrators."}, p.cut
}

// changed gives the members that only one of two walks found.
func (p *privileged) changed(next *privileged) (ids []model.GUID) {
	for id := range maps.Keys(p.members) {
		if _, still := next.members[id]; !still {
			ids = append(ids, id)
		}
	}
	for id := range maps.Keys(next.members) {
		if _, before := p.members[id]; !before {
			ids = append(ids, id)
		}
	}
	return ids
}
