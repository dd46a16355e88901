package ldap

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"adbadge/model"
)

// What is followed by DirSync: accounts, deleted ones too, by every attribute that becomes part of an entity; and the
// groups and containers that say something about accounts.
var (
	followedAccounts = search{scope: subtree, filter: "(objectClass=user)",
		attributes: slices.Concat([]string{"name", "isDeleted"}, entityAttributes)}
	followedOthers = search{scope: subtree, filter: "(|(objectClass=group)(objectClass=organizationalUnit)(objectClass=container))",
		attributes: []string{"name", "member"}}
)

// maxSynchronised is how many objects may have changed until it is cheaper to read everything. A controller that has never
// seen the others' states may even send all.
const maxSynchronised = 10_000

// news is what DirSync reports.
type news struct {
	accounts   map[model.GUID]struct{}
	containers []model.GUID // and groups, that are new or have another name or place
	deleted    []model.GUID
	regrouped  bool // a protected group has changed
	reports    int
}

// synchronise reads what has changed since the states of domains. It gives the next states, and the ids of deleted objects.
func (r *reading) synchronise(since map[string]syncState) (next map[string]syncState, deleted []model.GUID, err error) {
	n := &news{accounts: map[model.GUID]struct{}{}}
	next = map[string]syncState{}
	for _, name := range r.forest.held() {
		state, known := since[name]
		if !known {
			return nil, nil, fmt.Errorf("%w: the domain %s was not followed", model.ErrPositionLost, name)
		}
		if next[name], err = r.news(n, name, state); err != nil {
			return nil, nil, r.refused(err)
		}
	}
	if n.regrouped {
		if err := r.regroup(); err != nil {
			return nil, nil, err
		}
	}
	if err := r.read(slices.Collect(maps.Keys(n.accounts))); err != nil {
		return nil, nil, err
	}
	var containers []string
	for some := range slices.Chunk(n.containers, idsPerSearch) {
		found, err := r.containers(anyOf(some))
		if err != nil {
			return nil, nil, err
		}
		containers = append(containers, found...)
	}
	if len(containers) > maxContainers {
		return nil, nil, tooManyContainers()
	}
	return next, n.deleted, r.below(containers)
}

// refused makes an error of DirSync. What a server refuses, answers with nonsense, or takes too long for, it would do so
// again: everything is read then, and followed in another way when that happens often.
func (r *reading) refused(err error) error {
	_, nonsense := errors.AsType[protocolError](err)
	if late := errors.Is(err, os.ErrDeadlineExceeded); !nonsense && !late && !isAnswer(err) {
		return err
	}
	r.directory.syncFailures.Add(1)
	return fmt.Errorf("%w: %s: %w", model.ErrPositionLost, r.session.server, err)
}

// news asks for the news of a domain. The state of the first question stands for both: what changes between the two is
// reported once more.
func (r *reading) news(n *news, domain string, since syncState) (next syncState, err error) {
	accounts, others := followedAccounts, followedOthers
	accounts.base, others.base = domainDN(domain), domainDN(domain)
	if next, err = r.session.synchronise(accounts, since, n.account); err != nil {
		return next, err
	}
	_, err = r.session.synchronise(others, since, func(e *entry) error { return n.other(e, r.converter.privileged) })
	return next, err
}

// account takes note of an account that is new, different or deleted.
func (n *news) account(e *entry) error {
	id, err := n.report(e)
	if err != nil {
		return err
	}
	if strings.EqualFold(e.first("isDeleted"), "TRUE") {
		n.deleted = append(n.deleted, id)
	} else {
		n.accounts[id] = struct{}{}
	}
	return nil
}

// other takes note of a group or a container.
func (n *news) other(e *entry, before *privileged) error {
	id, err := n.report(e)
	if err != nil {
		return err
	}
	n.regrouped = n.regrouped || before.isGroup(id)
	if e.find("name") != nil {
		n.containers = append(n.containers, id)
	}
	return nil
}

func (n *news) report(e *entry) (model.GUID, error) {
	if n.reports++; n.reports > maxSynchronised {
		return model.GUID{}, fmt.Errorf("%w: more than %d objects have changed", model.ErrPositionLost, maxSynchronised)
	}
	id, err := guidOf(e.first("objectGUID"))
	if err != nil || id.IsZero() {
		return model.GUID{}, protocolError("a changed object comes without its objectGUID")
	}
	return id, nil
}
