package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"adbadge/ui/ptytest"
)

// terminalOver runs the program in a terminal at the end of a line, on a lab that stands still.
func (s *shell) terminalOver(line ptytest.Line, cols, rows int, arguments ...string) *ptytest.Term {
	s.t.Helper()
	return ptytest.StartOver(line, s.t, cols, rows, s.environment(), s.path(), append([]string{"--lab-still"}, arguments...)...)
}

// underCursor waits until the cursor stands on a row of the list that begins with this name.
func underCursor(p *ptytest.Term, name string) {
	p.Wait(fmt.Sprintf("the cursor on %q", name), func(s *ptytest.Screen) bool {
		for line := range strings.Lines(s.Text()) {
			if strings.HasPrefix(line, " > [") && strings.Contains(line, name) {
				return true
			}
		}
		return false
	})
}

// names gives the names of the list in its order.
func (s *shell) names() []string {
	s.t.Helper()
	var names []string
	for _, entity := range s.entities() {
		names = append(names, entity["name"].(string))
	}
	return names
}

// A serial line carries 960 bytes in a second: one screen in five. No key gets lost on it, keys that come faster than
// their frames are drawn as one, and what it shows in the end is right.
func TestDashboardAt9600Baud(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	names := s.names()
	p := s.terminalOver(ptytest.Line{Baud: 9600}, 80, 24)
	underCursor(p, names[0])
	p.WaitText("INTEGRATION", "? help")
	cost := func(what string, most int, act func()) {
		t.Helper()
		before := len(p.Output())
		act()
		if n := len(p.Output()) - before; n > most {
			t.Errorf("%s takes %d bytes, want at most %d", what, n, most)
		}
	}
	cost("a hundred rows", 12_000, // drawn one by one they take 17,000; the system holds some frames before the program has to wait
		func() {
			p.Type(strings.Repeat("j", 100))
			underCursor(p, names[100])
		})
	cost("a word of the filter", 5000, func() {
		p.Type("/kind:computer ws")
		p.Press("Enter")
		p.WaitText("/ filter kind:computer ws")
		p.WaitNoText("of 653")
	})
	cost("many keys that end where they began", 12_000, func() {
		p.Press("n")
		p.WaitText("of 653")
		p.Press("g")
		for range 20 {
			p.Press("PgDn", "PgUp")
		}
		p.Press("j", "j")
		underCursor(p, names[2])
	})
	p.SetSize(60, 16)
	p.SetSize(80, 24)
	underCursor(p, names[2])
	p.WaitText("INTEGRATION", "? help")
	p.Press("q")
	if code := p.WaitExit(); code != 0 || p.AltScreen() {
		t.Errorf("exit code %d, want 0; alternate screen %v", code, p.AltScreen())
	}
}

// Over a satellite everything comes late, also the second half of what a key sends, and the terminal's answers.
func TestDashboardOverASatellite(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	names := s.names()
	p := s.terminalOver(ptytest.Line{Delay: 300 * time.Millisecond}, 200, 50)
	underCursor(p, names[0])
	p.WaitText("INTEGRATION", "? help")
	before := len(p.Output())
	for range 40 {
		p.Press("Down")
	}
	p.Press("Up")
	underCursor(p, names[39])
	p.WaitText(names[39] + "  [") // the mini-profile has followed
	if n := len(p.Output()) - before; n > 40_000 {
		t.Errorf("41 keys take %d bytes", n)
	}
	p.Type("/badge:alerts kind:user")
	p.Press("Enter")
	p.WaitText("/ filter badge:alerts kind:user", "1-")
	p.WaitNoText(" comp ")
	p.Press("q")
	if code := p.WaitExit(); code != 0 || p.AltScreen() {
		t.Errorf("exit code %d, want 0; alternate screen %v", code, p.AltScreen())
	}
}

// A terminal that answers no query gets the same screen as one that does; nothing waits for an answer.
func TestDashboardOnAMuteTerminal(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	name := s.names()[0]
	shown := map[bool]string{}
	for _, mute := range []bool{false, true} {
		p := s.terminalOver(ptytest.Line{Mute: mute}, 100, 30)
		underCursor(p, name)
		p.WaitText("INTEGRATION: degraded", "? help")
		p.Press("j", "Down", "k", "Up")
		underCursor(p, name)
		p.WaitText("1-20 of")
		shown[mute], _, _ = strings.Cut(p.Text(), " of ")      // below are times of answers
		_, shown[mute], _ = strings.Cut(shown[mute], " NAME ") // above too
		p.Press("q")
		if code := p.WaitExit(); code != 0 || p.AltScreen() {
			t.Errorf("mute %v: exit code %d, want 0; alternate screen %v", mute, code, p.AltScreen())
		}
	}
	if shown[true] != shown[false] {
		t.Errorf("a mute terminal shows\n%s\nwant\n%s", shown[true], shown[false])
	}
}

// Help, and what is said of wrong usage, asks the terminal nothing: one that does not answer would be waited for.
func TestHelpAsksTheTerminalNothing(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	for arguments, says := range map[string]string{"--help": "USAGE", "list --help": "--jsonl", "nosuch": "there is no command", "list --nosuch": "nosuch"} {
		p := ptytest.StartOver(ptytest.Line{Mute: true}, t, 100, 60, s.environment(), s.path(), strings.Fields(arguments)...)
		p.WaitExit()
		output := string(p.Output())
		if !strings.Contains(output, says) {
			t.Errorf("%s does not say %q:\n%s", arguments, says, output)
		}
		for _, query := range []string{"\x1b]", "\x1b[c", "$p", "6n"} {
			if strings.Contains(output, query) {
				t.Errorf("%s sends the query %q", arguments, query)
			}
		}
	}
}
