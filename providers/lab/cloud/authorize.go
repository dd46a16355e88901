package cloud

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// authorizationLife is how long an authorization code may be redeemed, and maxAuthorizations how many may wait.
const (
	authorizationLife = 10 * time.Minute
	maxAuthorizations = 100
)

// authorization is what a code stands for.
type authorization struct {
	scope, redirect string
	challenge       string // SHA-256 of the verifier that redeems it (RFC 7636)
	expires         time.Time
}

// authorizations are the codes that were given to browsers. It is safe for concurrent use.
type authorizations struct {
	mu    sync.Mutex
	codes map[string]authorization
}

func newAuthorizations() *authorizations { return &authorizations{codes: map[string]authorization{}} }

// add gives a code; empty when too many wait.
func (s *authorizations) add(a authorization, now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for code, old := range s.codes {
		if now.After(old.expires) {
			delete(s.codes, code)
		}
	}
	if len(s.codes) >= maxAuthorizations {
		return ""
	}
	code := rand.Text()
	s.codes[code] = a
	return code
}

// take gives what a code stands for, once.
func (s *authorizations) take(code string, now time.Time) (authorization, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.codes[code]
	delete(s.codes, code)
	return a, ok && now.Before(a.expires)
}

// authorizeView is what the page of a sign-in in the browser shows.
type authorizeView struct {
	Person, Redirect, Code, State string
	Problem                       string // then there is nothing to sign in to
}

// authorize is the page of a sign-in in the browser: the forms on it bring the answer to the program that waits for it on
// loopback (authorization code flow with PKCE, RFC 6749 and 8252).
func (s *signIn) authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	redirect, err := url.Parse(query.Get("redirect_uri"))
	problem := ""
	switch {
	case !s.knows(r.PathValue("tenant")):
		problem = "AADSTS90002: The tenant was not found."
	case query.Get("client_id") != s.ClientID:
		problem = "AADSTS700016: The application was not found in the directory 'Contoso'."
	case err != nil || redirect.Scheme != "http" || redirect.Hostname() != "localhost" || redirect.User != nil:
		problem = "AADSTS50011: The redirect URI does not match those of the application: http://localhost."
	case query.Get("response_type") != "code" || query.Get("response_mode") != "form_post":
		problem = "AADSTS700054: Only response_type 'code' with response_mode 'form_post' is enabled for the application."
	case query.Get("code_challenge") == "" || query.Get("code_challenge_method") != "S256":
		problem = "AADSTS501491: A code challenge with the method S256 is wanted."
	}
	if problem != "" {
		render(w, http.StatusBadRequest, "authorize", authorizeView{Problem: problem})
		return
	}
	now := time.Now()
	code := s.authorizations.add(authorization{scope: query.Get("scope"), redirect: redirect.String(), challenge: query.Get("code_challenge"),
		expires: now.Add(authorizationLife)}, now)
	if code == "" {
		render(w, http.StatusTooManyRequests, "authorize", authorizeView{Problem: "AADSTS90055: Too many sign-ins wait."})
		return
	}
	render(w, http.StatusOK, "authorize", authorizeView{Person: personName, Redirect: redirect.String(), Code: code, State: query.Get("state")},
		"http://"+redirect.Host)
}

// byAuthorizationCode redeems a code of authorize.
func (s *signIn) byAuthorizationCode(r *http.Request) (map[string]any, *signInError) {
	a, ok := s.authorizations.take(r.PostForm.Get("code"), time.Now())
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	switch {
	case !ok:
		return nil, &signInError{http.StatusBadRequest, "invalid_grant", 54005, "The authorization code was already redeemed, or is not known."}
	case subtle.ConstantTimeCompare([]byte(raw.EncodeToString(sum[:])), []byte(a.challenge)) != 1:
		return nil, &signInError{http.StatusBadRequest, "invalid_grant", 501481, "The code_verifier does not match the code_challenge of the authorization request."}
	case r.PostForm.Get("redirect_uri") != a.redirect:
		return nil, &signInError{http.StatusBadRequest, "invalid_grant", 500112, "The reply address does not match that of the authorization request."}
	}
	return s.delegated(a.scope)
}

// adminConsent is the page where an administrator grants permissions. There is nothing to decide: the lab's application
// has been granted all that it asks for.
func (s *signIn) adminConsent(w http.ResponseWriter, r *http.Request) {
	if !s.knows(r.PathValue("tenant")) || r.URL.Query().Get("client_id") != s.ClientID {
		render(w, http.StatusBadRequest, "authorize", authorizeView{Problem: "AADSTS700016: The application was not found in the directory 'Contoso'."})
		return
	}
	render(w, http.StatusOK, "login", loginView{Done: true, Message: "The lab's application has been granted every permission that it asks for. " +
		"Where one is missing all the same, a fault of the lab withholds it."})
}
