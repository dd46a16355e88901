package session

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"
)

// The cookies of a person who is signed in to the portal.
const (
	authCookie = "sccauth"
	xsrfCookie = "XSRF-TOKEN"
)

const (
	// MaxCookies is how much is taken at a prompt, in bytes: a whole Cookie header may have dozens of cookies.
	MaxCookies = 64 << 10
	// maxCookie bounds one cookie, in bytes. Browsers keep no larger ones.
	maxCookie = 8 << 10
)

// Cookies are a secret: however they are printed, nothing of them shows. The zero value holds none.
type Cookies struct {
	// reveal is a function because that is what package fmt cannot look into, also where Cookies is a part of another value.
	reveal func() held
}

// held is what a session holds.
type held struct{ auth, xsrf string }

func keep(h held) Cookies { return Cookies{func() held { return h }} }

// Format prints nothing of the cookies, whatever the verb.
func (Cookies) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "(cookies)") }

// ErrToken says that the cookie of the session alone was given, so that the other one is to be asked for.
var ErrToken = errors.New("the cookie " + xsrfCookie + " is missing")

// ParseCookies reads what a person pastes: a whole Cookie header, also among others, some of its cookies ("sccauth=...; XSRF-TOKEN=..."), or
// the bare value of the cookie sccauth. No error repeats anything of it.
func ParseCookies(pasted string) (Cookies, error) {
	if len(pasted) > MaxCookies {
		return Cookies{}, fmt.Errorf("that is longer than %d bytes, which no Cookie header is", MaxCookies)
	}
	pasted = strings.TrimSpace(pasted)
	if pasted == "" {
		return Cookies{}, errors.New("nothing was pasted")
	}
	var h held
	for part := range cookiesIn(pasted) {
		name, value, _ := strings.Cut(part, "=")
		into := h.named(name)
		if into == nil {
			continue
		}
		if *into != "" && *into != value {
			return Cookies{}, fmt.Errorf("the cookie %s is there twice, with different values", name)
		}
		*into = value
	}
	if h == (held{}) && !strings.ContainsAny(pasted, "; \t\r\n:") {
		h.auth = pasted
	}
	switch {
	case h.auth == "":
		return Cookies{}, errors.New("there is no cookie " + authCookie + " in it")
	case !isCookie(h.auth):
		return Cookies{}, errors.New("the cookie " + authCookie + " holds characters that no cookie may hold, or is too long")
	case h.xsrf == "":
		return keep(h), ErrToken
	case !isToken(h.xsrf):
		return Cookies{}, errors.New("the cookie " + xsrfCookie + " holds characters that no cookie may hold, or is too long")
	}
	return keep(h), nil
}

// cookiesIn gives the parts between semicolons of all lines, without the name of the header: people paste whole requests.
func cookiesIn(pasted string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(pasted) {
			line = strings.TrimSpace(line)
			if rest, ok := cutPrefixFold(line, "cookie:"); ok {
				line = rest
			}
			for part := range strings.SplitSeq(line, ";") {
				if !yield(strings.TrimSpace(part)) {
					return
				}
			}
		}
	}
}

// WithToken adds the cookie XSRF-TOKEN, which may come with its name.
func (c Cookies) WithToken(pasted string) (Cookies, error) {
	pasted = strings.TrimSuffix(strings.TrimSpace(pasted), ";")
	value := strings.TrimPrefix(pasted, xsrfCookie+"=")
	if c.reveal == nil || !isToken(value) {
		return Cookies{}, errors.New("that is no value of the cookie " + xsrfCookie)
	}
	return keep(held{auth: c.reveal().auth, xsrf: value}), nil
}

// named gives where a cookie is kept, nil for one that is not needed. The names of cookies are told apart by case.
func (h *held) named(name string) *string {
	switch name {
	case authCookie:
		return &h.auth
	case xsrfCookie:
		return &h.xsrf
	}
	return nil
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// isCookie reports whether a value can stand in a Cookie header, where nothing of it begins another cookie or header.
func isCookie(value string) bool {
	if value == "" || len(value) > maxCookie {
		return false
	}
	for i := range len(value) {
		if value[i] <= ' ' || value[i] >= 0x7F || value[i] == ';' {
			return false
		}
	}
	return true
}

// isToken reports whether the value can be sent both as the cookie and, decoded, as a header.
func isToken(value string) bool {
	if !isCookie(value) {
		return false
	}
	decoded, err := url.PathUnescape(value)
	if err != nil || decoded == "" {
		return false
	}
	for i := range len(decoded) {
		if decoded[i] < ' ' || decoded[i] >= 0x7F {
			return false
		}
	}
	return true
}

// header gives the Cookie header.
func (h *held) header() string {
	return authCookie + "=" + h.auth + "; " + xsrfCookie + "=" + h.xsrf
}

// token gives the header that proves to the portal that the cookies were sent on purpose.
func (h *held) token() string {
	decoded, _ := url.PathUnescape(h.xsrf) // checked when it was taken
	return decoded
}

// redact takes the cookies out of a text of the other end: a hostile one may send them back to have them shown.
func (h *held) redact(s string) string {
	for _, secret := range []string{h.auth, h.xsrf, h.token()} {
		const short = 4 // what would be found everywhere is no secret
		if len(secret) >= short {
			s = strings.ReplaceAll(s, secret, "(cookie)")
		}
	}
	return s
}
