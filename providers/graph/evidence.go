package graph

import (
	"slices"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

// evidenceRecord holds what adbadge uses of any of the types of evidence (microsoft.graph.security.alertEvidence and
// those derived from it). What a type does not have stays empty, so that types which come later are read as well.
type evidenceRecord struct {
	Type        string   `json:"@odata.type"`
	Verdict     string   `json:"verdict"`
	Remediation string   `json:"remediationStatus"`
	Detection   string   `json:"detectionStatus"`
	Roles       []string `json:"roles"`

	deviceRecord                // of a device; only mdeDeviceId of a process, a file and a registry value
	User         *accountRecord `json:"userAccount"` // of a user, a process and a mailbox
	Account      *struct {      // of a logon session
		User *accountRecord `json:"userAccount"`
	} `json:"account"`
	Host *deviceRecord `json:"host"` // of a logon session
	things
}

// addTo adds a piece of evidence, and the accounts and devices that it names, each once.
func (e *evidenceRecord) addTo(a *model.Alert, texts *entra.Texts) {
	e.User.addTo(a, texts)
	if e.Account != nil {
		e.Account.User.addTo(a, texts)
	}
	e.deviceRecord.addTo(a)
	if e.Host != nil {
		e.Host.addTo(a)
	}
	a.AddEvidence(model.Evidence{
		Kind: e.kind(texts), Name: text.CleanMax(e.name(), maxEvidenceName), Verdict: texts.Words(e.Verdict),
		Remediation: texts.Words(e.Remediation), Detection: texts.Words(e.Detection), Roles: texts.List(e.Roles),
	})
}

// maxEvidenceName is how much of a command line or a path is kept, in characters.
const maxEvidenceName = 256

// kind gives the type in words: "#microsoft.graph.security.registryValueEvidence" is a "registry value".
func (e *evidenceRecord) kind(texts *entra.Texts) text.Line {
	return texts.Kind(strings.TrimSuffix(e.Type[strings.LastIndexByte(e.Type, '.')+1:], "Evidence"))
}

// name gives what people tell the thing by: what is special to its type, else the account or device that it is or
// belongs to, else an id.
func (e *evidenceRecord) name() string {
	if name := e.things.name(); name != "" {
		return name
	}
	account, device := e.User.name(), e.deviceRecord.name()
	if e.Account != nil {
		account = first(account, e.Account.User.name())
	}
	if e.Host != nil {
		device = first(device, e.Host.name())
	}
	return first(of(account, "on", device), e.id())
}

// accountRecord is microsoft.graph.security.userAccount.
type accountRecord struct {
	Name   string `json:"accountName"`
	Domain string `json:"domainName"`
	Shown  string `json:"displayName"`
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

func (r *accountRecord) name() string {
	if r == nil {
		return ""
	}
	if r.Name != "" {
		return joined(r.Domain, r.Name)
	}
	return first(r.UPN, r.Shown, r.SID)
}

func (r *accountRecord) addTo(a *model.Alert, texts *entra.Texts) {
	if r == nil {
		return
	}
	ref := model.AccountRef{Name: texts.Line(r.Name), Domain: texts.Line(r.Domain), UPN: texts.Line(r.UPN)}
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
	name := first(r.DNSName, r.HostName)
	if name != "" && r.Domain != "" && !strings.Contains(name, ".") {
		name += "." + r.Domain
	}
	return name
}
