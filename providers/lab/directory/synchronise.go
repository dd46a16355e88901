package directory

import (
	"context"
	"slices"
	"strings"
)

// syncPass is one answer to a DirSync search.
type syncPass struct {
	store  *store
	query  *search
	scope  *cursor
	hidden bool // deleted objects are not shown
	buffer []byte
	sent   int
	bytes  int
	limit  int // bytes
}

// synchronise answers a search with the DirSync control: first all objects, a part at a time, and then what has
// changed.
func (c *conn) synchronise(ctx context.Context, q *search, who *account) {
	done := func(code resultCode, text string) { c.write(result(q.id, answerDone, code, "", text)) }
	if c.server.faults.Load().RefuseDirSync {
		done(unavailableCriticalExtension, unknownControl)
		return
	}
	s := c.server.store
	head, at, code, text := s.beginSync(q, who)
	if code != success {
		done(code, text)
		return
	}
	limit := maxSyncBytes
	if q.sync.most > 0 {
		limit = min(limit, q.sync.most)
	}
	p := &syncPass{store: s, query: q, hidden: !who.replicates, limit: limit, scope: s.begin(q, head)}
	var more bool
	if at.full {
		more = p.all(ctx, &at)
	} else {
		more = p.changes(ctx, &at)
	}
	cutAfter := c.server.faults.Load().CutAfterEntries
	switch {
	case cutAfter > 0 && c.sent.Add(int64(p.sent)) >= int64(cutAfter):
		c.write(p.buffer)
		c.cut()
	case ctx.Err() == context.DeadlineExceeded:
		done(timeLimitExceeded, "00000000: SvcErr: DSID-03140316, problem 5001 (BUSY), data 0\n")
	case ctx.Err() == nil: // otherwise abandoned
		c.write(append(p.buffer, resultWith(q.id, answerDone, success, "", "", nil, syncAnswer(more, &at))...))
	}
}

// beginSync finds where a search stands, or why it cannot be answered.
func (s *store) beginSync(q *search, who *account) (head uint32, at syncCookie, code resultCode, text string) {
	refuse := func(code resultCode, text string) (uint32, syncCookie, resultCode, string) { return 0, at, code, text }
	const denied = "00002105: SecErr: DSID-03200A06, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0\n"
	secured := q.sync.flags&syncObjectSecurity != 0
	base, ok := s.resolveBase(q.base)
	n, found := s.byName[strings.ToLower(base)]
	switch {
	case !q.sync.critical:
		return refuse(protocolError, "00000057: LdapErr: DSID-0C0907FB, comment: The control must be critical, data 0, v4563")
	case !ok || !found || s.fixed.parents[n] != noParent:
		if secured {
			return refuse(unwillingToPerform, "000020F7: SvcErr: DSID-0314014C, problem 5003 (WILL_NOT_PERFORM), data 0\n")
		}
		return refuse(insufficientAccessRights, denied)
	case !secured && !who.replicates:
		return refuse(insufficientAccessRights, denied)
	case q.scope != scopeSubtree:
		return refuse(unwillingToPerform, "00002035: SvcErr: DSID-0314014D, problem 5003 (WILL_NOT_PERFORM), data 0\n")
	}
	fresh := syncCookie{head: n, full: true, until: s.highestUSN(), invocation: s.invocationID()}
	if len(q.sync.cookie) == 0 {
		return n, fresh, success, ""
	}
	at, err := decodeCookie(q.sync.cookie)
	if err != nil || at.head != n {
		return refuse(unavailableCriticalExtension, "00000057: LdapErr: DSID-0C0907FB, comment: Error processing control, data 0, v4563")
	}
	if at.invocation != fresh.invocation {
		return n, fresh, success, "" // of another database: nothing can be left out
	}
	return n, at, success, ""
}

// all sends the objects of the first pass from where it stands.
func (p *syncPass) all(ctx context.Context, at *syncCookie) (more bool) {
	for ; at.next < int64(p.store.size()); at.next++ {
		if p.full() || at.next%256 == 0 && ctx.Err() != nil {
			return true
		}
		p.add(uint32(at.next), 0)
	}
	*at = syncCookie{head: at.head, since: at.until, next: at.until, invocation: at.invocation}
	return false
}

// changes sends what has changed after a USN. Attributes count from the end of the pass before, also when this one
// takes several answers.
func (p *syncPass) changes(ctx context.Context, at *syncCookie) (more bool) {
	changed, highest := p.store.changedAfter(at.next)
	for _, l := range changed {
		if p.full() || ctx.Err() != nil {
			return true
		}
		p.add(l.number, at.since)
		at.next = l.usn
	}
	at.since, at.next = highest, highest
	return false
}

func (p *syncPass) full() bool { return p.sent >= maxSyncObjects || p.bytes >= p.limit }

// add appends an object if it is in scope and there is something to tell.
func (p *syncPass) add(n uint32, since int64) {
	v := p.store.version(n)
	if v == nil {
		v = &version{entry: p.store.original(n)}
	}
	e := &v.entry
	if e.deleted && p.hidden || !p.scope.contains(e) || p.scope.matcher.match(p.query.filter, e) != yes {
		return
	}
	before := len(p.buffer)
	b, message := open(p.buffer, tagSequence)
	b = appendInt(b, tagInteger, p.query.id)
	b, op := open(b, answerEntry)
	b = append(b, e.encoded...)
	b, list := open(b, tagSequence)
	b, told := p.appendChanges(b, v, since)
	if !told {
		return
	}
	b = shut(b, list)
	b = shut(b, op)
	p.buffer = shut(b, message)
	p.sent++
	p.bytes += len(p.buffer) - before
}

// unsynchronised reports whether an attribute never comes with DirSync: what each domain controller keeps for itself,
// what is made from something else, and the common name, which name tells.
func unsynchronised(a attr) bool {
	switch a {
	case uSNChanged, uSNCreated, whenChanged, distinguishedName, memberOf, member, cn, organizationalUnit, domainComponent,
		objectGUID, instanceType, isDeleted, parentGUID, computedControl:
		return true
	}
	return false
}

// appendChanges appends the attributes that a client is to be told: all that it asked for of what it has not seen, or
// those that changed. Without any, the object is left out. The ids, and that an object is deleted, come in any case.
func (p *syncPass) appendChanges(b []byte, v *version, since int64) (out []byte, told bool) {
	e, sel := &v.entry, &p.query.selection
	always := func(a attr) {
		if value, _, ok := cut(e.values(a)); ok {
			b = appendOne(b, a, value, sel.typesOnly)
		}
	}
	always(objectGUID)
	always(instanceType)
	always(isDeleted)
	told = e.deleted
	unseen := since == 0 || v.created > since
	for a := range attrCount {
		if unsynchronised(a) || !sel.has(a) || !unseen && v.stamps[a] <= since {
			continue
		}
		values := e.values(a)
		if len(values) == 0 && (unseen || e.deleted) {
			continue
		}
		set := append(appendHeader(nil, tagSet, len(values)), values...)
		b = appendAttribute(b, a, set, sel.typesOnly)
		told = true
	}
	if (unseen || v.stamps[name] > since) && (sel.has(name) || sel.wanted[parentGUID]) {
		b = p.store.appendParent(b, e, sel.typesOnly)
	}
	if g, ok := p.store.groupAt[e.number]; ok && sel.has(member) && (unseen || v.stamps[member] > since) {
		var some bool
		b, some = p.appendLinks(b, g, v, since)
		told = told || some
	}
	return b, told
}

// appendLinks appends the members of a group: all of them, whatever their number, or those that came and went.
func (p *syncPass) appendLinks(b []byte, group int, v *version, since int64) ([]byte, bool) {
	members := p.store.membersOf(group)
	if p.query.sync.flags&syncIncrementalValues == 0 {
		if len(members) == 0 && since == 0 {
			return b, false
		}
		return p.appendMembers(b, "member", members), true
	}
	var came, gone []uint32
	if since == 0 {
		came = members
	}
	last := make(map[uint32]link)
	for _, l := range v.links {
		if l.usn > since && since > 0 {
			last[l.member] = l
		}
	}
	for n, l := range last {
		if l.gone {
			gone = append(gone, n)
		} else if slices.Contains(members, n) {
			came = append(came, n)
		}
	}
	slices.Sort(gone)
	if since > 0 {
		slices.Sort(came)
	}
	if len(came) > 0 {
		b = p.appendMembers(b, "member;range=1-1", came)
	}
	if len(gone) > 0 {
		b = p.appendMembers(b, "member;range=0-0", gone)
	}
	return b, len(came)+len(gone) > 0
}

func (p *syncPass) appendMembers(b []byte, label string, members []uint32) []byte {
	b, attribute := open(b, tagSequence)
	b = appendString(b, tagOctets, label)
	b, set := open(b, tagSet)
	for _, n := range members {
		e := p.store.entry(n)
		if !p.query.selection.typesOnly {
			b = append(b, e.encoded...)
		}
	}
	b = shut(b, set)
	return shut(b, attribute)
}
