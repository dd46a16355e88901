package model

import "strings"

// Phase is the step of an attack that an alert belongs to, in the order in which attacks usually unfold.
type Phase uint8

const (
	NoPhase Phase = iota
	InitialAccess
	Execution
	Reconnaissance
	CredentialAccess
	PrivilegeEscalation
	DefenseEvasion
	LateralMovement
	// DomainDominance is the name that Defender for Identity gave to persistence and privilege escalation in a domain.
	DomainDominance
	Persistence
	Collection
	CommandAndControl
	Exfiltration
	Impact
)

// String gives the words for screens and JSON, empty for NoPhase.
func (p Phase) String() string {
	return [...]string{
		"", "initial access", "execution", "reconnaissance", "credential access", "privilege escalation",
		"defense evasion", "lateral movement", "domain dominance", "persistence", "collection",
		"command and control", "exfiltration", "impact",
	}[p]
}

// PhaseOf reads the category of an alert. Both products name MITRE ATT&CK tactics, with and without spaces;
// Defender for Endpoint also has categories that are no tactic ("Malware"), which have no phase.
func PhaseOf(category string, product Product) Phase {
	folded := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z':
			return r
		}
		return -1
	}, category)
	switch folded {
	case "initialaccess":
		return InitialAccess
	case "execution":
		return Execution
	case "reconnaissance", "discovery":
		return Reconnaissance
	case "credentialaccess", "credentialtheft":
		return CredentialAccess
	case "lateralmovement":
		return LateralMovement
	case "defenseevasion":
		return DefenseEvasion
	case "domaindominance":
		return DomainDominance
	case "privilegeescalation":
		if product == DefenderForIdentity {
			return DomainDominance
		}
		return PrivilegeEscalation
	case "persistence":
		if product == DefenderForIdentity {
			return DomainDominance
		}
		return Persistence
	case "collection":
		return Collection
	case "commandandcontrol":
		return CommandAndControl
	case "exfiltration":
		return Exfiltration
	case "impact", "ransomware":
		return Impact
	}
	return NoPhase
}
