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
	// replicates means the rights to replicate directory changes and to read Deleted Objects.
	replicates bool
}

// Sub-codes of a refused bind: they stand after "data" in the text.
const (
	wrongPassword   = "52e"
	passwordExpired = "532"
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
	c.account.Store(c.server.store.accountOfEntry(&user))
	return answer(success, "")
}

// standing gives the sub-code of an account that may not sign in although the password is right.
func standing(e *entry, now time.Time) string {
	expires := e.number64(accountExpires)
	switch {
	case e.number64(userAccountControl)&world.AccountDisabled != 0:
		return accountDisabled
	case expires != 0 && expires != neverExpires && expires <= fileTime(now):
		return accountExpired
	case e.locked(now):
		return accountLocked
	case e.number64(pwdLastSet) == 0 && e.number64(userAccountControl)&passwordIsNoLimit == 0:
		return mustChange
	case e.passwordExpired(now):
		return passwordExpired
	}
	return ""
}

// names are what a bind may call an account.
type names struct {
	domain  *world.Domain
	account string
	upn     string
	dn      string
}

// accountNamed finds the user that a bind names: by user principal name, DOMAIN\account or distinguished name. The
// bare account name does not do, as in AD. It computes users rather than search the entries, so that nobody who
// signs in early waits until all of those are encoded.
func (s *store) accountNamed(given string) (entry, bool) {
	fits := namedBy(given)
	if fits == nil {
		return entry{}, false
	}
	for _, n := range s.changedEntries() {
		e := s.entry(n)
		if e.deleted || len(e.values(userAccountControl)) == 0 {
			continue
		}
		r := readRecord(&e)
		domain := &s.world.Domains()[s.domainOf(uint32(e.parent))]
		if fits(names{domain, r.first(sAMAccountName), r.first(userPrincipalName), r.name}) {
			return e, true
		}
	}
	for i := range s.world.Users() {
		u := s.world.User(i)
		n := uint32(s.users + i)
		if s.version(n) == nil && fits(names{&s.world.Domains()[u.Domain], u.SAM, u.UPN, u.DN()}) {
			return s.entry(n), true
		}
	}
	return entry{}, false
}

// namedBy reads what a bind gives as a name; nil means that it is none.
func namedBy(given string) func(names) bool {
	named := strings.Contains(given, "=")
	if domain, sam, ok := strings.Cut(given, `\`); ok && !named {
		return func(a names) bool {
			return strings.EqualFold(a.account, sam) &&
				(strings.EqualFold(a.domain.NetBIOS, domain) || strings.EqualFold(a.domain.DNSName, domain))
		}
	}
	if sam, domain, ok := strings.Cut(given, "@"); ok && !named {
		return func(a names) bool {
			return strings.EqualFold(a.upn, given) ||
				strings.EqualFold(a.account, sam) && strings.EqualFold(a.domain.DNSName, domain)
		}
	}
	if name, ok := canonicalDN(given); ok && name != "" {
		return func(a names) bool { return strings.EqualFold(a.dn, name) }
	}
	return nil
}

// accountOfEntry tells who an entry is when it is signed in. The rights are those of the made-up world: who is added
// later has none.
func (s *store) accountOfEntry(e *entry) *account {
	sam, _, _ := cut(e.values(sAMAccountName))
	i := int(e.number) - s.users
	return &account{
		name:       s.world.Domains()[s.domainOf(uint32(e.parent))].NetBIOS + `\` + string(sam),
		replicates: i >= 0 && i < s.world.Users() && s.world.ReplicatesChanges(i),
	}
}
