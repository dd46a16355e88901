// Package pagetest holds what tests of single pages need: a small forest with what both products say of it, and a
// program around the page that records what it was asked for. Nothing but tests imports it.
package pagetest

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/providers"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/messages"
	"adbadge/ui/tui/overlay"
	"adbadge/ui/tui/page"
	"adbadge/ui/tui/state"
	"adbadge/ui/tui/theme"
)

// Now is when all tests happen.
func Now() time.Time { return time.Date(2026, 11, 23, 14, 3, 5, 0, time.UTC) }

// Program is a page with everything that it may use, and a record of what it asked for.
type Program struct {
	Env     *page.Env
	Tenant  *providers.Tenant
	Page    page.Page
	Went    []page.Place
	Dialogs []overlay.Dialog
	Links   []string
	Copied  []string
	Said    []string
	Issues  []string       // health issues that were to be changed: id and status
	Asked   []model.Toggle // those that were to be flipped

	t testing.TB
}

// New makes the program around a forest, with links to a portal.
func New(t testing.TB, mode theme.Mode, f Forest, links *providers.Links) *Program {
	t.Helper()
	table, err := keys.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &Program{t: t, Tenant: &providers.Tenant{Links: links, Directories: []providers.Directory{f.Directory}, Endpoint: f.Endpoint, Settings: []providers.Settings{Settings{}},
		Now: Now}}
	p.Env = &page.Env{
		Context: t.Context(), Tenant: p.Tenant, Dashboard: Dashboard(f.Entities, f.Knowledge, 1), Config: config.Default(), Keys: table,
		Theme: theme.New(mode, colorprofile.TrueColor, false), Messages: &messages.Log{}, State: &state.State{}, Now: Now, Host: p,
	}
	return p
}

// Dashboard joins entities and knowledge as a refresh does.
func Dashboard(entities []model.Entity, k inventory.Knowledge, generation uint64) *providers.Dashboard {
	b := inventory.NewBuilder(len(entities))
	b.SetDomains(Domains())
	b.Add(entities)
	at := Now().Add(time.Duration(generation) * time.Minute)
	return &providers.Dashboard{Generation: generation, View: inventory.Join(b.Table(), k), Loaded: true, At: at}
}

// Show opens a page and waits for what it asks.
func (p *Program) Show(made page.Page) *Program {
	p.Page = made
	p.Run(p.Page.Show())
	return p
}

// Refresh swaps a new dashboard in.
func (p *Program) Refresh(d *providers.Dashboard) {
	p.Env.Dashboard = d
	p.Run(p.Page.Show())
}

// Run runs a command and hands its answers to the page, until nothing is left to do.
func (p *Program) Run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			p.Run(c)
		}
	case page.Answer:
		p.Run(p.Page.Update(msg))
	}
}

// Press presses keys as the program does: through the table of keys, with the reason when an action is refused.
func (p *Program) Press(pressed ...string) {
	p.t.Helper()
	for _, key := range pressed {
		p.Page.Draw(80, 21)
		p.press(key)
	}
}

func (p *Program) press(key string) {
	p.t.Helper()
	b := p.Env.Keys.Find(p.Page.Scope(), key)
	if b == nil {
		typist, ok := p.Page.(page.Typist)
		if !ok || p.Page.Scope() != keys.Typing {
			p.t.Fatalf("the key %q does nothing here", key)
		}
		for _, r := range key {
			p.Run(typist.Press(tea.KeyPressMsg{Code: r, Text: string(r)}))
		}
		return
	}
	if refusal := b.Refusal(p.Page.State()); refusal != "" {
		p.Said = append(p.Said, refusal)
		return
	}
	if b.Action == keys.Back {
		cmd, _ := p.Page.Back()
		p.Run(cmd)
		return
	}
	p.Run(p.Page.Do(b.Action))
}

// Frame draws the page and checks that it fits exactly.
func (p *Program) Frame(w, h int) string {
	p.t.Helper()
	lines, _ := p.Page.Draw(w, h)
	if len(lines) != h {
		p.t.Fatalf("%dx%d: %d lines", w, h, len(lines))
	}
	for i, line := range lines {
		if n := ansi.StringWidth(line); n > w {
			p.t.Fatalf("%dx%d: line %d has %d cells: %q", w, h, i, n, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Text is the frame without its colours, and without blanks at the ends of lines.
func (p *Program) Text(w, h int) string {
	p.t.Helper()
	lines := strings.Split(ansi.Strip(p.Frame(w, h)), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// Current gives the line under the cursor.
func (p *Program) Current() string {
	for line := range strings.SplitSeq(p.Text(80, 21), "\n") {
		if strings.HasPrefix(line, "> ") {
			return line
		}
	}
	return ""
}

// Reading gives the text of the last dialog.
func (p *Program) Reading() string {
	if len(p.Dialogs) == 0 {
		return ""
	}
	return ansi.Strip(strings.Join(p.Dialogs[len(p.Dialogs)-1].Draw(p.Env.Theme, 100, 40).Lines, "\n"))
}

// Go implements page.Host.
func (p *Program) Go(place page.Place) tea.Cmd { p.Went = append(p.Went, place); return nil }

// Open implements page.Host.
func (p *Program) Open(d overlay.Dialog) tea.Cmd { p.Dialogs = append(p.Dialogs, d); return nil }

// Say implements page.Host.
func (p *Program) Say(_ model.Level, text string) tea.Cmd { p.Said = append(p.Said, text); return nil }

// SayFailure implements page.Host.
func (p *Program) SayFailure(err error) tea.Cmd { p.Said = append(p.Said, err.Error()); return nil }

// OpenLink implements page.Host.
func (p *Program) OpenLink(_, link string) tea.Cmd { p.Links = append(p.Links, link); return nil }

// Copy implements page.Host.
func (p *Program) Copy(_, text string) tea.Cmd { p.Copied = append(p.Copied, text); return nil }

// Remember implements page.Host.
func (p *Program) Remember() tea.Cmd { return nil }

// AskToggle implements page.Host.
func (p *Program) AskToggle(t model.Toggle) tea.Cmd { p.Asked = append(p.Asked, t); return nil }

// AskIssue implements page.Host.
func (p *Program) AskIssue(h model.HealthIssue, to model.IssueStatus) tea.Cmd {
	p.Issues = append(p.Issues, h.ID+" "+to.String())
	return nil
}

// Directory answers the questions about one entity.
type Directory struct {
	providers.Directory
	Answer func(context.Context, model.Entity) (model.Detail, error)
}

// Detail implements providers.Directory.
func (d Directory) Detail(ctx context.Context, e model.Entity) (model.Detail, error) {
	return d.Answer(ctx, e)
}

// Host implements providers.Directory.
func (d Directory) Host() string { return "dc1.contoso.test" }

// Endpoint answers the questions who logged on to a machine, and where one account was seen.
type Endpoint struct {
	providers.Endpoint
	Answer  func(ctx context.Context, machineID string) ([]model.Logon, error)
	Sighted func(name text.Line) ([]model.Logon, error)
}

// LoggedOn implements providers.Endpoint.
func (e Endpoint) LoggedOn(ctx context.Context, id string) ([]model.Logon, error) {
	return e.Answer(ctx, id)
}

// Limits implements providers.Endpoint: there are none.
func (e Endpoint) Limits() model.Limits { return model.Limits{Room: 1} }

// Host implements providers.Endpoint.
func (e Endpoint) Host() string { return "api.contoso.test" }

// Settings has nothing to say but where it is.
type Settings struct{ providers.Settings }

// Host implements providers.Settings.
func (Settings) Host() string { return "settings.contoso.test" }

// Account implements providers.Endpoint. Its answers are whole.
func (e Endpoint) Account(_ context.Context, name text.Line) ([]model.Logon, bool, error) {
	logons, err := e.Sighted(name)
	return logons, err == nil, err
}
