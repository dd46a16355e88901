package overlay

import (
	"strings"

	"charm.land/bubbles/v2/viewport"

	"adbadge/ui/tui/keys"
)

// scroll is the window on a text that may be longer than the screen. The zero scroll shows the beginning.
type scroll struct {
	view  viewport.Model
	ready bool
}

// lines gives the h lines that show, each w cells wide at most.
func (s *scroll) lines(content []string, w, h int) []string {
	if !s.ready {
		s.view, s.ready = viewport.New(), true
	}
	s.view.SetWidth(max(w, 1))
	s.view.SetHeight(max(h, 1))
	s.view.SetContentLines(content)
	s.view.SetYOffset(s.view.YOffset()) // the window may have grown past the end
	return strings.Split(s.view.View(), "\n")
}

// first gives the number of the first line that shows, from 0; overflows reports whether not all of them do.
func (s *scroll) first() int      { return s.view.YOffset() }
func (s *scroll) overflows() bool { return s.view.TotalLineCount() > s.view.Height() }
func (s *scroll) top()            { s.view.SetYOffset(0) }

// do takes the actions that move the window.
func (s *scroll) do(action keys.Action) {
	switch action {
	case keys.Down:
		s.view.ScrollDown(1)
	case keys.Up:
		s.view.ScrollUp(1)
	case keys.HalfDown:
		s.view.HalfPageDown()
	case keys.HalfUp:
		s.view.HalfPageUp()
	case keys.PageDown:
		s.view.PageDown()
	case keys.PageUp:
		s.view.PageUp()
	case keys.First:
		s.view.GotoTop()
	case keys.Last:
		s.view.GotoBottom()
	}
}
