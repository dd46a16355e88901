package cloud

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"adbadge/model"
)

// encoder writes JSON member by member, in the order in which the vendor's answers have them. It does without
// reflection, since a page may hold 10,000 records of 40 members.
type encoder struct{ out []byte }

// instantForm is how both APIs write times: UTC, up to seven digits of a second.
const instantForm = "2006-01-02T15:04:05.9999999Z"

// separate writes a comma unless something has just been opened or named.
func (e *encoder) separate() {
	if n := len(e.out); n > 0 {
		switch e.out[n-1] {
		case '{', '[', ':':
		default:
			e.out = append(e.out, ',')
		}
	}
}

// name begins a member. An empty name begins an element of a list.
func (e *encoder) name(name string) {
	e.separate()
	if name != "" {
		e.out = append(e.out, '"')
		e.out = append(e.out, name...)
		e.out = append(e.out, '"', ':')
	}
}

func (e *encoder) open(name string)     { e.name(name); e.out = append(e.out, '{') }
func (e *encoder) close()               { e.out = append(e.out, '}') }
func (e *encoder) openList(name string) { e.name(name); e.out = append(e.out, '[') }
func (e *encoder) closeList()           { e.out = append(e.out, ']') }
func (e *encoder) null(name string)     { e.name(name); e.out = append(e.out, "null"...) }

func (e *encoder) text(name, value string) {
	e.name(name)
	e.out = appendText(e.out, value)
}

// textOrNull writes null for an empty text.
func (e *encoder) textOrNull(name, value string) {
	if value == "" {
		e.null(name)
		return
	}
	e.text(name, value)
}

func (e *encoder) number(name string, value int64) {
	e.name(name)
	e.out = strconv.AppendInt(e.out, value, 10)
}

func (e *encoder) numberOrNull(name string, value int64) {
	if value == 0 {
		e.null(name)
		return
	}
	e.number(name, value)
}

func (e *encoder) boolean(name string, value bool) {
	e.name(name)
	e.out = strconv.AppendBool(e.out, value)
}

// instant writes null for the zero time.
func (e *encoder) instant(name string, value time.Time) {
	if value.IsZero() {
		e.null(name)
		return
	}
	e.name(name)
	e.out = append(e.out, '"')
	e.out = value.UTC().AppendFormat(e.out, instantForm)
	e.out = append(e.out, '"')
}

// guid writes null for the zero GUID.
func (e *encoder) guid(name string, value model.GUID) {
	if value.IsZero() {
		e.null(name)
		return
	}
	e.name(name)
	e.out = append(e.out, '"')
	e.out = append(e.out, value.String()...)
	e.out = append(e.out, '"')
}

func (e *encoder) texts(name string, values []string) {
	e.openList(name)
	for _, v := range values {
		e.text("", v)
	}
	e.closeList()
}

// appendText quotes a text. Anything but plain ASCII without specials goes through encoding/json.
func appendText(out []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, err := json.Marshal(s)
			if err != nil { // cannot happen: every string can be encoded
				quoted = []byte(`""`)
			}
			return append(out, quoted...)
		}
	}
	out = append(out, '"')
	out = append(out, s...)
	return append(out, '"')
}
