package ldap

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"adbadge/model"
	"adbadge/model/text"
)

// converter makes entities of entries. It belongs to one reading.
type converter struct {
	now     time.Time
	lockout map[string]time.Duration   // of a domain by its DNS name; 0 is without end
	places  map[string]place           // by DN of the container
	systems map[[2]text.Line]text.Line // short names by name and version
	// privileged are the members of protected groups; nil when they are not known.
	privileged *privileged
	// unnamed counts objects without a usable objectGUID, odd those with attributes that are missing, repeated or
	// unreadable.
	unnamed, odd gapCount
	bad          bool // the entry at hand is odd
}

// gapCount counts objects and remembers the first one.
type gapCount struct {
	count int
	first text.Line
}

func (g *gapCount) add(dn string) {
	if g.count++; g.count == 1 {
		g.first = text.CleanMax(dn, maxShown)
	}
}

// maxPlaces and maxSystems bound the memory for what many objects share.
const (
	maxPlaces  = 10_000
	maxSystems = 1000
)

func newConverter(now time.Time, lockout map[string]time.Duration) *converter {
	return &converter{now: now, lockout: lockout, places: map[string]place{}, systems: map[[2]text.Line]text.Line{}}
}

// entity converts an entry. It is no entity when it is another kind of object, or has no identity.
func (c *converter) entity(e *entry) (entity model.Entity, ok bool) {
	kind, managed, ok := kindOf(e)
	if !ok {
		return model.Entity{}, false
	}
	id, err := guidOf(e.value(objectGUID))
	if err != nil || id.IsZero() {
		c.unnamed.add(e.dn)
		return model.Entity{}, false
	}
	c.bad = e.overfull || len(e.values(objectGUID)) > 1
	entity.ID, entity.Kind, entity.DN = id, kind, text.CleanMax(e.dn, text.MaxRunes)
	entity.SID, entity.SAM = c.sid(e), c.line(e, sAMAccountName)
	if entity.SAM == "" {
		c.bad = true
	}
	at := c.place(e.dn)
	entity.Domain, entity.OU = text.Line(at.domain), at.path
	entity.LastLogon, entity.PasswordSet = c.filetime(e, lastLogonTimestamp), c.filetime(e, pwdLastSet)
	created, readable := generalizedTime(c.single(e, whenCreated))
	entity.Created, c.bad = created, c.bad || !readable
	entity.Flags = c.flags(e, at.domain)
	if c.privileged != nil {
		if _, member := c.privileged.members[id]; member {
			entity.Flags |= model.Sensitive
		}
	}
	if kind == model.Computer {
		c.fillComputer(&entity, e)
	} else {
		c.fillUser(&entity, e, managed)
	}
	return entity, true
}

// count takes note of the entry at hand when it is odd. It is for the caller to say which ones are listed.
func (c *converter) count(e *entry) {
	if c.bad {
		c.odd.add(e.dn)
	}
}

func (c *converter) fillComputer(entity *model.Entity, e *entry) {
	entity.Name = text.Line(strings.TrimSuffix(string(entity.SAM), "$"))
	if entity.Name == "" {
		entity.Name = text.Clean(rdnValue(e.dn))
	}
	entity.DNSName = c.line(e, dNSHostName)
	entity.OSVersion = c.line(e, operatingSystemVersion)
	entity.OS = c.system(c.line(e, operatingSystem), entity.OSVersion)
}

func (c *converter) fillUser(entity *model.Entity, e *entry, managed bool) {
	entity.Name = c.line(e, displayName)
	if entity.Name == "" {
		entity.Name = text.Clean(rdnValue(e.dn))
	}
	if entity.Name == "" {
		entity.Name = entity.SAM
	}
	entity.UPN, entity.Department = c.line(e, userPrincipalName), c.line(e, department)
	entity.Title, entity.Mail = c.line(e, title), c.line(e, mail)
	if managed || len(e.values(servicePrincipalName)) > 0 {
		entity.Flags |= model.Service
	}
}

// flags reads the account's state.
func (c *converter) flags(e *entry, domain string) (flags model.EntityFlags) {
	control, readable := c.integer(e, userAccountControl)
	if !readable {
		c.bad = true // every account has it
	}
	set := func(flag model.EntityFlags, on bool) {
		if on {
			flags |= flag
		}
	}
	set(model.Disabled, control&controlDisabled != 0)
	set(model.PasswordNeverExpires, control&controlPasswordNever != 0)
	set(model.DomainController, control&(controlServer|controlPartialSecrets) != 0)
	admin, _ := c.integer(e, adminCount)
	set(model.Sensitive, admin > 0)
	expires := c.filetime(e, accountExpires)
	set(model.Expired, !expires.IsZero() && expires.Before(c.now))
	set(model.Locked, c.locked(c.filetime(e, lockoutTime), domain))
	return flags
}

// locked reports whether an account that was locked at a time still is. AD clears the time only at the next logon. A
// domain whose lockout duration is not known is taken to lock without end; a duration of one account's own policy is
// not known here.
func (c *converter) locked(at time.Time, domain string) bool {
	if at.IsZero() {
		return false
	}
	duration := c.lockout[domain]
	return duration == 0 || at.Add(duration).After(c.now)
}

// place gives where the object lies. Most objects share their container with others.
func (c *converter) place(dn string) place {
	_, parent := splitDN(dn)
	at, known := c.places[parent]
	if !known {
		at = placeOf(parent)
		if len(c.places) >= maxPlaces {
			clear(c.places)
		}
		c.places[strings.Clone(parent)] = at
	}
	c.bad = c.bad || at.broken
	return at
}

// system gives the short name of an operating system, which is as common as the system is.
func (c *converter) system(name, version text.Line) text.Line {
	key := [2]text.Line{name, version}
	short, known := c.systems[key]
	if !known {
		if len(c.systems) >= maxSystems {
			clear(c.systems)
		}
		key = [2]text.Line{text.Line(strings.Clone(string(name))), text.Line(strings.Clone(string(version)))}
		short = shortSystem(key[0], key[1])
		c.systems[key] = short
	}
	return short
}

// single gives the value of an attribute that has one. Several are odd, and the first one counts.
func (c *converter) single(e *entry, f field) string {
	values := e.values(f)
	if len(values) == 0 {
		return ""
	}
	c.bad = c.bad || len(values) > 1
	return values[0]
}

func (c *converter) line(e *entry, f field) text.Line {
	value := c.single(e, f)
	clean := text.Clean(value)
	c.bad = c.bad || string(clean) != value && !utf8.ValidString(value)
	return clean
}

func (c *converter) filetime(e *entry, f field) time.Time {
	value := c.single(e, f)
	if value == "" {
		return time.Time{}
	}
	t, readable := filetime(value)
	c.bad = c.bad || !readable
	return t
}

// integer gives a number, and whether there is a readable one.
func (c *converter) integer(e *entry, f field) (int64, bool) {
	value := c.single(e, f)
	if value == "" {
		return 0, false
	}
	n, err := strconv.ParseInt(value, 10, 64)
	c.bad = c.bad || err != nil
	return n, err == nil
}

func (c *converter) sid(e *entry) model.SID {
	sid, err := sidOf(c.single(e, objectSid))
	c.bad = c.bad || err != nil
	return sid
}

// guidOf and sidOf read the bytes of AD, and the text that some dumps hold instead.
func guidOf(value string) (model.GUID, error) {
	if len(value) == 36 || len(value) == 38 {
		return model.ParseGUID(value)
	}
	return model.GUIDFromBytes([]byte(value))
}

func sidOf(value string) (model.SID, error) {
	if strings.HasPrefix(value, "S-1-") {
		return model.ParseSID(value)
	}
	return model.SIDFromBytes([]byte(value))
}

// kindOf tells users and computers from everything else: contacts, groups, and the accounts of trusted domains, which
// look like users. Managed service accounts (managed) are computers by class but users by what they do. A dump without
// objectClass is judged by the type of the account.
func kindOf(e *entry) (kind model.Kind, managed, ok bool) {
	control, account := numberOr(e.value(userAccountControl), -1), numberOr(e.value(sAMAccountType), -1)
	if control != -1 && control&controlInterdomainTrust != 0 || account == samTrust {
		return 0, false, false
	}
	var user, computer bool
	classes := e.values(objectClass)
	for _, class := range classes {
		switch {
		case strings.EqualFold(class, "user"):
			user = true
		case strings.EqualFold(class, "computer"):
			computer = true
		case len(class) >= len(managedClasses[0]):
			managed = managed || slices.ContainsFunc(managedClasses, func(c string) bool { return strings.EqualFold(c, class) })
		}
	}
	switch {
	case managed:
		return model.User, true, true
	case computer:
		return model.Computer, false, true
	case user:
		return model.User, false, true
	case len(classes) > 0:
		return 0, false, false
	case account == samMachine:
		return model.Computer, false, true
	case account == samUser:
		return model.User, false, true
	case control == -1 || control > math.MaxUint32:
		return 0, false, false
	case control&(controlWorkstation|controlServer) != 0:
		return model.Computer, false, true
	}
	return model.User, false, control&controlNormal != 0
}

// managedClasses are the classes of managed service accounts, the shortest name first.
var managedClasses = []string{"msDS-ManagedServiceAccount", "msDS-GroupManagedServiceAccount", "msDS-DelegatedManagedServiceAccount"}

// numberOr reads a number, or gives another one where there is none.
func numberOr(s string, otherwise int64) int64 {
	if s == "" {
		return otherwise
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	return otherwise
}

// Values of sAMAccountType (MS-SAMR 2.2.1.9).
const (
	samUser    = 0x30000000
	samMachine = 0x30000001
	samTrust   = 0x30000002
)
