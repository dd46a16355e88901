package tui

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"adbadge/model/config"
	"adbadge/providers"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/paint"
)

// Options is what the screen needs. Tenant and Refresher are required; every other field has a sensible zero.
type Options struct {
	Tenant *providers.Tenant
	// Refresher is run by the caller: go Refresher.Run(ctx). Several screens may share one.
	Refresher *providers.Refresher
	Config    config.Config
	Tenants   []string // the names of all that the configuration has, this one among them
	StateDir  string   // where the screen remembers its order and views; empty: nowhere
	Version   string
	Actor     string // who changes toggles, for the record
	// CanOpen says that links can be opened where the user sits, by Open. Over SSH it is false: then links are shown
	// and sent to the terminal's clipboard.
	CanOpen bool
	Open    func(ctx context.Context, link string) error
	Now     func() time.Time // nil: time.Now

	// NoColor is for --color=never and a NO_COLOR that is not empty: bold, underline and reverse say everything.
	NoColor bool
	ASCII   bool // plain characters for lines and boxes
	Plain   bool // for screen readers: no colour, no lines, the terminal's cursor stands on the row
	Remote  bool // over SSH: fewer frames, and no suspending when the program is the server

	Input       io.Reader // nil: standard input
	Output      io.Writer // nil: standard output
	Environment []string  // nil: that of the process
	Width       int       // of the first frame; 0: ask the terminal
	Height      int
	// Profile is what the terminal can show; nil: detected from Environment.
	Profile *colorprofile.Profile
}

// Run shows the screen until the user quits or the context ends. The terminal is as before when it returns. next names
// the tenant that the user wants to see instead; empty when the user wants to see none.
func Run(ctx context.Context, o Options) (next string, err error) {
	app, err := New(ctx, o)
	if err != nil {
		return "", err
	}
	defer app.cancel()
	shown, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	terminal := paint.New(o.output(), o.termType(), o.frames(), fail)
	defer terminal.Leave()
	_, err = o.program(shown, terminal, app).Run()
	switch {
	case errors.Is(err, tea.ErrInterrupted), errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil:
		return "", nil
	case errors.Is(err, tea.ErrProgramKilled) && shown.Err() != nil:
		return "", context.Cause(shown)
	}
	return app.next, err
}

// Frames in a second: as many as one sees, and over SSH as many as are worth their bytes.
const (
	framesHere   = 60
	framesRemote = 30
)

func (o Options) frames() int {
	if o.Remote {
		return framesRemote
	}
	return framesHere
}

// looks is how often in a second the terminal library looks whether it is to change the modes of the terminal: it does so
// on an idle screen as well.
const looks = 10

// program makes the program of the terminal library. Signals end the caller's context: a second handler, the library's
// own, would wait for ever when both hear the same one.
func (o Options) program(ctx context.Context, terminal *paint.Terminal, screen tea.Model) *tea.Program {
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithFilter(inOrder(o.now)), tea.WithFPS(looks),
		tea.WithOutput(terminal.Output()), tea.WithEnvironment(o.environment())}
	if o.Input != nil {
		options = append(options, tea.WithInput(o.Input))
	}
	if o.Profile != nil {
		options = append(options, tea.WithColorProfile(*o.Profile))
	}
	if o.Width > 0 && o.Height > 0 {
		first := believable(tea.WindowSizeMsg{Width: o.Width, Height: o.Height})
		options = append(options, tea.WithWindowSize(first.Width, first.Height))
	}
	return tea.NewProgram(terminal.Model(screen), options...)
}

func (o Options) output() io.Writer {
	if o.Output != nil {
		return o.Output
	}
	return os.Stdout
}

func (o Options) environment() []string {
	if o.Environment != nil {
		return o.Environment
	}
	return os.Environ()
}

// termType gives the value of TERM.
func (o Options) termType() string {
	kind := ""
	for _, variable := range o.environment() {
		if value, ok := strings.CutPrefix(variable, "TERM="); ok {
			kind = value
		}
	}
	return kind
}

// keys gives the keys of the configuration. Where there is no other tenant, none leads to the list of them.
func (o Options) keys() map[string][]string {
	if len(o.Tenants) > 1 {
		return o.Config.Keys
	}
	chosen := map[string][]string{}
	maps.Copy(chosen, o.Config.Keys)
	chosen[string(keys.Tenants)] = nil
	return chosen
}

func (o Options) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

// profile guesses what the terminal can show until it says so itself.
func (o Options) profile() colorprofile.Profile {
	if o.Profile != nil {
		return *o.Profile
	}
	return colorprofile.Env(o.environment())
}
