package entra

import (
	"cmp"
	"context"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"adbadge/model/text"
)

// Grant is what the token of one API says of itself. It is cleaned, and not verified: only the API can do that.
type Grant struct {
	Audience    text.Line
	Tenant      text.Line // id
	Application text.Line // client id
	AppName     text.Line // may be empty
	Account     text.Line // of the person; empty when the application speaks for itself
	Delegated   bool      // the application speaks for a person
	Readable    bool      // the token says anything at all
	Expires     time.Time
	Permissions []text.Line

	claims claims
}

// Permits reports whether the token permits a feature, as far as can be told, and by which permission.
func (g Grant) Permits(f Feature) (by string, ok bool) { return g.claims.permits(f) }

// Login signs in anew where a method needs a person, so that somebody else can take over. The other APIs of the sign-in
// need nobody's help after that.
func (a *API) Login(ctx context.Context) error {
	if a.signIn.person == nil {
		return nil
	}
	n := &note{}
	err := a.signIn.person.replace(withNote(ctx, n), policy.TokenRequestOptions{Scopes: []string{a.Scope}, EnableCAE: true})
	if err != nil {
		return a.failed("", n, &refusedSignIn{err})
	}
	a.signIn.tokens.forget()
	return nil
}

// Grant gives what the newest token of the API says, and asks for one where there is none. Its errors are of type
// *model.Failure.
func (a *API) Grant(ctx context.Context) (Grant, error) {
	n := &note{}
	held, err := a.held(withNote(ctx, n))
	if err != nil {
		return Grant{}, a.failed("", n, err)
	}
	g := Grant{
		Audience: text.Clean(held.claims.Audience), Tenant: text.Clean(held.claims.Tenant),
		Application: text.Clean(cmp.Or(held.claims.Application, held.claims.Party)), AppName: text.Clean(held.claims.AppName),
		Delegated: held.claims.isDelegated(), Readable: held.claims.readable, Expires: held.ExpiresOn, claims: held.claims,
	}
	if g.Delegated {
		g.Account = text.Clean(cmp.Or(held.claims.UPN, held.claims.UniqueName, held.claims.Preferred))
	}
	for _, p := range held.claims.permissions() {
		g.Permissions = append(g.Permissions, text.CleanMax(p, maxSeen))
	}
	return g, nil
}
