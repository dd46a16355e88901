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

// Detection is what an alert says about how it came up; its phase follows from that.
type Detection struct {
	Product    Product
	ID         string // of the detector: its name or its number, where the product gives it
	Title      string
	Category   string
	Techniques []string // MITRE ATT&CK ids
}

// Phase gives the phase under which the vendor lists an alert of Defender for Identity, by id or name. What is not on
// that list has the phase of its category, else that of the first of its techniques that tells.
func (d Detection) Phase() Phase {
	if d.Product == DefenderForIdentity {
		if phase := phaseOfDetection(d.ID, d.Title); phase != NoPhase {
			return phase
		}
	}
	if phase := PhaseOf(d.Category, d.Product); phase != NoPhase {
		return phase
	}
	for _, technique := range d.Techniques {
		if phase := phaseOfTechnique(technique); phase != NoPhase {
			return phase.within(d.Product)
		}
	}
	return NoPhase
}

// within gives the phase in the words of a product: persistence and privilege escalation are domain dominance to
// Defender for Identity.
func (p Phase) within(product Product) Phase {
	if product == DefenderForIdentity && (p == Persistence || p == PrivilegeEscalation) {
		return DomainDominance
	}
	return p
}

// PhaseOf reads the category of an alert. Both products name MITRE ATT&CK tactics, with and without spaces;
// Defender for Endpoint also has categories that are no tactic ("Malware"), which have no phase.
func PhaseOf(category string, product Product) Phase {
	return tactics[letters(category)].within(product)
}

// tactics are the categories that name a phase, in small letters.
var tactics = map[string]Phase{
	"initialaccess": InitialAccess, "execution": Execution, "reconnaissance": Reconnaissance, "discovery": Reconnaissance,
	"credentialaccess": CredentialAccess, "credentialtheft": CredentialAccess, "lateralmovement": LateralMovement,
	"defenseevasion": DefenseEvasion, "domaindominance": DomainDominance, "privilegeescalation": PrivilegeEscalation,
	"persistence": Persistence, "collection": Collection, "commandandcontrol": CommandAndControl,
	"exfiltration": Exfiltration, "impact": Impact, "ransomware": Impact,
}

// letters gives the letters and digits of ASCII, small, so that spelling and punctuation do not count.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}, s)
}

// phaseOfTechnique reads a MITRE ATT&CK id. Techniques that serve several tactics have the phase under which the
// vendor's page "Security alerts in Microsoft Defender for Identity" lists the alerts that name them.
func phaseOfTechnique(id string) Phase {
	id = strings.ToUpper(strings.TrimSpace(id))
	switch id { // where the sub-technique decides
	case "T1558.001", "T1556.001": // golden ticket, skeleton key
		return DomainDominance
	}
	base, _, _ := strings.Cut(id, ".")
	switch base {
	case "T1087", "T1046", "T1018", "T1049", "T1069", "T1482", "T1135", "T1201", "T1016", "T1033":
		return Reconnaissance
	case "T1003", "T1110", "T1555", "T1552", "T1557", "T1558", "T1187", "T1606", "T1556", "T1649", "T1212", "T1539", "T1621":
		return CredentialAccess
	case "T1550", "T1021", "T1210", "T1570", "T1534":
		return LateralMovement
	case "T1098", "T1136", "T1543", "T1547", "T1505":
		return Persistence
	case "T1484", "T1134", "T1068", "T1078", "T1548":
		return PrivilegeEscalation
	case "T1207", "T1070", "T1562", "T1564", "T1553", "T1055", "T1027", "T1036", "T1112", "T1218":
		return DefenseEvasion
	case "T1059", "T1569", "T1047", "T1053", "T1204", "T1064", "T1086": // the last two are what T1059 was before
		return Execution
	case "T1048", "T1041", "T1567":
		return Exfiltration
	case "T1071", "T1090", "T1095", "T1572", "T1105":
		return CommandAndControl
	case "T1133", "T1566", "T1190":
		return InitialAccess
	case "T1114", "T1560", "T1119":
		return Collection
	case "T1486", "T1490", "T1485", "T1531":
		return Impact
	}
	return NoPhase
}
