package world

import (
	"strings"
	"time"

	"adbadge/model"
)

// Domain is one AD domain of the forest.
type Domain struct {
	DNSName string // "contoso.test"
	NetBIOS string // "CONTOSO"
	SID     model.SID
	GUID    model.GUID
	BaseDN  string // "DC=contoso,DC=test"
	// MailDomain is the suffix of mail addresses.
	MailDomain string
}

// Role says what an account or computer is for.
type Role uint8

const (
	Person Role = iota
	ServiceAccount
	AdminAccount
	BuiltinAccount // Administrator, Guest, krbtgt
	Workstation
	Server
	DomainController
)

// String gives the word for docs and test output.
func (r Role) String() string {
	return [...]string{
		"person", "service account", "admin account", "built-in account",
		"workstation", "server", "domain controller",
	}[r]
}

// Bits of userAccountControl (MS-ADTS 2.2.16).
const (
	AccountDisabled          = 0x2
	Lockout                  = 0x10 // computed in AD; here only on locked accounts
	PasswordNotRequired      = 0x20
	NormalAccount            = 0x200
	InterdomainTrustAccount  = 0x800
	WorkstationTrustAccount  = 0x1000
	ServerTrustAccount       = 0x2000
	PasswordNeverExpires     = 0x10000
	SmartcardRequired        = 0x40000
	TrustedForDelegation     = 0x80000
	NotDelegated             = 0x100000
	NoPreauthentication      = 0x400000
	TrustedToAuthForDelegate = 0x1000000
)

// User is a user object of the directory. A zero time means "never" or "attribute absent". Strings are as the
// directory holds them: a few contain control characters on purpose.
type User struct {
	Index  int
	Role   Role
	Domain int // index into Domains
	GUID   model.GUID
	SID    model.SID
	RID    uint32

	SAM         string
	CN          string // unescaped
	Parent      string // DN of the container
	GivenName   string
	Surname     string
	DisplayName string
	UPN         string
	Mail        string
	Department  string
	Title       string
	Company     string
	Office      string
	Phone       string
	EmployeeID  string
	Description string
	Manager     int // index of a user, or -1

	Control         uint32 // userAccountControl
	AdminCount      bool
	ServiceNames    []string // servicePrincipalName
	EncryptionTypes int      // msDS-SupportedEncryptionTypes, 0 for absent

	Created     time.Time
	Changed     time.Time
	PasswordSet time.Time // zero: must change the password at the next logon
	LastLogon   time.Time // lastLogonTimestamp
	Expires     time.Time // accountExpires
	Locked      time.Time // lockoutTime

	// Synced accounts exist in Entra ID too, under EntraID.
	Synced  bool
	EntraID model.GUID
}

// DN gives the distinguished name, escaped by RFC 4514.
func (u *User) DN() string { return "CN=" + escapeRDN(u.CN) + "," + u.Parent }

// Enabled reports whether the account may be used.
func (u *User) Enabled() bool { return u.Control&AccountDisabled == 0 }

// Computer is a computer object of the directory. A zero time means "never" or "attribute absent".
type Computer struct {
	Index  int
	Role   Role
	Domain int // index into Domains
	GUID   model.GUID
	SID    model.SID
	RID    uint32

	Name        string // cn; sAMAccountName is it with "$", unless SAM says otherwise
	SAM         string // with "$"
	Parent      string // DN of the container
	DNSName     string // dNSHostName; empty where AD has none
	OS          string // operatingSystem: "Windows 11 Enterprise"
	OSVersion   string // operatingSystemVersion: "10.0 (26100)"
	Release     string // "24H2"
	Description string
	Location    string

	Control         uint32
	ServiceNames    []string
	EncryptionTypes int

	Created     time.Time
	Changed     time.Time
	PasswordSet time.Time
	LastLogon   time.Time

	system operatingSystem
}

// DN gives the distinguished name, escaped by RFC 4514.
func (c *Computer) DN() string { return "CN=" + escapeRDN(c.Name) + "," + c.Parent }

// Enabled reports whether the account may be used.
func (c *Computer) Enabled() bool { return c.Control&AccountDisabled == 0 }

// Group is a group object of the directory.
type Group struct {
	Index       int
	Domain      int
	GUID        model.GUID
	SID         model.SID
	RID         uint32
	Name        string // cn and sAMAccountName
	Parent      string
	Description string
	Type        int32 // groupType: negative for security groups
	Builtin     bool  // below CN=Builtin: its SID is S-1-5-32-n
	AdminCount  bool
	Nested      []int // groups that are members of this one
	Created     time.Time
}

// DN gives the distinguished name, escaped by RFC 4514.
func (g *Group) DN() string { return "CN=" + escapeRDN(g.Name) + "," + g.Parent }

// ObjectKind tells the objects apart that are neither users, computers nor groups.
type ObjectKind uint8

const (
	Contact ObjectKind = iota
	// ManagedService is a group managed service account: its class is derived from computer.
	ManagedService
	// TrustAccount is the account of a trusting domain: sAMAccountName "EMEA$", class user.
	TrustAccount
)

// Object is a directory object that a careless client takes for a user or computer.
type Object struct {
	Index       int
	Kind        ObjectKind
	Domain      int
	GUID        model.GUID
	SID         model.SID // empty for contacts
	RID         uint32
	Name        string
	SAM         string
	Parent      string
	Mail        string
	Description string
	Control     uint32
	DNSName     string
	Created     time.Time
	LastLogon   time.Time
}

// DN gives the distinguished name, escaped by RFC 4514.
func (o *Object) DN() string { return "CN=" + escapeRDN(o.Name) + "," + o.Parent }

// escapeRDN escapes an attribute value for a distinguished name (RFC 4514, 2.4) the way AD writes it.
func escapeRDN(s string) string {
	if !strings.ContainsAny(s, ",+\"\\<>;=#\n\r\x00") && !strings.HasPrefix(s, " ") && !strings.HasSuffix(s, " ") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case strings.IndexByte(`,+"\<>;=`, c) >= 0, c == '#' && i == 0, c == ' ' && (i == 0 || i == len(s)-1):
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\0A`)
		case c == '\r':
			b.WriteString(`\0D`)
		case c == 0:
			b.WriteString(`\00`)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
