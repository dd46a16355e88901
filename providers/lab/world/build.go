package world

import (
	"fmt"
	"strings"
	"time"

	"adbadge/model"
)

// course is how an alert went on after it was raised.
type course struct {
	at         time.Time
	taken      time.Duration // after so long somebody took it on; 0: never
	resolved   time.Duration // after so long it was resolved; 0: never
	class      string
	resolution string // determination
}

// analysts take alerts on; they are accounts of Entra ID.
var analysts = [...]string{"soc.tier1@contoso.test", "soc.tier2@contoso.test", "identity.desk@contoso.test"}

// follow sets what has happened to the alert up to now.
func (c course) follow(a *Alert, d *dice, now time.Time) {
	a.Status, a.Created, a.Updated = "New", c.at, c.at.Add(d.span(time.Second, 90*time.Second))
	if a.Updated.After(now) {
		a.Updated = c.at
	}
	a.FirstActivity = c.at.Add(-d.span(10*time.Second, 4*time.Minute))
	a.LastActivity = a.FirstActivity.Add(d.span(0, 9*time.Second))
	a.Investigation = "Queued"
	analyst := pick(d, analysts[:])
	if at := c.at.Add(c.taken); c.taken > 0 && !at.After(now) {
		a.Status, a.Updated, a.AssignedTo, a.Investigation = "InProgress", at, analyst, "Running"
	}
	if at := c.at.Add(c.resolved); c.resolved > 0 && !at.After(now) {
		a.Status, a.Updated, a.Resolved, a.AssignedTo = "Resolved", at, at, analyst
		a.Class, a.Determination = c.class, c.resolution
		a.Investigation = "SuccessfullyRemediated"
		a.Comments = []Comment{{Text: "Checked with the owner, closed.", By: analyst, At: at}}
	}
}

// endpointAlert makes an alert of Defender for Endpoint about a machine and, where user is not nil, an account.
func (w *World) endpointAlert(kind int, d *dice, m *Machine, user *UserEvidence, c course, now time.Time) *Alert {
	k := &endpointKinds[kind]
	a := &Alert{
		Product: model.DefenderForEndpoint, Attack: -1, Title: k.title, Description: k.description,
		Recommended: "Validate the alert. Isolate the machine if it is confirmed. Look for the same file on other machines.",
		Category:    k.category, Severity: k.severity, Techniques: k.techniques, ThreatFamily: k.family,
		DetectionSource: k.source, GraphSource: "microsoftDefenderForEndpoint",
		MachineID: m.ID, DNSName: m.DNSName, GroupName: m.GroupName, RelatedUser: user,
	}
	if k.family != "" {
		a.ThreatName = "Trojan:Win32/" + k.family + "." + strings.ToUpper(d.hex(2))
	}
	switch k.source {
	case "":
		a.DetectionSource = "WindowsDefenderAtp"
	case "WindowsDefenderAv":
		a.GraphSource = "antivirus"
	case "CustomerTI":
		a.GraphSource = "customTi"
	}
	ticks := 638_000_000_000_000_000 + d.n(900_000_000_000_000)
	a.ID = fmt.Sprintf("da%d_%d", ticks, int32(d.next()))
	detector := w.dice(evidenceStream, kind)
	a.DetectorID = detector.guid().String()
	c.follow(a, d, now)
	w.addEndpointEvidence(a, kind, d, m, user)
	return a
}

func (w *World) addEndpointEvidence(a *Alert, kind int, d *dice, m *Machine, user *UserEvidence) {
	k := &endpointKinds[kind]
	hashes := w.dice(evidenceStream, 1000+kind)
	sha1, sha256 := hashes.hex(40), hashes.hex(64)
	at := a.FirstActivity.Add(2 * time.Second)
	verdict, remediation := "suspicious", "active"
	if strings.Contains(k.title, "prevented") {
		verdict, remediation = "malicious", "prevented"
	}
	if a.Status == "Resolved" {
		remediation = "remediated"
	}
	add := func(e Evidence) {
		e.Created, e.Verdict, e.Remediation = at, verdict, remediation
		a.Evidence = append(a.Evidence, e)
	}
	a.Evidence = make([]Evidence, 0, 5)
	add(Evidence{Device: w.deviceEvidence(m), Roles: []string{"attacked"}})
	if user != nil {
		add(Evidence{User: user, Roles: []string{"compromised"}})
	}
	add(Evidence{Process: &ProcessEvidence{
		FileName: k.file, Path: k.path, CommandLine: k.command, ID: d.between(1200, 19000) &^ 3, SHA1: sha1, SHA256: sha256,
		ParentFileName: k.parent, ParentPath: `C:\Windows\System32`, ParentID: d.between(600, 9000) &^ 3,
		Started: a.FirstActivity, Account: user,
	}})
	if k.family != "" {
		add(Evidence{File: &FileEvidence{Name: k.file, Path: k.path, SHA1: sha1, SHA256: sha256}})
	}
	if k.category == "CommandAndControl" || k.category == "LateralMovement" {
		add(Evidence{IP: fmt.Sprintf("198.51.100.%d", d.between(2, 250)), Roles: []string{"source"}})
	}
}

// deviceEvidence names a machine record.
func (w *World) deviceEvidence(m *Machine) *DeviceEvidence {
	host, domain, _ := strings.Cut(strings.TrimSuffix(m.DNSName, "."), ".")
	e := &DeviceEvidence{
		Machine: m.Index, MachineID: m.ID, DeviceID: m.DeviceID, DNSName: m.DNSName, HostName: host, DNSDomain: domain,
	}
	for i := range w.domains {
		if strings.EqualFold(w.domains[i].DNSName, domain) {
			e.NTDomain = w.domains[i].NetBIOS
		}
	}
	return e
}

// computerEvidence names an AD computer the way Defender for Identity does: its machine record where there is one.
func (w *World) computerEvidence(c *Computer) *DeviceEvidence {
	e := &DeviceEvidence{
		Machine: -1, DNSName: c.DNSName, HostName: strings.ToLower(c.Name),
		NTDomain: w.domains[c.Domain].NetBIOS, DNSDomain: w.domains[c.Domain].DNSName,
	}
	if m := w.onboardedMachine(c.Index); m >= 0 {
		machine := w.Machine(m)
		e.Machine, e.MachineID, e.DeviceID = m, machine.ID, machine.DeviceID
	}
	return e
}

// identityAlert makes an alert of Defender for Identity about an account, the computer it acted from, and where
// there are any, those that it acted on.
func (w *World) identityAlert(kind int, d *dice, user *User, from *Computer, c course, now time.Time, targets ...Evidence) *Alert {
	k := &identityKinds[kind]
	account := w.account(user)
	place, address := "an unknown computer", ""
	if from != nil {
		place = from.Name
		address = fmt.Sprintf("10.%d.%d.%d", w.siteOf(from.Index).subnet, from.Index/200%250, 10+from.Index%200)
	}
	a := &Alert{
		Product: model.DefenderForIdentity, Attack: -1, Title: k.title,
		Description: fmt.Sprintf(k.description, nameOf(user), place), Recommended: k.recommended,
		Category: k.category, Severity: k.severity, Techniques: k.techniques, ExternalID: k.external, DetectorID: k.detector,
		DetectionSource: "AzureATP", GraphSource: "microsoftDefenderForIdentity",
	}
	if k.detector != "" {
		a.ID = fmt.Sprintf("ri%d_%d", 638_000_000_000_000_000+d.n(900_000_000_000_000), int32(d.next()))
		a.GraphSource = "microsoft365Defender"
	} else {
		id := d.guid()
		a.ID = "aa" + id.String()
	}
	c.follow(a, d, now)
	add := func(e Evidence) {
		e.Created, e.Verdict, e.Remediation = a.Created, "suspicious", "none"
		a.Evidence = append(a.Evidence, e)
	}
	add(Evidence{User: account, Roles: []string{"source"}})
	if from != nil {
		add(Evidence{Device: w.computerEvidence(from), Roles: []string{"source"}})
		add(Evidence{IP: address, Roles: []string{"source"}})
	}
	for _, target := range targets {
		add(target)
	}
	return a
}

func nameOf(u *User) string {
	if u.DisplayName != "" {
		return u.DisplayName
	}
	return u.SAM
}
