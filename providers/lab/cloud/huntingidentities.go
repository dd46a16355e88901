package cloud

import (
	"strings"
	"time"

	"adbadge/model"
	"adbadge/providers/lab/world"
)

// identity is a row of IdentityInfo: a user of the directory or of the cloud.
type identity struct {
	cloudUser
	at time.Time
}

func (i *identity) onPremises(get func(*world.User) string) string {
	if i.user == nil {
		return ""
	}
	return get(i.user)
}

// both takes a member from whichever user it is.
func both(cloud func(*world.CloudUser) string, synced func(*world.User) string) func(*identity) string {
	return func(i *identity) string { return i.choose(cloud, synced) }
}

// identityColumns are those of IdentityInfo that are of use here.
var identityColumns = []column[identity]{
	when("Timestamp", func(i *identity) time.Time { return i.at }),
	words("AccountObjectId", func(i *identity) string {
		if id := i.id(); !id.IsZero() {
			return id.String()
		}
		return ""
	}),
	words("AccountUpn", func(i *identity) string { return i.upn() }),
	words("OnPremSid", func(i *identity) string { return i.onPremises(func(u *world.User) string { return string(u.SID) }) }),
	words("AccountDisplayName", both(func(c *world.CloudUser) string { return c.DisplayName }, func(u *world.User) string { return u.DisplayName })),
	words("AccountName", func(i *identity) string {
		name, _, _ := strings.Cut(i.upn(), "@")
		if i.user != nil {
			name = i.user.SAM
		}
		return name
	}),
	words("AccountDomain", func(i *identity) string {
		if i.user != nil {
			return i.dnsName
		}
		_, domain, _ := strings.Cut(i.upn(), "@")
		return domain
	}),
	words("Type", func(i *identity) string {
		if i.user != nil && i.user.Role == world.ServiceAccount {
			return "ServiceAccount"
		}
		return "User"
	}),
	words("DistinguishedName", func(i *identity) string { return i.onPremises((*world.User).DN) }),
	words("CloudSid", both(func(c *world.CloudUser) string { return string(c.SID) }, func(*world.User) string { return "" })),
	words("GivenName", both(func(c *world.CloudUser) string { return c.GivenName }, func(u *world.User) string { return u.GivenName })),
	words("Surname", both(func(c *world.CloudUser) string { return c.Surname }, func(u *world.User) string { return u.Surname })),
	words("Department", both(func(c *world.CloudUser) string { return c.Department }, func(u *world.User) string { return u.Department })),
	words("JobTitle", both(func(c *world.CloudUser) string { return c.Title }, func(u *world.User) string { return u.Title })),
	words("EmailAddress", both(func(c *world.CloudUser) string { return c.UPN }, func(u *world.User) string { return u.Mail })),
	yes("IsAccountEnabled", func(i *identity) bool { return i.enabled() }),
	when("CreatedDateTime", func(i *identity) time.Time { return i.created() }),
	words("OnPremObjectId", func(i *identity) string { return i.onPremises(func(u *world.User) string { return u.GUID.String() }) }),
	words("IdentityEnvironment", func(i *identity) string {
		switch {
		case i.user == nil:
			return "CloudOnly"
		case i.user.Synced:
			return "Hybrid"
		}
		return "On-premises"
	}),
	words("SourceProviders", func(i *identity) string {
		switch {
		case i.user == nil:
			return `["EntraID"]`
		case i.user.Synced:
			return `["ActiveDirectory","EntraID"]`
		}
		return `["ActiveDirectory"]`
	}),
}

// identityReport is how long before now the directory of identities was written last.
const identityReport = 6 * time.Hour

func (t *tenant) eachIdentity(yield func(*identity) error) error {
	domains, at := t.World.Domains(), t.Now().Add(-identityReport)
	for i := range t.World.Users() {
		u := t.World.User(i)
		if err := yield(&identity{cloudUser{user: &u, dnsName: domains[u.Domain].DNSName}, at}); err != nil {
			return err
		}
	}
	cloud := t.World.CloudUsers()
	for i := range cloud {
		if err := yield(&identity{cloudUser{cloud: &cloud[i]}, at}); err != nil {
			return err
		}
	}
	return nil
}

// identityLogonColumns are those of IdentityLogonEvents that are of use here: one row for each computer that logged on.
var identityLogonColumns = []column[world.Computer]{
	when("Timestamp", func(c *world.Computer) time.Time { return c.LastLogon }),
	words("ActionType", func(*world.Computer) string { return "LogonSuccess" }),
	words("Application", func(*world.Computer) string { return "Active Directory" }),
	words("LogonType", func(*world.Computer) string { return "Credentials validation" }),
	words("Protocol", func(*world.Computer) string { return "Kerberos" }),
	words("AccountName", func(c *world.Computer) string { return c.SAM }),
	words("AccountSid", func(c *world.Computer) string { return string(c.SID) }),
	words("DeviceName", func(c *world.Computer) string { return c.DNSName }),
	words("OSPlatform", func(c *world.Computer) string { return c.OS }),
}

func (t *tenant) eachIdentityLogon(yield func(*world.Computer) error) error {
	now := t.Now()
	for i := range t.World.Computers() {
		c := t.World.Computer(i)
		c.LastLogon = t.World.Recurring(c.LastLogon, now)
		if err := yield(&c); err != nil {
			return err
		}
	}
	return nil
}

// directoryEvent is a change in the directory that Defender for Identity saw.
type directoryEvent struct {
	user   world.User
	domain string
}

// directoryEventColumns are those of IdentityDirectoryEvents that are of use here: one row for each change of a password.
var directoryEventColumns = []column[directoryEvent]{
	when("Timestamp", func(d *directoryEvent) time.Time { return d.user.PasswordSet }),
	words("ActionType", func(*directoryEvent) string { return "Account Password changed" }),
	words("Application", func(*directoryEvent) string { return "Active Directory" }),
	words("TargetAccountUpn", func(d *directoryEvent) string { return d.user.UPN }),
	words("TargetAccountDisplayName", func(d *directoryEvent) string { return d.user.DisplayName }),
	words("AccountName", func(d *directoryEvent) string { return d.user.SAM }),
	words("AccountDomain", func(d *directoryEvent) string { return d.domain }),
	words("AccountUpn", func(d *directoryEvent) string { return d.user.UPN }),
	words("AccountSid", func(d *directoryEvent) string { return string(d.user.SID) }),
}

func (t *tenant) eachDirectoryEvent(yield func(*directoryEvent) error) error {
	for i := range t.World.Users() {
		u := t.World.User(i)
		if err := yield(&directoryEvent{u, t.World.Domains()[u.Domain].DNSName}); err != nil {
			return err
		}
	}
	return nil
}

// alertInfoColumns are those of AlertInfo, which has no status.
var alertInfoColumns = []column[world.Alert]{
	when("Timestamp", func(a *world.Alert) time.Time { return a.Created }),
	words("AlertId", func(a *world.Alert) string { return a.ID }),
	words("Title", func(a *world.Alert) string { return a.Title }),
	words("Category", func(a *world.Alert) string { return a.Category }),
	words("Severity", func(a *world.Alert) string { return a.Severity }),
	words("ServiceSource", func(a *world.Alert) string { return productName(a.Product) }),
	words("DetectionSource", func(a *world.Alert) string { return productName(a.Product) }),
	words("AttackTechniques", func(a *world.Alert) string { return jsonList(a.Techniques) }),
}

func (t *tenant) eachAlert(yield func(*world.Alert) error) error {
	all, _ := t.alerts()
	for _, a := range all {
		if err := yield(a); err != nil {
			return err
		}
	}
	return nil
}

// piece is a row of AlertEvidence.
type piece struct {
	alert  *world.Alert
	kind   string
	user   world.UserEvidence
	device world.DeviceEvidence
	file   world.FileEvidence
	ip     string
	role   string
}

// guidText is empty for the zero GUID.
func guidText(g model.GUID) string {
	if g.IsZero() {
		return ""
	}
	return g.String()
}

// alertEvidenceColumns are those of AlertEvidence that are of use here.
var alertEvidenceColumns = []column[piece]{
	when("Timestamp", func(p *piece) time.Time { return p.alert.Created }),
	words("AlertId", func(p *piece) string { return p.alert.ID }),
	words("Title", func(p *piece) string { return p.alert.Title }),
	words("Categories", func(p *piece) string { return jsonList([]string{p.alert.Category}) }),
	words("AttackTechniques", func(p *piece) string { return jsonList(p.alert.Techniques) }),
	words("ServiceSource", func(p *piece) string { return productName(p.alert.Product) }),
	words("DetectionSource", func(p *piece) string { return productName(p.alert.Product) }),
	words("EntityType", func(p *piece) string { return p.kind }),
	words("EvidenceRole", func(p *piece) string { return p.role }),
	words("FileName", func(p *piece) string { return p.file.Name }),
	words("FolderPath", func(p *piece) string { return p.file.Path }),
	words("SHA1", func(p *piece) string { return p.file.SHA1 }),
	words("SHA256", func(p *piece) string { return p.file.SHA256 }),
	words("ThreatFamily", func(p *piece) string { return p.alert.ThreatFamily }),
	words("AccountName", func(p *piece) string { return p.user.Account }),
	words("AccountDomain", func(p *piece) string { return p.user.Domain }),
	words("AccountSid", func(p *piece) string { return string(p.user.SID) }),
	words("AccountObjectId", func(p *piece) string { return guidText(p.user.EntraID) }),
	words("AccountUpn", func(p *piece) string { return p.user.UPN }),
	words("DeviceId", func(p *piece) string { return p.device.MachineID }),
	words("DeviceName", func(p *piece) string { return p.device.DNSName }),
	words("LocalIP", func(p *piece) string { return p.ip }),
	words("Severity", func(p *piece) string { return p.alert.Severity }),
}

func (t *tenant) eachEvidence(yield func(*piece) error) error {
	return t.eachAlert(func(a *world.Alert) error {
		for i := range a.Evidence {
			v := &a.Evidence[i]
			p := piece{alert: a, ip: v.IP, role: "Related"}
			switch {
			case v.User != nil:
				p.kind, p.user, p.role = "User", *v.User, "Impacted"
			case v.Device != nil:
				p.kind, p.device, p.role = "Machine", *v.Device, "Impacted"
			case v.Process != nil:
				p.kind, p.file = "Process", world.FileEvidence{Name: v.Process.FileName, Path: v.Process.Path, SHA1: v.Process.SHA1, SHA256: v.Process.SHA256}
			case v.File != nil:
				p.kind, p.file = "File", *v.File
			default:
				p.kind = "Ip"
			}
			if err := yield(&p); err != nil {
				return err
			}
		}
		return nil
	})
}
