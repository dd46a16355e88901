package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"adbadge/providers"
	"adbadge/ui/tui/overlay"
)

// asking is a dashboard that waits for somebody to sign in.
func asking(p providers.SignInPrompt) *providers.Dashboard {
	d := usual()
	p.Until = now().Add(15 * 60e9)
	d.Generation, d.SignIn = 2, &p
	return d
}

func TestSignInIsShownUntilItIsDone(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 10}} {
		s := newScreen(t, size[0], size[1], usual())
		d := asking(providers.SignInPrompt{URL: "https://microsoft.com/devicelogin", Code: "ABCD-EFGH", NotKept: "no keyring answers"})
		s.do(s.setDashboard(d, nil))
		s.shows("Sign in to Entra ID", "https://microsoft.com/devicelogin", "ABCD-EFGH", "Waiting until 14:17.", "The next start will ask again")
		s.press("y", "Y")
		if len(s.copied) != 2 || !strings.Contains(s.copied[0], "ABCD-EFGH") || !strings.Contains(s.copied[1], "devicelogin") {
			t.Errorf("copied %q", s.copied)
		}
		again := *d // a source has answered meanwhile
		again.Generation = 3
		s.press("esc")
		s.do(s.setDashboard(&again, nil))
		s.hides("Sign in to Entra ID")
		s.press("L")
		if size[0] == 80 {
			s.shows("To sign in, open https://microsoft.com/devicelogin")
		}
		s.press("h")

		s.do(s.setDashboard(asking(providers.SignInPrompt{URL: "https://microsoft.com/devicelogin", Code: "IJKL-MNOP"}), nil))
		s.shows("IJKL-MNOP")
		done := usual()
		done.Generation = 5
		s.do(s.setDashboard(done, nil))
		s.hides("Sign in to Entra ID", "IJKL-MNOP")
	}
}

func TestSignInDoesNotStandInTheWay(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	s.press(":")
	s.do(s.setDashboard(asking(providers.SignInPrompt{URL: "https://microsoft.com/devicelogin", Code: "ABCD-EFGH"}), nil))
	s.press("t") // belongs to the palette
	if _, is := s.dialogs[len(s.dialogs)-1].(*overlay.SignIn); is || len(s.copied) > 0 {
		t.Error("the sign-in took the keys of what was open")
	}
	s.press("esc")
	s.shows("ABCD-EFGH")
	s.send(tea.WindowSizeMsg{Width: 20, Height: 4})
	s.View()
}

func TestSignInInTheBrowser(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	link := "https://login.microsoftonline.com/contoso.test/oauth2/v2.0/authorize?" + strings.Repeat("x", 700)
	s.do(s.setDashboard(asking(providers.SignInPrompt{URL: link}), nil))
	s.shows("was opened in the browser", "Waiting until 14:17.")
	s.press("y", "Y")
	if len(s.copied) != 1 || !strings.Contains(s.copied[0], link) {
		t.Errorf("copied %q", s.copied)
	}
}

// A person is asked before the screen is there.
func TestSignInThatBeganBefore(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	r := s.options.Refresher
	r.ShowSignIn(t.Context(), providers.SignInPrompt{URL: "https://microsoft.com/devicelogin", Code: "ABCD-EFGH"})
	app, err := New(t.Context(), s.options)
	if err != nil {
		t.Fatal(err)
	}
	app.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	if !strings.Contains(app.View().Content, "ABCD-EFGH") {
		t.Error("the code is not shown")
	}
}
