package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"

	"adbadge/model/text"
)

// askPassword gives a function that asks the person at the terminal for a password; nil when there is no person.
func (a *app) askPassword(ctx context.Context) func(user string) (string, error) {
	if !isTerminal(a.in) || !isTerminal(a.err) {
		return nil
	}
	return func(user string) (string, error) {
		return a.askSecret(ctx, secretQuestion{text: fmt.Sprintf("Password of %s: ", text.Clean(user)), what: "the password", most: maxPassword})
	}
}

// secretQuestion is a question whose answer is not shown.
type secretQuestion struct {
	text  string
	what  string // that is asked for
	most  int    // bytes of an answer
	paste bool   // the answer is likely to be pasted, and may have several lines
}

// Terminals that know how mark what is pasted, so that a line that ends within it is told apart from the key (xterm,
// "bracketed paste").
const (
	markPastes, leavePastes = "\x1b[?2004h", "\x1b[?2004l"
	pasteBegins, pasteEnds  = "\x1b[200~", "\x1b[201~"
)

// askSecret asks the person at the terminal, without showing the answer. It runs before the screen starts. A signal ends
// the question and leaves the terminal as it was.
func (a *app) askSecret(ctx context.Context, q secretQuestion) (string, error) {
	// Echo ends before the question is seen, so that nothing of a quick answer shows.
	before, err := term.MakeRaw(a.in.Fd())
	if err != nil {
		return "", failedf("ask for %s: %w", q.what, err)
	}
	marks := q.paste && !isDumb()
	defer func() {
		if marks {
			fmt.Fprint(a.err, leavePastes)
		}
		if err := term.Restore(a.in.Fd(), before); err != nil {
			a.log.Warn("terminal not restored", "error", err)
		}
		fmt.Fprintln(a.err)
	}()
	if marks {
		fmt.Fprint(a.err, markPastes)
	}
	fmt.Fprint(a.err, q.text)
	type answer struct {
		secret []byte
		err    error
	}
	done := make(chan answer, 1)
	go func() {
		secret, err := readSecret(a.in, q)
		done <- answer{secret, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case got := <-done:
		if errors.Is(got.err, context.Canceled) {
			return "", &exitError{code: exitInterrupted}
		}
		if got.err != nil {
			return "", failedf("ask for %s: %w", q.what, got.err)
		}
		return string(got.secret), nil
	}
}

// What a terminal in raw mode sends for keys (ASCII).
const (
	keyInterrupt = 0x03 // Ctrl-C
	keyEnd       = 0x04 // Ctrl-D
	keyBackspace = 0x08
	keyClear     = 0x15 // Ctrl-U
	keyDelete    = 0x7F
)

// maxPassword bounds what is typed or pasted, in bytes.
const maxPassword = 4096

// readSecret reads a line, or what is pasted, from a terminal in raw mode. Ctrl-C gives context.Canceled.
func readSecret(terminal io.Reader, q secretQuestion) ([]byte, error) {
	var secret []byte
	var key [1]byte
	pasting := false
	for {
		if _, err := io.ReadFull(terminal, key[:]); err != nil {
			return nil, err
		}
		switch c := key[0]; {
		case c == keyInterrupt && !pasting:
			return nil, context.Canceled
		case (c == '\r' || c == '\n' || c == keyEnd) && !pasting && len(secret) <= q.most:
			return secret, nil
		case c == keyClear && !pasting:
			secret = nil
		case c == keyBackspace || c == keyDelete:
			_, size := utf8.DecodeLastRune(secret)
			secret = secret[:len(secret)-size]
		case len(secret) == q.most+len(pasteEnds): // the mark may still follow
			return nil, fmt.Errorf("that is too long for %s", q.what)
		default:
			secret = append(secret, c)
		}
		if rest, ok := bytes.CutSuffix(secret, []byte(pasteBegins)); ok && q.paste {
			secret, pasting = rest, true
		} else if rest, ok := bytes.CutSuffix(secret, []byte(pasteEnds)); ok && q.paste {
			secret, pasting = rest, false
		}
	}
}
