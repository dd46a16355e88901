package ldap

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"adbadge/model"
)

// modify changes the real AD as its administrator, with the tool of OpenLDAP: adbadge itself cannot.
func modify(t *testing.T, ldif string) {
	t.Helper()
	if _, err := exec.LookPath("ldapmodify"); err != nil {
		t.Skip("ldapmodify is not installed")
	}
	cmd := exec.Command("ldapmodify", "-H", os.Getenv("AD_LAB_LDAPS_URL"), "-D", os.Getenv("AD_LAB_ADMIN_UPN"), "-w", os.Getenv("AD_LAB_PASSWORD"))
	cmd.Env = append(os.Environ(), "LDAPTLS_CACERT="+os.Getenv("AD_LAB_CA_FILE"))
	cmd.Stdin = strings.NewReader(ldif)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// tracked follows a directory from its position on.
type tracked struct {
	*Directory
	at model.Position
}

func track(t *testing.T, o Options) *tracked {
	t.Helper()
	d := open(t, o)
	at, err := d.Position(t.Context(), "")
	if err != nil || at == "" {
		t.Fatalf("no position: %v", err)
	}
	return &tracked{d, at}
}

// changes gives what has changed since the last call, by account name, and what was deleted.
func (d *tracked) changes(t *testing.T) (changed map[string]model.Entity, deleted []model.GUID) {
	t.Helper()
	changed = map[string]model.Entity{}
	next, err := d.Changes(t.Context(), d.at, func(entities []model.Entity, ids []model.GUID) error {
		for _, e := range entities {
			changed[string(e.SAM)] = e
		}
		deleted = append(deleted, ids...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.at = next
	return changed, deleted
}

func (d *tracked) has(t *testing.T, id model.GUID) (found bool) {
	t.Helper()
	err := d.Present(t.Context(), func(ids []model.GUID) error {
		found = found || slices.Contains(ids, id)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestRealChanges(t *testing.T) {
	o := realAD(t)
	plain := track(t, o)
	o.Config.User = os.Getenv("AD_LAB_DIRSYNC_UPN")
	privileged := track(t, o)
	base := os.Getenv("AD_LAB_BASE_DN")
	name := fmt.Sprintf("track-%d", os.Getpid())
	top := "OU=" + name + ",OU=Contoso," + base
	modify(t, "dn: "+top+"\nchangetype: add\nobjectClass: organizationalUnit\n\n"+
		"dn: CN="+name+",OU=Users,OU=Contoso,"+base+"\nchangetype: add\nobjectClass: user\nsAMAccountName: "+name+"\nuserAccountControl: 514\n")
	t.Cleanup(func() {
		modify(t, "dn: OU="+name+"2,OU=Contoso,"+base+"\nchangetype: delete\n")
	})
	changed, _ := plain.changes(t)
	user, ok := changed[name]
	if !ok || user.Kind != model.User || !user.Has(model.Disabled) {
		t.Fatalf("the new user is %+v", user)
	}
	steps := []struct {
		what, ldif string
		ok         func(model.Entity) bool
	}{
		{"a rename", "dn: CN=" + name + ",OU=Users,OU=Contoso," + base + "\nchangetype: modrdn\nnewrdn: CN=" + name + "b\ndeleteoldrdn: 1\n",
			func(e model.Entity) bool { return strings.HasPrefix(string(e.DN), "CN="+name+"b,") }},
		{"a move", "dn: CN=" + name + "b,OU=Users,OU=Contoso," + base + "\nchangetype: modrdn\nnewrdn: CN=" + name + "b\ndeleteoldrdn: 1\nnewsuperior: " + top + "\n",
			func(e model.Entity) bool { return string(e.OU) == "Contoso/"+name }},
		{"a department", "dn: CN=" + name + "b," + top + "\nchangetype: modify\nreplace: department\ndepartment: Abroad\n",
			func(e model.Entity) bool { return e.Department == "Abroad" }},
		{"a container's rename", "dn: " + top + "\nchangetype: modrdn\nnewrdn: OU=" + name + "2\ndeleteoldrdn: 1\n",
			func(e model.Entity) bool { return string(e.OU) == "Contoso/"+name+"2" }},
	}
	for _, step := range steps {
		modify(t, step.ldif)
		changed, _ := plain.changes(t)
		if e := changed[name]; e.ID != user.ID || !step.ok(e) {
			t.Errorf("%s is not seen: %+v", step.what, changed)
		}
	}
	if !plain.has(t, user.ID) {
		t.Error("a sweep does not find the user")
	}
	modify(t, "dn: CN="+name+"b,OU="+name+"2,OU=Contoso,"+base+"\nchangetype: delete\n")
	if changed, deleted := privileged.changes(t); !slices.Contains(deleted, user.ID) {
		t.Errorf("an account that may see deletions is shown %v deleted and %v changed", deleted, changed)
	}
	if _, deleted := plain.changes(t); len(deleted) > 0 {
		t.Errorf("a plain account is shown deletions: %v", deleted)
	}
	if plain.has(t, user.ID) {
		t.Error("a sweep still finds the deleted user")
	}
}
