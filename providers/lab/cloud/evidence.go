package cloud

import (
	"cmp"
	"strings"

	"adbadge/providers/lab/world"
)

// encodeEvidence writes one piece of evidence (alertEvidence and the types derived from it).
func encodeEvidence(e *encoder, t *tenant, a *world.Alert, v *world.Evidence) {
	kind := ""
	switch {
	case v.User != nil:
		kind = "user"
	case v.Device != nil:
		kind = "device"
	case v.Process != nil:
		kind = "process"
	case v.File != nil:
		kind = "file"
	case v.IP != "":
		kind = "ip"
	default:
		return
	}
	e.open("")
	e.text("@odata.type", "#microsoft.graph.security."+kind+"Evidence")
	e.instant("createdDateTime", v.Created)
	e.text("verdict", cmp.Or(v.Verdict, "unknown"))
	e.text("remediationStatus", cmp.Or(v.Remediation, "none"))
	e.null("remediationStatusDetails")
	e.texts("roles", v.Roles)
	e.texts("detailedRoles", nil)
	e.texts("tags", nil)
	switch kind {
	case "user":
		e.null("stream")
		encodeAccount(e, v.User)
	case "device":
		encodeDevice(e, t, v.Device)
	case "process":
		encodeProcess(e, a, v.Process)
	case "file":
		e.text("detectionStatus", "detected")
		e.textOrNull("mdeDeviceId", a.MachineID)
		encodeFile(e, "fileDetails", v.File)
	case "ip":
		e.text("ipAddress", v.IP)
		e.null("countryLetterCode")
	}
	e.close()
}

func encodeAccount(e *encoder, u *world.UserEvidence) {
	if u == nil {
		e.null("userAccount")
		return
	}
	e.open("userAccount")
	e.textOrNull("accountName", u.Account)
	e.textOrNull("domainName", u.Domain)
	e.textOrNull("userSid", string(u.SID))
	e.guid("azureAdUserId", u.EntraID)
	e.textOrNull("userPrincipalName", u.UPN)
	e.textOrNull("displayName", u.Display)
	e.guid("activeDirectoryObjectGuid", u.ObjectGUID)
	e.texts("resourceAccessEvents", nil)
	e.null("tenantId")
	e.close()
}

// encodeDevice writes what the evidence says, and from the machine record, where there is one, the rest.
func encodeDevice(e *encoder, t *tenant, d *world.DeviceEvidence) {
	m := world.Machine{HealthStatus: "Unknown", OnboardingStatus: "InsufficientInfo", AntivirusStatus: "Unknown", RiskScore: "None"}
	if d.Machine >= 0 {
		m = t.World.Machine(d.Machine)
	}
	e.instant("firstSeenDateTime", m.FirstSeen)
	e.textOrNull("mdeDeviceId", d.MachineID)
	e.guid("azureAdDeviceId", d.DeviceID)
	e.textOrNull("deviceDnsName", d.DNSName)
	e.textOrNull("hostName", d.HostName)
	e.textOrNull("ntDomain", d.NTDomain)
	e.textOrNull("dnsDomain", d.DNSDomain)
	e.textOrNull("osPlatform", m.OSPlatform)
	e.numberOrNull("osBuild", m.OSBuild)
	e.textOrNull("version", m.Version)
	e.text("healthStatus", graphWord(m.HealthStatus))
	e.text("riskScore", graphWord(cmp.Or(m.RiskScore, "None")))
	e.number("rbacGroupId", int64(m.GroupID))
	e.textOrNull("rbacGroupName", m.GroupName)
	e.text("onboardingStatus", graphWord(m.OnboardingStatus))
	e.text("defenderAvStatus", graphWord(cmp.Or(m.AntivirusStatus, "Unknown")))
	e.textOrNull("lastIpAddress", m.IP)
	e.textOrNull("lastExternalIpAddress", m.ExternalIP)
	e.openList("ipInterfaces")
	if m.IP != "" {
		e.text("", m.IP)
	}
	e.closeList()
	e.openList("loggedOnUsers")
	if d.Machine >= 0 {
		for _, s := range t.World.LoggedOn(d.Machine) {
			u := t.World.User(s.User)
			e.open("")
			e.text("accountName", u.SAM)
			e.text("domainName", t.World.Domains()[u.Domain].NetBIOS)
			e.close()
		}
	}
	e.closeList()
	e.texts("resourceAccessEvents", nil)
	if m.VM == nil {
		e.null("vmMetadata")
		return
	}
	e.open("vmMetadata")
	e.text("vmId", m.VM.ID)
	provider := "unknown"
	if strings.EqualFold(m.VM.Provider, "azure") {
		provider = "azure"
	}
	e.text("cloudProvider", provider)
	e.text("resourceId", m.VM.ResourceID)
	e.textOrNull("subscriptionId", m.VM.Subscription)
	e.close()
}

func encodeProcess(e *encoder, a *world.Alert, p *world.ProcessEvidence) {
	e.number("processId", int64(p.ID))
	e.numberOrNull("parentProcessId", int64(p.ParentID))
	e.textOrNull("processCommandLine", p.CommandLine)
	e.instant("processCreationDateTime", p.Started)
	e.null("parentProcessCreationDateTime")
	e.text("detectionStatus", "detected")
	e.textOrNull("mdeDeviceId", a.MachineID)
	encodeFile(e, "imageFile", &world.FileEvidence{Name: p.FileName, Path: p.Path, SHA1: p.SHA1, SHA256: p.SHA256})
	encodeFile(e, "parentProcessImageFile", &world.FileEvidence{Name: p.ParentFileName, Path: p.ParentPath})
	encodeAccount(e, p.Account)
}

func encodeFile(e *encoder, name string, f *world.FileEvidence) {
	e.open(name)
	e.textOrNull("sha1", f.SHA1)
	e.textOrNull("sha256", f.SHA256)
	e.textOrNull("fileName", f.Name)
	e.textOrNull("filePath", f.Path)
	for _, unknown := range [...]string{"fileSize", "filePublisher", "signer", "issuer"} {
		e.null(unknown)
	}
	e.close()
}
