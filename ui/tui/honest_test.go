package tui

import (
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
)

// TestWhatWasNotAskedIsNotCounted: while Defender for Endpoint has told nothing, "no alerts" would be a lie.
func TestWhatWasNotAskedIsNotCounted(t *testing.T) {
	s := newScreen(t, 120, 36, dashboardOf(staff(), knowledge(func(k *inventory.Knowledge) {
		*k = inventory.Knowledge{EndpointAlertsAnswer: inventory.Answer{State: inventory.Failed},
			MachinesAnswer: inventory.Answer{State: inventory.Failed}}
	})))
	s.shows("2 Users 23", "4 Alerts -", "5 Not recognised -", "MDE alerts  not known", "MDI alerts  not known")
	s.press("4")
	s.shows("No badge is known, so nothing can be found by it", "t shows the integration")
	s.hides("Nothing is in the view")
	s.press("1", "/")
	s.typeText("risk>=medium")
	s.shows("No badge is known")
}

// TestTheReasonIsSaidOnce: the heading does not repeat what the finding below it says.
func TestTheReasonIsSaidOnce(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}} {
		s := newScreen(t, size[0], size[1], usual())
		if n := strings.Count(s.text(), "2 of 4 sensors report a health issue"); n != 1 {
			t.Errorf("%dx%d says the finding %d times:\n%s", size[0], size[1], n, s.text())
		}
	}
	s := newScreen(t, 120, 36, usual())
	s.shows("2 of 4 sensors report a health issue  Open the health page and repair them.")
}

func TestAViewKeepsItsPlaceWhenItIsChosen(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.shows("4 Alerts")
	s.press("5")
	s.shows("4 Alerts", "[5 Not recognised")
}

// TestThePeekStaysWithItsEntity: a refresh that brings worse rows must not turn the mini-profile into another's.
func TestThePeekStaysWithItsEntity(t *testing.T) {
	s := newScreen(t, 80, 24, dashboardOf(staff(), knowledge(func(k *inventory.Knowledge) { k.EndpointAlerts = inventory.Alerts{} })))
	first := s.cursorRow()
	s.press("space")
	d := usual()
	d.Generation = 9
	s.do(s.setDashboard(d, nil))
	if now := s.cursorRow(); strings.Fields(now)[3] != strings.Fields(first)[3] {
		t.Errorf("the cursor went from %q to %q", first, now)
	}
}

// TestAMistakeShowsOnTheSmallestScreen: without a line of counts it takes the place of the column titles.
func TestAMistakeShowsOnTheSmallestScreen(t *testing.T) {
	s := newScreen(t, 40, 8, usual())
	s.press("/")
	s.typeText("badge:nonsense")
	s.shows("character 7: badge takes")
}

func TestAPartOfTheDirectoryIsCalledAPart(t *testing.T) {
	d := usual()
	d.Sources[model.Directory].State, d.Sources[model.Directory].LastGood = model.SourceFailed, time.Time{}
	s := newScreen(t, 80, 24, d)
	s.shows("1-14 of 60", "only a part: the directory was not read whole")
}
