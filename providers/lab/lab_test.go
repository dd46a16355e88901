package lab_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/entra"
	"adbadge/providers/lab"
)

func start(t testing.TB, o lab.Options) *lab.Lab {
	t.Helper()
	l, err := lab.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// signIn signs in the way the program does.
func signIn(t testing.TB, l *lab.Lab) *entra.SignIn {
	t.Helper()
	c := l.Config()
	authority, err := c.Authority()
	if err != nil {
		t.Fatal(err)
	}
	s, err := entra.New(entra.Options{Config: c.SignIn, Authority: authority, TenantID: c.Tenant.ID, Secret: l.Secret(), Roots: l.Roots()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func api(t testing.TB, l *lab.Lab, source model.Source) *entra.API {
	t.Helper()
	c := l.Config()
	url, scope, err := c.GraphAPI()
	if source == model.Endpoint {
		url, scope, err = c.EndpointAPI()
	}
	if err != nil {
		t.Fatal(err)
	}
	a, err := signIn(t, l).API(entra.APIOptions{Source: source, Name: source.String(), BaseURL: url, Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func settings(t testing.TB, l *lab.Lab) *lab.Settings {
	t.Helper()
	s, err := l.Settings(signIn(t, l))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func toggles(t testing.TB, s *lab.Settings) (identity, endpoint model.Toggle) {
	t.Helper()
	list, err := s.Toggles(t.Context())
	if err != nil || len(list) != 2 || list[0].Side != model.IdentitySide || list[1].Side != model.EndpointSide {
		t.Fatalf("%v %v", list, err)
	}
	return list[0], list[1]
}

// count gives the number of records that a list has, through the program's own client.
func count(t testing.TB, a *entra.API, path string) (int, error) {
	t.Helper()
	n := 0
	_, err := a.Pages(t.Context(), path, url.Values{}, func(items []json.RawMessage) error { n += len(items); return nil })
	return n, err
}

func TestOrdinaryClientsSeeTheWholeLab(t *testing.T) {
	l := start(t, lab.Options{})
	if n, err := count(t, api(t, l, model.Endpoint), "/api/machines"); err != nil || n != l.World().Machines() {
		t.Errorf("%d machines, want %d: %v", n, l.World().Machines(), err)
	}
	if n, err := count(t, api(t, l, model.Identity), "/v1.0/security/alerts_v2"); err != nil || n == 0 {
		t.Errorf("%d alerts: %v", n, err)
	}
	if n, err := entities(t, l); err != nil || n != l.World().Users()+l.World().Computers() {
		t.Errorf("%d entities, want %d: %v", n, l.World().Users()+l.World().Computers(), err)
	}
}

// dial signs in to the directory as the configuration says.
func dial(l *lab.Lab) (*ldap.Conn, error) {
	c := l.Config().Directories[0]
	connection, err := ldap.DialURL(c.Servers[0], ldap.DialWithTLSConfig(&tls.Config{RootCAs: l.Roots(), ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}))
	if err != nil {
		return nil, err
	}
	if err := connection.Bind(c.User, l.DirectoryPassword()); err != nil {
		return nil, errors.Join(err, connection.Close())
	}
	return connection, nil
}

// entities counts the users and computers below the base names of the configuration, each object once.
func entities(t testing.TB, l *lab.Lab) (int, error) {
	t.Helper()
	connection, err := dial(l)
	if err != nil {
		return 0, err
	}
	defer connection.Close()
	const filter = "(|(&(objectCategory=person)(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2048)))(&(objectCategory=computer)(!(objectClass=msDS-GroupManagedServiceAccount))))"
	seen := map[string]bool{}
	for _, base := range l.Config().Directories[0].BaseDNs {
		request := ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, filter, []string{"objectGUID"}, nil)
		result, err := connection.SearchWithPaging(request, 500)
		if err != nil {
			return len(seen), err
		}
		for _, e := range result.Entries {
			seen[string(e.GetRawAttributeValue("objectGUID"))] = true
		}
	}
	return len(seen), nil
}

func TestTogglesAreSharedBetweenLabs(t *testing.T) {
	folder := t.TempDir()
	one, two := start(t, lab.Options{StateDir: folder}), start(t, lab.Options{StateDir: folder})
	first, second := settings(t, one), settings(t, two)
	if identity, endpoint := toggles(t, second); identity.State != model.ToggleOn || endpoint.State != model.ToggleOn || identity.Owner != model.OwnerLab || identity.By != "" {
		t.Fatalf("at first: %+v %+v", identity, endpoint)
	}
	if err := first.SetToggle(t.Context(), model.Toggle{Side: model.EndpointSide, Owner: model.OwnerLab}, false, "anna@soc"); err != nil {
		t.Fatal(err)
	}
	identity, endpoint := toggles(t, second)
	if identity.State != model.ToggleOn || endpoint.State != model.ToggleOff || endpoint.By != "anna@soc" || endpoint.Changed.IsZero() {
		t.Errorf("the other lab sees %+v %+v", identity, endpoint)
	}
	three := start(t, lab.Options{StateDir: folder, Still: true})
	if _, endpoint := toggles(t, settings(t, three)); endpoint.State != model.ToggleOff {
		t.Errorf("a later run sees %+v", endpoint)
	}
	if err := lab.Reset(folder); err != nil {
		t.Fatal(err)
	}
	if _, endpoint := toggles(t, first); endpoint.State != model.ToggleOn {
		t.Errorf("after the reset: %+v", endpoint)
	}
}

func TestTogglesAtTheSameTime(t *testing.T) {
	folder := t.TempDir()
	labs := []*lab.Settings{settings(t, start(t, lab.Options{StateDir: folder})), settings(t, start(t, lab.Options{StateDir: folder}))}
	var writing sync.WaitGroup
	for i, s := range labs {
		side := model.Side(i)
		writing.Go(func() {
			for n := range 8 {
				if err := s.SetToggle(t.Context(), model.Toggle{Side: side, Owner: model.OwnerLab}, n%2 == 0, side.String()); err != nil {
					t.Error(err)
				}
				if _, err := s.Toggles(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	identity, endpoint := toggles(t, labs[0])
	if identity.By != "identity" || endpoint.By != "endpoint" || identity.State != model.ToggleOff || endpoint.State != model.ToggleOff {
		t.Errorf("a change is lost: %+v %+v", identity, endpoint)
	}
}

func TestResolvedAlertsAreRemembered(t *testing.T) {
	folder := t.TempDir()
	type alert struct{ ID, Status string }
	read := func(l *lab.Lab, filter string) []alert {
		var all []alert
		_, err := api(t, l, model.Identity).Pages(t.Context(), "/v1.0/security/alerts_v2", url.Values{"$filter": {filter}}, func(items []json.RawMessage) error {
			for _, raw := range items {
				var a alert
				if err := json.Unmarshal(raw, &a); err != nil {
					return err
				}
				all = append(all, a)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	one := start(t, lab.Options{StateDir: folder})
	open := read(one, "status eq 'new'")
	if len(open) == 0 {
		t.Fatal("no new alerts")
	}
	id := open[len(open)-1].ID
	if err := api(t, one, model.Identity).Patch(t.Context(), "/v1.0/security/alerts_v2/"+id, map[string]string{"status": "resolved"}, nil); err != nil {
		t.Fatal(err)
	}
	two := start(t, lab.Options{StateDir: folder})
	for _, a := range read(two, "status ne 'resolved'") {
		if a.ID == id {
			t.Errorf("%s is %s again in the next run", id, a.Status)
		}
	}
	found := false
	for _, a := range read(two, "status eq 'resolved'") {
		found = found || a.ID == id
	}
	if !found {
		t.Errorf("%s is gone in the next run", id)
	}
}

func TestStillLabStandsStill(t *testing.T) {
	base := time.Date(2026, 3, 3, 14, 2, 0, 0, time.UTC)
	now := base
	l := start(t, lab.Options{Still: true, Now: func() time.Time { return now }})
	a := api(t, l, model.Identity)
	before, err := count(t, a, "/v1.0/security/alerts_v2")
	now = base.Add(time.Hour)
	after, err2 := count(t, a, "/v1.0/security/alerts_v2")
	if err != nil || err2 != nil || before != after || !l.Now().Equal(base) {
		t.Errorf("%d alerts, then %d, at %v: %v %v", before, after, l.Now(), err, err2)
	}
}

func TestLivingLabLives(t *testing.T) {
	var clock sync.Mutex
	now := time.Date(2026, 3, 3, 14, 2, 0, 0, time.UTC)
	l := start(t, lab.Options{Now: func() time.Time { clock.Lock(); defer clock.Unlock(); return now }})
	a := api(t, l, model.Identity)
	before, err := count(t, a, "/v1.0/security/alerts_v2")
	clock.Lock()
	now = now.Add(30 * time.Minute)
	clock.Unlock()
	after, err2 := count(t, a, "/v1.0/security/alerts_v2")
	if err != nil || err2 != nil || after <= before {
		t.Errorf("%d alerts, half an hour later %d: %v %v", before, after, err, err2)
	}
}

func TestConfigurationIsOrdinary(t *testing.T) {
	l := start(t, lab.Options{})
	c := l.Config()
	if c.Directories[0].Source != config.SourceLDAP || !strings.HasPrefix(c.Directories[0].Servers[0], "ldaps://127.0.0.1:") || c.SignIn.Method != config.MethodClientSecret {
		t.Errorf("%+v", c)
	}
	for _, address := range []string{c.SignIn.Authority, c.Endpoint.URL, c.Graph.URL, c.Portal.URL} {
		if !strings.HasPrefix(address, "https://127.0.0.1:") {
			t.Errorf("%s is not on loopback", address)
		}
	}
}

func TestDescribe(t *testing.T) {
	l, err := lab.Start(t.Context(), lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	connections, err := l.Describe()
	if err != nil || len(connections) != 5 {
		t.Fatalf("%v %v", connections, err)
	}
	file, err := l.CAFile()
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	for _, c := range connections {
		if c.Name == "" || c.Address == "" || !strings.Contains(c.Try, file) {
			t.Errorf("%+v", c)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the temporary file is left: %v", err)
	}
}

func TestAddressInUse(t *testing.T) {
	l := start(t, lab.Options{})
	taken := strings.TrimPrefix(l.Config().Portal.URL, "https://")
	if second, err := lab.Start(context.Background(), lab.Options{Listen: lab.Addresses{Directory: taken}}); err == nil {
		t.Error("two servers at one address", second.Close())
	} else if !strings.Contains(err.Error(), "directory server") {
		t.Errorf("%v", err)
	}
}
