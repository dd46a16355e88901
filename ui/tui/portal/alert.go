package portal

import (
	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/ui/tui/overlay"
	"adbadge/ui/tui/page"
)

// OfAlert gives the page of an alert.
func OfAlert(env *page.Env, a *model.Alert) Target {
	if env.Tenant.Links == nil {
		return noPortal()
	}
	link, err := env.Tenant.Links.Alert(a)
	if err != nil {
		return Target{Title: "there is no page for this alert", Body: []string{err.Error()}}
	}
	return Target{What: "the alert", Link: link}
}

// Accounts gives the AD users that an alert of Defender for Endpoint names: their pages are those of the other side. An
// alert of Defender for Identity is at home there already.
func Accounts(view *inventory.View, a *model.Alert) (rows []int) {
	if a.Product != model.DefenderForEndpoint {
		return nil
	}
	for _, row := range view.AlertRows(a) {
		if view.Kind(row) == model.User {
			rows = append(rows, row)
		}
	}
	return rows
}

// AlertHint says in short what enter opens on an alert.
func AlertHint(view *inventory.View, a *model.Alert) string {
	if len(Accounts(view, a)) > 0 {
		return "identity portal"
	}
	return "open alert"
}

// OpenAlert opens the other side's page of what an alert names: the identity page of the AD account, after asking which
// where there are several; and the page of the alert where it names none.
func OpenAlert(env *page.Env, a *model.Alert) tea.Cmd {
	view := env.Dashboard.View
	accounts := Accounts(view, a)
	switch len(accounts) {
	case 0:
		return Open(env, OfAlert(env, a))
	case 1:
		return Open(env, Of(env, view, accounts[0], model.IdentitySide))
	}
	list := &overlay.Choice{Title: "Identity page of which account?"}
	for _, row := range accounts {
		target := Of(env, view, row, model.IdentitySide)
		refusal := ""
		if target.Link == "" {
			refusal = target.Refusal() + "."
		}
		entity := view.Entity(row)
		list.Options = append(list.Options, overlay.Option{Label: entity.Name.String(), Note: entity.SAM.String() + "  " + entity.Domain.String(),
			Refusal: refusal, Run: func() tea.Cmd { return Open(env, target) }})
	}
	return env.Host.Open(list)
}
