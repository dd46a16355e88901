package alerts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/providers"
	"adbadge/providers/portal"
	"adbadge/ui/tui/alerts"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/pagetest"
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

func show(t *testing.T, mode theme.Mode, f pagetest.Forest, place page.Place) *pagetest.Program {
	p := pagetest.New(t, mode, f, links(t))
	return p.Show(alerts.New(p.Env, place))
}

func all(t *testing.T) *pagetest.Program {
	return show(t, theme.Dark, pagetest.NewForest(), page.Place{Kind: page.Alerts})
}

func wants(t *testing.T, got string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

// titles gives what the list shows, from top to bottom, by the first word of each title.
func titles(p *pagetest.Program) []string {
	var found []string
	for line := range strings.SplitSeq(p.Text(120, 40), "\n") {
		for _, word := range []string{"Credential", "Suspected", "Unwanted", "Suspicious", "Reconnaissance"} {
			if strings.Contains(line, " "+word+" ") {
				found = append(found, word)
			}
		}
	}
	return found
}

func TestFrames(t *testing.T) {
	for _, size := range [][2]int{{80, 21}, {120, 33}, {200, 47}} {
		for _, mode := range []theme.Mode{theme.Dark, theme.Mono} {
			t.Run(fmt.Sprintf("%dx%d-%s", size[0], size[1], mode), func(t *testing.T) {
				p := show(t, mode, pagetest.NewForest(), page.Place{})
				p.Press("tab", "j")
				golden.RequireEqual(t, p.Frame(size[0], size[1]))
			})
		}
	}
}

func TestEverySize(t *testing.T) {
	p := all(t)
	for w := 0; w <= 200; w += 3 {
		for h := 0; h <= 50; h++ {
			p.Env.Bare = w < 40 || h < 8
			p.Frame(w, h)
		}
	}
}

func TestOpenOnesFirstThenAll(t *testing.T) {
	p := all(t)
	if got, want := titles(p), []string{"Unwanted", "Suspected", "Credential", "Reconnaissance"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	wants(t, p.Text(80, 21), "[Open 4]", "All 5", "1-4 of 4")
	p.Press("tab")
	wants(t, p.Text(80, 21), "[All 5]", "resolved", "1-5 of 5")
	p.Press("shift+tab")
	wants(t, p.Text(80, 21), "[Open 4]")
}

func TestFilterAsTyped(t *testing.T) {
	for _, test := range []struct {
		typed string
		want  []string
	}{
		{"TICKET", []string{"Suspected"}}, {"mde high", []string{"Credential"}}, {"t1550", []string{"Suspected"}},
		{"anna", []string{"Suspected", "Credential"}}, {"nobody", []string{"Reconnaissance"}}, {"lateral", []string{"Suspected"}},
		{"xyzzy", nil},
	} {
		p := all(t)
		p.Press("/", test.typed)
		if got := titles(p); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q, want %q", test.typed, got, test.want)
		}
		p.Press("enter", "n")
		if got := titles(p); len(got) != 4 {
			t.Errorf("%q: n leaves %q", test.typed, got)
		}
	}
	p := all(t)
	p.Press("/", "xyzzy")
	wants(t, p.Text(80, 21), "No alert matches the filter. Press n to clear it")
	p.Press("esc")
	if len(titles(p)) != 4 {
		t.Error("esc does not clear the filter")
	}
}

func TestSort(t *testing.T) {
	p := all(t)
	for _, test := range []struct {
		option int
		first  string
	}{{1, "Credential"}, {2, "Unwanted"}, {3, "Unwanted"}, {4, "Reconnaissance"}, {5, "Credential"}, {0, "Unwanted"}} {
		p.Press("s")
		choice := p.Dialogs[len(p.Dialogs)-1]
		choice.Do("first")
		for range test.option {
			choice.Do("down")
		}
		p.Run(choice.Do("choose").Command())
		if got := titles(p); got[0] != test.first {
			t.Errorf("option %d: %q", test.option, got)
		}
	}
	p.Press("S")
	if got := titles(p); got[0] != "Reconnaissance" {
		t.Errorf("reversed: %q", got)
	}
}

func TestOpenAndLookCloser(t *testing.T) {
	p := all(t)
	p.Press("j", "enter", "Y", "y", "space")
	want := "https://security.contoso.test/alerts/aa-41"
	if !slices.Equal(p.Links, []string{want}) || p.Copied[0] != want || !strings.HasPrefix(p.Copied[1], "Suspected") {
		t.Errorf("opened %q, copied %q", p.Links, p.Copied)
	}
	wants(t, p.Reading(), "A ticket was taken", `Accounts: CONTOSO\anna.berg`, "Counts for:", "Anna Berg", "CLIENT-07")
}

// An alert of Defender for Endpoint that names an AD account leads to the other side: the account's identity page.
func TestAlertLeadsToTheAccountThatItNames(t *testing.T) {
	const anna = "https://security.contoso.test/user?accountDomain=contoso.test&accountName=anna.berg&sid=S-1-5-21-1000-2000-3000-1201&tab=overview"
	const admin = "https://security.contoso.test/user?accountDomain=contoso.test&accountName=adm-lopez&sid=S-1-5-21-1000-2000-3000-500&tab=overview"
	f := pagetest.NewForest()
	two := pagetest.Alerts()[0]
	two.ID, two.Title, two.Created = "da637-9", "Two accounts", pagetest.Now()
	two.Accounts = append(slices.Clone(two.Accounts), model.AccountRef{SID: "S-1-5-21-1000-2000-3000-500"})
	f.Knowledge.EndpointAlerts = f.Knowledge.EndpointAlerts.With([]model.Alert{two})
	p := show(t, theme.Dark, f, page.Place{Kind: page.Alerts})
	for _, c := range []struct {
		title, hint string
		enter, o    []string
	}{
		{"dumping", "identity portal", []string{anna}, []string{"https://security.contoso.test/alerts/da637-3"}},
		{"ticket", "open alert", []string{"https://security.contoso.test/alerts/aa-41"}, []string{"https://security.contoso.test/alerts/aa-41"}},
		{"Unwanted", "open alert", []string{"https://security.contoso.test/alerts/da637-2"}, []string{"https://security.contoso.test/alerts/da637-2"}},
		{"accounts", "identity portal", nil, []string{"https://security.contoso.test/alerts/da637-9"}}, // asks which
	} {
		p.Links = nil
		p.Press("/", c.title, "enter")
		if got := p.Page.State().Portal; got != c.hint {
			t.Errorf("%s: enter says %q", c.title, got)
		}
		p.Press("enter")
		if !slices.Equal(p.Links, c.enter) {
			t.Errorf("%s: enter opened %q", c.title, p.Links)
		}
		p.Links = nil
		p.Press("o")
		if !slices.Equal(p.Links, c.o) {
			t.Errorf("%s: o opened %q", c.title, p.Links)
		}
		p.Press("n")
	}
	wants(t, p.Reading(), "Identity page of which account?", "Anna Berg", "Karla Lopez")
	p.Links = nil
	choice := p.Dialogs[len(p.Dialogs)-1]
	p.Run(choice.Do("choose").Command())
	choice.Do("last")
	p.Run(choice.Do("choose").Command())
	if !slices.Equal(p.Links, []string{anna, admin}) {
		t.Errorf("the choice opened %q", p.Links)
	}
}

func TestProfileOfWhatAnAlertCountsFor(t *testing.T) {
	p := all(t)
	p.Press("l")
	if len(p.Went) != 1 || p.Went[0] != (page.Place{Kind: page.Profile, Entity: pagetest.ID(pagetest.Client)}) {
		t.Errorf("went to %v", p.Went)
	}
	p.Press("j", "l")
	wants(t, p.Reading(), "Profile of", "CLIENT-07", "Anna Berg")
	choice := p.Dialogs[0]
	choice.Do("last")
	p.Run(choice.Do("choose").Command())
	if len(p.Went) != 2 {
		t.Errorf("went to %v", p.Went)
	}
	p.Press("G", "l")
	wants(t, strings.Join(p.Said, "\n"), "No user or computer of the directory was found")
}

func TestSelectionStaysOverARefresh(t *testing.T) {
	f := pagetest.NewForest()
	p := show(t, theme.Dark, f, page.Place{})
	p.Press("j")
	newer := pagetest.Alerts()[0]
	newer.ID, newer.Created = "da637-9", pagetest.Now()
	f.Knowledge.EndpointAlerts = f.Knowledge.EndpointAlerts.With([]model.Alert{newer})
	p.Refresh(pagetest.Dashboard(f.Entities, f.Knowledge, 2))
	wants(t, p.Text(80, 21), "[Open 5]")
	wants(t, p.Current(), "Suspected")
}

func TestAbandonedSearchIsDropped(t *testing.T) {
	p := all(t)
	late := p.Page.Show()
	p.Press("/", "ticket")
	p.Run(late)
	if got := titles(p); len(got) != 1 {
		t.Errorf("the answer of an abandoned search was taken: %q", got)
	}
}

func TestAlertsOfOneEntity(t *testing.T) {
	p := show(t, theme.Dark, pagetest.NewForest(), page.Place{Entity: pagetest.ID(pagetest.Anna)})
	if got := titles(p); !slices.Equal(got, []string{"Suspected", "Credential"}) || p.Page.Title() != "alerts of Anna Berg" {
		t.Errorf("got %q on %q", got, p.Page.Title())
	}
}

func TestNothingToShowIsSaid(t *testing.T) {
	f := pagetest.NewForest()
	f.Knowledge.EndpointAlerts = inventory.Alerts{}
	wants(t, show(t, theme.Dark, f, page.Place{}).Text(80, 21), "Neither product has any alert.")
	f.Knowledge.Off = model.IntegrationOff
	wants(t, show(t, theme.Dark, f, page.Place{}).Text(80, 21), "Alerts are not known: the integration is off on both sides.")
	f.Knowledge.Off = model.NoReason
	f.Knowledge.IdentityAlertsAnswer.State = 4
	p := show(t, theme.Dark, f, page.Place{})
	wants(t, p.Text(80, 21), "not every product has answered", "not complete")
	p.Press("enter", "space", "l", "Y")
	wants(t, strings.Join(p.Said, "\n"), "There is no alert under the cursor.")
}
