package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
)

var (
	errNotJSON = errors.New("the answer is no JSON")
	errObject  = errors.New("the answer is no JSON object")
	errTwice   = errors.New("a name comes twice in one object")
)

// object is a JSON object by the names of its members, exactly as they are written. Package json alone would take names
// of another case for them, and the last of two members with one name.
type object map[string]json.RawMessage

func readObject(data []byte) (object, error) {
	if !json.Valid(data) {
		return nil, errNotJSON
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if begin, err := decoder.Token(); err != nil || begin != json.Delim('{') {
		return nil, errObject
	}
	o := object{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, errNotJSON
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, errNotJSON
		}
		key, ok := name.(string)
		if !ok {
			return nil, errNotJSON
		}
		if _, twice := o[key]; twice {
			return nil, errTwice
		}
		o[key] = value
	}
	if _, err := decoder.Token(); err != nil { // the end of the object
		return nil, errNotJSON
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotJSON
	}
	return o, nil
}

// object gives a member that is an object itself; an empty one when it is something else.
func (o object) object(name string) (object, error) {
	raw, ok := o[name]
	if !ok || kindOf(raw) != nested {
		return object{}, nil
	}
	inner, err := readObject(raw)
	if errors.Is(err, errObject) {
		return object{}, nil
	}
	return inner, err
}

// text gives a member that is a string, empty when it is something else.
func (o object) text(name string) string {
	var s string
	if raw, ok := o[name]; ok && kindOf(raw) == textual {
		_ = json.Unmarshal(raw, &s) // it is valid
	}
	return s
}

// boolean gives a member that is true or false.
func (o object) boolean(name string) (value, ok bool) {
	raw := string(o[name])
	return raw == "true", raw == "true" || raw == "false"
}

// kind is what a JSON value is.
type kind uint8

const (
	nested kind = iota
	boolean
	number
	textual
	null
)

// kindOf looks at a valid JSON value.
func kindOf(raw json.RawMessage) kind {
	switch {
	case len(raw) == 0 || slices.Contains([]byte("{["), raw[0]):
		return nested
	case raw[0] == 't' || raw[0] == 'f':
		return boolean
	case raw[0] == 'n':
		return null
	case raw[0] == '"':
		return textual
	}
	return number
}
