package profile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/providers"
	"adbadge/providers/portal"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/pagetest"
	"adbadge/ui/tui/profile"
	"adbadge/ui/tui/theme"
)

func links(t *testing.T) *providers.Links {
	t.Helper()
	l, err := portal.New("https://security.contoso.test", "")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func show(t *testing.T, mode theme.Mode, entity int) *pagetest.Program {
	p := pagetest.New(t, mode, pagetest.NewForest(), links(t))
	return p.Show(profile.New(p.Env, page.Place{Kind: page.Profile, Entity: pagetest.ID(entity)}))
}

func TestFrames(t *testing.T) {
	for _, who := range []struct {
		name   string
		entity int
	}{{"computer", pagetest.Client}, {"user", pagetest.Anna}, {"grey", pagetest.Scanner}, {"ambiguous", pagetest.Kiosk}} {
		for _, size := range [][2]int{{80, 21}, {120, 33}, {200, 47}} { // the body of 80x24, 120x36, 200x50
			for _, mode := range []theme.Mode{theme.Dark, theme.Mono} {
				t.Run(fmt.Sprintf("%s-%dx%d-%s", who.name, size[0], size[1], mode), func(t *testing.T) {
					p := show(t, mode, who.entity)
					p.Press("j")
					golden.RequireEqual(t, p.Frame(size[0], size[1]))
				})
			}
		}
	}
}

func TestEverySize(t *testing.T) {
	for _, entity := range []int{pagetest.Client, pagetest.Anna, pagetest.Scanner, pagetest.Kiosk} {
		p := show(t, theme.Mono, entity)
		p.Press("tab", "tab")
		for w := 0; w <= 130; w += 3 {
			for h := 0; h <= 40; h++ {
				p.Env.Bare = w < 40 || h < 8
				p.Frame(w, h)
			}
		}
	}
}

// whole gives the document from its first to its last line.
func whole(p *pagetest.Program) string { return p.Text(120, 200) }

func contains(t *testing.T, got string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestComputer(t *testing.T) {
	got := whole(show(t, theme.Dark, pagetest.Client))
	contains(t, got, "[H 2]", "CLIENT-07", "3 open, 1 resolved", "MDE", "MDI", "lateral movement", "T1550.003", "resolved",
		"device id equals objectGUID", "Record 1 of 2", "Record 2 of 2, older", "sales, vip", pagetest.MachineID(1),
		`CONTOSO\anna.berg`, "Groups 2", "BitLocker Enforced", "WORKSTATION_TRUST_ACCOUNT", "HOST/client-07.contoso.test",
		"S-1-5-21-1000-2000-3000-1100", "Manager       -")
	if strings.Index(got, "Unwanted software") > strings.Index(got, "pass-the-ticket") {
		t.Error("the newest alert is not first")
	}
}

func TestUser(t *testing.T) {
	contains(t, whole(show(t, theme.Dark, pagetest.Anna)), "Seen on", "client-07.contoso.test, 2026-11-23 14:00", "Controller", "Finance",
		"anna.berg@contoso.test", "Payments Approvers", "Karla Lopez", "+45 55 50 01 42")
}

// Where accounts cannot be asked for all at once, the profile of a user asks for that one.
func TestAUserIsAskedForAlone(t *testing.T) {
	var asked []string
	var refusal error
	forest := pagetest.NewForest()
	forest.Knowledge.Logons, forest.Knowledge.LogonsAnswer = inventory.Logons{}, inventory.Answer{State: inventory.Denied}
	endpoint := forest.Endpoint.(pagetest.Endpoint)
	endpoint.Sighted = func(name text.Line) ([]model.Logon, error) {
		asked = append(asked, name.String())
		return nil, refusal
	}
	forest.Endpoint = endpoint
	open := func(entity int) *pagetest.Program {
		p := pagetest.New(t, theme.Dark, forest, links(t))
		p.Env.Refresher = providers.NewRefresher(p.Tenant)
		return p.Show(profile.New(p.Env, page.Place{Kind: page.Profile, Entity: pagetest.ID(entity)}))
	}
	open(pagetest.Client)
	if len(asked) != 0 {
		t.Errorf("asked for %q on the profile of a computer", asked)
	}
	p := open(pagetest.Anna)
	p.Run(p.Page.Show()) // the same refresh: once is enough
	if !slices.Equal(asked, []string{"anna.berg"}) {
		t.Errorf("asked for %q", asked)
	}
	contains(t, whole(p), "Asked for alone 0 s ago.")
	refusal = &model.Failure{Source: model.Endpoint, Doing: "ask for an account", Seen: "403 Forbidden", Remedy: "Grant User.Read.All."}
	contains(t, whole(open(pagetest.Anna)), "ask for an account: 403 Forbidden. Grant User.Read.All.")
}

func TestNobodyIsGuessed(t *testing.T) {
	contains(t, whole(show(t, theme.Dark, pagetest.Kiosk)), "[ ? ]", "Candidates", "Candidate 1", "ws-0042, onboarded", pagetest.MachineID(3))
	contains(t, whole(show(t, theme.Dark, pagetest.Scanner)), "[ - ]", "no machine record", "Neither product has an alert on it.")
}

func TestAlertsAreWalkedUnfoldedAndOpened(t *testing.T) {
	p := show(t, theme.Dark, pagetest.Client)
	p.Press("j", "j")
	contains(t, p.Current(), "Credential dumping")
	p.Press("space")
	contains(t, whole(p), "A process read the memory", "Isolate the device", `CONTOSO\anna.berg`, "HackTool:Win32/Lsassdump", "Storm-0001")
	contains(t, p.Current(), "Credential dumping")
	p.Press("j", "enter") // a line of its details is the alert as well
	p.Press("o")
	// Enter opens the other side, the page of the account that it names, and o the alert itself.
	want := []string{"https://security.contoso.test/user?accountDomain=contoso.test&accountName=anna.berg&sid=S-1-5-21-1000-2000-3000-1201&tab=overview",
		"https://security.contoso.test/alerts/da637-3"}
	if !slices.Equal(p.Links, want) {
		t.Errorf("opened %q, want %q", p.Links, want)
	}
	p.Press("esc")
	if strings.Contains(whole(p), "A process read") {
		t.Error("esc does not fold the alert")
	}
	contains(t, p.Current(), "Credential dumping")
}

func TestEnterOpensTheOtherPortal(t *testing.T) {
	p := show(t, theme.Dark, pagetest.Client)
	p.Press("tab", "enter", "Y")
	want := "https://security.contoso.test/machines/v2/" + pagetest.MachineID(1) + "/overview"
	if !slices.Equal(p.Links, []string{want}) || !slices.Equal(p.Copied, []string{want}) {
		t.Errorf("opened %q, copied %q", p.Links, p.Copied)
	}
	p.Press("y", "a")
	if p.Copied[1] != "CLIENT-07" || p.Went[0].Kind != page.Alerts {
		t.Errorf("copied %q, went to %v", p.Copied, p.Went)
	}
	p = show(t, theme.Dark, pagetest.Scanner)
	p.Press("enter", "Y", "space")
	if len(p.Links) > 0 {
		t.Errorf("a grey badge opened %q", p.Links)
	}
	contains(t, p.Reading(), "no machine record", "Onboard the machine")
	contains(t, strings.Join(p.Said, "\n"), "There is no link", "Move to an alert first")
}

func TestTabsLeadThroughTheSections(t *testing.T) {
	p := show(t, theme.Dark, pagetest.Client)
	for _, want := range []string{"[Endpoint 2]", "[Identity]", "[Directory]", "[Groups 2]", "[Alerts 4]"} {
		p.Press("tab")
		contains(t, p.Text(80, 21), want)
	}
	p.Press("shift+tab")
	contains(t, p.Text(80, 21), "[Groups 2]", "Sales Workstations")
	p.Press("g")
	contains(t, p.Text(80, 21), "ALERTS", "[Alerts 4]")
	p.Press("G")
	contains(t, p.Text(80, 21), "Sales Workstations", "[Groups 2]")
	p.Press("ctrl+u", "pgup", "pgup", "pgup", "pgup")
	contains(t, p.Text(80, 21), "ALERTS", "[Alerts 4]")
}

func TestSelectionStaysOverARefresh(t *testing.T) {
	f := pagetest.NewForest()
	p := show(t, theme.Dark, pagetest.Client)
	p.Press("j", "j")
	newer := pagetest.Alerts()[0]
	newer.ID, newer.Title, newer.Created = "da637-9", "Something newer", pagetest.Now()
	f.Knowledge.EndpointAlerts = f.Knowledge.EndpointAlerts.With([]model.Alert{newer})
	p.Refresh(pagetest.Dashboard(f.Entities, f.Knowledge, 2))
	contains(t, p.Current(), "Credential dumping")
	contains(t, p.Text(80, 21), "Something newer")
	p.Refresh(pagetest.Dashboard(f.Entities[1:], f.Knowledge, 3))
	contains(t, p.Text(80, 21), "does not list this entity any more")
	p.Press("j", "enter", "tab", "G")
}

func TestQuestionsFailAndAreAskedAgain(t *testing.T) {
	f := pagetest.NewForest()
	asked := 0
	f.Directory = pagetest.Directory{Answer: func(context.Context, model.Entity) (model.Detail, error) {
		if asked++; asked == 1 {
			return model.Detail{}, errors.New("the server closed the connection")
		}
		return model.Detail{Office: "C3.007"}, nil
	}}
	f.Endpoint = pagetest.Endpoint{Answer: func(context.Context, string) ([]model.Logon, error) { return nil, nil }}
	p := pagetest.New(t, theme.Dark, f, links(t))
	p.Show(profile.New(p.Env, page.Place{Entity: pagetest.ID(pagetest.Client)}))
	contains(t, whole(p), "read CLIENT-07 from the directory: the server closed the connection", "The record reports no logons.")
	p.Run(p.Page.Show())
	if asked != 1 {
		t.Errorf("asked %d times for one refresh", asked)
	}
	p.Refresh(pagetest.Dashboard(f.Entities, f.Knowledge, 2))
	contains(t, whole(p), "C3.007")
}

func TestWhileAskingAndAbandoned(t *testing.T) {
	f := pagetest.NewForest()
	p := pagetest.New(t, theme.Dark, f, links(t))
	p.Page = profile.New(p.Env, page.Place{Entity: pagetest.ID(pagetest.Client)})
	cmd := p.Page.Show()
	contains(t, whole(p), "Asking the directory ...", "Asking Defender for Endpoint ...")
	p.Page.Hide()
	for _, c := range cmd().(tea.BatchMsg) {
		p.Run(c)
	}
	if strings.Contains(whole(p), "BitLocker") {
		t.Error("the answer of an abandoned question was taken")
	}
	p.Run(p.Page.Show())
	contains(t, whole(p), "BitLocker")
}

func TestNothingIsAskedOfASideThatIsOff(t *testing.T) {
	f := pagetest.NewForest()
	f.Knowledge.Off = model.EndpointSideOff
	f.Endpoint = pagetest.Endpoint{Answer: func(context.Context, string) ([]model.Logon, error) {
		t.Error("Defender for Endpoint was asked")
		return nil, nil
	}}
	p := pagetest.New(t, theme.Dark, f, links(t))
	p.Show(profile.New(p.Env, page.Place{Entity: pagetest.ID(pagetest.Client)}))
	contains(t, whole(p), "[off]", "the integration is off on the endpoint side")
}

func TestUnknownAlertsAreNotCounted(t *testing.T) {
	f := pagetest.NewForest()
	f.Knowledge.EndpointAlertsAnswer = inventory.Answer{State: inventory.Failed}
	p := pagetest.New(t, theme.Dark, f, links(t))
	p.Show(profile.New(p.Env, page.Place{Entity: pagetest.ID(pagetest.Scanner)}))
	if got := whole(p); strings.Contains(got, "Alerts 0") {
		t.Errorf("alerts that are not known are counted:\n%s", got)
	}
}

func TestHostileTextStaysInItsCells(t *testing.T) {
	f := pagetest.NewForest()
	long := text.CleanMax(strings.Repeat("\x1b[31m日本語 ", 400), 4000)
	f.Entities[pagetest.Anna].Name, f.Entities[pagetest.Anna].DN = long, long
	hostile := pagetest.Alerts()[0]
	hostile.Title, hostile.Description = long, long
	f.Knowledge.EndpointAlerts = f.Knowledge.EndpointAlerts.With([]model.Alert{hostile})
	p := pagetest.New(t, theme.Mono, f, links(t))
	p.Show(profile.New(p.Env, page.Place{Entity: pagetest.ID(pagetest.Anna)}))
	p.Press("j", "space")
	for _, w := range []int{1, 7, 20, 40, 80, 121, 200} {
		if strings.Contains(p.Frame(w, 60), "\x1b[31m") {
			t.Error("an escape sequence from outside reached the screen")
		}
	}
}
