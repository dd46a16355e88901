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
// deleted ones as far as the account may see them; Present finds the others, and those that lie elsewhere now. It gives the
// position to go on from. Where nobody can tell, the error is model.ErrPositionLost. A batch belongs to the reader again
// when emit returns.
//
// Where the position has states of DirSync it asks by that, and otherwise by uSNChanged, which has an index on every domain
// controller and needs no right of its own.
func (d *Directory) Changes(ctx context.Context, since model.Position, emit func(changed []model.Entity, deleted []model.GUID) error) (model.Position, error) {
	known, err := decodePosition(since)
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
	if err := known.lostBy(now, r.session.server); err != nil {
		return "", err
	}
	last, followed := known.Numbers[now.invocation]
	if followed && now.usn == last {
		return since, nil
	}
	var deleted []model.GUID
	domains := known.Domains
	if len(domains) > 0 {
		domains, deleted, err = r.synchronise(domains)
	} else {
		deleted, err = r.sinceNumber(last + 1)
	}
	switch {
	case errors.Is(err, model.ErrPositionLost):
		return "", err
	case err != nil:
		return "", r.words(err)
	case len(r.gaps) > 0 || r.malformed > 0:
		return "", fmt.Errorf("%w: the answer of %s was incomplete", model.ErrPositionLost, r.session.server)
	}
	if err := r.batch.flush(); err != nil {
		return "", err
	}
	if len(deleted) > 0 {
		if err := emit(nil, deleted); err != nil {
			return "", err
		}
	}
	d.privileged.Store(r.converter.privileged)
	next := known.at(now, r.session.server, domains)
	return next.encode()
}

// idsPerSearch bounds the length of a filter.
const idsPerSearch = 50

// read reads accounts by their ids.
func (r *reading) read(ids []model.GUID) error {
	for some := range slices.Chunk(ids, idsPerSearch) {
		for _, id := range some {
			delete(r.seen, id) // it was read with the earlier mark
		}
		for _, p := range r.parts() {
			p.filter = "(&" + anyOf(some) + p.filter + ")"
			if err := r.part(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// anyOf gives a filter for objects by their ids.
func anyOf(ids []model.GUID) string {
	var filter strings.Builder
	for _, id := range ids {
		filter.WriteString(byBytes("objectGUID", id[:]))
	}
	return "(|" + filter.String() + ")"
}

// regroup reads the accounts that came into protected groups or left them: that is a change of the group, and not of the
// account.
func (r *reading) regroup() error {
	before := r.converter.privileged
	now, err := r.session.privileged(r.forest)
	if err != nil {
		return err
	}
	r.converter.privileged = now
	return r.read(before.changed(now))
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
			if id, err := guidOf(e.first("objectGUID")); err == nil && !r.exclusion.holds(e.dn) {
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
	var circle circle
	for empty, paged := 0, false; ; {
		o, err := s.search(q, func(e *entry) error {
			circle.add(e.dn)
			return each(e)
		})
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
		case circle.closes(), empty > emptyPages:
			return errEndless
		}
		q.cookie, paged = o.cookie, true
	}
}
