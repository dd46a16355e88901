package world

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"adbadge/model"
)

const day = 24 * time.Hour

// Service and admin accounts come at fixed places among the people, so that no count of them need be kept.
const (
	serviceEvery, serviceAt = 16, 5
	adminEvery, adminAt     = 32, 9
	builtinsAt              = 30 // Administrator, Guest and krbtgt of each domain
)

// builtin is an account that every domain has.
type builtin struct {
	name, description string
	rid               uint32
	control           uint32
	admin             bool
}

var builtins = [...]builtin{
	{"Administrator", "Built-in account for administering the computer/domain", 500, NormalAccount | PasswordNeverExpires, true},
	{"Guest", "Built-in account for guest access to the computer/domain", 501, NormalAccount | PasswordNeverExpires | PasswordNotRequired | AccountDisabled, false},
	{"krbtgt", "Key Distribution Center Service Account", 502, NormalAccount | AccountDisabled, true},
}

// userRole tells what the account at an index is for.
func userRole(i int) Role {
	switch {
	case i >= builtinsAt && i < builtinsAt+2*len(builtins):
		return BuiltinAccount
	case i%serviceEvery == serviceAt:
		return ServiceAccount
	case i%adminEvery == adminAt:
		return AdminAccount
	}
	return Person
}

// User computes the user object at an index from 0 up to Users.
func (w *World) User(i int) User {
	d := w.dice(userStream, i)
	u := User{Index: i, Role: userRole(i), Manager: -1, Control: NormalAccount, RID: rid(ridUser, i)}
	ids := w.dice(guidStream, i)
	u.GUID = ids.guid()
	at := w.siteOf(homeSlot(i))
	u.Domain = w.userDomain(i)
	switch u.Role {
	case Person:
		w.fillPerson(&u, &d, at)
	case ServiceAccount:
		w.fillService(&u, &d)
	case AdminAccount:
		w.fillAdmin(&u, &d)
	default:
		w.fillBuiltin(&u)
	}
	w.fillTimes(&u, &d)
	if special, ok := w.userCases[i]; ok && special.change != nil {
		special.change(w, &u)
	}
	u.SID = w.sid(u.Domain, u.RID)
	u.AdminCount = u.AdminCount || w.privileged(w.UserGroups(i))
	if u.Synced {
		entra := w.dice(entraStream, i)
		u.EntraID = entra.guid()
	}
	return u
}

// userDomain gives the domain of the user at an index.
func (w *World) userDomain(i int) int {
	if userRole(i) == BuiltinAccount {
		return (i - builtinsAt) / len(builtins)
	}
	return w.userCases[i].domain.or(w.siteOf(homeSlot(i)).domain)
}

func (w *World) fillPerson(u *User, d *dice, at *site) {
	domain := &w.domains[u.Domain]
	given, surname, account := w.personName(u.Index)
	dept := w.departmentOf(u.Index)
	u.GivenName, u.Surname = given, surname
	u.DisplayName = given + " " + surname
	u.CN = u.DisplayName
	w.setAccount(u, account)
	u.Mail = account + "@" + domain.MailDomain
	u.Department = dept.name
	// The lower titles are the common ones.
	rank := max(d.n(len(dept.titles)), d.n(len(dept.titles)))
	if rank == 0 {
		rank = 1
	}
	u.Title = dept.titles[rank]
	u.Company = "Contoso"
	u.Office = at.city + " " + strconv.Itoa(d.between(1, 6)) + "." + fmt.Sprintf("%03d", d.between(1, 180))
	u.Phone = at.dial + fmt.Sprintf("01%02d", d.n(100))
	u.EmployeeID = strconv.Itoa(100_000 + u.Index)
	u.Parent = "OU=" + dept.name + ",OU=People," + domain.BaseDN
	u.Synced = !d.chance(40)
	u.Manager = w.managerOf(u.Index)
	if d.chance(60) {
		u.Control |= PasswordNeverExpires
	}
	if d.chance(45) {
		u.Control |= AccountDisabled
		u.Parent = "OU=Leavers," + domain.BaseDN
		u.Description = "Left the company, account kept for 90 days"
	}
}

// departmentOf weighs the departments: engineering and support are large, legal is small.
func (w *World) departmentOf(i int) *department {
	d := w.dice(userStream, -2-i)
	order := [...]int{0, 1, 2, 3, 4, 4, 4, 5, 5, 6, 7, 8, 9, 10, 10, 11, 0, 2}
	return &departments[pick(&d, order[:])]
}

// managerOf gives somebody with a lower index, so that a smaller world holds them too, or -1.
func (w *World) managerOf(i int) int {
	for m := i/7 - 1; m >= 0; m-- {
		if userRole(m) == Person && w.userCases[m].change == nil {
			return m
		}
	}
	return -1
}

func (w *World) setAccount(u *User, account string) {
	u.SAM = account
	u.UPN = account + "@" + w.domains[u.Domain].DNSName
}

func (w *World) fillService(u *User, d *dice) {
	n := u.Index / serviceEvery
	s := &services[n%len(services)]
	account := "svc-" + s.name
	if n >= len(services) {
		account += "-" + fmt.Sprintf("%02d", n/len(services)+1)
	}
	w.setAccount(u, account)
	u.CN, u.DisplayName, u.Description = account, account, s.description
	u.Department = "Service accounts"
	u.Parent = "OU=Service Accounts," + w.domains[u.Domain].BaseDN
	u.Control |= PasswordNeverExpires
	if s.spn != "" && n < len(services) {
		u.ServiceNames = []string{s.spn}
		u.EncryptionTypes = pick(d, []int{4, 24, 28, 28})
	}
	if n%11 == 3 {
		u.Control |= TrustedForDelegation
	}
	u.Synced = d.chance(150)
}

func (w *World) fillAdmin(u *User, d *dice) {
	n := u.Index / adminEvery
	const all = len(cultures) * namesPerCulture
	x := shuffled(n%all, all, w.options.Seed^uint64(serverStream))
	c := &cultures[x/namesPerCulture]
	u.GivenName, u.Surname = c.given[d.n(namesPerCulture)], c.surnames[x%namesPerCulture]
	account := "adm-" + plain(u.Surname)
	if n >= all {
		account += strconv.Itoa(n/all + 1)
		u.Surname += " " + strconv.Itoa(n/all+1)
	}
	w.setAccount(u, account)
	u.DisplayName = u.GivenName + " " + u.Surname + " (admin)"
	u.CN = u.DisplayName
	u.Department = pick(d, []string{"IT Operations", "IT Operations", "Security"})
	u.Title = "Administrator account"
	u.Company = "Contoso"
	u.Parent = "OU=Admins," + w.domains[u.Domain].BaseDN
	u.Description = "Personal admin account"
	if d.chance(400) {
		u.Control |= SmartcardRequired | NotDelegated
	}
}

func (w *World) fillBuiltin(u *User) {
	n := u.Index - builtinsAt
	b := &builtins[n%len(builtins)]
	u.RID = b.rid
	u.SAM, u.CN, u.DisplayName, u.Description = b.name, b.name, b.name, b.description
	u.Parent = "CN=Users," + w.domains[u.Domain].BaseDN
	u.Control, u.AdminCount = b.control, b.admin
	if b.name == "krbtgt" {
		u.ServiceNames = []string{"kadmin/changepw"}
	}
}

// fillTimes sets when things happened: the account's creation lies at a fixed date, the rest counts back from Now.
func (w *World) fillTimes(u *User, d *dice) {
	now := w.options.Now
	u.Created = created(d, u.Index)
	u.PasswordSet = later(u.Created, now.Add(-d.span(time.Hour, 85*day)))
	if u.Control&PasswordNeverExpires != 0 {
		u.PasswordSet = later(u.Created, now.Add(-d.span(30*day, 1400*day)))
	}
	chance := d.n(1000)
	switch {
	case u.Role == BuiltinAccount && !u.Enabled():
		u.PasswordSet = later(u.Created, now.Add(-d.span(60*day, 400*day)))
	case !u.Enabled():
		u.LastLogon = later(u.Created, now.Add(-d.span(20*day, 85*day)))
	case chance < 20: // never logged on
	case chance < 60: // stale
		u.LastLogon = later(u.Created, now.Add(-d.span(91*day, 400*day)))
	case chance < 120:
		u.LastLogon = later(u.Created, now.Add(-d.span(3*day, 25*day)))
	default:
		u.LastLogon = now.Add(-d.recent())
	}
	if u.Enabled() && u.Role == Person && d.chance(8) {
		u.Locked = now.Add(-d.span(3*time.Minute, 25*time.Minute))
	}
	if u.Role == Person && d.chance(10) {
		u.Expires = now.Add(-d.span(day, 60*day)).Truncate(day)
	}
	u.Changed = latest(u.Created, u.PasswordSet, u.LastLogon)
}

// recent is how long ago something is that happens every working day: mostly minutes or hours.
func (d *dice) recent() time.Duration {
	switch d.n(10) {
	case 0, 1, 2, 3:
		return d.span(time.Minute, 59*time.Minute)
	case 4, 5, 6, 7:
		return d.span(time.Hour, 11*time.Hour)
	case 8:
		return d.span(11*time.Hour, 2*day)
	}
	return d.span(2*day, 9*day)
}

// created spreads creation over the years of the organisation; the first accounts are the oldest.
func created(d *dice, i int) time.Time {
	start := time.Date(2016, time.April, 4, 7, 30, 0, 0, time.UTC)
	return start.Add(time.Duration(min(i, 4000))*8*time.Hour + d.span(0, 2100*day))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func latest(times ...time.Time) time.Time {
	var last time.Time
	for _, t := range times {
		last = later(last, t)
	}
	return last
}

// account names a user all the ways that alerts know.
func (w *World) account(u *User) *UserEvidence {
	return &UserEvidence{
		Account: u.SAM, Domain: w.domains[u.Domain].NetBIOS, Display: u.DisplayName, UPN: u.UPN,
		SID: u.SID, EntraID: u.EntraID, ObjectGUID: u.GUID,
	}
}

// guidOf gives the objectGUID of anything that is not a user.
func (w *World) guidOf(s stream, i int) model.GUID {
	d := w.dice(guidStream, int(s)<<40|i)
	return d.guid()
}

// dnsOf gives the full name of a computer.
func (w *World) dnsOf(domain int, name string) string {
	return strings.ToLower(name) + "." + w.domains[domain].DNSName
}
