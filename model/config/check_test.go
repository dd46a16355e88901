package config

import (
	"errors"
	"strings"
	"testing"
)

// Each case is a file and all the problems it must have, in order.
func TestProblems(t *testing.T) {
	for _, test := range []struct{ name, file, want string }{
		{"mistyped key", "[refresh]\nintervall = \"60s\"",
			`c:2: unknown key "intervall" in [refresh] (did you mean "interval"?)`},
		{"mistyped section", "\n[refesh]\ninterval = \"60s\"",
			`c:2: unknown section [refesh] (did you mean "refresh"?)`},
		{"key in another section", "[screen]\ndirectory_interval = \"60s\"",
			`c:2: unknown key "directory_interval" in [screen] (it belongs in [refresh])`},
		{"key outside", `theme = "dark"`,
			`c:1: unknown key "theme" outside of a section (it belongs in [screen])`},
		{"key of a view", "[[views]]\nname = \"a\"\n[[views]]\nname = \"b\"\nquer = \"x\"",
			`c:5: unknown key "quer" in [[views]] (did you mean "query"?)`},
		{"syntax", "[tenant]\nname = \n", `c:2: not valid TOML: expected value but found '\n' instead`},
		{"syntax beside a secret", "[directory]\npassword = hunter2",
			"c:2: not valid TOML: the value cannot be read (it is not repeated here)"},
		{"plain password", "[directory]\npassword = \"hunter2\"",
			"c:2: [directory] password: a secret does not belong in this file; put it into a file that only you can read " +
				"and name that with password_file, or into an environment variable and name that with password_env"},
		{"plain client secret", "[signin]\nclient_secret = \"hunter2\"",
			"c:2: [signin] client_secret: a secret does not belong in this file; put it into a file that only you can read " +
				"and name that with secret_file, or into an environment variable and name that with secret_env"},
		{"secret as the name of a variable", "[signin]\nmethod = \"client-secret\"\nclient_id = \"11111111-2222-3333-4444-555555555555\"\nsecret_env = \"hunter2!\"",
			"c:4: [signin] secret_env must be the name of an environment variable, such as ADBADGE_SECRET"},
		{"wrong types", "[tenant]\nname = 1\nwrite = \"yes\"\n[directory]\nservers = \"ldaps://dc1\"\npage_size = \"5\"\n[refresh]\ninterval = 60\n[screen]\ntheme = [\"dark\"]",
			"c:2: [tenant] name must be a text in quotes, not a number\n" +
				"c:3: [tenant] write must be true or false, not a text\n" +
				"c:5: [directory] servers must be a list of texts in square brackets, not a text\n" +
				"c:6: [directory] page_size must be a whole number, not a text\n" +
				"c:8: [refresh] interval must be a duration in quotes, such as \"60s\" or \"15m\", not a number\n" +
				"c:10: [screen] theme must be a text in quotes, not a list"},
		{"section as a value", `tenant = "contoso"`, "c:1: [tenant] must be a section, not a text"},
		{"views as a section", "[views]\nname = \"a\"", "c:1: [views] must be a list of sections, each headed [[views]], not a section"},
		{"bad durations", "[refresh]\ninterval = \"1s\"\ndirectory_interval = \"soon\"",
			"c:2: [refresh] interval must be between 10s and 24h0m0s, not 1s\n" +
				`c:3: [refresh] directory_interval must be a duration in quotes, such as "60s" or "15m", not "soon"`},
		{"directory more often than the cloud", "[refresh]\ninterval = \"1h\"",
			"c:1: [refresh] directory_interval (15m0s) must not be shorter than interval (1h0m0s)"},
		{"unknown words", "[tenant]\ncloud = \"gcchigh\"\n[screen]\ntheme = \"drak\"",
			`c:2: [tenant] cloud must be "public", "gcc", "gcc-high", "dod" or "china", not "gcchigh" (did you mean "gcc-high"?)` + "\n" +
				`c:4: [screen] theme must be "auto", "dark", "light" or "mono", not "drak" (did you mean "dark"?)`},
		{"http on loopback", "[endpoint]\nurl = \"http://127.0.0.1:8080\"\n[portal]\nurl = \"https://x/?q\"",
			"c:2: [endpoint] url must begin with \"https://\"\n" +
				`c:4: [portal] url: an address must not hold "?" or "#"`},
		{"password in an address", "[graph]\nurl = \"https://me:hunter2@graph.contoso.test\"",
			"c:2: [graph] url must be an https address without a user or password"},
		{"bad port", "[graph]\nurl = \"https://graph.contoso.test:70000\"",
			"c:2: [graph] url: an address with a port that is no number between 1 and 65535"},
		{"no host", "[graph]\nurl = \"https:///x\"", "c:2: [graph] url: an address without a host name"},
		{"bad server", "[directory]\nsource = \"ldap\"\nservers = [\n  \"dc1.contoso.test\",\n]",
			`c:3: [directory] servers: "dc1.contoso.test" must be like "ldaps://dc1.contoso.test" (or "ldap://...", which switches to TLS before it signs in)`},
		{"server with a base", "[directory]\nsource = \"ldap\"\nservers = [\"ldaps://dc1.contoso.test/DC=x\"]",
			"c:3: [directory] servers: an address must end after the host and the port"},
		{"ldap without servers", "[directory]\nsource = \"ldap\"",
			`c:1: [directory] servers is empty: name a domain controller, such as "ldaps://dc1.contoso.test", or a domain to find them by`},
		{"bad names", "[directory]\nsource = \"ldap\"\nservers = [\"ldaps://dc1\"]\nbase_dns = [\"contoso.test\"]\nexclude_ous = [\n  \"OU=Ok,DC=test\",\n  \"Leavers\",\n]",
			`c:4: [directory] base_dns must hold distinguished names such as "DC=contoso,DC=test", not "contoso.test"` + "\n" +
				`c:5: [directory] exclude_ous must hold distinguished names of units or containers, such as "OU=Leavers,DC=contoso,DC=test", not "Leavers"`},
		{"nothing left", "[directory]\nsource = \"ldap\"\nservers = [\"ldaps://dc1\"]\nbase_dns = [\"OU=A,OU=B,DC=test\", \"OU=C,DC=test\"]\nexclude_ous = [\"ou=b, dc=TEST\"]",
			`c:5: [directory] exclude_ous leaves nothing of base_dns: "ou=b, dc=TEST" holds "OU=A,OU=B,DC=test"`},
		{"left out of an export", "[directory]\nsource = \"ldif\"\nldif_file = \"a.ldif\"\nexclude_ous = [\"OU=A,DC=test\"]",
			`c:4: [directory] exclude_ous is set, but source is "ldif", which does not use it`},
		{"servers and a domain", "[directory]\nsource = \"ldap\"\nservers = [\"ldaps://dc1.contoso.test\"]\ndomain = \"contoso.test\"",
			"c:4: [directory] servers and [directory] domain are both set; one is enough"},
		{"bad domain and site", "[directory]\nsource = \"ldap\"\ndomain = \"CONTOSO\"\nsite = \"a.b\"",
			`c:3: [directory] domain must be the DNS name of an AD domain, such as "contoso.test", not "CONTOSO"` + "\n" +
				`c:4: [directory] site must hold letters, digits and dashes only, not "a.b"`},
		{"site without a domain", "[directory]\nsource = \"ldap\"\nservers = [\"ldaps://dc1.contoso.test\"]\nsite = \"Berlin\"",
			"c:4: [directory] site is set, but domain is not"},
		{"domain, but still the lab", "[directory]\ndomain = \"contoso.test\"",
			`c:2: [directory] domain is set, but source is "lab", which does not use it`},
		{"ldif without a file", "[directory]\nsource = \"ldif\"", `c:1: [directory] ldif_file is missing: source "ldif" reads it`},
		{"servers, but still the lab", "[directory]\nservers = [\"ldaps://dc1.contoso.test\"]",
			`c:2: [directory] servers is set, but source is "lab", which does not use it`},
		{"keyring without a user", "[directory]\nsource = \"ldap\"\nservers = [\"ldaps://dc1.contoso.test\"]\npassword_keyring = true",
			"c:4: [directory] password_keyring is set, but user is not"},
		{"keyring and a file", "[directory]\nsource = \"ldap\"\nservers = [\"ldaps://dc1.contoso.test\"]\nuser = \"a\"\npassword_keyring = true\npassword_file = \"b\"",
			"c:5: [directory] password_file and [directory] password_keyring are both set; one is enough"},
		{"unsafe lab", "[directory]\ninsecure_skip_verify = true",
			`c:2: [directory] insecure_skip_verify is set, but source is "lab", which does not use it`},
		{"password without a user", "[directory]\nsource = \"ldap\"\nservers = [\"ldaps://dc1.contoso.test\"]\npassword_env = \"A\"",
			"c:4: [directory] password_env is set, but user is not"},
		{"two passwords", "[directory]\nsource = \"ldap\"\nservers = [\"ldaps://dc1.contoso.test\"]\nuser = \"a\"\npassword_env = \"A\"\npassword_file = \"b\"",
			"c:6: [directory] password_env and [directory] password_file are both set; one is enough"},
		{"unknown way to sign in", "[directory]\nsource = \"ldap\"\ndomain = \"contoso.test\"\nauth = \"kerbros\"",
			`c:4: [directory] auth must be "simple" or "kerberos", not "kerbros" (did you mean "kerberos"?)`},
		{"keytab without Kerberos", "[directory]\nsource = \"ldap\"\ndomain = \"contoso.test\"\nuser = \"a\"\nkeytab_file = \"k\"",
			`c:5: [directory] keytab_file is set, but auth is "simple", which does not use it`},
		{"keytab without a user", "[directory]\nsource = \"ldap\"\ndomain = \"contoso.test\"\nauth = \"kerberos\"\nkeytab_file = \"k\"",
			"c:5: [directory] keytab_file is set, but user is not"},
		{"keytab and a password", "[directory]\nsource = \"ldap\"\ndomain = \"contoso.test\"\nauth = \"kerberos\"\nuser = \"a\"\nkeytab_file = \"k\"\npassword_env = \"A\"",
			"c:6: [directory] password_env and [directory] keytab_file are both set; one is enough"},
		{"Kerberos with a DN", "[directory]\nsource = \"ldap\"\ndomain = \"contoso.test\"\nauth = \"kerberos\"\nuser = \"CN=a\"\npassword_env = \"A\"",
			`c:5: [directory] user must be a logon name such as "svc-adbadge@CONTOSO.TEST" for Kerberos, not "CN=a"`},
		{"bad realm", "[directory]\nsource = \"ldap\"\ndomain = \"contoso.test\"\nauth = \"kerberos\"\nrealm = \"a b\"",
			`c:5: [directory] realm must be like "CONTOSO.TEST", not "a b"`},
		{"client secret without one", "[signin]\nmethod = \"client-secret\"\nclient_id = \"me\"",
			`c:2: [signin] method "client-secret" needs secret_file, secret_env or secret_keyring` + "\n" +
				`c:3: [signin] client_id must be a GUID, not "me"`},
		{"secret without use", "[signin]\nmethod = \"azure-cli\"\nsecret_env = \"A\"",
			`c:3: [signin] secret_env is set, but method "azure-cli" does not use it`},
		{"two secrets", "[signin]\nmethod = \"client-secret\"\nclient_id = \"11111111-2222-3333-4444-555555555555\"\nsecret_env = \"A\"\nsecret_keyring = true",
			"c:5: [signin] secret_env and [signin] secret_keyring are both set; one is enough"},
		{"browser without an application", "[signin]\nmethod = \"interactive-browser\"\nsecret_keyring = true\ntoken_file = \"x\"",
			`c:1: [signin] client_id is missing: method "interactive-browser" needs the id of an app registration` + "\n" +
				`c:3: [signin] secret_keyring is set, but method "interactive-browser" does not use it` + "\n" +
				`c:4: [signin] token_file is set, but method "interactive-browser" does not use it`},
		{"cache without a key", "[signin]\nmethod = \"device-code\"\nclient_id = \"11111111-2222-3333-4444-555555555555\"\ncache = \"file\"",
			`c:4: [signin] cache "file" needs cache_key_file or cache_key_env, which holds the passphrase`},
		{"passphrase as the name of a variable", "[signin]\nmethod = \"device-code\"\nclient_id = \"11111111-2222-3333-4444-555555555555\"\ncache = \"file\"\ncache_key_env = \"hunter2!\"",
			"c:5: [signin] cache_key_env must be the name of an environment variable, such as ADBADGE_SECRET"},
		{"cache without use", "[signin]\nmethod = \"azure-cli\"\ncache = \"file\"\ncache_key_env = \"A\"",
			`c:3: [signin] cache is set, but method "azure-cli" does not use it`},
		{"key of another cache", "[signin]\ncache_key_env = \"A\"\ncache = \"keyrin\"\n[graph]\nurl = \"https://:1\"",
			`c:3: [signin] cache must be "none", "keyring" or "file", not "keyrin" (did you mean "keyring"?)` + "\n" +
				"c:5: [graph] url: an address without a host name"},
		{"key without a file", "[signin]\ncache_key_env = \"A\"",
			`c:2: [signin] cache_key_env is set, but cache is "keyring", which does not use it`},
		{"cloud sources of the lab", "[tenant]\nid = \"contoso.test\"\n[endpoint]\nenabled = true",
			`c:4: [endpoint] is enabled, but [directory] source is "lab", which brings its own; set source to "ldap" or "ldif"`},
		{"cloud sources without sign-in", "[directory]\nsource = \"ldif\"\nldif_file = \"x\"\n[graph]\nenabled = true",
			"c:0: [tenant] id is missing: signing in needs the GUID of the Entra tenant, or one of its verified domains\n" +
				`c:5: [graph] is enabled, but [signin] method is "none"`},
		{"no such service", "[tenant]\nid = \"contoso.test\"\ncloud = \"china\"\n[directory]\nsource = \"ldif\"\nldif_file = \"x\"\n" +
			"[signin]\nmethod = \"azure-cli\"\n[endpoint]\nenabled = true",
			`c: [portal] url is missing: there is no Defender portal in the cloud "china"; name the page that links are to open` + "\n" +
				`c:10: [endpoint] is enabled, but Defender for Endpoint is not offered in the cloud "china"; set url to ask another server`},
		{"bad tenant", "[tenant]\nid = \"my company\"",
			`c:2: [tenant] id must be the GUID of the Entra tenant, or one of its verified domains, not "my company"`},
		{"portal session without a tenant", "[directory]\nsource = \"ldif\"\nldif_file = \"x\"\n[portal]\nsession = true",
			`c:5: [portal] session needs the GUID of the tenant as id under [tenant], so that a session of another tenant is told apart`},
		{"portal session of a domain", "[directory]\nsource = \"ldif\"\nldif_file = \"x\"\n[tenant]\nid = \"contoso.onmicrosoft.com\"\n[portal]\nsession = true",
			`c:7: [portal] session needs the GUID of the tenant as id under [tenant], so that a session of another tenant is told apart`},
		{"portal session elsewhere", "[directory]\nsource = \"ldif\"\nldif_file = \"x\"\n[tenant]\nid = \"11111111-2222-3333-4444-555555555555\"\n[portal]\nsession = true\nurl = \"https://security.microsoft.com.evil.test\"",
			`c:7: [portal] session is on, but cookies are not sent to the url under [portal]: it is no portal of Microsoft, nor one on this machine`},
		{"bad browser", "[portal]\nbrowser = [\"bin/browser\"]",
			`c:2: [portal] browser must be a plain name or a whole path, not "bin/browser"`},
		{"bad views", "[[views]]\nquery = \"x\"\n[[views]]\nname = \"a\"\n[[views]]\nname = \"a\"\n[[views]]\nname = \"\\u001b[2J\"",
			"c:1: view 1: name is missing\n" +
				`c:6: view 3: name is "a", like that of another view` + "\n" +
				"c:8: view 4: name must not hold control characters, or spaces around it"},
		{"too many views", strings.Repeat("[[views]]\nname = \"a\"\n", 1) + "[[views]]\nname=\"b\"\n[[views]]\nname=\"c\"\n[[views]]\nname=\"d\"\n" +
			"[[views]]\nname=\"e\"\n[[views]]\nname=\"f\"\n[[views]]\nname=\"g\"\n[[views]]\nname=\"h\"\n[[views]]\nname=\"i\"\n[[views]]\nname=\"j\"\n",
			"c:1: there are 10 views; there are keys for 9"},
		{"several directories", "[[directory]]\nsource = \"ldap\"\nservers = [\"ldaps://dc1.contoso.test\"]\n[[directory]]\nsource = \"ldap\"\nserver = 1\n[[directory]]\n",
			"c:4: directory 2: [directory] servers is empty: name a domain controller, such as \"ldaps://dc1.contoso.test\", or a domain to find them by\n" +
				`c:6: directory 2: unknown key "server" in [directory] (did you mean "servers"?)` + "\n" +
				`c:7: directory 3: [directory] source is "lab", which stands alone: set it to "ldap" or "ldif"`},
		{"several tenants", "[directory]\nsource = \"ldif\"\nldif_file = \"x\"\n[tenants.b]\nid = \"my company\"\nnam = 1\n[tenants.b.directory]\nsource = \"ldif\"\n" +
			"[tenants.\"a b\"]\n[tenants.\"a b\".screen]\nmouse = true\n[tenants.c.directory]\nsource = \"ldap\"\ndomain = \"contoso.test\"\n[tenants.c.tenant]\nid = \"\"",
			"c: [tenant] name is missing: there are several tenants, and --tenant chooses one by its name\n" +
				`c:5: tenant b: [tenant] id must be the GUID of the Entra tenant, or one of its verified domains, not "my company"` + "\n" +
				`c:6: tenant b: unknown key "nam" in [tenant] (did you mean "name"?)` + "\n" +
				`c:7: tenant b: [directory] ldif_file is missing: source "ldif" reads it` + "\n" +
				"c:9: tenant a b: the name of a section [tenants.NAME] holds letters, digits, dots, dashes and underscores only\n" +
				"c:10: tenant a b: [screen] is for all tenants: it stands at the top of the file\n" +
				"c:15: tenant c: the settings of [tenant] stand in [tenants.c] itself"},
		{"tenants of one name", "[tenant]\nname = \"a\"\n[directory]\nsource = \"ldif\"\nldif_file = \"x\"\n[tenants.a]\nname = \"b\"\n[tenants.d.directory]\nsource=\"lab\"",
			"c:6: tenant a: [tenant] name is the same\n" +
				"c:7: tenant a: the name of the tenant is that of its section, a\n" +
				`c:9: tenant d: [directory] source is "lab", or left out: set it to "ldap" or "ldif"`},
		{"tenants as a value", "tenants = 1", "c:1: [tenants] must be sections, each headed [tenants.NAME], not a number"},
		{"empty key", "[keys]\nquit = [\"\"]", "c:2: [keys] quit holds an empty key"},
		{"key without a list", "[keys]\nquit = \"q\"", "c:2: [keys] quit must be a list of texts in square brackets, not a text"},
		{"hostile key", "[screen]\n\"a\\u001b[2J\" = 1", `c:2: unknown key "a\x1b[2J" in [screen]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("c", []byte(test.file))
			if err == nil {
				t.Fatalf("accepted; want\n%s", test.want)
			}
			want := strings.ReplaceAll(test.want, "c:0: ", "c: ")
			if got := err.Error(); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("the message repeats a secret")
			}
			if problems := (Problems)(nil); !errors.As(err, &problems) {
				t.Errorf("not Problems but %T", err)
			}
		})
	}
}

func TestLines(t *testing.T) {
	document := "\ufeff" + `# comment
a.b = 1
"quoted key" = "x # no comment"
many = [ # comment with ] in it
  "[not.a.table]",
  '''also
[not.a.table]''',
]
text = """
[not.a.table]
key = 1 \""" still text
ends with quotes""""
[table] # comment
inline = { x = 1, y = [2,
  3] }
[[list]]
k = 1
[[list]]
k = 2
[list.sub]
deep = 1
[[list.inner]]
z = 1
['literal'."dotted\tkey"]
last = 1
`
	found := scanLines(document)
	for path, want := range map[string]int{
		"a": 2, "a/b": 2, "quoted key": 3, "many": 4, "text": 9, "table": 13, "table/inline": 14,
		"list": 16, "list/0": 16, "list/0/k": 17, "list/1": 18, "list/1/k": 19, "list/1/sub/deep": 21,
		"list/1/inner/0/z": 23, "literal/dotted\tkey/last": 25, "table/inline/y": 14, "nothing": 0,
	} {
		if got := found.of(strings.Split(path, "/")); got != want {
			t.Errorf("%s is on line %d, not %d", path, got, want)
		}
	}
	if _, ok := found["key"]; ok {
		t.Error("a key was found inside a text")
	}
}

func TestClouds(t *testing.T) {
	for _, cloud := range Clouds() {
		cfg := Default()
		cfg.Tenant.Cloud = cloud.Name
		for name, address := range map[string]string{
			"authority": cloud.Authority, "graph": cloud.Graph, "endpoint": cloud.Endpoint, "portal": cloud.Portal,
		} {
			r := &report{file: "c", said: map[string]bool{}}
			if (checker{scope{report: r}}).https(at(name, "url"), address); r.err() != nil {
				t.Errorf("%s: %v", cloud.Name, r.err())
			}
		}
		url, scope, err := cfg.EndpointAPI()
		if url != cloud.Endpoint || scope != cloud.EndpointScope || (err != nil) != (cloud.Endpoint == "") {
			t.Errorf("%s: Defender for Endpoint at %q with scope %q, %v", cloud.Name, url, scope, err)
		}
		if portal, err := cfg.PortalURL(); portal != cloud.Portal || (err != nil) != (cloud.Portal == "") {
			t.Errorf("%s: portal at %q, %v", cloud.Name, portal, err)
		}
		if url, scope, err := cfg.GraphAPI(); url == "" || scope == "" || err != nil {
			t.Errorf("%s: graph at %q with scope %q, %v", cloud.Name, url, scope, err)
		}
	}
}

// The addresses are those of Microsoft's pages: authority, Graph with its scope, Defender for Endpoint with its scope, portal.
// What is empty is not offered, and the error says so by name.
func TestAddressesOfClouds(t *testing.T) {
	const notOffered = `Defender for Endpoint is not offered in the cloud "china"; set url to ask another server`
	for name, want := range map[string][6]string{
		"public": {"https://login.microsoftonline.com", "https://graph.microsoft.com", "https://graph.microsoft.com/.default",
			"https://api.security.microsoft.com", "https://api.securitycenter.microsoft.com/.default", "https://security.microsoft.com"},
		"gcc": {"https://login.microsoftonline.com", "https://graph.microsoft.com", "https://graph.microsoft.com/.default",
			"https://api-gcc.securitycenter.microsoft.us", "https://api-gcc.securitycenter.microsoft.us/.default", "https://security.microsoft.com"},
		"gcc-high": {"https://login.microsoftonline.us", "https://graph.microsoft.us", "https://graph.microsoft.us/.default",
			"https://api-gov.securitycenter.microsoft.us", "https://api-gov.securitycenter.microsoft.us/.default", "https://security.microsoft.us"},
		"dod": {"https://login.microsoftonline.us", "https://dod-graph.microsoft.us", "https://dod-graph.microsoft.us/.default",
			"https://api-gov.securitycenter.microsoft.us", "https://api-gov.securitycenter.microsoft.us/.default", "https://security.apps.mil"},
		"china": {"https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn",
			"https://microsoftgraph.chinacloudapi.cn/.default", "", "", ""},
	} {
		cfg := Default()
		cfg.Tenant.Cloud = name
		var got [6]string
		var errs [4]error
		got[0], errs[0] = cfg.Authority()
		got[1], got[2], errs[1] = cfg.GraphAPI()
		got[3], got[4], errs[2] = cfg.EndpointAPI()
		got[5], errs[3] = cfg.PortalURL()
		if got != want || errs[0] != nil || errs[1] != nil {
			t.Errorf("%s: %q, %v\nwant %q", name, got, errs, want)
		}
		if missing := want[3] == ""; missing != (errs[2] != nil) || missing && (errs[2].Error() != notOffered || !strings.Contains(errs[3].Error(), "no Defender portal")) {
			t.Errorf("%s: %v", name, errs)
		}
	}
	if len(Clouds()) != 5 {
		t.Errorf("there are %d clouds, 5 are tested", len(Clouds()))
	}
}

func TestConfiguredAddressesWin(t *testing.T) {
	cfg := Default()
	cfg.SignIn.Authority, cfg.Portal.URL = "https://login.contoso.test", "https://portal.contoso.test"
	cfg.Endpoint = Endpoint{URL: "https://api.contoso.test", Scope: "https://api.contoso.test/.default"}
	url, scope, err := cfg.EndpointAPI()
	if url != cfg.Endpoint.URL || scope != cfg.Endpoint.Scope || err != nil {
		t.Errorf("got %q, %q, %v", url, scope, err)
	}
	if authority, err := cfg.Authority(); authority != cfg.SignIn.Authority || err != nil {
		t.Errorf("got %q, %v", authority, err)
	}
	if portal, err := cfg.PortalURL(); portal != cfg.Portal.URL || err != nil {
		t.Errorf("got %q, %v", portal, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add("[directory]\npassword = \"x\"\n[[views]]\nname = '''a\nb'''\nsort = 1\n[keys]\na.b = []")
	f.Add("a = \"\"\"\n\"\"\"\"\"\nb = {c = [1,\n2]}")
	f.Add("[[directory]]\nsource = 'ldap'\n[[directory]]\n[tenants.a]\nid = 'x'\n[[tenants.a.directory]]\n[tenants.b.screen]")
	f.Add("[[a]]\n[a.b]\n[[a.c]]\nviews = [{}, 1]")
	f.Fuzz(func(t *testing.T, document string) {
		file, err := Parse("c", []byte(document))
		if (file == nil) == (err == nil) {
			t.Fatalf("file %v, error %v", file, err)
		}
		if err == nil {
			return
		}
		last := strings.Count(document, "\n") + 1
		for _, p := range err.(Problems) {
			if p.Line < 0 || p.Line > last || p.Message == "" || strings.ContainsAny(p.Error(), "\n\x1b") {
				t.Errorf("bad problem %q on line %d of %d", p.Error(), p.Line, last)
			}
		}
	})
}
