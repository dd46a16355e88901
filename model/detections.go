package model

import "sync"

// identityDetections are the alerts of Defender for Identity with the phase under which the vendor lists them: the
// classic ones by external id and name ("Security alerts in Microsoft Defender for Identity"), those of Defender XDR by
// the name of their detector ("Microsoft Defender for Identity XDR alerts"). Names change, ids do not. Of the classic
// ones that the vendor lists under "other", the first tactic counts.
var identityDetections = [...]struct {
	id, name string
	phase    Phase
}{
	{"1106", "Suspected SID-History injection", DomainDominance},
	{"2002", "Suspected overpass-the-hash attack (Kerberos)", LateralMovement},
	{"2003", "Account enumeration reconnaissance", Reconnaissance},
	{"2004", "Suspected Brute Force attack (LDAP)", CredentialAccess},
	{"2006", "Suspected DCSync attack (replication of directory services)", CredentialAccess},
	{"2007", "Network mapping reconnaissance (DNS)", Reconnaissance},
	{"2008", "Suspected over-pass-the-hash attack (forced encryption type)", LateralMovement},
	{"2009", "Suspected Golden Ticket usage (encryption downgrade)", DomainDominance},
	{"2010", "Suspected Skeleton Key attack (encryption downgrade)", DomainDominance},
	{"2012", "User and IP address reconnaissance (SMB)", Reconnaissance},
	{"2013", "Suspected Golden Ticket usage (forged authorization data)", CredentialAccess},
	{"2014", "Honeytoken authentication activity", CredentialAccess},
	{"2017", "Suspected identity theft (pass-the-hash)", LateralMovement},
	{"2018", "Suspected identity theft (pass-the-ticket)", LateralMovement},
	{"2019", "Remote code execution attempt", Execution},
	{"2020", "Malicious request of Data Protection API master key", CredentialAccess},
	{"2021", "User and Group membership reconnaissance (SAMR)", Reconnaissance},
	{"2022", "Suspected Golden Ticket usage (time anomaly)", DomainDominance},
	{"2023", "Suspected Brute Force attack (Kerberos, NTLM)", CredentialAccess},
	{"2024", "Suspicious additions to sensitive groups", DomainDominance},
	{"2025", "Suspicious VPN connection", DefenseEvasion},
	{"2026", "Suspicious service creation", Execution},
	{"2027", "Suspected Golden Ticket usage (nonexistent account)", DomainDominance},
	{"2028", "Suspected DCShadow attack (domain controller promotion)", DefenseEvasion},
	{"2029", "Suspected DCShadow attack (domain controller replication request)", DefenseEvasion},
	{"2030", "Data exfiltration over SMB", Exfiltration},
	{"2031", "Suspicious communication over DNS", Exfiltration},
	{"2032", "Suspected Golden Ticket usage (ticket anomaly)", DomainDominance},
	{"2033", "Suspected Brute Force attack (SMB)", LateralMovement},
	{"2034", "Suspected use of Metasploit hacking framework", LateralMovement},
	{"2035", "Suspected WannaCry ransomware attack", LateralMovement},
	{"2036", "Remote code execution over DNS", LateralMovement},
	{"2037", "Suspected NTLM relay attack", LateralMovement},
	{"2038", "Security principal reconnaissance (LDAP)", CredentialAccess},
	{"2039", "Suspected NTLM authentication tampering", LateralMovement},
	{"2040", "Suspected Golden Ticket usage (ticket anomaly using RBCD)", DomainDominance},
	{"2047", "Suspected rogue Kerberos certificate usage", LateralMovement},
	{"2048", "Suspicious Kerberos delegation attempt using BronzeBit method (CVE-2020-17049 exploitation)", CredentialAccess},
	{"2210", "Active Directory attributes reconnaissance (LDAP)", Reconnaissance},
	{"2406", "Suspected SMB packet manipulation (CVE-2020-0796 exploitation)", LateralMovement},
	{"2410", "Suspected Kerberos SPN exposure", CredentialAccess},
	{"2411", "Suspected Netlogon privilege elevation attempt (CVE-2020-1472 exploitation)", DomainDominance},
	{"2412", "Suspected AS-REP Roasting attack", CredentialAccess},
	{"2413", "Suspected AD FS DKM key read", CredentialAccess},
	{"2414", "Exchange Server Remote Code Execution (CVE-2021-26855)", LateralMovement},
	{"2415", "Suspected exploitation attempt on Windows Print Spooler service", LateralMovement},
	{"2416", "Suspicious network connection over Encrypting File System Remote Protocol", LateralMovement},
	{"2418", "Suspected suspicious Kerberos ticket request", CredentialAccess},
	{"2419", "Suspicious modification of a sAMNameAccount attribute (CVE-2021-42278 and CVE-2021-42287 exploitation)", CredentialAccess},
	{"2420", "Suspicious modification of the trust relationship of AD FS server", DomainDominance},
	{"2421", "Suspicious modification of a dNSHostName attribute (CVE-2022-26923)", DomainDominance},
	{"2422", "Suspicious Kerberos delegation attempt by a newly created computer", DomainDominance},
	{"2423", "Suspicious modification of the Resource Based Constrained Delegation attribute by a machine account", DomainDominance},
	{"2424", "Abnormal Active Directory Federation Services (AD FS) authentication using a suspicious certificate", CredentialAccess},
	{"2425", "Suspicious certificate usage over Kerberos protocol (PKINIT)", LateralMovement},
	{"2426", "Suspected DFSCoerce attack using Distributed File System Protocol", CredentialAccess},
	{"2427", "Honeytoken user attributes modified", DomainDominance},
	{"2428", "Honeytoken group membership changed", DomainDominance},
	{"2429", "Honeytoken was queried via LDAP", Reconnaissance},
	{"2430", "Suspicious modification of domain AdminSdHolder", DomainDominance},
	{"2431", "Suspected account takeover using shadow credentials", CredentialAccess},
	{"2432", "Suspicious Domain Controller certificate request (ESC8)", DomainDominance},
	{"2433", "Suspicious deletion of the certificate database entries", DefenseEvasion},
	{"2434", "Suspicious disable of audit filters of AD CS", DefenseEvasion},
	{"2435", "Suspicious modifications to the AD CS security permissions/settings", DomainDominance},
	{"2437", "Account Enumeration reconnaissance (LDAP)", Reconnaissance},
	{"2438", "Directory Services Restore Mode Password Change", DomainDominance},
	{"2439", "Honeytoken was queried via SAM-R", Reconnaissance},
	{"2440", "Group Policy Tampering", DefenseEvasion},
	{"xdr_OktaAnonymousUserAccess", "", InitialAccess},
	{"xdr_OneLoginPasswordSpray", "", InitialAccess},
	{"xdr_SuspiciousOktaAccountEnumeration", "", InitialAccess},
	{"xdr_OneLoginMfaFatigue", "", InitialAccess},
	{"xdr_SuspiciousAdminAccountSignIn", "", InitialAccess},
	{"xdr_SignInUsingMaliciousCertificate", "", InitialAccess},
	{"xdr_SuspiciousMicrosoftSentinelAccessByEntraIdSyncAccount", "", InitialAccess},
	{"xdr_SuspiciousToolSyncAccountSignIn", "", InitialAccess},
	{"xdr_RiskyEntraIDSyncAccount", "", InitialAccess},
	{"xdr_SuspiciousRemoteServiceInstallation", "", Execution},
	{"xdr_OAuthAppCreatedAUser", "", DomainDominance},
	{"xdr_OktaPrivilegedApiTokenCreated", "", DomainDominance},
	{"xdr_OktaPrivilegedApiTokenUpdated", "", DomainDominance},
	{"xdr_AdminAccountTakeover", "", DomainDominance},
	{"xdr_SuspiciousAccountCreation", "", DomainDominance},
	{"xdr_SuspiciousMFAAddition", "", DomainDominance},
	{"xdr_SuspiciousChangeInUserPrimaryGroupId", "", DomainDominance},
	{"xdr_SuspiciousCloudFileModification", "", DomainDominance},
	{"xdr_SuspiciousGuestUserInvitation", "", DomainDominance},
	{"xdr_SuspiciousInboxRule", "", DomainDominance},
	{"xdr_SuspiciousUserCreationAndSensitiveRoleAssignment", "", DomainDominance},
	{"xdr_SuspiciousAdditionOfSpnToUser", "", DomainDominance},
	{"xdr_SuspectedCertificateEnrollmentESC15", "", DomainDominance},
	{"xdr_SuspiciousDenyAccessToPrimaryGroupId", "", DefenseEvasion},
	{"xdr_SuspiciousAccountLink", "", DefenseEvasion},
	{"xdr_AsrepRoastingAttack", "", CredentialAccess},
	{"xdr_HoneytokenSignInAttempt", "", CredentialAccess},
	{"xdr_NegoexRelayAttack", "", CredentialAccess},
	{"xdr_OktaPrivilegedRoleAssignedToApplication", "", CredentialAccess},
	{"xdr_PossibleGoldenSamlAttack", "", CredentialAccess},
	{"xdr_PossibleNetsyncAttack", "", CredentialAccess},
	{"xdr_CredentialStuffingToolObserved", "", CredentialAccess},
	{"xdr_PossibleGoldenTicketAttacks", "", CredentialAccess},
	{"xdr_PossibleGoldenTicketAttack_SuspiciousPac", "", CredentialAccess},
	{"xdr_PossibleOverPassTheHash", "", CredentialAccess},
	{"xdr_SuspiciousDmsaAction", "", CredentialAccess},
	{"xdr_SuspiciousGoldenGmsaActivity", "", CredentialAccess},
	{"xdr_SuspiciousKerberosApReq", "", CredentialAccess},
	{"xdr_SusKerberosAuth_AsReq", "", CredentialAccess},
	{"xdr_SusKerberosAuth_S4U2selfTgsReq", "", CredentialAccess},
	{"xdr_SuspiciousUserAdditionToEsxGroup", "", CredentialAccess},
	{"xdr_OktaSyncServicePrincipalEnumeration", "", Reconnaissance},
	{"xdr_LdapSensitiveAttributeRecon", "", Reconnaissance},
	{"xdr_SuspiciousLdapQuery", "", Reconnaissance},
	{"xdr_PossibleAuthenticationSiloBypass", "", LateralMovement},
	{"xdr_SuspectedAzureSsoAccountTakeover", "", LateralMovement},
	{"xdr_SuspiciousActivityAfterPasswordSync", "", LateralMovement},
	{"xdr_PossibleOktaSessionTheft", "", Collection},
}

// detectionPhases finds those by the letters and digits of id and name.
var detectionPhases = sync.OnceValue(func() map[string]Phase {
	phases := make(map[string]Phase, 2*len(identityDetections))
	for _, d := range identityDetections {
		phases[letters(d.id)] = d.phase
		if d.name != "" {
			phases[letters(d.name)] = d.phase
		}
	}
	return phases
})

func phaseOfDetection(id, title string) Phase {
	if phase := detectionPhases()[letters(id)]; phase != NoPhase {
		return phase
	}
	return detectionPhases()[letters(title)]
}
