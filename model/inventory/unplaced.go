package inventory

import "adbadge/model"

// UnplacedClass says why a machine record belongs to no entity.
type UnplacedClass uint8

const (
	// UnplacedCloudOnly: joined to Entra ID, not to the on-premises AD.
	UnplacedCloudOnly UnplacedClass = iota
	// UnplacedCloudVM: a virtual machine that is managed in Azure or another cloud.
	UnplacedCloudVM
	// UnplacedUnsupported: no sensor exists for it (printers, network devices).
	UnplacedUnsupported
	// UnplacedAmbiguous: several computers of the AD compete for its name.
	UnplacedAmbiguous
	// UnplacedOther: it may belong to an AD computer, but none matches.
	UnplacedOther
	unplacedClasses
)

// String gives the words for screens and JSON.
func (c UnplacedClass) String() string {
	return [...]string{"cloud-only", "cloud VM", "unsupported", "ambiguous", "other"}[c]
}

// Why says it in half a sentence.
func (c UnplacedClass) Why() string {
	return [...]string{
		"joined to Entra ID, not to the on-premises AD",
		"a virtual machine that is managed in Azure or another cloud",
		"a device that no sensor exists for",
		"several AD computers carry its name; adbadge never guesses",
		"no AD computer has its device id or name",
	}[c]
}

// UnplacedMachine is a machine record that belongs to no entity.
type UnplacedMachine struct {
	Machine *model.Machine
	Class   UnplacedClass
	Rivals  []int // rows of the computers that compete for it, when it is ambiguous
}

// Unplaced lists the machine records that belong to no entity, in the order in which they came.
func (v *View) Unplaced() []UnplacedMachine {
	var list []UnplacedMachine
	for record, row := range v.place.owners {
		if row != noRow {
			continue
		}
		number := uint32(record)
		u := UnplacedMachine{Machine: v.machine(number), Class: v.place.unplacedClass(number)}
		if c := v.place.ambiguous[number]; c != nil {
			for _, rival := range c.rows {
				u.Rivals = append(u.Rivals, int(rival))
			}
		}
		list = append(list, u)
	}
	return list
}

// countUnplaced adds a record if it has no row, or with by = -1 takes it away.
func (p *placement) countUnplaced(record uint32, by int, counts *[unplacedClasses]int) {
	if int(record) < len(p.owners) && p.owners[record] == noRow {
		counts[p.unplacedClass(record)] += by
	}
}

func (p *placement) unplacedClass(record uint32) UnplacedClass {
	f := p.machines.facts(record)
	switch {
	case p.ambiguous[record] != nil:
		return UnplacedAmbiguous
	case f.cloud == model.AzureVM, f.cloud == model.OtherCloud:
		return UnplacedCloudVM
	case f.has(cloudJoined):
		return UnplacedCloudOnly
	case f.onboarding == model.Unsupported:
		return UnplacedUnsupported
	}
	return UnplacedOther
}
