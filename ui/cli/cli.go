// Package cli is adbadge's command line: the dashboard, and the same answers without a screen for scripts and for a
// quick look over SSH.
//
// Standard output carries only what was asked for; all else goes to standard error. The exit codes are those of
// exitCode, but for the commands status and doctor, whose codes follow the convention of monitoring plug-ins.
package cli

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"charm.land/fang/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
)

// app is one run of the program.
type app struct {
	in       *os.File
	out, err *os.File
	example  []byte // config.example.toml
	flags    flags
	log      *slog.Logger
	closeLog func() error
	failure  error // of the command that ran
}

// Run does what the arguments, without the program's name, ask for and gives the exit code. The example configuration
// is what "config init" writes.
func Run(arguments []string, exampleConfig []byte) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP,
		syscall.SIGQUIT) // a dump of goroutines would leave the terminal as the dashboard has it
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends what does not listen to the first
	ignoreBrokenPipe()
	a := &app{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, example: exampleConfig,
		log: slog.New(slog.DiscardHandler), closeLog: func() error { return nil },
	}
	return a.run(ctx, arguments)
}

// ignoreBrokenPipe makes writing to a reader that has gone an error rather than a signal, so that what is open can be
// closed in order.
func ignoreBrokenPipe() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}

func (a *app) run(ctx context.Context, arguments []string) int {
	root := a.rootCommand()
	root.SetArgs(arguments)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	err := a.execute(ctx, root)
	if err == nil {
		err = a.failure
	}
	err = errors.Join(err, a.closeLog())
	if cmd, _, _ := root.Find(arguments); cmd != nil && isMonitoring(cmd.Name()) { // an unknown command is the root
		err = asMonitoring(err)
	}
	if ctx.Err() != nil && err != nil {
		err = &exitError{code: exitInterrupted}
	}
	a.report(err)
	return codeOf(err)
}

// execute runs the command, with styled help where the terminal can show it. The styling would ask the terminal for its
// background, for help and for wrong usage, and wait seconds for one that does not answer: it finds no terminal to ask
// until a command runs (do), and has colours that fit any background.
func (a *app) execute(ctx context.Context, root *cobra.Command) error {
	if isDumb() {
		root.SilenceErrors, root.SilenceUsage = true, true
		return asUsage(root.ExecuteContext(ctx))
	}
	os.Stdin = nil
	defer func() { os.Stdin = a.in }()
	silent := func(io.Writer, fang.Styles, error) {} // report says it
	return asUsage(fang.Execute(ctx, root, fang.WithVersion(version()), fang.WithErrorHandler(silent), fang.WithoutManpage(),
		fang.WithColorSchemeFunc(helpColours)))
}

// helpColours are the terminal's own.
func helpColours(lipgloss.LightDarkFunc) fang.ColorScheme {
	var own lipgloss.NoColor
	return fang.ColorScheme{
		Base: own, Title: lipgloss.Magenta, Description: own, Codeblock: own, Program: lipgloss.Cyan, DimmedArgument: own, Comment: own,
		Flag: lipgloss.Green, FlagDefault: own, Command: lipgloss.Cyan, QuotedString: lipgloss.Magenta, Argument: own, Help: own, Dash: own,
		ErrorHeader: [2]color.Color{own, own}, ErrorDetails: own,
	}
}

// do makes the function of a command: its error is kept for report, so that only wrong usage reaches cobra.
func (a *app) do(run func(cmd *cobra.Command, arguments []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, arguments []string) error {
		os.Stdin = a.in
		err := a.flags.check(cmd)
		if err == nil {
			err = a.checkPortal()
		}
		if err == nil {
			err = a.openLog()
		}
		if err == nil {
			err = a.openProfiles()
		}
		if err == nil {
			a.log.Info("command started", "command", cmd.CommandPath(), "version", version())
			err = run(cmd, arguments)
			a.log.Info("command ended", "command", cmd.CommandPath(), "code", codeOf(err), "error", logged(err))
		}
		a.failure = err
		return nil
	}
}

// openLog opens the file of --log-file for appending, for nobody but the user to read.
func (a *app) openLog() error {
	if a.flags.logFile == "" {
		return nil
	}
	file, err := os.OpenFile(a.flags.logFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return usagef("cannot write the log: %w", err)
	}
	log := &logFile{file: file}
	a.log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	a.closeLog = log.close
	return nil
}

// logFile remembers that something could not be written, which a logger does not tell.
type logFile struct {
	file   *os.File
	failed atomic.Pointer[error]
}

func (l *logFile) Write(line []byte) (int, error) {
	n, err := l.file.Write(line)
	if err != nil {
		l.failed.CompareAndSwap(nil, &err)
	}
	return n, err
}

func (l *logFile) close() error {
	err := l.file.Close()
	if failed := l.failed.Load(); failed != nil {
		err = *failed
	}
	if err != nil {
		return fmt.Errorf("the log is not complete: %w", err)
	}
	return nil
}

// isDumb reports whether the terminal understands no escape sequences, or does not say what it is.
func isDumb() bool {
	kind := os.Getenv("TERM")
	return kind == "dumb" || kind == ""
}

// isTerminal reports whether a person is on the other end of a file.
func isTerminal(f *os.File) bool { return term.IsTerminal(f.Fd()) }
