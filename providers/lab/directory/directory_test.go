package directory_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"adbadge/model"
	"adbadge/providers/lab/world"
)

// resultOf checks the code of a refusal and gives its text.
func resultOf(t *testing.T, err error, code uint16) string {
	t.Helper()
	var refused *ldap.Error
	if !errors.As(err, &refused) || refused.ResultCode != code {
		t.Fatalf("got %v, want result code %d", err, code)
	}
	return refused.Err.Error()
}

func TestBind(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	user := func(code string) world.User {
		for _, c := range s.world.Cases() {
			if c.Kind == "user" && c.Code == code {
				return s.world.User(c.Index)
			}
		}
		t.Fatalf("no user case %q", code)
		return world.User{}
	}
	service := s.world.User(21)
	upn := func(u world.User) string { return u.UPN }
	for _, test := range []struct{ what, name, password, data string }{
		{"user principal name", service.UPN, password, ""},
		{"user principal name in capitals", strings.ToUpper(service.UPN), password, ""},
		{"distinguished name", service.DN(), password, ""},
		{"distinguished name with blanks", strings.ReplaceAll(service.DN(), ",", ", "), password, ""},
		{"down-level name", `CONTOSO\svc-sql`, password, ""},
		{"name of an account of the child domain", `EMEA\Administrator`, password, ""},
		{"wrong password", service.UPN, "no", "52e"},
		{"unknown account", "nobody@contoso.test", password, "52e"},
		{"bare account name", "svc-sql", password, "52e"},
		{"filter characters", `*)(sAMAccountName=*`, password, "52e"},
		{"other domain", `EMEA\svc-sql`, password, "52e"},
		{"disabled", upn(user("leaver")), password, "533"},
		{"disabled and wrong password", upn(user("leaver")), "no", "52e"},
		{"expired", upn(user("expired")), password, "701"},
		{"must change", upn(user("must-change")), password, "773"},
		{"locked", upn(user("locked")), password, "775"},
	} {
		t.Run(test.what, func(t *testing.T) {
			err := s.dial(t).Bind(test.name, test.password)
			if test.data == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			text := resultOf(t, err, ldap.LDAPResultInvalidCredentials)
			want := "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data " + test.data + ", v4563"
			if text != want {
				t.Errorf("got %q, want %q", text, want)
			}
		})
	}
}

func TestAnonymousReadsOnlyTheRoot(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.dial(t)
	answer, err := c.Search(query("", ldap.ScopeBaseObject, "(objectClass=*)"))
	if err != nil {
		t.Fatal(err)
	}
	root := answer.Entries[0]
	for name, want := range map[string]string{
		"defaultNamingContext": contosoDN, "configurationNamingContext": "CN=Configuration," + contosoDN,
		"rootDomainNamingContext": contosoDN, "dnsHostName": "dc01.contoso.test", "supportedLDAPVersion": "3",
	} {
		if got := root.GetAttributeValue(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if contexts := root.GetAttributeValues("namingContexts"); !slices.Contains(contexts, emeaDN) {
		t.Errorf("naming contexts %q lack the child domain", contexts)
	}
	if !slices.Contains(root.GetAttributeValues("supportedControl"), ldap.ControlTypePaging) {
		t.Error("paging is not among the supported controls")
	}
	_, err = c.Search(query(contosoDN, ldap.ScopeWholeSubtree, "(objectClass=user)"))
	if text := resultOf(t, err, ldap.LDAPResultOperationsError); !strings.Contains(text, "a successful bind must be completed") {
		t.Errorf("text %q", text)
	}
}

func TestStartTLS(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c, err := ldap.DialURL("ldap://" + s.plain)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	resultOf(t, c.Bind(`CONTOSO\svc-sql`, password), ldap.LDAPResultStrongAuthRequired)
	if err := c.StartTLS(&tls.Config{RootCAs: s.roots, ServerName: "127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Bind(`CONTOSO\svc-sql`, password); err != nil {
		t.Fatal(err)
	}
	who, err := c.WhoAmI(nil)
	if err != nil || who.AuthzID != `u:CONTOSO\svc-sql` {
		t.Errorf("signed in as %+v, %v", who, err)
	}
	if _, err := c.Search(query(contosoDN, ldap.ScopeBaseObject, "(objectClass=*)")); err != nil {
		t.Error(err)
	}
}

func TestEntriesMatchTheWorld(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	found := make(map[string]*ldap.Entry)
	for _, base := range []string{contosoDN, emeaDN} {
		answer, err := c.SearchWithPaging(query(base, ldap.ScopeWholeSubtree, "(objectClass=user)"), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range answer.Entries {
			found[e.DN] = e
		}
	}
	for i := range s.world.Users() {
		u := s.world.User(i)
		e := found[u.DN()]
		if e == nil {
			t.Fatalf("user %d, %s, is not there", i, u.DN())
		}
		sid, err := model.SIDFromBytes(e.GetRawAttributeValue("objectSid"))
		if err != nil || sid != u.SID || !bytes.Equal(e.GetRawAttributeValue("objectGUID"), u.GUID[:]) {
			t.Errorf("%s: SID %s, %v; want %s", u.SAM, sid, err, u.SID)
		}
		for name, want := range map[string]string{
			"sAMAccountName": u.SAM, "displayName": u.DisplayName, "userPrincipalName": u.UPN, "description": u.Description,
			"department": u.Department, "title": u.Title, "sAMAccountType": "805306368", "distinguishedName": u.DN(), "cn": u.CN,
			"userAccountControl": fmt.Sprint(u.Control),
		} {
			if got := e.GetAttributeValue(name); got != want {
				t.Errorf("%s: %s is %q, want %q", u.SAM, name, got, want)
			}
		}
		if len(e.GetAttributeValues("memberOf")) != len(s.world.UserGroups(i)) {
			t.Errorf("%s: memberOf %q", u.SAM, e.GetAttributeValues("memberOf"))
		}
		if (e.GetAttributeValue("adminCount") == "1") != u.AdminCount {
			t.Errorf("%s: adminCount %q", u.SAM, e.GetAttributeValue("adminCount"))
		}
	}
	for j := range s.world.Computers() {
		want := s.world.Computer(j)
		e := found[want.DN()]
		if e == nil {
			t.Fatalf("computer %d, %s, is not there", j, want.DN())
		}
		if got := e.GetAttributeValue("dNSHostName"); got != want.DNSName {
			t.Errorf("%s: dNSHostName %q", want.Name, got)
		}
		if got := e.GetAttributeValue("operatingSystem"); got != want.OS {
			t.Errorf("%s: operatingSystem %q", want.Name, got)
		}
		if (e.GetAttributeValue("lastLogonTimestamp") == "") != want.LastLogon.IsZero() {
			t.Errorf("%s: lastLogonTimestamp %q", want.Name, e.GetAttributeValue("lastLogonTimestamp"))
		}
	}
	// Managed service accounts and trust accounts are of class user too.
	if extra := len(found) - s.world.Users() - s.world.Computers(); extra != 5 {
		t.Errorf("%d entries more than users and computers, want 5", extra)
	}
}

func TestFilters(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	u := s.world.User(0)
	for u.Domain != 0 {
		u = s.world.User(u.Index + 1)
	}
	count := func(fits func(world.User) bool) (n int) {
		for i := range s.world.Users() {
			if u := s.world.User(i); u.Domain == 0 && fits(u) {
				n++
			}
		}
		return n
	}
	people := count(func(world.User) bool { return true })
	computers, controllers := 0, 0
	for j := range s.world.Computers() {
		if c := s.world.Computer(j); c.Domain == 0 {
			computers++
			if c.Role == world.DomainController {
				controllers++
			}
		}
	}
	disabled := count(func(u world.User) bool { return !u.Enabled() })
	guid := ""
	for _, b := range u.GUID {
		guid += fmt.Sprintf(`\%02x`, b)
	}
	sid := ""
	for _, b := range u.SID.Bytes() {
		sid += fmt.Sprintf(`\%02x`, b)
	}
	const accounts = "(sAMAccountType=805306368)"
	for _, test := range []struct {
		filter string
		want   int
	}{
		{"(&(objectCategory=person)(objectClass=user))", people + 1}, // and the trust account
		{accounts, people},
		{"(SAMACCOUNTTYPE=805306369)", computers + 2}, // and the managed service accounts
		{"(objectCategory=computer)", computers},
		{"(objectCategory=CN=Computer,CN=Schema,CN=Configuration,DC=contoso,DC=test)", computers},
		{"(&" + accounts + "(userAccountControl:1.2.840.113556.1.4.803:=2))", disabled},
		{"(&" + accounts + "(!(userAccountControl:1.2.840.113556.1.4.803:=2)))", people - disabled},
		{"(&" + accounts + "(userAccountControl:1.2.840.113556.1.4.804:=514))", people},
		{"(sAMAccountName=" + strings.ToUpper(u.SAM) + ")", 1},
		{"(sAMAccountName~=" + u.SAM + ")", 1},
		{"(userPrincipalName=" + u.UPN + ")", 1},
		{"(objectGUID=" + guid + ")", 1},
		{"(objectSid=" + sid + ")", 1},
		{"(objectSid=" + string(u.SID) + ")", 1},
		{"(distinguishedName=" + ldap.EscapeFilter(u.DN()) + ")", 1},
		{"(sAMAccountName=svc-*)", count(func(u world.User) bool { return strings.HasPrefix(u.SAM, "svc-") })},
		{"(sAMAccountName=*-sql)", 1},
		{"(sAMAccountName=S*-S*L)", 1},
		{"(&" + accounts + "(!(mail=*)))", count(func(u world.User) bool { return u.Mail == "" })},
		{"(&" + accounts + "(adminCount=1))", count(func(u world.User) bool { return u.AdminCount })},
		{"(&" + accounts + "(!(adminCount=1)))", count(func(u world.User) bool { return !u.AdminCount })},
		{"(&" + accounts + "(noSuchAttribute=1))", 0},
		{"(&" + accounts + "(!(noSuchAttribute=1)))", 0},
		{"(&" + accounts + "(|(noSuchAttribute=1)(cn=*)))", people},
		{"(&" + accounts + "(uSNChanged>=0))", people},
		{"(&" + accounts + "(uSNChanged<=0))", 0},
		{"(&" + accounts + "(whenCreated<=20380101000000.0Z))", people},
		{"(&" + accounts + "(whenCreated>=20380101000000.0Z))", 0},
		{"(|)", 0},
		{"(member=" + ldap.EscapeFilter(u.DN()) + ")", len(s.world.UserGroups(u.Index))},
		{"(primaryGroupID=513)", people + 1},
		{"(primaryGroupID=515)", computers - controllers + 2},
		{"(|(primaryGroupID=516)(primaryGroupID=512))", controllers},
		{"(primaryGroupID=00516)", controllers},
		{"(objectClass=contact)", 2},
		{"(objectClass=msDS-GroupManagedServiceAccount)", 2},
		{"(userAccountControl:1.2.840.113556.1.4.803:=2048)", 1},
		// What somebody typed stays a value.
		{"(sAMAccountName=" + ldap.EscapeFilter("*)(objectClass=*") + ")", 0},
		{"(displayName=" + ldap.EscapeFilter("a*") + ")", 0},
		{"(cn=" + ldap.EscapeFilter("\x00") + ")", 0},
	} {
		t.Run(test.filter, func(t *testing.T) {
			answer, err := c.SearchWithPaging(query(contosoDN, ldap.ScopeWholeSubtree, test.filter, "cn"), 1000)
			if err != nil {
				t.Fatal(err)
			}
			if len(answer.Entries) != test.want {
				t.Errorf("got %d entries, want %d", len(answer.Entries), test.want)
			}
		})
	}
}

func TestScopes(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	u := s.world.User(65) // has a comma in its name
	for _, test := range []struct {
		base  string
		scope int
		want  int
	}{
		{contosoDN, ldap.ScopeBaseObject, 1},
		{strings.ToUpper(contosoDN), ldap.ScopeBaseObject, 1},
		{"DC=contoso , DC=test", ldap.ScopeBaseObject, 1},
		{"OU=People," + contosoDN, ldap.ScopeSingleLevel, 12},
		{u.DN(), ldap.ScopeBaseObject, 1},
		{u.DN(), ldap.ScopeWholeSubtree, 1},
		{u.DN(), ldap.ScopeSingleLevel, 0},
		{"<SID=" + string(u.SID) + ">", ldap.ScopeBaseObject, 1},
		{"<GUID=" + u.GUID.String() + ">", ldap.ScopeBaseObject, 1},
		{"CN=Partitions,CN=Configuration," + contosoDN, ldap.ScopeSingleLevel, 3},
	} {
		t.Run(fmt.Sprint(test.base, test.scope), func(t *testing.T) {
			answer, err := c.Search(query(test.base, test.scope, "(objectClass=*)"))
			if err != nil {
				t.Fatal(err)
			}
			if len(answer.Entries) != test.want {
				t.Errorf("got %d entries, want %d", len(answer.Entries), test.want)
			}
		})
	}
}

func TestPartitionsNameTheDomains(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	answer, err := s.signIn(t).Search(query("CN=Partitions,CN=Configuration,"+contosoDN, ldap.ScopeSingleLevel,
		"(&(objectClass=crossRef)(systemFlags:1.2.840.113556.1.4.803:=2))", "nETBIOSName", "nCName", "dnsRoot"))
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, e := range answer.Entries {
		got[e.GetAttributeValue("nETBIOSName")] = e.GetAttributeValue("nCName") + " " + e.GetAttributeValue("dnsRoot")
	}
	if got["CONTOSO"] != contosoDN+" contoso.test" || got["EMEA"] != emeaDN+" emea.contoso.test" || len(got) != 2 {
		t.Errorf("cross references %v", got)
	}
}

func TestReferences(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	answer, err := c.SearchWithPaging(query(contosoDN, ldap.ScopeWholeSubtree, "(objectClass=group)", "cn"), 10)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(answer.Referrals, "ldap://contoso.test/CN=Configuration,"+contosoDN) || len(answer.Referrals) != 4 {
		t.Errorf("references %q", answer.Referrals)
	}
	for _, e := range answer.Entries {
		if strings.HasSuffix(e.DN, emeaDN) {
			t.Errorf("%s belongs to the other domain", e.DN)
		}
	}
	scoped := query(contosoDN, ldap.ScopeWholeSubtree, "(objectClass=group)", "cn")
	scoped.Controls = []ldap.Control{ldap.NewControlString("1.2.840.113556.1.4.1339", true, "")}
	if answer, err = c.Search(scoped); err != nil || len(answer.Referrals) != 0 {
		t.Errorf("references %q, %v", answer.Referrals, err)
	}
}

func TestErrors(t *testing.T) {
	s := serve(t, world.Options{Seed: 1})
	c := s.signIn(t)
	search := func(base string) error {
		_, err := c.Search(query(base, ldap.ScopeBaseObject, "(objectClass=*)"))
		return err
	}
	if text := resultOf(t, search("OU=Nowhere,"+contosoDN), ldap.LDAPResultNoSuchObject); !strings.Contains(text, "best match of:\n\t'"+contosoDN+"'") {
		t.Errorf("text %q", text)
	}
	resultOf(t, search("not a name"), ldap.LDAPResultInvalidDNSyntax)
	resultOf(t, search("DC=fabrikam,DC=test"), ldap.LDAPResultReferral)
	critical := query(contosoDN, ldap.ScopeBaseObject, "(objectClass=*)")
	critical.Controls = []ldap.Control{ldap.NewControlString("1.2.3.4", true, "")}
	_, err := c.Search(critical)
	resultOf(t, err, ldap.LDAPResultUnavailableCriticalExtension)
	critical.Controls = []ldap.Control{ldap.NewControlString("1.2.3.4", false, "")}
	if _, err := c.Search(critical); err != nil {
		t.Errorf("an unknown control that is not critical: %v", err)
	}
	change := ldap.NewModifyRequest(contosoDN, nil)
	change.Replace("description", []string{"x"})
	resultOf(t, c.Modify(change), ldap.LDAPResultInsufficientAccessRights)
	resultOf(t, c.Del(ldap.NewDelRequest("CN=x,"+contosoDN, nil)), ldap.LDAPResultInsufficientAccessRights)
	resultOf(t, c.ModifyDN(ldap.NewModifyDNRequest("CN=x,"+contosoDN, "CN=y", true, "")), ldap.LDAPResultInsufficientAccessRights)
	add := ldap.NewAddRequest("CN=x,"+contosoDN, nil)
	add.Attribute("objectClass", []string{"user"})
	resultOf(t, c.Add(add), ldap.LDAPResultInsufficientAccessRights)
	if _, err := c.PasswordModify(ldap.NewPasswordModifyRequest("", "a", "b")); err == nil {
		t.Error("a password was changed")
	}
}
