package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/text"
)

// exitCode is what the program tells the shell.
type exitCode int

// The exit codes of all commands but status and doctor, whose codes are those of model.Level.
const (
	exitOK exitCode = 0
	// exitFailed: it was tried and did not work.
	exitFailed exitCode = 1
	// exitUsage: wrong flags or configuration, or a name that fits no entity or several.
	exitUsage exitCode = 2
	// exitIncomplete: what was printed is true but not all, since a source did not answer.
	exitIncomplete exitCode = 3
	// exitInterrupted: stopped by Ctrl-C or a signal.
	exitInterrupted exitCode = 130
)

// exitError is an error with its exit code. One without a cause has been told to the user already.
type exitError struct {
	code  exitCode
	cause error
}

func (e *exitError) Error() string {
	if e.cause == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.cause.Error()
}

func (e *exitError) Unwrap() error { return e.cause }

// usagef makes an error of exit code 2.
func usagef(format string, values ...any) error {
	return &exitError{code: exitUsage, cause: fmt.Errorf(format, values...)}
}

// failedf makes an error of exit code 1.
func failedf(format string, values ...any) error {
	return &exitError{code: exitFailed, cause: fmt.Errorf(format, values...)}
}

// asUsage marks an error of cobra, which are all about flags and arguments.
func asUsage(err error) error {
	if err == nil {
		return nil
	}
	return usagef("%w; run with --help for what there is", err)
}

// codeOf gives the exit code for the error that a command ended with.
func codeOf(err error) int {
	var exit *exitError
	var problems config.Problems
	var failure *model.Failure
	switch {
	case err == nil, isBrokenPipe(err):
		return int(exitOK)
	case errors.As(err, &exit):
		return int(exit.code)
	case errors.As(err, &problems):
		return int(exitUsage)
	case errors.As(err, &failure) && failure.Kind == model.Misconfigured:
		return int(exitUsage)
	}
	return int(exitFailed)
}

// isBrokenPipe reports that the reader of the output has gone, as head does when it has seen enough.
func isBrokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }

// report tells the user why a command ended, on standard error.
func (a *app) report(err error) {
	var exit *exitError
	if err == nil || isBrokenPipe(err) || errors.As(err, &exit) && exit.cause == nil {
		return
	}
	writeError(a.err, err)
}

// writeError writes one line for each mistake of a configuration, and one line for everything else.
func writeError(w io.Writer, err error) {
	var problems config.Problems
	if errors.As(err, &problems) {
		for _, problem := range problems {
			fmt.Fprintln(w, problem.Error())
		}
		return
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New("no answer within the time limit; raise it with --timeout")
	}
	fmt.Fprintf(w, "adbadge: %s\n", sentence(err.Error()))
}

// sentence makes one clean line that ends in a full stop, or in a link, which a stop would make another one.
func sentence(s string) string {
	s = text.CleanMax(strings.TrimSpace(s), 4000).String()
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") || strings.Contains(s[strings.LastIndexByte(s, ' ')+1:], "://") {
		return s
	}
	return s + "."
}

// logged gives an error with its causes, for the log.
func logged(err error) string {
	var failure *model.Failure
	switch {
	case err == nil:
		return ""
	case errors.As(err, &failure) && failure.Cause != nil:
		return fmt.Sprintf("%s (cause: %s)", err, text.CleanMax(failure.Cause.Error(), 1000))
	}
	return text.CleanMax(err.Error(), 1000).String()
}
