package ldap

// Bits of userAccountControl ("UserAccountControl property flags", Microsoft).
const (
	controlDisabled          = 0x2
	controlNormal            = 0x200
	controlInterdomainTrust  = 0x800
	controlWorkstation       = 0x1000
	controlServer            = 0x2000
	controlPasswordNever     = 0x10000
	controlDelegation        = 0x80000
	controlDelegationAnyAuth = 0x1000000
	controlPartialSecrets    = 0x4000000
)

// controlWords are all bits that Microsoft names, lowest first.
var controlWords = [...]struct {
	bit  int64
	word string
}{
	{0x1, "SCRIPT"}, {controlDisabled, "ACCOUNTDISABLE"}, {0x8, "HOMEDIR_REQUIRED"}, {0x10, "LOCKOUT"},
	{0x20, "PASSWD_NOTREQD"}, {0x40, "PASSWD_CANT_CHANGE"}, {0x80, "ENCRYPTED_TEXT_PWD_ALLOWED"},
	{0x100, "TEMP_DUPLICATE_ACCOUNT"}, {controlNormal, "NORMAL_ACCOUNT"},
	{controlInterdomainTrust, "INTERDOMAIN_TRUST_ACCOUNT"}, {controlWorkstation, "WORKSTATION_TRUST_ACCOUNT"},
	{controlServer, "SERVER_TRUST_ACCOUNT"}, {controlPasswordNever, "DONT_EXPIRE_PASSWORD"},
	{0x20000, "MNS_LOGON_ACCOUNT"}, {0x40000, "SMARTCARD_REQUIRED"}, {controlDelegation, "TRUSTED_FOR_DELEGATION"},
	{0x100000, "NOT_DELEGATED"}, {0x200000, "USE_DES_KEY_ONLY"}, {0x400000, "DONT_REQ_PREAUTH"},
	{0x800000, "PASSWORD_EXPIRED"}, {controlDelegationAnyAuth, "TRUSTED_TO_AUTH_FOR_DELEGATION"},
	{controlPartialSecrets, "PARTIAL_SECRETS_ACCOUNT"},
}
