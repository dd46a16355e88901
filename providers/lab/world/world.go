// Package world makes up the lab's data: an on-premises AD forest, the machine records and alerts of Defender for
// Endpoint, and the sensors, health issues and alerts of Defender for Identity. Everything is a pure function of a
// seed, a size and a time, so that the same request always gets the same answer.
//
// Entities are computed from their index when they are asked for, so that a million of them take next to no memory,
// and the entity at an index is the same whatever the sizes are. Every method of a World is safe for concurrent use.
//
//	New(Options) *World
//	Options() Options                        with defaults filled in
//	TenantID() model.GUID
//	Domains() []Domain
//	Users() int, User(i) User
//	Computers() int, Computer(i) Computer
//	Groups() []Group, UserGroups(i) []int, ComputerGroups(i) []int, Objects() []Object
//	Machines() int, Machine(i) Machine, MachineAt(i, now) Machine, ComputerMachines(i) []int
//	Seen(user) (Sighting, bool)              the newest sighting of an account
//	Sightings(user) []Sighting               all of them, newest first
//	LoggedOn(machine) []Sighting             newest first
//	BaseAlerts() []*Alert                    the alerts of before Now: shared, unchanging
//	AttackAlerts(now) []*Alert               the attacks from Epoch up to now
//	Alerts(now) []*Alert                     both
//	Sensors([]HealthIssue) []Sensor, HealthIssues(now) []HealthIssue
//	CloudUsers() []CloudUser, CloudDevices() []CloudDevice
//	Cases() []Case                           what is special, where, and why
package world

import (
	"strconv"
	"sync"
	"time"

	"adbadge/model"
)

// Options size a world.
type Options struct {
	Seed      uint64
	Users     int // user objects of both domains, service and admin accounts included; 0: DefaultUsers
	Computers int // computer objects of both domains; 0: DefaultComputers
	// Now is the instant that logons and sightings lie before. Zero: DefaultNow.
	Now time.Time
	// Epoch is when the first attack began; attacks follow each other from there. Zero: Now.
	Epoch time.Time
}

// The size that a World has by itself.
const (
	DefaultUsers     = 400
	DefaultComputers = 250
)

// DefaultNow is the instant of a world that was given none.
func DefaultNow() time.Time { return time.Date(2026, time.March, 3, 14, 2, 0, 0, time.UTC) }

// World is the lab's data.
type World struct {
	options Options
	tenant  model.GUID
	domains []Domain
	groups  []Group
	named   map[groupName]int

	computerCases map[int]computerCase
	userCases     map[int]userCase

	records func() recordTable // which machine record belongs to what; built when first asked for
	base    func() []*Alert
	over    sync.Map // number of an attack that is over -> its alerts
}

// New makes a world. It takes no time to speak of, whatever the size.
func New(o Options) *World {
	if o.Users <= 0 {
		o.Users = DefaultUsers
	}
	if o.Computers <= 0 {
		o.Computers = DefaultComputers
	}
	if o.Now.IsZero() {
		o.Now = DefaultNow()
	}
	o.Now = o.Now.UTC()
	if o.Epoch.IsZero() {
		o.Epoch = o.Now
	}
	o.Epoch = o.Epoch.UTC()
	w := &World{options: o, computerCases: computerCases(), userCases: userCases()}
	w.domains = w.makeDomains()
	w.groups = w.makeGroups()
	w.named = make(map[groupName]int, len(w.groups))
	for i, g := range w.groups {
		w.named[groupName{g.Domain, g.Name}] = i
	}
	tenant := w.dice(domainStream, -1)
	w.tenant = tenant.guid()
	w.records = sync.OnceValue(w.placeRecords)
	w.base = sync.OnceValue(w.makeBaseAlerts)
	return w
}

// Options gives the options with defaults filled in.
func (w *World) Options() Options { return w.options }

// TenantID gives the id of the Entra ID tenant.
func (w *World) TenantID() model.GUID { return w.tenant }

// Domains gives the forest root and its child. The slice is shared.
func (w *World) Domains() []Domain { return w.domains }

// Users gives the number of user objects.
func (w *World) Users() int { return w.options.Users }

// Computers gives the number of computer objects.
func (w *World) Computers() int { return w.options.Computers }

func (w *World) makeDomains() []Domain {
	domains := []Domain{
		{DNSName: "contoso.test", NetBIOS: "CONTOSO", BaseDN: "DC=contoso,DC=test", MailDomain: "contoso.test"},
		{DNSName: "emea.contoso.test", NetBIOS: "EMEA", BaseDN: "DC=emea,DC=contoso,DC=test", MailDomain: "contoso.test"},
	}
	for i := range domains {
		d := w.dice(domainStream, i)
		domains[i].GUID = d.guid()
		sid := "S-1-5-21"
		for range 3 {
			sid += "-" + strconv.Itoa(d.between(100_000_000, 4_000_000_000))
		}
		domains[i].SID = model.SID(sid)
	}
	return domains
}

// sid gives the SID of an account of a domain.
func (w *World) sid(domain int, rid uint32) model.SID {
	return w.domains[domain].SID + model.SID("-"+strconv.FormatUint(uint64(rid), 10))
}

// Relative identifiers: each kind of object has its own residue, so that none meet. Those of the domain itself
// (Administrator 500, Domain Admins 512, ...) lie below.
const (
	ridBase     = 10_000
	ridStep     = 4
	ridUser     = 0
	ridComputer = 1
	ridGroup    = 2
	ridObject   = 3
)

func rid(kind, i int) uint32 { return uint32(ridBase + ridStep*i + kind) }

// AccountKind is what kind of account a relative identifier belongs to.
type AccountKind uint8

const (
	UserAccount AccountKind = iota
	ComputerAccount
)

// AccountOf tells which user or computer has a SID.
func (w *World) AccountOf(sid model.SID) (kind AccountKind, index int, ok bool) {
	_, relativeID, ok := sid.Split()
	if !ok {
		return 0, 0, false
	}
	kind, index = UserAccount, int(relativeID)/ridStep-ridBase/ridStep
	if relativeID < ridBase {
		for i := builtinsAt; i < min(builtinsAt+2*len(builtins), w.options.Users); i++ {
			if u := w.User(i); u.SID == sid {
				return UserAccount, i, true
			}
		}
		return 0, 0, false
	}
	switch relativeID % ridStep {
	case ridUser:
		if index < w.options.Users {
			u := w.User(index)
			return kind, index, u.SID == sid
		}
	case ridComputer:
		if index < w.options.Computers {
			c := w.Computer(index)
			return ComputerAccount, index, c.SID == sid
		}
	}
	return 0, 0, false
}
