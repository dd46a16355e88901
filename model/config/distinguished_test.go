package config

import (
	"slices"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"
)

func TestPartsOf(t *testing.T) {
	for name, want := range map[string][]string{
		"DC=contoso,DC=test":                {"dc=contoso", "dc=test"},
		" OU = Sales , dc=Contoso":          {"ou=sales", "dc=contoso"},
		`CN=Berg\, Anna,OU=A\2CB,DC=x`:      {"cn=berg, anna", "ou=a,b", "dc=x"},
		`OU=Größe\ ,DC=x`:                   {"ou=größe ", "dc=x"},
		`OU=R\26D,DC=x`:                     {"ou=r&d", "dc=x"},
		"OU=R&D (old)/2=1,DC=x":             {"ou=r&d (old)/2=1", "dc=x"},
		"2.5.4.11=Sales,DC=x":               {"2.5.4.11=sales", "dc=x"},
		"contoso.test":                      nil,
		"":                                  nil,
		"OU=,DC=x":                          nil,
		"OU=a,,DC=x":                        nil,
		"OU=a,DC=x,":                        nil,
		"=a,DC=x":                           nil,
		"O U=a,DC=x":                        nil,
		`OU=a\`:                             nil,
		`OU=a\zz`:                           nil,
		`OU="a",DC=x`:                       nil,
		"OU=a+OU=b,DC=x":                    nil,
		"OU=a;DC=x":                         nil,
		"OU=<GUID=x>,DC=x":                  nil,
		"https://contoso.test/?a=b,DC=test": nil,
	} {
		got, ok := partsOf(name)
		if ok != (want != nil) || !slices.Equal(got, want) {
			t.Errorf("%q gives %q, %t; want %q", name, got, ok, want)
		}
	}
}

// FuzzPartsOf: what passes here, the directory client can take apart as well, into as many parts.
func FuzzPartsOf(f *testing.F) {
	for _, name := range []string{"OU=a,DC=x", `CN=Berg\, Anna\2C,DC=x`, `OU=#04,DC=x`, `OU=a\ ,DC=x`, "OU=\x00,DC=x", "OU=a=b, DC=x "} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		parts, ok := partsOf(name)
		if !ok {
			return
		}
		if parsed, err := goldap.ParseDN(name); err != nil || len(parsed.RDNs) != len(parts) {
			t.Errorf("%q has the parts %q, but for the client %v (%v)", name, parts, parsed, err)
		}
	})
}
