// Package keys holds the one table of keys. Dispatch, the hints at the foot of the screen, the help, the command
// palette, the configuration's [keys] and the README all read it; nothing about a key is written down twice.
package keys

// Action is what a key asks for. Its text is the name used under [keys] in the configuration.
type Action string

// Scope says where a binding holds. A page or dialog is in exactly one scope at a time; a binding may hold in many.
type Scope uint32

const (
	// List is the entity list with its panels.
	List Scope = 1 << iota
	// Profile, Alerts, Integration and Log are the other pages.
	Profile
	Alerts
	Integration
	Log
	// Typing is a line that is being typed on a page, such as the filter.
	Typing
	// Confirm is a question with two buttons, Choice a list to pick from, Searching a list that narrows as one types,
	// Reading a text that scrolls, Prompt a dialog with one line to type, Waiting a note of what is waited for.
	Confirm
	Choice
	Searching
	Reading
	Prompt
	Waiting

	// Pages are the scopes in which no text is typed and no dialog is open.
	Pages = List | Profile | Alerts | Integration | Log
	// Dialogs are the scopes of overlays.
	Dialogs = Confirm | Choice | Searching | Reading | Prompt | Waiting
	// Everywhere is every scope.
	Everywhere = Pages | Typing | Dialogs
)

// Name gives the word that help uses for a page's scope.
func (s Scope) Name() string {
	switch s {
	case List:
		return "dashboard"
	case Profile:
		return "profile"
	case Alerts:
		return "alerts"
	case Integration:
		return "integration"
	case Log:
		return "log"
	}
	return ""
}

// Group is the heading in help under which a binding stands.
type Group string

// The groups in the order of help.
const (
	Move Group = "MOVE"
	Look Group = "LOOK"
	Find Group = "FIND"
	Act  Group = "ACT"
	Apps Group = "APP"
	// Silent bindings are left out of help and palette: the keys of dialogs, which the dialogs show themselves.
	Silent Group = ""
)

// Groups lists them in the order of help.
func Groups() []Group { return []Group{Move, Look, Find, Act, Apps} }

// Binding ties keys to an action in some scopes.
type Binding struct {
	Action   Action
	Scopes   Scope
	Keys     []string // as tea.KeyPressMsg.String gives them
	Short    string   // the hint at the foot of the screen
	Long     string   // help and palette
	Pair     string   // help shows it with the binding after it, under this text: "row" for down and up
	Group    Group
	Priority int  // hints with a higher one come first; 0 is never a hint
	Fixed    bool // cannot be changed in the configuration
	Writes   bool // changes the tenant: refused while it is read-only
	// Label replaces Short where it depends on the state; nil when it does not.
	Label func(State) string
	// Disabled says why the action cannot be taken now, empty when it can; nil when it always can.
	Disabled func(State) string
}

// State is what the texts and the disabled reasons of bindings depend on. A page fills in what it knows.
type State struct {
	ReadOnly  string // why changes are refused; empty when they are allowed
	Portal    string // the portal that enter opens: "endpoint portal"
	NoRow     string // why there is no row under the cursor; empty when there is one
	NoLink    string // why enter has nothing to open here; empty when it has
	NoAlert   string // why no alert is chosen; empty when one is
	NoFilter  bool   // there is no filter to clear
	NoToggle  string // why there is no toggle under the cursor; empty when there is one
	Elsewhere bool   // the toggle under the cursor is not changed by adbadge, so that no permission is needed here
	NoIssue   string // why there is no open health issue under the cursor; empty when there is one
	NoUndo    string // why there is no change to take back; empty when there is one
	Marked    int    // marked rows
	Paused    bool   // refreshes wait for a key
	Missing   string // why the page that an action leads to is not there; empty when it is
}

// Hint gives the text at the foot of the screen.
func (b *Binding) Hint(s State) string {
	if b.Label != nil {
		return b.Label(s)
	}
	return b.Short
}

// Refusal says why the action cannot be taken now, empty when it can. A change of a read-only tenant is refused here,
// once for all bindings.
func (b *Binding) Refusal(s State) string {
	if b.Writes && s.ReadOnly != "" {
		return s.ReadOnly
	}
	if b.Disabled != nil {
		return b.Disabled(s)
	}
	return ""
}
