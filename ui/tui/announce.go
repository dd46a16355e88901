package tui

import (
	"cmp"
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

// noteSources writes into the log when a source stops to answer, answers again, or answers in part only.
func (a *App) noteSources(before, now *providers.Dashboard) {
	for _, s := range now.Sources {
		was := before.Source(s.Source)
		switch {
		case s.Failure != nil && (was.Failure == nil || was.Failure.Seen != s.Failure.Seen):
			a.messages.Note(a.env.Now(), model.Critical, s.Source.String()+": "+s.Failure.Error())
		case s.Failure == nil && was.Failure != nil && s.State == model.SourceOK:
			a.messages.Note(a.env.Now(), model.OK, s.Source.String()+": answers again.")
		}
		for _, gap := range s.Gaps {
			if !hasGap(was.Gaps, gap) {
				a.messages.Note(a.env.Now(), model.Warning, s.Source.String()+": "+gap.What+" "+gap.Remedy)
			}
		}
	}
}

func hasGap(gaps []model.Gap, gap model.Gap) bool {
	for _, g := range gaps {
		if g.Code == gap.Code && g.What == gap.What {
			return true
		}
	}
	return false
}

// toldToggles says when somebody else has changed a toggle.
func (a *App) toldToggles(before, now *providers.Dashboard) tea.Cmd {
	var commands []tea.Cmd
	for _, t := range now.Toggles {
		was := before.Find(t)
		if a.isMine(t) || was.State == t.State || was.State == model.ToggleUnknown || t.State == model.ToggleUnknown {
			continue
		}
		who := cmp.Or(t.By.String(), "Somebody")
		commands = append(commands, a.Say(model.Warning, fmt.Sprintf("%s switched %s %s.", who, t.Name(), t.State)))
	}
	return tea.Batch(commands...)
}

// isMine reports whether a toggle stands as it was switched from here. Not every owner says who did it.
func (a *App) isMine(t model.Toggle) bool {
	if t.By != "" {
		return a.toggling.Running() || t.By.String() == a.env.Actor
	}
	return a.toggling.Running() || t.Is(a.mine.toggle) && t.State == model.StateOf(a.mine.on)
}
