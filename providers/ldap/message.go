package ldap

import (
	"fmt"
	"strings"
)

// message is one LDAPMessage (RFC 4511, 4.1.1).
type message struct {
	id       int64
	op       byte   // tag of the operation
	body     string // contents of the operation
	controls string // contents of the controls; empty when there are none
}

// parseMessage takes the contents of the outer sequence.
func parseMessage(s string) (message, error) {
	var m message
	value, rest, err := expect(s, tagInteger)
	if err != nil {
		return m, err
	}
	if m.id, err = number(value); err != nil {
		return m, err
	}
	if m.op, m.body, rest, err = element(rest); err != nil {
		return m, err
	}
	for rest != "" && err == nil {
		var tag byte
		if tag, value, rest, err = element(rest); tag == tagControls {
			m.controls = value
		}
	}
	return m, err
}

// resultError is a result code other than success (RFC 4511, 4.1.9).
type resultError struct {
	code       int64
	diagnostic string // as the server wrote it, not cleaned
}

func (e *resultError) Error() string { return fmt.Sprintf("result code %d: %s", e.code, e.diagnostic) }

// parseResult reads an LDAPResult. A code other than success is a *resultError.
func parseResult(body string) error {
	value, rest, err := expect(body, tagEnumerated)
	if err != nil {
		return err
	}
	code, err := number(value)
	if err != nil {
		return err
	}
	if _, rest, err = expect(rest, tagOctetString); err != nil {
		return err
	}
	diagnostic, _, err := expect(rest, tagOctetString)
	if err != nil {
		return err
	}
	if code != 0 {
		return &resultError{code, strings.TrimRight(diagnostic, "\x00")}
	}
	return nil
}

const pagedResults = "1.2.840.113556.1.4.319"

// controlValue finds the value of a control of an answer (RFC 4511, 4.1.11).
func controlValue(controls, wanted string) (value string, found bool, err error) {
	for controls != "" {
		var control string
		if control, controls, err = expect(controls, tagSequence); err != nil {
			return "", false, err
		}
		kind, rest, err := expect(control, tagOctetString)
		if err != nil {
			return "", false, err
		}
		if kind != wanted {
			continue
		}
		tag, value, rest, err := element(rest)
		if err == nil && tag != tagOctetString { // the criticality comes first
			value, _, err = expect(rest, tagOctetString)
		}
		return value, err == nil, err
	}
	return "", false, nil
}

// pageCookie finds the cookie of the paged results control (RFC 2696). found tells an empty cookie, which ends the
// list, from a control that is not there.
func pageCookie(controls string) (cookie string, found bool, err error) {
	value, found, err := controlValue(controls, pagedResults)
	if err != nil || !found {
		return "", false, err
	}
	if value, _, err = expect(value, tagSequence); err != nil {
		return "", false, err
	}
	_, rest, err := expect(value, tagInteger)
	if err != nil {
		return "", false, err
	}
	cookie, _, err = expect(rest, tagOctetString)
	return cookie, err == nil, err
}
