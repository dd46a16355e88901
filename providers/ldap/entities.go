package ldap

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"adbadge/model"
	"adbadge/model/text"
)

// Domains gives the domains of the forest. Those that the server does not hold come without their SID.
func (d *Directory) Domains(ctx context.Context) ([]model.Domain, error) {
	s, err := d.connect(ctx, int(d.good.Load()))
	if err != nil {
		return nil, err
	}
	defer s.close()
	f, err := s.forest(d.bases)
	if err != nil {
		return nil, s.explain(err, "read the domains from")
	}
	domains := make([]model.Domain, len(f.domains))
	for i := range f.domains {
		domains[i] = f.domains[i].Domain
	}
	return domains, nil
}

// explain puts an error of the session into words; the end of the context stays what it is.
func (s *session) explain(err error, doing string) error {
	if ctxErr := s.ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	return s.server.failure(err, doing)
}

// Entities reads users and computers, part by part. When a server breaks off in the middle, the part is read again from
// the next one. What was handed on is not remembered, so entities may come again.
func (d *Directory) Entities(ctx context.Context, emit func([]model.Entity) error) ([]model.Gap, error) {
	r := &reading{directory: d, ctx: ctx, batch: newBatch(emit)}
	defer r.end()
	if err := r.start(); err != nil {
		return nil, err
	}
	if err := r.walkGroups(); err != nil {
		return nil, r.words(err)
	}
	parts := r.parts()
	if r.firstRows(parts[0]); r.batch.err != nil {
		return nil, r.batch.err
	}
	var lastFailure error
	read := 0
	for _, p := range parts {
		err := r.part(p)
		switch {
		case err == nil:
			read++
		case isLocal(err) && len(r.forest.bases) > 1:
			lastFailure = err
			f := r.session.server.failure(err, "")
			r.gaps = append(r.gaps, model.Gap{Source: model.Directory, Code: "ADB-413", Missing: true, Remedy: f.Remedy,
				What: fmt.Sprintf("Users and computers of %s could not be read: %s.", text.Clean(p.base), f.Seen)})
		default:
			return r.allGaps(), r.words(r.handOn(err))
		}
	}
	if read == 0 && lastFailure != nil {
		return r.allGaps(), r.words(lastFailure)
	}
	d.privileged.Store(r.converter.privileged)
	gaps := r.allGaps()
	if len(gaps) == 0 && r.batch.handedOn == 0 {
		gaps = append(gaps, nothing())
	}
	return gaps, nil
}

// handOn gives what was read before an error to emit: the rows are true, even when others are missing.
func (r *reading) handOn(err error) error {
	if r.batch.err == nil && r.ctx.Err() == nil {
		return errors.Join(err, r.batch.flush())
	}
	return err
}

// isLocal reports whether an error concerns one part of the directory and not the server.
func isLocal(err error) bool {
	result, ok := errors.AsType[*resultError](err)
	return ok && slices.Contains([]int64{resultNoSuchObject, resultReferral, resultInsufficientAccess, resultTimeLimit, resultAdminLimit}, result.code)
}

// words makes the error of Entities: an error of emit and the end of the context stay what they are.
func (r *reading) words(err error) error {
	if r.batch.err != nil {
		return r.batch.err
	}
	if ctxErr := r.ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	return r.session.server.failure(err, "read users and computers from")
}

// part is one search over the directory: what is read again when a server breaks off.
type part struct{ base, filter string }

// Managed service accounts are computers by class, with a category of their own.
const (
	userFilter = "(|(&(objectCategory=person)(objectClass=user))(objectClass=msDS-ManagedServiceAccount)" +
		"(objectClass=msDS-GroupManagedServiceAccount)(objectClass=msDS-DelegatedManagedServiceAccount))"
	computerFilter = "(objectCategory=computer)"
	accountFilter  = "(|" + userFilter + computerFilter + ")"
)

func (r *reading) parts() []part {
	var parts []part
	for _, base := range r.forest.bases {
		parts = append(parts, partsOf(base)...)
	}
	return parts
}

// partsOf divides what lies below a container.
func partsOf(base string) []part { return []part{{base, accountFilter}} }

// reading is one pass over the directory.
type reading struct {
	directory *Directory
	ctx       context.Context
	session   *session
	forest    *forest
	converter *converter
	exclusion *exclusion
	batch     *batch
	// seen holds what was handed on and is not to come again; nil where it may.
	seen      map[model.GUID]struct{}
	asked     bool // the next page is on its way
	restarts  int
	malformed int
	gaps      []model.Gap
}

func (r *reading) end() {
	if r.session != nil {
		r.session.close()
	}
}

func (r *reading) start() (err error) {
	d := r.directory
	if r.session, err = d.connect(r.ctx, int(d.good.Load())); err != nil {
		return err
	}
	if r.forest, err = r.session.forest(d.bases); err != nil {
		return r.session.explain(err, "read the domains from")
	}
	r.converter, r.exclusion = newConverter(d.now(), r.forest.lockouts()), d.exclusion()
	return nil
}

// walkGroups finds out who is privileged, from another server when the first one breaks off.
func (r *reading) walkGroups() error {
	for {
		found, err := r.session.privileged(r.forest)
		if err == nil {
			r.converter.privileged = found
			break
		}
		if r.ctx.Err() != nil || !r.mayRestart() {
			return err
		}
		if err := r.moveOn(err); err != nil {
			return err
		}
	}
	if gap, cut := r.converter.privileged.gap(); cut {
		r.gaps = append(r.gaps, gap)
	}
	return nil
}

// part reads one part, from another server when the first one breaks off.
func (r *reading) part(p part) error {
	converter, malformed := *r.converter, r.malformed
	for {
		err := r.pages(p)
		if err == nil {
			return nil
		}
		result, answered := errors.AsType[*resultError](err)
		if answered && result.code == resultSizeLimit {
			r.gaps = append(r.gaps, model.Gap{Source: model.Directory, Code: "ADB-412", Missing: true,
				What:   fmt.Sprintf("Users and computers of %s are incomplete: the server ended the list at a limit of its own.", text.Clean(p.base)),
				Remedy: "Set page_size under [directory] to 1000 or less."})
			return nil
		}
		if r.batch.err != nil || r.ctx.Err() != nil || isLocal(err) || !r.mayRestart() {
			return err
		}
		if err := r.moveOn(err); err != nil {
			return err
		}
		*r.converter, r.malformed = converter, malformed // what they counted comes again
	}
}

// mayRestart allows each server, and a single one too, to break off once in a reading.
func (r *reading) mayRestart() bool {
	r.restarts++
	return r.restarts <= max(len(r.directory.locator.known()), 2)-1
}

// moveOn leaves a server that broke off for the next one.
func (r *reading) moveOn(cause error) error {
	left := r.session
	left.close()
	r.asked = false
	next, err := r.directory.connect(r.ctx, left.index+1)
	if err != nil {
		return err
	}
	r.session = next
	r.gaps = append(r.gaps, model.Gap{Source: model.Directory, Code: "ADB-414",
		What:   fmt.Sprintf("%s broke off (%s); reading went on with %s.", left.server, left.server.failure(cause, "").Seen, next.server),
		Remedy: "Look at the domain controller if this stays."})
	return nil
}

// emptyPages is how many pages without objects may follow each other until the server is taken to send them without end, and
// mostObjects how many objects a part may have, also those that are no entities or left out.
const (
	emptyPages  = 1000
	mostObjects = 20_000_000
)

const (
	errEndless = protocolError("the server repeats its pages without end")
	errLost    = protocolError("the server lost its place between two pages")
)

// pages reads a part from its first page to its last. The next page is asked for before the end of this one is handed on.
func (r *reading) pages(p part) error {
	var circle circle
	empty, objects := 0, 0
	for cookie, paged := "", false; ; {
		if err := r.ask(p, cookie); err != nil {
			return err
		}
		r.asked = false
		o, err := r.session.answers(func(e *entry) error {
			circle.add(e.dn)
			return r.take(e)
		})
		r.malformed += o.malformed
		objects += o.entries
		if empty++; o.entries > o.malformed {
			empty = 0
		}
		switch {
		case err != nil:
			return err
		case paged && !o.paged:
			err = errLost
		case o.cookie == "":
			return r.batch.flush()
		case circle.closes(), empty > emptyPages, objects > mostObjects:
			err = errEndless
		default:
			cookie, paged = o.cookie, true
			err = r.ask(p, cookie)
		}
		if err := errors.Join(err, r.batch.flush()); err != nil {
			return err
		}
	}
}

// ask sends the request for a page, unless that was done.
func (r *reading) ask(p part, cookie string) error {
	if r.asked {
		return nil
	}
	err := r.session.ask(search{base: p.base, scope: subtree, filter: p.filter, attributes: entityAttributes,
		pageSize: r.directory.pageSize, cookie: cookie})
	r.asked = err == nil
	return err
}

// take hands an entity on, unless it is to be left out.
func (r *reading) take(e *entry) error {
	if r.exclusion.holds(e.dn) {
		return nil
	}
	entity, ok := r.converter.entity(e)
	if !ok {
		return nil
	}
	if r.seen != nil {
		if _, again := r.seen[entity.ID]; again {
			return nil
		}
		r.seen[entity.ID] = struct{}{}
	}
	r.converter.count(e)
	return r.batch.add(&entity)
}
