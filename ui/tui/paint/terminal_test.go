package paint

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"adbadge/ui/ptytest"
)

// text is a screen that shows what it was sent last.
type text string

func (s text) Init() tea.Cmd { return nil }

func (s text) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case text:
		return msg, nil
	case tea.KeyPressMsg:
		return s, tea.Quit
	}
	return s, nil
}

func (s text) View() tea.View {
	return tea.View{Content: string(s), AltScreen: true, WindowTitle: fmt.Sprint(len(s))}
}

// slow is an output that takes a write only when it is told to.
type slow struct {
	io.Writer
	gate chan struct{}
}

func (s slow) Write(p []byte) (int, error) {
	<-s.gate
	return s.Writer.Write(p)
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

// quick makes a Terminal that waits for nothing.
func quick(t *testing.T, out io.Writer) *Terminal {
	return New(out, "xterm", int(time.Second), func(err error) { t.Error(err) })
}

func TestFramesBetweenAreLeftOut(t *testing.T) {
	screen := ptytest.NewScreen(20, 2, nil)
	out := slow{screen, make(chan struct{})}
	terminal := quick(t, out)
	show := func(content string) {
		terminal.show(frame{content: content, width: 20, height: 2, cursor: tea.Position{X: -1}})
	}
	show("first")
	done := make(chan struct{})
	go func() { terminal.enter(); close(done) }()
	out.gate <- struct{}{} // into the alternate screen
	out.gate <- struct{}{}
	<-done
	done = make(chan struct{})
	show("second")
	go func() { terminal.bring(); close(done) }()
	for !terminal.busy.Load() {
		time.Sleep(time.Millisecond)
	}
	for n := range 100 {
		show(fmt.Sprintf("frame %d", n))
		terminal.bring() // leaves it to the first one
	}
	writes := 0
	for running := true; running; {
		select {
		case out.gate <- struct{}{}:
			writes++
		case <-done:
			running = false
		}
	}
	if got := screen.Line(0); got != "frame 99" || writes > 2 {
		t.Errorf("after %d writes the terminal shows %q", writes, got)
	}
}

func TestATerminalThatIsGone(t *testing.T) {
	gone := errors.New("gone")
	for name, use := range map[string]func(*Terminal){
		"first frame": func(terminal *Terminal) { terminal.enter() },
		"next frame":  func(terminal *Terminal) { terminal.open = true; terminal.bring() },
		"mode":        func(terminal *Terminal) { fmt.Fprint(terminal.Output(), ansi.SetModeBracketedPaste) },
	} {
		var heard error
		terminal := New(broken{gone}, "xterm", 60, func(err error) { heard = err })
		terminal.show(frame{content: "x", width: 3, height: 1})
		use(terminal)
		if !errors.Is(heard, gone) {
			t.Errorf("%s: nobody hears of it: %v", name, heard)
		}
		terminal.Leave()
	}
}

// panics is an output in which something is broken that nobody has thought of.
type panics struct{}

func (panics) Write([]byte) (int, error) { panic("broken") }

// Bubble Tea catches panics and gives the terminal back: nothing may hold it up.
func TestAPanicHoldsNothingUp(t *testing.T) {
	terminal := quick(t, panics{})
	terminal.show(frame{content: "x", width: 3, height: 1})
	terminal.open = true
	func() {
		defer func() { _ = recover() }()
		terminal.bring()
	}()
	if !terminal.mu.TryLock() {
		t.Error("after a panic nobody can leave the terminal")
	}
}

// Bubble Tea's empty frame does not come between, and the terminal is given back however early the program ends.
func TestInTheProgram(t *testing.T) {
	screen := ptytest.NewScreen(20, 3, nil)
	terminal := quick(t, screen)
	in, typist := io.Pipe()
	defer typist.Close()
	program := tea.NewProgram(terminal.Model(text("")), tea.WithInput(in), tea.WithOutput(terminal.Output()), tea.WithWindowSize(20, 3), tea.WithoutSignalHandler(),
		tea.WithEnvironment([]string{"TERM=xterm"}))
	ended := make(chan error)
	go func() { _, err := program.Run(); ended <- err }()
	wait := func(want string) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); screen.Text() != want || screen.Title() != fmt.Sprint(len(want)) || !screen.AltScreen(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the terminal shows %q, want %q", screen.Text(), want)
			}
		}
	}
	program.Send(text("one\ntwo"))
	wait("one\ntwo")
	screen.Resize(24, 6)
	program.Send(tea.WindowSizeMsg{Width: 24, Height: 6})
	const all = "one             is wider\n\n\nnow\nand\nhigher"
	program.Send(text(all))
	wait(all)
	program.Send(text("one\nthree"))
	wait("one\nthree")
	fmt.Fprint(screen, "\x1b[H\x1b[2Jwhat another program wrote")
	program.Send(tea.ClearScreen())
	wait("one\nthree")
	fmt.Fprint(screen, "\x1b[H\x1b[2Jwhat is left of it in another size")
	program.Send(tea.WindowSizeMsg{Width: 24, Height: 6}) // it had the other size for too short to be heard of
	wait("one\nthree")
	if _, err := io.WriteString(typist, "q"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if screen.AltScreen() || len(screen.Unknown()) > 0 {
		t.Errorf("alternate screen %v, sequences that nobody knows: %v", screen.AltScreen(), screen.Unknown())
	}
}

func TestLeave(t *testing.T) {
	screen := ptytest.NewScreen(20, 3, nil)
	terminal := quick(t, screen)
	terminal.show(frame{content: "one", width: 20, height: 3, cursor: tea.Position{X: -1}})
	terminal.enter()
	if _, _, cursor := screen.Cursor(); cursor || !screen.AltScreen() || screen.Line(0) != "one" {
		t.Errorf("cursor %v, alternate screen %v, line %q", cursor, screen.AltScreen(), screen.Line(0))
	}
	terminal.Leave()
	if _, _, cursor := screen.Cursor(); !cursor || screen.AltScreen() {
		t.Errorf("cursor %v, alternate screen %v", cursor, screen.AltScreen())
	}
	terminal.show(frame{content: "two", width: 20, height: 3})
	terminal.bring()
	terminal.enter()
	if screen.AltScreen() || strings.Contains(screen.Text(), "two") {
		t.Error("it paints after the screen was left")
	}
	terminal = quick(t, screen)
	terminal.Leave()
	terminal.enter()
	if screen.AltScreen() {
		t.Error("a program that ended before its first command comes back")
	}
}

// The command that enters may run late, when Bubble Tea has given the terminal to another program.
func TestNothingIsPaintedWhileSuspended(t *testing.T) {
	screen := ptytest.NewScreen(20, 3, nil)
	var out strings.Builder
	terminal := quick(t, io.MultiWriter(screen, &out))
	terminal.show(frame{content: "one", width: 20, height: 3, cursor: tea.Position{X: -1}})
	fmt.Fprint(terminal.Output(), ansi.SetModeAltScreenSaveCursor)
	fmt.Fprint(terminal.Output(), ansi.ResetModeAltScreenSaveCursor)
	if !strings.HasSuffix(out.String(), "\x1b[3H"+ansi.ResetModeAltScreenSaveCursor) {
		t.Errorf("where there is no other screen the shell goes on in the middle of this one: %q", out.String())
	}
	terminal.enter()
	terminal.bring()
	if screen.AltScreen() || screen.Text() != "" {
		t.Errorf("alternate screen %v with %q while another program has the terminal", screen.AltScreen(), screen.Text())
	}
	fmt.Fprint(terminal.Output(), ansi.SetModeAltScreenSaveCursor)
	if !screen.AltScreen() || screen.Text() != "one" {
		t.Errorf("alternate screen %v with %q after that", screen.AltScreen(), screen.Text())
	}
	terminal.Leave()
	terminal.Leave()
}

// What Bubble Tea draws of its empty frame is not seen; its modes, queries and strings are handed on.
func TestBubbleTeaDrawsNothing(t *testing.T) {
	screen := ptytest.NewScreen(20, 3, nil)
	terminal := quick(t, screen)
	terminal.show(frame{content: "one\ntwo", width: 20, height: 3, cursor: tea.Position{X: 3, Y: 1}})
	terminal.enter()
	fmt.Fprint(terminal.Output(), ansi.ResetModeTextCursorEnable+"\x1b[H\x1b[2J\x1b[J\x1b[;2H\x1b[K\n\x1b[2d\x1b[7m text\b\t\x1b[m\x1bM\x1b[2M")
	if x, y, visible := screen.Cursor(); x != 3 || y != 1 || !visible {
		t.Errorf("the cursor is at %d %d, visible %v", x, y, visible)
	}
	if screen.Text() != "one\ntwo" {
		t.Errorf("the terminal shows %q", screen.Text())
	}
	var out strings.Builder
	terminal = quick(t, &out)
	const kept = ansi.SetModeMouseExtSgr + ansi.RequestModeSynchronizedOutput + ansi.SetModifyOtherKeys2 + "\x1b[>1u\x1b[<1u\x1b[=1;1u\x1b[4 q" +
		ansi.RequestPrimaryDeviceAttributes + ansi.RequestCursorPositionReport + "\a\x1b]2;title\a\x1b]52;c;aGk=\a\x1bP+q544e\x1b\\"
	if n, err := io.WriteString(terminal.Output(), kept); out.String() != kept || n != len(kept) || err != nil {
		t.Errorf("of %q is handed on %q", kept, out.String())
	}
}

// Frames are wrapped for terminals that said that they can take them as a whole.
func TestSynchronizedOutput(t *testing.T) {
	for report, want := range map[tea.ModeReportMsg]bool{
		{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset}:          true,
		{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeNotRecognized}:  false,
		{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModePermanentlySet}: false,
		{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset}:                 false,
	} {
		terminal := quick(t, io.Discard)
		terminal.Model(text("")).Update(report)
		if got := terminal.synced.Load(); got != want {
			t.Errorf("after %+v frames are wrapped: %v", report, got)
		}
	}
}

// Only what changed is sent.
func TestBytes(t *testing.T) {
	row := func(mark, name string) string {
		return " " + mark + " \x1b[1;31m[H 3]\x1b[m " + name + strings.Repeat(" ", 40) + "\x1b[38;5;248mWorkstations\x1b[m"
	}
	d := newDraws(t, "xterm", 100, 30)
	lines := make([]string, 30)
	for y := range lines {
		lines[y] = row(" ", fmt.Sprintf("WS-%04d", y))
	}
	show := func() string {
		d.show(frame{content: strings.Join(lines, "\n"), width: 100, height: 30, cursor: tea.Position{X: -1}}, d.canvas.width == 0)
		return string(d.canvas.out)
	}
	show()
	if out := show(); out != "" {
		t.Errorf("nothing changed, but %q is sent", out)
	}
	lines[3] = row(">", "WS-0003")
	if out := show(); out != "\x1b[4;2H>" {
		t.Errorf("for one character %q is sent", out)
	}
	lines[3] = row(">", "WS-1003")
	if out := show(); out != "\x1b[13G1" {
		t.Errorf("for one character %q is sent", out)
	}
	copy(lines[5:29], lines[6:30])
	lines[28] = row(" ", "WS-0030")
	if out := show(); len(out) > 80 || !strings.Contains(out, "WS-0030") {
		t.Errorf("for a row that scrolls in %d bytes are sent: %q", len(out), out)
	}
	copy(lines[6:30], slices.Clone(lines[5:29]))
	lines[5] = row(" ", "WS-0005")
	if out := show(); len(out) > 80 || !strings.Contains(out, "WS-0005") {
		t.Errorf("for a row that scrolls back %d bytes are sent: %q", len(out), out)
	}
	for y := range lines {
		if got, want := d.screen.Line(y), strings.TrimRight(ansi.Strip(lines[y]), " "); got != want {
			t.Errorf("row %d is %q, want %q", y, got, want)
		}
	}
}
