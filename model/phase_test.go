package model

import "testing"

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
