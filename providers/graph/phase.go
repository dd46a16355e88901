package graph

import (
	"strings"

	"adbadge/model"
)

// phaseOf gives the phase of an alert of Defender for Identity: by its category, else by the first of its techniques
// that tells. Persistence and privilege escalation are domain dominance in that product's words.
func phaseOf(in *alertRecord) model.Phase {
	if phase := model.PhaseOf(in.Category, model.DefenderForIdentity); phase != model.NoPhase {
		return phase
	}
	for _, technique := range in.Techniques {
		if phase := phaseOfTechnique(technique); phase != model.NoPhase {
			return phase
		}
	}
	return model.NoPhase
}

// phaseOfTechnique reads a MITRE ATT&CK id. Techniques that serve several tactics have the phase under which the
// vendor's page "Security alerts in Microsoft Defender for Identity" lists the alerts that name them.
func phaseOfTechnique(id string) model.Phase {
	id = strings.ToUpper(strings.TrimSpace(id))
	switch id { // where the sub-technique decides
	case "T1558.001", "T1556.001": // golden ticket, skeleton key
		return model.DomainDominance
	}
	base, _, _ := strings.Cut(id, ".")
	switch base {
	case "T1087", "T1046", "T1018", "T1049", "T1069", "T1482", "T1135", "T1201", "T1016", "T1033":
		return model.Reconnaissance
	case "T1003", "T1110", "T1555", "T1552", "T1557", "T1558", "T1187", "T1606", "T1556", "T1649", "T1212", "T1539", "T1621":
		return model.CredentialAccess
	case "T1550", "T1021", "T1210", "T1570", "T1534":
		return model.LateralMovement
	case "T1098", "T1484", "T1134", "T1068", "T1136", "T1543", "T1078":
		return model.DomainDominance
	case "T1207", "T1070", "T1562", "T1564", "T1553":
		return model.DefenseEvasion
	case "T1059", "T1569", "T1047", "T1053":
		return model.Execution
	case "T1048", "T1041", "T1567":
		return model.Exfiltration
	case "T1071", "T1090", "T1095", "T1572":
		return model.CommandAndControl
	case "T1133", "T1566", "T1190":
		return model.InitialAccess
	case "T1114", "T1560", "T1119":
		return model.Collection
	case "T1486", "T1490", "T1485", "T1531":
		return model.Impact
	}
	return model.NoPhase
}
