package ptytest

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// Timeout is how long the waiting methods wait before they fail the test.
const Timeout = 20 * time.Second

// Term is a program that runs in a pseudo-terminal, with the screen that it draws on.
type Term struct {
	*Screen
	t    testing.TB
	cmd  *exec.Cmd
	tty  *os.File
	line Line
	send func([]byte) error // to the program
	done chan struct{}      // closed when the program has ended and all its output was read

	mu     sync.Mutex
	output []byte
}

// unset are the variables of the test's own terminal that a program must not see.
var unset = []string{
	"TMUX", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM_PROGRAM", "LINES", "COLUMNS", "CI", "SSH_TTY", "SSH_CONNECTION",
	"DISPLAY", "WAYLAND_DISPLAY",
}

// Environment gives the environment of the test without its terminal, as a terminal with all colours; more is added
// to it and wins.
func Environment(more ...string) []string {
	var env []string
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !slices.Contains(unset, name) {
			env = append(env, variable)
		}
	}
	env = append(env, "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8")
	return append(env, more...)
}

// Start runs a program in a pseudo-terminal with so many columns and rows, in Environment(env...). The end of the test
// ends it.
func Start(t testing.TB, cols, rows int, env []string, program string, arguments ...string) *Term {
	t.Helper()
	return StartOver(Line{}, t, cols, rows, env, program, arguments...)
}

// StartOver is Start over a line.
func StartOver(line Line, t testing.TB, cols, rows int, env []string, program string, arguments ...string) *Term {
	t.Helper()
	cmd := exec.Command(program, arguments...)
	cmd.Env = Environment(env...)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)})
	if err != nil {
		t.Fatalf("start %s in a terminal: %v", program, err)
	}
	p := &Term{t: t, cmd: cmd, tty: tty, line: line, done: make(chan struct{})}
	p.send, _ = line.way(p.done, func(bytes []byte) error {
		_, err := tty.Write(bytes)
		return err
	})
	answer := func(bytes []byte) { go p.send(bytes) } // the screen is locked here
	if line.Mute {
		answer = nil
	}
	p.Screen = NewScreen(cols, rows, answer)
	go p.read()
	t.Cleanup(p.end)
	return p
}

func (p *Term) read() {
	show, flush := p.line.way(p.done, func(bytes []byte) error {
		_, err := p.Screen.Write(bytes)
		return err
	})
	buffer := make([]byte, p.line.chunk())
	for {
		n, err := p.tty.Read(buffer)
		p.line.rest(n)
		p.mu.Lock()
		p.output = append(p.output, buffer[:n]...)
		p.mu.Unlock()
		show(buffer[:n])
		if err != nil { // EOF or EIO: the last writer has gone
			flush()
			p.cmd.Wait() // how it ended is in ProcessState
			close(p.done)
			return
		}
	}
}

func (p *Term) end() {
	select {
	case <-p.done:
	default:
		p.cmd.Process.Kill()
		<-p.done
	}
	p.tty.Close()
}

// keys are the names of keys that are not a character.
var keys = map[string]string{
	"Enter": "\r", "Tab": "\t", "S-Tab": "\x1b[Z", "Esc": "\x1b", "Space": " ", "BSpace": "\x7f",
	"Up": "\x1b[A", "Down": "\x1b[B", "Right": "\x1b[C", "Left": "\x1b[D", "Home": "\x1b[H", "End": "\x1b[F",
	"PgUp": "\x1b[5~", "PgDn": "\x1b[6~", "Insert": "\x1b[2~", "Delete": "\x1b[3~",
}

// escapePause is longer than programs wait to see whether Esc begins a sequence.
const escapePause = 60 * time.Millisecond

// Press sends keys by name ("j", "Enter", "PgDn", "C-c"), each in a write of its own.
func (p *Term) Press(names ...string) {
	p.t.Helper()
	for _, name := range names {
		sequence, known := keys[name]
		if letter, control := strings.CutPrefix(name, "C-"); control && len(letter) == 1 {
			sequence, known = string(rune(letter[0]&0x1f)), true
		}
		if !known {
			sequence = name
		}
		if err := p.send([]byte(sequence)); err != nil {
			p.t.Fatalf("press %q: %v", name, err)
		}
		if sequence == "\x1b" {
			time.Sleep(escapePause)
		}
	}
}

// Type sends text, a write for each character.
func (p *Term) Type(text string) {
	p.t.Helper()
	for _, r := range text {
		p.Press(string(r))
	}
}

// Signal sends a signal to the program.
func (p *Term) Signal(signal syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		p.t.Fatalf("send %v: %v", signal, err)
	}
}

// SetSize changes the size of the window, as a user who drags its edge does.
func (p *Term) SetSize(cols, rows int) {
	p.t.Helper()
	p.Screen.Resize(cols, rows)
	if err := pty.Setsize(p.tty, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		p.t.Fatalf("resize: %v", err)
	}
}

// Wait waits until ok is true of the screen. It fails the test, and shows the screen, when that never comes or the
// program ends before.
func (p *Term) Wait(what string, ok func(*Screen) bool) {
	p.t.Helper()
	for end := time.Now().Add(p.line.patience()); ; time.Sleep(2 * time.Millisecond) {
		ended := p.ended()
		switch {
		case ok(p.Screen):
			return
		case ended:
			p.t.Fatalf("waited for %s, but the program has ended; the screen is:\n%s", what, p.Text())
		case time.Now().After(end):
			p.t.Fatalf("waited %v for %s; the screen is:\n%s", p.line.patience(), what, p.Text())
		}
	}
}

func (p *Term) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// WaitText waits until every one of the texts stands on the screen.
func (p *Term) WaitText(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.Wait(fmt.Sprintf("%q", text), func(s *Screen) bool { _, _, ok := s.Find(text); return ok })
	}
}

// WaitNoText waits until the text is not on the screen.
func (p *Term) WaitNoText(text string) {
	p.t.Helper()
	p.Wait(fmt.Sprintf("no %q", text), func(s *Screen) bool { _, _, ok := s.Find(text); return !ok })
}

// CellOf gives the first cell of a text, and fails the test when it is not on the screen.
func (p *Term) CellOf(text string) Cell {
	p.t.Helper()
	x, y, ok := p.Find(text)
	if !ok {
		p.t.Fatalf("no %q on the screen:\n%s", text, p.Text())
	}
	return p.Cell(x, y)
}

// Output gives all bytes that the program has written so far.
func (p *Term) Output() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.output)
}

// WaitExit waits for the end of the program and gives its exit code, -1 when a signal ended it.
func (p *Term) WaitExit() int {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(p.line.patience()):
		p.t.Fatalf("the program still runs; the screen is:\n%s", p.Text())
	}
	return p.cmd.ProcessState.ExitCode()
}
