package pagetest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/providers"
)

// Forest is a small directory with what both products say of it.
type Forest struct {
	Entities  []model.Entity
	Knowledge inventory.Knowledge
	Directory providers.Directory
	Endpoint  providers.Endpoint
}

// The entities of the forest that tests are about.
const (
	Client    = iota // a computer with two records and alerts of both products
	Anna             // a user who was seen on it
	Scanner          // a computer that Defender for Endpoint does not know
	Kiosk            // a computer whose name another one has as well
	KioskTwin        // that other one
	Admin            // a privileged account in no alert
)

// ID gives the objectGUID of an entity of the forest.
func ID(number int) model.GUID {
	return model.GUID{0xA0, 15: byte(number)}
}

// Domains gives the domains of the forest.
func Domains() []model.Domain {
	return []model.Domain{
		{DNSName: "contoso.test", NetBIOS: "CONTOSO", SID: "S-1-5-21-1000-2000-3000", BaseDN: "DC=contoso,DC=test"},
		{DNSName: "lab.contoso.test", NetBIOS: "LAB", SID: "S-1-5-21-1000-2000-4000", BaseDN: "DC=lab,DC=contoso,DC=test"},
	}
}

// NewForest makes the forest as it is at Now.
func NewForest() Forest {
	return Forest{
		Entities: entities(),
		Knowledge: inventory.Knowledge{
			Machines: inventory.NewMachines(machines()), EndpointAlerts: inventory.NewAlerts(Alerts()), Logons: inventory.NewLogons(logons()),
			Incidents: map[text.Line]*model.Incident{
				"412": {ID: "412", Title: "Multi-stage incident on client-07", Severity: model.High, Status: "active"},
			},
			MachinesAnswer: answered(), EndpointAlertsAnswer: answered(), IdentityAlertsAnswer: answered(), LogonsAnswer: answered(),
		},
		Directory: Directory{Answer: func(_ context.Context, e model.Entity) (model.Detail, error) { return detail(e), nil }},
		Endpoint: Endpoint{Answer: func(_ context.Context, id string) ([]model.Logon, error) {
			return []model.Logon{
				{Name: "anna.berg", Domain: "CONTOSO", At: ago(3 * time.Minute)},
				{Name: "adm-lopez", Domain: "CONTOSO", At: ago(26 * time.Hour)},
			}, nil
		}},
	}
}

func answered() inventory.Answer {
	return inventory.Answer{State: inventory.Answered, At: ago(35 * time.Second)}
}

func ago(d time.Duration) time.Time { return Now().Add(-d) }

const day = 24 * time.Hour

func computer(number int, name, domain, os string, flags model.EntityFlags) model.Entity {
	sid := model.SID(fmt.Sprintf("S-1-5-21-1000-2000-3000-%d", 1100+number))
	lower := text.Line(strings.ToLower(name))
	return model.Entity{
		ID: ID(number), Kind: model.Computer, Flags: flags, Name: text.Line(name), SAM: text.Line(name + "$"), Domain: text.Line(domain),
		DN: text.Line("CN=" + name + ",OU=Sales,OU=Workstations,DC=contoso,DC=test"), OU: "Workstations/Sales", SID: sid,
		DNSName: lower + "." + text.Line(domain), OS: text.Line(os), OSVersion: "10.0 (26100)",
		LastLogon: ago(6 * time.Hour), Created: ago(900 * day), PasswordSet: ago(21 * day),
	}
}

func entities() []model.Entity {
	anna := model.Entity{
		ID: ID(Anna), Kind: model.User, Name: "Anna Berg", SAM: "anna.berg", Domain: "contoso.test",
		DN: "CN=Anna Berg,OU=Finance,OU=Staff,DC=contoso,DC=test", OU: "Staff/Finance", SID: "S-1-5-21-1000-2000-3000-1201",
		UPN: "anna.berg@contoso.test", Department: "Finance", Title: "Controller", Mail: "anna.berg@contoso.test",
		LastLogon: ago(3 * time.Minute), Created: ago(1200 * day), PasswordSet: ago(40 * day),
	}
	admin := anna
	admin.ID, admin.SID, admin.Name, admin.SAM, admin.UPN = ID(Admin), "S-1-5-21-1000-2000-3000-500", "Karla Lopez", "adm-lopez", ""
	admin.Flags, admin.Mail, admin.Title, admin.Department = model.Sensitive|model.PasswordNeverExpires, "", "", ""
	return []model.Entity{
		Client:    computer(Client, "CLIENT-07", "contoso.test", "Windows 11 Enterprise", 0),
		Anna:      anna,
		Scanner:   computer(Scanner, "LEGACY-SCAN01", "contoso.test", "Windows 7 Professional", 0),
		Kiosk:     computer(Kiosk, "WS-0042", "contoso.test", "Windows 10 Pro", 0),
		KioskTwin: computer(KioskTwin, "WS-0042", "lab.contoso.test", "Windows 10 Pro", 0),
		Admin:     admin,
	}
}

// MachineID gives the id of a machine record.
func MachineID(number int) string { return fmt.Sprintf("%040x", 0xC0FFEE00+number) }

func machines() []model.Machine {
	return []model.Machine{
		{ID: MachineID(1), Name: "client-07.contoso.test", DeviceID: ID(Client), FirstSeen: ago(60 * day), LastSeen: ago(2 * time.Minute),
			OS: "Windows11", OSVersion: "24H2", Onboarding: model.Onboarded, Health: model.HealthActive, Risk: model.High,
			Exposure: model.Medium, Tags: []text.Line{"sales", "vip"}, IP: "10.20.3.17",
			Setup: &model.Setup{Group: "Sales", Value: "high", Sensor: "10.8760.1", Antivirus: "updated", ManagedBy: "Intune"}},
		{ID: MachineID(2), Name: "client-07.contoso.test", FirstSeen: ago(400 * day), LastSeen: ago(61 * day), OS: "Windows10",
			OSVersion: "22H2", Onboarding: model.Onboarded, Health: model.HealthInactive, Exposure: model.Low, IP: "10.20.3.11"},
		{ID: MachineID(3), Name: "ws-0042", FirstSeen: ago(9 * day), LastSeen: ago(26 * time.Hour), OS: "Windows10", OSVersion: "22H2",
			Onboarding: model.Onboarded, Health: model.HealthActive, Risk: model.Low, Exposure: model.Low, IP: "10.20.4.2"},
	}
}

func logons() []model.Logon {
	return []model.Logon{{SID: "S-1-5-21-1000-2000-3000-1201", Name: "anna.berg", Domain: "CONTOSO", Machine: "client-07.contoso.test",
		At: ago(3 * time.Minute)}}
}

func detail(e model.Entity) model.Detail {
	if e.Kind == model.Computer {
		return model.Detail{Groups: []text.Line{"BitLocker Enforced", "Sales Workstations"}, Description: "Sales laptop, second floor",
			Control: []text.Line{"WORKSTATION_TRUST_ACCOUNT"}, Delegation: "none",
			ServiceNames: []text.Line{"HOST/client-07.contoso.test", "TERMSRV/client-07.contoso.test"}}
	}
	return model.Detail{Groups: []text.Line{"Finance", "Payments Approvers", "VPN Users"}, Manager: "Karla Lopez", Phone: "+45 55 50 01 42",
		Office: "B2.114", Company: "Contoso", Control: []text.Line{"NORMAL_ACCOUNT"}, Delegation: "none"}
}

// Alerts gives the alerts of the forest, as they come from the products.
func Alerts() []model.Alert {
	device := []model.DeviceRef{{MachineID: MachineID(1), Name: "client-07.contoso.test"}}
	account := []model.AccountRef{{SID: "S-1-5-21-1000-2000-3000-1201", Name: "anna.berg", Domain: "CONTOSO"}}
	onDomain := []model.DeviceRef{{Name: "client-07.contoso.test"}}
	return []model.Alert{
		{ID: "da637-3", Product: model.DefenderForEndpoint, Title: "Credential dumping tool on a workstation",
			Description: "A process read the memory of LSASS. Stolen credentials may be used to move on to other machines.",
			Recommended: "Isolate the device, reset the passwords of the accounts that were logged on.",
			Category:    "CredentialAccess", Phase: model.CredentialAccess, Severity: model.High, Status: model.StatusNew,
			Techniques: []text.Line{"T1003.001", "T1555"}, ThreatFamily: "Lsassdump", ThreatName: "HackTool:Win32/Lsassdump",
			Actor: "Storm-0001", Source: "WindowsDefenderAtp", IncidentID: "412", Created: ago(5 * time.Hour),
			Classification: "true positive", Determination: "compromised account", MoreEvidence: 31,
			Evidence: []model.Evidence{
				{Kind: "user", Name: `CONTOSO\anna.berg`, Verdict: "suspicious", Roles: "compromised"},
				{Kind: "process", Name: `rundll32.exe C:\Windows\System32\comsvcs.dll, MiniDump 712 C:\ProgramData\d.bin full`, Verdict: "malicious", Remediation: "prevented", Roles: "source"},
			},
			Updated: ago(4 * time.Hour), FirstActivity: ago(6 * time.Hour), LastActivity: ago(5 * time.Hour), Devices: device, Accounts: account},
		{ID: "aa-41", Product: model.DefenderForIdentity, Title: "Suspected identity theft (pass-the-ticket)",
			Description: "A ticket was taken from one machine and used on another.", Category: "LateralMovement",
			Phase: model.LateralMovement, Severity: model.Medium, Status: model.StatusInProgress, Techniques: []text.Line{"T1550.003"},
			AssignedTo: "soc@contoso.test", IncidentID: "412",
			Created: ago(3 * time.Hour), Updated: ago(time.Hour), Devices: onDomain, Accounts: account},
		{ID: "da637-2", Product: model.DefenderForEndpoint, Title: "Unwanted software was removed", Category: "UnwantedSoftware",
			Severity: model.Informational, Status: model.StatusNew, Created: ago(30 * time.Minute), Devices: device},
		{ID: "da637-1", Product: model.DefenderForEndpoint, Title: "Suspicious PowerShell download", Category: "Execution",
			Phase: model.Execution, Severity: model.Low, Status: model.StatusResolved, Created: ago(9 * day), Resolved: ago(8 * day),
			Devices: device},
		{ID: "aa-77", Product: model.DefenderForIdentity, Title: "Reconnaissance against an account nobody knows", Category: "Discovery",
			Phase: model.Reconnaissance, Severity: model.Low, Status: model.StatusNew, Created: ago(2 * day),
			Accounts: []model.AccountRef{{Name: "nobody", Domain: "CONTOSO"}}},
	}
}
