package world

import (
	"strings"
	"time"
)

type groupName struct {
	domain int
	name   string
}

// Values of groupType (MS-ADTS 2.2.12).
const (
	globalGroup      = -2147483646
	domainLocalGroup = -2147483644
	builtinGroup     = -2147483643
	universalGroup   = -2147483640
)

// wellKnownGroup is a group that every domain has.
type wellKnownGroup struct {
	name        string
	rid         uint32
	kind        int32
	rootOnly    bool
	protected   bool // AdminSDHolder guards its members: adminCount is 1
	description string
}

var wellKnownGroups = [...]wellKnownGroup{
	{"Administrators", 544, builtinGroup, false, true, "Administrators have complete and unrestricted access to the computer/domain"},
	{"Users", 545, builtinGroup, false, false, "Users are prevented from making accidental or intentional system-wide changes"},
	{"Account Operators", 548, builtinGroup, false, true, "Members can administer domain user and group accounts"},
	{"Server Operators", 549, builtinGroup, false, true, "Members can administer domain servers"},
	{"Print Operators", 550, builtinGroup, false, true, "Members can administer printers installed on domain controllers"},
	{"Backup Operators", 551, builtinGroup, false, true, "Backup Operators can override security restrictions for the sole purpose of backing up or restoring files"},
	{"Remote Desktop Users", 555, builtinGroup, false, false, "Members in this group are granted the right to logon remotely"},
	{"Domain Admins", 512, globalGroup, false, true, "Designated administrators of the domain"},
	{"Domain Users", 513, globalGroup, false, false, "All domain users"},
	{"Domain Guests", 514, globalGroup, false, false, "All domain guests"},
	{"Domain Computers", 515, globalGroup, false, false, "All workstations and servers joined to the domain"},
	{"Domain Controllers", 516, globalGroup, false, true, "All domain controllers in the domain"},
	{"Schema Admins", 518, universalGroup, true, true, "Designated administrators of the schema"},
	{"Enterprise Admins", 519, universalGroup, true, true, "Designated administrators of the enterprise"},
	{"Group Policy Creator Owners", 520, globalGroup, false, false, "Members in this group can modify group policy for the domain"},
	{"Protected Users", 525, globalGroup, false, false, "Members of this group are afforded additional protections against authentication security threats"},
	{"DnsAdmins", 1101, domainLocalGroup, false, false, "DNS Administrators Group"},
}

// ownGroups are those that the organisation made in each domain, beside one for each department and site.
var ownGroups = [...]struct{ name, description string }{
	{"GG-AllStaff", "Everybody who works here"},
	{"GG-VPN-Users", "Remote access"},
	{"GG-Tier0-Admins", "Administrators of the directory itself"},
	{"GG-Tier1-ServerAdmins", "Administrators of servers"},
	{"GG-Helpdesk", "Service desk: may reset passwords"},
	{"GG-SOC", "Security operations"},
	{"GG-SQL-Admins", "Database administrators"},
	{"GG-ServiceAccounts", "Accounts that services run under"},
	{"GG-LAPS-Workstations", "Workstations with managed local passwords"},
	{"GG-Update-Ring1", "Servers that take updates first"},
}

// Groups lists the groups of both domains. The slice is shared.
func (w *World) Groups() []Group { return w.groups }

// builtinDate is when the domains were made.
func builtinDate() time.Time { return time.Date(2016, time.March, 21, 9, 12, 40, 0, time.UTC) }

func (w *World) makeGroups() []Group {
	var groups []Group
	at := make(map[groupName]int)
	add := func(g Group) {
		g.Index = len(groups)
		g.GUID = w.guidOf(groupStream, g.Index)
		if g.RID == 0 {
			g.RID = rid(ridGroup, g.Index)
		}
		if g.SID == "" {
			g.SID = w.sid(g.Domain, g.RID)
		}
		at[groupName{g.Domain, g.Name}] = g.Index
		groups = append(groups, g)
	}
	for d := range w.domains {
		for _, g := range wellKnownGroups {
			if !g.rootOnly || d == contoso {
				add(w.makeWellKnown(d, g))
			}
		}
		for _, g := range ownGroups {
			add(w.makeOwn(d, g.name, g.description))
		}
		for _, dept := range departments {
			add(w.makeOwn(d, "GG-"+strings.ReplaceAll(dept.name, " ", ""), "Everybody of "+dept.name))
		}
	}
	nest := func(domain int, name string, memberDomain int, member string) {
		g := &groups[at[groupName{domain, name}]]
		g.Nested = append(g.Nested, at[groupName{memberDomain, member}])
	}
	for d := range w.domains {
		nest(d, "Administrators", d, "Domain Admins")
		nest(d, "Administrators", contoso, "Enterprise Admins")
		nest(d, "Domain Admins", d, "GG-Tier0-Admins")
		nest(d, "Users", d, "Domain Users")
		nest(d, "Remote Desktop Users", d, "GG-Helpdesk")
		nest(d, "DnsAdmins", d, "GG-Tier1-ServerAdmins")
		for _, dept := range departments[:3] {
			nest(d, "GG-VPN-Users", d, "GG-"+strings.ReplaceAll(dept.name, " ", ""))
		}
		groups[at[groupName{d, "GG-Tier0-Admins"}]].AdminCount = true
	}
	return groups
}

func (w *World) makeWellKnown(d int, g wellKnownGroup) Group {
	made := Group{
		Domain: d, RID: g.rid, Name: g.name, Description: g.description, Type: g.kind, AdminCount: g.protected,
		Parent: "CN=Users," + w.domains[d].BaseDN, Created: builtinDate(),
	}
	if g.kind == builtinGroup {
		made.Builtin = true
		made.Parent = "CN=Builtin," + w.domains[d].BaseDN
		made.SID = builtinSID(g.rid)
	}
	return made
}

func (w *World) makeOwn(d int, name, description string) Group {
	return Group{
		Domain: d, Name: name, Description: description, Type: globalGroup,
		Parent: "OU=Groups," + w.domains[d].BaseDN, Created: builtinDate().Add(40 * day),
	}
}

// privileged reports whether one of the groups is guarded by AdminSDHolder, itself or by nesting.
func (w *World) privileged(groups []int) bool {
	for _, g := range groups {
		if w.groups[g].AdminCount {
			return true
		}
	}
	return false
}

// ReplicatesChanges reports whether the user at an index has the rights that DirSync without OBJECT_SECURITY and
// reading deleted objects take: the accounts of directory synchronisation and the administrators of the domain.
func (w *World) ReplicatesChanges(i int) bool {
	role := userRole(i)
	if role == ServiceAccount {
		return services[i/serviceEvery%len(services)].name == "adsync"
	}
	if role == BuiltinAccount {
		return builtins[(i-builtinsAt)%len(builtins)].name == "Administrator"
	}
	domain := w.userDomain(i)
	for _, g := range w.UserGroups(i) {
		if g == w.group(domain, "Domain Admins") {
			return true
		}
	}
	return false
}

func (w *World) group(domain int, name string) int { return w.named[groupName{domain, name}] }

// UserGroups gives the groups that the user at an index is a direct member of, without the primary group.
func (w *World) UserGroups(i int) []int {
	d := w.dice(groupStream, i)
	domain := w.userDomain(i)
	if special, ok := w.userCases[i]; ok && special.groups != nil {
		return special.groups(w, domain)
	}
	switch userRole(i) {
	case Person:
		return w.personGroups(i, domain, &d)
	case ServiceAccount:
		groups := []int{w.group(domain, "GG-ServiceAccounts")}
		if extra := services[i/serviceEvery%len(services)].group; extra != "" {
			groups = append(groups, w.group(domain, extra))
		}
		return groups
	case AdminAccount:
		if i/adminEvery%3 == 0 {
			return []int{w.group(domain, "Domain Admins"), w.group(domain, "Protected Users")}
		}
		if i/adminEvery%3 == 1 {
			return []int{w.group(domain, "GG-Tier0-Admins")}
		}
		return []int{w.group(domain, "GG-Tier1-ServerAdmins"), w.group(domain, "Server Operators")}
	}
	return w.builtinGroups(i - builtinsAt)
}

func (w *World) builtinGroups(n int) []int {
	domain := n / len(builtins)
	if builtins[n%len(builtins)].name != "Administrator" {
		return nil
	}
	groups := []int{
		w.group(domain, "Administrators"), w.group(domain, "Domain Admins"),
		w.group(domain, "Group Policy Creator Owners"),
	}
	if domain == contoso {
		groups = append(groups, w.group(domain, "Enterprise Admins"), w.group(domain, "Schema Admins"))
	}
	return groups
}

func (w *World) personGroups(i, domain int, d *dice) []int {
	dept := w.departmentOf(i)
	groups := make([]int, 0, 5)
	groups = append(groups, w.group(domain, "GG-AllStaff"), w.group(domain, "GG-"+strings.ReplaceAll(dept.name, " ", "")))
	if d.chance(550) {
		groups = append(groups, w.group(domain, "GG-VPN-Users"))
	}
	if dept.code == "IT" && d.chance(350) {
		groups = append(groups, w.group(domain, "GG-Helpdesk"))
	}
	if dept.code == "SEC" {
		groups = append(groups, w.group(domain, "GG-SOC"))
	}
	return groups
}

// ComputerGroups gives the groups that the computer at an index is a direct member of, without the primary group.
func (w *World) ComputerGroups(j int) []int {
	d := w.dice(groupStream, -1-j)
	domain := w.computerDomain(j)
	if w.computerCases[j].change != nil {
		return nil // may stand in another domain than its place
	}
	switch computerRole(j) {
	case Workstation:
		if d.chance(700) {
			return []int{w.group(domain, "GG-LAPS-Workstations")}
		}
	case Server:
		if d.chance(200) {
			return []int{w.group(domain, "GG-Update-Ring1")}
		}
	}
	return nil
}
