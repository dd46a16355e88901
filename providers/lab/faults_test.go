package lab_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"adbadge/model"
	"adbadge/providers/lab"
)

// failure asks for the kind of the failure that comes with a fault.
func failure(t *testing.T, what string, err error, want model.FailureKind) {
	t.Helper()
	f, ok := errors.AsType[*model.Failure](err)
	if !ok || f.Kind != want {
		t.Errorf("%s: want a failure of kind %s, got %v", what, want, err)
	}
}

func TestFaultsAsClientsSeeThem(t *testing.T) {
	for fault, c := range map[string]struct {
		source model.Source
		path   string
		want   model.FailureKind
	}{
		"signin-refused":         {model.Endpoint, "/api/machines", model.SignInRefused},
		"no-permission:endpoint": {model.Endpoint, "/api/machines", model.PermissionMissing},
		"no-permission:graph":    {model.Identity, "/v1.0/security/alerts_v2", model.PermissionMissing},
	} {
		l := start(t, lab.Options{Faults: []string{fault}})
		_, err := count(t, api(t, l, c.source), c.path)
		failure(t, fault, err, c.want)
		if err := l.SetFaults(); err != nil {
			t.Fatal(err)
		}
		if _, err := count(t, api(t, l, c.source), c.path); err != nil {
			t.Errorf("%s does not end: %v", fault, err)
		}
	}
	if _, err := lab.Start(t.Context(), lab.Options{Faults: []string{"gremlins"}}); err == nil || !strings.Contains(err.Error(), "ldap-cut") {
		t.Errorf("an unknown fault is accepted: %v", err)
	}
}

func TestOneToggleUnreadable(t *testing.T) {
	l := start(t, lab.Options{Faults: []string{"toggle-unreadable:endpoint"}})
	identity, endpoint := toggles(t, settings(t, l))
	if identity.State != model.ToggleOn || identity.Problem != nil {
		t.Errorf("identity: %+v", identity)
	}
	if endpoint.State != model.ToggleUnknown || endpoint.Problem == nil || endpoint.Problem.Source != model.Settings {
		t.Errorf("endpoint: %+v", endpoint)
	}
}

func TestDirectoryFaults(t *testing.T) {
	l := start(t, lab.Options{})
	set := func(names ...string) {
		t.Helper()
		if err := l.SetFaults(names...); err != nil {
			t.Fatal(err)
		}
	}
	set("ldap-cut")
	if n, err := entities(t, l); err == nil {
		t.Errorf("ldap-cut: all %d entities came", n)
	}
	set("ldap-refused")
	if _, err := dial(l); err == nil {
		t.Error("ldap-refused: the connection is accepted")
	}
	set("ldap-signin-refused")
	if _, err := dial(l); !ldap.IsErrorWithCode(err, ldap.LDAPResultInvalidCredentials) {
		t.Errorf("ldap-signin-refused: %v", err)
	}
	set()
	if _, err := entities(t, l); err != nil {
		t.Errorf("faults do not end: %v", err)
	}
}
