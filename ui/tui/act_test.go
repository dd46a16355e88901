package tui

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/tui/keys"
)

func TestBothSidesOpenTheOtherPortal(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.onRow("KLOPEZ-LT07")
	s.shows("enter endpoint portal")
	s.press("enter")
	if len(s.opened) != 1 || !strings.Contains(s.opened[0], machine(1, "", 0, 0, 0).ID) {
		t.Fatalf("opened %q", s.opened)
	}
	s.press("tab")
	s.shows("enter identity portal", "MDI", "SENSOR")
	s.onRow("KLOPEZ-LT07")
	s.press("enter")
	if len(s.opened) != 2 {
		t.Fatalf("opened %q", s.opened)
	}
}

func TestWithoutBrowserTheLinkIsShownAndSent(t *testing.T) {
	s := newScreen(t, 80, 24, usual(), func(o *Options) { o.CanOpen = false })
	s.press("enter")
	s.shows("Sent to your terminal's clipboard: KLOPEZ-LT07", "https://security.contoso.test/machines")
	if len(s.opened) != 0 || len(s.copied) != 1 || !strings.HasPrefix(s.copied[0], "https://security.contoso.test/") {
		t.Errorf("opened %q, copied %q", s.opened, s.copied)
	}
	if !strings.Contains(s.View().Content, "\x1b]8;;https://security.contoso.test/") {
		t.Error("the link cannot be followed (no OSC 8)")
	}
}

func TestALongLinkIsShownWhole(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {60, 16}, {40, 10}, {40, 8}} {
		s := newScreen(t, size[0], size[1], usual(), func(o *Options) { o.CanOpen = false })
		s.press("enter")
		var lines []string
		for line := range strings.Lines(s.text()) {
			lines = append(lines, strings.TrimSpace(line))
		}
		if shown := strings.Join(lines, ""); !strings.HasSuffix(shown, s.copied[0]) {
			t.Errorf("%dx%d: %q is not at the end of\n%s", size[0], size[1], s.copied[0], s.text())
		}
		fits(t, s, size[0], size[1])
	}
}

func TestAGreyBadgeExplainsItself(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.press("/")
	s.typeText("legacy")
	s.press("enter", "enter")
	s.shows("nothing to open", "has no machine record", "Onboard the machine")
	if len(s.opened)+len(s.copied) != 0 {
		t.Error("something was opened for a grey badge")
	}
	s.press("q")
	s.hides("nothing to open")
}

func TestTogglesAskFirst(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.do(s.AskToggle(s.env.Dashboard.Toggle(model.EndpointSide)))
	s.shows("Switch the endpoint side off?", "all 60 entities", "on -> off")
	s.press("enter") // the safe answer has the focus
	s.hides("Switch the endpoint side off?")
	if s.memory.toggles[model.EndpointSide].State != model.ToggleOn {
		t.Fatal("enter alone switched the side off")
	}
	s.do(s.AskToggle(s.env.Dashboard.Toggle(model.EndpointSide)))
	s.press("y")
	s.shows("endpoint side is off now, as read back")
	if by := s.memory.toggles[model.EndpointSide]; by.State != model.ToggleOff || by.By != "tester" {
		t.Errorf("the toggle is %+v", by)
	}
	if d := s.env.Refresher.Current(); d.Toggle(model.EndpointSide).State != model.ToggleOff {
		t.Error("the dashboard does not show the change")
	}
}

func TestAChangeIsTakenBackWithOneKey(t *testing.T) {
	s := newScreen(t, 120, 36, usual())
	clock := now()
	s.env.Now = func() time.Time { return clock }
	s.press("t", "u")
	s.shows("Nothing was changed here in the last 10 s. space on a toggle changes it")
	change := func(want model.ToggleState) {
		t.Helper()
		s.do(s.setDashboard(s.env.Refresher.Once(t.Context()), nil))
		s.do(s.AskToggle(s.env.Dashboard.Toggle(model.EndpointSide)))
		s.shows("u within 10 s, or the same toggle again")
		s.press("y")
		s.toggleIs(model.EndpointSide, want)
	}
	change(model.ToggleOff)
	s.shows("as read back", "u takes it back", "u undo")
	s.press("u")
	s.toggleIs(model.EndpointSide, model.ToggleOn)
	s.shows("endpoint side is on now, as read back")
	s.press("u") // only once: a change of a tenant is not something to flicker with
	s.toggleIs(model.EndpointSide, model.ToggleOn)

	change(model.ToggleOff)
	clock = clock.Add(undoTime + time.Second)
	s.press("u")
	s.toggleIs(model.EndpointSide, model.ToggleOff)
	s.shows("Nothing was changed here")

	change(model.ToggleOn)
	if _, err := s.env.Refresher.SetToggle(t.Context(), providers.Flip{Toggle: model.Toggle{Side: model.EndpointSide, State: model.ToggleOn, Owner: model.OwnerLab}, By: "anna"}); err != nil {
		t.Fatal(err)
	}
	s.press("u") // what somebody else did is not taken back
	s.toggleIs(model.EndpointSide, model.ToggleOff)
	s.shows("the endpoint side was switched again since")
}

func TestOneChangeAtATime(t *testing.T) {
	s := newScreen(t, 120, 36, usual())
	pending := s.flip(flipped{toggle: s.env.Dashboard.Toggle(model.EndpointSide)}) // its command has not run yet
	s.do(s.AskToggle(s.env.Dashboard.Toggle(model.IdentitySide)))
	s.shows("another change is under way")
	if len(s.dialogs) != 0 {
		t.Error("a second change was offered, and the answer of the first would be lost")
	}
	s.do(pending)
	s.shows("endpoint side is off now")
}

// toggleIs fails the test unless a toggle is as wanted where it is kept.
func (s *screen) toggleIs(side model.Side, want model.ToggleState) {
	s.t.Helper()
	if got := s.memory.toggles[side].State; got != want {
		s.t.Fatalf("the %s side is %s, want %s", side, got, want)
	}
}

func TestAFailedToggleSaysSoUntilEsc(t *testing.T) {
	s := newScreen(t, 120, 36, usual())
	s.memory.refuse = &model.Failure{Kind: model.PermissionMissing, Doing: "switch the endpoint side off", Seen: "403 Forbidden", Remedy: "Ask an administrator."}
	s.do(s.AskToggle(s.env.Dashboard.Toggle(model.EndpointSide)))
	s.press("tab", "enter")
	s.shows("switch the endpoint side off: 403 Forbidden. Ask an administrator.")
	s.press("esc")
	s.hides("403 Forbidden")
}

func TestReadOnlyRefusesWithReason(t *testing.T) {
	s := newScreen(t, 120, 36, usual(), func(o *Options) { o.Tenant.ReadOnly, o.Tenant.Mark = "this session is read-only", "" })
	s.shows("READ-ONLY")
	s.do(s.AskToggle(s.env.Dashboard.Toggle(model.IdentitySide)))
	s.shows("Not changed: this session is read-only. Start with --write")
	if len(s.dialogs) != 0 {
		t.Error("a question was asked although nothing may change")
	}
}

func TestMarksAndExport(t *testing.T) {
	t.Chdir(t.TempDir())
	s := newScreen(t, 80, 24, usual())
	s.press("x", "j", "x")
	s.shows("2 marked", " * [H 3]")
	s.press("E", "enter")
	s.shows("Exported 2 entities to ")
	files, _ := filepath.Glob("adbadge-*.csv")
	if len(files) != 1 {
		t.Fatalf("files: %q", files)
	}
	info, err := os.Stat(files[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	file, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	// The same second again: the file is there, and it is not overwritten.
	s.press("E", "enter")
	s.shows("export: ")
	s.press("esc", "X")
	s.shows("60 marked")
	s.press("X")
	s.hides("marked")
}

func TestPasteOnlyGoesIntoLines(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.send(tea.PasteMsg{Content: "q/anna\x1b[31m"})
	s.shows("Pasted text was ignored")
	s.press("/")
	s.send(tea.PasteMsg{Content: "anna\n\x1b[31m"})
	if strings.Contains(s.View().Content, "anna\x1b[31m") {
		t.Error("a pasted escape sequence reached the screen")
	}
	s.shows("filter anna ␛[31m")
}

func TestNewAlertsAreAnnounced(t *testing.T) {
	s := newScreen(t, 120, 36, usual(), func(o *Options) { o.Config.Screen.Bell, o.Config.Screen.Notify = true, true })
	s.send(tea.BlurMsg{})
	before := s.View().Content
	d := usual()
	d.Generation = 5
	all := d.View.AllAlerts()
	for _, a := range all {
		if a.ID == "alert-1" {
			d.NewAlerts = append(d.NewAlerts, a)
		}
	}
	s.do(s.setDashboard(d, nil))
	s.shows("New alert (high, MDE): Credential dumping by LSASS access on KLOPEZ-LT07")
	if before == s.View().Content {
		t.Error("nothing flashes")
	}
	if len(s.raw) != 2 || !strings.Contains(strings.Join(s.raw, ""), "\a") {
		t.Errorf("bell and notification: %q", s.raw)
	}
}

func TestASourceThatIsDownShowsInTheTitle(t *testing.T) {
	for _, size := range [][2]int{{40, 10}, {60, 16}, {80, 24}} {
		s := newScreen(t, size[0], size[1], down())
		title, _, _ := strings.Cut(s.text(), "\n")
		if !strings.Contains(title, "DOWN") {
			t.Errorf("%v: %q", size, title)
		}
	}
	s := newScreen(t, 80, 24, down())
	s.shows("endpoint DOWN since 13:50", "[H 3]~")
	s.press("enter")
	if len(s.opened) != 1 {
		t.Error("enter does not work from the last answer")
	}
}

func TestMouse(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.send(tea.MouseClickMsg{X: 20, Y: 6, Button: tea.MouseLeft})
	s.onRow("Anna Berg")
	s.send(tea.MouseClickMsg{X: 20, Y: 6, Button: tea.MouseLeft})
	s.shows("anna.berg@contoso.test")
	s.send(tea.MouseClickMsg{X: 16, Y: 1, Button: tea.MouseLeft})
	s.shows("[2 Users 23]")
	s.send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	s.shows("4-17 of 23")
	if len(s.opened) != 0 {
		t.Error("a click opened a link")
	}
}

func TestTheThemeFollowsTheTerminalUntilChosen(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	dark := s.View().Content
	s.send(tea.BackgroundColorMsg{Color: white{}})
	if s.View().Content == dark {
		t.Error("a light terminal gets the dark theme")
	}
	s.press("T", "T", "T")
	chosen := s.View().Content
	s.send(tea.BackgroundColorMsg{Color: white{}})
	if s.View().Content != chosen {
		t.Error("the terminal overrules what was chosen")
	}
}

// white is the background of a light terminal.
type white struct{}

func (white) RGBA() (r, g, b, a uint32) { return 0xffff, 0xffff, 0xffff, 0xffff }

func TestUnknownMessagesCostNothing(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.View()
	type strange struct{}
	if _, cmd := s.Update(strange{}); cmd != nil || s.dirty {
		t.Error("an unknown message is worked on")
	}
	if n := testing.AllocsPerRun(10, func() { s.Update(strange{}); s.View() }); n > 1 {
		t.Errorf("an unknown message costs %v allocations", n)
	}
}

func TestRemovedPagesAndSizes(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.press("l")
	s.shows("> KLOPEZ-LT07")
	s.send(tea.WindowSizeMsg{Width: 200, Height: 50})
	fits(t, s, 200, 50)
	s.press("h")
	s.hides("> KLOPEZ-LT07")
}

func TestPauseStopsTheClock(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	paused := *usual()
	paused.Paused, paused.Next, paused.Generation = true, time.Time{}, 3
	s.do(s.setDashboard(&paused, nil))
	s.shows("paused")
	if s.clock.Running() {
		t.Error("the clock ticks while refreshes are paused")
	}
	going := *usual()
	going.Generation = 4
	s.do(s.setDashboard(&going, nil))
	if !s.clock.Running() {
		t.Error("the clock does not go on")
	}
	s.send(tea.BlurMsg{})
	if s.clock.Running() {
		t.Error("the clock ticks while nobody looks")
	}
}

// Every key of the dashboard does something that its user can see, or leaves the program.
func TestEveryKeyDoesSomething(t *testing.T) {
	table, err := keys.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range table.In(keys.List) {
		if b.Action == keys.Back { // there is nothing to go back to here; TestEsc... is about it
			continue
		}
		for _, key := range table.KeysOf(b, keys.List) {
			s := newScreen(t, 80, 24, usual(), func(o *Options) {
				o.StateDir, o.Tenants = t.TempDir(), []string{"contoso", "fabrikam"}
			})
			s.press("/")
			s.typeText("!zzz") // a filter that keeps everything
			s.press("enter")
			for range 20 {
				s.press("j")
			}
			before := s.View()
			_, cmd := s.Update(keyPress(key))
			after := s.View()
			if before.Content == after.Content && before.MouseMode == after.MouseMode && cmd == nil {
				t.Errorf("%s (%s) does nothing", key, b.Action)
			}
		}
	}
}

func TestTheLogKeepsWhatSourcesSaid(t *testing.T) {
	s := newScreen(t, 120, 36, usual())
	d := down()
	d.Generation = 7
	s.do(s.setDashboard(d, nil))
	again := usual()
	again.Generation = 8
	s.do(s.setDashboard(again, nil))
	s.press("L")
	s.shows("endpoint: read machines from Defender for Endpoint: api.contoso.test does not answer", "endpoint: answers again.")
}

func TestAToggleThatSomebodyElseFlips(t *testing.T) {
	s := newScreen(t, 120, 36, usual())
	d := usual()
	d.Generation = 7
	d.Toggles[model.EndpointSide].State, d.Toggles[model.EndpointSide].By = model.ToggleOff, "anna"
	s.do(s.setDashboard(d, nil))
	s.shows("anna switched the endpoint side off.")
}

func TestScreenReadersGetTheCursorOnTheRow(t *testing.T) {
	s := newScreen(t, 80, 24, usual(), func(o *Options) { o.Plain = true })
	s.press("j", "j")
	v := s.View()
	if v.Cursor == nil || v.Cursor.Y != 6 {
		t.Errorf("the cursor is at %+v", v.Cursor)
	}
	if len(sequences(v.Content)) > 0 && isColour(strings.Join(sequences(v.Content), "")) {
		t.Error("the plain screen has colours")
	}
}
