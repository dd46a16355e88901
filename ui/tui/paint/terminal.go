// Package paint sends the frames of the screen to the terminal: only the cells that changed, in few bytes, so that the
// dashboard is quick over a slow line and costs little on a small machine.
//
// Bubble Tea keeps the terminal: its modes, its keys, the way in and out of it. Its renderer, which compares every cell
// of every frame and redraws what lies between two changes of a line, is shown an empty frame; what it writes goes
// through Terminal, which adds the real ones.
package paint

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// frame is what the screen is to show. It is never changed.
type frame struct {
	content       string
	width, height int
	cursor        tea.Position // negative: hidden
	wholes        int          // how often everything was to be drawn anew
}

// Terminal paints frames. Make one with New, let Bubble Tea write to Output, and show it Model in the place of the screen.
// It is safe for concurrent use.
type Terminal struct {
	out   io.Writer
	pause time.Duration // from frame to frame
	fail  func(error)

	latest atomic.Pointer[frame]
	synced atomic.Bool // the terminal can take a long frame as a whole
	busy   atomic.Bool // a command paints

	mu      sync.Mutex // for all below, and held while writing
	begun   bool       // the alternate screen has been there, or is not to be there any more
	open    bool       // it is there to paint on
	painted *frame     // nil: none since it was opened
	at      time.Time  // when that was
	canvas  canvas
}

// New makes a Terminal for the output of a program and the value of its TERM. It paints at most so many frames a second.
// fail, which must not block, hears that the output takes no more.
func New(out io.Writer, termType string, frames int, fail func(error)) *Terminal {
	return &Terminal{out: out, pause: time.Second / time.Duration(frames), fail: fail, canvas: newCanvas(termType)}
}

// device is the output where that is a terminal device, whose size Bubble Tea asks for. Other output is a stream.
type (
	device struct {
		term.File
		terminal *Terminal
	}
	stream struct{ terminal *Terminal }
)

func (d device) Write(p []byte) (int, error) { return d.terminal.write(p) }
func (s stream) Write(p []byte) (int, error) { return s.terminal.write(p) }

// Output is what Bubble Tea is to write to.
func (t *Terminal) Output() io.Writer {
	if f, ok := t.out.(term.File); ok {
		return device{f, t}
	}
	return stream{t}
}

// write hands on what Bubble Tea writes: modes, queries, the clipboard. What it draws is left out: it knows only of an empty
// frame without a cursor, and would clear away parts of the one that is there.
func (t *Terminal) write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	open := t.open
	var out []byte
	for rest := p; len(rest) > 0; {
		sequence, _, n, _ := ansi.DecodeSequence(rest, ansi.NormalState, nil)
		rest = rest[n:]
		switch s := string(sequence); {
		case drawing(s), s == ansi.ResetModeTextCursorEnable, s == ansi.SetModeAltScreenSaveCursor && open:
			continue
		case s == ansi.SetModeAltScreenSaveCursor:
			open = true
		case s == ansi.ResetModeAltScreenSaveCursor && open:
			open = false
			out = appendSequence(out, 'H', len(t.canvas.rows)) // not every terminal has another screen to go back to
		}
		out = append(out, sequence...)
	}
	if len(out) > 0 {
		if _, err := t.out.Write(out); err != nil {
			return 0, t.failed(err)
		}
	}
	if open && !t.open { // back from being suspended
		t.begun, t.open, t.painted = true, true, nil
		return len(p), t.paint()
	}
	t.open = open
	return len(p), nil
}

// drawing reports whether a sequence changes what is on the screen: text and what moves, erases or styles it. The others are
// strings, such as titles, queries, and sequences with a mark of their own, such as modes.
func drawing(sequence string) bool {
	switch {
	case ansi.HasOscPrefix(sequence), ansi.HasDcsPrefix(sequence), ansi.HasApcPrefix(sequence):
		return false
	case ansi.HasCsiPrefix(sequence) && len(sequence) > 2:
		last := len(sequence) - 1
		return !strings.ContainsRune("<=>?", rune(sequence[2])) && !strings.ContainsRune("cn", rune(sequence[last])) &&
			(sequence[last-1] < ' ' || sequence[last-1] > '/')
	}
	return sequence != "\a" // which rings
}

// enter shows the first frame on the alternate screen, sooner than Bubble Tea would; Leave must be called in the end. It
// may come late: when Bubble Tea has entered, or left, that is how it is to be.
func (t *Terminal) enter() tea.Msg {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.begun {
		if _, err := io.WriteString(t.out, ansi.SetModeAltScreenSaveCursor); err != nil {
			_ = t.failed(err)
			return nil
		}
		t.begun, t.open = true, true
	}
	_ = t.paint() // fail has heard of it
	return nil
}

// Leave gives the terminal back where Bubble Tea has not: it does not know of a screen that it has not entered yet.
func (t *Terminal) Leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun = true
	if t.open {
		t.open = false
		_, _ = io.WriteString(t.out, ansi.ResetModeAltScreenSaveCursor+ansi.SetModeTextCursorEnable) // there is nobody left to tell
	}
}

// show takes the next frame and reports whether it is another one than the last.
func (t *Terminal) show(f frame) bool {
	if last := t.latest.Load(); last != nil && *last == f {
		return false
	}
	t.latest.Store(&f)
	return true
}

// bring is the command that brings the latest frame to the terminal. While the terminal is slow, the frames between are
// left out.
func (t *Terminal) bring() tea.Msg {
	for t.busy.CompareAndSwap(false, true) {
		time.Sleep(t.untilNext())
		err := t.next()
		t.busy.Store(false)
		if err != nil || t.current() { // otherwise another command left its frame to this one
			break
		}
	}
	return nil
}

// untilNext gives how long the next frame has to wait.
func (t *Terminal) untilNext() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pause - time.Since(t.at)
}

// next paints the latest frame.
func (t *Terminal) next() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.paint()
}

// current reports whether there is nothing to paint.
func (t *Terminal) current() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.open || t.painted == t.latest.Load()
}

// paint writes what the latest frame changes; mu is held.
func (t *Terminal) paint() error {
	f := t.latest.Load()
	if !t.open || f == nil || f == t.painted {
		return nil
	}
	whole := t.painted == nil || t.painted.wholes != f.wholes
	changes := t.canvas.update(f, whole, t.synced.Load())
	t.painted, t.at = f, time.Now()
	if len(changes) == 0 {
		return nil
	}
	if _, err := t.out.Write(changes); err != nil {
		return t.failed(err)
	}
	return nil
}

// failed lets fail hear of an error: Bubble Tea does not look at those of what it writes.
func (t *Terminal) failed(err error) error {
	err = fmt.Errorf("write to the terminal: %w", err)
	t.fail(err)
	return err
}
