package ldap

import (
	"bytes"
	"errors"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// DirSync is a search for what has changed in a domain since an earlier one ([MS-ADTS] 3.1.1.3.4.1.3).
const dirSyncControl = "1.2.840.113556.1.4.841"

// Flags of the control.
const (
	syncReplication    = 0           // everything: needs the right to replicate changes
	syncObjectSecurity = 1           // what the account may see: needs no right of its own
	syncValues         = -0x80000000 // of linked attributes only the values that came or went; the highest of 32 bits
)

// Bounds of DirSync.
const (
	syncBytes     = 1 << 20   // of one answer; a server may send some more
	maxSyncCookie = 256 << 10 // it names each domain controller that the domain ever had, in some 30 bytes
	syncAnswers   = 1000      // to one question
	syncPatience  = 5 * time.Minute
)

// syncState is where a follower of a domain stands. The cookie means something to the domain's controllers alone, and to
// each of them; it is empty before the first answer.
type syncState struct {
	Flags  int64  `json:"flags"`
	Cookie []byte `json:"cookie"`
}

// control makes the request for what comes after the state.
func (s syncState) control() *ber.Packet {
	value := ber.NewSequence("")
	for _, n := range []int64{s.Flags | syncValues, syncBytes} {
		value.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, n, ""))
	}
	value.AppendChild(octets(string(s.Cookie)))
	return criticalControl(dirSyncControl, octets(string(value.Bytes())))
}

// syncAnswer is what a server says of the state that its answer leads to.
type syncAnswer struct {
	came   bool // the server knows DirSync
	more   bool // this was not all
	cookie []byte
}

// syncAnswerOf reads the control of an answer.
func syncAnswerOf(controls string) (a syncAnswer, err error) {
	value, found, err := controlValue(controls, dirSyncControl)
	if err != nil || !found {
		return a, err
	}
	if value, _, err = expect(value, tagSequence); err != nil {
		return a, err
	}
	flags, rest, err := expect(value, tagInteger)
	if err != nil {
		return a, err
	}
	more, err := number(flags)
	if err != nil {
		return a, err
	}
	if _, rest, err = expect(rest, tagInteger); err != nil {
		return a, err
	}
	cookie, _, err := expect(rest, tagOctetString)
	return syncAnswer{came: true, more: more != 0, cookie: []byte(cookie)}, err
}

// synchronise hands on what has changed since a state, and gives the state to go on from.
func (s *session) synchronise(q search, since syncState, each func(*entry) error) (syncState, error) {
	end := time.Now().Add(syncPatience)
	for range syncAnswers {
		q.sync = &since
		o, err := s.search(q, each)
		stuck := bytes.Equal(o.sync.cookie, since.Cookie)
		switch {
		case err != nil:
			return since, err
		case o.malformed > 0:
			return since, protocolError("an entry could not be read")
		case !o.sync.came, len(o.sync.cookie) == 0:
			return since, protocolError("the server does not say what its answer leads to")
		case len(o.sync.cookie) > maxSyncCookie:
			return since, protocolError("the server wants too much to be remembered")
		}
		since.Cookie = o.sync.cookie
		if !o.sync.more {
			return since, nil
		}
		if stuck || time.Now().After(end) {
			break
		}
	}
	return since, errEndless
}

// enter begins to follow a domain, or goes on from an earlier state; what has changed until now is passed over. An answer
// that refuses is a *resultError.
//
// The filter fits the head of the domain alone: the state is that of the domain, whatever was asked for.
func (s *session) enter(domain string, earlier syncState) (state syncState, err error) {
	q := search{base: domain, scope: subtree, filter: "(objectClass=domainDNS)", attributes: []string{"objectGUID"}}
	heads := 0
	each := func(*entry) error {
		if heads++; heads > maxSmall {
			return errEndless
		}
		return nil
	}
	for _, flags := range []int64{syncReplication, syncObjectSecurity} {
		if earlier.Flags == flags && len(earlier.Cookie) > 0 {
			if state, err = s.synchronise(q, earlier, each); !isAnswer(err) {
				return state, err
			}
		}
		if state, err = s.synchronise(q, syncState{Flags: flags}, each); !isAnswer(err) {
			return state, err
		}
	}
	return state, err
}

// isAnswer reports whether an error is a refusal: the server answers, but not this.
func isAnswer(err error) bool {
	result, ok := errors.AsType[*resultError](err)
	return ok && result.code != resultBusy && result.code != resultUnavailable
}
