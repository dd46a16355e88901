package model

import (
	"testing"

	"adbadge/model/text"
)

func TestPhaseOf(t *testing.T) {
	for _, test := range []struct {
		category string
		product  Product
		want     Phase
	}{
		{"InitialAccess", DefenderForEndpoint, InitialAccess},
		{"Initial access", DefenderForIdentity, InitialAccess},
		{"Execution", DefenderForEndpoint, Execution},
		{"Discovery", DefenderForIdentity, Reconnaissance},
		{"Reconnaissance", DefenderForIdentity, Reconnaissance},
		{"CredentialAccess", DefenderForIdentity, CredentialAccess},
		{"Credential access", DefenderForEndpoint, CredentialAccess},
		{"LateralMovement", DefenderForIdentity, LateralMovement},
		{"lateral movement", DefenderForEndpoint, LateralMovement},
		{"DefenseEvasion", DefenderForEndpoint, DefenseEvasion},
		{"PrivilegeEscalation", DefenderForEndpoint, PrivilegeEscalation},
		{"PrivilegeEscalation", DefenderForIdentity, DomainDominance},
		{"Persistence", DefenderForEndpoint, Persistence},
		{"Persistence", DefenderForIdentity, DomainDominance},
		{"Domain dominance", DefenderForIdentity, DomainDominance},
		{"Collection", DefenderForEndpoint, Collection},
		{"CommandAndControl", DefenderForEndpoint, CommandAndControl},
		{"Command and control", DefenderForEndpoint, CommandAndControl},
		{"Exfiltration", DefenderForEndpoint, Exfiltration},
		{"Ransomware", DefenderForEndpoint, Impact},
		{"Impact", DefenderForEndpoint, Impact},
		{"Malware", DefenderForEndpoint, NoPhase},
		{"SuspiciousActivity", DefenderForEndpoint, NoPhase},
		{"", DefenderForIdentity, NoPhase},
		{"\u202eImpact", DefenderForEndpoint, Impact}, // what is no letter does not count
	} {
		if got := PhaseOf(test.category, test.product); got != test.want {
			t.Errorf("PhaseOf(%q, %v) = %v, want %v", test.category, test.product, got, test.want)
		}
	}
}

// The list of the vendor comes first, then the category, then the techniques.
func TestPhaseOfDetection(t *testing.T) {
	const mdi, mde = DefenderForIdentity, DefenderForEndpoint
	for _, test := range []struct {
		about string
		in    Detection
		want  Phase
	}{
		{"its number, whatever its name and category", Detection{mdi, "2006", "Renamed", "Discovery", nil}, CredentialAccess},
		{"its name", Detection{mdi, "", "suspected DCSync attack: replication of directory services", "", nil}, CredentialAccess},
		{"its name, against the category", Detection{mdi, "5c6b7d86-c91f-4f8c-8aec-9d2086f46527", "Security principal reconnaissance (LDAP)", "Discovery", nil}, CredentialAccess},
		{"the name of its detector", Detection{mdi, "xdr_SuspiciousLdapQuery", "x", "Persistence", nil}, Reconnaissance},
		{"the name of its detector in another case", Detection{mdi, "XDR_possibleGoldenTicketAttack_suspiciousPac", "", "", nil}, CredentialAccess},
		{"persistence is domain dominance there", Detection{mdi, "xdr_SuspiciousInboxRule", "", "", nil}, DomainDominance},
		{"not on the list: its category", Detection{mdi, "xdr_New", "New", "LateralMovement", []string{"T1087"}}, LateralMovement},
		{"a category that is no tactic: its techniques", Detection{mdi, "", "New", "SuspiciousActivity", []string{"T9999", "T1087.002"}}, Reconnaissance},
		{"", Detection{mdi, "", "", "", []string{"T1558.001"}}, DomainDominance},
		{"", Detection{mdi, "", "", "", []string{"t1558.003 "}}, CredentialAccess},
		{"", Detection{mdi, "", "", "Unknown", []string{"T1550.002"}}, LateralMovement},
		{"", Detection{mdi, "", "", "", []string{"T1098"}}, DomainDominance},
		{"", Detection{mde, "", "", "", []string{"T1098"}}, Persistence},
		{"another product's alert of that name", Detection{mde, "2006", "Suspected DCSync attack (replication of directory services)", "Malware", nil}, NoPhase},
		{"malware that ran", Detection{mde, "", "", "Malware", []string{"T1059.001"}}, Execution},
		{"nothing that tells", Detection{mdi, "", "", "Malware", []string{"nonsense", ""}}, NoPhase},
	} {
		if got := test.in.Phase(); got != test.want {
			t.Errorf("%s: %+v gives %q, want %q", test.about, test.in, got, test.want)
		}
	}
	if phase := phaseOfDetection("", ""); phase != NoPhase {
		t.Errorf("no id and no name give %q", phase)
	}
	seen := map[string]bool{}
	for _, d := range identityDetections {
		if d.phase == NoPhase || letters(d.id) == "" || seen[letters(d.id)] || d.name != "" && seen[letters(d.name)] {
			t.Errorf("%+v has no phase, or is on the list twice", d)
		}
		seen[letters(d.id)], seen[letters(d.name)] = true, true
	}
}

func TestEvidence(t *testing.T) {
	for want, e := range map[string]Evidence{
		"process cmd.exe /c whoami: malicious, prevented (source, compromised)": {"process", "cmd.exe /c whoami", "malicious", "prevented", "", "source, compromised"},
		"file a.exe: blocked":   {Kind: "file", Name: "a.exe", Detection: "blocked"},
		"user (attacked)":       {Kind: "user", Roles: "attacked"},
		"IP address 10.0.0.1":   {Kind: "IP address", Name: "10.0.0.1"},
		"something new: active": {Kind: "something new", Remediation: "active"},
	} {
		if got := e.String(); got != want {
			t.Errorf("%+v is %q, want %q", e, got, want)
		}
	}
	var a Alert
	for i := range 2 * MaxEvidence {
		e := Evidence{Kind: "file", Name: text.Line(rune('a' + i))}
		a.AddEvidence(e)
		a.AddEvidence(Evidence{})
		if i < MaxEvidence {
			a.AddEvidence(e)
		}
	}
	if len(a.Evidence) != MaxEvidence || a.MoreEvidence != MaxEvidence {
		t.Errorf("%d pieces are kept and %d more counted, want %d each", len(a.Evidence), a.MoreEvidence, MaxEvidence)
	}
}

func TestAlertIsOpen(t *testing.T) {
	for status, want := range map[AlertStatus]bool{StatusNew: true, StatusInProgress: true, StatusOther: true, StatusResolved: false} {
		if alert := (&Alert{Status: status}); alert.IsOpen() != want {
			t.Errorf("an alert that is %v: open %v", status, !want)
		}
	}
}

func TestEntityHas(t *testing.T) {
	e := Entity{Flags: Disabled | Sensitive}
	if !e.Has(Disabled) || !e.Has(Disabled|Sensitive) || e.Has(Disabled|Service) || e.Has(Locked) {
		t.Error("flags are read wrongly")
	}
}
