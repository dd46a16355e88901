package ldap

import (
	"context"
	"encoding/json"
	"errors"
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

// positions are what a model.Position holds: the last USN of each domain controller by invocationId. A name that stands
// for several of them leads to another one now and then; each is read whole once, and followed from there.
type positions map[string]int64

// maxControllers bounds how many databases are remembered.
const maxControllers = 64

// with gives the positions with one renewed.
func (p positions) with(now position) (model.Position, error) {
	if now.invocation == "" {
		return "", nil
	}
	next := positions{now.invocation: now.usn}
	for invocation, usn := range p {
		if _, known := next[invocation]; !known && len(next) < maxControllers {
			next[invocation] = usn
		}
	}
	encoded, err := json.Marshal(next)
	return model.Position(encoded), err
}

func decodePosition(encoded model.Position) (p positions, err error) {
	if encoded == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(encoded), &p); err != nil {
		return nil, fmt.Errorf("%w (its position cannot be read)", model.ErrPositionLost)
	}
	return p, nil
}

// Position marks where the directory stands now. It is empty where the server does not tell. What an earlier position
// says about other domain controllers stays.
func (d *Directory) Position(ctx context.Context, earlier model.Position) (model.Position, error) {
	known, err := decodePosition(earlier)
	if err != nil {
		return "", err
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
	return known.with(now)
}

// position gives where the server stood when the call began. A server that does not tell, or not this account, gives the zero one.
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

// unlessAnswered drops a refusal: the server answers, but not this.
func unlessAnswered(err error) error {
	if result, ok := errors.AsType[*resultError](err); ok && result.code != resultBusy && result.code != resultUnavailable {
		return nil
	}
	return err
}
