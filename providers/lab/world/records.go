package world

// nameForm is how a machine record writes the name of its computer.
type nameForm uint8

const (
	fullName nameForm = iota
	upperName
	dottedName // a full name with a dot at its end
	shortName
	upperShortName
)

// record says what Defender for Endpoint holds about one computer.
type record struct {
	form       nameForm
	hybrid     bool // aadDeviceId is the computer's objectGUID
	joined     bool // isAadJoined, whatever aadDeviceId is
	onboarding string
	health     string
	days       int  // last seen so many days ago; 0: within the last day
	merged     bool // merged into the next record of the same computer
	duplicate  bool // isPotentialDuplication
	excluded   bool
	arc        bool   // a server connected through Azure Arc
	bare       bool   // neither risk nor exposure
	nameOf     int    // the record has the name of the computer so many places on
	hostile    string // stands for the name as it is
}

const (
	onboarded    = "Onboarded"
	discovered   = "CanBeOnboarded"
	unsupported  = "Unsupported"
	insufficient = "InsufficientInfo"

	active   = "Active"
	inactive = "Inactive"
	impaired = "ImpairedCommunication"
	silent   = "NoSensorData"
)

// maxRecords is how many records a computer has at most.
const maxRecords = 4

// recordsOf fills in the records of the computer at an index and gives their number.
func (w *World) recordsOf(j int, out *[maxRecords]record) int {
	if special, ok := w.computerCases[j]; ok && special.hasRecords {
		return copy(out[:], special.records)
	}
	d := w.dice(recordStream, j)
	r := record{onboarding: onboarded, health: active, form: d.nameForm()}
	role, state := computerRole(j), w.computerState(j)
	r.hybrid = role == Workstation && d.chance(620) || role == Server && d.chance(120)
	r.joined = r.hybrid
	switch chance := d.n(1000); {
	case role == DomainController:
		r = record{onboarding: onboarded, health: active}
	case state == neverUsed, state != inUse && chance < 600:
		return 0
	case state != inUse:
		r.health, r.days = inactive, d.between(8, 29)
	case chance < 65:
		return 0
	case chance < 115:
		r.onboarding, r.health, r.hybrid, r.joined, r.bare = discovered, "Unknown", false, false, true
		r.days = d.between(0, 5)
	case chance < 122:
		r.onboarding, r.health, r.hybrid, r.joined, r.bare = insufficient, "Unknown", false, false, true
		r.form = fullName
	case chance < 165:
		r.health, r.days = inactive, d.between(8, 25)
	case chance < 185:
		r.health = impaired
	case chance < 198:
		r.health, r.days = silent, d.between(1, 6)
	}
	if r.onboarding == onboarded && d.chance(35) { // reimaged
		out[0], out[1] = r, r
		out[0].health, out[0].days, out[0].hybrid, out[0].duplicate = inactive, d.between(10, 28), false, true
		out[0].form, out[1].form = fullName, fullName
		return 2
	}
	out[0] = r
	return 1
}

func (d *dice) nameForm() nameForm {
	switch chance := d.n(1000); {
	case chance < 45:
		return upperName
	case chance < 70:
		return dottedName
	case chance < 120:
		return shortName
	case chance < 140:
		return upperShortName
	}
	return fullName
}

// recordTable places the machine records in one list: those of ten computers, then one that belongs to no AD
// computer. It takes four bytes for a record and four for a computer.
type recordTable struct {
	places  []uint32 // the computer and which of its records, or which stray record
	first   []uint32 // of each computer: its first record; one more at the end
	strays  int
	strayAt []uint32 // of each stray: its place
}

const (
	strayBit   = 1 << 31
	strayEvery = 10
)

func (w *World) placeRecords() recordTable {
	n := w.options.Computers
	t := recordTable{
		places: make([]uint32, 0, n+n/8+1), first: make([]uint32, 0, n+1), strayAt: make([]uint32, 0, n/strayEvery+1),
	}
	var scratch [maxRecords]record
	for j := range n {
		t.first = append(t.first, uint32(len(t.places)))
		for variant := range w.recordsOf(j, &scratch) {
			t.places = append(t.places, uint32(j)*maxRecords+uint32(variant))
		}
		if j%strayEvery == strayEvery-1 {
			t.strayAt = append(t.strayAt, uint32(len(t.places)))
			t.places = append(t.places, strayBit|uint32(t.strays))
			t.strays++
		}
	}
	t.first = append(t.first, uint32(len(t.places)))
	return t
}

// of gives the computer and the variant at a place, or the number of the stray.
func (t *recordTable) of(m int) (computer, variant, stray int) {
	place := t.places[m]
	if place&strayBit != 0 {
		return -1, 0, int(place &^ strayBit)
	}
	return int(place / maxRecords), int(place % maxRecords), -1
}

// Machines gives the number of machine records.
func (w *World) Machines() int {
	t := w.records()
	return len(t.places)
}

// ComputerMachines gives the indexes of the machine records that come from the computer at an index.
func (w *World) ComputerMachines(j int) []int {
	t := w.records()
	var machines []int
	for m := int(t.first[j]); m < int(t.first[j+1]); m++ {
		if t.places[m]&strayBit == 0 {
			machines = append(machines, m)
		}
	}
	return machines
}

// onboardedMachine gives the machine record with a sensor that was seen last on the computer at an index, or -1.
func (w *World) onboardedMachine(j int) int {
	var scratch [maxRecords]record
	best, days := -1, 0
	n := w.recordsOf(j, &scratch)
	for variant, r := range scratch[:n] {
		if r.onboarding == onboarded && !r.merged && r.nameOf == 0 && (best < 0 || r.days < days) {
			best, days = variant, r.days
		}
	}
	if best < 0 {
		return -1
	}
	t := w.records()
	return int(t.first[j]) + best
}
