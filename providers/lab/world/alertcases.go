package world

import (
	"time"

	"adbadge/model"
)

// alertCase is an alert that is special.
type alertCase struct {
	code, what string
	alert      *Alert
}

// alertCases makes the alerts that are special. What a smaller world lacks is left out.
func (w *World) alertCases() []alertCase {
	now := w.options.Now
	var cases []alertCase
	// about makes one alert on the newest machine of a computer, with the account that a function names.
	about := func(code, what string, computer, kind int, ago time.Duration, user *UserEvidence, change func(*Alert)) {
		if computer >= w.options.Computers {
			return
		}
		index := w.onboardedMachine(computer)
		d := w.dice(endpointAlertStream, -1_000_000_000-len(cases))
		m := Machine{Index: -1}
		if index >= 0 {
			m = w.Machine(index)
		}
		a := w.endpointAlert(kind, &d, &m, user, course{at: now.Add(-ago)}, now)
		a.IncidentID = int64(3_000_000 + len(cases))
		if change != nil {
			change(a)
		}
		cases = append(cases, alertCase{code, what, a})
	}
	w.machineAlertCases(about)
	w.accountAlertCases(about)
	repeat(cases)
	return cases
}

// repeat makes the second alert of the repeated ones a newer state of the first.
func repeat(cases []alertCase) {
	var first *Alert
	for i := range cases {
		switch {
		case cases[i].code != "repeated-alert":
		case first == nil:
			first = cases[i].alert
		default:
			newer := *first
			newer.Status, newer.Updated = "Resolved", first.Updated.Add(3*time.Hour)
			newer.Resolved, newer.Class, newer.Determination = newer.Updated, "FalsePositive", "Clean"
			cases[i].alert = &newer
		}
	}
}

type aboutFunc = func(code, what string, computer, kind int, ago time.Duration, user *UserEvidence, change func(*Alert))

func (w *World) machineAlertCases(about aboutFunc) {
	for n := range 12 {
		about("many-alerts", "one of twelve open alerts on one computer", manyAlertsAt, bruteForceRDP, time.Duration(n*47+9)*time.Minute, nil, nil)
	}
	about("odd-severity", "a severity that nobody knows", oddSeverityAt, tampering, 3*time.Hour, nil, func(a *Alert) { a.Severity = "Critical" })
	about("odd-status", "a status that nobody knows", oddStatusAt, scheduledTask, 5*time.Hour, nil, func(a *Alert) { a.Status = "AwaitingVendor" })
	about("no-severity", "severity UnSpecified", oddStatusAt, unwantedSoftware, 50*time.Hour, nil, func(a *Alert) { a.Severity = "UnSpecified" })
	about("repeated-alert", "the same alert as another one, as it was before", repeatedAlertAt, exploration, 26*time.Hour, nil, nil)
	about("repeated-alert", "the same alert as another one, newer and resolved", repeatedAlertAt, exploration, 26*time.Hour, nil, nil)
	about("older-record", "on a record that a newer one replaced", reimagedAt, powershell, 13*day, nil, func(a *Alert) {
		m := w.Machine(w.ComputerMachines(reimagedAt)[0])
		a.MachineID, a.DNSName = m.ID, m.DNSName
		a.Evidence[0].Device = w.deviceEvidence(&m)
	})
	about("alert-only", "names a computer that the machine list does not have", strangeAlertAt, exploration, 90*time.Minute, nil, func(a *Alert) {
		c := w.Computer(strangeAlertAt)
		a.MachineID, a.DNSName = w.machineID(strangeAlertAt, maxRecords-1), c.DNSName
		a.Evidence[0].Device = &DeviceEvidence{Machine: -1, MachineID: a.MachineID, DNSName: c.DNSName, HostName: c.Name}
	})
	about("alert-nowhere", "names a computer that nothing knows", strangeAlertAt, malwarePrevented, 7*time.Hour, nil, func(a *Alert) {
		a.MachineID, a.DNSName = w.machineID(strangeAlertAt, maxRecords-2), "kiosk-77.fabrikam.test"
		a.Evidence[0].Device = &DeviceEvidence{Machine: -1, MachineID: a.MachineID, DNSName: a.DNSName, HostName: "kiosk-77"}
	})
	about("hostile-title", "escape sequences and an override in the title", 161, rareScript, 40*time.Hour, nil, func(a *Alert) {
		a.Title = "Script \x1b[2Jcalled \u202egnp.eciovni\u202c\x07"
		a.Description = "Line one\nline two\x1b]52;c;b3duZWQ=\x07"
	})
}

func (w *World) accountAlertCases(about aboutFunc) {
	if w.options.Users <= sameAccountOtherAt {
		return
	}
	account := func(i int, change func(*UserEvidence, *User)) *UserEvidence {
		u := w.User(i)
		e := w.account(&u)
		change(e, &u)
		return e
	}
	const machine = sessionHostAt
	domain := func(u *User) string { return w.domains[u.Domain].DNSName }
	about("leaver", "names a disabled account", machine, exploration, 4*time.Hour, account(leaverAlertAt, func(*UserEvidence, *User) {}), nil)
	about("alert-by-sid", "names the account by its SID only", machine, rareScript, 6*time.Hour,
		account(sidOnlyAt, func(e *UserEvidence, _ *User) { *e = UserEvidence{SID: e.SID} }), nil)
	about("alert-by-netbios", "names NetBIOS domain and account", machine, phishLink, 8*time.Hour,
		account(netbiosOnlyAt, func(e *UserEvidence, _ *User) { *e = UserEvidence{Account: e.Account, Domain: e.Domain} }), nil)
	about("alert-by-dns-domain", "names DNS domain and account", machine, phishLink, 9*time.Hour,
		account(dnsDomainOnlyAt, func(e *UserEvidence, u *User) { *e = UserEvidence{Account: e.Account, Domain: domain(u)} }), nil)
	about("alert-by-upn", "names the user principal name only", machine, unwantedSoftware, 11*time.Hour,
		account(upnOnlyAt, func(e *UserEvidence, _ *User) { *e = UserEvidence{UPN: e.UPN} }), nil)
	about("same-account-name", "names an account name that both domains have, with its domain", machine, keylogger, 12*time.Hour,
		account(sameAccountOtherAt, func(e *UserEvidence, _ *User) { *e = UserEvidence{Account: e.Account, Domain: e.Domain} }), nil)
	cloud := w.CloudUsers()[0]
	about("cloud-account", "names a cloud-only account with the name of an AD user", machine, phishLink, 14*time.Hour,
		&UserEvidence{Account: w.samOf(cloudNamesakeAt), Domain: "AzureAD", UPN: cloud.UPN, SID: cloud.SID, EntraID: cloud.ID}, nil)
	name := w.shortNameOf(machine)
	about("local-account", "names a local account with the name of an AD user", machine, bruteForceRDP, 15*time.Hour,
		account(localNamesakeAt, func(e *UserEvidence, _ *User) {
			*e = UserEvidence{Account: e.Account, Domain: name, SID: "S-1-5-21-3623811015-3361044348-30300820-1013"}
		}), nil)
	about("local-account", "names a local account, without a SID", machine, exploration, 16*time.Hour,
		account(localNamesakeAt, func(e *UserEvidence, _ *User) { *e = UserEvidence{Account: e.Account, Domain: name} }), nil)
	about("well-known-account", "names a well-known account with the name of an AD user", machine, scheduledTask, 18*time.Hour,
		&UserEvidence{Account: "system", Domain: "NT AUTHORITY", SID: model.SID("S-1-5-18")}, nil)
}

func (w *World) samOf(i int) string {
	u := w.User(i)
	return u.SAM
}
