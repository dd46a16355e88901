package ldap

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"adbadge/model"
)

// Changes hands on what has changed since a position: users and computers that are new or different, and the ids of
// deleted ones as far as the account may see them; Present finds the others. It gives the position to go on from. Where
// nobody can tell, the error is model.ErrPositionLost. A batch belongs to the reader again when emit returns.
//
// It asks by uSNChanged, which has an index on every domain controller and needs no right of its own. DirSync would
// answer with the changed attributes only, so that each object had to be asked for once more, and shows an account
// without further rights no deletions either.
func (d *Directory) Changes(ctx context.Context, since model.Position, emit func(changed []model.Entity, deleted []model.GUID) error) (model.Position, error) {
	followed, err := decodePosition(since)
	if err != nil {
		return "", err
	}
	r := &reading{directory: d, ctx: ctx, seen: map[model.GUID]struct{}{}, restarts: math.MaxInt32,
		batch: newBatch(func(entities []model.Entity) error { return emit(entities, nil) })}
	defer r.end()
	if err := r.start(); err != nil {
		return "", err
	}
	r.converter.privileged = d.privileged.Load()
	now, err := r.session.position()
	if err != nil {
		return "", r.session.explain(err, "ask for the last change at")
	}
	last, known := followed[now.invocation]
	switch {
	case !known:
		return "", fmt.Errorf("%w: %s is another domain controller, or was restored", model.ErrPositionLost, r.session.server)
	case now.usn < last:
		return "", fmt.Errorf("%w: %s went back to an earlier state", model.ErrPositionLost, r.session.server)
	case now.usn == last:
		return since, nil
	}
	if err := r.changes(last + 1); errors.Is(err, model.ErrPositionLost) {
		return "", err
	} else if err != nil {
		return "", r.words(err)
	}
	if len(r.gaps) > 0 || r.malformed > 0 {
		return "", fmt.Errorf("%w: the answer of %s was incomplete", model.ErrPositionLost, r.session.server)
	}
	deleted, err := r.deleted(last + 1)
	if err != nil {
		return "", r.words(err)
	}
	if len(deleted) > 0 {
		if err := emit(nil, deleted); err != nil {
			return "", err
		}
	}
	d.privileged.Store(r.converter.privileged)
	return followed.with(now)
}

// changes reads the objects whose last change has a number of at least usn. Below a container that was renamed or moved
// every name is another one, though the objects themselves have not changed.
func (r *reading) changes(usn int64) error {
	since := fmt.Sprintf("(uSNChanged>=%d)", usn)
	for _, p := range r.parts() {
		p.filter = "(&" + since + p.filter + ")"
		if err := r.part(p); err != nil {
			return err
		}
	}
	if err := r.regrouped(since); err != nil {
		return err
	}
	containers, err := r.renamed(usn)
	if err != nil {
		return err
	}
	for _, container := range containers {
		for _, p := range partsOf(container) {
			if err := r.part(p); err != nil && !isGone(err) {
				return err
			}
		}
	}
	return nil
}

// regrouped reads the accounts that came into protected groups or left them: that is a change of the group, and not of
// the account.
func (r *reading) regrouped(since string) error {
	before, touched := r.converter.privileged, false
	if before == nil {
		return nil
	}
	for i := range r.forest.domains {
		d := &r.forest.domains[i]
		if !d.held {
			continue
		}
		err := r.session.everyPage(search{
			base: domainDN(d.DNSName.String()), scope: subtree, pageSize: r.directory.pageSize,
			filter: "(&" + since + "(objectClass=group))", attributes: []string{"objectGUID"},
		}, func(e *entry) error {
			id, err := guidOf(e.first("objectGUID"))
			_, known := before.groups[id]
			touched = touched || err == nil && known
			return nil
		})
		if err != nil {
			return err
		}
	}
	if !touched {
		return nil
	}
	now, err := r.session.privileged(r.forest)
	if err != nil {
		return err
	}
	r.converter.privileged = now
	return r.read(before.changed(now))
}

// idsPerSearch bounds the length of a filter.
const idsPerSearch = 50

// read reads accounts by their ids.
func (r *reading) read(ids []model.GUID) error {
	for some := range slices.Chunk(ids, idsPerSearch) {
		var filter strings.Builder
		for _, id := range some {
			delete(r.seen, id) // it was read with the earlier mark
			filter.WriteString(byBytes("objectGUID", id[:]))
		}
		for _, p := range r.parts() {
			p.filter = "(&(|" + filter.String() + ")" + p.filter + ")"
			if err := r.part(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxContainers is how many containers may have changed until it is cheaper to read everything.
const maxContainers = 100

// renamed gives the containers that may have another name than before: those that existed and were changed somehow.
func (r *reading) renamed(usn int64) (containers []string, err error) {
	for _, base := range r.forest.bases {
		err := r.session.everyPage(search{
			base: base, scope: subtree, attributes: []string{"uSNChanged"}, pageSize: r.directory.pageSize,
			filter: fmt.Sprintf("(&(uSNChanged>=%d)(!(uSNCreated>=%d))(|(objectClass=organizationalUnit)(objectClass=container)))", usn, usn),
		}, func(e *entry) error {
			if len(containers) == maxContainers {
				return fmt.Errorf("%w: more than %d containers have changed", model.ErrPositionLost, maxContainers)
			}
			containers = append(containers, e.dn)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return containers, nil
}

func isGone(err error) bool {
	result, ok := errors.AsType[*resultError](err)
	return ok && result.code == resultNoSuchObject
}

// showDeleted makes a search find deleted objects (MS-ADTS 3.1.1.3.4.1.14).
const showDeleted = "1.2.840.113556.1.4.417"

// deleted gives the ids of the objects that were deleted with a number of at least usn. Without the right to see the
// container of deleted objects there are none.
func (r *reading) deleted(usn int64) (ids []model.GUID, err error) {
	for i := range r.forest.domains {
		d := &r.forest.domains[i]
		if !d.held {
			continue
		}
		err := r.session.everyPage(search{
			base: "CN=Deleted Objects," + domainDN(d.DNSName.String()), scope: oneLevel, pageSize: r.directory.pageSize,
			filter: fmt.Sprintf("(&(isDeleted=TRUE)(uSNChanged>=%d))", usn), attributes: []string{"objectGUID"}, controls: []string{showDeleted},
		}, func(e *entry) error {
			if id, err := guidOf(e.first("objectGUID")); err == nil && !id.IsZero() {
				ids = append(ids, id)
			}
			return nil
		})
		if err := unlessAnswered(err); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// Present hands on the ids of all users and computers, and perhaps of a few objects besides, and nothing else about
// them: what an entity list holds beyond them is gone. An error means that the list is not whole, and proves nothing.
func (d *Directory) Present(ctx context.Context, emit func([]model.GUID) error) error {
	r := &reading{directory: d, ctx: ctx, batch: newBatch(nil)}
	defer r.end()
	if err := r.start(); err != nil {
		return err
	}
	ids := make([]model.GUID, 0, batchSize)
	flush := func() error {
		r.batch.err = emit(ids)
		ids = ids[:0]
		return r.batch.err
	}
	for _, p := range r.parts() {
		err := r.session.everyPage(search{
			base: p.base, scope: subtree, filter: p.filter, attributes: []string{"objectGUID"}, pageSize: d.pageSize,
		}, func(e *entry) error {
			if id, err := guidOf(e.first("objectGUID")); err == nil {
				ids = append(ids, id)
			}
			if len(ids) < cap(ids) {
				return nil
			}
			return flush()
		})
		if err != nil {
			return r.words(err)
		}
	}
	return flush()
}

// everyPage asks page after page and hands every entry to each. Unlike a reading, it takes a list that breaks off, or
// an entry that cannot be read, for an error.
func (s *session) everyPage(q search, each func(*entry) error) error {
	for empty, paged := 0, false; ; {
		o, err := s.search(q, each)
		if empty++; o.entries > 0 {
			empty = 0
		}
		switch {
		case err != nil:
			return err
		case o.malformed > 0:
			return protocolError("an entry could not be read")
		case paged && !o.paged:
			return errLost
		case o.cookie == "":
			return nil
		case empty > emptyPages:
			return errEndless
		}
		q.cookie, paged = o.cookie, true
	}
}
