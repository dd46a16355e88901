package ldap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"adbadge/model"
)

// position is what a model.Position holds. Update sequence numbers count the changes of one domain controller's
// database, which its invocationId names; they mean nothing on another one, or after a restore (MS-ADTS 3.1.1.1.9).
type position struct {
	Invocation string // GUID
	USN        int64  // of the last change that was seen
}

func (p position) encode() (model.Position, error) {
	if p == (position{}) {
		return "", nil
	}
	encoded, err := json.Marshal(p)
	return model.Position(encoded), err
}

func decodePosition(encoded model.Position) (p position, err error) {
	if err := json.Unmarshal([]byte(encoded), &p); err != nil || p.USN < 0 {
		return position{}, fmt.Errorf("%w (its position cannot be read)", model.ErrPositionLost)
	}
	return p, nil
}

// Position marks where the directory stands now. It is empty where the server does not tell.
func (d *Directory) Position(ctx context.Context) (model.Position, error) {
	s, err := d.connect(ctx, int(d.good.Load()))
	if err != nil {
		return "", err
	}
	defer s.close()
	p, err := s.position()
	if err != nil {
		return "", s.explain(err, "ask for the last change at")
	}
	return p.encode()
}

// position reads where the server stands. A server that does not tell, or not this account, gives the zero one.
func (s *session) position() (position, error) {
	roots, err := s.small(search{scope: baseObject, filter: "(objectClass=*)", attributes: []string{"highestCommittedUSN", "dsServiceName"}})
	if err != nil || len(roots) != 1 {
		return position{}, unlessAnswered(err)
	}
	usn, err := strconv.ParseInt(roots[0].first("highestCommittedUSN"), 10, 64)
	service := roots[0].first("dsServiceName")
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
	return position{Invocation: invocation.String(), USN: usn}, nil
}

// unlessAnswered drops a refusal: the server answers, but not this.
func unlessAnswered(err error) error {
	if result, ok := errors.AsType[*resultError](err); ok && result.code != resultBusy && result.code != resultUnavailable {
		return nil
	}
	return err
}
