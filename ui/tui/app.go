package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"adbadge/model"
	"adbadge/providers"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/messages"
	"adbadge/ui/tui/overlay"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/state"
	"adbadge/ui/tui/theme"
)

// App is the root of the screen: the only model that the terminal library knows. It holds the stack of pages, the
// overlays and the frame around them, and is the Host of its pages.
type App struct {
	options Options
	env     page.Env
	cancel  context.CancelFunc
	makers  map[page.Kind]maker

	stack   []page.Page
	dialogs []overlay.Dialog

	width, height int
	profile       colorprofile.Profile
	light         bool // the terminal said that its background is light
	chosen        bool // the theme was chosen by T or the configuration, so the terminal's background does not matter
	mouse         bool
	blurred       bool
	focusedAt     time.Time // for the click that gave focus

	next  string // the tenant to show after this one; empty: none
	frame tea.View
	dirty bool

	messages  messages.Log
	state     state.State
	wait      func(context.Context, uint64) (*providers.Dashboard, error) // Refresher.Wait
	dash      page.Task[*providers.Dashboard]
	toggling  page.Task[flipped]
	watching  page.Task[watched]
	beginning page.Task[string] // or ending a portal session; what to say of it
	changed   change
	mine      flipped // what was switched from here last
	opening   page.Task[string]
	clock     page.Task[time.Time]
	expiry    page.Task[uint64]
	saver     saver
}

// New makes the screen. It asks nothing of anybody; errors are about the keys of the configuration.
func New(ctx context.Context, o Options) (*App, error) {
	if o.Tenant == nil || o.Refresher == nil {
		return nil, errors.New("the screen needs a tenant and its refresher")
	}
	table, err := keys.New(o.keys())
	if err != nil {
		return nil, err
	}
	a := &App{options: o, makers: makers(), profile: o.profile(), mouse: o.Config.Screen.Mouse && !o.Plain, dirty: true,
		wait: o.Refresher.Wait}
	a.env = page.Env{
		Tenant: o.Tenant, Refresher: o.Refresher, Dashboard: o.Refresher.Current(), Config: o.Config, Keys: table,
		Messages: &a.messages, State: &a.state, Actor: o.Actor, CanOpen: o.CanOpen && o.Open != nil, Plain: o.Plain,
		Now: o.now, Sleep: page.Sleep, Host: a,
	}
	a.env.Context, a.cancel = context.WithCancel(ctx)
	remembered, err := state.Load(o.StateDir)
	a.state = remembered.Clone()
	if err != nil {
		a.say(model.Warning, err.Error(), "")
	}
	a.setMode(a.firstMode())
	a.stack = []page.Page{a.makers[page.Entities](&a.env, page.Place{})}
	a.showSignIn(nil, a.env.Dashboard.SignIn)
	return a, nil
}

// greeting is how long the first message stays: long enough to be read before one has looked around.
const greeting = 20 * time.Second

// Init begins to listen: for dashboards, for the clock, and for the colour of the terminal.
func (a *App) Init() tea.Cmd {
	commands := []tea.Cmd{a.listen(), a.tick(), a.top().Show()}
	if !a.chosen {
		commands = append(commands, tea.RequestBackgroundColor)
	}
	if a.env.Tenant.Mark != "" && a.messages.Shown() == nil {
		a.say(model.OK, "Made-up data. To connect your own: adbadge config init", "")
	}
	if shown := a.messages.Shown(); shown != nil {
		commands = append(commands, a.expire(shown.ID, greeting))
	}
	return tea.Batch(commands...)
}

// Update takes one message. What it does not know changes nothing and costs nothing.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	a.dirty = true
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
	case tea.KeyPressMsg:
		return a, a.press(msg)
	case tea.PasteMsg:
		return a, a.paste(msg.Content)
	case tea.MouseClickMsg:
		return a, a.click(msg)
	case tea.MouseWheelMsg:
		return a, a.wheel(msg)
	case tea.FocusMsg:
		a.blurred, a.focusedAt = false, a.env.Now()
		return a, a.tick()
	case tea.BlurMsg:
		a.blurred = true
		return a, a.tick()
	case tea.ResumeMsg:
		return a, a.tick()
	case tea.BackgroundColorMsg:
		a.light = !msg.IsDark()
		a.background()
	case tea.ColorProfileMsg:
		a.profile = msg.Profile
		a.setMode(a.env.Theme.Mode)
	case page.Answer:
		return a, a.answer(msg)
	default:
		a.dirty = false
	}
	return a, nil
}

// View gives the frame; it is drawn anew only after something has changed.
func (a *App) View() tea.View {
	if a.dirty {
		a.frame = a.draw()
		a.dirty = false
	}
	return a.frame
}

// top gives the page on the screen.
func (a *App) top() page.Page { return a.stack[len(a.stack)-1] }

// answer hands the answer of a task to whoever started it.
func (a *App) answer(msg page.Answer) tea.Cmd {
	if d, err, ok := a.dash.Take(msg); ok {
		return a.setDashboard(d, err)
	}
	if f, err, ok := a.toggling.Take(msg); ok {
		return a.toggled(f, err)
	}
	if w, err, ok := a.watching.Take(msg); ok {
		return a.seenInPortal(w, err)
	}
	if line, err, ok := a.beginning.Take(msg); ok {
		return a.portalBegun(line, err)
	}
	if what, err, ok := a.opening.Take(msg); ok {
		return a.opened(what, err)
	}
	if _, _, ok := a.clock.Take(msg); ok {
		return a.tick()
	}
	if id, _, ok := a.expiry.Take(msg); ok {
		a.messages.Expire(id)
		return nil
	}
	if cmd, ok := a.saver.take(a, msg); ok {
		return cmd
	}
	var commands []tea.Cmd
	for _, p := range a.stack {
		commands = append(commands, p.Update(msg))
	}
	return tea.Batch(commands...)
}

// listen waits for the next dashboard.
func (a *App) listen() tea.Cmd {
	wait, known := a.wait, a.env.Dashboard.Generation
	return a.dash.Start(a.env.Context, func(ctx context.Context) (*providers.Dashboard, error) {
		return wait(ctx, known)
	})
}

// setDashboard takes a new dashboard over.
func (a *App) setDashboard(d *providers.Dashboard, err error) tea.Cmd {
	if err != nil { // the program is ending
		return nil
	}
	before := a.env.Dashboard
	a.env.Dashboard = d
	a.noteSources(before, d)
	a.showSignIn(before.SignIn, d.SignIn)
	return tea.Batch(a.toldToggles(before, d), a.toldPortal(before, d), a.listen(), a.tick(), a.announce(d), a.top().Show())
}

// firstMode is the look before the terminal has said anything.
func (a *App) firstMode() theme.Mode {
	if a.options.NoColor || a.options.Plain {
		a.chosen = true
		return theme.Mono
	}
	for _, word := range []string{a.state.Theme, a.options.Config.Screen.Theme} {
		if mode, ok := theme.ParseMode(word); ok {
			a.chosen = true
			return mode
		}
	}
	return theme.Dark
}

// background follows the terminal's background unless a look was chosen.
func (a *App) background() {
	if a.chosen {
		return
	}
	mode := theme.Dark
	if a.light {
		mode = theme.Light
	}
	a.setMode(mode)
}

func (a *App) setMode(mode theme.Mode) {
	a.env.Theme = theme.New(mode, a.profile, a.options.ASCII || a.options.Plain || a.options.Config.Screen.ASCII)
}
