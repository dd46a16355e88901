// Package page says what a page is and what it may use of the program around it. Pages know this package and the
// shared parts beside it; they know neither the root nor each other. One page leads to another by its Place.
package page

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/messages"
	"adbadge/ui/tui/overlay"
	"adbadge/ui/tui/state"
	"adbadge/ui/tui/theme"
)

// Kind names a page.
type Kind uint8

const (
	Entities Kind = iota
	Profile
	Alerts
	Integration
	Log
)

// Place is where one can go: a page, and what it is about.
type Place struct {
	Kind   Kind
	Entity model.GUID // of a profile, or of the alerts of one entity; zero when not about one
	Side   model.Side // of the integration page
}

// Page is one screenful between title and hints. All of its methods are called from the Update goroutine and never
// wait for anything; what takes time runs in a Task.
type Page interface {
	// Title is the page's part of the path in the title, empty for the first page.
	Title() string
	// Scope says which keys hold now. It is keys.Typing while the page has a line that is being typed.
	Scope() keys.Scope
	// State is what the hints and the disabled reasons of keys depend on. The root adds what it knows itself.
	State() keys.State
	// Show is called when the page comes on top and whenever there is a new dashboard while it is there.
	Show() tea.Cmd
	// Hide is called when another page covers it or it is closed: it abandons its tasks.
	Hide()
	// Do takes an action of its scope. Those of the root (quit, help, theme, ...) never come here.
	Do(keys.Action) tea.Cmd
	// Back is esc: it gives up the innermost thing that is open (what is typed, a pop-up, a filter). It reports false
	// when there is none; then the root leaves the page.
	Back() (tea.Cmd, bool)
	// Update takes the answers of its tasks.
	Update(Answer) tea.Cmd
	// Draw gives exactly h lines of at most w cells, and where the terminal's cursor belongs, if anywhere.
	Draw(w, h int) ([]string, *tea.Position)
}

// Typist is a page with a line to type in. Keys that are no action of keys.Typing, and pasted text, go there.
type Typist interface {
	Page
	Press(tea.KeyPressMsg) tea.Cmd
	Paste(string) tea.Cmd
}

// Clicker is a page that takes the mouse. Positions are relative to the page.
type Clicker interface {
	Page
	Click(x, y int) tea.Cmd
	Wheel(x, y, rows int) tea.Cmd
}

// Env is what pages may use. There is one in a program; the root keeps its fields current. Pages read them and never
// write.
type Env struct {
	Context   context.Context // ends with the program
	Tenant    *providers.Tenant
	Refresher *providers.Refresher
	Dashboard *providers.Dashboard // the newest one, never nil
	Config    config.Config
	Keys      *keys.Map
	Theme     *theme.Theme
	Messages  *messages.Log
	State     *state.State // what is remembered between runs; call Host.Remember after a change
	Actor     string       // who changes toggles, for the record
	CanOpen   bool         // a browser can be opened here
	Bare      bool         // the screen is too small for anything but rows
	Plain     bool         // for screen readers: the terminal's cursor stands on the row
	Now       func() time.Time
	// Sleep waits in a task, unless its context ends before.
	Sleep func(context.Context, time.Duration) error
	Host  Host
}

// Host is what the root does for pages. Each method returns the command that follows from it, which the page returns
// in turn.
type Host interface {
	// Go opens a page on top of this one.
	Go(Place) tea.Cmd
	// Open puts a dialog over the page.
	Open(overlay.Dialog) tea.Cmd
	// Say shows a line to the user and keeps it in the log. Warnings and errors say what to do.
	Say(level model.Level, text string) tea.Cmd
	// SayFailure shows what failed and its remedy.
	SayFailure(err error) tea.Cmd
	// OpenLink opens a checked link of the portals in the browser, or shows and copies it where there is none.
	OpenLink(what, link string) tea.Cmd
	// Copy sends text to the terminal's clipboard.
	Copy(what, text string) tea.Cmd
	// Remember writes the state to disk.
	Remember() tea.Cmd
	// AskToggle asks whether to flip a toggle, and does it.
	AskToggle(model.Toggle) tea.Cmd
	// AskIssue asks whether to change the status of a health issue, and does it.
	AskIssue(model.HealthIssue, model.IssueStatus) tea.Cmd
}
