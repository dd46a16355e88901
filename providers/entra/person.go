package entra

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/text"
)

// Prompt is what a person needs to finish a sign-in.
type Prompt struct {
	URL  string    // https: the page to open
	Code text.Line // to be typed there; empty when that page was opened in the browser of this desktop
	// Until is when it is too late.
	Until time.Time
	// NotKept says why the next start will ask again; empty when it will not, or is meant to.
	NotKept string
}

// person signs in somebody, with a code on any device or in the browser of this desktop, and goes on without help as
// long as Entra ID lets it.
//
// The credentials of azidentity for these two methods are not used, but the library under them: their cache cannot be
// kept where DESIGN wants it (it is made by azidentity/cache only, which on Linux has the kernel hold its key until the
// machine is shut down, needs cgo on macOS, and forgets nothing on request), and they open whatever they please in the
// browser.
type person struct {
	client  public.Client
	options Options
	turn    chan struct{} // whoever has sent into it signs in; the others wait
	account public.Account
}

func newPerson(o Options, client policy.ClientOptions, custom bool, seen *tokens) (*person, error) {
	options := []public.Option{
		public.WithAuthority(client.Cloud.ActiveDirectoryAuthorityHost + o.TenantID),
		public.WithHTTPClient(pipelineClient{runtime.NewPipeline("adbadge", o.Version, runtime.PipelineOptions{}, &client), seen}),
		public.WithClientCapabilities([]string{"CP1"}), // understands claims challenges, as azcore does
		public.WithInstanceDiscovery(!custom),
	}
	if o.Cache != nil {
		options = append(options, public.WithCache(o.Cache))
	}
	library, err := public.New(o.Config.ClientID, options...)
	if err != nil {
		return nil, err
	}
	return &person{client: library, options: o, turn: make(chan struct{}, 1)}, nil
}

// pipelineClient lets the library send through azcore, with its tries and our transport.
type pipelineClient struct {
	pipeline runtime.Pipeline
	tokens   *tokens
}

// Do implements the library's HTTP client. What stands for the person in a request must not be shown by anybody who
// repeats it.
func (c pipelineClient) Do(r *http.Request) (*http.Response, error) {
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		form, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		values, _ := url.ParseQuery(string(form)) // what can be read of it
		for _, name := range []string{"refresh_token", "device_code", "code"} {
			c.tokens.hide(values.Get(name))
		}
	}
	request, err := runtime.NewRequestFromRequest(r)
	if err != nil {
		return nil, err
	}
	return c.pipeline.Do(request)
}

// CloseIdleConnections implements the library's HTTP client; the connections serve others too.
func (pipelineClient) CloseIdleConnections() {}

// GetToken implements azcore.TokenCredential. It asks for help only where there is no other way.
func (p *person) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if err := p.takeTurn(ctx); err != nil {
		return azcore.AccessToken{}, err
	}
	defer p.endTurn()
	result, err := p.silently(ctx, o)
	if err != nil && needsPerson(err) && ctx.Err() == nil {
		result, err = p.ask(ctx, o)
	}
	return azcore.AccessToken{Token: result.AccessToken, ExpiresOn: result.ExpiresOn.UTC(), RefreshOn: result.Metadata.RefreshOn.UTC()}, err
}

// replace signs in somebody anew, whoever is signed in.
func (p *person) replace(ctx context.Context, o policy.TokenRequestOptions) error {
	if err := p.takeTurn(ctx); err != nil {
		return err
	}
	defer p.endTurn()
	result, err := p.ask(ctx, o)
	if err != nil {
		return err
	}
	accounts, err := p.client.Accounts(ctx)
	for _, other := range accounts {
		if err == nil && other.HomeAccountID != result.Account.HomeAccountID {
			err = p.client.RemoveAccount(ctx, other)
		}
	}
	return err
}

// takeTurn waits until nobody else signs in.
func (p *person) takeTurn(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *person) endTurn() { <-p.turn }

// errNobody says that nobody has signed in yet.
var errNobody = errors.New("nobody is signed in")

// silently gets a token from what the last sign-in left.
func (p *person) silently(ctx context.Context, o policy.TokenRequestOptions) (public.AuthResult, error) {
	account := p.account
	if account.IsZero() {
		accounts, err := p.client.Accounts(ctx)
		if err != nil {
			return public.AuthResult{}, err
		}
		if len(accounts) == 0 {
			return public.AuthResult{}, errNobody
		}
		account = accounts[0]
	}
	n := &note{}
	result, err := p.client.AcquireTokenSilent(withNote(ctx, n), o.Scopes, public.WithSilentAccount(account), public.WithClaims(o.Claims))
	if err != nil && n.failed != nil { // the library reports some of them as text only
		err = n.failed
	}
	return result, err
}

// needsPerson tells an end of what the last sign-in left from what a person at the sign-in page could not help: a network
// that is in the way, an API that the tenant does not have, a consent that only an administrator can give.
func needsPerson(err error) bool {
	if response, body := answerOf(err); response != nil {
		refusal := readRefusal(body)
		return refusal.Error == "interaction_required" || refusal.Error == "login_required" ||
			refusal.Error == "invalid_grant" && signInCode.FindString(refusal.Description) != noConsent
	}
	_, redirects := errors.AsType[*redirected](err)
	return !redirects && !isConnection(err) && !isTimeout(err) && !isUntrusted(err)
}

// askPatience is how long a person may take: as long as Entra ID lets a code live.
const askPatience = 15 * time.Minute

// ask gets a token with the help of a person.
func (p *person) ask(ctx context.Context, o policy.TokenRequestOptions) (public.AuthResult, error) {
	if p.options.Prompt == nil {
		return public.AuthResult{}, &model.Failure{Kind: model.SignInRefused, Seen: errNobody.Error() + ", and nobody can be asked here",
			Remedy: "Run: adbadge login", Cause: errNobody}
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel() // ends what the prompt shows
	byMethod := p.askCode
	if p.options.Config.Method == config.MethodInteractiveBrowser {
		byMethod = p.askBrowser
	}
	result, err := byMethod(ctx, o)
	if err == nil {
		p.account = result.Account
	}
	return result, err
}

// askCode shows a code. A page that is not https is not shown: a person would type the code there.
func (p *person) askCode(ctx context.Context, o policy.TokenRequestOptions) (public.AuthResult, error) {
	code, err := p.client.AcquireTokenByDeviceCode(ctx, o.Scopes, public.WithClaims(o.Claims))
	if err != nil {
		return public.AuthResult{}, err
	}
	page, err := url.Parse(code.Result.VerificationURL)
	if err != nil || page.Scheme != "https" || page.Host == "" {
		return public.AuthResult{}, fmt.Errorf("the sign-in service named a page that is not https")
	}
	p.options.Prompt(ctx, Prompt{URL: page.String(), Code: text.CleanMax(code.Result.UserCode, 64), Until: code.Result.ExpiresOn,
		NotKept: p.options.Cache.Trouble()})
	return code.AuthenticationResult(ctx)
}

// askBrowser opens the browser of this desktop and waits for its answer on loopback (RFC 8252, with PKCE).
func (p *person) askBrowser(ctx context.Context, o policy.TokenRequestOptions) (public.AuthResult, error) {
	if p.options.OpenPage == nil {
		return public.AuthResult{}, &model.Failure{Kind: model.NotSupported, Seen: p.options.NoBrowser,
			Remedy: `Run adbadge login --device-code, or set method = "device-code" under [signin].`}
	}
	open := func(page string) error {
		if err := p.options.OpenPage(ctx, page); err != nil {
			return err
		}
		until, _ := ctx.Deadline()
		p.options.Prompt(ctx, Prompt{URL: page, Until: until, NotKept: p.options.Cache.Trouble()})
		return nil
	}
	return p.client.AcquireTokenInteractive(ctx, o.Scopes, public.WithOpenURL(open), public.WithClaims(o.Claims))
}
