package tui

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"adbadge/model/config"
	"adbadge/providers"
	"adbadge/ui/tui/keys"
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
	_, err = tea.NewProgram(app, o.program(ctx)...).Run()
	if errors.Is(err, tea.ErrInterrupted) || errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return "", nil
	}
	return app.next, err
}

// program gives the settings of the terminal library. Signals end the caller's context: a second handler, the library's
// own, would wait for ever when both hear the same one.
func (o Options) program(ctx context.Context) []tea.ProgramOption {
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithFilter(inOrder(o.now))}
	if o.Input != nil {
		options = append(options, tea.WithInput(o.Input))
	}
	if o.Output != nil {
		options = append(options, tea.WithOutput(o.Output))
	}
	if o.Environment != nil {
		options = append(options, tea.WithEnvironment(o.Environment))
	}
	if o.Profile != nil {
		options = append(options, tea.WithColorProfile(*o.Profile))
	}
	if o.Width > 0 && o.Height > 0 {
		first := believable(tea.WindowSizeMsg{Width: o.Width, Height: o.Height})
		options = append(options, tea.WithWindowSize(first.Width, first.Height))
	}
	if o.Remote {
		options = append(options, tea.WithFPS(30))
	}
	return options
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
	environment := o.Environment
	if environment == nil {
		environment = os.Environ()
	}
	return colorprofile.Env(environment)
}
