package graph

import (
	"slices"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

// evidenceRecord holds what names an account or a device in any of the types of evidence
// (microsoft.graph.security.alertEvidence and those derived from it): user, device, process, mailbox and logon
// session. What a type does not have stays empty, so that types which come later are read as well.
type evidenceRecord struct {
	deviceRecord                // of a device; only mdeDeviceId of a process, a file and a registry value
	User         *accountRecord `json:"userAccount"` // of a user, a process and a mailbox
	Account      *struct {      // of a logon session
		User *accountRecord `json:"userAccount"`
	} `json:"account"`
	Host *deviceRecord `json:"host"` // of a logon session
}

// accountRecord is microsoft.graph.security.userAccount.
type accountRecord struct {
	Name   string `json:"accountName"`
	Domain string `json:"domainName"`
	SID    string `json:"userSid"`
	UPN    string `json:"userPrincipalName"`
	Object string `json:"activeDirectoryObjectGuid"`
}

// deviceRecord is what microsoft.graph.security.deviceEvidence says about who the device is.
type deviceRecord struct {
	MachineID string `json:"mdeDeviceId"`
	DeviceID  string `json:"azureAdDeviceId"`
	DNSName   string `json:"deviceDnsName"`
	HostName  string `json:"hostName"`
	Domain    string `json:"dnsDomain"`
}

// addTo adds the accounts and devices that a piece of evidence names, each once.
func (e *evidenceRecord) addTo(a *model.Alert) {
	e.User.addTo(a)
	if e.Account != nil {
		e.Account.User.addTo(a)
	}
	e.deviceRecord.addTo(a)
	if e.Host != nil {
		e.Host.addTo(a)
	}
}

func (r *accountRecord) addTo(a *model.Alert) {
	if r == nil {
		return
	}
	ref := model.AccountRef{Name: text.Clean(r.Name), Domain: text.Clean(r.Domain), UPN: text.Clean(r.UPN)}
	ref.SID, _ = model.ParseSID(r.SID)        // absent: the names may still say who
	ref.Object, _ = model.ParseGUID(r.Object) // absent as well
	if ref != (model.AccountRef{}) && !slices.Contains(a.Accounts, ref) {
		a.Accounts = append(a.Accounts, ref)
	}
}

func (r *deviceRecord) addTo(a *model.Alert) {
	ref := model.DeviceRef{Name: text.Clean(r.name())}
	ref.MachineID, _ = entra.ReadMachineID(r.MachineID) // alerts of Defender for Identity often have names only
	ref.DeviceID, _ = model.ParseGUID(r.DeviceID)
	if ref == (model.DeviceRef{}) || slices.Contains(a.Devices, ref) {
		return
	}
	if ref.Name == "" && ref.DeviceID.IsZero() && slices.ContainsFunc(a.Devices, func(d model.DeviceRef) bool { return d.MachineID == ref.MachineID }) {
		return // a process or file on a device that is named already
	}
	a.Devices = append(a.Devices, ref)
}

// name gives the fullest name of a device.
func (r *deviceRecord) name() string {
	name := r.DNSName
	if name == "" {
		name = r.HostName
	}
	if name != "" && r.Domain != "" && !strings.Contains(name, ".") {
		name += "." + r.Domain
	}
	return name
}
