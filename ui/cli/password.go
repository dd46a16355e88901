package cli

import (
	"context"
	"fmt"

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
			password, err := term.ReadPassword(a.in.Fd())
			done <- answer{password, err}
		}()
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case got := <-done:
			if got.err != nil {
				return "", failedf("ask for the password: %w", got.err)
			}
			return string(got.password), nil
		}
	}
}
