// Table is what the least program with a table of the same libraries does: benchmarks compare the start with it.
package main

import (
	"fmt"
	"os"

	"charm.land/bubbles/v2/table"
	tea "charm.land/bubbletea/v2"
)

type screen struct{ table table.Model }

func (s screen) Init() tea.Cmd { return nil }

func (s screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok && key.String() == "q" {
		return s, tea.Quit
	}
	var cmd tea.Cmd
	s.table, cmd = s.table.Update(msg)
	return s, cmd
}

func (s screen) View() tea.View {
	v := tea.NewView(s.table.View())
	v.AltScreen = true
	return v
}

func main() {
	var rows []table.Row
	for i := range 50 {
		rows = append(rows, table.Row{fmt.Sprintf("Person %06d", i), "user", "Finance", "People/Finance", "8m"})
	}
	columns := []table.Column{{Title: "NAME", Width: 30}, {Title: "KIND", Width: 4}, {Title: "DEPARTMENT", Width: 30},
		{Title: "OU", Width: 30}, {Title: "LOGON", Width: 6}}
	t := table.New(table.WithColumns(columns), table.WithRows(rows), table.WithFocused(true), table.WithHeight(40), table.WithWidth(120))
	if _, err := tea.NewProgram(screen{t}).Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
