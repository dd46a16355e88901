package entra

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"adbadge/model"
	"adbadge/model/config"
)

// permit gets a token, and refuses a request that it does not permit before that is sent: the answer would be a
// refusal, and the others are not held up.
func (a *API) permit(ctx context.Context, n *note, method string) error {
	f := a.purpose.Feature
	if f == NoFeature {
		return nil
	}
	if !f.IsOfferedIn(a.Cloud) {
		failure := a.failure(method)
		failure.Kind, failure.Seen = model.NotSupported, fmt.Sprintf("not asked: %s has no %s in the cloud %q", a.Name, f, a.Cloud)
		failure.Remedy = "Nothing can be done about it here; the rest goes on."
		return failure
	}
	held, err := a.held(withNote(ctx, n))
	switch {
	case err != nil && ctx.Err() != nil:
		return a.failed(method, n, ctx.Err())
	case err != nil:
		return a.failed(method, n, err)
	}
	if _, ok := held.claims.permits(f); ok {
		return nil
	}
	failure := a.failure(method)
	failure.Kind, failure.Seen = model.PermissionMissing, fmt.Sprintf("not asked: the sign-in lacks the permission for %s", f)
	a.adviseGrant(failure, held.claims)
	return failure
}

// held gives the newest token of the API, and asks for a token where there is none.
func (a *API) held(ctx context.Context) (issued, error) {
	_, err := a.signIn.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{a.Scope}, EnableCAE: true})
	if err != nil {
		return issued{}, err
	}
	return a.signIn.tokens.of(a.Scope), nil
}

// adviseGrant says which permission is to be granted, and where.
func (a *API) adviseGrant(f *model.Failure, held claims) {
	wanted := a.purpose.Feature.Permissions(held.isDelegated())
	f.Remedy = fmt.Sprintf("Grant %s of %s to the app, with admin consent; the next token brings it, within an hour.", wanted[0], a.Name)
	if held.isDelegated() {
		f.Remedy = fmt.Sprintf("Grant %s (delegated) of %s to the app, with admin consent, and sign in again.", wanted[0], a.Name)
	}
	f.Link = a.signIn.ConsentLink()
}

// ConsentLink leads to the page where an administrator grants what the app registration asks for ("Admin consent on the
// Microsoft identity platform"). It is empty where the method has no registration of its own.
func (s *SignIn) ConsentLink() string {
	client := s.options.Config.ClientID
	switch s.options.Config.Method {
	case config.MethodManagedIdentity, config.MethodAzureCLI:
		return ""
	case config.MethodWorkloadIdentity:
		if client == "" {
			client = os.Getenv(clientIDVariable)
		}
	}
	return strings.TrimRight(s.options.Authority, "/") + "/" + url.PathEscape(s.options.TenantID) +
		"/adminconsent?client_id=" + url.QueryEscape(client)
}
