package ldap

import (
	"errors"
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

// ways are those of asking for changes: DirSync for a plain account and for one that may replicate, and the numbers.
var ways = []string{"DirSync", "replication", "numbers"}

func follow(t *testing.T, o Options, way string) *tracked {
	t.Helper()
	if way == "replication" {
		o.Config.User = os.Getenv("AD_LAB_DIRSYNC_UPN")
	}
	d := open(t, o)
	if way == "numbers" {
		d.syncFailures.Store(syncAttempts)
	}
	if _, err := d.Entities(t.Context(), func([]model.Entity) error { return nil }); err != nil { // for who is privileged
		t.Fatal(err)
	}
	at, err := d.Position(t.Context(), "")
	if err != nil || at == "" {
		t.Fatalf("no position: %v", err)
	}
	if synced := strings.Contains(string(at), "cookie"); synced == (way == "numbers") {
		t.Errorf("followed by DirSync: %t", synced)
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
	for _, way := range ways {
		t.Run(way, func(t *testing.T) { realChanges(t, way) })
	}
}

func realChanges(t *testing.T, way string) {
	o := realAD(t)
	d := follow(t, o, way)
	base := os.Getenv("AD_LAB_BASE_DN")
	name := fmt.Sprintf("%s-%d", strings.ToLower(way[:3]), os.Getpid())
	top := "OU=" + name + ",OU=Contoso," + base
	modify(t, "dn: "+top+"\nchangetype: add\nobjectClass: organizationalUnit\n\n"+
		"dn: CN="+name+",OU=Users,OU=Contoso,"+base+"\nchangetype: add\nobjectClass: user\nsAMAccountName: "+name+"\nuserAccountControl: 514\n")
	t.Cleanup(func() {
		modify(t, "dn: OU="+name+"2,OU=Contoso,"+base+"\nchangetype: delete\n")
	})
	changed, _ := d.changes(t)
	user, ok := changed[name]
	if !ok || user.Kind != model.User || !user.Has(model.Disabled) {
		t.Fatalf("the new user is %+v", user)
	}
	admins := "CN=Domain Admins,CN=Users," + base
	member := "CN=" + name + "b,OU=" + name + "2,OU=Contoso," + base
	for _, step := range []struct {
		what, ldif string
		ok         func(model.Entity) bool
	}{
		{"a rename", "dn: CN=" + name + ",OU=Users,OU=Contoso," + base + "\nchangetype: modrdn\nnewrdn: CN=" + name + "b\ndeleteoldrdn: 1\n",
			func(e model.Entity) bool { return strings.HasPrefix(string(e.DN), "CN="+name+"b,") }},
		{"a move", "dn: CN=" + name + "b,OU=Users,OU=Contoso," + base + "\nchangetype: modrdn\nnewrdn: CN=" + name + "b\ndeleteoldrdn: 1\nnewsuperior: " + top + "\n",
			func(e model.Entity) bool { return string(e.OU) == "Contoso/"+name }},
		{"a department", "dn: CN=" + name + "b," + top + "\nchangetype: modify\nreplace: department\ndepartment: Abroad\n",
			func(e model.Entity) bool { return e.Department == "Abroad" }},
		{"no department", "dn: CN=" + name + "b," + top + "\nchangetype: modify\ndelete: department\n",
			func(e model.Entity) bool { return e.Department == "" }},
		{"a container's rename", "dn: " + top + "\nchangetype: modrdn\nnewrdn: OU=" + name + "2\ndeleteoldrdn: 1\n",
			func(e model.Entity) bool { return string(e.OU) == "Contoso/"+name+"2" }},
		{"a protected group", "dn: " + admins + "\nchangetype: modify\nadd: member\nmember: " + member + "\n",
			func(e model.Entity) bool { return e.Has(model.Sensitive) }},
		{"no protected group", "dn: " + admins + "\nchangetype: modify\ndelete: member\nmember: " + member + "\n",
			func(e model.Entity) bool { return !e.Has(model.Sensitive) }},
	} {
		modify(t, step.ldif)
		changed, _ := d.changes(t)
		if e := changed[name]; e.ID != user.ID || !step.ok(e) {
			t.Errorf("%s is not seen: %+v", step.what, changed)
		}
	}
	if !d.has(t, user.ID) {
		t.Error("a sweep does not find the user")
	}
	modify(t, "dn: CN="+name+"b,OU="+name+"2,OU=Contoso,"+base+"\nchangetype: delete\n")
	if _, deleted := d.changes(t); slices.Contains(deleted, user.ID) != (way == "replication") || way != "replication" && len(deleted) > 0 {
		t.Errorf("deletions of %v are seen", deleted)
	}
	if d.has(t, user.ID) {
		t.Error("a sweep still finds the deleted user")
	}
}

// TestRealChangesWithinABase: DirSync is asked at the head of the domain; only what lies below the base counts.
func TestRealChangesWithinABase(t *testing.T) {
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			o := realAD(t)
			base := os.Getenv("AD_LAB_BASE_DN")
			o.Config.BaseDNs = []string{"OU=Sales,OU=Users,OU=Contoso," + base}
			d := follow(t, o, way)
			name := fmt.Sprintf("base-%s-%d", strings.ToLower(way[:3]), os.Getpid())
			inside, outside := "CN="+name+","+o.Config.BaseDNs[0], "CN="+name+",OU=Finance,OU=Users,OU=Contoso,"+base
			modify(t, "dn: "+outside+"\nchangetype: add\nobjectClass: user\nsAMAccountName: "+name+"\n")
			if changed, _ := d.changes(t); len(changed) != 0 {
				t.Errorf("outside of the base %v changed", changed)
			}
			modify(t, "dn: "+outside+"\nchangetype: modrdn\nnewrdn: CN="+name+"\ndeleteoldrdn: 1\nnewsuperior: "+o.Config.BaseDNs[0]+"\n")
			changed, _ := d.changes(t)
			user := changed[name]
			if len(changed) != 1 || user.SID == "" || !d.has(t, user.ID) {
				t.Errorf("%v came into the base", changed)
			}
			modify(t, "dn: "+inside+"\nchangetype: modrdn\nnewrdn: CN="+name+"\ndeleteoldrdn: 1\nnewsuperior: OU=Finance,OU=Users,OU=Contoso,"+base+"\n")
			if changed, _ := d.changes(t); len(changed) != 0 || d.has(t, user.ID) {
				t.Errorf("after the user has left the base, %v changed, and a sweep finds the user: %t", changed, d.has(t, user.ID))
			}
			modify(t, "dn: "+outside+"\nchangetype: delete\n")
		})
	}
}

// TestRealExcludedUnits: a unit that gets the name of one that is left out vanishes with what lies in it, and comes back
// with another name.
func TestRealExcludedUnits(t *testing.T) {
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			o := realAD(t)
			base := "OU=Contoso," + os.Getenv("AD_LAB_BASE_DN")
			name := fmt.Sprintf("left-%s-%d", strings.ToLower(way[:3]), os.Getpid())
			o.Config.ExcludeOUs = []string{"OU=" + name + "," + base, "OU=Sales,OU=Users," + base}
			d := follow(t, o, way)
			entities, _ := readAll(t, d)
			for _, e := range entities {
				if strings.Contains(string(e.DN), "OU=Sales,") {
					t.Fatalf("%s is not left out", e.DN)
				}
			}
			modify(t, "dn: OU="+name+","+base+"\nchangetype: add\nobjectClass: organizationalUnit\n\n"+
				"dn: CN="+name+",OU="+name+","+base+"\nchangetype: add\nobjectClass: user\nsAMAccountName: "+name+"\n")
			if changed, _ := d.changes(t); changed[name].SID != "" {
				t.Error("a new user in the unit is seen")
			}
			modify(t, "dn: OU="+name+","+base+"\nchangetype: modrdn\nnewrdn: OU="+name+"b\ndeleteoldrdn: 1\n")
			changed, _ := d.changes(t)
			user := changed[name]
			if user.SID == "" || !d.has(t, user.ID) {
				t.Errorf("after the unit got another name, %v changed", changed)
			}
			modify(t, "dn: OU="+name+"b,"+base+"\nchangetype: modrdn\nnewrdn: OU="+name+"\ndeleteoldrdn: 1\n")
			if changed, _ := d.changes(t); changed[name].SID != "" || d.has(t, user.ID) {
				t.Errorf("after the unit got its name back, %v changed", changed)
			}
			modify(t, "dn: CN="+name+",OU="+name+","+base+"\nchangetype: delete\n\ndn: OU="+name+","+base+"\nchangetype: delete\n")
		})
	}
}

// TestRealRestore: a domain controller dies, and comes back as another database. Nobody can tell what has changed, until
// everything has been read once.
func TestRealRestore(t *testing.T) {
	script := os.Getenv("AD_LAB_SCRIPT")
	if script == "" {
		t.Skip("the domain controller cannot be restored: AD_LAB_SCRIPT is not set")
	}
	var followers []*tracked
	for _, way := range ways {
		followers = append(followers, follow(t, realAD(t), way))
	}
	if out, err := exec.Command(script, "restore").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for i, d := range followers {
		none := func([]model.Entity, []model.GUID) error { return nil }
		if _, err := d.Changes(t.Context(), d.at, none); !errors.Is(err, model.ErrPositionLost) {
			t.Errorf("%s: got %v", ways[i], err)
		}
		var err error
		if d.at, err = d.Position(t.Context(), d.at); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("restore-%d-%d", i, os.Getpid())
		dn := "CN=" + name + ",OU=Users,OU=Contoso," + os.Getenv("AD_LAB_BASE_DN")
		modify(t, "dn: "+dn+"\nchangetype: add\nobjectClass: user\nsAMAccountName: "+name+"\n")
		if changed, _ := d.changes(t); changed[name].SID == "" {
			t.Errorf("%s: after the restore %v changed", ways[i], changed)
		}
		modify(t, "dn: "+dn+"\nchangetype: delete\n")
	}
}

// TestRealCookies: what is no cookie is refused, everything is read, and the next cookie is good.
func TestRealCookies(t *testing.T) {
	o := realAD(t)
	d := follow(t, o, "DirSync")
	good, err := decodePosition(d.at)
	if err != nil {
		t.Fatal(err)
	}
	none := func([]model.Entity, []model.GUID) error { return nil }
	for _, cookie := range [][]byte{{}, []byte("x"), []byte("MSDS"), good.Domains["contoso.test"].Cookie[:40], make([]byte, 100_000)} {
		d.syncFailures.Store(0)
		bad := good.at(position{}, server{}, map[string]syncState{"contoso.test": {syncObjectSecurity, cookie}})
		bad.Numbers = map[string]int64{}
		for invocation := range good.Numbers {
			bad.Numbers[invocation] = 1
		}
		encoded, err := bad.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Changes(t.Context(), encoded, none); len(cookie) > 0 && !errors.Is(err, model.ErrPositionLost) {
			t.Errorf("the cookie %.20q gives %v", cookie, err)
		}
		if d.at, err = d.Position(t.Context(), encoded); err != nil {
			t.Fatal(err)
		}
		d.changes(t)
		if !strings.Contains(string(d.at), "cookie") {
			t.Errorf("after the cookie %.20q, DirSync is given up", cookie)
		}
	}
}
