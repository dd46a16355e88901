package ldap

import (
	"math"
	"strconv"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func filetimeOf(t time.Time) string {
	return strconv.FormatInt(t.Unix()*filetimesPerSecond+filetimeOf1970, 10)
}

func TestFlags(t *testing.T) {
	for name, c := range map[string]struct {
		attributes map[string]string
		want       model.EntityFlags
	}{
		"plain":           {map[string]string{"userAccountControl": "512"}, 0},
		"disabled":        {map[string]string{"userAccountControl": "514"}, model.Disabled},
		"never expires":   {map[string]string{"userAccountControl": "66048"}, model.PasswordNeverExpires},
		"controller":      {map[string]string{"userAccountControl": "532480"}, model.DomainController},
		"read-only DC":    {map[string]string{"userAccountControl": "83890176"}, model.DomainController},
		"admin":           {map[string]string{"userAccountControl": "512", "adminCount": "1"}, model.Sensitive},
		"not admin":       {map[string]string{"userAccountControl": "512", "adminCount": "0"}, 0},
		"service":         {map[string]string{"userAccountControl": "512", "servicePrincipalName": "HTTP/a"}, model.Service},
		"expired":         {map[string]string{"userAccountControl": "512", "accountExpires": filetimeOf(noon.Add(-time.Hour))}, model.Expired},
		"expires later":   {map[string]string{"userAccountControl": "512", "accountExpires": filetimeOf(noon.Add(time.Hour))}, 0},
		"never":           {map[string]string{"userAccountControl": "512", "accountExpires": strconv.FormatInt(math.MaxInt64, 10)}, 0},
		"never, by zero":  {map[string]string{"userAccountControl": "512", "accountExpires": "0"}, 0},
		"locked":          {map[string]string{"userAccountControl": "512", "lockoutTime": filetimeOf(noon.Add(-time.Minute))}, model.Locked},
		"locked long ago": {map[string]string{"userAccountControl": "512", "lockoutTime": filetimeOf(noon.Add(-time.Hour))}, 0},
		"unlocked":        {map[string]string{"userAccountControl": "512", "lockoutTime": "0"}, 0},
		"negative":        {map[string]string{"userAccountControl": "-2147483136"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			attributes := map[string][]string{"objectClass": {"user"}, "objectGUID": {guidBytes(1)}, "objectSid": {sidBytes(1)}, "sAMAccountName": {"a"}}
			for k, v := range c.attributes {
				attributes[k] = []string{v}
			}
			converter := newConverter(noon, map[string]time.Duration{"contoso.test": 30 * time.Minute})
			e, ok := converter.entity(entryOf("CN=a,DC=contoso,DC=test", attributes))
			if !ok || e.Flags != c.want || converter.bad {
				t.Errorf("flags %b (listed %t, odd %t), want %b", e.Flags, ok, converter.bad, c.want)
			}
		})
	}
}

func TestKinds(t *testing.T) {
	classes := func(classes ...string) map[string][]string {
		return map[string][]string{"objectClass": append([]string{"top"}, classes...)}
	}
	for name, c := range map[string]struct {
		attributes map[string][]string
		want       string
	}{
		"user":              {classes("person", "organizationalPerson", "user"), "user"},
		"inetOrgPerson":     {classes("person", "organizationalPerson", "user", "inetOrgPerson"), "user"},
		"computer":          {classes("person", "organizationalPerson", "user", "computer"), "computer"},
		"group managed":     {classes("person", "user", "computer", "msDS-GroupManagedServiceAccount"), "service user"},
		"managed":           {classes("person", "user", "computer", "msDS-ManagedServiceAccount"), "service user"},
		"contact":           {classes("person", "organizationalPerson", "contact"), ""},
		"group":             {classes("group"), ""},
		"container":         {classes("organizationalUnit"), ""},
		"trust":             {map[string][]string{"objectClass": {"user"}, "userAccountControl": {"2080"}}, ""},
		"trust by type":     {map[string][]string{"objectClass": {"user"}, "sAMAccountType": {"805306370"}}, ""},
		"type of a user":    {map[string][]string{"sAMAccountType": {"805306368"}}, "user"},
		"type of a machine": {map[string][]string{"sAMAccountType": {"805306369"}}, "computer"},
		"control, machine":  {map[string][]string{"userAccountControl": {"4096"}}, "computer"},
		"control, user":     {map[string][]string{"userAccountControl": {"512"}}, "user"},
		"nothing":           {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			kind, managed, ok := kindOf(entryOf("CN=a", c.attributes))
			got := ""
			if ok {
				got = kind.String()
			}
			if managed {
				got = "service " + got
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	for name, c := range map[string]struct {
		dn, display, sam, want string
	}{
		"display name": {"CN=a,DC=x", "Anna Berg", "aberg", "Anna Berg"},
		"common name":  {`CN=Berg\, Anna,DC=x`, "", "aberg", "Berg, Anna"},
		"accents":      {`CN=Ren\C3\A9,DC=x`, "", "r", "René"},
		"account":      {"", "", "aberg", "aberg"},
	} {
		t.Run(name, func(t *testing.T) {
			attributes := map[string][]string{"objectClass": {"user"}, "objectGUID": {guidBytes(1)}, "sAMAccountName": {c.sam}}
			if c.display != "" {
				attributes["displayName"] = []string{c.display}
			}
			e, ok := newConverter(noon, nil).entity(entryOf(c.dn, attributes))
			if !ok || string(e.Name) != c.want {
				t.Errorf("%q, want %q", e.Name, c.want)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	for dn, want := range map[string]string{
		"CN=a,DC=contoso,DC=test":                               "contoso.test ",
		"CN=a,CN=Users,DC=Contoso,DC=test":                      "contoso.test Users",
		"cn=a,ou=Sales,ou=Workstations,dc=contoso,dc=test":      "contoso.test Workstations/Sales",
		`CN=Berg\, Anna,OU=A\,B \+ C,OU=\23x,DC=emea,DC=test`:   "emea.test #x/A,B + C",
		`CN=a\\,OU=Back\\slash,DC=test`:                         `test Back\slash`,
		`CN=tail\ ,OU=\ lead,DC=test`:                           "test lead",
		"CN=a+SN=b,OU=x+L=y,DC=test":                            "test x",
		`CN=x\0ADEL:1,CN=Deleted Objects,DC=contoso,DC=test`:    "contoso.test Deleted Objects",
		"CN=a,O=Contoso":                                        "broken",
		"CN=a,OU=\"":                                            "broken",
		"no name at all":                                        "broken",
		`CN=a,OU=` + "\x1b[31m\xe2\x80\xae" + `,DC=te` + "\x07": "te␇ ␛[31m\uFFFD",
	} {
		c := newConverter(noon, nil)
		at := c.place(dn)
		got := at.domain + " " + at.path.String()
		if at.broken {
			got = "broken"
		}
		if got != want {
			t.Errorf("%s lies in %q, want %q", dn, got, want)
		}
	}
	if got := domainDN("emea.contoso.test"); got != "DC=emea,DC=contoso,DC=test" {
		t.Errorf("the DN of a domain is %s", got)
	}
}

func TestTimes(t *testing.T) {
	for value, want := range map[string]string{
		"0": "never", "9223372036854775807": "never", "-1": "never", "1": "never", "2650467743999999999": "9999-12-31",
		"2650467744000000000": "never", "133801632000000000": "2025-01-01", "x": "unreadable", "": "unreadable", "1e5": "unreadable",
	} {
		got, ok := filetime(value)
		if s := shown(got, ok); s != want {
			t.Errorf("FILETIME %q is %s, want %s", value, s, want)
		}
	}
	for value, want := range map[string]string{
		"20260102030405.0Z": "2026-01-02", "20260102030405Z": "2026-01-02", "16010101000000.0Z": "never", "": "never",
		"20261302030405.0Z": "unreadable", "now": "unreadable",
	} {
		got, ok := generalizedTime(value)
		if s := shown(got, ok); s != want {
			t.Errorf("generalized time %q is %s, want %s", value, s, want)
		}
	}
	for value, want := range map[string]time.Duration{
		"-18000000000": 30 * time.Minute, "0": 0, "-9223372036854775808": 0, "5": 0, "-92233720368547759": 0,
	} {
		if got, ok := interval(value); !ok || got != want {
			t.Errorf("interval %s is %v, want %v", value, got, want)
		}
	}
}

func shown(t time.Time, ok bool) string {
	switch {
	case !ok:
		return "unreadable"
	case t.IsZero():
		return "never"
	}
	return t.Format(time.DateOnly)
}

func TestSystems(t *testing.T) {
	for _, c := range [][3]text.Line{
		{"Windows 11 Enterprise", "10.0 (26100)", "Windows 11 24H2"},
		{"Windows 11 Pro", "10.0 (99999)", "Windows 11"},
		{"Windows 10 Enterprise", "10.0 (19045)", "Windows 10 22H2"},
		{"Windows 10 Enterprise LTSC", "10.0 (17763)", "Windows 10 1809 LTSC"},
		{"Windows 10 Enterprise 2016 LTSB", "10.0 (14393)", "Windows 10 1607 LTSB"},
		{"Windows 7 Professional", "6.1 (7601)", "Windows 7"},
		{"Windows 8.1 Pro", "6.3 (9600)", "Windows 8.1"},
		{"Windows Server 2025 Datacenter", "10.0 (26100)", "Windows Server 2025"},
		{"Windows Server 2012 R2 Standard", "6.3 (9600)", "Windows Server 2012 R2"},
		{"Windows Server® 2008 Standard", "6.0 (6002)", "Windows Server 2008"},
		{"Windows Vista™ Business", "6.0 (6002)", "Windows Vista"},
		{"Windows 110 Fancy", "12.0 (1)", "Windows 110 Fancy"},
		{"Samba", "4.17.12-Debian", "Samba"},
		{"Mac OS X", "15.3", "Mac OS X"},
		{"", "", ""},
	} {
		if got := shortSystem(c[0], c[1]); got != c[2] {
			t.Errorf("%q, %q becomes %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestFilterOfBytes(t *testing.T) {
	got := byBytes("objectGUID", []byte("*)(\\\x00a\xff"))
	if want := `(objectGUID=\2a\29\28\5c\00\61\ff)`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, _, err := (search{filter: got}).encode(); err != nil {
		t.Error(err)
	}
}
