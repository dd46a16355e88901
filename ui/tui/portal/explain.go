package portal

import (
	"fmt"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/ui/tui/draw"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/page"
)

// explain says in full why a badge has nothing behind it.
func explain(env *page.Env, v *inventory.View, row int, b model.Badge) Target {
	name := v.Name(row).String()
	t := Target{Title: name + " " + b.Text() + " nothing to open"}
	t.Body = append(t.Body, "Why: "+b.Reason.String()+".")
	t.Body = append(t.Body, "")
	t.Body = append(t.Body, remedy(env, v, row, b.Reason)...)
	if at := asked(v, v.Kind(row)); !at.At.IsZero() {
		t.Body = append(t.Body, "", "Defender for Endpoint answered "+draw.Ago(at.At, env.Now())+".")
	}
	return t
}

func asked(v *inventory.View, kind model.Kind) inventory.Answer {
	if kind == model.Computer {
		return v.Knowledge().MachinesAnswer
	}
	return v.Knowledge().LogonsAnswer
}

// remedy says what could be done about a badge.
func remedy(env *page.Env, v *inventory.View, row int, reason model.Reason) []string {
	toggles := env.Keys.Of(keys.Toggles, keys.List)
	refresh := env.Keys.Of(keys.Refresh, keys.List)
	switch reason {
	case model.NoReason, model.NotAsked:
		return []string{"The answer is on its way. Press " + refresh + " to ask again if it does not come."}
	case model.IntegrationOff, model.IdentitySideOff, model.EndpointSideOff:
		return []string{"Press " + toggles + " to see both toggles and to switch the integration on."}
	case model.NotConfigured:
		return []string{"Set enabled = true under [endpoint] in the configuration, with a sign-in under [signin]."}
	case model.EndpointFailed, model.EndpointDenied, model.AnswerIncomplete:
		return failureRemedy(env, toggles, refresh)
	case model.Ambiguous:
		return ambiguous(env, v, row)
	case model.AccountsNotAsked:
		return []string{"Give the application the permission ThreatHunting.Read.All, with a licence that includes advanced hunting. " +
			"Until then an account is known only when an alert names it."}
	case model.NoMachine:
		if v.Flags(row)&model.Disabled != 0 {
			return []string{"The computer account is disabled, so there may be nothing left to onboard. Otherwise onboard the machine " +
				"to Defender for Endpoint; it appears here with the refresh after its first report."}
		}
		return []string{"Onboard the machine to Defender for Endpoint; it appears here with the refresh after its first report. " +
			"If it is onboarded already, its record may carry another name: press " + toggles + " and look for records that match nothing."}
	case model.NoLogon:
		return []string{"The account appears here after it has logged on to an onboarded machine. If it does log on somewhere, that " +
			"machine is not onboarded yet."}
	}
	return []string{"Press " + toggles + " for the state of the integration."}
}

// failureRemedy takes the words of what failed.
func failureRemedy(env *page.Env, toggles, refresh string) []string {
	lines := []string{}
	if f := env.Dashboard.Source(model.Endpoint).Failure; f != nil {
		lines = append(lines, f.Error())
	}
	for _, gap := range env.Dashboard.Source(model.Endpoint).Gaps {
		lines = append(lines, gap.What+" "+gap.Remedy)
	}
	return append(lines, "Press "+toggles+" for everything that is wrong, "+refresh+" to ask again.")
}

// ambiguous names the candidates.
func ambiguous(env *page.Env, v *inventory.View, row int) []string {
	lines := []string{"Machine records that could be this computer:"}
	for _, m := range v.Candidates(row) {
		lines = append(lines, fmt.Sprintf("  %s  %s, last seen %s", m.Name, m.Health, draw.Ago(m.LastSeen, env.Now())))
	}
	if len(lines) == 1 {
		lines = []string{"Several accounts match what Defender for Endpoint reports, and adbadge never guesses."}
	}
	return append(lines, "", "It becomes clear when the computers have different full DNS names in AD, or when the records carry a device id.")
}
