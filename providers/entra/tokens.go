package entra

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// tokens remembers what must never be shown, and what the newest token of each scope permits.
type tokens struct {
	secret string

	mu     sync.Mutex
	claims map[string]claims // by scope
	issued []string          // the newest tokens
}

// rememberedTokens is how many tokens are looked for in messages.
const rememberedTokens = 8

func newTokens(secret string) *tokens {
	return &tokens{secret: secret, claims: map[string]claims{}}
}

// claims are what a token says of itself. They are read for messages only and never verified.
type claims struct {
	Audience string   `json:"aud"`
	Roles    []string `json:"roles"` // permissions of an application
	Scopes   string   `json:"scp"`   // permissions that a user delegated
}

// permissions lists what the token permits, sorted.
func (c claims) permissions() []string {
	list := append(strings.Fields(c.Scopes), c.Roles...)
	slices.Sort(list)
	return slices.Compact(list)
}

// holdsAny reports whether the token has one of the permissions. The delegated form of "Machine.Read.All" is
// "Machine.Read".
func (c claims) holdsAny(wanted []string) bool {
	held := c.permissions()
	return slices.ContainsFunc(wanted, func(p string) bool {
		return slices.Contains(held, p) || slices.Contains(held, strings.TrimSuffix(p, ".All"))
	})
}

// readClaims decodes the middle part of a token. A token that is no JSON web token has none.
func readClaims(token string) (claims, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claims{}, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil || checkShape(raw) != nil {
		return claims{}, false
	}
	var c claims
	if err := json.Unmarshal(raw, &c); err != nil {
		return claims{}, false
	}
	return c, true
}

// of gives the claims of the newest token of a scope.
func (t *tokens) of(scope string) (claims, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.claims[scope]
	return c, ok
}

func (t *tokens) remember(scope, token string) {
	c, ok := readClaims(token)
	t.mu.Lock()
	defer t.mu.Unlock()
	if slices.Contains(t.issued, token) {
		return
	}
	if ok {
		t.claims[scope] = c
	} else {
		delete(t.claims, scope)
	}
	if t.issued = append(t.issued, token); len(t.issued) > rememberedTokens {
		t.issued = slices.Delete(t.issued, 0, 1)
	}
}

// tokenForm matches JSON web tokens, whoever issued them.
var tokenForm = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]+){1,4}`)

const redaction = "(removed)"

// redact removes secrets and tokens from text that may have been written by someone else.
func (t *tokens) redact(s string) string {
	t.mu.Lock()
	issued := slices.Clone(t.issued)
	t.mu.Unlock()
	for _, hidden := range append(issued, t.secret, url.QueryEscape(t.secret)) {
		if hidden != "" {
			s = strings.ReplaceAll(s, hidden, redaction)
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

// GetToken implements azcore.TokenCredential.
func (w *watchedCredential) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := w.credential.GetToken(ctx, o)
	if err != nil {
		return token, &refusedSignIn{err}
	}
	if len(o.Scopes) > 0 {
		w.tokens.remember(o.Scopes[0], token.Token)
	}
	return token, nil
}

// refusedSignIn marks what went wrong while a token was asked for. The text of its cause may hold anything and must
// not be shown.
type refusedSignIn struct{ cause error }

func (*refusedSignIn) Error() string { return "no token" }

func (r *refusedSignIn) Unwrap() error { return r.cause }
func (*refusedSignIn) NonRetriable()   {}
