package providers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/providers/entra"
)

// checkCloud examines the way to each cloud source: the proxy, the sign-in and its permissions, the answer, the clock. d is
// what the sources have answered, so that no token is asked for twice.
func (t *Tenant) checkCloud(ctx context.Context, d *Dashboard, report func(model.Check)) {
	if t.SignIn == nil {
		report(model.Check{Source: model.Identity, Name: "sign-in", Seen: "no cloud source is configured"})
		report(checkOf("Microsoft Graph", d.Source(model.Identity)))
		report(checkOf("Defender for Endpoint", d.Source(model.Endpoint)))
		return
	}
	who := t.SignIn.WhoAmI(ctx)
	for i, api := range t.SignIn.apis() {
		grant := who.Grants[i]
		report(checkProxy(api))
		signIn := checkGrant(api.Source, who, grant)
		report(signIn)
		permissions := checkPermissions(api.Source, who, grant)
		if signIn.Verdict == model.Failed {
			permissions = model.Check{Source: api.Source, Name: permissions.Name, Seen: fmt.Sprintf("because %q failed", signIn.Name)}
		}
		report(permissions)
		answer := checkOf(api.Name, d.Source(api.Source))
		if answer.Verdict == model.Failed && signIn.Verdict == model.Failed { // said once
			answer.Verdict, answer.Seen, answer.Remedy = model.Skipped, fmt.Sprintf("because %q failed", signIn.Name), ""
		}
		if api.Source != model.Directory { // that is examined as a directory
			report(answer)
		}
		report(checkClock(api.Source, api.Stats()))
	}
}

// checkProxy says which way requests go.
func checkProxy(api *entra.API) model.Check {
	c := model.Check{Source: api.Source, Name: "proxy", Verdict: model.Passed, Seen: "none: " + api.Host() + " is asked straight"}
	proxy, err := api.Proxy()
	switch {
	case err != nil:
		c.Verdict, c.Seen, c.Remedy = model.Failed, "HTTPS_PROXY holds no address", `Set it like "http://proxy.contoso.test:3128", or unset it.`
	case proxy != "":
		c.Seen = fmt.Sprintf("%s, as HTTPS_PROXY says, leads to %s", proxy, api.Host())
	}
	return c
}

// checkGrant says whether Entra ID gives a token for an API, and whom it is for.
func checkGrant(source model.Source, who SignedIn, grant Grant) model.Check {
	c := model.Check{Source: source, Name: "sign-in"}
	if p := grant.Problem; p != nil {
		c.Verdict, c.Seen, c.Remedy = model.Failed, p.Doing+": "+p.Seen, p.Remedy
		return c
	}
	by := "the application " + who.Application.String()
	if who.Account != "" {
		by = who.Account.String() + " through " + by
	}
	c.Verdict, c.Seen = model.Passed, fmt.Sprintf("%s, by %s; the token is for %s", by, who.Method, grant.Audience)
	if !grant.Readable {
		c.Seen = "a token was given that says nothing of itself, by " + who.Method
	}
	return c
}

// checkPermissions names the grants that are missing.
func checkPermissions(source model.Source, who SignedIn, grant Grant) model.Check {
	c := model.Check{Source: source, Name: "permissions", Verdict: model.Passed, Seen: "all that adbadge can use are granted"}
	if !grant.Readable {
		c.Verdict, c.Seen = model.Skipped, "the token does not say"
		return c
	}
	missing := grant.Missing()
	if len(missing) == 0 {
		return c
	}
	var lacks, names []string
	for _, need := range missing {
		lacks = append(lacks, need.AnyOf[0]+" for "+need.Feature)
		if name := need.AnyOf[0]; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	c.Verdict, c.Seen = model.Doubtful, "it lacks "+strings.Join(lacks, "; ")
	if len(missing) == len(grant.Needs) {
		c.Verdict = model.Failed
	}
	kind := "application"
	if who.Delegated {
		kind = "delegated"
	}
	c.Remedy = fmt.Sprintf("Grant the app registration these %s permissions of %s, as far as they are wanted: %s.", kind, grant.API, strings.Join(names, ", "))
	if who.ConsentLink != "" {
		c.Remedy += " Then consent: " + who.ConsentLink
	}
	return c
}

// clockSkew is how far the clocks may be apart: Entra ID lets five minutes pass.
const clockSkew = 5 * time.Minute

// checkClock compares this computer's clock with the other end's.
func checkClock(source model.Source, s entra.Stats) model.Check {
	c := model.Check{Source: source, Name: "clock"}
	if s.Date.IsZero() {
		c.Seen = "the other end has not said what time it is"
		return c
	}
	apart := s.At.Sub(s.Date).Round(time.Second)
	c.Verdict, c.Seen = model.Passed, fmt.Sprintf("%s apart from the other end's", apart.Abs())
	if apart.Abs() > clockSkew {
		c.Verdict, c.Remedy = model.Doubtful, "Set this computer's clock: tokens are refused when it is more than five minutes off."
	}
	return c
}
