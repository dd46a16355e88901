// Package world makes up the lab's data: an on-premises AD forest, the machine records and alerts of Defender for
// Endpoint, and the sensors, health issues and alerts of Defender for Identity. Everything is a pure function of a
// seed, a size and a time, so that the same request always gets the same answer.
package world

import "time"

// Options size a world.
type Options struct {
	Seed      uint64
	Users     int // AD users; other account kinds come on top in proportion
	Computers int // AD computers
	// Now is the instant that logons and sightings lie before.
	Now time.Time
	// Epoch is when the first attack began; attacks follow each other from there.
	Epoch time.Time
}
