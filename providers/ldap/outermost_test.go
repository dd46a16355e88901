package ldap

import (
	"slices"
	"testing"
)

func TestOutermost(t *testing.T) {
	bases := []string{
		"DC=contoso,DC=test", "ou=Sales,dc=Contoso,dc=test", "DC=emea,DC=contoso,DC=test", "OU=Berlin,DC=emea,DC=contoso,DC=test",
		"dc=CONTOSO,dc=test",
	}
	want := []string{"DC=contoso,DC=test", "DC=emea,DC=contoso,DC=test"}
	if got := outermost(bases); !slices.Equal(got, want) {
		t.Errorf("outermost = %q, want %q: a child domain is not part of its parent", got, want)
	}
}
