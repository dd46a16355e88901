package inventory

import (
	"encoding/binary"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// Machines are the machine records of Defender for Endpoint, laid out for hundreds of thousands of them. They never
// change; the zero Machines are none.
type Machines struct{ list[machineFacts] }

// NewMachines makes a list of records. Of those with the same id it keeps the one seen last.
func NewMachines(records []model.Machine) Machines { return Machines{}.With(records) }

// With gives the list in which records take the places of those with the same ids, unless they are older, and new ones
// are at the end.
func (m Machines) With(records []model.Machine) Machines {
	return Machines{with(m.list, &machineForm, records)}
}

// At gives a record by its number, from 0.
func (m *Machines) At(number int) model.Machine { return m.record(uint32(number)) }

// Newest gives the latest report of any machine, zero when there is none.
func (m Machines) Newest() time.Time { return m.newest().time() }

// machineFacts are what badges, joins, orders and queries need of a record.
type machineFacts struct {
	deviceID   model.GUID
	name       uint64 // hash of the name as it is looked up
	seen       instant
	onboarding model.Onboarding
	health     model.Health
	risk       model.Severity
	exposure   model.Severity
	cloud      model.Cloud
	flags      machineFlags
}

type machineFlags uint8

const (
	cloudJoined machineFlags = 1 << iota
	merged
	potentialDuplicate
	excluded
	named
	fullyNamed // with a dot
)

func (f *machineFacts) set(flag machineFlags, is bool) {
	if is {
		f.flags |= flag
	}
}

func (f *machineFacts) has(flag machineFlags) bool { return f.flags&flag != 0 }

func (f machineFacts) age() instant { return f.seen }

func (f machineFacts) kind() uint64 { return 0 }

var machineForm = form[model.Machine, machineFacts]{
	facts: func(m *model.Machine) machineFacts {
		f := machineFacts{
			deviceID: m.DeviceID, name: hashName(string(m.Name)), seen: instantOf(m.LastSeen),
			onboarding: m.Onboarding, health: m.Health, risk: m.Risk, exposure: m.Exposure, cloud: m.Cloud,
		}
		f.set(cloudJoined, m.CloudJoined)
		f.set(merged, m.MergedInto != "")
		f.set(potentialDuplicate, m.PotentialDuplicate)
		f.set(excluded, m.Excluded)
		f.set(named, m.Name != "")
		f.set(fullyNamed, strings.Contains(string(m.Name), "."))
		return f
	},
	keys: func(m *model.Machine, keys []uint32) []uint32 {
		return appendNameKey(appendGUIDKey(keys, &m.DeviceID), string(m.Name))
	},
	write: writeMachine,
	name:  func(m *model.Machine) recordName { return recordName{id: m.ID} },
	age:   func(m *model.Machine) time.Time { return m.LastSeen },
}

func writeMachine(m *model.Machine, shared *dictionary, dst []byte) []byte {
	dst = appendText(appendText(dst, m.ID), m.Name)
	dst = appendText(appendText(dst, m.IP), m.MergedInto)
	dst = appendShared(appendShared(dst, shared, m.OS), shared, m.OSVersion)
	dst = appendTime(dst, m.FirstSeen)
	dst = binary.AppendUvarint(dst, uint64(len(m.Tags)))
	for _, tag := range m.Tags {
		dst = appendShared(dst, shared, tag)
	}
	s := m.Setup
	if s == nil {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	for _, part := range [...]text.Line{s.Group, s.Value, s.Sensor, s.Antivirus, s.ManagedBy, s.Exclusion} {
		dst = appendShared(dst, shared, part)
	}
	return dst
}

// record reads what writeMachine wrote.
func (m *Machines) record(number uint32) model.Machine {
	f, r := m.facts(number), m.text(number)
	made := model.Machine{
		ID: r.text(), Name: r.line(), IP: r.line(), MergedInto: r.text(), OS: r.sharedText(), OSVersion: r.sharedText(), FirstSeen: r.time(),
		DeviceID: f.deviceID, LastSeen: f.seen.time(), Onboarding: f.onboarding, Health: f.health, Risk: f.risk, Exposure: f.exposure,
		Cloud: f.cloud, CloudJoined: f.has(cloudJoined), PotentialDuplicate: f.has(potentialDuplicate),
		Excluded: f.has(excluded),
	}
	if tags := r.number(); tags > 0 {
		made.Tags = make([]text.Line, tags)
		for i := range made.Tags {
			made.Tags[i] = r.sharedText()
		}
	}
	if r.byte() != 0 {
		made.Setup = &model.Setup{Group: r.sharedText(), Value: r.sharedText(), Sensor: r.sharedText(), Antivirus: r.sharedText(),
			ManagedBy: r.sharedText(), Exclusion: r.sharedText()}
	}
	return made
}

func (m *Machines) id(number uint32) string {
	r := m.text(number)
	return r.text()
}

func (m *Machines) name(number uint32) string {
	r := m.text(number)
	r.text()
	return r.text()
}

// isPlacedAs reports whether a record belongs where it belonged in an earlier list, as far as that depends on itself.
func (m *Machines) isPlacedAs(before *Machines, number uint32) bool {
	f, g := *m.facts(number), *before.facts(number)
	for _, facts := range []*machineFacts{&f, &g} { // leave out what machines report day by day
		facts.seen, facts.health, facts.risk, facts.exposure = instant{}, 0, 0, 0
		facts.flags &^= merged | potentialDuplicate | excluded
		if facts.onboarding != model.Unsupported {
			facts.onboarding = model.OnboardingUnknown
		}
	}
	return f == g && m.name(number) == before.name(number)
}

// findID gives the number of the record with an id.
func (m *Machines) findID(id string) (number uint32, ok bool) {
	return m.find(recordName{id: id})
}

// mayMatchShortName is the condition of rule 3.
func (f *machineFacts) mayMatchShortName() bool {
	onPremises := f.cloud == model.NotCloud || f.cloud == model.AzureArc
	return f.has(named) && f.deviceID.IsZero() && onPremises && !f.has(cloudJoined) && f.onboarding != model.Unsupported
}
