package tui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adbadge/model/inventory"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/state"
)

// shows fails unless the screen shows every text.
func (s *screen) shows(texts ...string) {
	s.t.Helper()
	frame := s.text()
	for _, want := range texts {
		if !strings.Contains(frame, want) {
			s.t.Fatalf("the screen does not show %q:\n%s", want, frame)
		}
	}
}

// hides fails when the screen shows any of the texts.
func (s *screen) hides(texts ...string) {
	s.t.Helper()
	frame := s.text()
	for _, no := range texts {
		if strings.Contains(frame, no) {
			s.t.Fatalf("the screen still shows %q:\n%s", no, frame)
		}
	}
}

// cursorRow gives the line under the cursor.
func (s *screen) cursorRow() string {
	s.t.Helper()
	for line := range strings.SplitSeq(s.text(), "\n") {
		if strings.HasPrefix(line, " > [") || strings.HasPrefix(line, "*> [") {
			return line
		}
	}
	return ""
}

func (s *screen) onRow(name string) {
	s.t.Helper()
	if row := s.cursorRow(); !strings.Contains(row, name) {
		s.t.Fatalf("the cursor is not on %s but on %q:\n%s", name, row, s.text())
	}
}

func TestFilterAsOneTypes(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.press("/")
	s.typeText("serv")
	s.shows("filter serv", "svc-backup", "FIN-SRV-02")
	s.hides("KLOPEZ-LT07")
	s.typeText(" fin")
	s.shows("1-1 of 1", "FIN-SRV-02")
	s.press("backspace", "backspace", "backspace", "backspace")
	s.shows("svc-backup")
	s.press("enter")
	s.shows("n clears it", "svc-backup")
	s.press("n")
	s.shows("filter (none)", "KLOPEZ-LT07")
}

func TestFilterMistakeNamesThePlaceAndKeepsTheRows(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.press("/")
	s.typeText("anna")
	s.shows("1-1 of 1")
	s.typeText(" badge:n")
	s.shows("character 12: badge takes alerts", "Anna Berg")
	s.press("esc")
	s.shows("filter (none)", "1-14 of 60")
}

func TestEscGoesFromTheInsideOutAndNeverQuits(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.press("/")
	s.typeText("anna")
	s.press("enter", "space")
	s.shows("anna.berg@contoso.test")
	s.press("?")
	s.shows("Help: dashboard")
	s.press("esc")
	s.hides("Help: dashboard")
	s.shows("anna.berg@contoso.test")
	s.press("esc")
	s.hides("anna.berg@contoso.test")
	s.shows("filter anna")
	s.press("esc")
	s.shows("filter (none)")
	s.press("L")
	s.shows("> log")
	s.press("esc")
	s.hides("> log")
	for range 3 {
		s.press("esc")
	}
	if err := s.env.Context.Err(); err != nil {
		t.Fatal("esc ended the program")
	}
	s.shows("1-14 of 60")
}

func TestStaleAnswersAreDropped(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	var first page.Task[string]
	old := first.Start(t.Context(), func(context.Context) (string, error) { return "", errors.New("too late") })
	first.Start(t.Context(), func(context.Context) (string, error) { return "newer", nil })
	if _, _, ok := first.Take(old()); ok {
		t.Error("the failure of abandoned work was taken")
	}
	// A search that was overtaken must not change the rows, however late it ends.
	s.press("/")
	_, slow := s.Update(keyPress("z"))
	s.send(keyPress("backspace"))
	s.shows("1-14 of 60")
	s.run(slow)
	s.shows("1-14 of 60")
}

func TestTheCursorStaysOnItsEntity(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.press("j", "j")
	s.onRow("Anna Berg")
	s.press("S")
	s.onRow("Anna Berg")
	// A refresh in which other entities come and go.
	d := dashboardOf(staff()[1:], knowledge(func(k *inventory.Knowledge) { k.EndpointAlerts = inventory.NewAlerts(alertList()[5:]) }))
	d.Generation = 9
	s.do(s.setDashboard(d, nil))
	s.onRow("Anna Berg")
	s.shows("of 59")
}

func TestAFilterBeginsAtTheTop(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.press("j", "j", "/")
	s.typeText("ws-00")
	s.onRow("WS-0017")
	s.press("enter", "j", "/")
	s.onRow("WS-0019")
	s.typeText("1") // the row under the cursor matches that too
	s.onRow("WS-0019")
}

func TestTheListFillsUpFromItsBeginning(t *testing.T) {
	s := newScreen(t, 80, 24, loading())
	s.shows("loading: ", "[...]", "Aisha Rahman")
	s.onRow("Aisha Rahman")
	d := usual()
	d.Generation = 2
	s.do(s.setDashboard(d, nil))
	s.onRow("KLOPEZ-LT07")
	s.hides("loading: ")
}

func TestViewsAndOrdersAreRemembered(t *testing.T) {
	folder := t.TempDir()
	s := newScreen(t, 120, 36, usual(), func(o *Options) { o.StateDir = folder })
	s.press("3")
	s.shows("[3 Computers 37]")
	s.press("s", "j", "enter")
	s.shows("Sort: name v")
	s.onRow("BUILD-07")
	s.press("S")
	s.shows("Sort: name ^")
	s.press("1")
	s.shows("Sort: badge v")
	s.press("3")
	s.shows("Sort: name ^")

	s.press("/")
	s.typeText("os:11")
	s.press("enter", "ctrl+s", "G", "enter")
	s.typeText("Elevens")
	s.press("enter")
	s.shows("[9 Elevens", "Saved as view 9, Elevens.", "filter (none)")

	again := newScreen(t, 200, 36, usual(), func(o *Options) { o.StateDir = folder })
	again.shows("9 Elevens")
	again.press("3")
	again.shows("Sort: name ^")
	remembered, err := state.Load(folder)
	if err != nil || remembered.Views["9"].Query != "kind:computer os:11" {
		t.Errorf("remembered %+v, %v", remembered, err)
	}
	info, err := os.Stat(filepath.Join(folder, "screen.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the state file is %v, %v", info.Mode(), err)
	}
}
