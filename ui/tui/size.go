package tui

import tea "charm.land/bubbletea/v2"

// The largest screen that is drawn, beyond what any display shows. A terminal may claim 65,535 cells in each direction;
// to believe it would take gigabytes.
const (
	widest  = 1000
	tallest = 500
)

// usualWidth and usualHeight are taken for a terminal that does not know its size, as serial lines and bare containers
// do not.
const (
	usualWidth  = 80
	usualHeight = 24
)

// believable gives the size to draw for a size that a terminal claims.
func believable(size tea.WindowSizeMsg) tea.WindowSizeMsg {
	if size.Width <= 0 || size.Height <= 0 {
		return tea.WindowSizeMsg{Width: usualWidth, Height: usualHeight}
	}
	return tea.WindowSizeMsg{Width: min(size.Width, widest), Height: min(size.Height, tallest)}
}
