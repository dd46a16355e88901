package portal

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

const (
	tenant  = "b3c1b5fc-828c-45fa-a1e1-10d74f6d6e9c"
	machine = "1e5bc9d7e413ddd7902c2932e418702b84d0cc07"
)

func links(t testing.TB, base string) *Links {
	t.Helper()
	l, err := New(base, tenant)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestPages(t *testing.T) {
	l := links(t, "https://security.microsoft.com")
	anna := model.Entity{Kind: model.User, Name: "Anna Berg", SAM: "aberg", Domain: "contoso.test", SID: "S-1-5-21-1-2-3-1104"}
	laptop := model.Entity{Kind: model.Computer, Name: "KLOPEZ-LT07"}
	records := []*model.Machine{
		{ID: strings.Repeat("a", 40), LastSeen: time.Unix(300, 0), MergedInto: machine},
		{ID: strings.Repeat("b", 40), LastSeen: time.Unix(100, 0)},
		{ID: machine, LastSeen: time.Unix(200, 0)},
	}
	devicePage := "https://security.microsoft.com/machines/v2/" + machine + "/overview?tid=" + tenant
	userPage := "https://security.microsoft.com/user?accountDomain=contoso.test&accountName=aberg&sid=S-1-5-21-1-2-3-1104&tab=overview&tid=" + tenant
	for name, c := range map[string]struct {
		link func() (string, error)
		want string // the link, or part of the error
	}{
		"machine":            {func() (string, error) { return l.Machine(machine) }, devicePage},
		"machine, bad id":    {func() (string, error) { return l.Machine("../../x?y=1&calc.exe") }, "40 hexadecimal digits"},
		"machine, other":     {func() (string, error) { return l.Machine(machine + "\n") }, "40 hexadecimal digits"},
		"user":               {func() (string, error) { return l.User(anna) }, userPage},
		"user on endpoint":   {func() (string, error) { return l.Entity(model.EndpointSide, anna, nil) }, userPage},
		"user on identity":   {func() (string, error) { return l.Entity(model.IdentitySide, anna, nil) }, userPage},
		"computer":           {func() (string, error) { return l.Entity(model.EndpointSide, laptop, records) }, devicePage},
		"computer, identity": {func() (string, error) { return l.Entity(model.IdentitySide, laptop, records) }, devicePage},
		"computer, grey":     {func() (string, error) { return l.Entity(model.EndpointSide, laptop, nil) }, "no machine record for KLOPEZ-LT07"},
		"computer, grey too": {func() (string, error) { return l.Entity(model.IdentitySide, laptop, nil) }, "no machine record for KLOPEZ-LT07"},
		"user by UPN": {func() (string, error) { return l.User(model.Entity{UPN: "a&b=c@contoso.test"}) },
			"https://security.microsoft.com/user?tab=overview&tid=" + tenant + "&upn=a%26b%3Dc%40contoso.test"},
		"user, changed name": {func() (string, error) {
			return l.User(model.Entity{SID: anna.SID, SAM: "a\uFFFDb", Domain: "contoso.test"})
		},
			"https://security.microsoft.com/user?sid=S-1-5-21-1-2-3-1104&tab=overview&tid=" + tenant},
		"user, no key":      {func() (string, error) { return l.User(model.Entity{Name: "Anna", SAM: "a"}) }, "neither a SID nor a UPN for Anna"},
		"identity settings": {func() (string, error) { return l.Settings(model.IdentitySide) }, "https://security.microsoft.com/settings/identities?tid=" + tenant},
		"endpoint settings": {func() (string, error) { return l.Settings(model.EndpointSide) },
			"https://security.microsoft.com/securitysettings/endpoints/integration?tid=" + tenant},
		"health":  {l.Health, "https://security.microsoft.com/settings/identities?tid=" + tenant},
		"hunting": {l.Hunting, "https://security.microsoft.com/v2/advanced-hunting?tid=" + tenant},
	} {
		t.Run(name, func(t *testing.T) { expect(t, c.link, c.want) })
	}
}

func expect(t *testing.T, link func() (string, error), want string) {
	t.Helper()
	got, err := link()
	if strings.HasPrefix(want, "https://") {
		if got != want || err != nil {
			t.Errorf("\n got %s (%v)\nwant %s", got, err, want)
		}
		return
	}
	if got != "" || err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %q and the error %v, want an error with %q", got, err, want)
	}
}

func TestAlert(t *testing.T) {
	l := links(t, "https://127.0.0.1:8443/portal/")
	built := "https://127.0.0.1:8443/portal/alerts/da1_-2?tid=" + tenant
	for name, c := range map[string]struct{ url, want string }{
		"no link":        {"", built},
		"own portal":     {"https://127.0.0.1:8443/alerts/x?tid=other", "https://127.0.0.1:8443/alerts/x?tid=other"},
		"no tenant":      {"https://security.microsoft.com/alerts/x", "https://security.microsoft.com/alerts/x?tid=" + tenant},
		"other query":    {"https://security.microsoft.com/alerts/x?a=1", "https://security.microsoft.com/alerts/x?a=1&tid=" + tenant},
		"upper case":     {"https://SECURITY.microsoft.com:443/alerts/x?tid=1", "https://SECURITY.microsoft.com:443/alerts/x?tid=1"},
		"another port":   {"https://127.0.0.1:8444/alerts/x", built},
		"another host":   {"https://security.microsoft.com.evil.test/alerts/x", built},
		"user":           {"https://security.microsoft.com@evil.test/", built},
		"plain http":     {"http://security.microsoft.com/alerts/x", built},
		"script":         {"javascript:alert(1)", built},
		"no scheme":      {"//security.microsoft.com/alerts/x", built},
		"backslash":      {`https://security.microsoft.com\@evil.test/`, built},
		"line end":       {"https://security.microsoft.com/\r\nx", built},
		"escape":         {"https://security.microsoft.com/\x1b]8;;", built},
		"look-alike":     {"https://security.micros\u043eft.com/", built},
		"ten kilobytes":  {"https://security.microsoft.com/" + strings.Repeat("a", 10_000), built},
		"leading hyphen": {"--new-window", built},
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, func() (string, error) { return l.Alert(&model.Alert{ID: "da1_-2", URL: c.url}) }, c.want)
		})
	}
	expect(t, func() (string, error) { return l.Alert(&model.Alert{ID: "a/../b"}) }, "no usable id")
}

func TestIncident(t *testing.T) {
	l := links(t, "https://security.microsoft.com")
	const built = "https://security.microsoft.com/incidents/28283?tid=" + tenant
	for _, c := range []struct{ id, url, want string }{
		{"28283", "https://security.microsoft.com/incidents/28283?tid=" + tenant, built},
		{"28283", "https://evil.test/incidents/28283", built},
		{"28283", "", built},
		{"1/../../x", "", "names no incident"},
		{"", "", "names no incident"},
	} {
		expect(t, func() (string, error) {
			return l.Incident(&model.Alert{IncidentID: text.Line(c.id), Incident: &model.Incident{URL: c.url}})
		}, c.want)
	}
	expect(t, func() (string, error) { return l.Incident(&model.Alert{IncidentID: "28283"}) }, built)
}

// A page of another host is allowed exactly as it stands.
func TestFurtherPages(t *testing.T) {
	const consent = "https://login.contoso.test/contoso.test/adminconsent?client_id=x"
	l, err := New("https://security.contoso.test", "", consent, "", "http://login.contoso.test/")
	if err != nil {
		t.Fatal(err)
	}
	if link, err := l.Check(consent); err != nil || link != consent {
		t.Errorf("%q, %v", link, err)
	}
	for _, link := range []string{consent + "&a=b", "https://login.contoso.test/", "https://login.contoso.test/contoso.test/adminconsent", "http://login.contoso.test/"} {
		if _, err := l.Check(link); err == nil {
			t.Errorf("%q is allowed", link)
		}
	}
}

func TestNoPortal(t *testing.T) {
	l := links(t, "")
	expect(t, func() (string, error) { return l.Machine(machine) }, "no Defender portal in this cloud")
	expect(t, l.Hunting, "no Defender portal in this cloud")
}

func TestTenantByDomain(t *testing.T) {
	l, err := New("https://security.microsoft.us", "contoso.test")
	if err != nil {
		t.Fatal(err)
	}
	expect(t, l.Hunting, "https://security.microsoft.us/v2/advanced-hunting")
}

func TestBadBase(t *testing.T) {
	for _, base := range []string{
		"http://security.microsoft.com", "security.microsoft.com", "https://", "https://u:p@host", "https://host/?a=b", "https://host/#x", "file:///etc",
	} {
		if _, err := New(base, tenant); err == nil {
			t.Errorf("%s was taken as a portal", base)
		}
	}
}

func FuzzLinks(f *testing.F) {
	f.Add(machine, "aberg", "contoso.test", "a@b", "S-1-5-21-1-2-3-4", "https://security.microsoft.com/alerts/1")
	f.Add("../x", "a\x1b[2J", "\u202e", "#?&%", "s-1-5-21-1-2-3-4", "https://security.microsoft.com%2eevil.test/")
	l := links(f, "https://portal.contoso.test:8443/base")
	f.Fuzz(func(t *testing.T, id, sam, domain, upn, sid, raw string) {
		parsed, _ := model.ParseSID(sid)
		e := model.Entity{SAM: text.Clean(sam), Domain: text.Clean(domain), UPN: text.Clean(upn), SID: parsed, Name: text.Clean(sam)}
		e.Kind = model.User
		c := model.Entity{Kind: model.Computer, Name: text.Clean(sam)}
		for _, build := range []func() (string, error){
			func() (string, error) { return l.Machine(id) },
			func() (string, error) { return l.User(e) },
			func() (string, error) {
				return l.Entity(model.EndpointSide, c, []*model.Machine{{ID: id}})
			},
			func() (string, error) { return l.Alert(&model.Alert{ID: id, URL: raw}) },
			func() (string, error) { return l.Check(raw) },
		} {
			link, err := build()
			if err != nil {
				continue
			}
			u, err := url.Parse(link)
			if err != nil || u.Scheme != "https" || u.User != nil {
				t.Fatalf("%q is no https link: %v", link, err)
			}
			if host := strings.ToLower(u.Host); host != "portal.contoso.test:8443" && !strings.HasPrefix(host, "security.microsoft.") && !strings.HasPrefix(host, "security.apps.mil") {
				t.Fatalf("%q leads to another host", link)
			}
			for _, r := range link {
				if r <= ' ' || r >= 0x7F {
					t.Fatalf("%q holds %U", link, r)
				}
			}
		}
	})
}
