package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"adbadge/ui/ptytest"
)

// terminal runs the program in a terminal, on a lab that stands still.
func (s *shell) terminal(cols, rows int, arguments ...string) *ptytest.Term {
	s.t.Helper()
	return ptytest.Start(s.t, cols, rows, s.environment(), s.path(), append([]string{"--lab-still"}, arguments...)...)
}

// The lab is looked at with one's own keys and views, and a configuration with mistakes keeps nobody from it.
func TestLabKeepsKeysAndViews(t *testing.T) {
	s := newShell(t)
	file := filepath.Join(s.home, ".config", "adbadge", "config.toml")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("[directory]\nsource = \"ldif\"\nldif_file = \"config.toml\"\n[keys]\nquit = [\"Q\"]\n[[views]]\nname = \"Servers\"\nquery = \"os:server\"\n")
	p := s.terminal(80, 24, "--lab")
	p.WaitText("LAB", "1 Servers", "INTEGRATION")
	p.Press("Q")
	if code := p.WaitExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	write("[keys]\nquit = 7\n")
	p = s.terminal(80, 24, "--lab")
	p.WaitText("LAB", "1 All", "INTEGRATION")
	p.Press("q")
	if code := p.WaitExit(); code != 0 {
		t.Errorf("exit code %d with a configuration that cannot be read", code)
	}
}

func TestDashboardStartsAndQuits(t *testing.T) {
	p := newShell(t).terminal(80, 24)
	p.WaitText("LAB", "[H", "INTEGRATION")
	if !p.AltScreen() {
		t.Error("the dashboard is not on the alternate screen")
	}
	p.Press("q")
	if code := p.WaitExit(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if _, _, cursor := p.Cursor(); p.AltScreen() || !cursor || p.Mode(1002) || p.Mode(1003) || p.Mode(2004) {
		t.Error("the terminal is not as it was before")
	}
	if unknown := p.Unknown(); len(unknown) > 0 {
		t.Errorf("sequences that the emulator does not know: %v", unknown)
	}
}

func TestDashboardEndsOnSignals(t *testing.T) {
	s := newShell(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		p := s.terminal(80, 24)
		p.WaitText("LAB", "INTEGRATION")
		p.Signal(signal)
		if code := p.WaitExit(); code != 130 || p.AltScreen() {
			t.Errorf("%v: exit code %d, want 130; alternate screen %v", signal, code, p.AltScreen())
		}
	}
}

// Suspended, the program gives the terminal back; when it goes on, all of the screen is there again.
func TestSuspend(t *testing.T) {
	s := newShell(t)
	p := s.terminal(80, 24)
	p.WaitText("LAB", "INTEGRATION")
	p.Wait("the modes of the terminal", func(s *ptytest.Screen) bool { return s.Mode(2004) })
	p.Press("C-z")
	p.Wait("the screen from before", func(s *ptytest.Screen) bool { _, _, cursor := s.Cursor(); return !s.AltScreen() && cursor })
	p.Wait("the dashboard again", func(s *ptytest.Screen) bool {
		p.Signal(syscall.SIGCONT) // too early, it is not heard
		return s.AltScreen()
	})
	p.WaitText("LAB", "INTEGRATION")
	if _, _, cursor := p.Cursor(); cursor {
		t.Error("the cursor is to be seen on the screen")
	}
	p.Press("?")
	p.WaitText("suspend")
	p.Press("Esc", "q")
	if code := p.WaitExit(); code != 0 || p.AltScreen() {
		t.Errorf("exit code %d, alternate screen %v", code, p.AltScreen())
	}
}

// For screen readers the terminal's cursor follows the row, and there is nothing but text.
func TestPlainDashboard(t *testing.T) {
	p := newShell(t).terminal(120, 36, "--plain")
	p.WaitText("INTEGRATION: degraded", "1-23 of 653", "  next ")
	onRow := func(mark string, y int) {
		t.Helper()
		p.Wait("the cursor on its row", func(s *ptytest.Screen) bool {
			_, at, visible := s.Cursor()
			return visible && at == y && strings.Contains(s.Line(y), mark)
		})
	}
	_, first, _ := p.Cursor()
	onRow(">", first)
	p.Press("j", "j")
	onRow(">", first+2)
	p.Press("/")
	p.Wait("the cursor in the filter", func(s *ptytest.Screen) bool { _, y, _ := s.Cursor(); return strings.Contains(s.Line(y), "/ filter") })
	for y := range 36 {
		for x := range 120 {
			if c := p.Cell(x, y); c.Style.Foreground != "" || c.Style.Background != "" || strings.ContainsAny(c.Text, "─│┌┐└┘…") {
				t.Fatalf("row %d column %d is %+v", y, x, c)
			}
		}
	}
	p.Press("Esc", "q")
	if code := p.WaitExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// A terminal that cannot show a screen gets the list, and not one escape sequence.
func TestDumbTerminal(t *testing.T) {
	for _, kind := range []string{"dumb", ""} {
		testDumbTerminal(t, newShell(t, "TERM="+kind))
	}
}

func testDumbTerminal(t *testing.T, s *shell) {
	t.Helper()
	for _, arguments := range [][]string{nil, {"--help"}, {"list"}, {"status"}, {"list", "--nope"}} {
		p := s.terminal(100, 30, arguments...)
		p.WaitExit()
		if bytes.ContainsRune(p.Output(), '\x1b') {
			t.Errorf("%q writes an escape sequence:\n%q", arguments, p.Output())
		}
		if arguments == nil && !bytes.Contains(p.Output(), []byte("cannot show a screen")) {
			t.Errorf("nothing says why there is no screen:\n%s", p.Text())
		}
	}
}

func TestNoTerminalGetsTheList(t *testing.T) {
	a := newShell(t).run().wants(0, "not a terminal")
	if len(a.lines()) < 650 {
		t.Errorf("%d lines, want the list", len(a.lines()))
	}
}

func TestListInATerminal(t *testing.T) {
	s := newShell(t)
	p := s.terminal(60, 12, "list", "--limit", "3", "kind:computer", "badge:high")
	if code := p.WaitExit(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if p.CellOf("[H").Style == (ptytest.Style{}) {
		t.Error("the badge has no colour")
	}
	if hint := p.Text(); !strings.Contains(hint, "config init") {
		t.Errorf("nothing says how to connect a real directory:\n%s", hint)
	}
	for y := range 12 {
		if x := p.Cell(59, y); x.Text != " " && strings.HasPrefix(p.Line(y), "[") && strings.TrimSpace(p.Line(y+1)) != "" &&
			!strings.HasPrefix(p.Line(y+1), "[") {
			t.Errorf("row %d is wider than the terminal:\n%s", y, p.Text())
		}
	}
	s.env = []string{"NO_COLOR=1"}
	p = s.terminal(60, 12, "list", "--limit", "1", "badge:high")
	p.WaitExit()
	if style := p.CellOf("[H").Style; style.Foreground != "" || style.Background != "" {
		t.Errorf("with NO_COLOR the badge is %v", style)
	}
	p = s.terminal(60, 12, "list", "--limit", "1", "--color", "never")
	p.WaitExit()
	if bytes.ContainsRune(p.Output(), '\x1b') {
		t.Errorf("--color never writes %q", p.Output())
	}
}

func TestColorAlways(t *testing.T) {
	s := newShell(t)
	cmd, out, _ := s.start("--lab-still", "list", "--limit", "1", "--color", "always")
	if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), "\x1b[") {
		t.Errorf("error %v, output %q; want colours", err, out)
	}
}

func TestInterrupted(t *testing.T) {
	s := newShell(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		log := s.home + "/log-" + signal.String()
		cmd, _, errs := s.start("--lab-still", "--lab-fault", "slow:endpoint:1h", "--log-file", log, "list")
		waitForFile(t, log, "tenant opened")
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 130 || time.Since(begin) > 5*time.Second {
			t.Errorf("%v: exit code %d after %v, want 130 at once; standard error:\n%s", signal, code, time.Since(begin), errs)
		}
	}
}
