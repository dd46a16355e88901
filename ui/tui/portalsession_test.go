package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/tui/overlay"
)

// portalToggle is the flag as the portal reports it.
func portalToggle(state model.ToggleState) model.Toggle {
	return model.Toggle{Side: model.EndpointSide, Owner: model.OwnerPortal, State: state, Read: now()}
}

// withPortal is a dashboard while there is a session with the portal.
func withPortal(generation uint64, state model.ToggleState) *providers.Dashboard {
	d := usual()
	d.Generation = generation
	view := model.PortalView{Enabled: state, Workspace: model.ToggleOn}
	d.Portal = model.PortalSession{Begun: true, Open: true, Host: "security.contoso.test", Actor: "anna@contoso.test", Tenant: "Contoso",
		Until: now().Add(48 * time.Minute), Reading: &model.PortalReading{Features: view, Context: view}}
	d.Toggles = append(d.Toggles, portalToggle(state))
	return d
}

// The banner stands on every page and in every size as long as there is a session, and goes with it.
func TestPortalSessionIsOnEveryScreen(t *testing.T) {
	for _, size := range [][2]int{{200, 50}, {120, 36}, {80, 24}, {60, 16}, {40, 10}} {
		s := newScreen(t, size[0], size[1], usual())
		s.hides("UNSUPPORTED")
		s.do(s.setDashboard(withPortal(2, model.ToggleOn), nil))
		for _, key := range []string{"", "t", "h", "a", "h", "L", "h", "l"} {
			if key != "" {
				s.press(key)
			}
			s.shows("UNSUPPORTED", "48 min")
			fits(t, s, size[0], size[1])
		}
		s.press("h")
		over := withPortal(3, model.ToggleUnknown)
		over.Portal = model.PortalSession{Begun: true, Ended: &model.Failure{Kind: model.SignInRefused, Seen: "the session has expired (440)"}}
		s.do(s.setDashboard(over, nil))
		s.hides("UNSUPPORTED")
		if size[0] >= 80 {
			s.shows("The portal session is over", "expired (440)")
		}
	}
}

func TestIntegrationPageShowsThePortal(t *testing.T) {
	s := newScreen(t, 120, 36, withPortal(1, model.ToggleOff))
	s.press("t")
	s.shows("portal's flag of the endpoint side", "[off]")
	s.press("j", "j")
	s.shows("PORTAL SESSION: UNSUPPORTED MICROSOFT-INTERNAL INTERFACE", "anna@contoso.test in Contoso at security.contoso.test, 48 min left",
		"check signals, not the flag", "the settings say off, the tenant's context says off")
	s.press("h")
	s.shows("portal's flag [off]") // the panel
}

func TestNoPortalSessionIsAllowed(t *testing.T) {
	s := newScreen(t, 120, 30, usual())
	s.press("t", "p")
	s.shows("This tenant allows no portal session. Set session = true under [portal]")
}

// The question names tenant, actor, old and new value, and what follows; the safe answer has the focus. A tenant that is
// read-only does not matter, since adbadge writes nothing there.
func TestPortalToggleAsksFirst(t *testing.T) {
	for _, readOnly := range []string{"", "this session is read-only"} {
		s := newScreen(t, 120, 36, withPortal(1, model.ToggleOn))
		s.env.Tenant.ReadOnly = readOnly
		s.press("t", "j", "j", "space")
		s.shows("Switch the portal's flag off?", "Contoso in the portal", "tester", "anna@contoso.test", "on -> off",
			"it writes nothing", "Open the page")
		s.press("enter")
		s.hides("flag off?")
		if len(s.opened)+len(s.copied) > 0 {
			t.Errorf("opened %q, copied %q", s.opened, s.copied)
		}
	}
}

func TestPortalToggleThatIsNotKnown(t *testing.T) {
	s := newScreen(t, 120, 30, withPortal(1, model.ToggleUnknown))
	s.press("t", "j", "j", "space")
	s.shows("How the flag stands is not known")
}

// A secret is asked for without showing it, whatever is typed or pasted, and is gone when the dialog is.
func TestSecretIsNotShown(t *testing.T) {
	for _, size := range [][2]int{{200, 50}, {80, 24}, {40, 10}} {
		s := newScreen(t, size[0], size[1], usual())
		var got []string
		ask := func() *overlay.Secret {
			d := &overlay.Secret{Title: "Begin a portal session", Warning: model.PortalWarning, Label: "Cookies", Note: "Where to get them.", Most: 100,
				Run: func(answer string) tea.Cmd { got = append(got, answer); return nil }}
			s.do(s.Open(d))
			return d
		}
		d := ask()
		s.shows("nothing yet", "Begin a portal")
		s.press("enter") // nothing is no answer
		s.shows("nothing yet")
		s.press("c", "q", "backspace", "a")
		s.do(s.paste("nary\x1b[2Jsecret\n"))
		s.shows("17 characters, not shown")
		s.hides("canary", "secret")
		fits(t, s, size[0], size[1])
		s.do(s.paste(strings.Repeat("x", 100))) // too much
		s.shows("17 characters, not shown")
		s.press("enter")
		if len(got) != 1 || got[0] != "canary\x1b[2Jsecret\n" {
			t.Errorf("got %q", got)
		}
		d2 := ask()
		s.do(s.paste("canary"))
		s.press("esc")
		if all := fmt.Sprintf("%+v %+v", *d, *d2); strings.Contains(all, "canary") || len(got) != 1 {
			t.Errorf("it is still there: %s, %q", all, got)
		}
		s.hides("not shown")
	}
}

// A change that was watched from here is nobody else's, whichever comes first: the dashboard that shows it, or the word that
// it was seen.
func TestWatchedChangeIsMine(t *testing.T) {
	for _, first := range []string{"dashboard", "word"} {
		s := newScreen(t, 120, 30, withPortal(1, model.ToggleOn))
		f := flipped{toggle: portalToggle(model.ToggleOn)}
		s.mine = f
		seen := func() { s.do(s.seenInPortal(watched{f, model.Change{Seen: "both"}}, nil)) }
		if first == "word" {
			seen()
		}
		s.do(s.setDashboard(withPortal(2, model.ToggleOff), nil))
		if first == "dashboard" {
			seen()
		}
		s.shows("Seen: the portal's flag of the endpoint side is off now (both).")
		s.hides("Somebody switched")
		s.do(s.setDashboard(withPortal(3, model.ToggleOn), nil))
		s.shows("Somebody switched the portal's flag of the endpoint side on.")
	}
}
