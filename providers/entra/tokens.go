package entra

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// tokens remembers the newest token of each scope, and what must never be shown.
type tokens struct {
	secret string

	mu     sync.Mutex
	newest map[string]issued // by scope
	hidden []string          // the tokens that came last
}

// issued is a token with what it says of itself.
type issued struct {
	azcore.AccessToken
	claims claims
}

// rememberedTokens is how many tokens are looked for in messages.
const rememberedTokens = 16

func newTokens(secret string) *tokens {
	return &tokens{secret: secret, newest: map[string]issued{}}
}

// of gives the newest token of a scope.
func (t *tokens) of(scope string) issued {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.newest[scope]
}

// margin is how long before its end a token is replaced.
const margin = 5 * time.Minute

// usable gives the newest token of a scope while it lasts.
func (t *tokens) usable(scope string, now time.Time) (azcore.AccessToken, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	token, ok := t.newest[scope]
	due := token.ExpiresOn.Add(-margin)
	if !token.RefreshOn.IsZero() && token.RefreshOn.Before(due) {
		due = token.RefreshOn
	}
	return token.AccessToken, ok && now.Before(due)
}

func (t *tokens) remember(scope string, token azcore.AccessToken) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.newest[scope] = issued{token, readClaims(token.Token)}
	t.hideHeld(token.Token)
}

// hide takes note of something that must never be shown.
func (t *tokens) hide(secret string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hideHeld(secret)
}

// hideHeld must be called with mu held.
func (t *tokens) hideHeld(secret string) {
	if secret == "" || slices.Contains(t.hidden, secret) {
		return
	}
	if t.hidden = append(t.hidden, secret); len(t.hidden) > rememberedTokens {
		t.hidden = slices.Delete(t.hidden, 0, 1)
	}
}

// forget lets go of all tokens, which stay hidden.
func (t *tokens) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.newest)
}

// tokenForm matches JSON web tokens, whoever issued them.
var tokenForm = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]+){1,4}`)

const redaction = "(removed)"

// redact removes secrets and tokens from text that may have been written by someone else.
func (t *tokens) redact(s string) string {
	t.mu.Lock()
	hidden := slices.Clone(t.hidden)
	t.mu.Unlock()
	for _, one := range append(hidden, t.secret, url.QueryEscape(t.secret)) {
		if one != "" {
			s = strings.ReplaceAll(s, one, redaction)
		}
	}
	return tokenForm.ReplaceAllString(s, redaction)
}

// watch gives a credential that remembers its tokens and marks its errors as errors of the sign-in.
func (t *tokens) watch(c azcore.TokenCredential) azcore.TokenCredential {
	return &watchedCredential{credential: c, tokens: t}
}

type watchedCredential struct {
	credential azcore.TokenCredential
	tokens     *tokens
}

// GetToken implements azcore.TokenCredential. A token is used as long as it lasts: not every credential keeps its own.
func (w *watchedCredential) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	scope := strings.Join(o.Scopes, " ")
	if token, ok := w.tokens.usable(scope, time.Now()); ok && o.Claims == "" {
		return token, nil
	}
	token, err := w.credential.GetToken(ctx, o)
	if err != nil {
		return token, &refusedSignIn{err}
	}
	w.tokens.remember(scope, token)
	return token, nil
}

// refusedSignIn marks what went wrong while a token was asked for. The text of its cause may hold anything and must
// not be shown.
type refusedSignIn struct{ cause error }

func (*refusedSignIn) Error() string { return "no token" }

func (r *refusedSignIn) Unwrap() error { return r.cause }
func (*refusedSignIn) NonRetriable()   {}
