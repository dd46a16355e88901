package cli

import (
	"slices"
	"strings"
	"testing"

	"adbadge/ui/ptytest"
)

// One visit of the dashboard, by the real program in a terminal: find, open, switch, resize, quit.
func TestDashboardVisit(t *testing.T) {
	s := newShell(t, "SSH_TTY=/dev/pts/9")
	p := s.terminal(100, 30)
	p.WaitText("LAB", "WRITE", "INTEGRATION: degraded", "[H", "adbadge config init")

	p.Press("/")
	p.Type("kind:computer badge:high")
	p.Press("Enter")
	p.WaitText("kind:computer badge:high", "[H")
	p.WaitNoText("[ ok]")

	// Over SSH the link is shown and copied, never opened here.
	p.Press("Enter")
	p.WaitText("clipboard", "https://127.0.0.1:")
	p.Wait("the page of the machine in the clipboard", func(s *ptytest.Screen) bool {
		link := s.Clipboard()
		return strings.HasPrefix(link, "https://127.0.0.1:") && strings.Contains(link, "/machines/")
	})
	p.Press("Esc")
	p.WaitText("filter (none)") // Esc and a letter in one go are another key
	p.Press("t")
	p.WaitText("TOGGLES", "[ON ]")
	p.Press("Space")
	p.WaitText("Switch the identity side off?", "on -> off", "become unknown")
	p.Press("y")
	p.WaitText("[off]", "Integration half", "changed by")
	if got := s.run("toggle", "identity").wants(0).out; got != "off\n" {
		t.Errorf("another shell reads %q, want off", got)
	}

	// With one side off, badges are unknown, never grey.
	p.Press("h", "n", "5")
	p.WaitText("INTEGRATION: half", "5 Not recognised -")
	p.Press("1")
	p.WaitText("[off]")

	// A change in another shell is seen here.
	s.run("toggle", "identity", "on", "--yes").wants(0, "off -> on")
	p.Press("r")
	p.WaitText("INTEGRATION: degraded", "[H")
	p.WaitNoText("[off]")

	for _, size := range [][2]int{{200, 50}, {40, 8}, {3, 2}, {80, 24}} {
		p.SetSize(size[0], size[1])
	}
	p.WaitText("INTEGRATION: degraded", "MDE", "1-14 of")
	p.Press("q")
	if code := p.WaitExit(); code != 0 || p.AltScreen() {
		t.Errorf("exit code %d, want 0; alternate screen %v", code, p.AltScreen())
	}
	if unknown := p.Unknown(); len(unknown) > 0 {
		t.Errorf("sequences that the emulator does not know: %v", unknown)
	}
}

// A setting beside the toggles, by the real program in a terminal: look, ask, keep, switch, take back.
func TestDashboardSwitchesASetting(t *testing.T) {
	s := newShell(t)
	p := s.terminal(100, 30)
	p.WaitText("INTEGRATION: degraded", "  next ") // everything has been read
	p.Press("t", "j", "j")
	p.WaitText("SETTINGS", "automatic auditing", "a setting of the tenant, for everyone", "sets up the auditing of Windows")
	p.Press("Space")
	p.WaitText("Switch automatic auditing off?", "on -> off", "contoso.test, changed by", "detections are missing")
	p.Press("Enter") // the safe answer has the focus
	p.WaitNoText("Switch automatic auditing off?")
	if got := s.run("toggle", "auditing").wants(0).out; got != "on\n" {
		t.Fatalf("after the safe answer another shell reads %q", got)
	}
	p.Press("Space")
	p.WaitText("Switch automatic auditing off?")
	p.Press("y")
	p.WaitText("Applied: automatic auditing is off now", "u takes it back", "Integration: degraded")
	if got := s.run("toggle", "auditing").wants(0).out; got != "off\n" {
		t.Errorf("another shell reads %q, want off", got)
	}
	p.Press("u")
	p.WaitText("Applied: automatic auditing is on now")

	// A change in another shell is seen here, and told.
	s.run("toggle", "auditing", "off", "--yes").wants(0, "on -> off")
	p.Press("r")
	p.WaitText("Somebody switched automatic auditing off.")
	p.Press("q")
	if code := p.WaitExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// A health issue, by the real program in a terminal: keep, close, take back, and suppress.
func TestDashboardClosesAnIssue(t *testing.T) {
	s := newShell(t)
	statuses := func() (list []string) {
		for _, issue := range decode[[]record](s.run("issues", "--all", "--json").wants(0)) {
			list = append(list, issue["title"].(string)+": "+issue["status"].(string))
		}
		return list
	}
	const title = "Directory Services Object Auditing is not enabled as required"
	p := s.terminal(110, 40)
	p.WaitText("INTEGRATION: degraded", "  next ") // everything has been read
	p.Press("t", "G")
	p.WaitText("OPEN HEALTH ISSUES", "> ", title, "c close issue", "s suppress issue")
	p.Press("c")
	p.WaitText("Close this health issue?", title, "open -> closed", "contoso.test, changed by", "repairs nothing")
	p.Press("Enter") // the safe answer has the focus
	p.WaitNoText("Close this health issue?")
	if got := statuses(); !slices.Contains(got, title+": open") {
		t.Fatalf("after the safe answer: %q", got)
	}
	p.Press("c")
	p.WaitText("Close this health issue?")
	p.Press("y")
	p.WaitText("Applied: the issue is closed now", "u takes it back")
	if got := statuses(); !slices.Contains(got, title+": closed") {
		t.Errorf("another shell reads %q", got)
	}
	p.Press("u")
	p.WaitText("Applied: the issue is open now")
	if got := statuses(); !slices.Contains(got, title+": open") {
		t.Errorf("another shell reads %q", got)
	}
	p.Press("q")
	if code := p.WaitExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
