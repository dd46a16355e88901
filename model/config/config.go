// Package config says what a configuration may hold: types, defaults, and every mistake with its line. It reads one
// TOML file and never asks the network.
package config

import (
	"slices"
	"time"
)

// Config is a whole configuration. Default gives it with every default in place.
type Config struct {
	Tenant Tenant `toml:"tenant"`
	// Directories are never none. A file with several has a section [[directory]] for each.
	Directories []Directory `toml:"directory"`
	SignIn      SignIn      `toml:"signin"`
	Endpoint    Endpoint    `toml:"endpoint"`
	Graph       Graph       `toml:"graph"`
	Portal      Portal      `toml:"portal"`
	Refresh     Refresh     `toml:"refresh"`
	// Tenants are further ones, in the order of the file. Each has what stands above, and nothing below; For gives a
	// configuration with both.
	Tenants []Config `toml:"tenants"`
	Screen  Screen   `toml:"screen"`
	// Views of the file replace the default ones as a whole. Whether their queries parse is for the caller to check.
	Views []View `toml:"views"`
	// Keys maps the name of an action to the keys that replace its defaults; an empty list frees it of keys. Whether
	// such an action exists is for the caller to check.
	Keys map[string][]string `toml:"keys"`
}

// IsLab reports whether the configuration asks for the embedded tenant rather than a real one.
func (c Config) IsLab() bool { return c.Directories[0].Source == SourceLab }

// HasDirectory reports whether a directory of the tenant has that source.
func (c Config) HasDirectory(source string) bool {
	return slices.ContainsFunc(c.Directories, func(d Directory) bool { return d.Source == source })
}

// Tenant names what is looked at.
type Tenant struct {
	Name  string `toml:"name"`  // shown in the title; empty: the first domain of the directory
	ID    string `toml:"id"`    // Entra tenant: GUID or verified domain
	Cloud string `toml:"cloud"` // name of one of Clouds
	Write bool   `toml:"write"` // allow changes without --write
}

// The words for Directory.Source.
const (
	// SourceLab is the embedded tenant: the whole of it, so that nothing else of a tenant may be configured.
	SourceLab  = "lab"
	SourceLDAP = "ldap"
	SourceLDIF = "ldif"
	// SourceGraph is what is synced to Entra ID, read from Microsoft Graph.
	SourceGraph = "graph"
)

// The words for Directory.Auth.
const (
	// AuthSimple sends user and password, under TLS only.
	AuthSimple = "simple"
	// AuthKerberos sends a ticket; the password never leaves this machine.
	AuthKerberos = "kerberos"
)

// Directory says where an on-premises AD is.
type Directory struct {
	Source       string   `toml:"source"`      // SourceLab, SourceLDAP, SourceLDIF or SourceGraph
	Servers      []string `toml:"servers"`     // "ldaps://dc1.contoso.test", "ldap://..." (StartTLS)
	Domain       string   `toml:"domain"`      // instead of Servers: its domain controllers, found by DNS
	Site         string   `toml:"site"`        // whose domain controllers are asked first; goes with Domain
	BaseDNs      []string `toml:"base_dns"`    // empty: the server's defaultNamingContext
	ExcludeOUs   []string `toml:"exclude_ous"` // units and containers whose users and computers are left out
	Auth         string   `toml:"auth"`        // AuthSimple or AuthKerberos
	User         string   `toml:"user"`        // UPN or DN; empty: anonymous, or with Kerberos the owner of the credential cache
	PasswordEnv  string   `toml:"password_env"`
	PasswordFile string   `toml:"password_file"`
	// PasswordKeyring takes the password of User from the keyring of the desktop. Without any of the three a person is asked.
	PasswordKeyring bool   `toml:"password_keyring"`
	KeytabFile      string `toml:"keytab_file"` // of User, for Kerberos
	Realm           string `toml:"realm"`       // of Kerberos; empty: that of User, else Domain, else the default of krb5.conf
	KerberosFile    string `toml:"krb5_conf"`   // empty: $KRB5_CONFIG, else the system's
	CAFile          string `toml:"ca_file"`     // PEM; empty: the system's
	// InsecureSkipVerify takes any certificate for the directory's. Every screen says so.
	InsecureSkipVerify bool          `toml:"insecure_skip_verify"`
	LDIFFile           string        `toml:"ldif_file"`
	PageSize           int           `toml:"page_size"`
	Timeout            time.Duration `toml:"timeout"` // of one request
}

// The words for SignIn.Method.
const (
	MethodNone              = "none"
	MethodClientSecret      = "client-secret"
	MethodClientCertificate = "client-certificate"
	// MethodWorkloadIdentity trades the token of a file, such as Kubernetes writes, for those of an application.
	MethodWorkloadIdentity = "workload-identity"
	// MethodManagedIdentity asks the Azure host that adbadge runs on.
	MethodManagedIdentity = "managed-identity"
	MethodAzureCLI        = "azure-cli"
	MethodDeviceCode      = "device-code"
	// MethodInteractiveBrowser needs a desktop; MethodDeviceCode does not.
	MethodInteractiveBrowser = "interactive-browser"
)

// The words for SignIn.Cache.
const (
	CacheNone    = "none"
	CacheKeyring = "keyring"
	CacheFile    = "file"
)

// SignIn says how to get tokens from Entra ID. Secrets are never in the configuration itself.
type SignIn struct {
	Method     string `toml:"method"`    // MethodNone, ...
	ClientID   string `toml:"client_id"` // of the application; of a managed identity, where it is not the system's
	SecretEnv  string `toml:"secret_env"`
	SecretFile string `toml:"secret_file"`
	// SecretKeyring takes the secret from the keyring of the desktop, where it stands under ClientID.
	SecretKeyring   bool   `toml:"secret_keyring"`
	CertificateFile string `toml:"certificate_file"` // certificate and key, PEM or PKCS #12; the secret is its password
	TokenFile       string `toml:"token_file"`       // of MethodWorkloadIdentity; empty: $AZURE_FEDERATED_TOKEN_FILE
	// Cache says where the key to a person's tokens is, which are kept in an encrypted file: CacheNone keeps none.
	Cache        string        `toml:"cache"`
	CacheKeyEnv  string        `toml:"cache_key_env"` // passphrase of CacheFile
	CacheKeyFile string        `toml:"cache_key_file"`
	Authority    string        `toml:"authority"` // base URL; empty: the cloud's
	CAFile       string        `toml:"ca_file"`   // trusted for authority, endpoint and graph beside the system's
	Timeout      time.Duration `toml:"timeout"`   // of one HTTP request
}

// AsksPerson reports whether the method needs a person, unless one has signed in before.
func (s SignIn) AsksPerson() bool {
	return s.Method == MethodDeviceCode || s.Method == MethodInteractiveBrowser
}

// Endpoint says where the Defender for Endpoint API is.
type Endpoint struct {
	Enabled bool   `toml:"enabled"`
	URL     string `toml:"url"`   // empty: the cloud's
	Scope   string `toml:"scope"` // token scope; empty: the cloud's
}

// Graph says where Microsoft Graph is.
type Graph struct {
	Enabled bool   `toml:"enabled"`
	URL     string `toml:"url"`
	Scope   string `toml:"scope"`
}

// Portal says which web pages links lead to.
type Portal struct {
	URL     string   `toml:"url"`     // base URL; empty: the cloud's
	Session bool     `toml:"session"` // allow the portal session
	Browser []string `toml:"browser"` // program and arguments that get the link; empty: the desktop's
}

// Refresh says how often the sources are asked.
type Refresh struct {
	Interval          time.Duration `toml:"interval"`           // of the cloud sources and the toggles
	DirectoryInterval time.Duration `toml:"directory_interval"` // of the directory, and of whole readings of the cloud sources, which are large
	Snapshot          bool          `toml:"snapshot"`           // keep what was read for the next start
}

// Screen holds the looks.
type Screen struct {
	Theme  string `toml:"theme"` // one of Themes
	ASCII  bool   `toml:"ascii"`
	Mouse  bool   `toml:"mouse"`
	Bell   bool   `toml:"bell"`   // ring on a new high alert
	Notify bool   `toml:"notify"` // desktop notification (OSC 9) on a new high alert
}

// View is a saved filter on one of the keys 1 to 9.
type View struct {
	Name  string `toml:"name"`
	Query string `toml:"query"` // in the query language; empty: everything
	Sort  string `toml:"sort"`  // column, with "-" before it for the other way round; empty: badge
}
