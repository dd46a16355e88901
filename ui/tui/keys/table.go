package keys

// The actions.
const (
	Down     Action = "down"
	Up       Action = "up"
	First    Action = "first"
	Last     Action = "last"
	HalfDown Action = "half-down"
	HalfUp   Action = "half-up"
	PageDown Action = "page-down"
	PageUp   Action = "page-up"

	Open        Action = "open"
	OpenAlert   Action = "open-alert"
	Peek        Action = "peek"
	ShowProfile Action = "profile"
	Pin         Action = "pin"
	Side        Action = "side"
	Return      Action = "return"

	NextSection     Action = "next-section"
	PreviousSection Action = "previous-section"
	Details         Action = "details"

	Filter      Action = "filter"
	ClearFilter Action = "clear-filter"
	View1       Action = "view-1"
	View2       Action = "view-2"
	View3       Action = "view-3"
	View4       Action = "view-4"
	View5       Action = "view-5"
	View6       Action = "view-6"
	View7       Action = "view-7"
	View8       Action = "view-8"
	View9       Action = "view-9"
	Sort        Action = "sort"
	Reverse     Action = "reverse"
	SaveView    Action = "save-view"

	Mark       Action = "mark"
	MarkAll    Action = "mark-all"
	CopyName   Action = "copy-name"
	CopyLink   Action = "copy-link"
	Export     Action = "export"
	Refresh    Action = "refresh"
	Pause      Action = "pause"
	ShowAlerts Action = "alerts"
	Toggles    Action = "toggles"
	Flip       Action = "flip"
	Close      Action = "close-issue"
	Suppress   Action = "suppress-issue"
	Undo       Action = "undo"
	// PortalSession begins the session with the vendor's portal, or ends it.
	PortalSession Action = "portal-session"
	ShowLog       Action = "log"

	Tenants Action = "tenants"
	Palette Action = "palette"
	Help    Action = "help"
	Theme   Action = "theme"
	Mouse   Action = "mouse"
	Suspend Action = "suspend"
	Quit    Action = "quit"
	Back    Action = "back"
	Stop    Action = "stop"

	Next   Action = "next"
	Choose Action = "choose"
	Yes    Action = "yes"
	No     Action = "no"
)

// Views are the actions of the saved views, in order.
func Views() []Action {
	return []Action{View1, View2, View3, View4, View5, View6, View7, View8, View9}
}

// lists are the scopes in which a cursor or a text moves.
const lists = Pages | Choice | Reading

func noRow(s State) string   { return s.NoRow }
func noLink(s State) string  { return s.NoLink }
func portal(s State) string  { return s.Portal }
func noAlert(s State) string { return s.NoAlert }
func noIssue(s State) string { return s.NoIssue }

// Defaults gives the table as it is without a configuration.
func Defaults() []Binding {
	all := moving()
	all = append(all, looking()...)
	all = append(all, finding()...)
	all = append(all, acting()...)
	all = append(all, running()...)
	return append(all, answering()...)
}

func moving() []Binding {
	return []Binding{
		{Action: Down, Scopes: lists, Keys: []string{"j", "down"}, Short: "down", Long: "next row", Pair: "row", Group: Move},
		{Action: Up, Scopes: lists, Keys: []string{"k", "up"}, Short: "up", Long: "previous row", Group: Move},
		{Action: Down, Scopes: Searching, Keys: []string{"down", "ctrl+n"}, Fixed: true},
		{Action: Up, Scopes: Searching, Keys: []string{"up", "ctrl+p"}, Fixed: true},
		{Action: First, Scopes: lists, Keys: []string{"g", "home"}, Short: "first", Long: "first row", Pair: "first, last", Group: Move},
		{Action: Last, Scopes: lists, Keys: []string{"G", "end"}, Short: "last", Long: "last row", Group: Move},
		{Action: HalfDown, Scopes: Pages | Reading, Keys: []string{"ctrl+d"}, Short: "half down", Long: "half a page down", Pair: "half a page", Group: Move},
		{Action: HalfUp, Scopes: Pages | Reading, Keys: []string{"ctrl+u"}, Short: "half up", Long: "half a page up", Group: Move},
		{Action: PageDown, Scopes: lists | Searching, Keys: []string{"pgdown", "ctrl+f"}, Short: "page down", Long: "page down", Pair: "page", Group: Move},
		{Action: PageUp, Scopes: lists | Searching, Keys: []string{"pgup", "ctrl+b"}, Short: "page up", Long: "page up", Group: Move},
	}
}

func looking() []Binding {
	return []Binding{
		{Action: Open, Scopes: List | Profile | Alerts | Integration, Keys: []string{"enter"}, Short: "open",
			Long: "open in the portal of the other side", Group: Look, Priority: 100, Label: portal, Disabled: noRow},
		{Action: OpenAlert, Scopes: Profile | Alerts, Keys: []string{"o"}, Short: "open alert", Long: "open the page of the alert itself",
			Group: Look, Priority: 44, Disabled: noAlert},
		{Action: Peek, Scopes: List, Keys: []string{"space"}, Short: "peek", Long: "mini-profile", Group: Look, Priority: 90,
			Disabled: noRow},
		{Action: ShowProfile, Scopes: List | Alerts, Keys: []string{"l", "right"}, Short: "profile", Long: "profile page",
			Group: Look, Priority: 80, Disabled: noRow},
		{Action: Pin, Scopes: List, Keys: []string{"v"}, Short: "pin", Long: "pin the mini-profile beside a wide list", Group: Look,
			Priority: 8},
		{Action: Side, Scopes: List, Keys: []string{"tab"}, Short: "side", Long: "look from the other side", Group: Look,
			Priority: 70},
		{Action: ShowAlerts, Scopes: List | Profile | Integration, Keys: []string{"a"}, Short: "alerts", Long: "alerts of both products",
			Group: Look, Priority: 45},
		{Action: NextSection, Scopes: Profile | Alerts, Keys: []string{"tab"}, Short: "section", Long: "next section", Group: Look,
			Priority: 70},
		{Action: PreviousSection, Scopes: Profile | Alerts, Keys: []string{"shift+tab"}, Short: "section back",
			Long: "previous section", Group: Look},
		{Action: Details, Scopes: Profile | Alerts, Keys: []string{"space"}, Short: "details", Long: "details of the alert",
			Group: Look, Priority: 90, Disabled: noAlert},
		{Action: Return, Scopes: Profile | Alerts | Integration | Log, Keys: []string{"h", "left", "backspace"}, Short: "back",
			Long: "back to the page before", Group: Look, Priority: 60},
	}
}

func finding() []Binding {
	all := []Binding{
		{Action: Filter, Scopes: List | Alerts | Log, Keys: []string{"/"}, Short: "filter", Long: "filter as you type", Group: Find,
			Priority: 60},
		{Action: ClearFilter, Scopes: List | Alerts | Log, Keys: []string{"n"}, Short: "clear filter", Long: "clear the filter",
			Group: Find, Priority: 7, Disabled: func(s State) string {
				if s.NoFilter {
					return "There is no filter to clear."
				}
				return ""
			}},
		{Action: Sort, Scopes: List | Alerts, Keys: []string{"s"}, Short: "sort", Long: "sort by a column", Pair: "sort, reverse", Group: Find, Priority: 30},
		{Action: Reverse, Scopes: List | Alerts, Keys: []string{"S"}, Short: "reverse", Long: "reverse the order", Group: Find,
			Priority: 6},
		{Action: SaveView, Scopes: List, Keys: []string{"ctrl+s"}, Short: "save view", Long: "save this view on a number", Group: Find,
			Priority: 5},
	}
	digits := "123456789"
	for i, action := range Views() {
		all = append(all, Binding{Action: action, Scopes: List, Keys: []string{digits[i : i+1]}, Short: "view",
			Long: "saved view " + digits[i:i+1], Group: Find})
	}
	return all
}

func acting() []Binding {
	return []Binding{
		{Action: Mark, Scopes: List, Keys: []string{"x"}, Short: "mark", Long: "mark or unmark", Pair: "mark, mark all shown", Group: Act, Priority: 28,
			Disabled: noRow},
		{Action: MarkAll, Scopes: List, Keys: []string{"X"}, Short: "mark all", Long: "mark all shown, or none", Group: Act,
			Priority: 4, Disabled: noRow},
		{Action: CopyName, Scopes: Pages &^ Integration, Keys: []string{"y"}, Short: "copy", Long: "copy the name", Pair: "copy name, link", Group: Act,
			Priority: 26, Disabled: noRow},
		{Action: CopyLink, Scopes: List | Profile | Alerts, Keys: []string{"Y"}, Short: "copy link", Long: "copy the portal link",
			Group: Act, Priority: 24, Disabled: noLink},
		{Action: Export, Scopes: List, Keys: []string{"E"}, Short: "export", Long: "export marked or shown rows", Group: Act,
			Priority: 22, Disabled: noRow},
		{Action: Refresh, Scopes: Pages, Keys: []string{"r"}, Short: "refresh", Long: "refresh now", Pair: "refresh, pause", Group: Act, Priority: 20},
		{Action: Pause, Scopes: Pages, Keys: []string{"R"}, Short: "pause", Long: "pause or resume the refreshes", Group: Act,
			Priority: 3, Label: func(s State) string {
				if s.Paused {
					return "resume"
				}
				return "pause"
			}},
	}
}

func running() []Binding {
	return []Binding{
		{Action: Toggles, Scopes: Pages &^ Integration, Keys: []string{"t"}, Short: "toggles", Long: "integration: toggles and status",
			Group: Apps, Priority: 50},
		{Action: Flip, Scopes: Integration, Keys: []string{"space"}, Short: "change toggle", Long: "change the toggle, after asking",
			Group: Apps, Priority: 98, Writes: true, Disabled: func(s State) string { return s.NoToggle }},
		{Action: Close, Scopes: Integration, Keys: []string{"c"}, Short: "close issue", Long: "close the health issue, after asking",
			Pair: "close, suppress the health issue", Group: Apps, Priority: 97, Writes: true, Disabled: noIssue},
		{Action: Suppress, Scopes: Integration, Keys: []string{"s"}, Short: "suppress issue", Long: "suppress the health issue, after asking",
			Group: Apps, Priority: 96, Writes: true, Disabled: noIssue},
		{Action: Undo, Scopes: Integration, Keys: []string{"u"}, Short: "undo", Long: "take back the change just made", Group: Apps,
			Priority: 99, Writes: true, Disabled: func(s State) string { return s.NoUndo }},
		{Action: PortalSession, Scopes: Integration, Keys: []string{"p"}, Short: "portal session",
			Long: "begin or end a portal session, which reads the portal's flag", Group: Apps, Priority: 30},
		{Action: Tenants, Scopes: Pages, Keys: []string{"ctrl+t"}, Short: "tenants", Long: "switch to another tenant", Group: Apps,
			Priority: 11},
		{Action: Palette, Scopes: Pages, Keys: []string{":", "ctrl+p"}, Short: "palette", Long: "command palette", Group: Apps,
			Priority: 12},
		{Action: Help, Scopes: Pages, Keys: []string{"?"}, Short: "help", Long: "this help", Group: Apps, Priority: 95},
		{Action: ShowLog, Scopes: Pages &^ Log, Keys: []string{"L"}, Short: "log", Long: "log of messages", Group: Apps, Priority: 10},
		{Action: Theme, Scopes: Pages, Keys: []string{"T"}, Short: "theme", Long: "theme: dark, light, mono", Group: Apps, Priority: 2},
		{Action: Mouse, Scopes: Pages, Keys: []string{"m"}, Short: "mouse", Long: "mouse on or off", Group: Apps, Priority: 1},
		{Action: Suspend, Scopes: Pages, Keys: []string{"ctrl+z"}, Short: "suspend", Long: "suspend to the shell", Group: Apps},
		{Action: Quit, Scopes: Pages, Keys: []string{"q"}, Short: "quit", Long: "quit", Group: Apps, Priority: 9},
		{Action: Back, Scopes: Pages, Keys: []string{"esc"}, Short: "back", Long: "back, never quits", Group: Apps},
		{Action: Stop, Scopes: Everywhere, Keys: []string{"ctrl+c"}, Short: "quit", Long: "quit from anywhere", Group: Apps, Fixed: true},
	}
}

// answering are the keys of dialogs and of lines being typed.
func answering() []Binding {
	return []Binding{
		{Action: Back, Scopes: Typing | Dialogs, Keys: []string{"esc"}, Fixed: true},
		{Action: Choose, Scopes: Typing | Dialogs, Keys: []string{"enter"}, Fixed: true},
		{Action: Next, Scopes: Confirm, Keys: []string{"tab", "shift+tab", "left", "right", "h", "l"}, Fixed: true},
		{Action: Yes, Scopes: Confirm, Keys: []string{"y"}, Fixed: true},
		{Action: No, Scopes: Confirm, Keys: []string{"n", "q"}, Fixed: true},
		{Action: CopyName, Scopes: Waiting, Keys: []string{"y"}, Fixed: true},
		{Action: CopyLink, Scopes: Waiting, Keys: []string{"Y"}, Fixed: true},
		{Action: Back, Scopes: Choice | Reading | Waiting, Keys: []string{"q"}, Fixed: true},
		{Action: Down, Scopes: Typing, Keys: []string{"down"}, Fixed: true},
		{Action: Up, Scopes: Typing, Keys: []string{"up"}, Fixed: true},
	}
}
