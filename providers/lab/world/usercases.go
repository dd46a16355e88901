package world

import (
	"strings"
	"time"
)

// userCase is a user that is special at a fixed index.
type userCase struct {
	code, what string
	domain     in
	unseen     bool // Defender for Endpoint saw no logon of it
	change     func(*World, *User)
	groups     func(*World, int) []int
}

// ready makes sure that a case is an ordinary account in use, apart from what it is about.
func ready(change func(*World, *User)) func(*World, *User) {
	return func(w *World, u *User) {
		domain := w.domains[u.Domain].BaseDN
		u.Control &^= AccountDisabled
		u.Locked, u.Expires = time.Time{}, time.Time{}
		u.Parent, u.Description = "OU="+u.Department+",OU=People,"+domain, ""
		u.LastLogon = w.options.Now.Add(-time.Duration(u.Index) * 17 * time.Minute)
		u.Changed = u.LastLogon
		u.Synced = true
		if change != nil {
			change(w, u)
		}
	}
}

func describe(text string) func(*World, *User) {
	return ready(func(_ *World, u *User) { u.Description = text })
}

// userCases lists every user that is special, by index. Service accounts leave 5 when divided by 16, admin
// accounts 9 when divided by 32: no case stands there.
func userCases() map[int]userCase {
	return map[int]userCase{
		leaverAlertAt: {code: "leaver", what: "disabled, and still named by an open alert", change: ready(func(w *World, u *User) {
			u.Control |= AccountDisabled
			u.Parent, u.Description = "OU=Leavers,"+w.domains[u.Domain].BaseDN, "Left the company, account kept for 90 days"
		})},
		42: {code: "never", what: "never logged on: a new joiner", unseen: true, change: ready(func(w *World, u *User) {
			u.Created = w.options.Now.Add(-3 * day)
			u.LastLogon, u.PasswordSet, u.Changed = time.Time{}, time.Time{}, u.Created
		})},
		43: {code: "stale", what: "no logon for over 200 days", unseen: true, change: ready(func(w *World, u *User) {
			u.LastLogon = w.options.Now.Add(-211 * day)
			u.Changed = u.LastLogon
		})},
		44:              {code: "locked", what: "locked out", change: ready(func(w *World, u *User) { u.Locked = w.options.Now.Add(-12 * time.Minute) })},
		45:              {code: "expired", what: "account expired", change: ready(func(w *World, u *User) { u.Expires = w.options.Now.Add(-9 * day).Truncate(day) })},
		46:              {code: "must-change", what: "must change the password at the next logon", change: ready(func(_ *World, u *User) { u.PasswordSet = time.Time{} })},
		47:              {code: "smartcard", what: "needs a smart card", change: ready(func(_ *World, u *User) { u.Control |= SmartcardRequired })},
		48:              {code: "not-synced", what: "not synchronised to Entra ID: only the SID is shared", change: ready(func(_ *World, u *User) { u.Synced = false })},
		49:              {code: "no-upn", what: "without a user principal name", change: ready(func(_ *World, u *User) { u.UPN, u.Mail = "", "" })},
		sidOnlyAt:       {code: "alert-by-sid", what: "an alert names the SID only", unseen: true, change: ready(nil)},
		netbiosOnlyAt:   {code: "alert-by-netbios", what: "an alert names NetBIOS domain and account", unseen: true, change: ready(nil)},
		dnsDomainOnlyAt: {code: "alert-by-dns-domain", what: "an alert names DNS domain and account", unseen: true, change: ready(nil)},
		upnOnlyAt:       {code: "alert-by-upn", what: "an alert names the user principal name only", unseen: true, change: ready(nil)},
		cloudNamesakeAt: {code: "cloud-namesake", what: "an alert names a cloud-only user of the same account name: does not count", change: ready(nil)},
		localNamesakeAt: {code: "local-namesake", what: "an alert names a local account of the same name: does not count", change: ready(nil)},
		wellKnownAt: {code: "well-known-namesake", what: "its account name is that of a well-known account, which an alert names: does not count", change: ready(func(w *World, u *User) {
			w.setAccount(u, "system")
			u.DisplayName, u.CN, u.Description = "System Integration", "System Integration", "Shared mailbox of the integration team"
		})},
		sameAccountAt: {code: "same-account-name", what: "the other domain has the same account name; alerts name the other one", domain: inContoso, change: ready(func(w *World, u *User) {
			w.setAccount(u, "lena.winterfeld")
			u.GivenName, u.Surname, u.DisplayName, u.CN = "Lena", "Winterfeld", "Lena Winterfeld", "Lena Winterfeld"
		})},
		sameAccountOtherAt: {code: "same-account-name", what: "the other domain has the same account name; an alert names this one", domain: inEMEA, change: ready(func(w *World, u *User) {
			w.setAccount(u, "lena.winterfeld")
			u.GivenName, u.Surname, u.DisplayName, u.CN = "Lena", "Winterfeld", "Lena Winterfeld", "Lena Winterfeld"
		})},
		62: {code: "no-display-name", what: "without a display name", change: ready(func(_ *World, u *User) { u.DisplayName = "" })},
		63: {code: "twins", what: "two people of one name", domain: inContoso, change: ready(func(_ *World, u *User) { u.DisplayName = "Maria Silva" })},
		64: {code: "twins", what: "two people of one name", domain: inContoso, change: ready(func(_ *World, u *User) { u.DisplayName = "Maria Silva" })},
		65: {code: "comma", what: "a comma in the name, escaped in the DN", change: ready(func(_ *World, u *User) {
			u.CN = u.Surname + ", " + u.GivenName
			u.DisplayName = u.CN
		})},
		66: {code: "nested-admin", what: "privileged through a nested group", groups: func(w *World, d int) []int {
			return []int{w.group(d, "GG-AllStaff"), w.group(d, "GG-Tier0-Admins")}
		}, change: ready(nil)},
		67: {code: "roastable", what: "no Kerberos pre-authentication", change: ready(func(_ *World, u *User) { u.Control |= NoPreauthentication })},

		300: {code: "hostile-escape", what: "the description holds escape sequences", change: describe("On leave\x1b[2J\x1b[H\x1b]8;;https://example.test\x07click\x1b]8;;\x07 \x1b[8mhidden")},
		302: {code: "hostile-override", what: "the display name holds a bidirectional override", change: ready(func(_ *World, u *User) {
			u.DisplayName = u.GivenName + " \u202e" + "nimda" + "\u202c " + u.Surname
		})},
		303: {code: "long-description", what: "a description of over 900 characters", change: describe(strings.Repeat("Contractor for the migration of the archive, see ticket. ", 17))},
		304: {code: "newline", what: "line breaks and tabs in the description", change: describe("line one\r\nline two\tafter a tab\x00after a zero")},
		306: {code: "wide-name", what: "a name of wide characters", change: ready(func(_ *World, u *User) {
			u.DisplayName, u.CN, u.Title = "山田 太郎", "山田 太郎", "部長 🗾"
		})},
		307: {code: "rtl-name", what: "a name that is written from right to left", change: ready(func(_ *World, u *User) {
			u.DisplayName, u.CN = "ליאת כהן", "ליאת כהן"
		})},
		308: {code: "emoji-name", what: "joined emoji and a combining mark in the name", change: ready(func(_ *World, u *User) {
			u.DisplayName = "Zoe\u0308 👩‍💻 " + u.Surname
		})},
		310: {code: "zero-width", what: "zero-width characters in the name", change: ready(func(_ *World, u *User) {
			u.DisplayName = "Admin\u200bistrator \ufeff" + u.Surname
		})},
		311: {code: "specials", what: "every character that a DN escapes", change: ready(func(_ *World, u *User) {
			u.CN = `#Ops + "Night" <shift>; a\b=c, ` + u.Surname
		})},
		312: {code: "formula", what: "a title that a spreadsheet would run", change: ready(func(_ *World, u *User) {
			u.Title = `=HYPERLINK("https://example.test","open")`
		})},
	}
}
