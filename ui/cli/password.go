package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"

	"adbadge/model/text"
)

// askPassword gives a function that asks the person at the terminal for a password, without showing it; nil when there
// is no person. It runs before the screen starts. A signal ends the question and leaves the terminal as it was.
func (a *app) askPassword(ctx context.Context) func(user string) (string, error) {
	if !isTerminal(a.in) || !isTerminal(a.err) {
		return nil
	}
	return func(user string) (string, error) {
		// Echo ends before the question is seen, so that nothing of a quick answer shows.
		before, err := term.MakeRaw(a.in.Fd())
		if err != nil {
			return "", failedf("ask for the password: %w", err)
		}
		defer func() {
			if err := term.Restore(a.in.Fd(), before); err != nil {
				a.log.Warn("terminal not restored", "error", err)
			}
			fmt.Fprintln(a.err)
		}()
		fmt.Fprintf(a.err, "Password of %s: ", text.Clean(user))
		type answer struct {
			password []byte
			err      error
		}
		done := make(chan answer, 1)
		go func() {
			password, err := readPassword(a.in)
			done <- answer{password, err}
		}()
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case got := <-done:
			if errors.Is(got.err, context.Canceled) {
				return "", &exitError{code: exitInterrupted}
			}
			if got.err != nil {
				return "", failedf("ask for the password: %w", got.err)
			}
			return string(got.password), nil
		}
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

// readPassword reads a line from a terminal in raw mode. Ctrl-C gives context.Canceled.
func readPassword(terminal io.Reader) ([]byte, error) {
	var password []byte
	var key [1]byte
	for {
		if _, err := io.ReadFull(terminal, key[:]); err != nil {
			return nil, err
		}
		switch key[0] {
		case '\r', '\n', keyEnd:
			return password, nil
		case keyInterrupt:
			return nil, context.Canceled
		case keyClear:
			password = nil
		case keyBackspace, keyDelete:
			_, size := utf8.DecodeLastRune(password)
			password = password[:len(password)-size]
		default:
			if len(password) == maxPassword {
				return nil, errors.New("that is too long for a password")
			}
			password = append(password, key[0])
		}
	}
}
