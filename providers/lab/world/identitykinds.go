package world

// identityKind is a detection of Defender for Identity, with its permanent number (classic alerts) or the name of
// its detector (alerts of the newer form). Names, severities and techniques are those of Microsoft's lists
// (defender-for-identity/alerts-mdi-classic and alerts-xdr).
type identityKind struct {
	external   int
	detector   string
	title      string
	severity   string
	category   string // Graph's category
	techniques []string
	// description has one place for the account and one for where it came from.
	description string
	recommended string
}

const (
	ldapRecon = iota
	samrRecon
	kerberosBruteForce
	spnExposure
	asrepRoasting
	overPassTheHash
	passTheHash
	passTheTicket
	serviceCreation
	remoteExecution
	dcSync
	goldenTicketTime
	goldenTicketForged
	sensitiveGroup
	honeytoken
	dnsRecon
	dpapiKey
	ntlmRelay
	shadowCredentials
	xdrLdapQuery
	xdrSensitiveAttribute
	xdrAsrep
	xdrSPN
	xdrRemoteService
	xdrOverPassTheHash
)

var identityKinds = [...]identityKind{
	ldapRecon: {2038, "", "Security principal reconnaissance (LDAP)", medium, "Discovery", []string{"T1087.002"},
		"%s on %s sent suspicious LDAP queries to a domain controller, searching for members of sensitive groups.", "Ask the owner of the computer whether the queries were made on purpose. Look for the tool that made them."},
	samrRecon: {2021, "", "User and Group membership reconnaissance (SAMR)", medium, "Discovery", []string{"T1087.002", "T1069.002"},
		"%s on %s asked for the members of sensitive groups using the SAM-R protocol.", "Check which program made the queries, and restrict remote calls to SAM."},
	kerberosBruteForce: {2023, "", "Suspected Brute Force attack (Kerberos, NTLM)", medium, "CredentialAccess", []string{"T1110.001", "T1110.003"},
		"Many sign-in attempts failed for %s and other accounts, from %s.", "Reset the passwords of the accounts that were guessed. Isolate the source computer."},
	spnExposure: {2410, "", "Suspected Kerberos SPN exposure", high, "CredentialAccess", []string{"T1558.003"},
		"%s on %s asked for service tickets of many accounts with weak encryption. The tickets can be attacked off-line.", "Reset the passwords of the exposed service accounts, or replace them by managed service accounts."},
	asrepRoasting: {2412, "", "Suspected AS-REP Roasting attack", high, "CredentialAccess", []string{"T1558.004"},
		"The password of %s, which needs no pre-authentication, may be attacked off-line. The request came from %s.", "Enable Kerberos pre-authentication for the account and reset its password."},
	overPassTheHash: {2008, "", "Suspected over-pass-the-hash attack (forced encryption type)", medium, "LateralMovement", []string{"T1550.002", "T1550.003"},
		"%s signed in from %s with an encryption type that it does not use in normal use.", "Reset the password of the account twice and look for tools on the source computer."},
	passTheHash: {2017, "", "Suspected identity theft (pass-the-hash)", high, "LateralMovement", []string{"T1550.002"},
		"The hash of %s was used from %s, where the account has not been seen before.", "Reset the password of the account. Isolate the source computer and find out how the hash got there."},
	passTheTicket: {2018, "", "Suspected identity theft (pass-the-ticket)", high, "LateralMovement", []string{"T1550.003"},
		"A Kerberos ticket of %s was used on %s, which is not the computer that it was given to.", "Reset the password of the account. Isolate both computers."},
	serviceCreation: {2026, "", "Suspicious service creation", medium, "Execution", []string{"T1569.002", "T1543.003"},
		"%s created a service on a server from %s.", "Find out whether an administrator created the service. Remove it if not."},
	remoteExecution: {2019, "", "Remote code execution attempt", medium, "Execution", []string{"T1059.001", "T1021.006"},
		"%s tried to run commands on a domain controller from %s.", "Find out whether an administrator did so. Allow remote administration from hardened computers only."},
	dcSync: {2006, "", "Suspected DCSync attack (replication of directory services)", high, "CredentialAccess", []string{"T1003.006"},
		"%s sent replication requests to a domain controller from %s, which is not a domain controller.", "Disable the account at once. Reset krbtgt twice when the requests succeeded."},
	goldenTicketTime: {2022, "", "Suspected Golden Ticket usage (time anomaly)", high, "PrivilegeEscalation", []string{"T1558.001"},
		"A Kerberos ticket of %s was used from %s for longer than the domain allows.", "Reset krbtgt twice, ten hours apart. Isolate the computers that used the ticket."},
	goldenTicketForged: {2013, "", "Suspected Golden Ticket usage (forged authorization data)", high, "PrivilegeEscalation", []string{"T1558.001"},
		"%s showed forged authorisation data from %s.", "Reset krbtgt twice, ten hours apart. Isolate the computers that used the ticket."},
	sensitiveGroup: {2024, "", "Suspicious additions to sensitive groups", medium, "Persistence", []string{"T1098", "T1484"},
		"%s added a member to a sensitive group from %s.", "Remove the member unless the change was requested."},
	honeytoken: {2014, "", "Honeytoken authentication activity", medium, "CredentialAccess", []string{"T1087.002"},
		"The honeytoken account %s was used from %s.", "Find out who used the account: nobody has a reason to."},
	dnsRecon: {2007, "", "Network mapping reconnaissance (DNS)", medium, "Discovery", []string{"T1087", "T1046", "T1018"},
		"%s on %s asked a DNS server for the whole zone.", "Restrict zone transfers. Find out which program asked."},
	dpapiKey: {2020, "", "Malicious request of Data Protection API master key", high, "CredentialAccess", []string{"T1555"},
		"%s on %s asked a domain controller for the backup key of the Data Protection API.", "Disable the account. The key decrypts the secrets of every user and cannot be changed."},
	ntlmRelay: {2037, "", "Suspected NTLM relay attack", low, "LateralMovement", []string{"T1557.001"},
		"The sign-in of %s was relayed from %s.", "Require signing of LDAP and SMB."},
	shadowCredentials: {2431, "", "Suspected account takeover using shadow credentials", high, "CredentialAccess", []string{"T1003"},
		"Key credentials were added to %s from %s.", "Remove the key credentials and reset the password."},
	xdrLdapQuery: {0, "xdr_SuspiciousLdapQuery", "Suspicious LDAP query", high, "Discovery", []string{"T1087.002"},
		"%s on %s ran an LDAP query that a known attack tool runs.", "Look for the tool on the source computer."},
	xdrSensitiveAttribute: {0, "xdr_LdapSensitiveAttributeRecon", "Suspicious LDAP query of sensitive attributes", medium, "Discovery", []string{"T1087.002"},
		"%s on %s read attributes that hold secrets.", "Find out why the attributes were read."},
	xdrAsrep: {0, "xdr_AsrepRoastingAttack", "Possible AS-REP roasting attack", medium, "CredentialAccess", []string{"T1558.004"},
		"Tickets without pre-authentication were asked for in the name of %s from %s.", "Enable pre-authentication and reset the password."},
	xdrSPN: {0, "xdr_SuspiciousAdditionOfSpnToUser", "Suspicious addition of a service principal name to a user", high, "PrivilegeEscalation", []string{"T1098"},
		"A service principal name was added to %s from %s.", "Remove the name unless the change was requested."},
	xdrRemoteService: {0, "xdr_SuspiciousRemoteServiceInstallation", "Suspicious remote service installation", medium, "Execution", []string{"T1569.002"},
		"%s installed a service remotely from %s.", "Remove the service unless an administrator installed it."},
	xdrOverPassTheHash: {0, "xdr_PossibleOverPassTheHash", "Possible overpass-the-hash attack", high, "LateralMovement", []string{"T1550.002"},
		"%s asked for a Kerberos ticket with a stolen hash, from %s.", "Reset the password of the account and isolate the source computer."},
}

// quietIdentityKinds are those that the alerts of before are drawn from.
var quietIdentityKinds = [...]int{
	ldapRecon, samrRecon, kerberosBruteForce, dnsRecon, ntlmRelay, xdrSensitiveAttribute, xdrAsrep, sensitiveGroup,
	overPassTheHash, remoteExecution, honeytoken, xdrLdapQuery, serviceCreation,
}
