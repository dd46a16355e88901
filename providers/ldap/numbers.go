package ldap

import (
	"errors"
	"fmt"

	"adbadge/model"
)

// sinceNumber reads the objects whose last change has a number of at least usn, and gives the ids of deleted ones.
func (r *reading) sinceNumber(usn int64) (deleted []model.GUID, err error) {
	since := fmt.Sprintf("(uSNChanged>=%d)", usn)
	for _, p := range r.parts() {
		p.filter = "(&" + since + p.filter + ")"
		if err := r.part(p); err != nil {
			return nil, err
		}
	}
	touched, err := r.touched(since)
	if err != nil {
		return nil, err
	}
	if touched {
		if err := r.regroup(); err != nil {
			return nil, err
		}
	}
	containers, err := r.containers(fmt.Sprintf("(&(uSNChanged>=%d)(!(uSNCreated>=%d)))", usn, usn))
	if err != nil {
		return nil, err
	}
	if err := r.below(containers); err != nil {
		return nil, err
	}
	return r.deleted(usn)
}

// touched reports whether one of the protected groups has changed.
func (r *reading) touched(since string) (touched bool, err error) {
	if r.converter.privileged == nil {
		return false, nil
	}
	for _, name := range r.forest.held() {
		err := r.session.everyPage(search{
			base: domainDN(name), scope: subtree, pageSize: r.directory.pageSize,
			filter: "(&" + since + "(objectClass=group))", attributes: []string{"objectGUID"},
		}, func(e *entry) error {
			id, err := guidOf(e.first("objectGUID"))
			touched = touched || err == nil && r.converter.privileged.isGroup(id)
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return touched, nil
}

// maxContainers is how many containers may have changed until it is cheaper to read everything.
const maxContainers = 100

func tooManyContainers() error {
	return fmt.Errorf("%w: more than %d containers have changed", model.ErrPositionLost, maxContainers)
}

// containers gives the containers within the bases that a filter fits.
func (r *reading) containers(filter string) (names []string, err error) {
	for _, base := range r.forest.bases {
		err := r.session.everyPage(search{
			base: base, scope: subtree, attributes: []string{"1.1"}, pageSize: r.directory.pageSize,
			filter: "(&" + filter + "(|(objectClass=organizationalUnit)(objectClass=container)))",
		}, func(e *entry) error {
			if len(names) == maxContainers {
				return tooManyContainers()
			}
			names = append(names, e.dn)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}

// below reads what lies in containers that were renamed or moved: every name there is another one, though the objects
// themselves have not changed.
func (r *reading) below(containers []string) error {
	for _, container := range containers {
		if r.exclusion.is(container) {
			continue
		}
		for _, p := range partsOf(container) {
			if err := r.part(p); err != nil && !isGone(err) {
				return err
			}
		}
	}
	return nil
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
	for _, name := range r.forest.held() {
		err := r.session.everyPage(search{
			base: "CN=Deleted Objects," + domainDN(name), scope: oneLevel, pageSize: r.directory.pageSize,
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
