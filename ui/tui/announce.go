package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"adbadge/model"
	"adbadge/providers"
)

// announce tells of new alerts: a line on the screen, and where the configuration wants it a bell or a desktop
// notification for high ones.
func (a *App) announce(d *providers.Dashboard) tea.Cmd {
	if len(d.NewAlerts) == 0 || d.Refreshing {
		return nil
	}
	worst := d.NewAlerts[0]
	for _, alert := range d.NewAlerts {
		if alert.Severity > worst.Severity {
			worst = alert
		}
	}
	line := fmt.Sprintf("New alert (%s, %s): %s", worst.Severity, worst.Product, worst.Title)
	if n := len(d.NewAlerts); n > 1 {
		line = fmt.Sprintf("%d new alerts; the worst is %s (%s): %s", n, worst.Severity, worst.Product, worst.Title)
	}
	if rows := d.View.AlertRows(worst); len(rows) > 0 {
		line += " on " + d.View.Name(rows[0]).String()
	}
	commands := []tea.Cmd{a.Say(model.Warning, line)}
	if worst.Severity >= model.High {
		if a.options.Config.Screen.Bell {
			commands = append(commands, tea.Raw("\a"))
		}
		if a.options.Config.Screen.Notify && a.blurred {
			commands = append(commands, tea.Raw(ansi.Notify("adbadge: "+line)))
		}
	}
	return tea.Batch(commands...)
}
