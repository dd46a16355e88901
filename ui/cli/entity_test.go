package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestShowByEveryName(t *testing.T) {
	s := newShell(t)
	user := s.first("kind:user badge:alerts")
	computer := s.first("kind:computer badge:alerts")
	netBIOS := strings.ToUpper(strings.Split(user["domain"].(string), ".")[0])
	for _, c := range []struct {
		name string
		want record
	}{
		{user["id"].(string), user},
		{"{" + strings.ToUpper(user["id"].(string)) + "}", user},
		{user["sid"].(string), user},
		{strings.ToUpper(user["upn"].(string)), user},
		{user["domain"].(string) + `\` + user["sam"].(string), user},
		{computer["dnsName"].(string), computer},
		{computer["dnsName"].(string) + ".", computer},
		{computer["id"].(string), computer},
		{netBIOS + `\` + user["sam"].(string), user},
	} {
		got := decode[record](s.run("show", c.name, "--json").wants(0))
		if got["id"] != c.want["id"] {
			t.Errorf("%q gives %v, want %v", c.name, got["name"], c.want["name"])
		}
	}
}

func TestShow(t *testing.T) {
	s := newShell(t)
	computer := s.first("kind:computer badge:alerts mdi>0")
	id := computer["id"].(string)
	got := decode[record](s.run("show", id, "--json").wants(0))
	if len(got["machines"].([]any)) == 0 || got["badgeReason"] == "" || at(got, "directory", "groups") == nil {
		t.Errorf("machines %v, reason %v, directory %v", got["machines"], got["badgeReason"], got["directory"])
	}
	products := map[any]bool{}
	for _, alert := range got["alerts"].([]any) {
		products[alert.(record)["product"]] = true
	}
	if !products["MDE"] || !products["MDI"] {
		t.Errorf("alerts of %v, want both products", products)
	}
	s.run("show", id).wants(0).shows(computer["name"].(string), at(computer, "badge", "text").(string), "IDENTITY", "MACHINE RECORDS",
		"ALERTS OF BOTH PRODUCTS", "PORTALS", id, computer["sid"].(string), "https://")
}

// Where hunting is not to be had, show asks for the one user that it is about.
func TestShowAsksForOneUser(t *testing.T) {
	s := newShell(t)
	for _, query := range []string{"kind:user badge:recognized", "kind:user badge:unrecognized"} {
		user := s.first(query)
		id, badge := user["id"].(string), at(user, "badge", "text").(string)
		if listed := decode[[]record](s.run("list", "id:"+id, "--json", "--lab-fault", "no-hunting").wants(0)); at(listed[0], "badge", "text") == "[ - ]" {
			t.Errorf("%v is grey in the list, though it was not asked for", user["sam"])
		}
		got := decode[record](s.run("show", id, "--json", "--lab-fault", "no-hunting").wants(0))
		if at(got, "badge", "text") != badge {
			t.Errorf("%v has badge %v (%v), want %s", user["sam"], at(got, "badge", "text"), got["badgeReason"], badge)
		}
	}
}

// A name that fits nothing is said with a command that can be typed as it stands; the names in the help fit somebody.
func TestNamesThatFitNothing(t *testing.T) {
	s := newShell(t)
	s.run("show", `CONTOSO\nobody`).wants(2, "there is no entity", `adbadge list 'CONTOSO\nobody'`)
	s.run("list", `CONTOSO\nobody`).wants(0)
	for _, example := range [][]string{{"show", `CONTOSO\ingrid.eklund`}, {"show", "DC01", "--json"}, {"open", "DC01", "--print-url"},
		{"open", "ingrid.eklund", "--side", "identity", "--print-url"}} {
		s.run(example...).wants(0)
	}
}

func TestAmbiguousNamesAreListed(t *testing.T) {
	s := newShell(t)
	seen := map[string]record{}
	var twins [2]record
	for _, e := range s.entities("kind:computer") {
		name := strings.ToLower(e["sam"].(string))
		if seen[name] != nil {
			twins = [2]record{seen[name], e}
		}
		seen[name] = e
	}
	if twins[0] == nil {
		t.Fatal("the lab has no two computers of the same name")
	}
	a := s.run("show", twins[0]["sam"].(string)).wants(2, "2 entities", twins[0]["id"].(string), twins[1]["id"].(string))
	if a.out != "" {
		t.Errorf("something was shown:\n%s", a.out)
	}
	s.run("open", twins[0]["sam"].(string), "--print-url").wants(2, "2 entities")
	s.run("show", "nobody-has-this-name").wants(2, "no entity")
	s.run("show").wants(2, "one entity")
	s.run("show", "a", "b").wants(2, "one entity")
}

func TestOpenPrintsTheLink(t *testing.T) {
	s := newShell(t)
	computer := s.first("kind:computer badge:recognized")
	machine := at(computer, "counterpart", "ids").([]any)[0].(string)
	link := s.run("open", computer["id"].(string), "--print-url").wants(0).out
	if !strings.HasPrefix(link, "https://") || !strings.Contains(link, machine) || strings.Count(link, "\n") != 1 {
		t.Errorf("got %q, want one link with the machine's id %s", link, machine)
	}
	if listed := at(computer, "links", "endpoint"); strings.Count(listed.(string), "/") != strings.Count(strings.TrimSpace(link), "/") {
		t.Errorf("list has the link %v, open %q", listed, link)
	}
	user := s.first("kind:user badge:recognized")
	identity := s.run("open", user["id"].(string), "--side", "identity", "--print-url").wants(0).out
	if !strings.HasPrefix(identity, "https://") {
		t.Errorf("got %q, want the user's page", identity)
	}
	grey := s.first("kind:computer badge:unrecognized")
	if a := s.run("open", grey["id"].(string)).wants(1, "nothing to open for [ - ]", "no machine record"); a.out != "" {
		t.Errorf("a link was printed: %s", a.out)
	}
}

func TestOpenNeverOnTheWrongMachine(t *testing.T) {
	s := newShell(t, "SSH_TTY=/dev/pts/9", "DISPLAY=:0")
	computer := s.first("kind:computer badge:recognized")
	if a := s.run("open", computer["id"].(string)).wants(0, "SSH"); !strings.HasPrefix(a.out, "https://") {
		t.Errorf("got %q, want the link", a.out)
	}
}

func TestOpenStartsTheBrowser(t *testing.T) {
	s := newShell(t)
	got := filepath.Join(s.home, "opened")
	browser := filepath.Join(s.home, "browse")
	script := "#!/bin/sh\nprintf '%s' \"$1\" >" + got + "\n"
	if err := os.WriteFile(browser, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	configuration := filepath.Join(s.home, "c.toml")
	if err := os.WriteFile(configuration, []byte("[portal]\nbrowser = [\""+browser+"\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	computer := s.first("kind:computer badge:recognized")
	s.run("--config", configuration, "open", computer["id"].(string)).wants(0, "opened https://")
	opened, err := os.ReadFile(got)
	if err != nil || !strings.Contains(string(opened), at(computer, "counterpart", "ids").([]any)[0].(string)) {
		t.Errorf("the browser got %q (%v), want the machine's page", opened, err)
	}
}

func TestAlerts(t *testing.T) {
	s := newShell(t)
	open := decode[[]record](s.run("alerts", "--json").wants(0))
	all := decode[[]record](s.run("alerts", "--all", "--json").wants(0))
	if len(open) == 0 || len(all) <= len(open) {
		t.Fatalf("%d open alerts of %d, want some resolved ones as well", len(open), len(all))
	}
	products := map[any]int{}
	for i, alert := range open {
		products[alert["product"]]++
		if alert["open"] != true || alert["status"] == "resolved" {
			t.Errorf("alert %v is not open", alert["id"])
		}
		if i > 0 && alert["created"].(string) > open[i-1]["created"].(string) {
			t.Errorf("alert %v is newer than the one before", alert["id"])
		}
	}
	if products["MDE"] == 0 || products["MDI"] == 0 {
		t.Errorf("alerts %v, want both products", products)
	}
	if lines := s.run("alerts").wants(0).lines(); len(lines) != len(open)+1 || !strings.HasPrefix(lines[0], "SEV") {
		t.Errorf("%d lines, want a head and %d alerts", len(lines), len(open))
	}
	computer := s.first("kind:computer badge:alerts")
	mine := decode[[]record](s.run("alerts", computer["id"].(string), "--json").wants(0))
	mde := 0
	for _, alert := range mine {
		if alert["product"] == "MDE" {
			mde++
		}
	}
	if float64(mde) != at(computer, "badge", "alerts") {
		t.Errorf("%d alerts of Defender for Endpoint, and the badge counts %v", mde, at(computer, "badge", "alerts"))
	}
	s.run("alerts", "--csv").wants(0).shows("severity,status,product,title")
}
