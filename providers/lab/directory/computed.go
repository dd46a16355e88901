package directory

import (
	"strconv"
	"time"

	"adbadge/providers/lab/world"
)

// The domains' account policy.
const (
	lockoutTimeSpan   = 30 * time.Minute
	lockoutAttempts   = 10
	maxPasswordAge    = 90 * 24 * time.Hour
	passwordLength    = 14
	stepsPerSecond    = 10_000_000 // of 100 ns
	passwordIsOld     = 0x800000   // UF_PASSWORD_EXPIRED
	passwordIsNoLimit = world.PasswordNeverExpires | world.SmartcardRequired | world.WorkstationTrustAccount |
		world.ServerTrustAccount | world.InterdomainTrustAccount
)

// number64 gives a numeric attribute, or 0.
func (e *entry) number64(a attr) int64 {
	value, _, _ := cut(e.values(a))
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// locked reports whether an account is locked out at an instant: a lockout ends by itself.
func (e *entry) locked(now time.Time) bool {
	since := e.number64(lockoutTime)
	return since != 0 && fileTime(now)-since < int64(lockoutTimeSpan/time.Second)*stepsPerSecond
}

// passwordExpired reports whether an account's password must be changed because it is too old, or because somebody
// wants it.
func (e *entry) passwordExpired(now time.Time) bool {
	if e.number64(userAccountControl)&passwordIsNoLimit != 0 {
		return false
	}
	set := e.number64(pwdLastSet)
	return set == 0 || fileTime(now)-set > int64(maxPasswordAge/time.Second)*stepsPerSecond
}

// appendConstructed appends the attributes that are made when somebody asks for them by name, and the invocation id,
// which may change.
func (s *store) appendConstructed(b []byte, e *entry, sel *selection) []byte {
	if sel.wanted[computedControl] && len(e.values(userAccountControl)) > 0 && !e.deleted {
		flags := 0
		if e.locked(s.now()) {
			flags |= world.Lockout
		}
		if e.passwordExpired(s.now()) {
			flags |= passwordIsOld
		}
		b = appendOne(b, computedControl, strconv.AppendInt(nil, int64(flags), 10), sel.typesOnly)
	}
	if e.number == s.settings && sel.has(invocationID) {
		id := s.invocationID()
		b = appendOne(b, invocationID, id[:], sel.typesOnly)
	}
	if sel.wanted[parentGUID] {
		b = s.appendParent(b, e, sel.typesOnly)
	}
	return b
}

// appendParent appends the id of what holds an entry.
func (s *store) appendParent(b []byte, e *entry, typesOnly bool) []byte {
	if e.parent == noParent {
		return b
	}
	holder := s.original(uint32(e.parent))
	id, _, _ := cut(holder.values(objectGUID))
	return appendOne(b, parentGUID, id, typesOnly)
}

// appendOne appends an attribute of one value.
func appendOne(b []byte, a attr, value []byte, typesOnly bool) []byte {
	set := appendHeader(nil, tagSet, headerSize(len(value))+len(value))
	return appendAttribute(b, a, append(appendHeader(set, tagOctets, len(value)), value...), typesOnly)
}
