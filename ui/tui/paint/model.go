package paint

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// model stands between Bubble Tea and the screen: it keeps the frames, and gives Bubble Tea what else a view says.
type model struct {
	screen   tea.Model
	terminal *Terminal
	frame    frame
}

// Model is what Bubble Tea is to run in the place of the screen, which must use the alternate screen.
func (t *Terminal) Model(screen tea.Model) tea.Model { return &model{screen: screen, terminal: t} }

func (m *model) Init() tea.Cmd { return tea.Batch(m.terminal.enter, m.screen.Init()) }

func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.frame.width, m.frame.height = msg.Width, msg.Height
		m.frame.wholes++ // terminals do different things to what is there
	case tea.ModeReportMsg:
		if msg.Mode == ansi.ModeSynchronizedOutput && msg.Value == ansi.ModeReset { // known, and not in use
			m.terminal.synced.Store(true)
		}
	default:
		if msg == tea.ClearScreen() {
			m.frame.wholes++
		}
	}
	var cmd tea.Cmd
	m.screen, cmd = m.screen.Update(msg)
	view := m.screen.View()
	m.frame.content, m.frame.cursor = view.Content, tea.Position{X: -1, Y: -1}
	if view.Cursor != nil {
		m.frame.cursor = view.Cursor.Position
	}
	if m.terminal.show(m.frame) {
		cmd = tea.Batch(m.terminal.bring, cmd)
	}
	return m, cmd
}

// View is empty but for the modes of the terminal.
func (m *model) View() tea.View {
	view := m.screen.View()
	view.Content, view.Cursor = " ", nil
	return view
}
