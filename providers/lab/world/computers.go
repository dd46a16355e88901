package world

import (
	"fmt"
	"strconv"
	"strings"
)

// One computer in five is a server; some places are domain controllers. People and computers come in a fixed
// proportion, so that who sits where can be told from the index.
const (
	serverEvery, serverAt  = 5, 2
	controllerEvery        = 5000 // beyond the first four
	usersPerPlace, perUser = 8, 5
)

// controllers are the first domain controllers: index and domain.
var controllers = [...]struct{ at, domain int }{{2, contoso}, {7, emea}, {12, contoso}, {22, emea}}

// homeSlot gives the place that a user belongs to: the index of a workstation, which need not exist.
func homeSlot(i int) int {
	slot := i * perUser / usersPerPlace
	if slot%serverEvery == serverAt {
		slot++
	}
	return slot
}

// siteOf gives the site of a place.
func (w *World) siteOf(slot int) *site {
	d := w.dice(siteStream, slot)
	return &sites[d.n(len(sites))]
}

// controllerNumber gives the number of the domain controller at an index, or 0.
func controllerNumber(j int) int {
	for n, c := range controllers {
		if c.at == j {
			return n + 1
		}
	}
	if last := controllers[len(controllers)-1].at; j > last && j%controllerEvery == last {
		return len(controllers) + j/controllerEvery
	}
	return 0
}

func computerRole(j int) Role {
	switch {
	case controllerNumber(j) > 0:
		return DomainController
	case j%serverEvery == serverAt:
		return Server
	}
	return Workstation
}

// operatingSystem is one release of Windows, in the words of AD and of Defender for Endpoint.
type operatingSystem struct {
	name, version, release, platform string
	build                            int64
}

var (
	windows11 = operatingSystem{"Windows 11 Enterprise", "10.0 (26100)", "24H2", "Windows11", 26100}
	windows7  = operatingSystem{"Windows 7 Professional", "6.1 (7601)", "6.1", "Windows7", 7601}
	macOS     = operatingSystem{"Mac OS X", "15.3", "15.3", "macOS", 0}
	ubuntu    = operatingSystem{"pc-linux-gnu", "24.04", "24.4", "Linux", 0}
	// Repeats make a release common.
	clientSystems = [...]operatingSystem{
		windows11, windows11, windows11, windows11,
		{"Windows 11 Enterprise", "10.0 (22631)", "23H2", "Windows11", 22631},
		{"Windows 11 Enterprise", "10.0 (22631)", "23H2", "Windows11", 22631},
		{"Windows 11 Enterprise", "10.0 (22631)", "23H2", "Windows11", 22631},
		{"Windows 10 Enterprise", "10.0 (19045)", "22H2", "Windows10", 19045},
		{"Windows 10 Enterprise", "10.0 (19045)", "22H2", "Windows10", 19045},
	}
	serverSystems = [...]operatingSystem{
		{"Windows Server 2025 Datacenter", "10.0 (26100)", "24H2", "WindowsServer2025", 26100},
		{"Windows Server 2022 Standard", "10.0 (20348)", "21H2", "WindowsServer2022", 20348},
		{"Windows Server 2022 Datacenter", "10.0 (20348)", "21H2", "WindowsServer2022", 20348},
		{"Windows Server 2019 Standard", "10.0 (17763)", "1809", "WindowsServer2019", 17763},
		{"Windows Server 2019 Standard", "10.0 (17763)", "1809", "WindowsServer2019", 17763},
		{"Windows Server 2016 Standard", "10.0 (14393)", "1607", "WindowsServer2016", 14393},
	}
	controllerSystems = [...]operatingSystem{serverSystems[0], serverSystems[1], serverSystems[3]}
)

// computerState is how alive a computer object is.
type computerState uint8

const (
	inUse computerState = iota
	stale
	disabledComputer
	neverUsed
)

func (w *World) computerState(j int) computerState {
	if special, ok := w.computerCases[j]; ok {
		return special.state
	}
	if computerRole(j) == DomainController {
		return inUse
	}
	d := w.dice(computerStream, -1-j)
	switch chance := d.n(1000); {
	case chance < 25:
		return disabledComputer
	case chance < 55:
		return stale
	case chance < 65:
		return neverUsed
	}
	return inUse
}

// computerDomain gives the domain of the computer at an index.
func (w *World) computerDomain(j int) int {
	for _, c := range controllers {
		if c.at == j {
			return c.domain
		}
	}
	return w.computerCases[j].domain.or(w.siteOf(j).domain)
}

// Computer computes the computer object at an index from 0 up to Computers.
func (w *World) Computer(j int) Computer {
	d := w.dice(computerStream, j)
	at := w.siteOf(j)
	c := Computer{
		Index: j, Role: computerRole(j), Domain: w.computerDomain(j), RID: rid(ridComputer, j),
		GUID: w.guidOf(computerStream, j), Control: WorkstationTrustAccount, EncryptionTypes: 28, Location: at.city,
	}
	var system operatingSystem
	switch c.Role {
	case DomainController:
		system = w.fillController(&c, &d)
	case Server:
		system = w.fillServer(&c, &d)
	default:
		system = w.fillWorkstation(&c, &d, at)
	}
	c.setSystem(system)
	w.setName(&c, c.Name)
	w.fillComputerTimes(&c, &d)
	special, isCase := w.computerCases[j]
	if isCase && special.change != nil {
		special.change(w, &c)
	}
	c.SID = w.sid(c.Domain, c.RID)
	if c.DNSName != "" {
		c.ServiceNames = append(c.ServiceNames, "HOST/"+c.Name, "HOST/"+c.DNSName)
	}
	return c
}

func (c *Computer) setSystem(s operatingSystem) {
	c.OS, c.OSVersion, c.Release = s.name, s.version, s.release
	c.system = s
}

// setName sets what follows from the name.
func (w *World) setName(c *Computer, name string) {
	c.Name = name
	c.SAM = strings.ToUpper(name) + "$"
	c.DNSName = w.dnsOf(c.Domain, name)
}

func (w *World) fillWorkstation(c *Computer, d *dice, at *site) operatingSystem {
	base := w.domains[c.Domain].BaseDN
	kind := "LT"
	if d.chance(300) {
		kind = "WS"
	}
	c.Name = at.code + "-" + kind + "-" + fmt.Sprintf("%04d", 100+c.Index)
	c.Parent = "OU=" + at.city + ",OU=Workstations," + base
	if d.chance(30) {
		c.Parent = "CN=Computers," + base // joined, and never moved to its place
	}
	return pick(d, clientSystems[:])
}

func (w *World) fillServer(c *Computer, d *dice) operatingSystem {
	n := c.Index / serverEvery
	role, number := w.serverName(n)
	c.Name = role.prefix + "-" + fmt.Sprintf("%02d", number)
	c.Parent = "OU=" + role.folder + ",OU=Servers," + w.domains[c.Domain].BaseDN
	c.Description = role.description
	if role.spn == "MSSQLSvc" {
		c.ServiceNames = []string{"MSSQLSvc/" + w.dnsOf(c.Domain, c.Name) + ":1433"}
	} else if role.spn != "" {
		c.ServiceNames = []string{role.spn + "/" + w.dnsOf(c.Domain, c.Name)}
	}
	return pick(d, serverSystems[:])
}

// serverName gives the role of the n-th server and its number among those of the same role.
func (w *World) serverName(n int) (*serverRole, int) {
	at := shuffled(n%len(serverRoles), len(serverRoles), w.options.Seed^uint64(serverStream))
	d := w.dice(serverStream, at)
	return &serverRoles[at], d.between(1, 7) + n/len(serverRoles)
}

func (w *World) fillController(c *Computer, d *dice) operatingSystem {
	number := controllerNumber(c.Index)
	c.Name = fmt.Sprintf("DC%02d", number)
	c.Parent = "OU=Domain Controllers," + w.domains[c.Domain].BaseDN
	c.Control = ServerTrustAccount | TrustedForDelegation
	c.ServiceNames = []string{
		"ldap/" + w.dnsOf(c.Domain, c.Name),
		"GC/" + w.dnsOf(c.Domain, c.Name) + "/" + w.domains[contoso].DNSName,
		"E3514235-4B06-11D1-AB04-00C04FC2DCD2/" + c.GUID.String() + "/" + w.domains[c.Domain].DNSName,
	}
	c.Description = "Domain controller of " + w.domains[c.Domain].DNSName
	return controllerSystems[number%len(controllerSystems)]
}

func (w *World) fillComputerTimes(c *Computer, d *dice) {
	now := w.options.Now
	c.Created = created(d, c.Index)
	switch w.computerState(c.Index) {
	case inUse:
		c.LastLogon = now.Add(-d.recent())
		c.PasswordSet = later(c.Created, now.Add(-d.span(day, 30*day)))
	case stale:
		c.LastLogon = later(c.Created, now.Add(-d.span(75*day, 500*day)))
		c.PasswordSet = later(c.Created, c.LastLogon.Add(-d.span(day, 20*day)))
	case disabledComputer:
		c.Control |= AccountDisabled
		c.LastLogon = later(c.Created, now.Add(-d.span(40*day, 300*day)))
		c.PasswordSet = later(c.Created, c.LastLogon.Add(-d.span(day, 20*day)))
		c.Description = "Disabled, to be deleted after " + strconv.Itoa(d.between(30, 90)) + " days"
	case neverUsed:
		c.PasswordSet = c.Created
		c.Description = "Prestaged"
	}
	c.Changed = latest(c.Created, c.PasswordSet, c.LastLogon)
}
