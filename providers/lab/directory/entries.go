package directory

import (
	"strconv"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/providers/lab/world"
)

// Values of sAMAccountType (MS-ADTS 2.2.6) and of instanceType.
const (
	typeUser        = 0x30000000
	typeMachine     = 0x30000001
	typeTrust       = 0x30000002
	typeGroup       = 0x10000000
	typeAlias       = 0x20000000
	writable        = 4
	writableHead    = 5
	neverExpires    = 1<<63 - 1
	functionalLevel = 7 // Windows Server 2016
)

func (e *encoder) category(name string) {
	e.strings(objectCategory, "CN="+name+",CN=Schema,CN=Configuration,"+e.root)
}

// identity writes what every entry below a head has.
func (e *encoder) identity(rdn string, usn int64, created, changed string) {
	e.int(instanceType, writable)
	e.strings(whenCreated, created)
	e.strings(whenChanged, changed)
	e.int(uSNCreated, usn)
	e.int(uSNChanged, usn+1)
	e.strings(name, rdn)
}

const stampLayout = "20060102150405.0Z"

// storedControl gives userAccountControl as AD stores it: without the bit that it computes.
func storedControl(flags uint32) int64 { return int64(flags &^ world.Lockout) }

func (s *store) encodeUser(e *encoder, i int) (parent string) {
	u := s.world.User(i)
	e.begin(u.DN())
	e.strings(objectClass, "top", "person", "organizationalPerson", "user")
	e.strings(cn, u.CN)
	e.strings(sn, u.Surname)
	e.strings(givenName, u.GivenName)
	e.strings(description, u.Description)
	e.strings(title, u.Title)
	e.strings(department, u.Department)
	e.strings(company, u.Company)
	e.strings(telephoneNumber, u.Phone)
	e.strings(physicalDeliveryOfficeName, u.Office)
	e.strings(displayName, u.DisplayName)
	e.strings(mail, u.Mail)
	e.strings(employeeID, u.EmployeeID)
	if u.Manager >= 0 {
		m := s.world.User(u.Manager)
		e.strings(manager, m.DN())
	}
	e.strings(memberOf, s.groupNames(s.world.UserGroups(i))...)
	e.identity(u.CN, userUSN(i), u.Created.Format(stampLayout), u.Changed.Format(stampLayout))
	e.bytes(objectGUID, u.GUID[:])
	e.account(s.sids[u.Domain], u.RID)
	e.strings(sAMAccountName, u.SAM)
	e.int(sAMAccountType, typeUser)
	e.int(userAccountControl, storedControl(u.Control))
	e.strings(userPrincipalName, u.UPN)
	e.int(primaryGroupID, 513)
	if u.AdminCount {
		e.int(adminCount, 1)
	}
	if u.Expires.IsZero() {
		e.int(accountExpires, neverExpires)
	}
	e.fileTime(accountExpires, u.Expires)
	e.fileTime(lastLogonTimestamp, u.LastLogon)
	e.fileTime(lockoutTime, u.Locked)
	if u.PasswordSet.IsZero() {
		e.int(pwdLastSet, 0)
	}
	e.fileTime(pwdLastSet, u.PasswordSet)
	e.strings(servicePrincipalName, u.ServiceNames...)
	if u.EncryptionTypes != 0 {
		e.int(encryptionTypes, int64(u.EncryptionTypes))
	}
	e.category("Person")
	if u.Role == world.BuiltinAccount {
		e.strings(isCriticalSystemObject, "TRUE")
	}
	return u.Parent
}

func (s *store) encodeComputer(e *encoder, j int) (parent string) {
	c := s.world.Computer(j)
	e.begin(c.DN())
	e.strings(objectClass, "top", "person", "organizationalPerson", "user", "computer")
	e.strings(cn, c.Name)
	e.strings(description, c.Description)
	e.strings(memberOf, s.groupNames(s.world.ComputerGroups(j))...)
	e.identity(c.Name, computerUSN(j), c.Created.Format(stampLayout), c.Changed.Format(stampLayout))
	e.bytes(objectGUID, c.GUID[:])
	e.account(s.sids[c.Domain], c.RID)
	e.strings(sAMAccountName, c.SAM)
	e.int(sAMAccountType, typeMachine)
	e.int(userAccountControl, storedControl(c.Control))
	if c.Role == world.DomainController {
		e.int(primaryGroupID, 516)
	} else {
		e.int(primaryGroupID, 515)
	}
	e.int(accountExpires, neverExpires)
	e.fileTime(lastLogonTimestamp, c.LastLogon)
	e.fileTime(pwdLastSet, c.PasswordSet)
	e.strings(servicePrincipalName, c.ServiceNames...)
	e.strings(dNSHostName, c.DNSName)
	e.strings(operatingSystem, c.OS)
	e.strings(operatingSystemVersion, c.OSVersion)
	e.strings(location, c.Location)
	e.int(encryptionTypes, int64(c.EncryptionTypes))
	e.category("Computer")
	if c.Role == world.DomainController {
		e.strings(isCriticalSystemObject, "TRUE")
	}
	return c.Parent
}

func (s *store) groupNames(groups []int) []string {
	if len(groups) == 0 {
		return nil
	}
	all := s.world.Groups()
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = all[g].DN()
	}
	return names
}

// encodeFixed encodes what does not grow with the number of accounts. Members of groups are not part of the
// entry: they are put in when it is sent.
func (s *store) encodeFixed() {
	e := &encoder{root: s.root}
	w := s.world
	for d := range w.Domains() {
		s.encodeHead(e, d)
	}
	containers := w.Containers()
	for i := range containers {
		c := &containers[i]
		s.addFixed(e, c.DN(), c.Parent)
		s.encodeContainer(e, c)
	}
	for _, d := range w.Domains() {
		s.encodeTombs(e, d.BaseDN)
	}
	parents := s.groupParents()
	for i := range w.Groups() {
		g := &w.Groups()[i]
		n := s.addFixed(e, g.DN(), g.Parent)
		s.groups = append(s.groups, n)
		s.groupAt[n] = i
		s.encodeGroup(e, g, parents[i])
	}
	for _, o := range w.Objects() {
		s.addFixed(e, o.DN(), o.Parent)
		s.encodeObject(e, &o)
	}
	s.encodeConfiguration(e)
	s.fixed.at = append(s.fixed.at, uint32(len(e.data)))
	s.fixed.data = e.data
}

// addFixed begins a fixed entry and gives its number.
func (s *store) addFixed(e *encoder, dn, parent string) uint32 {
	n := uint32(s.fixed.count)
	s.fixed.at = append(s.fixed.at, uint32(len(e.data)))
	s.fixed.parents = append(s.fixed.parents, s.parent(parent))
	s.fixed.count++
	s.byName[strings.ToLower(dn)] = n
	e.begin(dn)
	return n
}

func (s *store) encodeHead(e *encoder, domain int) {
	d := &s.world.Domains()[domain]
	n := s.addFixed(e, d.BaseDN, "")
	short, _, _ := strings.Cut(d.DNSName, ".")
	e.strings(objectClass, "top", "domain", "domainDNS")
	e.int(instanceType, writableHead)
	e.strings(whenCreated, "20160321091240.0Z")
	e.strings(whenChanged, "20250901060000.0Z")
	e.int(uSNCreated, fixedUSN(int(n)))
	e.int(uSNChanged, fixedUSN(int(n))+1)
	e.strings(name, short)
	e.bytes(objectGUID, d.GUID[:])
	e.sid(objectSid, d.SID)
	e.category("Domain-DNS")
	e.strings(isCriticalSystemObject, "TRUE")
	e.strings(domainComponent, short)
	e.int(behaviorVersion, functionalLevel)
	e.int(lockoutDuration, -int64(lockoutTimeSpan/time.Second)*stepsPerSecond)
	e.int(lockoutThreshold, lockoutAttempts)
	e.int(maxPwdAge, -int64(maxPasswordAge/time.Second)*stepsPerSecond)
	e.int(minPwdLength, passwordLength)
}

func (s *store) encodeContainer(e *encoder, c *world.Container) {
	n := s.fixed.count - 1
	category := map[string]string{"organizationalUnit": "Organizational-Unit", "container": "Container", "builtinDomain": "Builtin-Domain"}
	e.strings(objectClass, "top", c.Class)
	if c.Class != "organizationalUnit" {
		e.strings(cn, c.Name)
	}
	e.identity(c.Name, fixedUSN(n), "20160321091240.0Z", "20190401070000.0Z")
	guid := fixedGUID(c.DN())
	e.bytes(objectGUID, guid[:])
	e.category(category[c.Class])
	if c.Class == "organizationalUnit" {
		e.strings(organizationalUnit, c.Name)
	}
}

// groupParents gives, for each group, those that it is nested in.
func (s *store) groupParents() [][]int {
	groups := s.world.Groups()
	parents := make([][]int, len(groups))
	for g := range groups {
		for _, nested := range groups[g].Nested {
			parents[nested] = append(parents[nested], g)
		}
	}
	return parents
}

func (s *store) encodeGroup(e *encoder, g *world.Group, parents []int) {
	n := s.fixed.count - 1
	e.strings(objectClass, "top", "group")
	e.strings(cn, g.Name)
	e.strings(description, g.Description)
	e.strings(memberOf, s.groupNames(parents)...)
	created := g.Created.Format(stampLayout)
	e.identity(g.Name, fixedUSN(n), created, created)
	e.bytes(objectGUID, g.GUID[:])
	e.sid(objectSid, g.SID)
	e.strings(sAMAccountName, g.Name)
	kind := int64(typeGroup)
	if g.Type&4 != 0 { // domain local
		kind = typeAlias
	}
	e.int(sAMAccountType, kind)
	if g.AdminCount {
		e.int(adminCount, 1)
	}
	e.int(groupType, int64(g.Type))
	e.category("Group")
	if g.RID < 1000 {
		e.strings(isCriticalSystemObject, "TRUE")
	}
}

func (s *store) encodeObject(e *encoder, o *world.Object) {
	n := s.fixed.count - 1
	switch o.Kind {
	case world.Contact:
		e.strings(objectClass, "top", "person", "organizationalPerson", "contact")
	case world.ManagedService:
		e.strings(objectClass, "top", "person", "organizationalPerson", "user", "computer", "msDS-GroupManagedServiceAccount")
	default:
		e.strings(objectClass, "top", "person", "organizationalPerson", "user")
	}
	e.strings(cn, o.Name)
	e.strings(description, o.Description)
	e.strings(mail, o.Mail)
	created := o.Created.Format(stampLayout)
	e.identity(o.Name, fixedUSN(n), created, created)
	e.bytes(objectGUID, o.GUID[:])
	if o.Kind == world.Contact {
		e.category("Person")
		return
	}
	e.sid(objectSid, o.SID)
	e.strings(sAMAccountName, o.SAM)
	kind, group, category := int64(typeMachine), int64(515), "ms-DS-Group-Managed-Service-Account"
	if o.Kind == world.TrustAccount {
		kind, group, category = typeTrust, 513, "Person"
	}
	e.int(sAMAccountType, kind)
	e.int(userAccountControl, storedControl(o.Control))
	e.int(primaryGroupID, group)
	e.int(accountExpires, neverExpires)
	e.fileTime(lastLogonTimestamp, o.LastLogon)
	e.strings(dNSHostName, o.DNSName)
	e.category(category)
}

// encodeConfiguration encodes the part of the configuration that clients read: the cross references, which hold
// the NetBIOS names of the domains.
func (s *store) encodeConfiguration(e *encoder) {
	configuration := "CN=Configuration," + s.root
	partitions := "CN=Partitions," + configuration
	plain := func(dn, parent, rdn, class, category string) {
		n := int(s.addFixed(e, dn, parent))
		e.strings(objectClass, "top", class)
		e.strings(cn, rdn)
		e.identity(rdn, fixedUSN(n), "20160321091240.0Z", "20160321091240.0Z")
		guid := fixedGUID(dn)
		e.bytes(objectGUID, guid[:])
		e.category(category)
	}
	plain(configuration, "", "Configuration", "configuration", "Configuration")
	plain(partitions, configuration, "Partitions", "crossRefContainer", "Cross-Ref-Container")
	sites := "CN=Sites," + configuration
	site := "CN=Default-First-Site-Name," + sites
	servers := "CN=Servers," + site
	server := "CN=DC01," + servers
	plain(sites, configuration, "Sites", "sitesContainer", "Sites-Container")
	plain(site, sites, "Default-First-Site-Name", "site", "Site")
	plain(servers, site, "Servers", "serversContainer", "Servers-Container")
	plain(server, servers, "DC01", "server", "Server")
	e.strings(dNSHostName, "dc01."+s.world.Domains()[0].DNSName)
	s.settings = uint32(s.fixed.count)
	plain(s.serviceName(), server, "NTDS Settings", "nTDSDSA", "NTDS-DSA")
	plain("CN=Enterprise Configuration,"+partitions, partitions, "Enterprise Configuration", "crossRef", "Cross-Ref")
	e.strings(nCName, configuration)
	e.strings(dnsRoot, s.world.Domains()[0].DNSName)
	e.int(systemFlags, 1)
	for _, d := range s.world.Domains() {
		plain("CN="+d.NetBIOS+","+partitions, partitions, d.NetBIOS, "crossRef", "Cross-Ref")
		e.strings(nETBIOSName, d.NetBIOS)
		e.strings(nCName, d.BaseDN)
		e.strings(dnsRoot, d.DNSName)
		e.int(systemFlags, 3)
	}
}

// serviceName is the distinguished name of the domain controller's settings, which hold its invocation id.
func (s *store) serviceName() string {
	return "CN=NTDS Settings,CN=DC01,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration," + s.root
}

// fixedGUID makes the objectGUID of a container from its name.
func fixedGUID(dn string) model.GUID {
	var g model.GUID
	h := uint64(14695981039346656037)
	for i := range 16 {
		for _, b := range []byte(dn + strconv.Itoa(i)) {
			h = (h ^ uint64(b)) * 1099511628211
		}
		g[i] = byte(h >> 24)
	}
	return g
}
