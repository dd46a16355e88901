package ldap

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"adbadge/model"
)

// position is how far one domain controller has been followed. Update sequence numbers count the changes of its
// database, which its invocationId names; they mean nothing on another one, or after a restore (MS-ADTS 3.1.1.1.9).
type position struct {
	invocation string // GUID; empty: the server does not tell
	usn        int64  // of the last change that was seen
}

// track is what a model.Position holds: how far each domain controller has been followed, and where DirSync is allowed
// how far each domain has.
type track struct {
	// Numbers are the last USN of each domain controller by invocationId. A name that stands for several of them leads to
	// another one now and then; each is read whole once, and followed from there.
	Numbers map[string]int64 `json:"numbers"`
	// Addresses are the invocationIds that answered last at each address.
	Addresses map[string]string `json:"addresses"`
	// Domains are by DNS name. Without any, changes are asked for by their numbers.
	Domains map[string]syncState `json:"domains,omitempty"`
}

// maxControllers bounds how many databases and addresses are remembered.
const maxControllers = 64

// lostBy says why nobody can tell what has changed since, or nothing. A controller that was never seen before knows what a
// domain's state means, unless it stands where another one stood: who was restored, or replaced, may have lost changes that
// were read from it.
func (t *track) lostBy(now position, at server) error {
	last, known := t.Numbers[now.invocation]
	before, seen := t.Addresses[at.address()]
	switch {
	case now.invocation == "":
		return fmt.Errorf("%w: %s does not tell its database", model.ErrPositionLost, at)
	case known && now.usn < last:
		return fmt.Errorf("%w: %s went back to an earlier state", model.ErrPositionLost, at)
	case !known && (len(t.Domains) == 0 || seen && before != now.invocation):
		return fmt.Errorf("%w: %s is another domain controller, or was restored", model.ErrPositionLost, at)
	}
	return nil
}

// at gives the track as it is after a controller was asked.
func (t *track) at(now position, at server, domains map[string]syncState) track {
	next := track{map[string]int64{now.invocation: now.usn}, map[string]string{at.address(): now.invocation}, domains}
	keep(next.Numbers, t.Numbers)
	keep(next.Addresses, t.Addresses)
	return next
}

func keep[V any](next, earlier map[string]V) {
	for key, value := range earlier {
		if _, known := next[key]; !known && len(next) < maxControllers {
			next[key] = value
		}
	}
}

func (t *track) encode() (model.Position, error) {
	encoded, err := json.Marshal(t)
	return model.Position(encoded), err
}

func decodePosition(encoded model.Position) (t track, err error) {
	if encoded == "" {
		return t, nil
	}
	if err := json.Unmarshal([]byte(encoded), &t); err != nil {
		return track{}, fmt.Errorf("%w: the position cannot be read", model.ErrPositionLost)
	}
	return t, nil
}

// Position marks where the directory stands now. It is empty where the server does not tell. What an earlier position
// says about other domain controllers stays.
func (d *Directory) Position(ctx context.Context, earlier model.Position) (model.Position, error) {
	known, err := decodePosition(earlier)
	if err != nil {
		known = track{}
	}
	s, err := d.connect(ctx, int(d.good.Load()))
	if err != nil {
		return "", err
	}
	defer s.close()
	now, err := s.position()
	if err != nil {
		return "", s.explain(err, "ask for the last change at")
	}
	if now == (position{}) {
		return "", nil
	}
	if known.lostBy(now, s.server) != nil {
		known.Domains = nil
	}
	domains, err := d.enterDomains(s, known.Domains)
	if err != nil {
		return "", s.explain(err, "ask for the domains of")
	}
	next := known.at(now, s.server, domains)
	return next.encode()
}

// syncAttempts is how often DirSync may fail until it is not tried any more.
const syncAttempts = 3

// enterDomains begins to follow the domains of what is read by DirSync, or gives none where that is not allowed, or fails:
// the numbers do as well.
func (d *Directory) enterDomains(s *session, earlier map[string]syncState) (map[string]syncState, error) {
	if d.syncFailures.Load() >= syncAttempts {
		return nil, nil
	}
	f, err := s.forest(d.bases)
	if err != nil {
		return nil, err
	}
	domains := map[string]syncState{}
	for _, name := range f.held() {
		state, err := s.enter(domainDN(name), earlier[name])
		switch {
		case s.ctx.Err() != nil:
			return nil, s.ctx.Err()
		case isAnswer(err):
			return nil, nil
		case err != nil:
			d.syncFailures.Add(1)
			return nil, nil
		}
		domains[name] = state
	}
	return domains, nil
}

// position gives where the server stood when the call began. A server that does not tell, or not this account, gives the
// zero one.
func (s *session) position() (position, error) {
	usn, err := strconv.ParseInt(s.about.first("highestCommittedUSN"), 10, 64)
	service := s.about.first("dsServiceName")
	if err != nil || usn < 0 || service == "" {
		return position{}, nil
	}
	services, err := s.small(search{base: service, scope: baseObject, filter: "(objectClass=*)", attributes: []string{"invocationId"}})
	if err != nil || len(services) != 1 {
		return position{}, unlessAnswered(err)
	}
	invocation, err := guidOf(services[0].first("invocationId"))
	if err != nil || invocation.IsZero() {
		return position{}, nil
	}
	return position{invocation: invocation.String(), usn: usn}, nil
}

// unlessAnswered drops a refusal.
func unlessAnswered(err error) error {
	if isAnswer(err) {
		return nil
	}
	return err
}
