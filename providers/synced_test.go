package providers

import (
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/lab"
)

// syncedLab is a lab whose directory is read from Entra ID.
func syncedLab(t *testing.T, faults ...string) (*Tenant, *lab.Lab) {
	t.Helper()
	running, err := startLab(t.Context(), lab.Options{Still: true, Now: func() time.Time { return noon }, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	c := running.Config()
	c.Directories = []config.Directory{{Source: config.SourceGraph}}
	opened, err := connect(c, OpenOptions{Version: "test", Now: running.Now},
		secrets{directories: make([]directorySecrets, 1), signIn: running.Secret(), cloudRoots: running.Roots()})
	if err != nil {
		t.Fatal(err)
	}
	portals, err := running.Settings(opened.SignIn.signIn)
	if err != nil {
		t.Fatal(err)
	}
	opened.Settings = []Settings{portals}
	t.Cleanup(func() { _ = opened.Close() })
	return opened, running
}

// TestDirectoryFromTheCloud: what is synced has the badge that it has when a domain controller is read.
func TestDirectoryFromTheCloud(t *testing.T) {
	whole, _ := stillLab(t)
	want := once(t, whole).View
	tenant, running := syncedLab(t)
	d := once(t, tenant)
	users, computers := 0, 0
	for row := range d.View.Len() {
		e := d.View.Entity(row)
		at, ok := want.Find(e.ID)
		if !ok {
			t.Errorf("%s (%s) is not in the directory", e.Name, e.ID)
			continue
		}
		truth := want.Entity(at)
		if e.Kind != truth.Kind || e.SID != truth.SID || e.SAM != truth.SAM || e.Domain != truth.Domain || e.Has(model.Disabled) != truth.Has(model.Disabled) {
			t.Errorf("got %+v, want %+v", e, truth)
		}
		if got, want := d.View.Badge(row), want.Badge(at); got.Text() != want.Text() {
			t.Errorf("%s is %s (%s), want %s (%s)", e.Name, got.Text(), got.Reason, want.Text(), want.Reason)
		}
		if e.Kind == model.User {
			users++
			if e.DN != truth.DN || e.OU != truth.OU || e.UPN != truth.UPN || e.Department != truth.Department || e.Mail != truth.Mail {
				t.Errorf("got %+v, want %+v", e, truth)
			}
		} else {
			computers++
		}
	}
	synced := 0
	for i := range running.World().Users() {
		if running.World().User(i).Synced {
			synced++
		}
	}
	if users != synced || computers == 0 {
		t.Errorf("%d users and %d computers, want %d users", users, computers, synced)
	}
	s := d.Source(model.Directory)
	if s.State != model.SourceOK || !strings.Contains(gapCodes(s.Gaps), model.CodeCloudDirectory) {
		t.Errorf("the directory is %s with %s", s.State, gapCodes(s.Gaps))
	}
}

func TestDetailFromTheCloud(t *testing.T) {
	whole, _ := stillLab(t)
	tenant, _ := syncedLab(t)
	d := once(t, tenant)
	kinds := map[model.Kind]int{}
	for row := range d.View.Len() {
		e := d.View.Entity(row)
		if kinds[e.Kind]++; kinds[e.Kind] > 10 {
			continue
		}
		got, err := tenant.Detail(t.Context(), e)
		if err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		want, err := whole.Detail(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == model.User && (got.Manager != want.Manager || got.Phone != want.Phone) {
			t.Errorf("%s: %+v, want %+v", e.Name, got, want)
		}
		for _, group := range got.Groups {
			if !strings.Contains(joined(want.Groups), string(group)) {
				t.Errorf("%s is in %s in the cloud only", e.Name, group)
			}
		}
		if len(got.Groups) < len(want.Groups)-1 { // Entra ID knows no primary group
			t.Errorf("%s is in %d groups, want %d", e.Name, len(got.Groups), len(want.Groups))
		}
	}
}

func joined[T ~string](list []T) string {
	var b strings.Builder
	for _, item := range list {
		b.WriteString(string(item) + "\n")
	}
	return b.String()
}
