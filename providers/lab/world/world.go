// Package world makes up the lab's data: an on-premises AD forest, the machine records and alerts of Defender for
// Endpoint, and the sensors, health issues and alerts of Defender for Identity. Everything is a pure function of a
// seed, a size and a time, so that the same request always gets the same answer.
//
// Entities are computed from their index when they are asked for, so that a million of them take no memory, and the
// entity at an index is the same whatever the sizes are. Every method of a World is safe for concurrent use.
//
//	New(Options) *World
//	Options() Options                        with defaults filled in
//	TenantID() model.GUID
//	Domains() []Domain
//	Users() int, User(i) User
//	Computers() int, Computer(i) Computer
//	Groups() []Group, UserGroups(i) []int, ComputerGroups(i) []int, Objects() []Object
//	Machines() int, Machine(i) Machine, ComputerMachines(i) []int
//	Seen(user) (Sighting, bool)              the newest sighting of an account
//	Sightings(user) []Sighting               all of them, newest first
//	LoggedOn(machine) []Sighting             newest first
//	BaseAlerts() []*Alert                    the alerts of before Now: shared, unchanging
//	AttackAlerts(now) []*Alert               the attacks from Epoch up to now
//	Alerts(now) []*Alert                     both
//	Sensors(now) []Sensor, HealthIssues(now) []HealthIssue
//	CloudUsers() []CloudUser, CloudDevices() []CloudDevice
//	Cases() []Case                           what is special, where, and why
package world

import "time"

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

// The size and the instant that a World has by itself.
const (
	DefaultUsers     = 400
	DefaultComputers = 250
)

// DefaultNow is the instant of a world that was given none.
var DefaultNow = time.Date(2026, time.March, 3, 14, 2, 0, 0, time.UTC)
