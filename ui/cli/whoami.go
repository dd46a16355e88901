package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"adbadge/model/config"
	"adbadge/providers"
	"adbadge/ui/export"
	"adbadge/ui/tui/draw"
)

func (a *app) whoamiCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "whoami",
		Short: "Say who is signed in, and which permissions are missing",
		Long: "Prints tenant, application and account, and for each cloud source that is enabled until when its token lasts, which " +
			"permissions it holds, what each feature needs, and where an administrator grants what is missing. It asks nobody to sign in.",
		Example: "adbadge whoami\nadbadge whoami --json | jq -r '.apis[].features[] | select(.state == \"missing\") | .anyOf[0]'",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			return a.whoami(cmd.Context(), asJSON)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

func (a *app) whoami(ctx context.Context, asJSON bool) error {
	signIn, end, err := a.openSignIn(ctx, nil, false)
	if err != nil {
		return err
	}
	defer end()
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usualLimit))
	defer cancel()
	who := signIn.WhoAmI(limited)
	if err := a.signedIn(who); err != nil {
		return err
	}
	if asJSON {
		err = export.WriteJSON(a.out, newWhoReport(who))
	} else {
		err = a.printWho(who)
	}
	return errors.Join(err, a.missingGrants(who))
}

// identity writes who is signed in.
func (p *paper) identity(who providers.SignedIn) {
	application := who.Application.String()
	if who.AppName != "" {
		application += " (" + who.AppName.String() + ")"
	}
	account := who.Account.String()
	if !who.Delegated && application != "" {
		account = "none: the application speaks for itself"
	}
	p.fact("method", who.Method)
	p.fact("tenant", who.Tenant.String())
	p.fact("application", application)
	p.fact("account", account)
	if (config.SignIn{Method: who.Method}).AsksPerson() {
		switch {
		case who.Kept:
			p.fact("kept", "until Entra ID wants the person again")
		case who.NotKept == "":
			p.fact("kept", "no, by configuration")
		default:
			p.fact("kept", "no: "+who.NotKept)
		}
	}
}

// until says when a token ends.
func until(at time.Time) string { return "until " + at.Local().Format("2006-01-02 15:04") }

// whoReport is the answer of "whoami --json". Its keys stay as they are.
type whoReport struct {
	Method          string      `json:"method"`
	Tenant          string      `json:"tenant"`
	Application     string      `json:"application"`
	ApplicationName string      `json:"applicationName"`
	Account         string      `json:"account"`
	Kind            string      `json:"kind"` // delegated, application or unknown
	Kept            bool        `json:"kept"`
	NotKept         string      `json:"notKept"` // why not, where it should be
	ConsentLink     string      `json:"consentLink"`
	APIs            []apiReport `json:"apis"`
}

type apiReport struct {
	API         string          `json:"api"`
	Audience    string          `json:"audience"`
	Expires     *time.Time      `json:"expires"`
	Permissions []string        `json:"permissions"`
	Features    []featureReport `json:"features"`
	Problem     *failureReport  `json:"problem"`
}

type featureReport struct {
	Name  string   `json:"name"`
	AnyOf []string `json:"anyOf"`
	State string   `json:"state"`
}

func newWhoReport(who providers.SignedIn) whoReport {
	r := whoReport{
		Method: who.Method, Tenant: who.Tenant.String(), Application: who.Application.String(), ApplicationName: who.AppName.String(),
		Account: who.Account.String(), Kind: "unknown", Kept: who.Kept, NotKept: who.NotKept, ConsentLink: who.ConsentLink, APIs: []apiReport{},
	}
	switch {
	case who.Delegated:
		r.Kind = "delegated"
	case who.Application != "":
		r.Kind = "application"
	}
	for _, grant := range who.Grants {
		api := apiReport{API: grant.API, Audience: grant.Audience.String(), Expires: export.Time(grant.Expires), Permissions: []string{},
			Problem: newFailureReport(grant.Problem)}
		for _, permission := range grant.Permissions {
			api.Permissions = append(api.Permissions, permission.String())
		}
		for _, need := range grant.Needs {
			api.Features = append(api.Features, featureReport{need.Feature, need.AnyOf, needState(grant, need)})
		}
		r.APIs = append(r.APIs, api)
	}
	return r
}

// needState gives the word for how a feature stands.
func needState(g providers.Grant, need providers.Need) string {
	switch {
	case need.Unavailable:
		return "unavailable"
	case g.Problem != nil || !g.Readable:
		return "unknown"
	case need.Held:
		return "ok"
	}
	return "missing"
}

func (a *app) printWho(who providers.SignedIn) error {
	p := a.paper("auto")
	p.identity(who)
	lacking := false
	for _, grant := range who.Grants {
		p.heading(strings.ToUpper(grant.API))
		if grant.Problem == nil {
			p.fact("audience", grant.Audience.String())
			p.fact("token", until(grant.Expires))
		}
		for _, need := range grant.Needs {
			p.need(grant, need)
		}
		lacking = lacking || len(grant.Missing()) > 0
		var held []string
		for _, permission := range grant.Permissions {
			held = append(held, permission.String())
		}
		switch {
		case len(held) > 0:
			p.wrapped("holds", strings.Join(held, ", "))
		case grant.Problem == nil && !grant.Readable:
			p.fact("holds", "not known: only the API can read this token")
		case grant.Problem == nil:
			p.fact("holds", "no permission")
		}
	}
	if lacking && who.ConsentLink != "" {
		p.line()
		p.line(span{p.theme.Text, "An administrator adds what is missing to the app registration, and grants it here:"})
		p.line(span{p.theme.Text, who.ConsentLink})
	}
	return p.flush()
}

// featureWidth is how far permissions stand from the features that need them, in cells.
const featureWidth = 33

// need writes how one feature stands, and the permission that is held or to be granted.
func (p *paper) need(grant providers.Grant, need providers.Need) {
	state, style := needState(grant, need), p.theme.Muted
	switch state {
	case "ok":
		style = p.theme.OK
	case "missing":
		style = p.theme.Warning
	}
	permission := need.AnyOf[0]
	if need.By != "" {
		permission = need.By
	}
	if need.Unavailable {
		permission = "not in this cloud"
	}
	p.line(span{style, draw.Fit(state, factWidth, "")}, span{p.theme.Text, draw.Fit(need.Feature, featureWidth, "")}, span{p.theme.Muted, permission})
}

// wrapped is fact on several lines where the terminal is narrow.
func (p *paper) wrapped(name, value string) {
	lines := []string{value}
	if p.width > 0 {
		lines = draw.Wrap(value, max(p.width-factWidth, 20))
	}
	for _, line := range lines {
		p.line(span{p.theme.Muted, draw.Fit(name, factWidth, "")}, span{p.theme.Text, line})
		name = ""
	}
}
