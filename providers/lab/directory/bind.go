package directory

import (
	"crypto/subtle"
	"strings"
	"time"

	"adbadge/providers/lab/world"
)

// account is who is signed in.
type account struct {
	name string // "CONTOSO\svc-backup"
}

// Sub-codes of a refused bind: they stand after "data" in the text.
const (
	wrongPassword   = "52e"
	accountDisabled = "533"
	accountExpired  = "701"
	mustChange      = "773"
	accountLocked   = "775"
)

func refusal(code string) string {
	return "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data " + code + ", v4563"
}

// bind signs a client in by name and password.
func (c *conn) bind(r *request) bool {
	answer := func(code resultCode, text string) bool { return c.write(result(r.id, answerBind, code, "", text)) }
	c.account.Store(nil)
	if len(r.op.Children) != 3 {
		return answer(protocolError, "")
	}
	version, _ := integer(r.op.Children[0])
	name, credentials := string(content(r.op.Children[1])), r.op.Children[2]
	switch {
	case version != 3:
		return answer(protocolError, "00002057: LdapErr: DSID-0C0904E2, comment: Unsupported version, data 0, v4563")
	case credentials.Tag != 0:
		return answer(authMethodNotSupported, "00002027: LdapErr: DSID-0C090592, comment: The authentication method is not supported, data 0, v4563")
	case criticalUnknown(r.controls):
		return answer(unavailableCriticalExtension, unknownControl)
	}
	password := content(credentials)
	if len(password) == 0 {
		return answer(success, "") // anonymous, whatever the name
	}
	if !c.secure {
		return answer(strongerAuthRequired, needsTLS)
	}
	if c.server.faults.Load().RefuseBind {
		return answer(invalidCredentials, refusal(wrongPassword))
	}
	user, found := c.server.store.accountNamed(name)
	right := subtle.ConstantTimeCompare(password, []byte(c.server.options.Password)) == 1
	if !found || !right {
		return answer(invalidCredentials, refusal(wrongPassword))
	}
	if code := standing(&user, c.server.options.Now()); code != "" {
		return answer(invalidCredentials, refusal(code))
	}
	c.account.Store(&account{name: c.server.store.world.Domains()[user.Domain].NetBIOS + `\` + user.SAM})
	return answer(success, "")
}

// standing gives the sub-code of an account that may not sign in although the password is right.
func standing(u *world.User, now time.Time) string {
	switch {
	case !u.Enabled():
		return accountDisabled
	case !u.Expires.IsZero() && !u.Expires.After(now):
		return accountExpired
	case !u.Locked.IsZero():
		return accountLocked
	case u.PasswordSet.IsZero():
		return mustChange
	}
	return ""
}

// accountNamed finds the user that a bind names: by user principal name, DOMAIN\account or distinguished name. The
// bare account name does not do, as in AD. It computes users rather than search the entries, so that nobody who
// signs in early waits until all of those are encoded.
func (s *store) accountNamed(given string) (world.User, bool) {
	w := s.world
	var fits func(*world.User) bool
	if domain, sam, ok := strings.Cut(given, `\`); ok && !strings.Contains(given, "=") {
		fits = func(u *world.User) bool {
			d := &w.Domains()[u.Domain]
			return strings.EqualFold(u.SAM, sam) && (strings.EqualFold(d.NetBIOS, domain) || strings.EqualFold(d.DNSName, domain))
		}
	} else if sam, domain, ok := strings.Cut(given, "@"); ok && !strings.Contains(given, "=") {
		fits = func(u *world.User) bool {
			return strings.EqualFold(u.UPN, given) ||
				strings.EqualFold(u.SAM, sam) && strings.EqualFold(w.Domains()[u.Domain].DNSName, domain)
		}
	} else if name, ok := canonicalDN(given); ok && name != "" {
		fits = func(u *world.User) bool { return strings.EqualFold(u.DN(), name) }
	} else {
		return world.User{}, false
	}
	for i := range w.Users() {
		if u := w.User(i); fits(&u) {
			return u, true
		}
	}
	return world.User{}, false
}
