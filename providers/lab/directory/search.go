package directory

import (
	"context"
	"encoding/binary"
	"strings"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// Scopes of a search.
const (
	scopeBase = iota
	scopeOne
	scopeSubtree
)

// search is a search request, read and compiled.
type search struct {
	id         int64
	base       string // as it came
	scope      int64
	sizeLimit  int
	timeLimit  time.Duration
	filter     *node
	selection  selection
	page       *page
	sync       *syncRequest
	deleted    bool // deleted objects are shown
	references bool
	asked      string // what the pages of one search have in common
}

// cursor is where a search stands: what is left to be looked at.
type cursor struct {
	asked      string
	next       int      // in the whole directory, or in candidates
	candidates []uint32 // nil: the whole directory
	limited    bool     // only candidates count
	under      []bool   // for each fixed entry: whether what it holds is in scope
	base       uint32
	withBase   bool // whether the base is in scope itself
	references [][]byte
	sent       int
	matcher    matcher
}

// readSearch takes a request apart. Errors of the request are malformed messages; others come with a result.
func (s *store) readSearch(r *request) (*search, error) {
	parts := r.op.Children
	if len(parts) != 8 {
		return nil, errMalformed
	}
	q := &search{id: r.id, base: string(content(parts[0])), references: true}
	var ok bool
	if q.scope, ok = integer(parts[1]); !ok || q.scope < scopeBase || q.scope > scopeSubtree {
		return nil, errMalformed
	}
	limit, ok1 := integer(parts[3])
	seconds, ok2 := integer(parts[4])
	if !ok1 || !ok2 || limit < 0 || seconds < 0 {
		return nil, errMalformed
	}
	q.sizeLimit = int(min(limit, 1<<31-1))
	q.timeLimit = maxSearchTime
	if seconds > 0 && seconds < int64(maxSearchTime/time.Second) {
		q.timeLimit = time.Duration(seconds) * time.Second
	}
	typesOnly := len(content(parts[5])) == 1 && content(parts[5])[0] != 0
	var names []string
	for _, name := range parts[7].Children {
		names = append(names, string(content(name)))
	}
	q.selection = selectAttributes(names, typesOnly)
	for _, c := range r.controls {
		q.references = q.references && c.oid != controlDomainScope
		q.deleted = q.deleted || c.oid == controlShowDeleted
	}
	var err error
	if q.page, err = pageOf(r.controls); err != nil {
		return nil, err
	}
	if q.sync, err = syncOf(r.controls); err != nil {
		return nil, err
	}
	q.asked = strings.ToLower(q.base) + "\x00" + string(rune('0'+q.scope)) + string(parts[6].Bytes())
	q.filter, err = s.compile(parts[6])
	return q, err
}

// search answers a search request.
func (c *conn) search(ctx context.Context, r *request) {
	done := func(code resultCode, matched, text string) { c.write(result(r.id, answerDone, code, matched, text)) }
	if criticalUnknown(r.controls) {
		done(unavailableCriticalExtension, "", unknownControl)
		return
	}
	if rootSearch(r) {
		names := selectedNames(r.op)
		c.write(append(c.server.rootDSE(r.id, names), result(r.id, answerDone, success, "", "")...))
		return
	}
	who := c.account.Load()
	if who == nil {
		done(operationsError, "", notBound)
		return
	}
	s := c.server.store
	q, err := s.readSearch(r)
	if err != nil {
		done(protocolError, "", "0000203D: LdapErr: DSID-0C090E52, comment: "+err.Error()+", data 0, v4563")
		return
	}
	q.deleted = q.deleted && who.replicates
	faults := c.server.faults.Load()
	if faults.Slow > 0 {
		select {
		case <-time.After(faults.Slow):
		case <-ctx.Done():
			return
		}
	}
	ctx, cancel := context.WithTimeout(ctx, q.timeLimit)
	defer cancel()
	if q.sync != nil {
		c.synchronise(ctx, q, who)
		return
	}
	at, ok := c.cursor(q)
	if !ok {
		return
	}
	c.stream(ctx, q, at)
}

// cursor finds where a search begins or goes on. It answers for itself where the search cannot.
func (c *conn) cursor(q *search) (*cursor, bool) {
	done := func(code resultCode, matched, text string) (*cursor, bool) {
		c.write(result(q.id, answerDone, code, matched, text))
		return nil, false
	}
	if q.page != nil && q.page.cookie != "" {
		c.mu.Lock()
		at := c.cookies[q.page.cookie]
		delete(c.cookies, q.page.cookie)
		c.mu.Unlock()
		if at == nil || at.asked != q.asked || c.server.faults.Load().LosePagingCookie {
			return done(unavailableCriticalExtension, "", "00002040: SvcErr: DSID-031401E7, problem 5010 (UNAVAIL_EXTENSION), data 0\n")
		}
		if q.page.size == 0 { // the client is done with it
			c.write(resultWith(q.id, answerDone, success, "", "", nil, pagedAnswer("")))
			return nil, false
		}
		return at, true
	}
	s := c.server.store
	base, ok := s.resolveBase(q.base)
	if !ok {
		return done(invalidDNSyntax, "", "0000208F: NameErr: DSID-03100231, problem 2006 (BAD_NAME), data 8350, best match of:\n\t'"+q.base+"'\n")
	}
	n, found := s.find(base)
	if found && !q.deleted {
		e := s.entry(n)
		found = !e.deleted
	}
	if !found {
		if host := foreignHost(base, s); host != "" {
			c.write(referralResult(q.id, "ldap://"+host+"/"+base))
			return nil, false
		}
		matched := s.nearest(base)
		return done(noSuchObject, matched, "0000208D: NameErr: DSID-0310028B, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'"+matched+"'\n")
	}
	return s.begin(q, n), true
}

// stream sends entries until the page, the limit, the time or the directory ends, and then says which.
func (c *conn) stream(ctx context.Context, q *search, at *cursor) {
	const flushAt = 48 << 10
	s := c.server.store
	limit, code := q.limit(at)
	buffer := make([]byte, 0, flushAt+16<<10)
	sent := 0
	e, more := s.nextMatch(ctx, q, at)
	for ; more && sent < limit; e, more = s.nextMatch(ctx, q, at) {
		buffer = s.appendEntry(buffer, q.id, &e, &q.selection)
		sent++
		if cutAfter := c.server.faults.Load().CutAfterEntries; cutAfter > 0 && c.sent.Add(1) >= int64(cutAfter) {
			c.write(buffer)
			c.cut()
			return
		}
		if len(buffer) >= flushAt {
			if !c.write(buffer) {
				return
			}
			buffer = buffer[:0]
		}
	}
	at.sent += sent
	if ctx.Err() != nil {
		if ctx.Err() == context.DeadlineExceeded {
			c.write(append(buffer, result(q.id, answerDone, timeLimitExceeded, "", "00000000: SvcErr: DSID-03140316, problem 5001 (BUSY), data 0\n")...))
		}
		return // abandoned: no answer
	}
	if !more {
		code = success
		if q.references {
			for _, reference := range at.references {
				buffer = append(buffer, referenceMessage(q.id, reference)...)
			}
		}
	}
	var controls []byte
	if q.page != nil {
		cookie := ""
		if more && code == success {
			at.next-- // the entry that was looked at ahead comes first on the next page
			cookie = c.keep(at)
		}
		controls = pagedAnswer(cookie)
	}
	text := ""
	if code == sizeLimitExceeded {
		text = "00002023: SvcErr: DSID-03140322, problem 5012 (DIR_ERROR), data 0\n"
	}
	c.write(append(buffer, resultWith(q.id, answerDone, code, "", text, nil, controls)...))
}

// limit gives how many entries may be sent now, and what it means when there are more.
func (q *search) limit(at *cursor) (int, resultCode) {
	most, code := maxPageSize, sizeLimitExceeded
	if q.page != nil {
		code = success
		if q.page.size > 0 {
			most = min(most, q.page.size)
		}
	}
	if q.sizeLimit > 0 && q.sizeLimit-at.sent < most {
		return max(q.sizeLimit-at.sent, 0), sizeLimitExceeded
	}
	return most, code
}

// keep holds a cursor for the next page and gives its cookie, which means nothing on another connection. The
// oldest one goes when there are too many.
func (c *conn) keep(at *cursor) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nextID++
	if len(c.cookies) >= maxCookies {
		var oldest string
		for cookie := range c.cookies {
			if oldest == "" || cookie < oldest {
				oldest = cookie
			}
		}
		delete(c.cookies, oldest)
	}
	cookie := string(binary.BigEndian.AppendUint64(nil, c.nextID))
	c.cookies[cookie] = at
	return cookie
}

func referenceMessage(id int64, url []byte) []byte {
	b, message := open(nil, tagSequence)
	b = appendInt(b, tagInteger, id)
	b, op := open(b, answerReference)
	b = appendString(b, tagOctets, string(url))
	b = shut(b, op)
	return shut(b, message)
}

// rootSearch reports whether a request reads the root of the server, which anybody may.
func rootSearch(r *request) bool {
	if len(r.op.Children) != 8 {
		return false
	}
	scope, ok := integer(r.op.Children[1])
	return ok && scope == scopeBase && len(content(r.op.Children[0])) == 0
}

func selectedNames(op *ber.Packet) map[string]bool {
	names := make(map[string]bool)
	for _, name := range op.Children[7].Children {
		names[strings.ToLower(string(content(name)))] = true
	}
	return names
}
