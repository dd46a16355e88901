package inventory

import (
	"encoding/binary"
	"slices"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// Alerts are alerts of one source, laid out for a hundred thousand of them. They never change; the zero Alerts are none.
type Alerts struct{ list[alertFacts] }

// NewAlerts makes a list of alerts. Of those with the same product and id it keeps the one updated last.
func NewAlerts(alerts []model.Alert) Alerts { return Alerts{}.With(alerts) }

// With gives the list in which alerts take the places of those with the same products and ids, unless they are older,
// and new ones are at the end.
func (a Alerts) With(alerts []model.Alert) Alerts { return Alerts{with(a.list, &alertForm, alerts)} }

// At gives an alert by its number, from 0, without its incident.
func (a *Alerts) At(number int) model.Alert { return a.alert(uint32(number)) }

// Newest gives the latest change of any alert, zero when there is none.
func (a Alerts) Newest() time.Time { return a.newest().time() }

// IsOpen reports whether an alert is in the list, and open.
func (a *Alerts) IsOpen(id string, product model.Product) bool {
	number, ok := a.findID(id, product)
	return ok && a.facts(number).isOpen()
}

// OpenedSince gives the alerts that are open, and were not in an earlier list.
func (a *Alerts) OpenedSince(before *Alerts) []model.Alert {
	changed, ok := a.changedSince(&before.list)
	if !ok {
		changed = allNumbers(a.Len())
	}
	var opened []model.Alert
	for _, number := range changed {
		if int(number) < a.Len() && a.facts(number).isOpen() && !before.IsOpen(a.id(number), a.facts(number).product) {
			opened = append(opened, a.alert(number))
		}
	}
	return opened
}

// findID gives the number of the alert with an id.
func (a *Alerts) findID(id string, product model.Product) (number uint32, ok bool) {
	return a.find(recordName{id, uint64(product)})
}

// alertFacts are what joins, badges and orders need of an alert.
type alertFacts struct {
	created, updated instant
	product          model.Product
	severity         model.Severity
	status           model.AlertStatus
}

func (f alertFacts) age() instant { return f.updated }

func (f alertFacts) kind() uint64 { return uint64(f.product) }

// raised is when an alert came up; for one that does not say, when it changed last.
func (f *alertFacts) raised() instant {
	if f.created.isZero() {
		return f.updated
	}
	return f.created
}

func (f *alertFacts) isOpen() bool { return f.status != model.StatusResolved }

var alertForm = form[model.Alert, alertFacts]{
	facts: func(a *model.Alert) alertFacts {
		return alertFacts{instantOf(a.Created), instantOf(a.Updated), a.Product, a.Severity, a.Status}
	},
	keys:  alertKeys,
	write: writeAlert,
	name:  func(a *model.Alert) recordName { return recordName{a.ID, uint64(a.Product)} },
	age:   func(a *model.Alert) time.Time { return a.Updated },
}

func alertKeys(a *model.Alert, keys []uint32) []uint32 {
	for i := range a.Devices {
		d := &a.Devices[i]
		keys = appendNameKey(appendGUIDKey(appendRecordKey(keys, d.MachineID), &d.DeviceID), string(d.Name))
	}
	for i := range a.Accounts {
		u := &a.Accounts[i]
		keys = appendGUIDKey(appendSIDKey(keys, u.SID), &u.Object)
		keys = appendNameKey(appendNameKey(keys, string(u.Name)), string(u.UPN))
	}
	return keys
}

func writeAlert(a *model.Alert, shared *dictionary, dst []byte) []byte {
	dst = appendText(dst, a.ID)
	dst = binary.AppendUvarint(dst, uint64(len(a.Devices)))
	for i := range a.Devices {
		d := &a.Devices[i]
		dst = appendText(appendGUID(appendText(dst, d.MachineID), d.DeviceID), d.Name)
	}
	dst = binary.AppendUvarint(dst, uint64(len(a.Accounts)))
	for i := range a.Accounts {
		u := &a.Accounts[i]
		dst = appendText(appendGUID(appendText(dst, u.SID), u.Object), u.Name)
		dst = appendText(appendShared(dst, shared, u.Domain), u.UPN)
	}
	dst = append(dst, byte(a.Phase))
	for _, s := range [...]text.Line{
		a.Title, a.Description, a.Category, a.SeverityText, a.StatusText, a.ThreatFamily, a.ThreatName, a.Actor, a.Source,
		a.Classification, a.Determination, a.Investigation, a.AssignedTo, a.Recommended,
	} {
		dst = appendShared(dst, shared, s)
	}
	dst = appendText(appendText(dst, a.IncidentID), a.URL)
	for _, t := range [...]time.Time{a.Resolved, a.FirstActivity, a.LastActivity} {
		dst = appendTime(dst, t)
	}
	dst = binary.AppendUvarint(dst, uint64(len(a.Techniques)))
	for _, technique := range a.Techniques {
		dst = appendShared(dst, shared, technique)
	}
	dst = binary.AppendUvarint(dst, uint64(len(a.Evidence)))
	for i := range a.Evidence {
		e := &a.Evidence[i]
		dst = appendText(appendShared(dst, shared, e.Kind), e.Name)
		for _, s := range [...]text.Line{e.Verdict, e.Remediation, e.Detection, e.Roles} {
			dst = appendShared(dst, shared, s)
		}
	}
	return binary.AppendUvarint(dst, uint64(a.MoreEvidence))
}

// alert reads what writeAlert wrote.
func (a *Alerts) alert(number uint32) (made model.Alert) {
	f, r := a.facts(number), a.text(number)
	made.Created, made.Updated = f.created.time(), f.updated.time()
	made.Product, made.Severity, made.Status = f.product, f.severity, f.status
	made.ID = r.text()
	made.Devices, made.Accounts = readReferences(&r, nil, nil)
	made.Phase = model.Phase(r.byte())
	for _, s := range [...]*text.Line{
		&made.Title, &made.Description, &made.Category, &made.SeverityText, &made.StatusText, &made.ThreatFamily, &made.ThreatName,
		&made.Actor, &made.Source, &made.Classification, &made.Determination, &made.Investigation, &made.AssignedTo, &made.Recommended,
	} {
		*s = r.sharedText()
	}
	made.IncidentID, made.URL = r.line(), r.text()
	made.Resolved, made.FirstActivity, made.LastActivity = r.time(), r.time(), r.time()
	if n := r.number(); n > 0 {
		made.Techniques = make([]text.Line, n)
		for i := range made.Techniques {
			made.Techniques[i] = r.sharedText()
		}
	}
	if n := r.number(); n > 0 {
		made.Evidence = make([]model.Evidence, n)
		for i := range made.Evidence {
			made.Evidence[i] = model.Evidence{Kind: r.sharedText(), Name: r.line(), Verdict: r.sharedText(), Remediation: r.sharedText(),
				Detection: r.sharedText(), Roles: r.sharedText()}
		}
	}
	made.MoreEvidence = int(r.number())
	return made
}

// readReferences appends the machines and accounts that an alert names.
func readReferences(r *reader, devices []model.DeviceRef, accounts []model.AccountRef) ([]model.DeviceRef, []model.AccountRef) {
	n := int(r.number())
	devices = slices.Grow(devices, n)
	for range n {
		devices = append(devices, model.DeviceRef{MachineID: r.text(), DeviceID: r.guid(), Name: r.line()})
	}
	n = int(r.number())
	accounts = slices.Grow(accounts, n)
	for range n {
		accounts = append(accounts, model.AccountRef{SID: model.SID(r.text()), Object: r.guid(), Name: r.line(), Domain: r.sharedText(), UPN: r.line()})
	}
	return devices, accounts
}

func (a *Alerts) id(number uint32) string {
	r := a.text(number)
	return r.text()
}
