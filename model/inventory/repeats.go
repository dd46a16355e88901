package inventory

import (
	"adbadge/model"
)

// machineIndex finds machine records by id, the newest of those with the same id.
type machineIndex struct {
	machines []model.Machine
	index    *index
	replaced []uint32 // records that come again, newer
}

func indexMachines(machines []model.Machine) *machineIndex {
	x := &machineIndex{machines: machines, index: newIndex(len(machines), len(machines))}
	for i := range machines {
		id := machines[i].ID
		if id == "" {
			continue
		}
		hash := hashText(x.index.seed, id)
		same := func(other uint32) bool { return machines[other].ID == id }
		earlier, repeated := x.index.add(hash, uint32(i), same)
		if !repeated {
			continue
		}
		if machines[i].LastSeen.Before(machines[earlier].LastSeen) {
			x.replaced = append(x.replaced, uint32(i))
			continue
		}
		x.replaced = append(x.replaced, earlier)
		x.index.change(hash, uint32(i), same)
	}
	return x
}

func (x *machineIndex) find(id string) (record uint32, ok bool) {
	if id == "" {
		return 0, false
	}
	return x.index.find(hashText(x.index.seed, id), func(other uint32) bool { return x.machines[other].ID == id })
}

// alertIndex finds alerts by product and id, the last updated of those that come several times.
type alertIndex struct {
	alerts   []model.Alert
	index    *index
	replaced []bool // alerts that come again, newer
}

func indexAlerts(alerts []model.Alert) *alertIndex {
	x := &alertIndex{alerts: alerts, index: newIndex(len(alerts), len(alerts)), replaced: make([]bool, len(alerts))}
	for i := range alerts {
		a := &alerts[i]
		if a.ID == "" {
			continue
		}
		hash := x.hash(a)
		same := func(other uint32) bool { return isSameAlert(&alerts[other], a) }
		earlier, repeated := x.index.add(hash, uint32(i), same)
		if !repeated {
			continue
		}
		if a.Updated.Before(alerts[earlier].Updated) {
			x.replaced[i] = true
			continue
		}
		x.replaced[earlier] = true
		x.index.change(hash, uint32(i), same)
	}
	return x
}

func (x *alertIndex) hash(a *model.Alert) uint64 {
	return hashText(x.index.seed^uint64(a.Product), a.ID)
}

func isSameAlert(a, b *model.Alert) bool { return a.ID == b.ID && a.Product == b.Product }

func (x *alertIndex) find(a *model.Alert) (number uint32, ok bool) {
	return x.index.find(x.hash(a), func(other uint32) bool { return isSameAlert(&x.alerts[other], a) })
}
