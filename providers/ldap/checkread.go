package ldap

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// Differences of the clocks that are worth a word, and that Kerberos refuses (RFC 4120, 3.1.3, and the default of AD).
const (
	clockNoticed = time.Minute
	clockRefused = 5 * time.Minute
)

// clock reads what the server says about itself, and compares its time with ours.
func (x *examination) clock() finding {
	begin := x.directory.now()
	var err error
	if x.root, err = x.session.root(append([]string{"currentTime", "dnsHostName"}, rootAttributes...)); err != nil {
		return x.failed(err, x.session.server)
	}
	x.session.about = x.root
	theirs, ok := generalizedTime(x.root.first("currentTime"))
	if !ok || theirs.IsZero() {
		return passed("the server does not tell its time").doubtful("Check that the address is the one of a domain controller.")
	}
	ours := begin.Add(x.directory.now().Sub(begin) / 2)
	off, way := theirs.Sub(ours), "ahead of"
	if off < 0 {
		off, way = -off, "behind"
	}
	if off < clockNoticed { // its time comes in whole seconds
		return passed("the clock of %s is right to the minute", x.host())
	}
	f := passed("the clock of %s is %s %s this one", x.host(), off.Round(time.Second), way)
	if off < clockRefused {
		return f.doubtful("Set both clocks by the same time server; Kerberos refuses more than 5 minutes.")
	}
	return f.doubtful("Set both clocks by the same time server: Kerberos is refused, and ages are shown wrong.")
}

// host names the server as it names itself.
func (x *examination) host() string {
	if name := x.root.first("dnsHostName"); name != "" {
		return show(name)
	}
	return x.session.server.String()
}

// namingContexts finds out what is to be read and tries each part.
func (x *examination) namingContexts() finding {
	f, err := x.session.forest(x.directory.bases)
	if err != nil {
		return x.failed(err, x.session.server)
	}
	var seen, remedies []string
	for _, base := range f.bases {
		_, err := x.session.small(search{base: base, scope: baseObject, filter: "(objectClass=*)", attributes: []string{"1.1"}})
		if result, answered := errors.AsType[*resultError](err); answered {
			_, why, remedy := resultWords(result)
			seen = append(seen, fmt.Sprintf("%s cannot be read: %s", show(base), why))
			remedies = append(remedies, remedy)
			continue
		}
		if err != nil {
			return x.failed(err, x.session.server)
		}
		x.bases = append(x.bases, base)
		seen = append(seen, "reads "+show(base))
	}
	for _, name := range x.directory.excluded {
		_, err := x.session.small(search{base: name, scope: baseObject, filter: "(objectClass=*)", attributes: []string{"1.1"}})
		switch {
		case err != nil && !isAnswer(err):
			return x.failed(err, x.session.server)
		case err != nil:
			seen = append(seen, fmt.Sprintf("%s is not there", show(name)))
			remedies = append(remedies, "Check exclude_ous under [directory].")
		default:
			seen = append(seen, "leaves out "+show(name))
		}
	}
	seen = append(seen, "the server holds "+show(strings.Join(x.root.all("namingContexts"), "; ")))
	result := passed("%s", strings.Join(seen, "; "))
	switch missing := notHeld(f); {
	case len(x.bases) == 0:
		result.verdict, result.remedy = model.Failed, remedies[0]
	case len(remedies) > 0:
		return result.doubtful(remedies[0])
	case f.assumed && len(missing) > 0:
		result.seen += "; not " + strings.Join(missing, ", ")
		return result.doubtful("Name the domains to read in base_dns under [directory], or a server that holds the others.")
	}
	return result
}

// notHeld gives the domains of the forest that the server does not hold.
func notHeld(f *forest) (names []string) {
	for _, d := range f.domains {
		if !d.held {
			names = append(names, d.DNSName.String())
		}
	}
	return names
}

// probePage is the size of the pages that are tried: small, so that also a small directory has more than one.
const probePage = 5

// paging asks for two small pages of users, which serve as samples for the next step.
func (x *examination) paging() finding {
	cookie, before := "", 0
	for page := 1; page <= 2; page++ {
		before = len(x.samples)
		o, err := x.session.search(search{
			base: x.bases[0], scope: subtree, filter: userFilter, attributes: probed, pageSize: probePage, cookie: cookie,
		}, func(e *entry) error {
			x.samples = append(x.samples, e.clone())
			return nil
		})
		switch {
		case err != nil:
			return x.failed(err, x.session.server)
		case !o.paged:
			return passed("the server ignores pages").doubtful("Name a domain controller in servers under [directory]; long answers may be cut off here.")
		case page == 1 && o.cookie == "":
			return passed("one page holds all: %s", howMany(len(x.samples), "user"))
		}
		cookie = o.cookie
	}
	for _, again := range x.samples[before:] {
		if slices.ContainsFunc(x.samples[:before], func(e entry) bool { return e.dn == again.dn }) {
			return finding{model.Failed, "the second page repeats the first", "Check that the address is the one of a domain controller."}
		}
	}
	return passed("two pages came, with different users")
}

// probed are the attributes that samples are asked for.
var probed = append([]string{"uSNChanged"}, needed[:]...)

// needed are the attributes that a badge and the list depend on, and that every account has.
var needed = [...]string{"objectGUID", "objectSid", "sAMAccountName", "userAccountControl", "whenCreated"}

// rights looks at what could be read of the samples, and of computers.
func (x *examination) rights() finding {
	computers := 0
	_, err := x.session.search(search{
		base: x.bases[0], scope: subtree, filter: computerFilter, attributes: probed, pageSize: probePage,
	}, func(e *entry) error {
		computers++
		x.samples = append(x.samples, e.clone())
		return nil
	})
	if err != nil {
		return x.failed(err, x.session.server)
	}
	users := len(x.samples) - computers
	var hidden []string
	for _, name := range needed {
		if !slices.ContainsFunc(x.samples, func(e entry) bool { return e.first(name) != "" }) {
			hidden = append(hidden, name)
		}
	}
	const grant = "Give the account the right to list and read users and computers, with all their properties."
	switch {
	case len(x.samples) == 0:
		return finding{model.Failed, "no user and no computer is visible below " + show(x.bases[0]), grant + " Check base_dns under [directory] too."}
	case len(hidden) > 0:
		return passed("of users and computers, %s cannot be read", strings.Join(hidden, ", ")).doubtful(grant)
	case users == 0 || computers == 0:
		return passed("only %s are visible below %s", map[bool]string{true: "computers", false: "users"}[users == 0], show(x.bases[0])).doubtful(
			"That is right if base_dns under [directory] holds nothing else.")
	}
	return passed("users and computers can be read, with the attributes that count")
}

// deletedObjects finds out whether deletions can be seen. That an account may not is the rule, and no fault.
func (x *examination) deletedObjects() finding {
	domain := x.domain()
	o, err := x.session.search(search{
		base: "CN=Deleted Objects," + domain, scope: oneLevel, filter: "(isDeleted=TRUE)", attributes: []string{"1.1"},
		pageSize: 1, controls: []string{showDeleted},
	}, func(*entry) error { return nil })
	_, answered := errors.AsType[*resultError](err)
	switch {
	case err != nil && !answered:
		return x.failed(err, x.session.server)
	case o.entries > 0:
		return passed("the account sees deleted objects of %s: deletions are noticed at once", show(domain))
	}
	return passed("the account sees no deleted objects of %s, as is usual: deletions are found by comparing", show(domain))
}

// domain gives the DN of the domain of the first part that is read.
func (x *examination) domain() string { return domainDN(placeOf(x.bases[0]).domain) }

// changeTracking finds out how changes will be asked for, in the way in which a reading does.
func (x *examination) changeTracking() finding {
	now, err := x.session.position()
	if err == nil && now == (position{}) {
		return passed("what has changed cannot be told, so that every refresh reads everything").doubtful(
			"Give the account the right to read invocationId of the server's NTDS Settings.")
	}
	var state syncState
	if err == nil {
		state, err = x.session.enter(x.domain(), syncState{})
	}
	hidden := !slices.ContainsFunc(x.samples, func(e entry) bool { return e.first("uSNChanged") != "" })
	switch {
	case err == nil && state.Flags == syncReplication:
		return passed("changes are asked for by DirSync, with the right to replicate, which shows deletions too")
	case err == nil:
		return passed("changes are asked for by DirSync, for what the account may see")
	case x.ctx.Err() != nil || !isAnswer(err):
		return x.failed(err, x.session.server)
	case hidden:
		return passed("what has changed cannot be told, so that every refresh reads everything").doubtful(
			"Give the account the right to read uSNChanged.")
	}
	return passed("changes are asked for by uSNChanged, which stands at %d; DirSync is not open to the account, and not needed", now.usn)
}

// counts reads the whole directory as a refresh does.
func (x *examination) counts() finding {
	begin := time.Now()
	users, computers := 0, 0
	seen := map[model.GUID]struct{}{} // an entity may come again
	gaps, err := x.directory.Entities(x.ctx, func(batch []model.Entity) error {
		for i := range batch {
			if _, again := seen[batch[i].ID]; again {
				continue
			}
			seen[batch[i].ID] = struct{}{}
			if batch[i].Kind == model.Computer {
				computers++
			} else {
				users++
			}
		}
		return nil
	})
	found := howMany(users, "user") + " and " + howMany(computers, "computer")
	if left := x.directory.excluded; len(left) > 0 {
		found += ", without those in " + show(strings.Join(left, "; "))
	}
	f := passed("%s, read in %s", found, time.Since(begin).Round(time.Millisecond))
	if err != nil && x.ctx.Err() != nil && users+computers > 0 {
		f.seen = found + " until the time limit ended the reading"
		return f.doubtful("Raise --timeout to count them all.")
	}
	if err != nil {
		return x.failed(err, x.session.server)
	}
	for _, gap := range gaps {
		f.seen += "; " + strings.TrimSuffix(text.Clean(gap.What).String(), ".")
		f = f.doubtful(gap.Remedy)
	}
	return f
}

func howMany(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
